"""A tenant in which no team's consent falls to Hands: a place has no channels, until others are granted instead."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.rollout import PLACE, Bench, bench, in_state, small
from workflows.rollout.plan import State

ROOT = Path(__file__).parents[3]
INSTEAD = frozenset({"Channel.ReadBasic.All", "Channel.Create", "TeamsTab.Read.All", "TeamsTab.Create"})
"""For the whole tenant; named where an administrator looks."""


@pytest.fixture
async def found(database_file: Path) -> AsyncIterator[Bench]:
    async with bench(database_file, documents=small()) as made:
        assert made.sandbox.app is not None
        catalog = made.sandbox.app.tenant.teams.catalog
        catalog.apps[catalog.ours.id] = replace(catalog.ours, web_application_id="another app")
        yield made


async def test_without_it_all_is_made_but_channels_which_are_said_to_be_unknown(found: Bench) -> None:
    await found.rollout(PLACE)

    plan = await found.plan(PLACE)
    assert "channels" in in_state(plan, State.UNKNOWN)
    assert {"team", "page:landing"} <= set(in_state(plan, State.SAME))


async def test_four_permissions_take_its_place(found: Bench) -> None:
    assert found.sandbox.app is not None
    found.sandbox.app.tenant.identities.named("hands").granted |= INSTEAD

    await found.made(PLACE)

    assert not in_state(await found.plan(PLACE), State.UNKNOWN, State.MISSING)


@pytest.mark.parametrize("page", ["infra/permissions/hands.txt", "docs/administrators/teams.md"])
def test_administrators_find_them(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    assert [name for name in sorted(INSTEAD) if name not in text] == []
