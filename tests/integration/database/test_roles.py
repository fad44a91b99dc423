"""Roles that end are written into the register, where they stand."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.loading import load_documents
from config.values import Role
from integration.database.connection import Database
from integration.database.register import SQLRegister
from integration.database.roles import SQLRoles
from tests.clocks import StillClock

TODAY = date(2026, 9, 21)
FOLDER = Path(__file__).parents[3] / "config" / "vestfold"
PLACE, LEAD, PACKAGE_LEAD = "sandefjord", "leder-sandefjord", "pakkeleder-sandefjord"
OWNER = "kommunalsjef-sandefjord"


@pytest.fixture
async def register(database: Database) -> SQLRegister:
    found = SQLRegister(database, StillClock())
    await found.save(load_documents(FOLDER))
    return found


async def ended(register: SQLRegister) -> list[dict[str, Any]]:
    documents = await register.documents()
    return [
        item
        for document in documents.values()
        if isinstance(document, dict)
        for item in document.get("assignments", ())
        if "until" in item
    ]


async def test_a_role_in_the_municipality_ends_and_the_programme_knows_it_at_once(register: SQLRegister) -> None:
    before = await register.programme()
    assert any(item.person == LEAD and item.holds(TODAY) for item in before.assignments)

    count = await SQLRoles(register, StillClock()).end_roles(
        LEAD, Role.LOCAL_LEAD, municipality=PLACE, last_day=TODAY - timedelta(days=1)
    )

    after = await register.programme()
    assert count == len(await ended(register)) == 1
    assert not any(
        item.person == LEAD and item.municipality == PLACE and item.holds(TODAY) for item in after.assignments
    )


async def test_a_role_in_a_package_is_its_municipalitys(register: SQLRegister) -> None:
    assert (
        await SQLRoles(register, StillClock()).end_roles(
            PACKAGE_LEAD, Role.WORK_PACKAGE_LEAD, municipality=PLACE, last_day=TODAY
        )
        >= 1
    )
    assert all("work_package" in item for item in await ended(register))


async def test_roles_elsewhere_go_on_and_a_repeat_changes_nothing(register: SQLRegister) -> None:
    roles = SQLRoles(register, StillClock())

    assert await roles.end_roles(LEAD, Role.LOCAL_LEAD, municipality="horten", last_day=TODAY) == 0
    assert await roles.end_roles(LEAD, Role.LOCAL_LEAD, municipality=None, last_day=TODAY) == 0
    await roles.end_roles(LEAD, Role.LOCAL_LEAD, municipality=PLACE, last_day=TODAY)
    assert await roles.end_roles(LEAD, Role.LOCAL_LEAD, municipality=PLACE, last_day=TODAY) == 0
    assert await ended(register) == [item for item in await ended(register) if item["person"] == LEAD]
