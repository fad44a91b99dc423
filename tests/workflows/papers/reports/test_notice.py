"""The notice of a report: the lines that matter on its card, at the same cost however many were sent before."""

import pytest

from benchmarks.pages import counted_statements
from integration.database.connection import Database
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.papers.reports.test_handlers import ReportWorld
from workflows.papers.reports.model import ReportContent
from workflows.papers.reports.notice import NOTICE, in_short


async def test_what_a_board_was_told_is_looked_up_by_key(database: Database) -> None:
    world = ReportWorld(database)
    await world.released()

    with counted_statements() as statements:
        await world.report("release")

    looked_up = [item.partition("WHERE")[2] for item in statements if "FROM message" in item]
    assert looked_up
    assert all(condition.strip().startswith('message."key" IN') for condition in looked_up)


async def test_a_reader_of_another_language_than_the_board_s_is_led_to_the_page_in_theirs(database: Database) -> None:
    world = ReportWorld(database)
    people = [
        each.model_copy(update={"language": "nn"}) if each.key == "chair" else each for each in world.programme.people
    ]
    world.programme = world.programme.model_copy(update={"people": tuple(people)})
    await world.released()
    await world.report("release")

    sent = await world.messages.list_messages(kind=NOTICE)
    buttons = {item.person: item.content.links[0][1] for item in sent if item.content.links}
    assert buttons["chair"].endswith("?sprak=nn")
    assert "?" not in buttons["member"]


@pytest.mark.parametrize(
    ("content", "answered", "total", "stands", "decisions"),
    [
        pytest.param(
            *(samples.FULL, 3, 4),
            "Slik står det til: 1 som planlagt, 1 står fast, 1 ikke startet og 1 mangler status.",
            2,
            id="a local board's report",
        ),
        pytest.param(
            *(samples.SUMMARY, 8, 9),
            "Slik står det til: 5 som planlagt, 1 trenger oppmerksomhet, 1 står fast, 1 avsluttet og 1 mangler status.",
            2,
            id="the owner board's, over all municipalities",
        ),
        pytest.param(samples.NO_PACKAGES, 0, 0, "", 0, id="no packages yet"),
    ],
)
def test_a_report_in_short_says_who_answered_how_it_stands_and_what_is_to_be_decided(
    content: ReportContent, answered: int, total: int, stands: str, decisions: int
) -> None:
    said = {"answered": answered, "total": total, "stands": stands, "decisions": decisions}

    assert in_short(content, "nb") == said
