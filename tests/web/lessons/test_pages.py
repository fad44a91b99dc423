"""The search page: who may look, what it shows and from where, and what it says when there is nothing."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert

from config.themes import Theme
from integration.database.connection import Database
from integration.database.lessons import SQLLessons
from integration.database.paper_tables import lesson as table
from tests.clocks import NOON, StillClock
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.web.municipality.lead_site import words
from tests.workflows.papers.reports.report_samples import HOSTILE
from tests.workflows.status.rounds import HOME, programme
from web.lessons.pages import PATH, LessonDoors, router
from workflows.papers.lessons.model import PAGE, WINDOW, Lesson

THEMED = programme().model_copy(update={"themes": (Theme(key="overgang", name="Overganger"),)})


def lesson(text: str, number: int = 0, *, municipality: str = "a-dal", theme: str = "") -> Lesson:
    return Lesson(
        meeting=f"{municipality}/{number:05}",
        work_package=HOME,
        municipality=municipality,
        theme=theme,
        released_at=NOON - timedelta(minutes=number),
        package="Arena",
        text=text,
    )


async def browser(database: Database, person: str | None, kept: Sequence[Lesson] = ()) -> Browser:
    if kept:
        async with database.begin() as connection:
            await connection.execute(insert(table), [vars(item) for item in kept])
    gate = create_gate(database, THEMED, StillClock())
    return await signed_in(gate, [router(LessonDoors(store=SQLLessons(database), clock=StillClock()))], person)


async def test_the_lead_of_another_package_reads_who_learned_what_and_when(database: Database) -> None:
    other = await browser(database, "guest-lead", [lesson("Ring først.", theme="overgang")])

    shown = words((await other.get(PATH)).text)
    assert "Arena, a-dal Overganger. Fra rapporten som ble sendt" in shown
    assert "Ring først." in shown
    assert "Ledes av" in shown


@pytest.mark.parametrize(("person", "status"), [("member", 404), ("home-lead", 200), ("lead", 200), (None, 303)])
async def test_leads_may_look_and_others_are_not_told_that_it_is_there(
    database: Database, person: str | None, status: int
) -> None:
    assert (await (await browser(database, person)).get(PATH)).status_code == status


async def test_a_search_shows_what_it_finds_and_keeps_what_was_typed(database: Database) -> None:
    kept = [
        lesson("Skyss på onsdager.", 1, theme="overgang"),
        lesson("Ring først.", 2, theme="overgang"),
        lesson("Skyss til alle.", 3, municipality="b-vik"),
    ]
    lead = await browser(database, "home-lead", kept)

    page = (await lead.get(f"{PATH}?sok=SKYSS&tema=overgang&kommune=a-dal")).text
    assert "Skyss på onsdager." in page
    assert "Ring først." not in page
    assert "Skyss til alle." not in page
    assert 'value="SKYSS"' in page
    assert '<option value="overgang" selected>' in page
    assert '<option value="a-dal" selected>' in page


async def test_names_that_nobody_has_choose_nothing_and_a_wrong_place_begins_anew(database: Database) -> None:
    lead = await browser(database, "home-lead", [lesson("Ring først.")])

    assert "Ring først." in (await lead.get(f"{PATH}?tema=x&kommune=y&etter=i+dag")).text


async def test_older_ones_are_a_press_away_with_the_same_search(database: Database) -> None:
    lead = await browser(database, "home-lead", [lesson(f"Ring {number:02}.", number) for number in range(PAGE + 1)])
    first = (await lead.get(f"{PATH}?sok=ring")).text
    further = first.partition(f'href="{PATH}?sok=ring&amp;etter=')[2].partition('"')[0]

    second = (await lead.get(f"{PATH}?sok=ring&etter={further}")).text
    assert f"Ring {PAGE:02}." not in first
    assert f"Ring {PAGE:02}." in second
    assert "Ring 00." not in second
    assert "Vis eldre" not in second


async def test_a_window_without_a_hit_says_how_far_it_looked(database: Database) -> None:
    lead = await browser(database, "home-lead", [lesson("Nei.", number) for number in range(WINDOW)])

    shown = words((await lead.get(f"{PATH}?sok=ja")).text)
    assert f"Ingen treff blant de {WINDOW} nyeste." in shown
    assert "Vis eldre" in shown


@pytest.mark.parametrize(("query", "said"), [("", "Ingen har delt noe ennå"), ("?sok=skyss", "Ingen treff")])
async def test_an_empty_page_says_what_will_stand_there(database: Database, query: str, said: str) -> None:
    assert said in words((await (await browser(database, "home-lead")).get(f"{PATH}{query}")).text)


async def test_what_people_wrote_stays_text_and_one_who_left_has_a_name_still(database: Database) -> None:
    gone = lesson(HOSTILE, municipality="borte")
    page = (await (await browser(database, "home-lead", [gone])).get(f"{PATH}?sok=%3Cscript%3E")).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "Arena, borte" in page
