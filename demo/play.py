"""One whole loop: the county lead orders the rollout, and time passes until the owner board has its summary."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from config.loading import load_programme
from config.programme import Programme
from config.values import Meetings, Role
from demo.assessors import Assessors
from demo.corrector import Corrector
from demo.learners import look_for_lessons
from demo.ledger import Ledger, happened, read_ledger
from demo.people import Answered, Cast, Story
from demo.recorders import Recorders
from demo.stage import Stage, StageError
from integration.clock import SimulatedClock, SystemClock
from integration.database.connection import Database, create_database
from integration.database.links import SQLLinks

READING_HOUR = timedelta(hours=11)
"""Local time of day at which people look at what they got."""
LINK_LIFE = timedelta(hours=4)
CLOSING_TIME = timedelta(minutes=30)
"""Time that the service has at the end for the work that the last answers and reports made due."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """Result of a play."""

    programme: Programme
    ledger: Ledger
    answered: tuple[Answered, ...]
    lessons: tuple[str, ...]
    """The packages whose lessons leads of other municipalities found."""
    began_at: datetime
    ended_at: datetime


@dataclass
class Director:
    """Lets the demo happen on a raised stage. *say* gets a line whenever something happened, with its local time."""

    stage: Stage
    story: Story
    say: Callable[[datetime, str], None]
    answered: list[Answered] = field(default_factory=list)

    async def play(self, clock: SimulatedClock) -> Played:
        """
        Start the service, order the rollout of every place, and let people answer until the loop is closed.

        Raises StageError when that takes longer than the story allows.
        """
        programme = load_programme(self.story.programme)
        began_at = self.story.starts.replace(tzinfo=ZoneInfo(programme.timezone))
        async with opened(self.stage) as database:
            await asyncio.gather(self.stage.start_service(), self._command("import", str(self.story.programme)))
            await self._command("rollout", "--all", "--no-wait")
            self.say(began_at, "the service runs; the rollout of every place is ordered")
            cast = Cast(self.stage, programme, self.story, on=began_at)
            recorders = Recorders(self.stage, cast, programme, self.story, on=began_at, clock=clock)
            # In a rehearsal no report has anything that the story's leads wrote.
            correction = self.story.correction if self.stage.allowed is None else None
            corrector = Corrector(self.stage.service_url, cast, programme, correction, on=began_at)
            # In a rehearsal few leads are reached, and none of them by a draft.
            assessors = Assessors(self.stage.service_url, cast, programme, self.story, on=began_at)
            owner = OwnerBoard(programme, database, self.stage.service_url)
            before = await read_ledger(database)
            for day in range(self.story.longest_days):
                morning = (began_at + timedelta(days=day)).replace(hour=0, minute=0)
                await clock.sleep_until(morning + READING_HOUR)
                now = await read_ledger(database)
                if answered := await cast.read_and_answer(now.told):
                    self.answered += answered
                    now = await read_ledger(database)
                self._tell(morning, before, now)
                if self.stage.allowed is None and (gone_through := await assessors.go_through(now.reports)):
                    self.say(morning, f"{gone_through} drafts gone through by their leads")
                if recorded := await recorders.record(now.told):
                    self.say(morning, f"{recorded} minutes recorded")
                if form := await owner.form_to_fill_in(clock.now(), now):
                    await recorders.record_at(form)
                    self.say(morning, "the owner board's minutes recorded")
                if await corrector.correct(now.reports):
                    self.say(morning, "a corrected report was ordered")
                before = now
                # In a rehearsal no board is reached that could decide anything.
                is_decided = self.stage.allowed is not None or chain_is_closed(self.story, now)
                if is_decided and is_over(programme, now):
                    await clock.sleep_until(clock.now() + CLOSING_TIME)
                    lessons = await self._look_for_lessons(cast, programme, clock.now())
                    return Played(
                        programme=programme,
                        ledger=await read_ledger(database, today=programme.today(clock.now())),
                        answered=tuple(self.answered),
                        lessons=lessons,
                        began_at=began_at,
                        ended_at=clock.now(),
                    )
        raise StageError(f"the loop was not closed within {self.story.longest_days} days: {before.lines}")

    async def _look_for_lessons(self, cast: Cast, programme: Programme, on: datetime) -> tuple[str, ...]:
        # In a rehearsal few leads are reached, and nobody who learned something needs to be among them.
        if self.stage.allowed is not None:
            return ()
        return await look_for_lessons(self.stage.service_url, cast, programme, self.story, on=on)

    async def _command(self, *arguments: str) -> None:
        code, printed = await self.stage.run(*arguments)
        if code:
            raise StageError(f"vareunge {arguments[0]} ended with {code}: {printed}")

    def _tell(self, when: datetime, before: Ledger, now: Ledger) -> None:
        if news := happened(before, now):
            self.say(when, ", ".join(news))
        for failure in now.failed:
            if failure not in before.failed:
                self.say(when, f"gave up: {failure}")


@asynccontextmanager
async def peoples_time(stage: Stage) -> AsyncIterator[SimulatedClock]:
    """Let people take part in the simulated time: within the body it passes only while they wait, too."""
    clock = SimulatedClock(f"{stage.sandbox_url}/_sandbox/clock", "people")
    async with clock.busy():
        await clock.join()
        try:
            yield clock
        finally:
            await clock.leave()


async def pass_time(stage: Stage, clock: SimulatedClock) -> NoReturn:
    """
    Let simulated time pass as fast as real time, so that people can look around in a day that goes on.

    A moment that they have sent the clock to is waited for at once: the service then works through the days between.
    """
    while True:
        await asyncio.sleep(1)  # Real time, for once.
        goal = (await stage.control("GET", "clock"))["goal"]
        soon = clock.now() + timedelta(seconds=1)
        await clock.sleep_until(max(soon, datetime.fromisoformat(goal)) if goal else soon)


class OwnerBoard:
    """The owner board's recorder: the county lead, once its meeting is over."""

    def __init__(self, programme: Programme, database: Database, service_url: str) -> None:
        self._programme = programme
        self._database = database
        self._service_url = service_url
        self._is_recorded = False

    async def form_to_fill_in(self, now: datetime, ledger: Ledger) -> str:
        """Return the address of the form for minutes, once; empty before the meeting is over, and afterwards."""
        board = self._programme.find_owner_board()
        lead = self._programme.holders(Role.COUNTY_LEAD, on=self._programme.today(now))[0]
        key = next((key for key in ledger.reports if board and key.startswith(f"{board.key}/")), "")
        day = key.rpartition("/")[2]
        if not key or self._is_recorded or self._programme.today(now).isoformat() <= day:
            return ""
        self._is_recorded = True
        token = await SQLLinks(self._database, SystemClock()).issue("record_minutes", key, lead.key, now + LINK_LIFE)
        return f"{self._service_url}/referat/{token}"


def chain_is_closed(story: Story, ledger: Ledger) -> bool:
    """
    Return True when each question of the story has come to its end: answered by the owner board, or else closed.

    One that the owner board has answered may have its end too, where it answers before the next round of all.
    """
    asked = {key: part for key, part in story.packages.items() if part.question}
    ends = {key: (part.end, "answered" if part.passed_on else part.end) for key, part in asked.items()}
    return all(ledger.questions.get(key, ("",))[-1] in states for key, states in ends.items())


def is_over(programme: Programme, ledger: Ledger) -> bool:
    """Return True when every local board has had a report, and the owner board, if there is one, its summary."""
    finished = {meeting.partition("/")[0] for meeting, state in ledger.reports.items() if state != "draft"}
    boards = {programme.local_board(item.slug).key for item in programme.municipalities}
    if (owner_board := programme.find_owner_board()) is not None:
        boards.add(owner_board.key)
    return boards <= finished and all(
        state == "published"
        for meeting, state in ledger.reports.items()
        # The rounds after go on beside it.
        if state != "draft" and _has_place(programme, meeting)
    )


def _has_place(programme: Programme, meeting: str) -> bool:
    body = programme.body(meeting.partition("/")[0])
    return programme.find_place(body.municipality or body.key) is not None


@asynccontextmanager
async def opened(stage: Stage) -> AsyncIterator[Database]:
    """Open the service's database, to read."""
    database = create_database(stage.environment["VAREUNGE_DATABASE_URL"])
    try:
        yield database
    finally:
        await database.close()


def boards_with_our_meetings(programme: Programme) -> set[str]:
    """Return the keys of the local boards whose meetings we book."""
    return {programme.local_board(item.slug).key for item in programme.municipalities if item.meetings is Meetings.OURS}
