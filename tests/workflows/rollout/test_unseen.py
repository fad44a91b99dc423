"""An unread thing is unknown, with all that belongs to it; everything else of the plan and the rollout goes on."""

import re

import pytest

from integration.database.units import UnitState
from tests.support.rollout import PLACE, Bench, in_state, small, writes
from workflows.rollout.plan import PlacePlan, State

GROUP = r"/groups\(|/groups/[^/]+$"
PARTS = re.compile(r"column:.*|.*\.(language|description|visibility)")
"""Items of a plan that are shown only where the thing that they are a part of could be seen."""


async def _refuse(found: Bench, path: str, status: int = 403) -> None:
    rule = {"match": {"method": "GET", "path": path}, "do": "status", "status": status}
    await found.sandbox.control("POST", "faults", [rule])


def _states(plan: PlacePlan) -> dict[str, State]:
    return {item.key: item.state for item in plan.items}


def _pattern(kind: str) -> str:
    """The calls of a kind, as a fault is matched."""
    path = re.escape(kind.removeprefix("GET ")).replace(r"\{\}", "[^/]+")
    return f"{path}$"


async def test_whatever_read_of_a_plan_is_refused_the_plan_shows_everything(made: Bench) -> None:
    async with made.watching() as asked:
        before = _states(await made.plan(PLACE))
    kinds = sorted({kind for kind in asked if "$batch" not in kind})
    silent = []
    for kind in kinds:
        await _refuse(made, _pattern(kind))
        plan = await made.plan(PLACE)

        after = _states(plan)
        assert {key for key in before.keys() - after.keys() if not PARTS.fullmatch(key)} == set(), kind
        assert {after[key] for key in after if after[key] is not before.get(key)} <= {State.UNKNOWN}, kind
        if State.UNKNOWN not in after.values():
            silent.append(kind)
        assert not plan.to_do, kind
        assert not any(item.can_be_restored for item in plan.items), kind

    assert len(kinds) > 10
    assert silent == []


@pytest.mark.parametrize("status", [403, 503])
async def test_a_list_that_cannot_be_read_is_unknown_and_the_rest_is_made(made: Bench, status: int) -> None:
    known = (await made.services.record.resources.of(PLACE))["list:indicators"].external_id
    documents = small()
    documents["template.yaml"]["places"]["municipality"]["description"] = "Noe nytt."
    await made.import_(documents)
    await _refuse(made, f"/lists/{known}$", status)

    plan = await made.plan(PLACE)

    unknown = in_state(plan, State.UNKNOWN)
    assert {key.partition("/")[0] for key in unknown} == {"list:indicators", "row:indicators"}
    assert unknown["list:indicators"].reason == "not_readable"
    assert str(status) in unknown["list:indicators"].detail
    assert set(in_state(plan, State.DIFFERS)) == {"group.description"}
    await made.rollout(PLACE)
    assert set(in_state(await made.plan(PLACE), State.DIFFERS)) == set()


async def test_a_rollout_says_what_it_could_not_read(made: Bench) -> None:
    await _refuse(made, "/lists/[^/]+$")

    unit = await made.made(PLACE)

    assert "Dette kunne ikke leses nå: work-packages" in unit.note
    assert "Det som hører til noe vi ikke fikk sett eller laget" in unit.note
    assert "could not read list" in unit.note


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param(GROUP, {"person", "app"}, id="the group"),
        pytest.param("/users$", {"group", "team", "app", "channel", "site"}, id="the people"),
    ],
)
async def test_below_what_is_unknown_all_is_unknown_and_nothing_is_offered(
    made: Bench, path: str, shown: set[str]
) -> None:
    await _refuse(made, path)

    plan = await made.plan(PLACE)

    seen = {key.partition(":")[0].partition(".")[0] for key in in_state(plan, State.SAME, State.PENDING)}
    assert seen >= shown - {"app"}
    assert plan.to_do == ()
    assert not any(item.can_be_restored for item in plan.items)
    assert in_state(plan, State.UNKNOWN)


async def test_nothing_is_written_below_a_group_that_cannot_be_read(made: Bench) -> None:
    documents = small()
    documents["template.yaml"]["places"]["municipality"]["channels"].append({"key": "events", "name": "Arrangementer"})
    await made.import_(documents)
    await _refuse(made, GROUP)

    async with made.watching() as asked:
        (unit,) = await made.rollout(PLACE)

    assert unit.state is UnitState.DONE
    assert "Dette kunne ikke leses nå: group" in unit.note
    assert writes(asked) == []
    await made.sandbox.control("DELETE", "faults")
    assert set(in_state(await made.plan(PLACE), State.MISSING)) == {"channel:events"}
    await made.made(PLACE)
    assert not in_state(await made.plan(PLACE), State.UNKNOWN, State.MISSING)


async def test_a_folder_below_one_that_cannot_be_read_is_not_made(made: Bench) -> None:
    documents = small()
    documents["template.yaml"]["places"]["municipality"]["folders"].append("Rapporter/Utkast")
    await made.import_(documents)
    await _refuse(made, "/children$")

    plan = await made.plan(PLACE)
    async with made.watching() as asked:
        await made.made(PLACE)

    assert set(in_state(plan, State.UNKNOWN)) == {"folder:Rapporter/", "folder:Rapporter/Utkast"}
    assert writes(asked) == []
