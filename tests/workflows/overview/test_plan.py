"""Overviews decided from plain data: the state of a place, a report's progress, and a start page's tasks."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.programme import Programme
from config.values import Assignment, BodyKind, Municipality, Place, Role
from tests.workflows.programme import body, municipality, programme
from tests.workflows.status.rounds import package
from tools.authorisation import create_app, routes_of
from workflows.access.rules import reader_of
from workflows.messages.model import MessageState, Surface
from workflows.overview.county import county_overview
from workflows.overview.model import PlaceState, ReportStage, TaskKind
from workflows.overview.municipality import municipality_overview, people_of
from workflows.overview.plan import place_state, report_stage
from workflows.overview.rows import (
    CountyRows,
    MeetingLine,
    MunicipalityRows,
    OpenRoundCounts,
    PlaceLine,
    QuestionCount,
    ReportLine,
    RolloutLine,
    StartRows,
    Undelivered,
    UnitLine,
)
from workflows.overview.start import StartPlanner
from workflows.papers.reports.model import ReportState
from workflows.status.model import Level, RoundState, StatusRound

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
MADE = PlaceLine(place="a-dal", urls={"team": "https://teams.example/a-dal"})


def unit(**changes: Any) -> UnitLine:
    values: dict[str, Any] = {
        "key": "rollout.place:a-dal",
        "state": "done",
        "due_at": NOW,
        "held": False,
        "note": "",
        "failures": 0,
        "done_at": NOW,
    }
    return UnitLine(**{**values, **changes})


def status_round(state: RoundState) -> StatusRound:
    return StatusRound(
        meeting="a-dal/2026-10-20",
        municipality="a-dal",
        state=state,
        opens_at=NOW,
        reminders_at=(),
        deadline_at=NOW,
        release_at=NOW,
    )


def report(state: ReportState, meeting: str = "a-dal/2026-10-20") -> ReportLine:
    return ReportLine(meeting=meeting, state=state, compiled_at=NOW)


def undelivered(**changes: Any) -> Undelivered:
    values: dict[str, Any] = {
        "key": "m",
        "kind": "reminder",
        "surface": Surface.EMAIL,
        "state": MessageState.FAILED,
        "municipality": "a-dal",
        "person": "lead",
        "name": "Rolle lead",
        "failure": "550",
        "since": NOW,
    }
    return Undelivered(**{**values, **changes})


def meeting(body: str = "a-dal") -> MeetingLine:
    starts = datetime.fromisoformat("2026-10-20T09:00")
    return MeetingLine(key=f"{body}/2026-10-20", body=body, starts_local=starts, ends_local=starts.replace(hour=11))


def rows(**changes: Any) -> StartRows:
    values: dict[str, Any] = {
        "meetings": (),
        "answered": (),
        "open_rounds": None,
        "reports": {},
        "questions": (),
        "undelivered": (),
        "guests_asked": {},
        "rollouts": {},
        "places": {},
        "paused": frozenset(),
    }
    return StartRows(**{**values, **changes})


@pytest.mark.parametrize(
    ("of", "place", "order", "left", "state"),
    [
        pytest.param(municipality("a-dal"), MADE, None, False, PlaceState.READY, id="made"),
        pytest.param(municipality("a-dal"), MADE, unit(), True, PlaceState.LEFT, id="left the programme"),
        pytest.param(municipality("a-dal"), None, None, False, PlaceState.NOT_MADE, id="never ordered"),
        pytest.param(municipality("a-dal"), PlaceLine(place="a-dal"), None, False, PlaceState.NOT_MADE, id="no team"),
        pytest.param(municipality("a-dal"), None, unit(state="failed"), False, PlaceState.FAILED, id="failed"),
        pytest.param(municipality("a-dal"), None, unit(state="waiting"), False, PlaceState.UNDER_WAY, id="under way"),
        pytest.param(
            municipality("a-dal"),
            None,
            unit(state="waiting", note="builder_closed"),
            False,
            PlaceState.WAITS_FOR_IT,
            id="waits for IT",
        ),
        pytest.param(
            municipality("a-dal"),
            PlaceLine(place="a-dal", urls=MADE.urls, gone=1, asks=1),
            unit(),
            False,
            PlaceState.DRIFT,
            id="something is gone",
        ),
        pytest.param(
            municipality("a-dal"),
            PlaceLine(place="a-dal", urls=MADE.urls, asks=2),
            unit(),
            False,
            PlaceState.ASKS,
            id="something is left to a person",
        ),
        pytest.param(municipality("a-dal", place=Place.NONE), None, None, False, PlaceState.NONE, id="without a place"),
        pytest.param(
            municipality("a-dal", place=Place.THEIRS, place_url="https://theirs.example"),
            None,
            None,
            False,
            PlaceState.THEIRS,
            id="their own place",
        ),
    ],
)
def test_the_state_of_a_place(
    of: Municipality, place: PlaceLine | None, order: UnitLine | None, left: bool, state: PlaceState
) -> None:
    assert place_state(of, left=left, place=place, unit=order) is state


@pytest.mark.parametrize(
    ("state", "newest", "stage"),
    [
        pytest.param(None, None, ReportStage.NONE, id="no round"),
        pytest.param(RoundState.OPEN, None, ReportStage.COLLECTING, id="open round"),
        pytest.param(RoundState.CLOSED, None, ReportStage.DUE, id="closed round"),
        pytest.param(RoundState.CLOSED, ReportState.DRAFT, ReportStage.DRAFT, id="draft"),
        pytest.param(None, ReportState.RELEASED, ReportStage.RELEASED, id="released"),
        pytest.param(None, ReportState.PUBLISHED, ReportStage.RELEASED, id="published"),
    ],
)
def test_the_progress_of_a_report(state: RoundState | None, newest: ReportState | None, stage: ReportStage) -> None:
    assert report_stage(state, newest) is stage


@pytest.mark.parametrize(
    ("found", "kind", "address"),
    [
        pytest.param({"undelivered": (undelivered(),)}, TaskKind.UNDELIVERED, "/kommune/a-dal#leveringer", id="mail"),
        pytest.param({"paused": frozenset({"a-dal"})}, TaskKind.PAUSED, "/kommune/a-dal", id="paused there"),
        pytest.param({"paused": frozenset({""})}, TaskKind.PAUSED, "/kommune/a-dal", id="paused everywhere"),
        pytest.param(
            {"meetings": (meeting(),), "reports": {"a-dal/2026-10-20": report(ReportState.DRAFT)}},
            TaskKind.REVIEW_REPORT,
            "/kommune/a-dal/rapport",
            id="draft",
        ),
        pytest.param(
            {"stopped": ("status.send:a-dal/2026-10-20", "rollout.place:b-vik")},
            TaskKind.STOPPED_THERE,
            "/kommune/a-dal",
            id="work of theirs that stopped",
        ),
    ],
)
def test_what_waits_for_a_local_lead(found: dict[str, Any], kind: TaskKind, address: str) -> None:
    page = planned("lead", **found)

    assert [(task.kind, task.address) for task in page.tasks] == [(kind, address)]


@pytest.mark.parametrize(
    ("found", "kind", "address"),
    [
        pytest.param(
            {"undelivered": (undelivered(municipality=None),)}, "undelivered", "/fylket?vis=levering", id="mail"
        ),
        pytest.param({"paused": frozenset({""})}, "paused", "/fylket?vis=pause", id="paused"),
        pytest.param(
            {"rollouts": {"rollout.place:a-dal": RolloutLine("waiting", "builder_closed")}},
            "open_builder",
            "/fylket?vis=utrulling",
            id="an order waits for IT",
        ),
        pytest.param(
            {"rollouts": {"rollout.place:a-dal": RolloutLine("failed", "")}},
            "rollout_failed",
            "/fylket?vis=utrulling",
            id="a rollout failed",
        ),
        pytest.param({"stopped": ("status.send:a-dal/2026-10-20",)}, "stopped", "/it", id="work that stopped"),
        pytest.param(
            {"stopped": ("rollout.place:a-dal",), "rollouts": {"rollout.place:a-dal": RolloutLine("failed", "")}},
            "rollout_failed",
            "/fylket?vis=utrulling",
            id="a rollout failed, which is told once",
        ),
    ],
)
def test_what_waits_for_a_county_lead(found: dict[str, Any], kind: str, address: str) -> None:
    page = planned("county", **found)

    assert [(task.kind, task.address) for task in page.tasks] == [(kind, address)]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"undelivered": (undelivered(municipality="b-vik"),)}, id="another municipality's mail"),
        pytest.param({"paused": frozenset({"b-vik"})}, id="another municipality paused"),
        pytest.param({"stopped": ("status.send:b-vik/2026-10-20",)}, id="another municipality's work stopped"),
        pytest.param({"stopped": ("doctor.look:test",)}, id="common work stopped"),
        pytest.param({"meetings": (meeting(),)}, id="a meeting without a draft"),
    ],
)
def test_what_is_others_waits_for_them(found: dict[str, Any]) -> None:
    assert planned("lead", **found).tasks == ()


def test_a_member_is_troubled_by_no_pause() -> None:
    assert planned("member", paused=frozenset({""})).tasks == ()


def test_a_chair_decides_what_is_asked_of_their_own_board_alone() -> None:
    asked = (
        QuestionCount("a-dal", Level.LOCAL, 1),
        QuestionCount("b-vik", Level.LOCAL, 1),
        QuestionCount("a-dal", Level.OWNER, 1),
    )
    [task] = planned("chair", meetings=(meeting("a-dal"), meeting("b-vik")), questions=asked).tasks
    assert (task.kind, task.values["questions"], task.address) == (TaskKind.DECIDE, 1, "/styret/a-dal")
    assert planned("chair", meetings=(meeting("b-vik"),), questions=asked).tasks == ()
    assert planned("chair", meetings=(meeting("a-dal"),), questions=asked[1:]).tasks == ()


def test_tasks_are_seven_at_most_and_the_urgent_stand_first() -> None:
    found = {
        "undelivered": (undelivered(),),
        "guests_asked": dict.fromkeys(["a-dal"] * 9, 2),
        "meetings": tuple(meeting() for _ in range(9)),
        "reports": {"a-dal/2026-10-20": report(ReportState.DRAFT)},
    }
    tasks = planned("lead", **found).tasks

    assert len(tasks) == 7
    assert tasks[0].kind is TaskKind.UNDELIVERED


def test_guests_of_the_programme_itself_are_the_county_leads_to_confirm() -> None:
    (task,) = planned("county", guests_asked={"test": 3}).tasks

    assert task.values == {"guests": 3, "name": "Prøveprogrammet"}


def test_a_municipality_that_left_has_no_round_and_troubles_nobody() -> None:
    known = programme(municipalities=(municipality("a-dal", until=date(2026, 6, 30)), municipality("b-vik")))
    found = CountyRows(
        next_meetings={},
        rounds=(),
        requests=(),
        questions=(),
        undelivered=(undelivered(municipality=None),),
        places={"a-dal": MADE},
        rollouts={},
        paused=frozenset({"b-vik"}),
    )

    county = county_overview(known, found, now=NOW)

    assert [(line.place, line.round, line.paused) for line in county.municipalities] == [
        (PlaceState.LEFT, None, False),
        (PlaceState.NOT_MADE, None, True),
    ]
    assert len(county.undelivered) == 1
    assert not county.paused


def test_who_worked_in_a_package_that_ended_is_nobody_there_any_more() -> None:
    known = programme(work_packages=(package("bro", until=date(2026, 9, 30)), package("tunnel")))
    helpers = [Assignment(person="lead", role=Role.CONTRIBUTOR, work_package=key) for key in ("bro", "tunnel")]
    known = known.model_copy(update={"assignments": (*known.assignments, *helpers)})

    def packages(on: date) -> list[str]:
        (line,) = [item for item in people_of(known, "a-dal", on) if item.key == "lead"]
        return [name for _, name in line.roles if name]

    assert packages(date(2026, 9, 30)) == ["Pakken bro", "Pakken tunnel"]
    assert packages(date(2026, 10, 1)) == ["Pakken tunnel"]


@pytest.mark.parametrize(
    ("now", "missed", "opens"),
    [
        pytest.param("2026-09-20T08:00Z", False, "2026-09-29", id="ahead"),
        pytest.param("2026-10-19T08:00Z", True, "2026-11-24", id="the deadline passed unopened"),
    ],
)
def test_a_round_whose_deadline_passed_unopened_is_missed_and_not_the_next(now: str, missed: bool, opens: str) -> None:
    shown = overview_at(now, programme(work_packages=(package("bro"),)))

    assert (shown.missed is not None, shown.next_round.opens_at.date().isoformat()) == (missed, opens)
    assert shown.next_asks


def test_without_a_package_under_way_no_round_is_missed_and_the_next_asks_nobody() -> None:
    shown = overview_at("2026-10-19T08:00Z", programme(work_packages=()))

    assert shown.missed is None
    assert not shown.next_asks


def test_a_round_that_would_be_open_waits_for_a_package_to_ask() -> None:
    before = overview_at("2026-09-20T08:00Z", programme(work_packages=()))
    during = overview_at("2026-10-01T08:00Z", programme(work_packages=()))
    added = overview_at("2026-10-01T08:00Z", programme(work_packages=(package("bro"),)))

    assert [(shown.next_waits, shown.next_asks) for shown in (before, during, added)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def overview_at(now: str, known: Programme) -> Any:
    """Return the overview of a-dal, whose board meets in October and in December."""
    meetings = [
        MeetingLine(key=f"a-dal/{day}", body="a-dal", starts_local=starts, ends_local=starts.replace(hour=11))
        for day in ("2026-10-20", "2026-12-15")
        for starts in (datetime.fromisoformat(f"{day}T09:00"),)
    ]
    found = MunicipalityRows(
        meetings=tuple(meetings),
        answered=(),
        messages=(),
        reports={},
        questions=(),
        decisions=(),
        actions=(),
        undelivered=(),
        place=MADE,
        unit=None,
        paused=False,
        guests_asked=0,
    )
    return municipality_overview(known, "a-dal", found, now=datetime.fromisoformat(now))


def planned(person: str, **found: Any) -> Any:
    """Return the start page of a person of the small programme."""
    known = programme()
    lead = known.person("lead").model_copy(update={"key": "county", "email": "x@county.example"})
    known = known.model_copy(
        update={
            "people": (*known.people, lead),
            "assignments": (*known.assignments, Assignment(person="county", role=Role.COUNTY_LEAD)),
        }
    )
    reader = reader_of(known, person, known.today(NOW))
    assert reader is not None
    return StartPlanner(known, reader, rows(**found), NOW).page()


def test_two_bodies_of_one_name_are_told_apart_on_the_start_page() -> None:
    name, members = "Lederteamet", (Role.BOARD_MEMBER,)
    team = body("a-dal-lead-team", kind=BodyKind.LEAD_TEAM, municipality="a-dal", name=name, members=members)
    known = programme(bodies=(body("a-dal", name=name), team))
    reader = reader_of(known, "member", known.today(NOW))
    assert reader is not None

    page = StartPlanner(known, reader, rows(meetings=(meeting(), meeting(team.key))), NOW).page()

    told_apart = ["Lederteamet (styremøte)", "Lederteamet (ukentlig kontakt)"]
    assert [shown for _, shown in page.meetings] == told_apart
    assert [item.name for item in page.belongings if item.address.startswith("/styret/")] == told_apart


def test_tasks_lead_to_pages_that_are_there() -> None:
    """Every address of a task is a route of the service, whatever follows its path."""
    found = {
        "undelivered": (undelivered(),),
        "guests_asked": {"a-dal": 1, "test": 1},
        "meetings": (meeting(),),
        "reports": {"a-dal/2026-10-20": report(ReportState.DRAFT)},
        "paused": frozenset({""}),
        "rollouts": {"rollout.place:a-dal": RolloutLine("failed", "")},
        "open_rounds": OpenRoundCounts(asked=3, answered=1, first_deadline=NOW),
    }
    addresses = {task.address for person in ("lead", "county") for task in planned(person, **found).tasks}
    paths = {re.sub(r"[?#].*", "", address).replace("a-dal", "{slug}") for address in addresses}

    assert paths == {
        "/kommune/{slug}",
        "/kommune/{slug}/gjester",
        "/kommune/{slug}/rapport",
        "/fylket/gjester",
        "/fylket",
    }
    assert paths <= {route.path for route in routes_of(create_app())}
