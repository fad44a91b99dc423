"""Transactions and migrations."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from integration.database.access_tables import session
from integration.database.connection import Database, create_database
from integration.database.paper_tables import question_step
from integration.database.privacy_tables import redaction
from integration.database.register_tables import register_change
from integration.database.schema import Schema
from integration.database.tables import slot, status_request


def differences(connection: Connection) -> list[Any]:
    # Access, papers, privacy and the register have modules of tables of their own, which add to the same metadata.
    assert session.metadata is register_change.metadata is question_step.metadata is redaction.metadata
    return list(compare_metadata(MigrationContext.configure(connection), session.metadata))


async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_is_migrated_from_any_directory_and_a_repeat_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = create_database("sqlite+aiosqlite:///new.db")
    assert await database.schema() is Schema.OLDER
    await database.migrate()
    await database.migrate()
    assert await database.schema() is Schema.CURRENT
    await database.close()


async def test_two_that_read_and_then_write_lose_no_update(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("create table counter (value integer)"))
        await connection.execute(text("insert into counter values (0)"))

    async def add_one() -> None:
        async with database.begin() as connection:
            value = (await connection.execute(text("select value from counter"))).scalar_one()
            await connection.execute(text("update counter set value = :value"), {"value": value + 1})

    await asyncio.gather(*(add_one() for _ in range(20)))

    async with database.read() as connection:
        assert (await connection.execute(text("select value from counter"))).scalar_one() == 20


async def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    async with database.begin() as writer:
        await writer.execute(text("insert into switch (name, set_at, value) values ('a', '2026-01-01 00:00:00', '')"))
        async with asyncio.timeout(5), database.read() as reader:
            assert (await reader.execute(text("select count(*) from switch where name = 'a'"))).scalar_one() == 0


async def test_an_exception_rolls_everything_back(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.begin() as connection:
            await connection.execute(text("insert into switch (name, set_at, value) values ('a', '2026-01-01', '')"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    async with database.read() as connection:
        assert (await connection.execute(text("select count(*) from switch where name = 'a'"))).scalar_one() == 0


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="a moment needs its zone"):
        async with database.begin() as connection:
            await connection.execute(insert(slot).values(name="a", free_at=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_foreign_keys_are_held(database: Database) -> None:
    async with database.read() as connection:
        assert (await connection.execute(select(status_request))).all() == []
    with pytest.raises(IntegrityError):
        async with database.begin() as connection:
            await connection.execute(
                text(
                    "insert into status_request (id, meeting, work_package, person, state, opened_at, latest_version)"
                    " values ('a', 'none', 'b', 'c', 'open', '2026-01-01 00:00:00', 0)"
                )
            )
