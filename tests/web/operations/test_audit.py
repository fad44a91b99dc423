"""The audit as the county lead reads it: who did what from where, the check, and the file."""

import csv
import io

import pytest
from fastapi import APIRouter

from config.values import Assignment, Role
from integration.database.audit import HEAD, SQLAudit, note_action
from integration.database.connection import Database
from integration.database.questions import SQLQuestions
from integration.database.switches import SQLSwitches
from tests.clocks import NOON, StillClock
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.web.municipality.lead_site import words
from tests.workflows.status.rounds import programme
from web.access.gate import LooksAfter
from web.access.open_routes import origin_at
from web.operations.audit import PAGE_LENGTH, PATH, AuditDoors, router
from workflows.origin import ActOrigin, ActSurface


def acting(database: Database) -> APIRouter:
    """Return a route whose write is an act."""
    routes = APIRouter()

    @routes.post("/kommune/{slug}/stopp")
    async def pause(visit: LooksAfter, slug: str) -> str:
        await SQLSwitches(database, StillClock()).pause(slug, by=visit.reader.person)
        return slug

    return routes


async def browser(database: Database, person: str) -> Browser:
    known = programme()
    county = Assignment(person="stranger", role=Role.COUNTY_LEAD)
    known = known.model_copy(update={"assignments": (*known.assignments, county)})
    gate = create_gate(database, known, StillClock())
    return await signed_in(
        gate, [router(AuditDoors(store=SQLAudit(database), questions=SQLQuestions(database))), acting(database)], person
    )


async def act(database: Database, count: int) -> None:
    async with database.begin() as connection:
        for number in range(count):
            await note_action(connection, "lead", "sending.paused", f"=s{number}", at=NOON, values={})


async def test_the_county_s_act_for_a_municipality_is_told_with_whom_it_was_for(database: Database) -> None:
    county = await browser(database, "stranger")

    await county.send_form("/kommune/a-dal/stopp")

    told = words((await county.get(PATH)).text)
    assert "En annen Stoppet utsending a-dal a-dal Side test" in told
    assert "En annen Logget inn" in told


async def test_a_local_lead_s_own_act_is_on_nobody_s_behalf(database: Database) -> None:
    lead = await browser(database, "lead")

    await lead.send_form("/kommune/a-dal/stopp")

    [entry] = await SQLAudit(database).latest(before=None, most=1)
    assert (entry.act.actor, entry.act.on_behalf, entry.act.surface) == ("lead", "", "page")


async def test_only_the_county_lead_sees_it(database: Database) -> None:
    lead = await browser(database, "lead")

    assert [(await lead.get(path)).status_code for path in (PATH, f"{PATH}.csv")] == [404, 404]


async def test_older_acts_are_a_page_away(database: Database) -> None:
    await act(database, PAGE_LENGTH + 3)
    county = await browser(database, "stranger")

    newest, older = (await county.get(PATH)).text, (await county.get(f"{PATH}?foran=5")).text

    assert f'href="{PATH}?foran=5"' in newest
    assert "Eldre handlinger" not in older
    assert "=s3" in older
    assert "=s4" not in older


@pytest.mark.parametrize("before", ["x", "²", "1" * 10])
async def test_an_address_that_names_no_entry_shows_the_newest(database: Database, before: str) -> None:
    county = await browser(database, "stranger")

    assert "Logget inn" in (await county.get(f"{PATH}?foran={before}")).text


async def test_the_check_says_that_all_holds_and_what_to_write_down(database: Database) -> None:
    county = await browser(database, "stranger")

    told = words((await county.get(f"{PATH}?kontroll=1")).text)

    assert "Loggen holder: alle 1 handlinger" in told
    assert str(await SQLAudit(database).head()) in told


async def test_the_check_names_what_does_not_hold(database: Database) -> None:
    county = await browser(database, "stranger")
    async with database.begin() as connection:
        await connection.exec_driver_sql(f"update switch set value = '9:{'f' * 64}' where name = '{HEAD}'")

    told = words((await county.get(f"{PATH}?kontroll=1")).text)

    assert "Loggen holder ikke" in told
    assert "Fra og med handling nr. 2 er slutten av loggen borte." in told


async def test_the_file_has_every_act_and_starts_no_formula(database: Database) -> None:
    await act(database, 2)
    county = await browser(database, "stranger")

    answer = await county.get(f"{PATH}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["subject"] for row in rows] == ["'=s0", "'=s1", "stranger"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/messages", ActOrigin(surface=ActSurface.BOT, sign_in="teams")),
        ("/svar/token", ActOrigin(surface=ActSurface.PAGE, sign_in="link")),
        ("/logg-inn/knytt/token", ActOrigin(surface=ActSurface.PAGE, sign_in="link")),
        ("/logg-inn/knytt", ActOrigin(surface=ActSurface.PAGE)),
        ("/fylket", ActOrigin(surface=ActSurface.PAGE)),
    ],
)
def test_an_address_tells_where_its_acts_come_from(path: str, expected: ActOrigin) -> None:
    assert origin_at(path) == expected
