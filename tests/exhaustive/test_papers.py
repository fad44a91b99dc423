"""The walk over a report's moments: its story ends with the papers out, and its verdict sees what went wrong."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exhaustive.paper_world import Ending, World, ending_of, problems

ENDING = Ending(
    reports=[(1, "published", "abc")],
    copies={"pages": {"rapport.aspx": ("Rapport", "<p>Tekst</p>", True)}},
    mails=["chair@county.example: report_notice/1"],
    cards=Counter({("19:board", "Rapporten er klar"): 1}),
    agendas=1,
    steps=["on_agenda"],
)


async def test_the_undisturbed_story_ends_with_one_report_that_is_out(database_file: Path) -> None:
    world = World(f"sqlite+aiosqlite:///{database_file}")
    await world.answered()
    stands = world.outside()
    await world.database.close()

    again = World(f"sqlite+aiosqlite:///{database_file}", stands)
    await again.go_on()
    found = await ending_of(again)
    await again.database.close()

    assert [(version, state) for version, state, _ in found.reports] == [(1, "published")]
    assert "the record's PDF" in found.copies["files"].values()
    assert (len(found.copies["pages"]), len(found.copies["rows"]), found.agendas) == (1, 1, 1)
    assert sum(where == "19:board" for where, _ in found.cards) == 1
    assert (list(found.steps), found.wrong) == (["on_agenda"], [])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, [], id="as undisturbed"),
        pytest.param({"reports": [(1, "published", "abc"), (2, "published", "abc")]}, ["reports"], id="two versions"),
        pytest.param({"copies": {}}, ["copies"], id="no copy"),
        pytest.param({"mails": []}, ["mails"], id="a mail is missing"),
        pytest.param({"wrong": ["report.publish:x"]}, ["wrong"], id="a unit gave up"),
        pytest.param({"cards": Counter()}, ["no card"], id="no announcement"),
        pytest.param({"cards": Counter({("19:board", "Rapporten er klar"): 2})}, ["a card too many"], id="told twice"),
        pytest.param(
            {"cards": Counter({("19:board", "Rapporten er klar"): 2}), "doubted": Counter({"19:board": 1})},
            [],
            id="told twice, and named",
        ),
    ],
)
def test_whatever_is_not_as_undisturbed_is_told(changes: dict[str, Any], told: list[str]) -> None:
    assert [line.partition(":")[0] for line in problems(ENDING, replace(ENDING, **changes))] == told
