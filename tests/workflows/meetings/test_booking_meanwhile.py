"""Acts of others while a booking runs, on the page, in Outlook, in the register: nothing of them is lost."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.workflows.meetings.test_booking import LATER, Mailbox, Office, Store
from tests.workflows.programme import body, programme
from workflows.meetings.events import explain_no_link, link_failed
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.rendering import explain, explain_change
from workflows.ports.calendar import BookedEvent, EventSpec, InvitationResponse
from workflows.ports.units import DueUnit, Parked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Deed = Callable[[], Awaitable[object]]


@dataclass
class BusyMailbox(Mailbox):
    """A mailbox that takes its time: what was put into *during* happens while it finds or books, once."""

    during: dict[str, Deed] = field(default_factory=dict)

    async def find_events(self, organizer: str, keys: Sequence[str]) -> Mapping[str, BookedEvent]:
        found = await super().find_events(organizer, keys)
        await self._meanwhile("find")
        return found

    async def book(self, organizer: str, spec: EventSpec) -> BookedEvent:
        event = await super().book(organizer, spec)
        await self._meanwhile("book")
        return event

    async def _meanwhile(self, call: str) -> None:
        deed = self.during.pop(call, None)
        if deed is not None:
            await deed()


@dataclass
class BusyStore(Store):
    """A store in which *first* happens just before the next change."""

    first: Deed | None = None

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        deed, self.first = self.first, None
        if deed is not None:
            await deed()
        return await super().change(was, now, then, by=by)


@dataclass
class BusyOffice(Office):
    mailbox: BusyMailbox = field(default_factory=BusyMailbox)
    store: BusyStore = field(default_factory=BusyStore)

    def move(self, starts: datetime, why: str = "Lederen er syk") -> Deed:
        return lambda: self.moves().move(self.first().key, starts, why)

    def cancel(self) -> Deed:
        return lambda: self.moves().cancel(self.first().key, "Ingen saker")

    def in_outlook(self, **values: Any) -> None:
        self.mailbox.change(self.first().key, **values)

    def moved_in_outlook(self, starts: datetime) -> None:
        self.in_outlook(starts_local=starts, ends_local=starts + 2 * HOUR)

    def event(self) -> BookedEvent:
        return self.mailbox.events[self.first().key]


@pytest.fixture
async def planned() -> BusyOffice:
    office = BusyOffice()
    await office.desk().plan()
    return office


@pytest.fixture
async def office(planned: BusyOffice) -> BusyOffice:
    """With every meeting in the calendars."""
    await planned.book()
    planned.mailbox.writes.clear()
    planned.store.due.clear()
    return planned


# ------------------------------------------------------------------------------------ while a booking or plan runs


async def test_a_move_while_the_calendar_is_read_is_kept_and_told_once(office: BusyOffice) -> None:
    office.in_outlook(answers={"member@county.example": InvitationResponse.ACCEPTED})
    office.mailbox.during["find"] = office.move(LATER)

    for _ in range(3):
        await office.book()

    (update,) = office.mailbox.updates()
    assert office.first().starts_local == office.event().starts_local == LATER
    assert "fra tirsdag 7. september 2027 kl. 09.00 til torsdag 9. september" in update["body_html"]
    assert office.first().words == "Lederen er syk"


async def test_a_cancellation_while_the_calendar_is_read_is_kept_and_told_once(office: BusyOffice) -> None:
    key = office.first().key
    office.in_outlook(answers={"member@county.example": InvitationResponse.ACCEPTED})
    office.mailbox.during["find"] = office.cancel()

    for _ in range(3):
        await office.book()

    assert [name for name, _ in office.mailbox.writes] == ["cancel"]
    assert office.store.meetings[key].state is MeetingState.CANCELLED


async def test_a_meeting_moved_while_it_is_booked_is_moved_for_those_invited(planned: BusyOffice) -> None:
    planned.mailbox.during["book"] = planned.move(LATER)

    await planned.book()
    assert (planned.first().starts_local, planned.first().event_id) == (LATER, "event-1")
    await planned.book()
    await planned.book()

    (update,) = planned.mailbox.updates()
    assert planned.event().starts_local == LATER
    assert "fra tirsdag 7. september 2027 kl. 09.00 til torsdag 9. september" in update["body_html"]


async def test_a_meeting_cancelled_while_it_is_booked_is_withdrawn(planned: BusyOffice) -> None:
    key = planned.first().key
    planned.mailbox.during["book"] = planned.cancel()

    for _ in range(3):
        await planned.book()

    assert planned.store.meetings[key].state is MeetingState.CANCELLED
    assert [what for name, what in planned.mailbox.writes if name == "cancel"] == [
        ("event-1", "Møtet tirsdag 7. september 2027 kl. 09.00 er avlyst. Grunn: Ingen saker")
    ]


async def test_nobody_is_invited_to_a_meeting_that_was_cancelled_before_its_turn_came(planned: BusyOffice) -> None:
    second = [item for item in planned.store.meetings.values() if item.body == "a-dal"][1]
    planned.mailbox.during["book"] = lambda: planned.moves().cancel(second.key, "")

    for _ in range(2):
        await planned.book()

    assert second.key not in [spec.key for spec in planned.mailbox.booked()]


async def test_a_booking_that_comes_between_reading_and_moving_is_not_forgotten(planned: BusyOffice) -> None:
    planned.store.first = planned.book

    await planned.move(LATER)()

    assert (planned.first().starts_local, planned.first().event_id) == (LATER, "event-1")
    assert planned.first().state is MeetingState.BOOKED


async def test_a_move_while_the_plan_is_made_stays(planned: BusyOffice) -> None:
    last = [item for item in planned.store.meetings.values() if item.body == "a-dal"][-1]
    people = tuple(item.model_copy(update={"blocked_dates": (last.day,)}) for item in planned.register.people)
    planned.register = planned.register.model_copy(update={"people": people})
    wanted = last.starts_local - timedelta(days=4)
    planned.store.first = lambda: planned.moves().move(last.key, wanted, "Lederen er syk")

    plan = await planned.desk().plan()

    assert last.key not in [meeting.key for meeting in plan.changed]
    assert planned.store.meetings[last.key].starts_local == wanted
    assert "sweep.all:test" in planned.store.due


# --------------------------------------------------------------------------------- in Outlook, on its own day


async def look_on_its_own_morning(office: BusyOffice) -> datetime:
    """Read the calendar at five on the first meeting's day; returns when it is read next."""
    office.clock.moment = office.first().starts_at - 4 * HOUR
    outcome = await office.book()
    assert isinstance(outcome, Parked)
    return outcome.until


async def test_a_meeting_moved_in_outlook_on_its_own_day_is_followed_the_next_morning(office: BusyOffice) -> None:
    was = office.first()
    office.clock.moment = await look_on_its_own_morning(office)
    office.moved_in_outlook(was.starts_local + 3 * DAY)

    await office.book()

    assert was.starts_at < office.clock.moment < was.starts_at + DAY
    assert office.first().starts_local == was.starts_local + 3 * DAY
    assert office.first().sequence == was.sequence + 1
    assert f"status.open:{was.key}" in office.store.due
    assert office.mailbox.writes == []


@pytest.mark.parametrize("how", ["marked", "deleted"])
async def test_a_meeting_cancelled_in_outlook_on_its_own_day_is_followed(office: BusyOffice, how: str) -> None:
    key = office.first().key
    office.clock.moment = await look_on_its_own_morning(office)
    if how == "marked":
        office.in_outlook(cancelled=True)
    else:
        del office.mailbox.events[key]

    for _ in range(2):
        outcome = await office.book()
        assert isinstance(outcome, Parked)
        office.clock.moment = outcome.until

    assert office.store.meetings[key].state is MeetingState.CANCELLED
    assert f"status.open:{key}" in office.store.due
    assert office.mailbox.writes == []


async def test_a_meeting_is_read_every_working_morning_until_three_days_after_it(office: BusyOffice) -> None:
    first = office.first()
    looks = [await look_on_its_own_morning(office)]
    for _ in range(3):
        office.clock.moment = looks[-1]
        outcome = await office.book()
        assert isinstance(outcome, Parked)
        looks.append(outcome.until)

    assert [look.date() - first.day for look in looks] == [1 * DAY, 2 * DAY, 3 * DAY, 6 * DAY]


async def test_long_after_its_day_a_meeting_is_what_it_was(office: BusyOffice) -> None:
    was = office.first()
    office.clock.moment = was.starts_at + 4 * DAY
    office.moved_in_outlook(was.starts_local + 30 * DAY)

    await office.book()

    assert office.store.meetings[was.key] == was


async def test_a_meeting_that_has_begun_is_written_no_more(office: BusyOffice) -> None:
    was = office.first()
    office.register = programme(bodies=(body("a-dal", location="Kulturhuset"),))
    office.clock.moment = was.starts_at + HOUR
    office.in_outlook(
        answers={
            "member@county.example": InvitationResponse.DECLINED,
            "chair@county.example": InvitationResponse.DECLINED,
        }
    )

    await office.book()

    assert office.store.meetings[was.key] == was
    assert was.event_id not in [event.id for event in office.mailbox.events.values() if event.location != "Rådhuset"]
    assert not any(key.startswith("meetings.quorum") for key in office.store.due)


async def test_when_the_last_meeting_was_cancelled_in_outlook_nothing_is_left_to_read(office: BusyOffice) -> None:
    office.store.meetings = {office.first().key: office.first()}
    office.in_outlook(cancelled=True)

    outcome = await office.book()

    assert outcome.note == "no meeting of ours stands"


# ------------------------------------------------------------------------------------------------ another place


async def test_a_place_changed_in_outlook_is_kept_whatever_is_written_afterwards(office: BusyOffice) -> None:
    was = office.first()
    office.in_outlook(location="Kulturhuset")
    await office.book()
    assert (office.first().location, office.first().sequence) == ("Kulturhuset", was.sequence + 1)
    assert "meetings.changed_there" in office.notes.notes

    await office.move(LATER)()
    await office.book()
    office.register = programme(bodies=(body("a-dal", location="Nytt rådhus"),))
    await office.book()

    assert {*office.mailbox.updates()[0]} == {"starts_local", "ends_local", "body_html"}
    assert office.first().location == office.event().location == "Kulturhuset"
    others = [item.location for item in office.store.meetings.values() if item.body == "a-dal"][1:]
    assert set(others) == {"Nytt rådhus"}


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        pytest.param("Rådhuset; Microsoft Teams-møte", "Rådhuset", id="added"),
        pytest.param("Kulturhuset; Microsoft Teams Meeting", "Kulturhuset", id="beside another place"),
        pytest.param("Microsoft Teams-møte", "", id="instead of the place"),
    ],
)
async def test_what_outlook_says_of_teams_is_no_place(office: BusyOffice, there: str, kept: str) -> None:
    was = office.first()
    office.in_outlook(location=there)

    await office.book()
    await office.book()

    assert office.first().location == kept
    assert office.first().sequence == was.sequence + (kept != was.location)
    assert office.mailbox.writes == []


async def test_a_place_that_the_register_changed_is_not_taken_for_somebody_else_s(office: BusyOffice) -> None:
    office.register = programme(bodies=(body("a-dal", location="Kulturhuset"),))
    office.mailbox.lose_answer = True
    with pytest.raises(Exception, match="the answer was lost"):
        await office.book()
    office.mailbox.lose_answer = False
    await office.book()
    office.register = programme(bodies=(body("a-dal", location="Nytt rådhus"),))

    await office.book()

    assert office.first().location == office.event().location == "Nytt rådhus"


# ---------------------------------------------------------------------------------------------- what people read


async def test_what_an_invitation_says_of_a_move_stays_true_when_it_is_moved_again_in_outlook(
    office: BusyOffice,
) -> None:
    await office.move(LATER)()
    await office.book()
    office.moved_in_outlook(LATER + 7 * DAY)
    await office.book()

    assert len(office.mailbox.updates()) == 1
    assert office.mailbox.bodies["event-1"].startswith(
        "<p>Beskjed mandag 16. august 2027: Møtet ble flyttet fra tirsdag 7. september 2027 kl. 09.00 til torsdag "
        "9. september 2027 kl. 09.00. Det er tiden i kalenderen som gjelder.</p>"
    )


async def test_the_page_tells_from_which_day_people_have_it_moved_not_from_one_they_never_heard_of(
    office: BusyOffice,
) -> None:
    await office.move(LATER - DAY, "Først slik")()
    await office.move(LATER, "Så slik")()

    assert explain_change(office.first()) == ["Møtet er flyttet fra tirsdag 7. september 2027.", "Grunn: Så slik"]


async def test_the_page_tells_nothing_of_a_move_that_was_taken_back(office: BusyOffice) -> None:
    was = office.first()

    await office.move(LATER)()
    await office.move(was.starts_local, "Likevel ikke")()

    assert (explain_change(office.first()), explain(office.first())) == ([], "")


async def test_the_page_tells_of_a_move_back_to_a_day_that_people_had_been_told_was_off(office: BusyOffice) -> None:
    was = office.first()
    await office.move(LATER)()
    await office.book()

    await office.move(was.starts_local, "Likevel ikke")()

    assert explain_change(office.first())[0] == "Møtet er flyttet fra torsdag 9. september 2027."


@pytest.mark.parametrize(
    ("days", "told"),
    [
        pytest.param((2, 5), ["Møtet er flyttet fra tirsdag 7. september 2027."], id="on to another day"),
        pytest.param((2, 0), [], id="back"),
    ],
)
async def test_a_meeting_in_nobody_s_calendar_yet_is_moved_from_where_it_was_first(
    planned: BusyOffice, days: Sequence[int], told: Sequence[str]
) -> None:
    was = planned.first()

    for number in days:
        await planned.move(was.starts_local + number * DAY, "")()

    assert explain_change(planned.first()) == told


# ------------------------------------------------------------------------------------- a body that is there no more


async def test_the_meetings_ahead_of_a_body_that_left_the_register_are_withdrawn_once_with_a_reason(
    office: BusyOffice,
) -> None:
    held, *ahead = [item for item in office.store.meetings.values() if item.body == "a-dal"]
    office.clock.moment = held.starts_at + HOUR
    others = tuple(item for item in office.register.bodies if item.key != "a-dal")
    office.register = office.register.model_copy(update={"bodies": others})
    await office.desk().plan()
    assert "meetings.book:a-dal" in office.store.due

    for _ in range(2):
        await office.book()

    assert [name for name, _ in office.mailbox.writes] == ["cancel"] * len(ahead)
    reasons = {comment.partition("Grunn: ")[2] for _, (_, comment) in office.mailbox.writes}
    assert reasons == {"Møtet er ikke lenger en del av programmet."}
    assert [office.store.meetings[item.key].state for item in ahead] == [MeetingState.CANCELLED] * len(ahead)
    assert office.store.meetings[held.key] == held
    assert f"status.open:{ahead[0].key}" in office.store.due


# ---------------------------------------------------------------------------------------------------- the join link


async def test_a_link_that_does_not_come_within_the_hour_has_failed_and_is_looked_for_daily(
    planned: BusyOffice,
) -> None:
    planned.mailbox.join_url = None
    began = planned.clock.moment
    looks = 0
    outcome = await planned.book()
    while isinstance(outcome, Parked) and outcome.until < began + DAY / 2:
        looks += 1
        planned.clock.moment = outcome.until
        outcome = await planned.book()

    assert looks == 12
    assert outcome == Parked(
        until=datetime(2027, 8, 17, 3, tzinfo=UTC), note="failed: 3 meetings have got no link into Teams"
    )
    assert planned.notes.notes.count("meetings.join_link_failed") == 1
    assert link_failed(planned.first(), planned.clock.moment)
    assert explain_no_link(planned.register, planned.first()) == (
        "Møtet tirsdag 7. september 2027 kl. 09.00 i Styret i a-dal har ikke fått lenke til Teams. "
        "Be IT sjekke at moter@county.example har lisens for Teams og får lage møter der."
    )


async def test_a_failed_link_that_comes_after_all_is_well_again(planned: BusyOffice) -> None:
    planned.mailbox.join_url = None
    for _ in range(2):
        await planned.book()
        planned.clock.moment += 2 * HOUR
    assert link_failed(planned.first(), planned.clock.moment)
    writes = len(planned.mailbox.writes)
    planned.mailbox.events = {
        key: replace(event, join_url="https://teams.example/late") for key, event in planned.mailbox.events.items()
    }

    outcome = await planned.book()

    assert outcome.note == "3 meetings stand"
    assert not link_failed(planned.first(), planned.clock.moment)
    assert len(planned.mailbox.writes) == writes
