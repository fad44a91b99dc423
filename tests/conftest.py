"""Fixtures for every test."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import make_url
from xdist.workermanage import NodeManager

import texts
from integration.database.connection import Database, create_database
from tests.support.postgres import TEST_DATABASE_URL, new_database, running_server, why_missing
from tests.support.stuck import pytest_runtest_makereport, pytest_runtest_teardown, pytest_timeout_set_timer

__all__ = ["pytest_runtest_makereport", "pytest_runtest_teardown", "pytest_timeout_set_timer"]

LONG = (
    "tests/e2e/test_demo.py",
    "tests/exhaustive",
    "tests/workflows/rollout",
    "tests/workflows/test_whole_loop.py",
    "tests/e2e",
    "tests/benchmarks",
    "tests/tools",
    "tests/web/test_serving.py",
    "tests/commands",
    "tests/wiring",
    "tests/workflows/operations",
    "tests/workflows/privacy",
    "tests/workflows/meetings",
    "tests/workflows/status",
    "tests/web/test_hostile.py",
)
"""Files and folders of files that take long, those that take longest first."""


def pytest_configure() -> None:
    """Give the suite's processes time to write down what they covered: xdist kills them after ten seconds."""
    NodeManager.EXIT_TIMEOUT = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest: with one of them last, all other processes would wait for it."""
    items.sort(key=lambda item: rank(item.nodeid))


def rank(test: str) -> int:
    """Return the place of a test's file among those that take long; all others come after them, as they are found."""
    return next((place for place, path in enumerate(LONG) if test.startswith(path)), len(LONG))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was collected and imported: it stays until the end anyway."""
    gc.freeze()


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Restore the logs of the process, which making services configures, for the next test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True, scope="module")
def words_as_they_were() -> Iterator[None]:
    """Forget the words of a programme that services of this process have read, for the next file of tests."""
    yield
    texts.reword({})


async def migrated(url: str) -> None:
    """Give the database at *url* the current schema."""
    database = create_database(url)
    await database.migrate()
    await database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty database file with the current schema, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    asyncio.run(migrated(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> Path:
    """Return a database of this test's own in a file, migrated, for tests about files."""
    path = tmp_path / "vareunge.db"
    shutil.copyfile(migrated_file, path)
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a PostgreSQL server: the one that the environment names, or one of this run's own."""
    if given := os.environ.get(TEST_DATABASE_URL):
        yield given
    elif reason := why_missing():
        pytest.skip(reason)
    else:
        with running_server() as server:
            yield server.url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    """Return the name of an empty database on the server with the current schema, which others are made like."""
    with new_database(postgres_server) as url:
        asyncio.run(migrated(url))
        yield str(make_url(url).database)


@pytest.fixture
def postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """Return the address of a PostgreSQL database of this test's own, migrated."""
    with new_database(postgres_server, like=migrated_postgres) as url:
        yield url


@pytest.fixture
def sqlite_url(database_file: Path) -> str:
    """Return the address of a database of this test's own in a file, migrated."""
    return f"sqlite+aiosqlite:///{database_file}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database of this test's own, migrated: a file, or on the server that is named."""
    return str(request.getfixturevalue("postgres_url" if os.environ.get(TEST_DATABASE_URL) else "sqlite_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def either_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database of this test's own on SQLite and, where it is installed, on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = create_database(database_url)
    yield database
    await database.close()
