"""Answers to earlier questions in a board's own report: from elsewhere, and what came of them; each told once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

import texts
from documents.document import Section, Table
from integration.database.connection import Database
from integration.database.questions import SQLQuestions
from tests.clocks import NOON
from tests.workflows.papers.questions.question_samples import OWNER_MEETING, after, question, step
from tests.workflows.papers.reports.test_changes import report, result
from tests.workflows.papers.reports.test_handlers import OWNER_MEETING as SUMMARY_MEETING
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import HOME, MEETING
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import BoardReport, OwnerSummary
from workflows.papers.reports.rendering import document_of
from workflows.status.model import EscalationState, Level

BEFORE = NOON - timedelta(days=1)
BY_OWNER = step(
    EscalationState.ANSWERED,
    level=Level.OWNER,
    meeting=OWNER_MEETING,
    decision="owner-board/2026/3",
    words="Fylket betaler.",
)
ASKED = after(question(work_package=HOME), BY_OWNER)


def answers(found: BoardReport, language: str = "nb") -> Section | None:
    """Return the part of the report that tells the answers; None for a report without it."""
    heading = texts.say("reports.answers_heading", language)
    return next((part for part in document_of(found, language).sections if part.heading == heading), None)


def rows(found: BoardReport) -> list[list[str]]:
    part = answers(found)
    assert part is not None
    [table] = part.blocks
    assert isinstance(table, Table)
    return [[cell.text for cell in row] for row in table.rows]


def told(asked: BoardQuestion, previous: BoardReport | None = None) -> BoardReport:
    return report(result(), previous, questions=[asked], since=BEFORE)


@pytest.mark.parametrize(
    ("asked", "by", "solved"),
    [
        pytest.param(ASKED, "Eierstyret, sak 3/26", "Ikke meldt ennå", id="the owner board's"),
        pytest.param(
            after(ASKED, step(EscalationState.CLOSED, level=Level.OWNER, words="Bussen går.")),
            "Eierstyret, sak 3/26",
            "Ja\nBussen går.",
            id="and it is solved",
        ),
        pytest.param(
            after(question(work_package=HOME), replace(BY_OWNER, level=Level.LOCAL, meeting="", decision="")),
            "Lokal leder",
            "Ikke meldt ennå",
            id="the local lead's",
        ),
    ],
)
def test_a_board_reads_the_answer_to_what_its_packages_asked(asked: BoardQuestion, by: str, solved: str) -> None:
    found = told(asked)

    package = found.answered[0].package
    assert rows(found) == [[f"{package}: Hvem betaler?", "Fylket betaler.", by, solved]]
    assert found.wanted == (), "nobody decides it again"
    assert BoardReport.from_data(found.to_data()) == found


def test_an_answer_is_told_once_and_again_when_something_came_of_it() -> None:
    first = told(ASKED)
    again = told(ASKED, first)
    closed = told(after(ASKED, step(EscalationState.CLOSED, level=Level.OWNER)), first)

    assert (again.answered, answers(again)) == ((), None)
    assert [item.state for item in closed.answered] == ["closed"]


def test_a_report_without_answers_is_the_one_it_was_before_they_were_told() -> None:
    assert "answered" not in report(result()).to_data()
    assert "settled" not in OwnerSummary(meeting=report(result()).meeting, name="", municipalities=()).to_data()


def test_a_question_s_background_is_what_hinders_or_else_what_was_done() -> None:
    asked = question(work_package=HOME)
    hindered, done, silent = (
        str(document_of(report(result(hinders=hinders, done=done), questions=[asked]), "nb").sections[0])
        for hinders, done in (("Bussen.", "Alt."), ("", "Alt."), ("", ""))
    )

    assert "Bussen." in hindered
    assert "Alt." not in hindered
    assert "Alt." in done
    assert texts.say("reports.no_background") in silent


def test_a_first_report_has_no_columns_for_what_was_before() -> None:
    [first, later] = [report(result(previous)) for previous in (None, result().previous)]
    overview = [
        next(
            block
            for part in document_of(found, "nb").sections
            for block in part.blocks
            if isinstance(block, Table) and block.name == texts.say("reports.overview")
        )
        for found in (first, later)
    ]
    compared = {texts.say("reports.before"), texts.say("reports.changed")}

    assert (first.is_first, later.is_first) == (True, False)
    assert [compared & set(table.headers) for table in overview] == [set(), compared]
    assert all(len(row) == len(table.headers) for table in overview for row in table.rows)


def test_a_hindrance_as_old_as_the_news_is_said_to_be_so_once() -> None:
    first = report(result(None))
    older = report(result(), first)
    again = report(result(done="Noe nytt."), first)
    said = texts.say("reports.unchanged", day="").strip()

    overview = [
        str(next(part for part in document_of(found, "nb").sections if part.heading == "Arbeidspakkene"))
        for found in (older, again)
    ]
    assert [text.lower().count(said) for text in overview] == [1, 1]
    assert "text='Bussen.'" in overview[0]


# ------------------------------------------------------------------------------------------------------ over the rounds


async def answer_locally(world: ReportWorld) -> None:
    """The local lead answers the waiting question."""
    store = SQLQuestions(world.database)
    [asked] = await store.list_waiting(Level.LOCAL)
    taken = step(EscalationState.ANSWERED, words="Ja, to rom.", at=world.clock.now())
    assert await store.take({asked.id: taken}, after={asked.id: asked.version})


async def test_the_owner_board_reads_what_was_settled_since_its_last_summary_and_once(database: Database) -> None:
    world = ReportWorld(database)
    await world.released()
    found = []
    for starts in (datetime.fromisoformat("2026-12-08T12:30"), datetime.fromisoformat("2027-02-08T12:30")):
        key = f"owner-board/{starts.date()}"
        await world.plan_meeting(starts, key=key, body="owner-board")
        world.clock.time = datetime.combine(starts.date() - timedelta(days=6), NOON.time(), UTC)
        if key == SUMMARY_MEETING:
            await answer_locally(world)
        await world.report("owner", key)
        stored = await world.record.newest(key)
        assert stored is not None
        assert isinstance(stored.content, OwnerSummary)
        found.append([(item.municipality, item.label, item.on) for item in stored.content.settled])

    name = world.programme.municipality("a-dal").name
    assert found == [[(name, "", date(2026, 12, 2))], []]


@pytest.mark.parametrize("corrected", [False, True], ids=["released", "corrected later"])
async def test_news_after_a_report_is_told_in_the_next_even_when_the_first_was_corrected_after_it(
    database: Database, corrected: bool
) -> None:
    world = ReportWorld(database)
    await world.released()
    world.clock.time += timedelta(days=1)
    await answer_locally(world)
    if corrected:
        world.clock.time += timedelta(days=1)
        released = await world.record.newest(MEETING)
        assert released is not None
        assert isinstance(released.content, BoardReport)
        content = replace(released.content, edition=2, corrected_because="Feil tall.")
        assert await world.record.correct(released, content, pdf=b"%PDF", at=world.clock.now())
    later = datetime.fromisoformat("2027-02-02T09:00")
    key = f"a-dal/{later.date()}"
    await world.plan_meeting(later, key=key)
    world.clock.time = datetime(2027, 1, 13, 9, 0, tzinfo=UTC)
    await world.run("status.open", key)
    await world.report("compile", key)

    stored = await world.record.newest(key)
    assert stored is not None
    assert isinstance(stored.content, BoardReport)
    assert [(item.question, item.answer, item.by) for item in stored.content.answered] == [
        ("Får vi lokaler?", "Ja, to rom.", "lead")
    ]
