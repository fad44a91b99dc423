"""Private channels where a programme asks for one: kept as the Builder, but for the app, which a person adds."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from sandbox.teams.model import Channel
from tests.support.rollout import PLACE, Bench, Documents, bench, in_state, small
from wiring.shipped import permission_lists
from workflows.operations.doctor import PRIVATE_CHANNELS
from workflows.rollout.plan import State

APP, TAB = "channel-app:inner", "tab:inner/calendar"
TABS = "/channels/[^/]+/tabs$"


@pytest.fixture
async def found(database_file: Path) -> AsyncIterator[Bench]:
    """The small place, to be rolled out with a private channel; Hands reaches none of its tabs."""
    path = database_file
    async with bench(path, documents=with_private()) as made:
        assert made.sandbox.app is not None
        builder = made.sandbox.app.tenant.identities.named("builder")
        builder.granted |= permission_lists()[PRIVATE_CHANNELS].roles
        yield made


def with_private() -> Documents:
    """The small place with one private channel; it alone has a tab."""
    documents = small()
    channels = documents["template.yaml"]["places"]["municipality"]["channels"]
    for channel in channels:
        channel["tabs"] = []
    channels.append(
        {
            "key": "inner",
            "name": "Ledelse",
            "kind": "private",
            "members": ["local_lead", "board_chair"],
            "tabs": [{"key": "calendar", "name": "Møter", "page": "calendar"}],
        }
    )
    return documents


async def refuse(made: Bench, **methods: str) -> None:
    """Refuse each identity its method for tabs."""
    rules = [
        {"match": {"app": identity, "method": method, "path": TABS}, "do": "status", "status": 403}
        for identity, method in methods.items()
    ]
    await made.sandbox.control("POST", "faults", rules)


async def add_the_app(made: Bench) -> None:
    """Add the app to the channel, as a person does: it is let in from then on."""
    await made.sandbox.control("DELETE", "faults")
    assert made.sandbox.app is not None
    inner(made).apps.add(made.sandbox.app.tenant.catalog.ours.id)


def inner(made: Bench) -> Channel:
    assert made.sandbox.app is not None
    (team,) = made.sandbox.app.tenant.teams.teams.values()
    return next(channel for channel in team.channels.values() if channel.name == "Ledelse")


async def test_a_plan_says_before_anything_is_made_that_a_person_must_add_the_app(found: Bench) -> None:
    assert in_state(await found.plan(PLACE), State.PENDING)[APP].reason == "app_not_in_channel"


async def test_the_builder_makes_the_channel_and_its_tab_and_the_app_is_a_person_s_step(found: Bench) -> None:
    async with found.watching() as asked:
        unit = await found.made(PLACE)

    assert "GET /teams/{}/channels/{}/enabledApps" in asked
    assert "Administrer kanal" in unit.note
    assert [tab.name for tab in inner(found).tabs.values()] == ["Møter"]
    plan = await found.plan(PLACE)
    assert set(in_state(plan, State.PENDING)) == {APP}
    assert not in_state(plan, State.UNKNOWN, State.LOCAL, State.MISSING)

    await add_the_app(found)

    assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}


async def test_hands_asks_nothing_of_a_private_channel(found: Bench) -> None:
    await found.made(PLACE)
    await found.plan(PLACE)

    calls = await found.calls()
    of_channel = [call["_app"] for call in calls if inner(found).id in unquote(json.dumps(call["request"]))]
    assert set(of_channel) == {"builder"}
    assert "hands" in {call["_app"] for call in calls}


async def test_apps_that_cannot_be_seen_are_unknown_and_are_no_step_of_a_person(found: Bench) -> None:
    await found.made(PLACE)
    unseen = {"match": {"method": "GET", "path": "/enabledApps"}, "do": "status", "status": 403}
    await found.sandbox.control("POST", "faults", [unseen])

    assert APP in in_state(await found.plan(PLACE), State.UNKNOWN)


async def test_a_tab_that_is_refused_before_the_app_is_there_waits_for_it(found: Bench) -> None:
    await refuse(found, builder="POST")

    unit = await found.made(PLACE)

    assert "Microsoft 365 godtok ikke dette" not in unit.note
    waiting = in_state(await found.plan(PLACE), State.PENDING, State.MISSING)
    assert set(waiting) == {APP, TAB}
    await add_the_app(found)
    await found.made(PLACE)
    assert [tab.name for tab in inner(found).tabs.values()] == ["Møter"]
