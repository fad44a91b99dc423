"""A link opens one thing, for one purpose, until it ends."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest

from integration.database.closing import SQLOpenLinks
from integration.database.connection import Database
from integration.database.links import MOST_AT_ONCE, SQLLinks
from integration.database.switches import SQLSwitches
from tests.clocks import NOON, StillClock
from workflows.ports.links import Link

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def links(database: Database, clock: StillClock) -> SQLLinks:
    return SQLLinks(database, clock)


async def test_a_token_leads_to_what_it_was_issued_for(links: SQLLinks) -> None:
    token = await links.issue("answer", "request-1", "lead", NOON + DAY)
    assert await links.resolve(token, "answer") == Link(
        purpose="answer", subject="request-1", person="lead", expires_at=NOON + DAY
    )


async def test_the_same_arguments_give_the_same_token_and_others_another(links: SQLLinks) -> None:
    token = await links.issue("papers", "meeting")
    assert await links.issue("papers", "meeting") == token
    others = [
        await links.issue("feed", "meeting"),
        await links.issue("papers", "another"),
        await links.issue("papers", "meeting", "lead"),
        await links.issue("papers", "meeting", None, NOON + DAY),
    ]
    assert len({token, *others}) == 5


@dataclass
class Counted:
    """A database that counts the transactions that may write."""

    database: Database
    writes: int = 0

    def begin(self) -> Any:
        self.writes += 1
        return self.database.begin()

    def look(self, work: Any) -> Any:
        return self.database.look(work)

    def scan(self, work: Any) -> Any:
        return self.database.scan(work)


async def test_many_are_issued_at_once_and_again_without_a_write(links: SQLLinks, database: Database) -> None:
    keys = [f"meeting-{number}" for number in range(2 * MOST_AT_ONCE + 1)]
    one = await links.issue("papers", keys[0])
    await links.issue("papers", keys[1])
    await links.revoke(keys[1])

    counted = Counted(database)
    bulk = SQLLinks(cast("Database", counted), StillClock())
    tokens = await bulk.issue_all("papers", keys)
    after_first = counted.writes
    again = await bulk.issue_all("papers", keys)

    assert again == tokens
    assert (after_first, counted.writes) == (1, 1), "the links; the secret that signs them is only read"
    assert tokens[keys[0]] == one
    for key in (keys[0], keys[1], keys[-1]):
        assert tokens[key] == await links.issue("papers", key)
        assert await links.resolve(tokens[key], "papers") is not None


async def test_a_token_outlives_the_process_that_issued_it(links: SQLLinks, database: Database) -> None:
    token = await links.issue("feed", "board")
    assert await SQLLinks(database, StillClock()).resolve(token, "feed") is not None


async def test_a_token_says_nothing_about_whom_it_is_for(links: SQLLinks) -> None:
    token = await links.issue("answer", "request-1", "lead")
    assert "lead" not in token
    assert "request" not in token


@pytest.mark.parametrize("forged", ["", "x", "a.b", "æ.ø", "{id}", "{id}.", "{id}.AAAA", "{token}x", "x{token}"])
async def test_a_forged_token_leads_nowhere(links: SQLLinks, forged: str) -> None:
    token = await links.issue("answer", "request-1")
    text = forged.replace("{token}", token).replace("{id}", token.partition(".")[0])
    assert await links.resolve(text, "answer") is None


async def test_a_link_serves_no_other_purpose(links: SQLLinks) -> None:
    assert await links.resolve(await links.issue("papers", "meeting"), "report") is None


async def test_an_expired_link_leads_nowhere(links: SQLLinks, clock: StillClock) -> None:
    token = await links.issue("answer", "request-1", expires_at=NOON + DAY)
    clock.advance(DAY)
    assert await links.resolve(token, "answer") is None


async def test_a_link_that_has_ended_is_known_again_and_still_leads_nowhere(links: SQLLinks, clock: StillClock) -> None:
    revoked = await links.issue("answer", "request-1", "lead")
    expired = await links.issue("answer", "request-2", "lead", NOON + DAY)
    assert [await links.find_ended(token, "answer") for token in (revoked, expired)] == [None, None]

    await links.revoke("request-1")
    clock.advance(DAY)

    found = [await links.find_ended(token, "answer") for token in (revoked, expired)]
    assert [link and (link.subject, link.person) for link in found] == [("request-1", "lead"), ("request-2", "lead")]
    assert [await links.resolve(token, "answer") for token in (revoked, expired)] == [None, None]


@pytest.mark.parametrize("forged", ["", "x", "a.b", "æ.ø", "{id}", "{id}.", "{id}.AAAA", "{token}x", "x{token}"])
async def test_a_forged_token_has_not_ended(links: SQLLinks, forged: str) -> None:
    token = await links.issue("answer", "request-1")
    await links.revoke("request-1")
    text = forged.replace("{token}", token).replace("{id}", token.partition(".")[0])

    assert await links.find_ended(text, "answer") is None
    assert await links.find_ended(token, "report") is None


async def test_revoking_ends_every_link_to_a_subject_and_no_other(links: SQLLinks) -> None:
    first, second = await links.issue("answer", "request-1", "lead"), await links.issue("papers", "request-1")
    other = await links.issue("answer", "request-2", "lead")
    await links.revoke("request-1")
    await links.revoke("request-1")
    assert [await links.resolve(first, "answer"), await links.resolve(second, "papers")] == [None, None]
    assert await links.resolve(other, "answer") is not None


async def test_a_link_issued_after_a_revocation_is_a_new_one(links: SQLLinks) -> None:
    old = await links.issue("papers", "meeting")
    await links.revoke("meeting")
    new = await links.issue("papers", "meeting")
    assert new != old
    assert await links.issue("papers", "meeting") == new
    assert await links.resolve(new, "papers") is not None
    assert await links.resolve(old, "papers") is None


async def test_a_link_is_taken_once_even_by_two_at_once(links: SQLLinks, clock: StillClock) -> None:
    token = await links.issue("bind_identity", "bind_identity:lead", "lead", NOON + DAY)

    taken = await asyncio.gather(*(links.take(token, "bind_identity") for _ in range(4)))

    assert [found.person for found in taken if found is not None] == ["lead"]
    assert await links.resolve(token, "bind_identity") is None
    assert await links.take("forged", "bind_identity") is None
    late = await links.issue("bind_identity", "bind_identity:lead", "lead", NOON + DAY)
    clock.advance(DAY)
    assert await links.take(late, "bind_identity") is None


async def test_a_closed_programme_issues_nothing_that_opens_until_it_is_resumed(
    database: Database, links: SQLLinks, clock: StillClock
) -> None:
    await links.issue("feed", "board")
    open_links, switches = SQLOpenLinks(database, clock), SQLSwitches(database, clock)

    async def opens_one_of_two() -> bool:
        one, [other] = await links.issue("feed", "board"), (await links.issue_all("feed", ["network"])).values()
        found = [await links.resolve(token, "feed") for token in (one, other)]
        return found != [None, None]

    assert [await open_links.end_all(at=NOON), await open_links.end_all(at=NOON)] == [1, 0]
    assert not await opens_one_of_two()
    assert await open_links.count_open() == 0
    await switches.resume("somewhere")
    assert not await opens_one_of_two()
    await switches.resume()
    assert await opens_one_of_two()
