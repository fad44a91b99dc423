"""Statements that are compiled once give and take the same as with SQLAlchemy, on both kinds of database."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select, true
from sqlalchemy.exc import IntegrityError, OperationalError

from benchmarks.statements import watched_statements
from integration.database.compiled_once import CompiledOnce
from integration.database.connection import Database, create_database
from integration.database.tables import account, unit
from tests.support.postgres import installed

AT = datetime(2026, 10, 1, 9, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=2)))
ACCOUNT: dict[str, Any] = {
    "email": "leder@horten.example",
    "object_id": "a1",
    "kind": "member",
    "enabled": True,
    "redeemed": False,
    "seen_at": AT,
    "person": None,
    "addresses": ["Åse – «leder» 🎉@horten.example", {"fra": [12.5, None]}],
}
ADD = CompiledOnce(insert(account).values({item.name: bindparam(f"new_{item.name}") for item in account.c}))
READ = CompiledOnce(select(account).where(account.c.email == bindparam("of")))
OF = {"of": ACCOUNT["email"]}


@pytest.fixture
async def each(either_url: str) -> AsyncIterator[Database]:
    database = create_database(either_url)
    yield database
    await database.close()


async def added(database: Database, **other: Any) -> None:
    values = {f"new_{name}": value for name, value in {**ACCOUNT, **other}.items()}
    await database.write(lambda connection: ADD.rows(connection, values))


async def test_a_row_comes_back_as_it_was_given_and_as_sqlalchemy_reads_it(each: Database) -> None:
    await added(each)

    row = await each.look(lambda connection: READ.first(connection, OF))
    async with each.read() as connection:
        plain = (await connection.execute(select(account))).one()

    assert vars(row) == dict(plain._mapping) == ACCOUNT
    assert (row.enabled, row.redeemed, row.seen_at.utcoffset()) == (True, False, timedelta())


async def test_nothing_found_is_none_and_no_rows(each: Database) -> None:
    assert await each.look(lambda connection: READ.first(connection, OF)) is None
    assert await each.look(lambda connection: READ.rows(connection, OF)) == []


async def test_columns_of_one_name_stay_apart(each: Database) -> None:
    await added(each)
    other = account.alias("other")
    statement = select(account.c.email, other.c.email, account.c.seen_at, other.c.seen_at).outerjoin(
        other, other.c.email == account.c.object_id
    )

    [row] = await each.look(lambda connection: CompiledOnce(statement).rows(connection, {}))

    assert list(row) == [ACCOUNT["email"], None, AT, None]


async def test_a_value_that_stands_in_the_statement_is_converted_as_those_that_are_given(each: Database) -> None:
    await added(each)
    since = CompiledOnce(select(account.c.object_id).where(account.c.seen_at >= AT, account.c.enabled == true()))

    [row] = await each.look(lambda connection: since.rows(connection, {}))

    assert list(row) == ["a1"]


async def test_what_the_database_refuses_is_sqlalchemy_s_error_without_the_values(each: Database) -> None:
    await added(each)

    with pytest.raises(IntegrityError) as refused:
        await added(each, person="Det jeg skrev")

    assert "Det jeg skrev" not in str(refused.value)
    await added(each, email="andre@horten.example", object_id="a2")
    assert len(await each.look(lambda connection: READ.rows(connection, OF))) == 1


@installed
async def test_a_connection_that_broke_meanwhile_is_sqlalchemy_s_error_and_is_exchanged(postgres_url: str) -> None:
    database = create_database(postgres_url)
    ended = CompiledOnce(select(func.pg_terminate_backend(func.pg_backend_pid())))

    with pytest.raises(OperationalError):
        await database.look(lambda connection: ended.rows(connection, {}))

    assert await database.look(lambda connection: READ.rows(connection, OF)) == []
    await database.close()


async def test_who_watches_is_told_of_each_with_its_values(each: Database) -> None:
    told: list[tuple[str, Any]] = []

    with watched_statements(lambda _connection, statement, values: told.append((statement, values))):
        await each.look(lambda connection: READ.rows(connection, OF))
    await each.look(lambda connection: READ.rows(connection, OF))

    [(statement, values)] = [each for each in told if "FROM account" in each[0]]
    assert statement.startswith("SELECT account.email")
    assert ACCOUNT["email"] in (values.values() if isinstance(values, dict) else values)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(select(account).where(account.c.email.in_(["a", "b"])), id="a list"),
        pytest.param(insert(unit).values(key=bindparam("new_key"), kind="a", due_at=AT), id="a default of a column"),
    ],
)
async def test_a_statement_that_does_not_name_all_its_values_is_refused(each: Database, statement: Any) -> None:
    with pytest.raises(ValueError, match="does not name"):
        await each.look(lambda connection: CompiledOnce(statement).rows(connection, {"new_key": "k"}))
