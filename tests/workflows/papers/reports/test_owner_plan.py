"""The owner board's summary: what is passed up and nothing else, what moved, sums where they make sense, agreements."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import texts
from config.programme import Programme
from config.values import Indicator, Partner
from documents.document import Paragraph, Table
from tests.workflows.papers.questions.question_samples import after, on_agenda, passed_on, question, step
from tests.workflows.papers.reports.report_samples import board_report
from tests.workflows.status.rounds import HOME, programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import BoardReport, OwnerSummary
from workflows.papers.reports.owner_plan import agreements_of, compile_owner_summary, sums_of
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.reports.rendering import document_of
from workflows.status.model import EscalationState

DAY = date(2026, 12, 8)
AT = datetime(2026, 12, 1, 7, tzinfo=UTC)


def meeting(body: str = "owner-board", day: date = DAY, state: MeetingState = MeetingState.BOOKED) -> Meeting:
    starts = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
    return Meeting(
        key=f"{body}/{day}",
        body=body,
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        location="",
        state=state,
        booked_by_us=True,
        changed_at=AT,
    )


def report(light: str = "green", **changes: Any) -> BoardReport:
    return board_report(PackageReport(**{"key": HOME, "name": "Arena", "lead": "Leder", "light": light, **changes}))


def summary(*reports: BoardReport, previous: OwnerSummary | None = None, **more: Any) -> OwnerSummary:
    return compile_owner_summary(
        programme(), meeting(), {item.municipality: item for item in reports}, previous, **more
    )


def test_every_package_stands_with_its_light_and_what_moved_since_the_last_summary() -> None:
    first = summary(report("green"))
    second = summary(report("red"), previous=first)

    line = second.municipalities[0]
    assert [(item.name, item.light, item.before, item.has_moved) for item in line.packages] == [
        ("Arena", "red", "green", True)
    ]
    assert not first.municipalities[0].packages[0].has_moved
    assert OwnerSummary.from_data(second.to_data()) == second


@pytest.mark.parametrize("as_is", [True, False])
def test_reports_that_no_local_lead_went_through_are_named_once_below_the_table(as_is: bool) -> None:
    document = document_of(summary(replace(report(), as_is=as_is)), "nb")

    (places,) = [section for section in document.sections if section.heading == texts.say("reports.owner_overview")]
    below = [block.text for block in places.blocks if isinstance(block, Paragraph)]
    name = programme().municipality("a-dal").name
    told = f"Disse rapportene gikk ut uten at lokal leder hadde gått gjennom dem: {name}."
    assert below == ([told] if as_is else [])


def test_the_board_is_asked_what_local_boards_passed_on_and_nothing_else() -> None:
    found = summary(report(question="Hva med oss?"), questions=[question("own"), passed_on("up")])

    asked = found.passed_on
    assert len(asked) == 1
    assert asked[0].decision
    assert asked[0].decided_on is not None
    assert "Hva med oss?" not in str(found)


def settled(name: str, *, day: int = 0, **values: Any) -> BoardQuestion:
    """A question that was settled some days after noon of the first day."""
    asked = on_agenda(question(name, work_package=HOME))
    answer = step(EscalationState.ANSWERED, words="Ja.", at=AT + timedelta(days=day), **values)
    return after(asked, answer)


def test_matters_settled_below_are_told_without_a_word_of_them_and_are_not_to_be_decided() -> None:
    by_board = settled("one", day=1, meeting="a-dal/2026-11-17", decision="a-dal/2026/3")
    found = summary(report(), settled=[by_board, settled("two")])

    *_, section = [item for item in document_of(found, "nb").sections if "Avgjort" in item.heading]
    lead, table = section.blocks
    assert section.heading == "Avgjort lokalt så langt"
    assert isinstance(lead, Paragraph)
    assert "skal ikke ta stilling" in lead.text
    assert isinstance(table, Table)
    name, package = programme().municipality("a-dal").name, programme().work_package(HOME).name
    assert [tuple(cell.text for cell in row) for row in table.rows] == [
        (name, package, "1. desember 2026", "Lokal leder"),
        (name, package, "2. desember 2026", "Lokalt styre, sak 3/26"),
    ]
    assert found.passed_on == ()
    assert OwnerSummary.from_data(found.to_data()) == found


def test_a_matter_is_settled_on_the_day_of_its_meeting_and_not_when_its_minutes_were_approved() -> None:
    by_board = settled("one", day=5, meeting="a-dal/2026-11-17", decision="a-dal/2026/3")
    [line] = summary(report(), settled=[by_board], held={"a-dal/2026-11-17": date(2026, 11, 18)}).settled

    assert line.on == date(2026, 11, 18)


def test_a_first_summary_has_nothing_to_compare_with_and_no_column_for_it() -> None:
    first, said = summary(report()), texts.say("reports.owner_first")
    for found in (first, summary(report(), previous=first)):
        document = document_of(found, "nb")
        tables = [block for part in document.sections for block in part.blocks if isinstance(block, Table)]
        places = next(table for table in tables if table.name == texts.say("reports.owner_overview"))
        headings = {part.heading for part in document.sections}
        assert (texts.say("reports.before") in places.headers) is not found.is_first
        assert (texts.say("reports.owner_changes") in headings) is not found.is_first
        assert (said in str(document.lead)) is found.is_first
        assert {len(row) for row in places.rows} == {len(places.headers)}


def test_matters_settled_below_stand_below_all_that_the_board_decides() -> None:
    first = summary(report(), questions=[passed_on("up")])
    found = summary(report(), previous=first, questions=[passed_on("up")], settled=[settled("one")])

    headings = [item.heading for item in document_of(found, "nb").sections]
    told = headings.index("Avgjort lokalt siden forrige sammendrag")
    assert (
        headings.index(texts.say("reports.owner_decisions"))
        < headings.index(texts.say("reports.owner_overview"))
        < told
    )


def test_a_municipality_that_has_left_has_settled_nothing_for_the_board() -> None:
    gone = settled("one")
    known = programme()
    left = tuple(
        item.model_copy(update={"until": DAY - timedelta(days=1)}) if item.slug == "a-dal" else item
        for item in known.municipalities
    )
    known = known.model_copy(update={"municipalities": left})

    assert compile_owner_summary(known, meeting(), {}, None, settled=[gone]).settled == ()


def test_words_of_packages_do_not_reach_the_owner_board() -> None:
    written = report(done="Vi skrev dette.", next="Og dette.", hinders="Og dette her.", outlook="Og mer.")

    assert not any(words in str(summary(written).to_data()) for words in ("Vi skrev", "Og dette", "Og mer"))


@pytest.mark.parametrize(("level", "reached"), [("board", False), ("leads", False), ("owner", True)])
def test_a_lesson_reaches_the_owner_board_where_its_author_meant_it_to_and_once(level: str, reached: bool) -> None:
    taught = report(lesson="Ring først.", lesson_for=level)
    first = summary(taught)
    again = summary(taught, previous=first)

    name = programme().municipality("a-dal").name
    told = [str(block) for section in document_of(first, "nb").sections for block in section.blocks]
    assert any(f"{name}, Arena: Ring først." in block for block in told) is reached
    assert OwnerSummary.from_data(first.to_data()) == first
    assert "Ring først." not in str(again), "the report is the one of the last summary"


def with_indicators(*rules: str) -> Programme:
    """Return a programme in which each package has one indicator, added as *rules* say."""
    known = programme()
    packages = tuple(
        item.model_copy(
            update={"indicators": (Indicator(key="n", name="Antall", unit="plasser", target=10, summed_as=rule),)}
        )
        for item, rule in zip(known.work_packages, rules, strict=False)
    )
    return known.model_copy(update={"work_packages": (*packages, *known.work_packages[len(packages) :])})


def counted(known: Programme, *numbers: float | None) -> BoardReport:
    line = IndicatorLine(key="n", name="Antall", unit="plasser", better="higher", target=10)
    return board_report(
        *(
            PackageReport(key=item.key, name=item.name, lead="", light="green", indicators=(replace(line, now=number),))
            for item, number in zip(known.work_packages, numbers, strict=False)
        )
    )


def test_numbers_are_added_where_the_register_says_so_and_nowhere_else() -> None:
    known = with_indicators("Plasser", "Plasser", "")

    (found,) = sums_of(known, [counted(known, 4, 3, 99)])

    assert (found.name, found.now, found.target, found.counted, found.of) == ("Plasser", 7, 20, 2, 2)


def test_a_sum_says_how_many_numbers_it_has() -> None:
    known = with_indicators("Plasser", "Plasser")

    (found,) = sums_of(known, [counted(known, 4, None)])

    assert (found.now, found.target, found.counted, found.of) == (4, 10, 1, 2)


@pytest.mark.parametrize(
    ("partner", "state"),
    [
        pytest.param({}, "missing", id="never signed"),
        pytest.param({"signed_on": date(2025, 1, 1)}, None, id="signed without an end"),
        pytest.param({"signed_on": date(2025, 1, 1), "expires_on": date(2026, 12, 7)}, "expired", id="run out"),
        pytest.param({"signed_on": date(2025, 1, 1), "expires_on": date(2027, 1, 31)}, "expires", id="soon"),
        pytest.param({"signed_on": date(2025, 1, 1), "expires_on": date(2028, 1, 31)}, None, id="far ahead"),
        pytest.param({"signs_agreement": False}, None, id="signs none"),
    ],
)
def test_agreements_that_need_somebody_are_told(partner: dict[str, Any], state: str | None) -> None:
    known = programme()
    organisation = known.organisations[0].key
    known = known.model_copy(
        update={"partners": (Partner(organisation=organisation, municipality="a-dal", **partner),)}
    )

    assert [item.state for item in agreements_of(known, DAY)] == ([state] if state else [])


def test_the_calendar_has_the_boards_meetings_ahead() -> None:
    meetings = [
        meeting("a-dal", DAY + timedelta(days=40)),
        meeting("a-dal", DAY + timedelta(days=20), MeetingState.CANCELLED),
        meeting("a-dal", DAY - timedelta(days=20)),
        meeting("a-dal", DAY + timedelta(days=300)),
        meeting("owner-board", DAY + timedelta(days=90)),
    ]

    found = summary(report(), meetings=meetings).calendar

    assert [item.on for item in found] == [DAY + timedelta(days=40), DAY + timedelta(days=90)]
