"""Intents, limits, switches and accounts."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.database.accounts import SQLAccounts
from integration.database.connection import Database, create_database
from integration.database.history import SQLHistory
from integration.database.intents import SQLIntents
from integration.database.limits import SQLLimits
from integration.database.switches import SQLSwitches, secret
from integration.database.units import SQLUnits
from integration.limits.rate import at_most
from tests.clocks import NOON, StillClock
from workflows.ports.accounts import Account, AccountKind

SECOND = timedelta(seconds=1)


async def test_an_intent_that_never_ended_tells_when_it_began(database: Database) -> None:
    clock = StillClock()
    intents = SQLIntents(database, clock)
    assert await intents.begin("team:a-dal") is None
    clock.advance(SECOND)
    assert await intents.begin("team:a-dal") == NOON
    assert await intents.begin("team:b-vik") is None
    await intents.end("team:a-dal")
    await intents.end("team:a-dal")
    assert await intents.begin("team:a-dal") is None

    assert await intents.begin_all(["row:1", "team:a-dal", "row:2"]) == {"team:a-dal": clock.now()}
    assert await intents.begin_all([]) == {}
    await intents.end_all(["row:1", "row:2"])
    assert await intents.begin("row:1") is None


@given(taken=st.lists(st.tuples(st.integers(1, 5), st.floats(0, 1.5)), min_size=1, max_size=12))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=15)
async def test_no_stretch_of_time_holds_more_than_the_rate(database: Database, taken: list[tuple[int, float]]) -> None:
    clock, rate = StillClock(), at_most(10, SECOND)
    limits, passed, name = SQLLimits(database, clock), [], uuid.uuid4().hex
    for count, pause in taken:
        clock.advance(pause * SECOND)
        while (room_at := await limits.take(name, rate, count)) is not None:
            assert room_at > clock.now()
            clock.advance(room_at - clock.now())
        passed.append((clock.now(), count))
    for since, _ in passed:
        assert sum(count for at, count in passed if since <= at < since + SECOND) <= 10


@given(count=st.integers(2, 10_000), per=st.timedeltas(SECOND, timedelta(days=1)))
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_rounding_never_makes_a_rate_faster(count: int, per: timedelta) -> None:
    rate = at_most(count, per)

    assert rate.interval * rate.burst >= per


async def test_workers_share_a_limit(database: Database, database_url: str) -> None:
    other = create_database(database_url)
    workers = [SQLLimits(database, StillClock()), SQLLimits(other, StillClock())]
    rate = at_most(50, SECOND)
    rooms = await asyncio.gather(*(workers[number % 2].take("send", rate) for number in range(30)))
    await other.close()
    assert (rooms.count(None), len(rooms)) == (25, 30)


async def test_limits_of_different_names_and_idle_times_do_not_add_up(database: Database) -> None:
    clock = StillClock()
    limits, rate = SQLLimits(database, clock), at_most(2, SECOND)
    assert await limits.take("a", rate) is None
    assert await limits.take("b", rate) is None
    clock.advance(10 * SECOND)
    assert await limits.take("a", rate) is None
    assert await limits.take("a", rate) == NOON + 11 * SECOND


async def test_a_pause_holds_where_it_was_set(database: Database) -> None:
    switches = SQLSwitches(database, StillClock())
    assert not await switches.is_paused("a-dal")
    await switches.pause("a-dal")
    await switches.pause("a-dal")
    assert [await switches.is_paused("a-dal"), await switches.is_paused("b-vik"), await switches.is_paused()] == [
        True,
        False,
        False,
    ]
    await switches.pause()
    assert await switches.is_paused("b-vik")
    assert await switches.list_paused() == ["", "a-dal"]
    await switches.resume()
    assert [await switches.is_paused("a-dal"), await switches.is_paused("b-vik")] == [True, False]


async def test_a_secret_is_made_once_whoever_comes_first(database: Database, database_url: str) -> None:
    other = create_database(database_url)

    made = await asyncio.gather(*(secret(where, "links", now=NOON) for where in (database, other, database)))
    await other.close()
    assert len(set(made)) == 1
    assert len(made[0]) > 40


def account(number: int, email: str) -> Account:
    return Account(id=f"id-{number}", email=email, kind=AccountKind.GUEST)


async def test_accounts_are_found_by_address_and_by_object(database: Database) -> None:
    accounts = SQLAccounts(database, StillClock())
    await accounts.remember([account(1, "Leder@a-dal.example"), account(2, "styre@a-dal.example")])
    found = await accounts.find_account("LEDER@a-dal.example")
    assert found == await accounts.find_by_object_id("id-1") == account(1, "leder@a-dal.example")
    assert set(await accounts.find_accounts(["styre@A-dal.example", "ingen@a-dal.example"])) == {"styre@a-dal.example"}
    assert await accounts.find_by_object_id("id-9") is None


async def test_an_account_keeps_every_address_that_the_directory_has_for_it(database: Database) -> None:
    accounts = SQLAccounts(database, StillClock())
    known = replace(account(1, "leder@a-dal.example"), addresses=frozenset({"l.eder@a-dal.example"}))
    await accounts.remember([known, account(2, "styre@a-dal.example")])

    found = await accounts.find_accounts(["leder@a-dal.example", "styre@a-dal.example"])

    assert found == {"leder@a-dal.example": known, "styre@a-dal.example": account(2, "styre@a-dal.example")}


async def test_a_changed_address_and_a_new_object_replace_what_was_known(database: Database) -> None:
    accounts = SQLAccounts(database, StillClock())
    await accounts.remember([account(1, "old@a-dal.example"), account(2, "other@a-dal.example")])
    await accounts.remember([account(1, "new@a-dal.example"), account(3, "other@a-dal.example")])
    assert await accounts.find_account("old@a-dal.example") is None
    assert await accounts.find_by_object_id("id-2") is None
    assert (await accounts.find_accounts(["new@a-dal.example", "other@a-dal.example"])).keys() == {
        "new@a-dal.example",
        "other@a-dal.example",
    }


async def test_the_first_event_of_a_kind_is_found_since_the_last_that_ends_it(database: Database) -> None:
    units, history = SQLUnits(database), SQLHistory(database)
    for minutes, what in enumerate(("feed.silent", "feed.silent", "feed.read", "feed.silent", "feed.silent")):
        await units.note("feed.look:a-dal", what, at=NOON + minutes * timedelta(minutes=1), values={})

    assert await history.first("feed.look:a-dal", "feed.silent") == NOON
    since = await history.first("feed.look:a-dal", "feed.silent", after=("feed.read",))
    assert since == NOON + timedelta(minutes=3)
    assert await history.first("feed.look:a-dal", "feed.read", after=("feed.silent",)) is None


async def test_more_than_a_limit_ever_lets_through_at_once_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="51 at once under send: expected at most 25"):
        await SQLLimits(database, StillClock()).take("send", at_most(50, SECOND), 51)
