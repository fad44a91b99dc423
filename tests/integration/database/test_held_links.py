"""Links as those see them who look after a place: since when, last used, and ended."""

from datetime import timedelta

from sqlalchemy import select

from integration.database.connection import Database
from integration.database.held_links import SQLHeldLinks
from integration.database.links import SQLLinks
from integration.database.tables import audit
from tests.clocks import NOON, StillClock
from workflows.access.held_links import HeldLink, LinkOwner

DAY = timedelta(days=1)
OWNER = LinkOwner(roots=frozenset({"a-dal", "a_dal"}), people=frozenset({"lead"}), packages=frozenset())


def stores(database: Database) -> tuple[StillClock, SQLLinks, SQLHeldLinks]:
    clock = StillClock(NOON)
    return clock, SQLLinks(database, clock), SQLHeldLinks(database, clock)


async def subjects(held: SQLHeldLinks) -> list[str]:
    return [item.subject for item in await held.list_held(OWNER)]


async def only(held: SQLHeldLinks) -> HeldLink:
    (found,) = await held.list_held(OWNER)
    return found


async def test_what_belongs_to_a_municipality_is_listed_and_nothing_else(database: Database) -> None:
    _, links, held = stores(database)
    for subject in ("a-dal/2026-09-08", "a-dal-nord/2026-09-08", "a-dal", "aXdal/x", "person:lead", "person:other"):
        await links.issue("papers", subject)

    assert sorted(await subjects(held)) == ["a-dal", "a-dal/2026-09-08", "person:lead"]


async def test_what_has_ended_is_not_listed(database: Database) -> None:
    clock, links, held = stores(database)
    await links.issue("agenda", "a-dal/1", "lead", NOON + DAY)
    await links.issue("papers", "a-dal/2")
    await links.revoke("a-dal/2")
    assert await subjects(held) == ["a-dal/1"]

    clock.time = NOON + DAY

    assert await subjects(held) == []


async def test_a_link_tells_since_when_it_is_held_and_its_use_to_a_day(database: Database) -> None:
    clock, links, held = stores(database)
    token = await links.issue("papers", "a-dal/1")
    fresh = await only(held)

    seen = []
    for hours in (1, 20, 26):
        clock.time = NOON + timedelta(hours=hours)
        await links.resolve(token, "papers")
        seen.append((await only(held)).used_at)

    assert (fresh.issued_at, fresh.used_at) == (NOON, None)
    assert seen == [NOON + timedelta(hours=1), NOON + timedelta(hours=1), NOON + timedelta(hours=26)]


async def test_many_links_at_once_tell_since_when_too(database: Database) -> None:
    _, links, held = stores(database)
    await links.issue_all("papers", ["a-dal/1"])

    assert (await only(held)).issued_at == NOON


async def test_a_try_at_another_purpose_is_no_use_of_a_link(database: Database) -> None:
    _, links, held = stores(database)
    token = await links.issue("papers", "a-dal/1")
    assert await links.resolve(token, "report") is None

    assert (await only(held)).used_at is None


async def test_the_latest_used_stand_first_and_the_never_used_last(database: Database) -> None:
    clock, links, held = stores(database)
    tokens = {name: await links.issue("papers", f"a-dal/{name}") for name in ("never", "early", "late")}
    await links.resolve(tokens["early"], "papers")
    clock.time = NOON + DAY
    await links.resolve(tokens["late"], "papers")

    assert await subjects(held) == ["a-dal/late", "a-dal/early", "a-dal/never"]


async def test_one_link_is_ended_once_with_the_name_of_who_did_it(database: Database) -> None:
    _, links, held = stores(database)
    token, other = await links.issue("papers", "a-dal/1"), await links.issue("papers", "a-dal/2")
    link_id = token.rpartition(".")[0]

    assert [await held.end(link_id, by="lead"), await held.end(link_id, by="lead")] == [True, False]

    assert await links.resolve(token, "papers") is None
    assert await links.resolve(other, "papers") is not None
    assert await held.find_held(link_id) is None
    async with database.read() as connection:
        rows = (await connection.execute(select(audit.c.actor, audit.c.action, audit.c.subject))).all()
    assert [tuple(row) for row in rows] == [("lead", "link.ended", link_id)]
