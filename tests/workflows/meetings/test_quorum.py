from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from config.programme import Programme
from config.values import Person, Role
from tests.clocks import StillClock
from tests.workflows.meetings.test_booking import Notes
from tests.workflows.programme import body, programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.quorum import Attending, QuorumPorts, QuorumWatch, is_at_risk, quorum_units
from workflows.messages.model import PAUSED, Message, MessageState
from workflows.messages.outbox import Outbox
from workflows.ports.calendar import InvitationResponse
from workflows.ports.units import Done, DueUnit, Outcome, Parked

TUESDAY_NOON = datetime(2026, 9, 8, 10, tzinfo=UTC)
KEY = "a-dal/2026-10-13"
MEETING = Meeting(
    key=KEY,
    body="a-dal",
    state=MeetingState.BOOKED,
    starts_local=datetime(2026, 10, 13, 9),  # noqa: DTZ001 - Local wall time.
    ends_local=datetime(2026, 10, 13, 11),  # noqa: DTZ001
    timezone="Europe/Oslo",
    changed_at=TUESDAY_NOON,
    booked_by_us=True,
    answers={"chair@county.example": "declined", "member@county.example": "declined"},
)


@dataclass
class Post:
    """An outbox and its rows in one."""

    rows: dict[str, Message] = field(default_factory=dict)
    paused: bool = False

    async def plan(self, messages: Any, *, then: Any = ()) -> None:
        for message in messages:
            self.rows.setdefault(message.key, message)

    async def list_messages(self, *, states: Any = (), requests: Any = None, kind: Any = None) -> list[Message]:
        return [row for row in self.rows.values() if row.state in states and row.kind == kind]

    async def deliver(self, message: Message, *, patient: bool = True) -> Message:
        del patient
        state = MessageState.HELD if self.paused else MessageState.SENT
        row = replace(message, state=state, failure=PAUSED if self.paused else "")
        self.rows[message.key] = row
        return row


def away(*keys: str) -> tuple[Person, ...]:
    """The people of the programme; some said that they cannot come on the day of the meeting."""
    return tuple(
        person.model_copy(update={"blocked_dates": (MEETING.day,)}) if person.key in keys else person
        for person in programme().people
    )


async def own_address(person: str) -> str:
    return f"https://service.example/mine-moter/{person}"


@dataclass
class Watch:
    meeting: Meeting = MEETING
    post: Post = field(default_factory=Post)
    clock: StillClock = field(default_factory=lambda: StillClock(TUESDAY_NOON))
    people: tuple[Person, ...] = field(default_factory=lambda: programme().people)
    quorum: int = 50

    async def find_meeting(self, key: str) -> Meeting | None:
        return self.meeting if key == KEY else None

    async def programme(self) -> Programme:
        board = body("a-dal", quorum=self.quorum)
        return programme(people=self.people, bodies=(board,))

    def watch(self) -> QuorumWatch:
        return QuorumWatch(
            QuorumPorts(
                programme=self.programme,
                meetings=self,
                messages=cast("Any", self.post),
                outbox=cast("Outbox", self.post),
                clock=self.clock,
                own_address=own_address,
            )
        )

    async def warn(self) -> Outcome:
        return await self.watch().warn(DueUnit(key=f"meetings.quorum:{KEY}", due_at=TUESDAY_NOON), Notes())


@pytest.mark.parametrize(
    ("declined", "of", "quorum", "at_risk"),
    [(0, 2, 50, False), (1, 2, 50, False), (2, 2, 50, True), (2, 3, 50, True), (2, 3, 0, False), (1, 3, 75, True)],
)
def test_a_board_decides_with_its_share_of_members(declined: int, of: int, quorum: int, at_risk: bool) -> None:
    people = [
        Attending(
            person=str(n),
            name="",
            required=True,
            answer=InvitationResponse.DECLINED if n < declined else InvitationResponse.NONE,
        )
        for n in range(of)
    ]
    optional = Attending(person="x", name="", required=False, answer=InvitationResponse.DECLINED)

    assert is_at_risk(body(quorum=quorum), [*people, optional]) is at_risk


async def test_chair_and_local_lead_are_told_once() -> None:
    watch = Watch()

    for _ in range(2):
        assert isinstance(await watch.warn(), Done)

    assert {row.person for row in watch.post.rows.values()} == {"chair", "lead"}
    (row,) = [row for row in watch.post.rows.values() if row.person == "lead"]
    assert row.content.subject == "For få kan komme: Styret i a-dal tirsdag 13. oktober 2026 kl. 09.00"
    assert "2 av 2 kan ikke komme" in row.content.text
    assert f"/mine-moter/{row.person}" in row.content.html
    assert "Har sagt nei: Rolle chair og Rolle member." in row.content.text


async def test_a_meeting_on_another_day_is_told_again() -> None:
    watch = Watch()
    await watch.warn()
    watch.meeting = replace(MEETING, starts_local=datetime(2026, 10, 14, 9), ends_local=datetime(2026, 10, 14, 11))  # noqa: DTZ001

    await watch.warn()

    assert len(watch.post.rows) == 4


async def test_it_is_told_again_when_it_is_others_who_cannot_come() -> None:
    watch = Watch()
    await watch.warn()
    watch.meeting = replace(MEETING, answers={})
    await watch.warn()
    assert len(watch.post.rows) == 2

    watch.people = away("chair", "member")
    watch.meeting = replace(MEETING, answers={"chair@county.example": "declined"})
    await watch.warn()
    assert len(watch.post.rows) == 2, "the same two still cannot come"

    watch.quorum, watch.people = 75, away("member")
    watch.meeting = replace(MEETING, answers={})
    await watch.warn()
    assert len(watch.post.rows) == 4


async def test_who_said_that_the_day_does_not_suit_cannot_come() -> None:
    watch = Watch(meeting=replace(MEETING, answers={"chair@county.example": "declined"}), people=away("member"))

    await watch.warn()

    (row,) = [row for row in watch.post.rows.values() if row.person == "lead"]
    assert "2 av 2 kan ikke komme" in row.content.text
    assert "Har sagt nei: Rolle chair." in row.content.text
    assert "Har meldt at dagen ikke passer: Rolle member." in row.content.text
    assert "Har ikke svart" not in row.content.text


@pytest.mark.parametrize(
    ("people", "changes", "due"),
    [
        pytest.param(("chair", "member"), {}, True, id="too many blocked the day"),
        pytest.param(("chair",), {}, False, id="enough can come"),
        pytest.param(("lead",), {}, False, id="only who may stay away"),
        pytest.param(("chair", "member"), {"state": MeetingState.PLANNED}, False, id="it can still be planned anew"),
        pytest.param(("chair", "member"), {"state": MeetingState.CANCELLED}, False, id="it is off"),
        pytest.param(("chair", "member"), {"booked_by_us": False}, False, id="it is not ours"),
    ],
)
def test_days_that_people_block_make_the_warning_due(
    people: tuple[str, ...], changes: dict[str, Any], due: bool
) -> None:
    known = programme(people=away(*people))
    meeting = replace(MEETING, answers={}, **changes)

    units = quorum_units(known, [meeting], TUESDAY_NOON)

    assert [unit.key for unit in units] == [f"meetings.quorum:{KEY}"] * due


async def test_nobody_is_told_when_enough_can_come_again() -> None:
    watch = Watch(meeting=replace(MEETING, answers={"chair@county.example": "declined"}))

    assert isinstance(await watch.warn(), Done)
    assert watch.post.rows == {}


async def test_the_warning_waits_for_sending_hours() -> None:
    watch = Watch(clock=StillClock(datetime(2026, 9, 12, 10, tzinfo=UTC)))

    outcome = await watch.warn()

    assert outcome == Parked(until=datetime(2026, 9, 14, 6, tzinfo=UTC), note="waits for sending hours")
    assert watch.post.rows == {}


async def test_a_paused_warning_leaves_later() -> None:
    watch = Watch(post=Post(paused=True))
    assert isinstance(await watch.warn(), Parked)
    watch.post.paused = False

    await watch.warn()

    assert {row.state for row in watch.post.rows.values()} == {MessageState.SENT}


async def test_who_comes_is_shown_with_the_answers() -> None:
    people = await Watch().watch().attendance(KEY)

    assert [(item.person, item.required, item.answer) for item in people] == [
        ("chair", True, InvitationResponse.DECLINED),
        ("member", True, InvitationResponse.DECLINED),
        ("lead", False, InvitationResponse.NONE),
    ]
    assert Role.LOCAL_LEAD in programme().bodies[1].optional
