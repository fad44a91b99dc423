"""Decisions about a round, from plain data."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, programme
from workflows.messages.model import Surface
from workflows.ports.accounts import Account, AccountKind
from workflows.status.model import RequestState, RoundOverview, StatusRequest, adds_to_name
from workflows.status.plan import (
    channel_of,
    is_on_behalf,
    is_outdated_reminder,
    planned_round,
    request_id,
    surfaces_for,
)
from workflows.status.results import round_overview
from workflows.working_days import RoundMoments

ROUND = planned_round(
    MEETING,
    "a-dal",
    RoundMoments(
        opens_at=OPENS,
        reminders_at=(OPENS + timedelta(days=7), OPENS + timedelta(days=9)),
        deadline_at=OPENS + timedelta(days=10),
        release_at=OPENS + timedelta(days=14),
    ),
)


def account(kind: AccountKind = AccountKind.MEMBER, *, enabled: bool = True) -> Account:
    return Account(id="1", email="a@b.example", kind=kind, enabled=enabled)


@pytest.mark.parametrize(
    ("known", "channel", "surfaces"),
    [
        pytest.param(account(), "19:x", (Surface.PERSONAL, Surface.CHANNEL, Surface.EMAIL), id="at home"),
        pytest.param(account(), None, (Surface.PERSONAL, Surface.EMAIL), id="no team"),
        pytest.param(account(AccountKind.GUEST), "19:x", (Surface.EMAIL,), id="guest"),
        pytest.param(account(enabled=False), "19:x", (Surface.EMAIL,), id="disabled"),
        pytest.param(None, "19:x", (Surface.EMAIL,), id="no account"),
    ],
)
def test_people_are_reached_where_they_look(
    known: Account | None, channel: str | None, surfaces: tuple[Surface, ...]
) -> None:
    assert surfaces_for(known, channel) == surfaces


@pytest.mark.parametrize(
    ("channels", "found"),
    [
        ({"channel:packages/arena": "own", "channel:board": "board"}, "own"),
        ({"channel:packages/other": "own", "channel:board": "board"}, "board"),
        ({"tab:packages/arena": "tab"}, None),
    ],
)
def test_the_package_s_channel_goes_before_the_board_s(channels: dict[str, str], found: str | None) -> None:
    assert channel_of(channels, HOME) == found


@pytest.mark.parametrize(
    ("person", "on_behalf"), [("home-lead", False), ("lead", True), ("guest-lead", None), ("chair", None)]
)
def test_the_lead_and_the_local_lead_may_answer(person: str, on_behalf: bool | None) -> None:
    package = programme().work_package(HOME)

    assert is_on_behalf(programme(), package, person, OPENS.date()) is on_behalf


def test_ids_differ_by_meeting_and_package_and_stay_the_same() -> None:
    ids = {request_id(meeting, package) for meeting in ("a/1", "a/2") for package in (HOME, GUEST)}

    assert len(ids) == 4
    assert request_id("a/1", HOME) in ids
    assert all(len(id_) <= 32 for id_ in ids)


def test_a_reminder_is_outdated_once_a_later_one_is_due() -> None:
    last = OPENS + timedelta(days=9)

    assert not is_outdated_reminder(ROUND, 1, last - timedelta(hours=1))
    assert is_outdated_reminder(ROUND, 1, last)
    assert not is_outdated_reminder(ROUND, 2, last)


def request(state: RequestState) -> StatusRequest:
    return StatusRequest(id=state, meeting=MEETING, work_package=HOME, person="lead", state=state, opened_at=OPENS)


@pytest.mark.parametrize(
    ("states", "rate"),
    [
        ([], None),
        ([RequestState.WAIVED], None),
        ([RequestState.ANSWERED, RequestState.OPEN, RequestState.MISSING, RequestState.ANSWERED], 0.5),
        ([RequestState.ANSWERED, RequestState.WAIVED], 1.0),
    ],
)
def test_the_answer_rate_counts_those_who_were_asked(states: list[RequestState], rate: float | None) -> None:
    overview: RoundOverview = round_overview(
        programme(), ROUND, [request(state) for state in states], [], {}, on=OPENS.date()
    )

    assert overview.answer_rate == rate


def test_a_planned_round_takes_no_answers() -> None:
    assert not ROUND.takes_answers(datetime(2026, 10, 28, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "unit", "adds"),
    [
        ("Deltakere", "deltakere", False),
        ("Sommerjobber", "jobber", False),
        ("Fullfører Vg1", "prosent", True),
        ("Plasser", "", False),
    ],
)
def test_a_unit_that_the_name_has_already_is_not_said_again(name: str, unit: str, adds: bool) -> None:
    assert adds_to_name(unit, name) is adds
