from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.programme import Assignment, Meetings, Programme, Role
from tests.workflows.programme import body, municipality, programme
from workflows.errors import Invalid
from workflows.meeting_plan import Meeting, MeetingState
from workflows.meetings import MeetingDesk
from workflows.ports import (
    BookedEvent,
    Done,
    DueUnit,
    EventSpec,
    Link,
    LinkPurpose,
    Outcome,
    Parked,
    Recipients,
)

NOW = datetime(2027, 8, 16, 8, tzinfo=UTC)
BOOK = DueUnit(key="meetings.book:a-dal", due_at=NOW)
ORGANIZER = "moter@county.example"


@dataclass
class Mailbox:
    """A fake Calendar: counts what is asked and every write, since each mails all attendees."""

    events: dict[str, BookedEvent] = field(default_factory=dict)
    writes: list[tuple[str, Any]] = field(default_factory=list)
    reads: int = 0
    join_url: str | None = "https://teams.example/join"

    async def find_events(self, organizer: str, keys: Sequence[str]) -> Mapping[str, BookedEvent]:
        self.reads += 1
        return {key: self.events[key] for key in keys if key in self.events}

    async def book(self, organizer: str, spec: EventSpec) -> BookedEvent:
        self.writes.append(("book", spec))
        number = len(self.events) + 1
        event = BookedEvent(
            id=f"event-{number}",
            key=spec.key,
            ical_uid=f"uid-{number}",
            subject=spec.subject,
            starts_local=spec.starts_local,
            ends_local=spec.ends_local,
            timezone=spec.timezone,
            location=spec.location,
            attendees=tuple(replace(item, name=f"{item.name} (Exchange)") for item in spec.attendees),
            join_url=self.join_url,
        )
        return self.events.setdefault(spec.key, event)

    async def update(self, organizer: str, event_id: str, changes: Mapping[str, Any]) -> BookedEvent:
        self.writes.append(("update", dict(changes)))
        event = next(event for event in self.events.values() if event.id == event_id)
        self.events[event.key] = replace(event, **changes)
        return self.events[event.key]

    async def cancel(self, organizer: str, event_id: str, comment: str) -> None:
        raise AssertionError("nothing is cancelled here")

    def booked(self) -> list[EventSpec]:
        return [what for name, what in self.writes if name == "book"]

    def updates(self) -> list[dict[str, Any]]:
        return [what for name, what in self.writes if name == "update"]


class Crash(Exception):
    pass


@dataclass
class Store:
    meetings: dict[str, Meeting] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    crash_at_save: bool = False

    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]:
        return [meeting for meeting in self.meetings.values() if body in (None, meeting.body)]

    async def find_meeting(self, key: str) -> Meeting | None:
        return self.meetings.get(key)

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        for meeting in meetings:
            self.meetings.setdefault(meeting.key, meeting)
        self.due |= {unit.key: unit.due_at for unit in then}

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None:
        if self.crash_at_save:
            raise Crash
        self.meetings[meeting.key] = meeting
        self.due |= {unit.key: unit.due_at for unit in then}


class Tokens:
    async def issue(
        self, purpose: LinkPurpose, subject: str, person: str | None = None, expires_at: datetime | None = None
    ) -> str:
        assert (person, expires_at) == (None, None)
        return f"{purpose}-{subject.replace('/', '-')}"

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        return None

    async def revoke(self, subject: str) -> None: ...


@dataclass
class Clock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    async def sleep_until(self, moment: datetime) -> None:
        raise AssertionError("nobody sleeps here")


@dataclass
class Notes:
    notes: list[str] = field(default_factory=list)

    async def note(self, what: str, **values: str | int) -> None:
        self.notes.append(what)


@dataclass
class Office:
    """A desk with everything around it."""

    mailbox: Mailbox = field(default_factory=Mailbox)
    store: Store = field(default_factory=Store)
    notes: Notes = field(default_factory=Notes)
    clock: Clock = field(default_factory=Clock)
    register: Programme = field(default_factory=programme)
    recipients: Recipients = field(default_factory=Recipients)
    organizer: str = ORGANIZER

    def desk(self) -> MeetingDesk:
        async def load() -> Programme:
            return self.register

        return MeetingDesk(
            store=self.store,
            calendar=self.mailbox,
            links=Tokens(),
            clock=self.clock,
            programme=load,
            organizer=self.organizer,
            public_url="https://service.example/",
            recipients=self.recipients,
        )

    async def book(self) -> Outcome:
        return await self.desk().book(BOOK, self.notes)

    def first(self) -> Meeting:
        return next(meeting for meeting in self.store.meetings.values() if meeting.body == "a-dal")


@pytest.fixture
async def office() -> Office:
    office = Office()
    await office.desk().plan()
    return office


async def test_planning_makes_bookings_and_rounds_due(office: Office) -> None:
    kinds = {key.partition(":")[0] for key in office.store.due}

    assert kinds == {"meetings.book", "status.open", "report.owner"}
    assert office.store.due["meetings.book:a-dal"] == NOW
    assert "meetings.book:b-vik" not in office.store.due


async def test_planning_again_adds_no_meeting(office: Office) -> None:
    before = dict(office.store.meetings)

    plan = await office.desk().plan()

    assert plan.new == ()
    assert office.store.meetings == before


async def test_a_meeting_they_took_away_has_its_round_called_off(office: Office) -> None:
    office.clock.moment = NOW - timedelta(days=360)
    await office.desk().plan()
    office.store.due.clear()
    office.register = programme(
        municipalities=(municipality("a-dal"), municipality("b-vik", meetings=Meetings.THEIRS)),
    )

    plan = await office.desk().plan()

    assert [meeting.state for meeting in plan.changed] == [MeetingState.CANCELLED] * 2
    assert {office.store.due[f"status.open:{meeting.key}"] for meeting in plan.changed} == {office.clock.moment}


async def test_every_future_meeting_is_booked_with_its_people_and_stable_address(office: Office) -> None:
    outcome = await office.book()

    ours = [meeting for meeting in office.store.meetings.values() if meeting.body == "a-dal"]
    assert isinstance(outcome, Done)
    assert [spec.key for spec in office.mailbox.booked()] == [meeting.key for meeting in ours]
    assert {meeting.state for meeting in ours} == {MeetingState.BOOKED}
    spec = office.mailbox.booked()[0]
    assert (spec.subject, spec.location, spec.online) == ("Møte: Styret i a-dal", "Rådhuset", True)
    assert [(person.email, person.required) for person in spec.attendees] == [
        ("chair@county.example", True),
        ("member@county.example", True),
        ("lead@county.example", False),
    ]
    assert f'href="https://service.example/moter/papers-{spec.key.replace("/", "-")}"' in spec.body_html
    assert office.first().join_url == "https://teams.example/join"
    assert (office.first().organizer, office.first().event_id) == (ORGANIZER, "event-1")


async def test_a_second_booking_books_nothing_more_and_asks_once(office: Office) -> None:
    await office.book()
    office.mailbox.writes.clear()
    saved = dict(office.store.meetings)
    office.mailbox.reads = 0

    await office.book()

    assert office.mailbox.writes == []
    assert office.mailbox.reads == 1
    assert office.store.meetings == saved


async def test_killed_between_booking_and_saving_nothing_is_booked_twice_nor_mailed_again(office: Office) -> None:
    office.store.crash_at_save = True
    with pytest.raises(Crash):
        await office.book()
    office.store.crash_at_save = False

    await office.book()

    keys = [spec.key for spec in office.mailbox.booked()]
    assert len(keys) == len(set(keys))
    assert office.mailbox.updates() == []
    assert office.first().event_id == "event-1"


async def test_a_moved_meeting_changes_only_its_times(office: Office) -> None:
    await office.book()
    moved = office.first()
    later = timedelta(days=1)
    await office.store.save(
        replace(moved, starts_local=moved.starts_local + later, ends_local=moved.ends_local + later)
    )

    await office.book()

    assert office.mailbox.updates() == [
        {"starts_local": moved.starts_local + later, "ends_local": moved.ends_local + later}
    ]
    assert (office.first().key, office.first().sequence) == (moved.key, 1)


async def test_a_new_member_changes_only_the_attendees_of_future_meetings(office: Office) -> None:
    await office.book()
    count = len(office.mailbox.booked())
    new = office.register.people[0].model_copy(update={"key": "new", "name": "Ny rolle", "email": "new@county.example"})
    office.register = programme(
        people=(*office.register.people, new),
        assignments=(
            *office.register.assignments,
            Assignment(person="new", role=Role.BOARD_MEMBER, municipality="a-dal"),
        ),
    )
    office.clock.moment = office.first().ends_at

    await office.book()

    assert len(office.mailbox.updates()) == count - 1
    assert {tuple(update) for update in office.mailbox.updates()} == {("attendees",)}


async def test_the_allow_list_holds_for_invitations(office: Office) -> None:
    office.recipients = Recipients(frozenset({"member@county.example"}))

    await office.book()

    invited = {person.email for spec in office.mailbox.booked() for person in spec.attendees}
    assert invited == {"member@county.example"}


async def test_a_missing_link_into_teams_is_looked_at_again(office: Office) -> None:
    office.mailbox.join_url = None

    first = await office.book()
    office.mailbox.events = {
        key: replace(event, join_url="https://teams.example/late") for key, event in office.mailbox.events.items()
    }
    office.mailbox.writes.clear()
    second = await office.book()

    assert isinstance(first, Parked)
    assert first.until > NOW
    assert isinstance(second, Done)
    assert office.mailbox.writes == []
    assert office.first().join_url == "https://teams.example/late"


async def test_an_event_somebody_took_away_is_told_and_not_booked_again(office: Office) -> None:
    await office.book()
    del office.mailbox.events[office.first().key]
    office.mailbox.writes.clear()

    await office.book()

    assert office.mailbox.writes == []
    assert "meetings.event_gone" in office.notes.notes


async def test_past_meetings_are_not_booked(office: Office) -> None:
    first = office.first()
    office.clock.moment = first.starts_at

    await office.book()

    assert first.key not in [spec.key for spec in office.mailbox.booked()]


async def test_for_a_municipality_with_its_own_meetings_the_calendar_is_not_even_read(office: Office) -> None:
    await office.desk().book(DueUnit(key="meetings.book:b-vik", due_at=NOW), office.notes)

    assert (office.mailbox.reads, office.mailbox.writes) == (0, [])


async def test_without_an_organizer_booking_says_what_is_missing(office: Office) -> None:
    office.organizer = ""

    with pytest.raises(Invalid, match="no organizer mailbox"):
        await office.book()


async def test_names_cannot_break_the_invitation(office: Office) -> None:
    office.register = programme(bodies=(body("a-dal", name='<script>"&'),))

    await office.book()

    assert "<script>" not in office.mailbox.booked()[0].body_html
