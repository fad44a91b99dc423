"""Calendars of municipalities that call their own meetings: fetched within limits, and read in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from integration.external_calendar.fetching import FeedClient
from integration.external_calendar.transfer import from_data
from integration.retry import Call, Retry
from workflows.ports.external_calendar import Reading, UnreadableCalendar
from workflows.ports.units import Clock

ACTION = "read a municipality's calendar"
READ_WITHIN = timedelta(seconds=30)
"""Of real time, for a reading that may take five seconds of work."""


class ExternalCalendars:
    """The workflows' `CalendarFeeds`."""

    def __init__(self, client: FeedClient, clock: Clock) -> None:
        self._client = client
        self._retry = Retry(clock=clock)

    async def read(self, url: str, timezone: str, *, first: date, last: date) -> Reading:
        """
        Return the meetings in the feed at *url*, in the local time of *timezone*; of series, from *first* to *last*.

        Raises Transient when it did not answer; Refused, NotFound or UnreadableCalendar when another try is no help.
        """
        content = await self._retry(ACTION, Call.READ, partial(self._client.fetch, url))
        return await asyncio.to_thread(read_dates, content, timezone, first=first, last=last)


def read_dates(content: bytes, timezone: str, *, first: date, last: date) -> Reading:
    """
    Return the meetings in an iCalendar file, as `read_calendar` does, read by a process that is ended when it takes
    too long: nothing within ours stops a rule that never comes true. Raises UnreadableCalendar.
    """
    arguments = [timezone, first.isoformat(), last.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603 - Our own module, and dates.
            [sys.executable, "-m", "integration.external_calendar", *arguments],
            input=content,
            capture_output=True,
            timeout=READ_WITHIN.total_seconds(),
            cwd=Path(__file__).parent.parent,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as exc:
        raise UnreadableCalendar(ACTION, "it takes too long to read", why="too_slow") from exc
    data = json.loads(done.stdout)
    if "why" in data:
        raise UnreadableCalendar(ACTION, data["reason"], why=data["why"])
    return from_data(data)
