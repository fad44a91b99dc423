"""News is news: what changed since a board's last report, what stands as it stood, and what is known of the silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.values import BudgetLine, PlanActivity, Progress, Spending
from tests.workflows.status.rounds import HOME, MEETING, STARTS, programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import IndicatorLine
from workflows.papers.reports.parts import ChangeKind, ReportChange
from workflows.papers.reports.plan import compile_board_report
from workflows.status.model import (
    AnswerContent,
    EscalationState,
    IndicatorResult,
    Level,
    Light,
    PackageResult,
    RoundResult,
    RoundState,
    StatusRound,
)

NOW = datetime(2026, 11, 10, 7, tzinfo=UTC)
BEFORE = date(2026, 9, 1)
OLD = AnswerContent(light=Light.GREEN, done="Alt.", next="Mer.", hinders="Bussen.", outlook="Snø.", weight="risk_1_1")
FIRST = "a-dal/2026-09-22"


def meeting(key: str = MEETING, starts: datetime = STARTS) -> Meeting:
    return Meeting(
        key=key,
        body="a-dal",
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        location="Rådhuset",
        state=MeetingState.BOOKED,
        booked_by_us=True,
        changed_at=NOW,
    )


def result(previous: AnswerContent | None = OLD, **changes: Any) -> PackageResult:
    """Return a package's result; its texts are last time's unless *changes* say otherwise."""
    now: dict[str, Any] = {name: getattr(OLD, name) for name in ("done", "next", "hinders", "outlook", "weight")}
    values = {"request": "r", "work_package": HOME, "name": "Arena", "lead": "Leder arena", "light": Light.GREEN}
    return PackageResult(**{**values, **now, **changes}, previous=previous, previous_on=BEFORE if previous else None)


def report(item: PackageResult, previous: BoardReport | None = None, **more: Any) -> BoardReport:
    known = more.pop("register", programme())
    status_round = StatusRound(
        meeting=MEETING,
        municipality="a-dal",
        state=RoundState.CLOSED,
        opens_at=NOW,
        reminders_at=(),
        deadline_at=NOW,
        release_at=NOW,
    )
    on = more.pop("on", meeting())
    return compile_board_report(known, on, RoundResult(round=status_round, packages=(item,)), previous=previous, **more)


def kinds(found: BoardReport) -> list[ChangeKind]:
    return [change.kind for change in found.changes]


# ---------------------------------------------------------------------------------------------------- what has changed


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"light": Light.RED}, [ChangeKind.LIGHT], id="the light"),
        pytest.param({"previous": None}, [ChangeKind.FIRST_LIGHT], id="a first status, whatever it says"),
        pytest.param({"hinders": "Lærerne."}, [ChangeKind.HINDERS], id="another hindrance"),
        pytest.param({"hinders": ""}, [ChangeKind.HINDERS_GONE], id="no hindrance any more"),
        pytest.param({"next": "Noe annet."}, [ChangeKind.NEXT], id="another plan"),
        pytest.param({"outlook": "Sol."}, [ChangeKind.OUTLOOK], id="another outlook"),
        pytest.param({"done": "Noe nytt."}, [], id="news, which every round has"),
        pytest.param({"light": None, "hinders": "", "next": ""}, [], id="no answer"),
    ],
)
def test_changes_since_last_time_are_told(changes: dict[str, Any], told: list[ChangeKind]) -> None:
    assert kinds(report(result(**changes))) == told


def test_a_change_holds_no_words_of_people() -> None:
    """The local lead may leave a sentence out: it must not stand elsewhere."""
    found = report(result(hinders="Hemmelig.", outlook="Hemmelig.")).changes

    assert "Hemmelig" not in str(found)


def test_another_lead_and_another_last_day_are_told() -> None:
    first = report(result())
    known = programme()
    packages = tuple(
        item.model_copy(update={"until": date(2027, 6, 30)}) if item.key == HOME else item
        for item in known.work_packages
    )

    second = report(result(lead="En annen"), first, register=known.model_copy(update={"work_packages": packages}))

    assert second.changes == (
        ReportChange(package=HOME, kind=ChangeKind.LEAD, before="Leder arena", now="En annen"),
        ReportChange(package=HOME, kind=ChangeKind.UNTIL, now="2027-06-30"),
    )


def test_a_package_that_is_no_more_is_told() -> None:
    first = report(result())
    gone = replace(first, packages=(replace(first.packages[0], key="gone", name="Borte"),))

    assert report(result(), gone).changes == (ReportChange(package="Borte", kind=ChangeKind.ENDED),)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param({"previous": 10, "now": 11, "baseline": 0, "target": 30}, False, id="little of the way"),
        pytest.param({"previous": 10, "now": 13, "baseline": 0, "target": 30}, True, id="a tenth of the way"),
        pytest.param({"previous": 29, "now": 30, "baseline": 0, "target": 30}, True, id="the target is reached"),
        pytest.param({"previous": 30, "now": 29, "baseline": 0, "target": 30}, True, id="the target is lost"),
        pytest.param({"previous": 5, "now": 4.9, "target": 4, "better": "lower"}, False, id="little, lower is better"),
        pytest.param({"previous": 4.1, "now": 4, "target": 4, "better": "lower"}, True, id="reached, lower is better"),
        pytest.param({"previous": 10, "now": 11}, True, id="without a target"),
        pytest.param({"previous": 10, "now": 10}, False, id="the same number"),
        pytest.param({"previous": None, "now": 10}, False, id="the first number"),
        pytest.param({"previous": 10, "now": None, "target": 30}, False, id="no number"),
    ],
)
def test_a_number_is_worth_a_line_by_its_target(line: dict[str, Any], told: bool) -> None:
    assert IndicatorLine(**{"name": "Plasser", "unit": "", "better": "higher", **line}).is_worth_a_line is told


# ------------------------------------------------------------------------------------------------- what has not changed


def test_a_text_that_stands_is_dated_from_its_first_report() -> None:
    first = report(result())
    long_ago = replace(first, packages=(replace(first.packages[0], unchanged={"hinders": date(2026, 4, 14)}),))

    found = report(result(done="Nytt."), long_ago).packages[0]

    assert found.unchanged == {"next": BEFORE, "hinders": date(2026, 4, 14), "outlook": BEFORE}


def test_a_silent_package_shows_its_last_known_status_and_for_how_long_it_is_silent() -> None:
    silent = result(light=None, done="", next="", hinders="", outlook="", weight="")
    first = report(silent)
    second = report(silent, first).packages[0]

    assert (second.light, second.last_light, second.last_on) == ("missing", "green", BEFORE)
    assert (first.packages[0].missing_rounds, second.missing_rounds) == (1, 2)
    assert report(result(), first).packages[0].missing_rounds == 0


def test_a_package_that_is_silent_for_years_still_shows_its_last_known_status() -> None:
    """Answers are looked for no longer than `REMEMBERED`: after that the board's own reports carry it on."""
    silent = result(light=None, done="", next="", hinders="", outlook="", weight="")
    found = report(silent)
    for _ in range(2):
        found = report(replace(silent, previous=None, previous_on=None), found)

    assert (found.packages[0].last_light, found.packages[0].last_on) == ("green", BEFORE)
    assert report(result(), found).packages[0].last_light == ""


def test_a_trend_is_carried_from_report_to_report_and_does_not_grow() -> None:
    """Each board carries its own: what another reported is none of it."""
    found: BoardReport | None = None
    for month in range(1, 11):
        starts = datetime(2026, month, 5, 9)  # noqa: DTZ001 - A local wall time.
        number = IndicatorResult(key="plasser", name="Plasser", unit="", better="higher", now=float(month))
        held = meeting(f"a-dal/{starts:%Y-%m-%d}", starts)
        found = report(result(indicators=(number,)), found, on=held)

    assert found is not None
    line = found.packages[0].indicators[0]
    assert [value for _, value in line.trend] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert line.trend[-1][0] == date(2026, 10, 5)
    assert BoardReport.from_data(found.to_data()) == found


# ------------------------------------------------------------------------------------------- what a board decides from


def question(**changes: Any) -> BoardQuestion:
    values: dict[str, Any] = {
        "id": "q",
        "request": "r",
        "municipality": "a-dal",
        "work_package": HOME,
        "meeting": MEETING,
        "question": "Får vi lokaler?",
        "proposal": "Ja.",
        "state": EscalationState.RAISED,
        "level": Level.LOCAL,
        "raised_at": NOW,
    }
    return BoardQuestion(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        pytest.param({}, True, id="asked in this round"),
        pytest.param({"meeting": FIRST}, True, id="asked earlier and not settled"),
        pytest.param({"meeting": "a-dal/2027-02-09"}, False, id="of a later round"),
        pytest.param({"state": EscalationState.ANSWERED}, False, id="settled"),
        pytest.param({"level": Level.OWNER, "state": EscalationState.PASSED_ON}, False, id="passed on"),
        pytest.param({"municipality": "b-vik"}, False, id="of another municipality"),
        pytest.param({"work_package": "gone"}, False, id="of a package that is no more"),
    ],
)
def test_a_board_is_asked_what_waits_for_it(changes: dict[str, Any], asked: bool) -> None:
    wanted = report(result(), questions=[question(**changes)]).wanted

    assert [item.question for item in wanted] == ["Får vi lokaler?"] * asked


def test_money_and_activities_of_the_year_stand_in_the_report() -> None:
    known = programme().model_copy(
        update={
            "budget": (
                BudgetLine(key="B1", amount=100, years=(2026,), per="municipality", purpose="Drift"),
                BudgetLine(key="egen", municipality="a-dal", amount=None, years=(2026,), purpose="Egen"),
                BudgetLine(key="B2", amount=9, years=(2026,), purpose="Fylkets"),
                BudgetLine(key="B3", amount=9, years=(2025,), per="municipality", purpose="I fjor"),
            ),
            "spending": (Spending(line="B1", year=2026, municipality="a-dal", spent=40),),
            "activities": tuple(
                PlanActivity(key=f"M26-0{number}", years=(2026,), level=level, text=text)
                for number, (level, text) in enumerate(
                    [("municipality", "Ikke begynt"), ("both", "I gang"), ("municipality", "Ferdig"), ("county", "Nei")]
                )
            ),
            "progress": (
                Progress(activity="M26-01", municipality="a-dal", state="under_way"),
                Progress(activity="M26-02", municipality="a-dal", state="done"),
            ),
        }
    )

    found = report(result(), register=known)

    assert [(item.purpose, item.amount, item.spent) for item in found.budget] == [("Drift", 100, 40), ("Egen", None, 0)]
    assert [(item.text, item.state) for item in found.activities] == [
        ("I gang", "under_way"),
        ("Ikke begynt", "not_begun"),
    ]
