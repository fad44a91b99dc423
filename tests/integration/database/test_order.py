"""The order of text in the database, on which ranges of keys rest."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from psycopg import sql
from sqlalchemy import create_engine, inspect, make_url

from commands.database import explain_database
from commands.session import DID_NOT_HOLD
from integration.clock import SystemClock
from integration.database import connection
from integration.database.connection import Database, create_database
from integration.database.schema import LanguageOrder, Schema
from tests.support.postgres import execute, installed
from wiring.record import Record
from workflows.ports.units import DueUnit

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


@pytest.fixture
def english_url(postgres_server: str) -> Iterator[str]:
    """Give the address of a database that sorts as English dictionaries do."""
    name = f"vareunge_{uuid.uuid4().hex}"
    made = "create database {} template template0 locale_provider icu icu_locale 'en-US' locale 'C'"
    execute(postgres_server, sql.SQL(made).format(sql.Identifier(name)))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    execute(postgres_server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@installed
async def test_a_database_in_the_order_of_a_language_is_refused_before_a_table_is_made(english_url: str) -> None:
    database = create_database(english_url)

    with pytest.raises(LanguageOrder) as refused:
        await database.migrate()
    await database.close()

    engine = create_engine(english_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    explained = explain_database(refused.value)
    assert explained is not None
    code, [line] = explained
    assert code == DID_NOT_HOLD
    assert "createdb --template=template0 --locale=C" in line


@installed
async def test_a_copy_that_was_brought_back_into_such_a_database_is_not_used(
    english_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unasked:
        unasked.setattr(connection, "sorts_by_sign", lambda _: True)
        restored = create_database(english_url)
        await restored.migrate()
        await restored.close()

    record = Record(english_url, SystemClock())
    with pytest.raises(LanguageOrder):
        await record.database.check_schema()
    with pytest.raises(LanguageOrder):
        await record.units.make_due([DueUnit(key="sweep:x", due_at=NOON)])
    assert await record.not_ready() == "database"
    await record.close()


async def test_a_database_in_the_order_of_signs_is_migrated(database: Database) -> None:
    await database.migrate()

    assert await database.schema() is Schema.CURRENT
