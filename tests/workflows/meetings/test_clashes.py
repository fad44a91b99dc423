"""Nobody is planned into two boards at once; clashes that others decided are named to both leads, once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

import pytest

from config.programme import Programme
from config.values import Assignment, Meetings, Person, Role
from tests.clocks import StillClock
from tests.workflows.meetings.test_booking import Notes
from tests.workflows.meetings.test_quorum import TUESDAY_NOON, Post, own_address
from tests.workflows.programme import body, municipality, programme
from tests.workflows.status.rounds import PUBLIC, FakeAccounts
from workflows.meetings.clashes import ClashNotices, clashes
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.plan import plan_meetings
from workflows.messages.lead_mail import LeadMail, LeadMailPorts
from workflows.messages.model import MessageState
from workflows.messages.outbox import Outbox
from workflows.ports.units import DueUnit

T = TypeVar("T")
NOON = datetime.fromisoformat("2026-10-15T12:00")


def two_theirs(*, second: datetime = NOON + timedelta(hours=1)) -> Programme:
    """Two municipalities that call their own meetings, with one head of school in both boards."""
    both = Person(key="head", name="Rolle rektor", email="head@county.example", organisation="county")
    leads = tuple(
        Person(key=f"lead-{slug}", name=f"Leder {slug}", email=f"lead@{slug}.example", organisation="county")
        for slug in ("b-vik", "c-nes")
    )
    seats = [Assignment(person="head", role=Role.BOARD_MEMBER, municipality=slug) for slug in ("b-vik", "c-nes")]
    seats += [Assignment(person=f"lead-{slug}", role=Role.LOCAL_LEAD, municipality=slug) for slug in ("b-vik", "c-nes")]
    return programme(
        people=(both, *leads),
        assignments=tuple(seats),
        municipalities=(
            municipality("b-vik", meetings=Meetings.THEIRS, meeting_dates=(NOON,)),
            municipality("c-nes", meetings=Meetings.THEIRS, meeting_dates=(second,)),
        ),
        bodies=(body("b-vik"), body("c-nes")),
    )


def planned(register: Programme) -> list[Meeting]:
    return list(plan_meetings(register, [], now=TUESDAY_NOON).new)


def test_two_municipalities_own_meetings_at_once_are_a_clash_and_stay_where_they_are() -> None:
    register = two_theirs()
    meetings = planned(register)

    [clash] = clashes(register, meetings, now=TUESDAY_NOON)

    assert (clash.first.body, clash.second.body, clash.people) == ("b-vik", "c-nes", ("head",))
    assert not plan_meetings(register, meetings, now=TUESDAY_NOON).changed


@pytest.mark.parametrize(
    "register",
    [
        pytest.param(two_theirs(second=NOON + timedelta(hours=2)), id="one after the other"),
        pytest.param(two_theirs(second=NOON + timedelta(days=1)), id="another day"),
    ],
)
def test_who_can_be_in_both_has_no_clash(register: Programme) -> None:
    assert clashes(register, planned(register), now=TUESDAY_NOON) == []


def test_the_second_day_of_a_meeting_clashes_as_the_first_does_and_everybody_is_named_once() -> None:
    register = two_theirs(second=NOON + timedelta(days=1))
    first, second = planned(register)
    two_days = replace(first, ends_local=second.ends_local)

    [clash] = clashes(register, [two_days, second], now=TUESDAY_NOON)
    [both_days] = clashes(register, [two_days, replace(second, starts_local=two_days.starts_local)], now=TUESDAY_NOON)

    assert (clash.first.body, clash.second.body, clash.people) == ("b-vik", "c-nes", ("head",))
    assert both_days.people == ("head",)


def test_one_that_is_cancelled_or_held_is_none() -> None:
    register = two_theirs()
    first, second = planned(register)
    off = replace(first, state=MeetingState.CANCELLED)
    assert clashes(register, [off, second], now=TUESDAY_NOON) == []
    assert clashes(register, [first, second], now=first.starts_at) == []


def test_a_board_of_ours_keeps_clear_of_what_a_municipality_called_itself() -> None:
    register = two_theirs()
    ours = register.municipalities[1].model_copy(update={"meetings": Meetings.OURS, "meeting_dates": ()})
    register = register.model_copy(update={"municipalities": (register.municipalities[0], ours)})

    meetings = planned(register)

    assert len(meetings) > 5
    assert clashes(register, meetings, now=TUESDAY_NOON) == []


class Desk:
    """The notices of a programme whose meetings are planned, and the mails that they become."""

    def __init__(self, register: Programme) -> None:
        self.register, self.post, self.clock = register, Post(), StillClock(TUESDAY_NOON)
        self.meetings = planned(register)

    async def programme(self) -> Programme:
        return self.register

    async def consider_from(self, day: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        return work([meeting for meeting in self.meetings if meeting.day >= day])

    async def look(self) -> None:
        outbox, messages = cast("Outbox", self.post), cast("Any", self.post)
        ports = LeadMailPorts(
            programme=self.programme,
            messages=messages,
            outbox=outbox,
            accounts=FakeAccounts([]),
            clock=self.clock,
            public_url=PUBLIC,
        )
        mail = LeadMail(ports)
        notices = ClashNotices(
            programme=self.programme, meetings=self, mail=mail, clock=self.clock, own_address=own_address
        )
        assert await notices.plan() == ()
        await mail.send(DueUnit(key="leads.mail:test", due_at=TUESDAY_NOON), Notes())


async def test_both_leads_are_told_once_who_is_where_and_when() -> None:
    desk = Desk(two_theirs())

    for _ in range(2):
        await desk.look()

    assert {row.content.address for row in desk.post.rows.values()} == {"lead@b-vik.example", "lead@c-nes.example"}
    assert {row.state for row in desk.post.rows.values()} == {MessageState.SENT}
    [first, _] = desk.post.rows.values()
    assert "Rolle rektor" in first.content.text
    assert "Styret i b-vik torsdag 15. oktober 2026 kl. 12.00" in first.content.text
    assert "Styret i c-nes torsdag 15. oktober 2026 kl. 13.00" in first.content.text
    assert f"/mine-moter/{first.person}" in first.content.html


async def test_nobody_is_told_of_nothing() -> None:
    desk = Desk(two_theirs(second=NOON + timedelta(days=1)))

    await desk.look()

    assert not desk.post.rows
