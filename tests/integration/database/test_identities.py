"""Identities are bound to one person, and a person to one of them."""

import asyncio

import pytest

from integration.database.connection import Database
from integration.database.identities import SQLIdentities
from tests.clocks import NOON
from workflows.access.identities import BoundIdentity

ISSUER = "https://ansattporten.example"


def bound(subject: str, person: str) -> BoundIdentity:
    return BoundIdentity(issuer=ISSUER, subject=subject, person=person, bound_at=NOON, bound_by=person)


@pytest.fixture
def identities(database: Database) -> SQLIdentities:
    return SQLIdentities(database)


async def test_a_bound_identity_is_found_by_itself_and_by_its_person(identities: SQLIdentities) -> None:
    assert await identities.bind(bound("one", "lead"))

    assert await identities.find(ISSUER, "one") == await identities.of_person("lead") == bound("one", "lead")
    assert await identities.list_bound() == [bound("one", "lead")]
    assert await identities.find("https://another.example", "one") is None


@pytest.mark.parametrize("item", [bound("one", "chair"), bound("two", "lead"), bound("one", "lead")])
async def test_neither_is_bound_twice(identities: SQLIdentities, item: BoundIdentity) -> None:
    await identities.bind(bound("one", "lead"))

    assert not await identities.bind(item)
    assert await identities.list_bound() == [bound("one", "lead")]


async def test_of_several_at_once_one_is_bound(identities: SQLIdentities) -> None:
    done = await asyncio.gather(*(identities.bind(bound(f"subject {number}", "lead")) for number in range(4)))

    assert sorted(done) == [False, False, False, True]


async def test_after_undoing_another_may_be_bound(identities: SQLIdentities) -> None:
    await identities.bind(bound("one", "lead"))

    assert await identities.undo(ISSUER, "one", at=NOON, by="county")
    assert not await identities.undo(ISSUER, "one", at=NOON, by="county")
    assert await identities.bind(bound("two", "lead"))
    assert await identities.bind(bound("one", "chair"))
