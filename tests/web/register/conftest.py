"""Fixtures for the register's pages."""

import pytest

from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.register.desk import COUNTY, LEAD, Pages, imported


@pytest.fixture
async def pages(database: Database) -> Pages:
    """Return the pages of a register that holds the programme."""
    return await imported(database)


@pytest.fixture
async def lead(pages: Pages) -> Browser:
    """Return the browser of a local lead who is signed in."""
    return await pages.browser(LEAD)


@pytest.fixture
async def county(pages: Pages) -> Browser:
    """Return the browser of a county lead who is signed in."""
    return await pages.browser(COUNTY)
