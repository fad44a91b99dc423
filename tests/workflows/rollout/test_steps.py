"""Refusals, delays and failures: each ends its own step, visibly, and the rest goes on."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.problems import InvalidInput
from sandbox.directory.model import Group
from tests.support.rollout import PLACE, Bench, bench, in_state, small, writes
from workflows.ports.units import DueUnit
from workflows.rollout.plan import State


def _groups(found: Bench) -> list[Group]:
    assert found.sandbox.app is not None
    return list(found.sandbox.app.tenant.directory.groups.values())


def _template(documents: dict[str, Any]) -> dict[str, Any]:
    template: dict[str, Any] = documents["template.yaml"]["places"]["municipality"]
    return template


async def test_a_label_is_a_step_for_an_administrator_until_it_is_there(database_file: Path) -> None:
    documents = small()
    _template(documents)["label"] = "11111111-2222-3333-4444-555555555555"
    async with bench(database_file, documents=documents) as found:
        unit = await found.made(PLACE)

        (label,) = in_state(await found.plan(PLACE), State.PENDING).values()
        assert (label.key, label.reason) == ("group.label", "label_by_hand")
        assert label.todo.startswith("Set-UnifiedGroup -Identity vaareunge-sandefjord -SensitivityLabelId 1111")
        assert label.todo in unit.note

        (group,) = _groups(found)
        group.label = {"labelId": "11111111-2222-3333-4444-555555555555", "displayName": "Intern"}
        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}


async def test_a_site_in_another_language_is_told_and_works_all_the_same(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        (before,) = [item for item in (await found.plan(PLACE)).items if item.key == "site"]
        assert (before.state, before.new) == (State.MISSING, "nb")
        assert found.sandbox.app is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sandbox.sharepoint.provisioning.GROUP_SITE_LANGUAGE", "en")
            unit = await found.made(PLACE)

        assert "Nettstedet er laget på et annet språk" in unit.note
        plan = await found.plan(PLACE)
        (language,) = in_state(plan, State.PENDING).values()
        assert (language.key, language.old, language.new) == ("site.language", "en", "nb")
        assert {item.state for item in plan.items if item.key != "site.language"} == {State.SAME}


async def test_guests_wait_while_the_group_lets_none_in_and_colleagues_do_not(database_file: Path) -> None:
    documents = small()
    assignments = documents[f"municipalities/{PLACE}.yaml"]["assignments"]
    async with bench(database_file, documents=documents) as found:
        await found.made(PLACE)
        (group,) = _groups(found)
        group.lets_guests_in = False
        assignments.append({"person": "skolesjef-sandefjord", "role": "board_member"})
        await found.import_(documents)

        unit = await found.made(PLACE)

        plan = await found.plan(PLACE)
        assert "Gruppen slipper ikke inn gjester: skolesjef-sandefjord." in unit.note
        assert f"/groups/{group.id}/settings --body" in unit.note
        assert set(in_state(plan, State.MISSING)) == {"member:skolesjef-sandefjord"}
        group.lets_guests_in = True
        await found.made(PLACE)
        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}


async def test_a_word_that_the_naming_policy_blocks_is_said_and_nothing_is_made(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        assert found.sandbox.app is not None
        found.sandbox.app.tenant.directory.blocked_words = frozenset({"unge"})

        unit = await found.made(PLACE)

        assert "Navnereglene i organisasjonen godtar ikke dette: group." in unit.note
        assert "request-id" in unit.note
        assert _groups(found) == []


async def test_a_group_of_somebody_elses_with_our_address_is_a_question(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        spec = (await found.services.record.register.programme()).place(PLACE)
        assert spec is not None
        assert found.sandbox.app is not None
        owner = next(user.id for user in found.sandbox.app.tenant.directory.users.values() if not user.guest)
        body = {
            "displayName": "Et annet rom",
            "groupTypes": ["Unified"],
            "mailEnabled": True,
            "mailNickname": spec.mail_nickname,
            "securityEnabled": False,
            "owners@odata.bind": [f"{found.sandbox.url}/v1.0/users/{owner}"],
        }
        other = (await found.sandbox.graph("POST", "/groups", body)).json()["id"]

        unit = await found.made(PLACE)

        assert "Det finnes allerede en gruppe med samme adresse." in unit.note
        assert f"vareunge rollout {PLACE} --adopt {other}" in unit.note
        assert [group.id for group in _groups(found)] == [other]
        await found.services.jobs.rollout.handlers.adopt(PLACE, other)
        await found.made(PLACE)
        assert [group.id for group in _groups(found)] == [other]
        plan = await found.plan(PLACE)
        assert set(in_state(plan, State.LOCAL)) >= {"group"}
        assert not plan.to_do
        await found.services.jobs.rollout.handlers.restore(PLACE, ["group"])
        await found.made(PLACE)
        assert _groups(found)[0].name == spec.name
        with pytest.raises(InvalidInput):
            await found.services.jobs.rollout.handlers.adopt(PLACE, "not-a-group")


async def test_a_site_that_is_not_made_holds_the_team_up_for_nothing_and_is_told_after_a_day(
    database_file: Path,
) -> None:
    async with bench(database_file, documents=small()) as found:
        await found.sandbox.control("POST", "mishaps", {"site_stuck": 1})

        (unit,) = await found.rollout(PLACE, patience=timedelta(hours=1))

        assert unit.note == "site_in_the_making"
        plan = await found.plan(PLACE)
        assert in_state(plan, State.PENDING)["site"].reason == "site_in_the_making"
        assert {item.state for item in plan.items if item.key.startswith(("channel", "tab"))} == {State.SAME}

        (unit,) = await found.rollout(PLACE, patience=timedelta(hours=30))

        assert "Nettstedet er ikke laget etter et døgn." in unit.note


async def test_a_step_that_is_refused_fails_itself_and_the_rest_is_made(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        refused = {"match": {"method": "POST", "path": "/sites/[^/]+/lists$"}, "do": "status", "status": 403}
        await found.sandbox.control("POST", "faults", [refused])

        unit = await found.made(PLACE)

        plan = await found.plan(PLACE)
        missing = in_state(plan, State.MISSING)
        assert {key for key in missing if not key.startswith("row:")} == {
            f"list:{spec}" for spec in ("work-packages", "indicators", "reports", "decisions", "activities")
        }
        others = [item for item in plan.items if not item.key.startswith(("list:", "row:"))]
        assert {item.state for item in others} == {State.SAME}
        assert "Microsoft 365 godtok ikke dette: work-packages" in unit.note
        await found.sandbox.control("POST", "faults", [])
        await found.made(PLACE)
        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}


async def test_the_copies_in_the_lists_follow_the_register_while_the_builder_is_closed(database_file: Path) -> None:
    documents = small()
    async with bench(database_file, documents=documents) as found:
        await found.made(PLACE)
        assert await found.services.jobs.rollout.handlers.due_units() == []
        documents[f"municipalities/{PLACE}.yaml"]["work_packages"][0]["summary"] = "Sagt på en annen måte."
        await found.import_(documents)
        await found.sandbox.control("POST", f"apps/{found.services.settings.builder_id}", {"enabled": False})

        due = await found.services.jobs.rollout.handlers.due_units()
        async with found.watching() as asked:
            await found.services.record.units.make_due(due)
            await found.run_all(until=found.services.clock.now() + timedelta(hours=1))

        assert [unit.key for unit in due] == [f"rollout.lists:{PLACE}"]
        assert writes(asked) == ["PATCH /sites/{}/lists/{}/items/{}/fields"]
        assert await found.services.jobs.rollout.handlers.due_units() == []


async def test_a_place_without_a_site_has_no_copies(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        assert await found.services.jobs.rollout.handlers.due_units() == []
        await found.services.record.units.make_due(
            [DueUnit(key="rollout.lists:larvik", due_at=found.services.clock.now())]
        )
        async with found.watching() as asked:
            await found.run_all(until=found.services.clock.now() + timedelta(hours=1))
        assert asked == []
