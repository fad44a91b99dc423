"""Migrations of databases that hold something."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from integration.database.connection import Database, create_database
from integration.database.schema import MIGRATIONS, Schema, SchemaNewer
from integration.database.switches import SQLSwitches
from tests.clocks import StillClock
from tests.support.schema import TAKEN_AWAY, change

EARLY_FORM = (
    # The tables as the first form of migration 0007 left them.
    "drop index uq_identity_person",
    "create index ix_identity_person on identity (person)",
)
AT = "2026-09-07 08:00:00"


def upgrade(path: Path, revision: str) -> None:
    """Give a new file the schema of *revision*."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


async def run(database: Database, *statements: str) -> None:
    async with database.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


def bound(url: str, subject: str, person: str) -> None:
    columns = "issuer, subject, person, bound_at, bound_by, undone_at, undone_by"
    change(
        url,
        f"insert into identity ({columns}) values ('i', '{subject}', '{person}', '{AT}', '', null, '')",
        "insert into session (id, person, issuer, subject, started_at, seen_at, ends_at) "
        f"values ('{subject}', '{person}', 'i', '{subject}', '{AT}', '{AT}', '{AT}')",
    )


async def test_a_database_of_an_early_form_gets_the_index_and_keeps_each_person_s_first_identity(
    tmp_path: Path,
) -> None:
    upgrade(tmp_path / "early.db", "0010")
    url = f"sqlite+aiosqlite:///{tmp_path / 'early.db'}"
    change(url, *EARLY_FORM)
    for subject, person in (("one", "chair"), ("two", "chair"), ("three", "lead")):
        bound(url, subject, person)
    database = create_database(url)

    await database.migrate()

    async with database.read() as connection:
        indexes = (
            (await connection.execute(text("select name from sqlite_master where type = 'index'"))).scalars().all()
        )
        standing = (await connection.execute(text("select subject from identity where undone_at is null"))).scalars()
        assert list(standing) == ["one", "three"]
        assert list((await connection.execute(text("select id from session order by id"))).scalars()) == [
            "one",
            "three",
        ]
    assert "uq_identity_person" in indexes
    assert "ix_identity_person" not in indexes
    assert await database.schema() is Schema.CURRENT
    await database.close()


async def test_reports_of_before_keep_what_they_hold_when_their_pdfs_move_behind_it(tmp_path: Path) -> None:
    upgrade(tmp_path / "early.db", "0022")
    url = f"sqlite+aiosqlite:///{tmp_path / 'early.db'}"
    database = create_database(url)
    columns = "meeting, version, state, content, checksum, pdf, compiled_at, released_at, published"
    add = f"insert into report ({columns}) values ('a-dal/2026-09-08', "
    change(
        url,
        f"{add} 1, 'draft', '{{}}', 'x', null, '{AT}', null, '{{}}')",
        f"{add} 2, 'released', '{{}}', 'y', 'a file', '{AT}', '{AT}', '{{\"a\": 1}}')",
    )
    async with database.read() as connection:
        before = (await connection.execute(text(f"select {columns} from report order by version"))).all()

    await database.migrate()

    async with database.read() as connection:
        assert (await connection.execute(text(f"select {columns} from report order by version"))).all() == before
        last = (await connection.execute(text("select * from report where version = 2"))).one()[-1]
    assert last == "a file"
    with pytest.raises(IntegrityError):
        await run(database, f"insert into report ({columns}) select {columns} from report")
    await database.close()


# ------------------------------------------------------------------------- two versions beside each other


async def test_a_version_goes_on_beside_a_newer_schema_that_only_added(database: Database) -> None:
    await run(
        database,
        "update alembic_version set version_num = '9998'",
        "alter table switch add column later varchar(20)",
    )

    assert await database.schema() is Schema.AHEAD
    await SQLSwitches(database, StillClock()).pause("a-dal")
    await database.migrate()

    assert await SQLSwitches(database, StillClock()).list_paused() == ["a-dal"]
    async with database.read() as connection:
        assert (await connection.execute(text("select version_num from alembic_version"))).scalar_one() == "9998"


async def test_a_version_stops_once_what_it_uses_was_taken_away(database: Database) -> None:
    await run(
        database,
        "update alembic_version set version_num = '9999'",
        TAKEN_AWAY.replace(":revision", "'9999'"),
    )

    assert await database.schema() is Schema.NEWER
    with pytest.raises(SchemaNewer):
        await database.migrate()
