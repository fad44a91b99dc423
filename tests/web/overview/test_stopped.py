"""Work that has stopped stands on IT's page with why and what to do, and runs when it is ordered again."""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.units import LEASE, TRIES, Engine, Handler
from integration.database import tables
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from integration.database.stopped import SQLStoppedUnits
from integration.database.units import SQLUnits
from tests.clocks import NOON, RestfulClock
from tests.web.overview.stage import COUNTY, IT, LOCAL, MEMBER, Stage
from workflows.errors import Refused
from workflows.operations.examination import KeptFindings
from workflows.operations.findings import Finding, Verdict
from workflows.operations.stopped import MOST_SHOWN
from workflows.ports.units import SET_ASIDE, Done, DueUnit, History, Outcome

SEND, ROLLOUT, LOOK_UP = "status.send:a-dal/2026-11-17", "rollout.place:a-dal", "access.account:0a1b-2c3d"


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await Stage(database).begin()


def words(page: str) -> str:
    """Return a page's words, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


class Work:
    """A handler that fails with *error* until it is mended."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.done: list[str] = []

    async def run(self, unit: DueUnit, history: History) -> Outcome:
        del history
        if self.error is not None:
            raise self.error
        self.done.append(unit.key)
        return Done(note="done")


async def run_units(database: Database, keys: Sequence[str], handler: Handler, clock: RestfulClock) -> None:
    """Let an engine run units until none is due any more."""
    kinds = {key.partition(":")[0] for key in keys}
    engine = Engine(SQLUnits(database), clock, dict.fromkeys(kinds, handler), owner="engine")
    await engine.run_due(keys)


async def test_without_stopped_work_the_page_says_nothing_of_it(stage: Stage) -> None:
    assert "Arbeid som har stoppet" not in await stage.page(IT, "/it")


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(SET_ASIDE, id="the poison reader's"),
        pytest.param(
            "could not run status.send: its worker was stopped again and again while it ran", id="the engine's"
        ),
    ],
)
async def test_a_unit_that_the_host_gave_up_is_told_in_plain_words(stage: Stage, note: str) -> None:
    await stage.set_aside(SEND, note=note)

    page = await stage.page(IT, "/it")

    told = words(page)
    assert "Arbeid som har stoppet (1)" in told
    assert "Sende statusforespørsler: Styret i a-dal, 17. november 2026" in told
    assert "Skulle vært gjort " in told
    assert "Tjenesten ble stoppet gang på gang mens den holdt på med dette" in told
    assert "Se i loggen hva som ble stoppet" in told
    assert f'<code class="address" lang="en">{SEND}</code>' in page
    assert "vareunge stopped --again" in told
    assert "again and again" not in told


async def test_every_language_says_why_and_what_to_do(stage: Stage) -> None:
    await stage.set_aside(SEND)
    people = stage.world.programme.people
    seen = []
    for language in ("nn", "en"):
        mine = tuple(item.model_copy(update={"language": language}) if item.key == IT else item for item in people)
        stage.world.programme = stage.world.programme.model_copy(update={"people": mine})
        seen.append(words(await stage.page(IT, "/it")))

    assert "Tenesta vart stoppa gong på gong" in seen[0]
    assert "The service was stopped again and again" in seen[1]


async def test_an_answer_of_another_system_stands_as_it_came(stage: Stage) -> None:
    clock = RestfulClock(NOON)
    await SQLUnits(stage.database).make_due([DueUnit(key=ROLLOUT, due_at=NOON)])
    refused = Work(Refused("add a member", "403 Forbidden", request_id="7c1f"))
    await run_units(stage.database, [ROLLOUT], refused.run, clock)

    page = await stage.page(IT, "/it")

    assert "Rulle ut: a-dal" in words(page)
    assert '<span class="quiet" lang="en">could not add a member: 403 Forbidden (request-id 7c1f)</span>' in page
    assert "Ofte er det en tillatelse" in words(page)


async def test_a_person_is_a_pseudonym_as_in_the_log(stage: Stage) -> None:
    await stage.set_aside(LOOK_UP)

    page = await stage.page(IT, "/it")

    assert "Finne kontoen til en person som logger inn" in page
    assert "0a1b-2c3d" not in page
    assert re.search(r"access\.account:~[0-9a-f]{12}", page)


async def test_it_orders_again_and_once_the_cause_is_mended_it_runs(stage: Stage) -> None:
    clock, work = RestfulClock(NOON), Work(KeyError("somebody's words"))
    await SQLUnits(stage.database).make_due([DueUnit(key=LOOK_UP, due_at=NOON)])
    for _ in range(TRIES):
        await run_units(stage.database, [LOOK_UP], work.run, clock)
        clock.advance(timedelta(hours=1))
    browser = await stage.browser(IT)
    page = (await browser.get("/it")).text
    assert "En feil i tjenesten, fem ganger på rad: KeyError." in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None

    answer = await browser.send_form("/it/bestill", {"key": key[1]})

    assert (answer.status_code, answer.headers["location"]) == (303, "/it?bestilt=1")
    after = (await browser.get("/it?bestilt=1")).text
    assert "Bestilt på nytt" in after
    assert "Arbeid som har stoppet" not in after
    work.error = None
    later = RestfulClock(stage.world.clock.now())
    await run_units(stage.database, [LOOK_UP], work.run, later)
    assert work.done == [LOOK_UP]
    assert await acts(stage) == [(IT, "unit.ordered_again", LOOK_UP)]


async def test_work_that_stopped_its_workers_runs_when_it_is_ordered_again(stage: Stage) -> None:
    clock, units, work = RestfulClock(NOON), SQLUnits(stage.database), Work()
    await units.make_due([DueUnit(key=SEND, due_at=NOON)])
    for number in range(TRIES):
        lease_until = clock.now() + LEASE
        assert await units.claim(f"killed-{number}", now=clock.now(), lease_until=lease_until, limit=1)
        clock.advance(LEASE)
    await run_units(stage.database, [SEND], work.run, clock)
    assert "Tjenesten ble stoppet gang på gang" in await stage.page(IT, "/it")
    assert work.done == []

    await (await stage.browser(IT)).send_form("/it/bestill", {"key": SEND})
    await run_units(stage.database, [SEND], work.run, RestfulClock(stage.world.clock.now()))

    assert work.done == [SEND]


async def test_a_second_press_changes_nothing_and_says_so(stage: Stage) -> None:
    await stage.set_aside(SEND)
    browser = await stage.browser(COUNTY)

    first, second = [await browser.send_form("/it/bestill", {"key": SEND}) for _ in range(2)]

    assert [first.headers["location"], second.headers["location"]] == ["/it?bestilt=1", "/it?bestilt=0"]
    assert "Det arbeidet står ikke her lenger" in (await browser.get("/it?bestilt=0")).text
    assert len(await acts(stage)) == 1


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("status.close:a-dal/2026-11-17", id="work that waits"),
        pytest.param("programme.close:test", id="work that nobody ordered"),
        pytest.param("", id="none"),
    ],
)
async def test_nothing_but_stopped_work_can_be_ordered(stage: Stage, key: str) -> None:
    before = await stage.world.due()

    answer = await (await stage.browser(IT)).send_form("/it/bestill", {"key": key})

    assert answer.headers["location"] == "/it?bestilt=0"
    assert await stage.world.due() == before
    assert await acts(stage) == []


@pytest.mark.parametrize("person", [LOCAL, MEMBER])
async def test_who_may_not_see_the_page_orders_nothing(stage: Stage, person: str) -> None:
    await stage.set_aside(SEND)

    answer = await (await stage.browser(person)).send_form("/it/bestill", {"key": SEND})

    assert answer.status_code == 404
    assert SEND not in await stage.world.due()


async def test_a_form_without_the_session_s_word_orders_nothing(stage: Stage) -> None:
    await stage.set_aside(SEND)

    answer = await (await stage.browser(IT)).post("/it/bestill", data={"key": SEND})

    assert answer.status_code == 403
    assert SEND not in await stage.world.due()


async def test_two_who_press_at_once_order_it_once(stage: Stage) -> None:
    await stage.set_aside(SEND)
    units, now = SQLStoppedUnits(stage.database), stage.world.clock.now()

    ordered = await asyncio.gather(*(units.order_again(SEND, now=now, by=person) for person in (IT, COUNTY)))

    assert sorted(ordered) == [False, True]
    assert len(await acts(stage)) == 1


async def test_the_newest_are_shown_and_that_there_are_more(stage: Stage) -> None:
    await stage.set_aside(*(f"status.nudge:a-dal/2026-11-17/{number:02}" for number in range(MOST_SHOWN + 1)))

    page = await stage.page(IT, "/it")

    assert f"Arbeid som har stoppet (mer enn {MOST_SHOWN})" in words(page)
    assert page.count('action="/it/bestill"') == MOST_SHOWN


async def test_the_night_s_finding_gives_way_to_what_is_so_now(stage: Stage) -> None:
    """Since the night it may have been ordered again."""
    values = {"number": "1", "places": "Styret i a-dal"}
    found = (
        Finding(verdict=Verdict.MISSING, rule="work_stopped", values=values, todo="order_again"),
        Finding(verdict=Verdict.OK, rule="settings_whole"),
    )
    await SQLFindings(stage.database).keep(KeptFindings(at=stage.world.clock.time, findings=found))

    page = await stage.page(IT, "/it")

    assert "har stoppet" not in page
    assert "Innstillingene nevner alle identitetene" in page


@pytest.mark.parametrize(
    ("person", "told", "address"),
    [
        pytest.param(COUNTY, "Arbeid som har stoppet: 2", "/it", id="the county"),
        pytest.param(IT, "Arbeid som har stoppet: 2", "/it", id="IT"),
        pytest.param(LOCAL, "Arbeid for a-dal har stoppet: 1", "/kommune/a-dal", id="who looks after a municipality"),
    ],
)
async def test_the_start_page_tells_those_whom_it_concerns(stage: Stage, person: str, told: str, address: str) -> None:
    await stage.set_aside(SEND, LOOK_UP)

    assert f'<a class="ds-link" href="{address}">{told}</a>' in await stage.page(person, "/")


async def test_the_start_page_of_others_says_nothing_of_it(stage: Stage) -> None:
    await stage.set_aside(SEND, LOOK_UP)

    assert "har stoppet" not in await stage.page(MEMBER, "/")


async def acts(stage: Stage) -> list[tuple[str, str, str]]:
    """Return who ordered what again, by the audit."""
    audit = tables.audit
    query = select(audit.c.actor, audit.c.action, audit.c.subject).where(audit.c.action == "unit.ordered_again")
    async with stage.database.begin() as connection:
        return [(row.actor, row.action, row.subject) for row in await connection.execute(query)]
