"""A meeting desk with a database and a sandbox, and what people find in their mailboxes."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.programme import Programme
from integration.database.accounts import SQLAccounts
from integration.database.connection import Database
from integration.database.limits import SQLLimits
from integration.database.links import SQLLinks
from integration.database.meetings import SQLMeetings
from integration.database.switches import SQLSwitches
from integration.graph.calendar import GraphCalendar
from integration.graph.client import Graph
from integration.identity import Identities
from integration.limits.rate_limiter import RateLimiter
from integration.limits.recipients import RecipientLimiter
from tests.clocks import StillClock
from tests.support.sandbox import RunningSandbox
from workflows.errors import Transient
from workflows.meetings.booking import MeetingDesk
from workflows.meetings.model import Meeting
from workflows.meetings.moves import MeetingMoves
from workflows.ports.accounts import Recipients
from workflows.ports.units import DueUnit

Heard = Counter[tuple[str, str, str]]
"""The person, the meeting (by key) and the kind of mail; and how often."""


class Killed(Exception):
    """The process died."""


class DyingMeetings(SQLMeetings):
    """A store whose process dies before the *die_at*-th time that the booking notes what it did."""

    die_at = 0
    booking = False

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        self.die_at -= self.booking
        if self.booking and self.die_at == 0:
            raise Killed
        return await super().change(was, now, then, by=by)


class SteeredClock(StillClock):
    """A clock whose sleepers move the sandbox's time along."""

    def __init__(self, sandbox: RunningSandbox, now: datetime) -> None:
        super().__init__(now)
        self._sandbox = sandbox

    async def sleep_until(self, moment: datetime) -> None:
        await super().sleep_until(moment)
        await self._sandbox.control("POST", "clock", {"now": self.time.isoformat()})


@dataclass
class Notes:
    notes: list[str] = field(default_factory=list)

    async def note(self, what: str, **values: str | int) -> None:
        self.notes.append(what)


@dataclass
class CalendarOffice:
    sandbox: RunningSandbox
    store: DyingMeetings
    desk: MeetingDesk
    moves: MeetingMoves
    clock: SteeredClock
    register: Programme
    organizer: str
    links: SQLLinks
    limits: SQLLimits
    notes: Notes = field(default_factory=Notes)
    errors: int = 0
    reports: Any = None
    """The record of reports, for who publishes."""

    async def papers(self, key: str) -> str:
        """The address of a meeting's papers that stands in its invitation."""
        return f"https://service.example/moter/{await self.links.issue('papers', key)}"

    async def settle(self, body: str, tries: int = 6) -> None:
        """Run the body's booking as the engine does: after an error again, a little later."""
        unit = DueUnit(key=f"meetings.book:{body}", due_at=self.clock.now())
        for _ in range(tries):
            self.store.booking = True
            try:
                await self.desk.book(unit, self.notes)
            except (Transient, Killed):
                self.errors += 1
                await self.clock.sleep_until(self.clock.now() + timedelta(minutes=2))
            else:
                return
            finally:
                self.store.booking = False
        raise AssertionError(f"still failing after {tries} tries")

    async def settle_all(self) -> None:
        for body in self.register.bodies:
            await self.settle(body.key)

    async def heard(self) -> Heard:
        """Everything that lies in people's mailboxes once all of it was carried."""
        await self.clock.sleep_until(self.clock.now() + timedelta(hours=3))
        keys = {meeting.ical_uid: meeting.key for meeting in await self.store.list_meetings()}
        exchange = self.exchange()
        return Counter(
            (person.email, keys.get(mail.uid, "?"), mail.kind)
            for person in self.register.people
            for mail in exchange.mailboxes.inbox(person.email)
        )

    def exchange(self) -> Any:
        assert self.sandbox.app is not None
        return self.sandbox.app.tenant.exchange

    async def in_outlook(self, key: str, change: dict[str, Any]) -> None:
        """Change a meeting's event as somebody who looks after the organizer's mailbox."""
        event = self.event(key)
        self.exchange().calendars.change_event(event, change)

    def event(self, key: str) -> Any:
        """The event of a meeting on the organizer's calendar; fails unless there is exactly one."""
        (event,) = [e for e in self.exchange().calendars.of(self.organizer) if key in e.tags.values()]
        return event


@asynccontextmanager
async def calendar_office(
    sandbox: RunningSandbox, database: Database, register: Programme, now: datetime, recipients: Recipients
) -> AsyncIterator[CalendarOffice]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
            patch.setenv(name, sandbox.env[name])
        clock = SteeredClock(sandbox, now)
        await clock.sleep_until(now)
        identities = Identities()
        url, hands_id = sandbox.env["VAREUNGE_GRAPH_URL"], sandbox.env["VAREUNGE_HANDS_ID"]
        graph = Graph(url, hands_id, identities, clock, limiter=RateLimiter(clock))
        organizer = sandbox.env["VAREUNGE_ORGANIZER"].split(",")[0]
        store = DyingMeetings(database)

        async def programme() -> Programme:
            return office.register

        links = SQLLinks(database, clock)
        limits = SQLLimits(database, clock)
        calendar = GraphCalendar(graph, recipients, timezone="Europe/Oslo", limits=RecipientLimiter(limits, clock))
        desk = MeetingDesk(
            store=store,
            calendar=calendar,
            links=links,
            clock=clock,
            programme=programme,
            organizers=[organizer],
            public_url="https://service.example",
            recipients=recipients,
            accounts=SQLAccounts(database, clock),
            pauses=SQLSwitches(database, clock),
        )
        moves = MeetingMoves(store=store, clock=clock, programme=programme)
        office = CalendarOffice(sandbox, store, desk, moves, clock, register, organizer, links, limits)
        try:
            yield office
        finally:
            await graph.close()
            await identities.close()
