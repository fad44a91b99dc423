"""A whole loop's record, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from integration.database.connection import Database, create_database
from tests.support.whole_record import write_whole_record


@pytest.fixture
async def whole(either_url: str) -> AsyncIterator[Database]:
    database = create_database(either_url)
    await write_whole_record(database)
    yield database
    await database.close()
