"""Migrations of databases that hold something."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from integration.database.connection import MIGRATIONS, Database, Schema, create_database

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


async def bound(database: Database, subject: str, person: str) -> None:
    columns = "issuer, subject, person, bound_at, bound_by, undone_at, undone_by"
    await run(
        database,
        f"insert into identity ({columns}) values ('i', '{subject}', '{person}', '{AT}', '', null, '')",
        "insert into session (id, person, issuer, subject, started_at, seen_at, ends_at) "
        f"values ('{subject}', '{person}', 'i', '{subject}', '{AT}', '{AT}', '{AT}')",
    )


async def test_a_database_of_an_early_form_gets_the_index_and_keeps_each_person_s_first_identity(
    tmp_path: Path,
) -> None:
    upgrade(tmp_path / "early.db", "0010")
    database = create_database(f"sqlite+aiosqlite:///{tmp_path / 'early.db'}")
    await run(database, *EARLY_FORM)
    for subject, person in (("one", "chair"), ("two", "chair"), ("three", "lead")):
        await bound(database, subject, person)

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
