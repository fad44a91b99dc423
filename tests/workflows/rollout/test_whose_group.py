"""Ownership of groups: those that people made are asked about, those they deleted are not quietly made again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.place_template import PlaceSpec
from integration.database.units import UnitState
from sandbox.directory.model import Group
from sandbox.tenant.state import Tenant
from tests.support.rollout import PLACE, Bench, bench, few, in_state, small, writes
from workflows.rollout.plan import State

OTHER = "horten"
ROUND_TRIPS = 6
"""Questions of a plan of a place that has no group: one more than of a place that stands."""


@pytest.fixture
async def fresh(database_file: Path) -> AsyncIterator[Bench]:
    """The small place, of which nothing was made."""
    async with bench(database_file, documents=small()) as found:
        yield found


@pytest.fixture
async def made(fresh: Bench) -> Bench:
    """The small place, rolled out."""
    await fresh.made(PLACE)
    return fresh


def _tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


def _groups(found: Bench) -> list[Group]:
    return list(_tenant(found).directory.groups.values())


async def _spec(found: Bench) -> PlaceSpec:
    spec = (await found.services.record.register.programme()).place(PLACE)
    assert spec is not None
    return spec


async def _by_hand(found: Bench, *, name: str, nickname: str) -> Group:
    """A group that somebody in the organisation made."""
    owner = next(user.id for user in _tenant(found).directory.users.values() if not user.guest)
    body = {
        "displayName": name,
        "groupTypes": ["Unified"],
        "mailEnabled": True,
        "mailNickname": nickname,
        "securityEnabled": False,
        "visibility": "Private",
        "owners@odata.bind": [f"{found.sandbox.url}/v1.0/users/{owner}"],
    }
    answer = await found.sandbox.graph("POST", "/groups", body)
    return _tenant(found).directory.groups[answer.json()["id"]]


async def _asked(found: Bench) -> str:
    """Count the questions of a rollout of the place, which writes nothing; the plan asks the same, and nothing else."""
    before = await found.sandbox.state()
    (question,) = (await found.plan(PLACE)).items
    async with found.watching() as asked:
        unit = await found.made(PLACE)

    assert writes(asked) == []
    assert await found.sandbox.state() == before
    assert (question.key, question.state) == ("group", State.PENDING)
    assert question.todo in unit.note
    return question.reason


async def _stands(found: Bench) -> bool:
    """Tell whether the place has all that belongs to it, and no question is open. Guests may not have been in yet."""
    items = (await found.plan(PLACE)).items
    return not any(item.to_do or item.asks or item.reason == "removed" for item in items)


async def _adopted(found: Bench, group_id: str, place: str = PLACE) -> str:
    """Return the result of an order to take this group."""
    await found.services.jobs.rollout.handlers.adopt(place, group_id)
    return (await found.made(place)).note


# ------------------------------------------------------------------------------------------------------------- adoption


@pytest.mark.parametrize("known", [True, False], ids=["known to us", "by its name only"])
async def test_the_group_of_another_place_is_not_taken_and_nobody_is_let_into_it(
    database_file: Path, known: bool
) -> None:
    async with bench(database_file, documents=few()) as found:
        await found.made(OTHER)
        (group,) = _groups(found)
        if not known:
            await found.services.record.resources.forget(OTHER, "group")
        before = await found.sandbox.state()

        note = await _adopted(found, group.id)

        assert "Denne gruppen hører til et annet rom." in note
        assert await found.sandbox.state() == before
        assert set(await found.services.record.resources.of(PLACE)) == {"order.asks", "order.result"}


async def test_the_group_of_another_place_that_has_taken_it_is_not_taken_again(database_file: Path) -> None:
    async with bench(database_file, documents=few()) as found:
        group = await _by_hand(found, name="Laget for hånd", nickname="laget-for-hand")
        await _adopted(found, group.id, OTHER)
        members = {*group.members}

        note = await _adopted(found, group.id)

        assert "Denne gruppen hører til et annet rom." in note
        assert {*group.members} == members


async def test_a_group_that_can_have_no_team_is_not_taken(fresh: Bench) -> None:
    group = await _by_hand(fresh, name="Liste", nickname="liste")
    group.unified = False

    assert "ingen Microsoft 365-gruppe" in await _adopted(fresh, group.id)
    assert _groups(fresh) == [group]


async def test_no_group_is_taken_in_place_of_one_that_lives(made: Bench) -> None:
    known = await made.services.record.resources.of(PLACE)
    group = await _by_hand(made, name="Laget for hånd", nickname="laget-for-hand")
    before = await made.sandbox.state()

    note = await _adopted(made, group.id)

    assert "Rommet har allerede sin egen gruppe" in note
    assert await made.sandbox.state() == before
    now = await made.services.record.resources.of(PLACE)
    # The latest order's outcome is kept beside what was made, for the page.
    assert {key: now[key] for key in known if key != "order.result"} == {
        key: known[key] for key in known if key != "order.result"
    }


async def test_the_places_own_group_can_be_named_again(made: Bench) -> None:
    assert (await _adopted(made, _groups(made)[0].id)).startswith("0 ting er laget eller endret.")
    assert await _stands(made)


async def test_an_id_that_leads_to_no_group_is_said_and_the_next_order_goes_on_without_it(fresh: Bench) -> None:
    assert "Det finnes ingen gruppe med den id-en." in await _adopted(fresh, "00000000-0000-0000-0000-000000000000")
    await fresh.made(PLACE)
    assert await _stands(fresh)


# ------------------------------------------------------------------------------------------- a group that was deleted


async def test_a_group_that_people_deleted_is_asked_about_and_not_made_again(made: Bench) -> None:
    _tenant(made).directory.remove_group(_groups(made)[0])

    assert await _asked(made) == "group_removed"
    assert _groups(made) == []


async def test_a_deleted_group_that_is_ordered_anew_gets_all_that_belongs_to_it(made: Bench) -> None:
    before, known = await made.sandbox.state(), await made.services.record.resources.of(PLACE)
    _tenant(made).directory.remove_group(_groups(made)[0])

    await made.services.jobs.rollout.handlers.restore(PLACE, ["group"])
    planned = {item.state for item in (await made.plan(PLACE)).items if item.key.startswith(("tab", "list", "page"))}
    await made.made(PLACE)

    assert planned == {State.MISSING}
    after, now = await made.sandbox.state(), await made.services.record.resources.of(PLACE)
    assert after["teams"] == before["teams"]
    assert after["directory"]["groups"] == before["directory"]["groups"]
    for key in ("group", "team", "site", "channel:board", "tab:board/report", "list:reports", "page:landing"):
        assert now[key].external_id != known[key].external_id, key
    assert await _stands(made)


async def test_another_group_in_the_place_of_a_deleted_one_is_filled_and_nothing_old_is_kept(made: Bench) -> None:
    known = await made.services.record.resources.of(PLACE)
    tenant = _tenant(made)
    tenant.directory.remove_group(_groups(made)[0])
    group = await _by_hand(made, name="Nytt rom", nickname="nytt-rom")

    await _adopted(made, group.id)

    now = await made.services.record.resources.of(PLACE)
    assert now["group"].external_id == now["team"].external_id == group.id
    assert now["site"].external_id == tenant.sharepoint.group_site(group.id).id
    stale = {key for key in known.keys() & now.keys() if now[key].external_id == known[key].external_id}
    assert not [key for key in stale if key.startswith(("channel:", "tab:", "list:", "folder:", "page:"))]
    assert await _stands(made)


# ------------------------------------------------------------------------------------------- groups that people made


async def test_a_group_with_our_address_is_asked_about_before_anybody_is_invited(fresh: Bench) -> None:
    await _by_hand(fresh, name="Et annet rom", nickname=(await _spec(fresh)).mail_nickname)

    assert await _asked(fresh) == "address_taken"


async def test_an_address_that_no_room_can_have_is_a_question_without_an_offer(fresh: Bench) -> None:
    group = await _by_hand(fresh, name="Liste", nickname=(await _spec(fresh)).mail_nickname)
    group.unified = False

    assert await _asked(fresh) == "address_in_use"
    assert "--adopt" not in (await fresh.made(PLACE)).note


async def test_a_group_with_our_name_is_asked_about_and_can_be_taken(fresh: Bench) -> None:
    group = await _by_hand(fresh, name=(await _spec(fresh)).name, nickname="laget-for-hand")

    assert await _asked(fresh) == "same_name"
    await _adopted(fresh, group.id)
    assert _groups(fresh) == [group]
    assert await _stands(fresh)


async def test_a_second_room_of_a_name_is_made_when_the_other_group_was_renamed(fresh: Bench) -> None:
    group = await _by_hand(fresh, name=(await _spec(fresh)).name, nickname="laget-for-hand")
    assert await _asked(fresh) == "same_name"

    group.name = "Våre unge, elevrådet"
    await fresh.made(PLACE)

    assert len(_groups(fresh)) == 2


async def test_two_places_of_one_name_are_not_mistaken_for_each_other(database_file: Path) -> None:
    documents: dict[str, Any] = few()
    documents["template.yaml"]["places"]["municipality"]["name"] = "Våre unge"
    async with bench(database_file, documents=documents) as found:
        await found.made(OTHER)
        await found.made(PLACE)

        assert len(_groups(found)) == 2


async def test_asking_whose_group_is_whose_takes_one_round_trip(fresh: Bench) -> None:
    async with fresh.watching() as asked:
        await fresh.plan(PLACE)

    assert asked.round_trips <= ROUND_TRIPS
    assert asked.count("GET /groups") == 1


# ------------------------------------------------------------------------------------------ while the Builder is closed


async def test_what_is_ordered_while_the_builder_is_closed_is_done_when_it_is_opened(made: Bench) -> None:
    (team,) = _tenant(made).teams.teams.values()
    board = next(channel for channel in team.channels.values() if channel.name == "Styret")
    board.name = "Lederteamet"
    await _builder(made, enabled=False)

    await made.services.jobs.rollout.handlers.restore(PLACE, ["channel:board", "channel:bord"])
    (unit,) = await made.rollout(PLACE, patience=timedelta(0))
    assert unit.state is UnitState.WAITING
    await _builder(made, enabled=True)
    unit = await made.made(PLACE)

    assert board.name == "Styret"
    assert "Dette er ikke noe vi kan sette tilbake: bord." in unit.note
    assert in_state(await made.plan(PLACE), *State).keys() >= {"channel:board"}
    assert not [key for key in await made.services.record.resources.of(PLACE) if key.startswith("restore:")]


async def test_a_group_named_while_the_builder_is_closed_is_taken_when_it_is_opened(fresh: Bench) -> None:
    group = await _by_hand(fresh, name="Laget for hånd", nickname="laget-for-hand")
    await _builder(fresh, enabled=False)

    await fresh.services.jobs.rollout.handlers.adopt(PLACE, group.id.upper())
    await fresh.rollout(PLACE, patience=timedelta(0))
    await _builder(fresh, enabled=True)
    await fresh.made(PLACE)

    assert _groups(fresh) == [group]
    assert group.id in _tenant(fresh).teams.teams


async def _builder(found: Bench, *, enabled: bool) -> None:
    await found.sandbox.control("POST", f"apps/{found.services.settings.builder_id}", {"enabled": enabled})
