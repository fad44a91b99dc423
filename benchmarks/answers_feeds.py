"""The county lead's calendar beside the answers of `benchmarks.answers`: each Door has to write it now and then.

Whoever sits in every board has the longest calendar of the country. A meeting of it changes before each look, so that
no Door can tell the calendar's reader that nothing is new.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

import httpx

from benchmarks.answers_client import HOST, Door
from benchmarks.history import write_history
from benchmarks.pages import ROUNDS
from config.programme import Programme
from integration.database.connection import Database, create_database
from integration.database.links import SQLLinks
from integration.database.meetings import SQLMeetings
from workflows.meetings.personal import feed_of
from workflows.ports.units import Clock

EVERY = 3.0
"""Seconds between two looks at one Door."""
PERSON = "leder-fylket"


async def prepare_feed(database: Database, programme: Programme, clock: Clock) -> str:
    """Write twelve rounds of every board, whose meetings stand in the calendar, and return the calendar's path."""
    await write_history(database, programme, ROUNDS, clock.now())
    return f"/kalender/{await SQLLinks(database, clock).issue('feed', feed_of(PERSON))}.ics"


async def read_feeds(
    doors: Sequence[Door], *, path: str, meeting: str, database_url: str, clock: Clock, times: list[float]
) -> None:
    """
    Change *meeting* and ask a Door for the calendar, each in its turn, until cancelled. *times* takes the milliseconds.

    Raise HTTPStatusError for an answer that is no calendar.
    """
    database = create_database(database_url)
    try:
        async with httpx.AsyncClient() as client:
            for door in cycle(doors):
                await asyncio.sleep(EVERY / len(doors))
                await _change(SQLMeetings(database), meeting, clock)
                began = time.perf_counter()
                answer = await client.get(f"http://{HOST}:{door.port}{path}")
                times.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
    finally:
        await database.close()


async def _change(meetings: SQLMeetings, key: str, clock: Clock) -> None:
    found = await meetings.find_meeting(key)
    assert found is not None
    await meetings.save(replace(found, sequence=found.sequence + 1, changed_at=clock.now()))
