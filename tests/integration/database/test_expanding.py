"""A migration leaves everything to the version before it, which writes on beside it, or says that it does not."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Inspector, create_engine, inspect, text

from integration.database.schema import MIGRATIONS, OLDEST_BESIDE
from tests.support.postgres import new_database

LAST_WITHOUT_A_WORD = "0018"
"""Later ones may meet versions that look whether a migration has taken anything away."""
LATER = sorted(
    path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py") if path.name[:4] > LAST_WITHOUT_A_WORD
)

Rules = Mapping[str, frozenset[str]]
"""By table, what a row of it has to keep to, in words."""


def columns_of(found: Inspector, table: str) -> Mapping[str, Any]:
    return {column["name"]: column for column in found.get_columns(table)}


def shape_of(connection: Connection) -> tuple[Mapping[str, Mapping[str, Any]], Rules]:
    """Return the columns of each table, and its rules."""
    found = inspect(connection)
    tables = found.get_table_names()
    return {table: columns_of(found, table) for table in tables}, {
        table: frozenset(_rules(found, table)) for table in tables
    }


def _rules(found: Inspector, table: str) -> Iterator[str]:
    uniques: list[Any] = [*found.get_unique_constraints(table)]
    uniques += [index for index in found.get_indexes(table) if index["unique"]]
    for unique in uniques:
        yield f"one row for each {', '.join(unique['column_names'])}"
    for key in found.get_foreign_keys(table):
        yield f"{', '.join(key['constrained_columns'])} in {key['referred_table']}"
    for check in found.get_check_constraints(table):
        yield str(check["sqltext"])
    yield f"key {found.get_pk_constraint(table)['constrained_columns']}"


def taken_away(before: tuple[Any, Rules], after: tuple[Any, Rules]) -> list[str]:
    """Return what a version that knows the schema *before* can no longer do, for people."""
    found = []
    for table, columns in before[0].items():
        if table not in after[0]:
            found.append(f"{table} is gone")
            continue
        now = after[0][table]
        found += [f"{table}.{name} is gone" for name in columns.keys() - now.keys()]
        found += [
            f"{table}.{name} is of another kind" for name in columns if name in now and _differs(columns, now, name)
        ]
        found += [f"{table}.{name} has to be given" for name in now if _is_demanded(columns.get(name), now[name])]
        found += [f"{table} asks for {rule}" for rule in after[1][table] - before[1][table]]
    return sorted(found)


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return str(before[name]["type"]) != str(after[name]["type"])


def _is_demanded(before: Any, now: Any) -> bool:
    """Tell whether a row without the column was taken before and is not now."""
    may_lack = now["nullable"] or now["default"] is not None
    return not may_lack and (before is None or before["nullable"] or before["default"] is not None)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        pytest.param(["alter table link add column issued text"], [], id="a column"),
        pytest.param(["alter table link add column issued text not null default ''"], [], id="one with a default"),
        pytest.param(["create table other (id integer primary key)"], [], id="a table"),
        pytest.param(["create index ix on link (used)"], [], id="an index"),
        pytest.param(["drop index known", "create index known on link (used)"], [], id="an index in another's place"),
        pytest.param(["drop table link"], ["link is gone"], id="no table"),
        pytest.param(["alter table link rename to links"], ["link is gone"], id="another name of a table"),
        pytest.param(["alter table link drop column used"], ["link.used is gone"], id="no column"),
        pytest.param(["create unique index ix on link (used)"], ["link asks for one row for each used"], id="unique"),
        pytest.param(
            ["drop table link", "create table link (id integer primary key, used text, person text not null)"],
            ["link.person has to be given"],
            id="a column that has to be given",
        ),
        pytest.param(
            ["drop table link", "create table link (id integer primary key, used text not null)"],
            ["link.used has to be given"],
            id="one that had not to be given before",
        ),
        pytest.param(
            ["drop table link", "create table link (id integer primary key, used integer)"],
            ["link.used is of another kind"],
            id="another kind",
        ),
        pytest.param(
            ["drop table link", "create table link (id integer primary key, used text, check (used <> ''))"],
            ["link asks for used <> ''"],
            id="a check",
        ),
    ],
)
def test_what_a_version_before_would_miss_is_known(statements: Sequence[str], told: list[str]) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for statement in ("create table link (id integer primary key, used text)", "create index known on link (id)"):
            connection.execute(text(statement))
        before = shape_of(connection)
        for statement in statements:
            connection.execute(text(statement))
        assert taken_away(before, shape_of(connection)) == told
    engine.dispose()


def assert_each_adds_or_says_so(url: str) -> None:
    """Bring an empty database up to date, one migration after the other."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    silently: dict[str, list[str]] = {}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, LAST_WITHOUT_A_WORD)
        for revision in LATER:
            before = shape_of(connection)
            command.upgrade(config, revision)
            lost = taken_away(before, shape_of(connection))
            if lost and connection.execute(text(OLDEST_BESIDE)).scalar() != revision:
                silently[revision] = lost
    engine.dispose()
    assert silently == {}


def test_every_migration_of_a_file_adds_or_says_that_it_takes_away(tmp_path: Path) -> None:
    assert_each_adds_or_says_so(f"sqlite:///{tmp_path / 'new.db'}")


def test_every_migration_on_postgresql_adds_or_says_that_it_takes_away(postgres_server: str) -> None:
    with new_database(postgres_server) as url:
        assert_each_adds_or_says_so(url)
