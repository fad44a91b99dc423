from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from config.problems import InvalidInput
from config.programme import Programme
from config.values import AgendaEntry, Assignment, Meetings, Role
from tests.workflows.programme import body, municipality, programme
from tests.workflows.status.rounds import FakeAccounts
from workflows.errors import Invalid, OutcomeUnknown
from workflows.meetings.booking import MeetingDesk, next_look
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.moves import MeetingMoves
from workflows.meetings.rendering import explain
from workflows.messages.delivery import PAUSE_CHECK_INTERVAL
from workflows.messages.mailboxes import organizer_for
from workflows.ports.accounts import Recipients
from workflows.ports.calendar import Attendee, BookedEvent, EventSpec, InvitationResponse
from workflows.ports.links import Link, LinkPurpose
from workflows.ports.units import DueUnit, Outcome, Parked

T = TypeVar("T")

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
    bodies: dict[str, str] = field(default_factory=dict)
    lose_answer: bool = False

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
        body = changes.get("body_html")
        if body:
            self.bodies[event_id] = body
        self.events[event.key] = replace(event, **{name: changes[name] for name in changes if name != "body_html"})
        if self.lose_answer:
            raise OutcomeUnknown("update the event", "the answer was lost")
        return self.events[event.key]

    async def cancel(self, organizer: str, event_id: str, comment: str) -> None:
        self.writes.append(("cancel", (event_id, comment)))
        self.events = {key: event for key, event in self.events.items() if event.id != event_id}

    def change(self, key: str, **values: Any) -> None:
        """As a person does it in Outlook."""
        self.events[key] = replace(self.events[key], **values)

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
    meanwhile: list[Callable[[Meeting], Meeting]] = field(default_factory=list)
    """Changes by others, each just before one of ours."""

    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        there = [meeting for meeting in self.meetings.values() if body in (None, meeting.body)]
        return [meeting for meeting in there if since is None or meeting.day >= since]

    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]:
        last = until or date.max
        found = [item for item in self.meetings.values() if bodies is None or item.body in bodies]
        return [item for item in found if day <= item.day <= last]

    async def consider(self, since: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        return work(await self.list_meetings(since=since))

    async def find_meeting(self, key: str) -> Meeting | None:
        return self.meetings.get(key)

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        for meeting in meetings:
            self.meetings.setdefault(meeting.key, meeting)
        self.due |= {unit.key: unit.due_at for unit in then}

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        if self.crash_at_save:
            raise Crash
        if self.meanwhile:
            self.meetings[was.key] = self.meanwhile.pop()(self.meetings[was.key])
        if self.meetings[was.key].version != was.version:
            return False
        self.meetings[now.key] = now
        self.due |= {unit.key: unit.due_at for unit in then}
        return True


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
class Pauses:
    """Sending is paused in these municipalities."""

    paused: set[str | None] = field(default_factory=set)

    async def is_paused(self, municipality: str | None = None) -> bool:
        return municipality in self.paused


@dataclass
class Office:
    """A desk with everything around it."""

    mailbox: Mailbox = field(default_factory=Mailbox)
    store: Store = field(default_factory=Store)
    notes: Notes = field(default_factory=Notes)
    pauses: Pauses = field(default_factory=Pauses)
    clock: Clock = field(default_factory=Clock)
    register: Programme = field(default_factory=programme)
    recipients: Recipients = field(default_factory=Recipients)
    organizer: str = ORGANIZER
    organizers: Sequence[str] = ()
    accounts: FakeAccounts = field(default_factory=lambda: FakeAccounts([]))

    async def load(self) -> Programme:
        return self.register

    def moves(self) -> MeetingMoves:
        return MeetingMoves(store=self.store, clock=self.clock, programme=self.load)

    def desk(self) -> MeetingDesk:
        return MeetingDesk(
            store=self.store,
            calendar=self.mailbox,
            links=Tokens(),
            clock=self.clock,
            programme=self.load,
            organizers=self.organizers or ([self.organizer] if self.organizer else []),
            public_url="https://service.example/",
            recipients=self.recipients,
            accounts=self.accounts,
            pauses=self.pauses,
        )

    async def book(self) -> Outcome:
        return await self.desk().book(BOOK, self.notes)

    def first(self) -> Meeting:
        return next(meeting for meeting in self.store.meetings.values() if meeting.body == "a-dal")


LATER = datetime.fromisoformat("2027-09-09T09:00")


def with_new_member(register: Programme) -> Programme:
    new = register.people[0].model_copy(update={"key": "new", "name": "Ny rolle", "email": "new@county.example"})
    seat = Assignment(person="new", role=Role.BOARD_MEMBER, municipality="a-dal")
    return register.model_copy(update={"people": (*register.people, new), "assignments": (*register.assignments, seat)})


def without(person: str, register: Programme) -> Programme:
    left = tuple(item for item in register.assignments if item.person != person)
    return register.model_copy(update={"assignments": left})


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


async def test_nobody_is_invited_while_sending_is_paused_there(office: Office) -> None:
    office.pauses.paused = {"a-dal"}

    outcome = await office.book()

    assert outcome == Parked(until=NOW + PAUSE_CHECK_INTERVAL, note="sending is paused")
    assert office.mailbox.events == {}
    office.pauses.paused = {"b-vik"}
    await office.book()
    assert office.mailbox.events


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

    assert outcome == Parked(until=datetime(2027, 8, 17, 3, tzinfo=UTC), note="3 meetings stand")
    ours = [meeting for meeting in office.store.meetings.values() if meeting.body == "a-dal"]
    assert [spec.key for spec in office.mailbox.booked()] == [meeting.key for meeting in ours]
    assert {meeting.state for meeting in ours} == {MeetingState.BOOKED}
    spec = office.mailbox.booked()[0]
    assert (spec.subject, spec.location, spec.online) == ("Styremøte, Prøven a-dal", "Rådhuset", True)
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


async def test_days_blocked_on_an_announced_meeting_make_the_warning_due_with_the_next_plan(office: Office) -> None:
    await office.book()
    was = office.first()
    people = tuple(
        person.model_copy(update={"blocked_dates": (was.day,)}) if person.key in ("chair", "member") else person
        for person in office.register.people
    )
    assert f"meetings.quorum:{was.key}" not in office.store.due

    office.register = office.register.model_copy(update={"people": people})
    await office.desk().plan()

    assert office.store.due[f"meetings.quorum:{was.key}"] == NOW


async def test_a_moved_meeting_is_one_write_that_says_from_when_to_when_and_why(office: Office) -> None:
    await office.book()
    was = office.first()

    await office.moves().move(was.key, LATER, "Rådhuset <er> stengt")
    await office.book()
    await office.book()

    (update,) = office.mailbox.updates()
    assert update.keys() == {"starts_local", "ends_local", "body_html"}
    assert (update["starts_local"], update["ends_local"]) == (LATER, LATER + timedelta(hours=2))
    assert "Møtet ble flyttet fra tirsdag 7. september 2027 kl. 09.00 til torsdag 9. september" in update["body_html"]
    assert "Grunn: Rådhuset &lt;er&gt; stengt" in update["body_html"]
    assert (office.first().key, office.first().sequence) == (was.key, was.sequence + 1)


async def test_several_moves_before_the_calendar_is_written_are_told_as_one(office: Office) -> None:
    await office.book()
    was = office.first()

    await office.moves().move(was.key, LATER - timedelta(days=1), "Først slik")
    await office.moves().move(was.key, LATER, "Så slik")
    await office.book()

    (update,) = office.mailbox.updates()
    assert "fra tirsdag 7. september" in update["body_html"]
    assert "Først slik" not in update["body_html"]


async def test_a_meeting_that_was_moved_back_before_anybody_heard_is_not_written(office: Office) -> None:
    await office.book()
    was = office.first()

    await office.moves().move(was.key, LATER, "Feil dag")
    await office.moves().move(was.key, was.starts_local, "Likevel ikke")
    await office.book()

    assert office.mailbox.updates() == []


async def test_a_moved_meeting_takes_its_round_and_the_plan_along(office: Office) -> None:
    await office.book()
    office.store.due.clear()

    await office.moves().move(office.first().key, LATER, "")

    kinds = {key.partition(":")[0] for key in office.store.due}
    assert kinds == {"meetings.book", "status.open", "sweep.all"}


@pytest.mark.parametrize(
    ("key", "to"),
    [
        pytest.param("a-dal/1999-01-01", "2027-09-09T09:00", id="no such meeting"),
        pytest.param("b-vik/2026-10-15", "2027-09-09T09:00", id="theirs"),
        pytest.param("a-dal/2027-09-07", "2027-08-01T09:00", id="into the past"),
        pytest.param("a-dal/2027-09-07", "2027-09-09T09:00+02:00", id="with an offset"),
    ],
)
async def test_a_move_that_cannot_be_is_refused(office: Office, key: str, to: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        await office.moves().move(key, datetime.fromisoformat(to), "")


async def test_a_cancelled_meeting_is_told_once_and_its_round_is_called_off(office: Office) -> None:
    await office.book()
    office.store.due.clear()
    key = office.first().key

    for _ in range(2):
        await office.moves().cancel(key, "Ingen saker")
        await office.book()

    cancels = [what for name, what in office.mailbox.writes if name == "cancel"]
    assert cancels == [("event-1", "Møtet tirsdag 7. september 2027 kl. 09.00 er avlyst. Grunn: Ingen saker")]
    assert office.store.meetings[key].state is MeetingState.CANCELLED
    assert f"status.open:{key}" in office.store.due


async def test_a_change_whose_answer_was_lost_is_not_mailed_again(office: Office) -> None:
    await office.book()
    await office.moves().move(office.first().key, LATER, "")
    office.mailbox.lose_answer = True
    with pytest.raises(OutcomeUnknown):
        await office.book()
    office.mailbox.lose_answer = False

    await office.book()

    assert len(office.mailbox.updates()) == 1
    assert office.first().booked["starts_local"] == "2027-09-09T09:00"


async def test_a_meeting_moved_in_outlook_is_followed_and_not_moved_back(office: Office) -> None:
    await office.book()
    was = office.first()
    office.mailbox.change(was.key, starts_local=LATER, ends_local=LATER + timedelta(hours=1))
    office.mailbox.writes.clear()
    office.store.due.clear()

    await office.book()

    assert office.mailbox.writes == []
    assert (office.first().starts_local, office.first().ends_local) == (LATER, LATER + timedelta(hours=1))
    assert office.first().sequence == was.sequence + 1
    assert "meetings.moved_there" in office.notes.notes
    assert {"sweep.all:test", f"status.open:{was.key}"} <= office.store.due.keys()
    assert explain(office.first()) == "Flyttet fra tirsdag 7. september 2027: flyttet i Outlook."


async def test_who_was_added_or_taken_out_in_outlook_stays_so(office: Office) -> None:
    await office.book()
    key = office.first().key
    there = {person.email: person for person in office.mailbox.events[key].attendees}
    guest = Attendee(email="expert@other.example", name="Fagperson")
    office.mailbox.change(key, attendees=(there["chair@county.example"], there["lead@county.example"], guest))
    office.register = with_new_member(office.register)

    await office.book()

    asked = {person.email for person in office.mailbox.events[key].attendees}
    assert asked == {"chair@county.example", "lead@county.example", "expert@other.example", "new@county.example"}


async def test_who_leaves_is_taken_out_of_future_meetings_only(office: Office) -> None:
    await office.book()
    past = office.first()
    office.register = without("member", office.register)
    office.clock.moment = past.ends_at

    await office.book()

    asked = {key: [person.email for person in event.attendees] for key, event in office.mailbox.events.items()}
    assert [key for key, emails in asked.items() if "member@county.example" in emails] == [past.key]
    assert {tuple(update) for update in office.mailbox.updates()} == {("attendees",)}


async def test_during_a_rehearsal_nothing_is_written_that_would_mail_others(office: Office) -> None:
    await office.book()
    office.mailbox.writes.clear()
    office.recipients = Recipients(frozenset({"member@county.example"}))
    await office.moves().move(office.first().key, LATER, "")
    await office.moves().cancel([*office.store.meetings][-1], "")
    office.register = with_new_member(office.register)

    await office.book()

    assert office.mailbox.writes == []
    assert "meetings.held" in office.notes.notes


async def test_answers_are_kept_and_too_few_are_told(office: Office) -> None:
    await office.book()
    key = office.first().key
    office.store.due.clear()
    answers = {
        "chair@county.example": InvitationResponse.ACCEPTED,
        "member@county.example": InvitationResponse.DECLINED,
    }
    office.mailbox.change(key, answers=answers)
    await office.book()
    assert f"meetings.quorum:{key}" not in office.store.due

    office.mailbox.change(key, answers=answers | {"chair@county.example": InvitationResponse.DECLINED})
    sequence = office.first().sequence
    await office.book()

    assert office.first().answers["chair@county.example"] == "declined"
    assert office.first().sequence == sequence
    assert f"meetings.quorum:{key}" in office.store.due


def test_a_body_stays_with_its_mailbox_whichever_others_come_or_go() -> None:
    boxes = [f"moter{number}@county.example" for number in range(4)]
    bodies = [f"body-{number}" for number in range(100)]
    before = {body: organizer_for(body, boxes) for body in bodies}
    after = {body: organizer_for(body, boxes[:-1]) for body in bodies}

    assert set(before.values()) == set(boxes)
    assert all(after[body] == before[body] for body in bodies if before[body] != boxes[-1])


async def test_a_body_s_new_meetings_go_where_its_others_are_though_another_mailbox_is_added(office: Office) -> None:
    await office.book()
    boxes = [ORGANIZER, *(f"moter{number}@county.example" for number in range(20))]
    assert organizer_for("a-dal", boxes) != ORGANIZER
    first = office.first()
    office.store.meetings["a-dal/2027-12-14"] = replace(
        first,
        key="a-dal/2027-12-14",
        starts_local=datetime.fromisoformat("2027-12-14T09:00"),
        ends_local=datetime.fromisoformat("2027-12-14T11:00"),
        state=MeetingState.PLANNED,
        organizer="",
        event_id="",
        booked={},
    )

    office.organizers = boxes
    await office.book()

    assert {meeting.organizer for meeting in office.store.meetings.values() if meeting.body == "a-dal"} == {ORGANIZER}


async def test_a_new_member_changes_only_the_attendees_of_future_meetings(office: Office) -> None:
    await office.book()
    count = len(office.mailbox.booked())
    office.register = with_new_member(office.register)
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
    assert isinstance(second, Parked)
    assert NOW < first.until < second.until
    assert office.mailbox.writes == []
    assert office.first().join_url == "https://teams.example/late"


async def test_an_event_somebody_deleted_is_believed_gone_after_an_hour(office: Office) -> None:
    await office.book()
    key = office.first().key
    del office.mailbox.events[key]
    office.mailbox.writes.clear()

    first = await office.book()
    assert isinstance(first, Parked)
    assert office.first().stands
    office.clock.moment = first.until
    await office.book()

    assert office.mailbox.writes == []
    assert office.store.meetings[key].state is MeetingState.CANCELLED
    assert "meetings.cancelled_there" in office.notes.notes
    assert office.store.due[f"status.open:{key}"] <= first.until


async def test_an_event_that_is_found_again_was_never_gone(office: Office) -> None:
    await office.book()
    key = office.first().key
    event = office.mailbox.events.pop(key)
    first = await office.book()
    office.mailbox.events[key] = event
    assert isinstance(first, Parked)
    office.clock.moment = first.until

    await office.book()

    assert office.first().state is MeetingState.BOOKED
    assert "gone_at" not in office.first().booked


async def test_an_empty_calendar_cancels_nothing(office: Office) -> None:
    await office.book()
    office.mailbox.events.clear()

    with pytest.raises(Invalid, match="none of those"):
        await office.book()

    assert office.first().state is MeetingState.BOOKED


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


@pytest.mark.parametrize(
    ("now", "read_next"),
    [
        pytest.param("2027-08-04T10:00", "2027-08-09T05:00", id="weeks before the round: on Monday"),
        pytest.param("2027-08-09T04:00", "2027-08-09T05:00", id="early on a Monday: the same morning"),
        pytest.param("2027-08-18T10:00", "2027-08-19T05:00", id="while the round is open: the next morning"),
        pytest.param("2027-08-20T10:00", "2027-08-23T05:00", id="on a Friday: after the weekend"),
    ],
)
async def test_a_calendar_is_read_daily_from_the_round_on_and_weekly_before(
    office: Office, now: str, read_next: str
) -> None:
    meeting = office.first()
    body = next(body for body in office.register.bodies if body.key == meeting.body)
    zone = ZoneInfo(meeting.timezone)

    read = next_look(datetime.fromisoformat(now).replace(tzinfo=zone), body, [meeting])

    assert (meeting.day, read) == (date(2027, 9, 7), datetime.fromisoformat(read_next).replace(tzinfo=zone))


async def test_an_invitation_says_what_is_always_on_the_agenda_until_when_items_are_taken_and_whom_to_ask(
    office: Office,
) -> None:
    entries = (
        AgendaEntry(key="questions", title="{work_package} ber om noe", source="questions", order=20),
        AgendaEntry(key="opening", title="Åpning & <velkommen>", order=10),
    )
    bodies = tuple(body.model_copy(update={"agenda": entries}) for body in office.register.bodies)
    lead = Assignment(person="lead", role=Role.LOCAL_LEAD, municipality="a-dal")
    office.register = office.register.model_copy(
        update={"bodies": bodies, "assignments": (*office.register.assignments, lead)}
    )
    await office.book()

    body_html = office.mailbox.booked()[0].body_html
    assert "<ul><li>Åpning &amp; &lt;velkommen&gt;</li><li>Spørsmål fra arbeidspakkene</li></ul>" in body_html
    assert "Andre saker meldes inn innen" in body_html
    assert "spør Rolle lead" in body_html
