"""Migrations of databases that hold something."""

import ast
import re
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

TAKES_AWAY = re.compile(r"(drop|alter|rename|batch_alter)_")
FORBIDS = ("create_index", "create_unique_constraint", "create_check_constraint", "create_foreign_key")
SQL_THAT_TAKES_AWAY = re.compile(r"\b(drop|alter|rename|delete|truncate)\b", re.IGNORECASE)
FIRST_TO_SAY = "0019"
"""The first migration that versions which look for the row may meet."""


def takes_away_silently(migration: str) -> bool:
    """
    Tell whether versions before it would go on writing into what is no longer there, or is refused from then on.

    What a migration makes itself, no version before it writes into.
    """
    calls = [node for node in ast.walk(ast.parse(migration)) if isinstance(node, ast.Call)]
    made = {name for call in calls if name_of(call) == "create_table" for name in texts_in(call)[:1]}
    return any(hinders(call, made) for call in calls) and "schema:oldest" not in migration


def hinders(call: ast.Call, made: set[str]) -> bool:
    """Tell whether an operation takes away what versions before it use, or forbids what they do."""
    name, given = name_of(call), {word.arg: ast.unparse(word.value) for word in call.keywords}
    if name == "execute":
        return bool(SQL_THAT_TAKES_AWAY.search(ast.unparse(call)))
    if name == "add_column":
        columns = [{word.arg: ast.unparse(word.value) for word in part.keywords} for part in call_parts(call)]
        return any(it.get("nullable") == "False" and "server_default" not in it for it in columns)
    if name in FORBIDS:
        is_of_its_own = made.intersection(texts_in(call)[1:2])
        return not is_of_its_own and (name != "create_index" or given.get("unique") == "True")
    return bool(TAKES_AWAY.match(name)) and "partial_reordering" not in given


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def texts_in(call: ast.Call) -> list[str]:
    return [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def call_parts(call: ast.Call) -> list[ast.Call]:
    return [part for part in call.args if isinstance(part, ast.Call)]


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


@pytest.mark.parametrize(
    ("migration", "silently"),
    [
        pytest.param('op.add_column("link", sa.Column("seen", sa.Integer(), nullable=True))', False, id="adds"),
        pytest.param(
            'op.add_column("link", sa.Column("seen", sa.Integer(), nullable=False, server_default="0"))',
            False,
            id="adds what has a value by itself",
        ),
        pytest.param(
            'op.add_column("link", sa.Column("seen", sa.Integer(), nullable=False))',
            True,
            id="adds what versions before do not fill in",
        ),
        pytest.param('op.create_index("ix_link_seen", "link", ["seen"])', False, id="adds an index"),
        pytest.param('op.create_index("uq_link_seen", "link", ["seen"], unique=True)', True, id="forbids doubles"),
        pytest.param('op.create_unique_constraint("uq_link_seen", "link", ["seen"])', True, id="forbids them, too"),
        pytest.param(
            'op.create_table("new")\nop.create_index("uq_new_seen", "new", ["seen"], unique=True)',
            False,
            id="forbids doubles in its own table",
        ),
        pytest.param('op.execute("update link set seen = 1")', False, id="fills in"),
        pytest.param('op.execute("DROP INDEX uq_link_seen")', True, id="takes away in words of SQL"),
        pytest.param(
            'op.batch_alter_table("report", partial_reordering=[])', False, id="puts columns in another order"
        ),
        pytest.param('op.batch_alter_table("report")', True, id="alters"),
        pytest.param('op.drop_column("link", "used_at")', True, id="takes away"),
        pytest.param(
            'op.drop_column("link", "used_at")\nop.execute("… schema:oldest …")', False, id="takes away and says so"
        ),
    ],
)
def test_a_migration_that_takes_away_and_does_not_say_so_is_known(migration: str, *, silently: bool) -> None:
    assert takes_away_silently(migration) is silently


def test_every_migration_that_takes_away_says_so() -> None:
    newer = [path for path in (MIGRATIONS / "versions").glob("[0-9]*.py") if path.name >= FIRST_TO_SAY]

    assert [path.name for path in newer if takes_away_silently(path.read_text("utf-8"))] == []
