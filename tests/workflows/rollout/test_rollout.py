"""Rollouts from end to end: the service's own wiring against the sandbox, over HTTP."""

import asyncio
import dataclasses
import os
import shutil
import sys
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

import commands.units
from config.export import export_documents
from config.loading import load_documents
from integration.database.units import UnitState
from sandbox.tenant.state import Tenant
from tests.support.patience import output_of
from tests.support.rollout import (
    PLACE,
    START,
    VESTFOLD,
    Bench,
    Documents,
    bench,
    few,
    in_state,
    kinds_of,
    small,
    writes,
)
from tests.support.sandbox import ROOT, running_sandbox
from workflows.rollout.plan import State

WAITS = {"team.operation", "team.wait", "site.wait"}
"""Notes that are known while something is being made."""
ROUND_TRIPS = 5
"""Questions of a rollout of the small place when nothing differs. Fewer is better: lower it when it gets less."""


@pytest.fixture
def empty(migrated_file: Path) -> Path:
    return migrated_file


def _tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


# ------------------------------------------------------------------------------------------------------------ the same


async def test_a_plan_and_a_second_rollout_write_nothing_and_ask_little(made: Bench) -> None:
    before = await made.sandbox.state()
    async with made.watching() as asked:
        unit = await made.made(PLACE)
    async with made.watching() as planned:
        plan = await made.plan(PLACE)

    assert writes(asked) == writes(planned) == []
    assert max(asked.round_trips, planned.round_trips) <= ROUND_TRIPS
    assert {item.state for item in plan.items} == {State.SAME}
    assert await made.sandbox.state() == before
    assert unit.note == "0 ting er laget eller endret."


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(
            {"GET /appCatalogs/teamsApps", "GET /teams/{}/installedApps", "GET /users/{}/teamwork/installedApps"},
            id="where the app of a new team is",
        ),
        pytest.param({"GET /teams/{}/channels/{}/tabs"}, id="the tabs of channels that were made together"),
        pytest.param({"POST /sites/{}/lists/{}/items"}, id="the rows of all lists"),
    ],
)
async def test_a_first_rollout_asks_in_one_round_trip_what_belongs_together(
    database_file: Path, kinds: Collection[str]
) -> None:
    async with bench(database_file, documents=small()) as found:
        before = len(await found.calls())
        await found.rollout(PLACE)
        round_trips = [set(kinds_of(entry["request"])) for entry in (await found.calls())[before:]]

    [asked] = [travelled for travelled in round_trips if travelled & set(kinds)]
    assert asked == set(kinds)


@pytest.mark.parametrize("place", [PLACE, "umbrella", "lead-network"])
async def test_as_many_things_are_made_as_the_plan_has_to_do(database_file: Path, place: str) -> None:
    async with bench(database_file, documents=small()) as found:
        plan = await found.plan(place)

        unit = await found.made(place)

        assert unit.note.startswith(f"{len(plan.to_do)} ting er laget eller endret.")
        assert (await found.made(place)).note == "0 ting er laget eller endret."


async def test_a_guest_who_has_not_come_in_yet_is_pending_until_then_and_nothing_is_written(
    database_file: Path,
) -> None:
    async with bench(database_file, documents=small()) as found:
        await found.rollout(PLACE)

        plan = await found.plan(PLACE)
        async with found.watching() as asked:
            (unit,) = await found.rollout(PLACE)

        waiting = in_state(plan, State.PENDING)
        assert set(waiting) == {
            *("person:kommunalsjef-sandefjord", "person:leder-sandefjord", "person:pakkeleder-sandefjord")
        }
        assert {item.reason for item in waiting.values()} == {"not_redeemed"}
        assert writes(asked) == []
        assert asked.round_trips <= ROUND_TRIPS
        assert unit.state is UnitState.DONE
        assert "Er invitert og har ikke vært inne ennå: kommunalsjef-sandefjord" in unit.note
        found.redeem()
        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}
        assert (await found.made(PLACE)).note == "0 ting er laget eller endret."


async def test_what_a_plan_shows_is_what_the_rollout_makes(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        before = await found.sandbox.state()
        plan = await found.plan(PLACE)
        assert await found.sandbox.state() == before

        unit = await found.made(PLACE)

        assert not in_state(plan, State.PENDING, State.UNKNOWN, State.BLOCKED)
        made = {*in_state(plan, State.MISSING)} - {item.key for item in plan.items if item.key.startswith("owner:")}
        # The owners come with the group, and the library with the site: neither is a step of its own.
        assert {item.key for item in (await found.plan(PLACE)).items if item.state is State.SAME} >= made
        assert "laget eller endret." in unit.note


async def test_tabs_that_the_service_puts_off_are_made_within_the_wait_of_a_person(database_file: Path) -> None:
    """A command run a moment before has used up the channel's limit, which this process knows nothing of."""
    async with bench(database_file, documents=small()) as found:
        tabs = {"method": "POST", "path": "/tabs$"}
        throttled = {"do": "status", "status": 429, "retry_after": 1}
        await found.sandbox.control(
            "POST", "faults", [{"match": {**tabs, "nth": n}, **throttled} for n in range(1, 10)]
        )

        (unit,) = await found.rollout(PLACE, patience=commands.units.LONGEST_WAIT)

        assert unit.state is UnitState.DONE
        plan = await found.plan(PLACE)
        assert {item.state for item in plan.items if item.key.startswith("tab:")} == {State.SAME}


async def test_everything_known_again_and_nothing_doubled_when_the_database_is_lost(
    made: Bench, empty: Path, tmp_path: Path
) -> None:
    """An empty database, the register as it was exported before, and a rollout, as `docs/store.md` says."""
    before = await made.sandbox.state()
    export_documents(await made.services.record.register.documents(), tmp_path)
    known = set(await made.services.record.resources.of(PLACE))
    await made.restart(lose=empty)
    await made.import_(load_documents(tmp_path))

    await made.made(PLACE)

    after = await made.sandbox.state()
    for area in ("directory", "teams", "catalog"):
        assert after[area] == before[area]
    again = set(await made.services.record.resources.of(PLACE))
    # Who was put into the group before is not known to have come by us.
    assert {key for key in known - again if not key.startswith(("member:", "owner:"))} <= WAITS
    plan = await made.plan(PLACE)
    assert {item.state for item in plan.items} == {State.SAME}


async def test_what_people_made_by_hand_is_adopted(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        group = found.services.record.register
        spec = (await group.programme()).place(PLACE)
        assert spec is not None
        owner = next(user for user in _tenant(found).directory.users.values() if not user.guest)
        body = {
            "displayName": "Laget for hånd",
            "description": "Vårt rom",
            "groupTypes": ["Unified"],
            "mailEnabled": True,
            "mailNickname": spec.mail_nickname,
            "securityEnabled": False,
            "visibility": "Private",
            "owners@odata.bind": [f"{found.sandbox.url}/v1.0/users/{owner.id}"],
        }
        path = f"/groups(uniqueName='{spec.unique_name}')"
        answer = await found.sandbox.graph("PATCH", path, body, headers={"Prefer": "create-if-missing"})
        group_id = answer.json()["id"]
        await found.sandbox.graph(
            "POST",
            "/teams",
            {
                "template@odata.bind": f"{found.sandbox.url}/v1.0/teamsTemplates('standard')",
                "group@odata.bind": f"{found.sandbox.url}/v1.0/groups('{group_id}')",
            },
        )
        channel = spec.channels[0].name.lower()
        await found.sandbox.graph("POST", f"/teams/{group_id}/channels", {"displayName": channel})

        await found.made(PLACE)

        tenant = _tenant(found)
        assert len(tenant.directory.groups) == len(tenant.teams.teams) == 1
        names = [item.name.lower() for item in tenant.teams.teams[group_id].channels.values()]
        assert names.count(channel) == 1
        assert tenant.directory.groups[group_id].name == "Laget for hånd"
        local = in_state(await found.plan(PLACE), State.LOCAL)
        assert set(local) == {"group", "group.description", "channel:board.description", f"owner:{owner.id}"}


# ---------------------------------------------------------------------------------------------------------- local edits


async def test_what_people_changed_is_kept_shown_and_not_doubled(made: Bench) -> None:
    tenant = _tenant(made)
    (team,) = tenant.teams.teams.values()
    board = next(channel for channel in team.channels.values() if channel.name == "Styret")
    board.name = "Lederteamet"
    board.tabs.popitem()
    site = tenant.sharepoint.site((await made.services.record.resources.of(PLACE))["site"].external_id)
    start = next(page for page in site.pages if page.name == "start.aspx")
    section = start.draft.sections[0]["columns"][0]["webparts"][0]
    section["innerHtml"] = "<p>Hei fra oss</p>"
    site.drive.delete(site.drive.at("Rapporter"))
    state = await made.sandbox.state()

    plan = await made.plan(PLACE)
    async with made.watching() as asked:
        await made.made(PLACE)

    local = in_state(plan, State.LOCAL)
    assert set(local) == {"channel:board", "tab:board/calendar", "page:landing", "folder:Rapporter"}
    assert all(item.can_be_restored for item in local.values())
    assert (local["channel:board"].old, local["channel:board"].new) == ("Lederteamet", "Styret")
    assert writes(asked) == []
    assert await made.sandbox.state() == state


async def test_a_changed_template_writes_exactly_the_change(made: Bench) -> None:
    documents = small()
    template = documents["template.yaml"]["places"]["municipality"]
    template["description"] = "Et nytt ord om rommet i {municipality}."
    template["channels"].append({"key": "events", "name": "Arrangementer"})
    await made.import_(documents)

    plan = await made.plan(PLACE)
    async with made.watching() as asked:
        await made.made(PLACE)

    assert set(in_state(plan, State.MISSING)) == {"channel:events"}
    (changed,) = in_state(plan, State.DIFFERS).values()
    assert changed.key == "group.description"
    assert changed.new == "Et nytt ord om rommet i Sandefjord."
    assert writes(asked) == ["PATCH /groups/{}", "POST /teams/{}/channels"]
    assert {item.state for item in (await made.plan(PLACE)).items} == {State.SAME}


async def test_old_and_new_and_who_wants_it_stand_beside_a_row_of_the_register(made: Bench) -> None:
    documents = small()
    package = documents[f"municipalities/{PLACE}.yaml"]["work_packages"][0]
    before, package["summary"] = package.get("summary", ""), "Sagt på en annen måte."
    package["name"] = f"{package['name']} 2"
    await made.import_(documents)

    row = in_state(await made.plan(PLACE), State.DIFFERS)[f"row:work-packages/{package['key']}"]

    assert row.layer == "register"
    assert "Om arbeidspakken: Sagt på en annen måte." in row.new
    assert f"Title: {package['name']}" in row.new
    assert "Om arbeidspakken: " in row.old
    assert before[:10] in row.old
    assert "annen" not in row.old


async def test_a_cell_that_people_changed_stands_beside_what_the_register_says(made: Bench) -> None:
    site = _tenant(made).sharepoint.site((await made.services.record.resources.of(PLACE))["site"].external_id)
    packages = next(each for each in site.lists if each.display_name == "Arbeidspakker")
    next(iter(packages.rows.values())).values["Summary"] = "Vår egen tekst."

    (row,) = in_state(await made.plan(PLACE), State.LOCAL).values()

    assert row.key.startswith("row:work-packages/")
    assert row.old == "Om arbeidspakken: Vår egen tekst."
    assert row.new.startswith("Om arbeidspakken: ")


async def test_nobody_sees_the_keys_of_rows(made: Bench) -> None:
    site = _tenant(made).sharepoint.site((await made.services.record.resources.of(PLACE))["site"].external_id)
    package = small()[f"municipalities/{PLACE}.yaml"]["work_packages"][0]

    lists = [each for each in site.lists if "Key" in each.columns]
    assert lists
    assert all(each.columns["Key"].hidden for each in lists)
    assert package["key"] in [row.values["Key"] for each in lists for row in each.rows.values()]


async def test_a_list_of_before_hides_its_keys_and_keeps_its_rows(made: Bench) -> None:
    documents = small()
    lists = documents["template.yaml"]["places"]["municipality"]["lists"]
    packages = next(each for each in lists if each["key"] == "work-packages")
    packages["columns"][0]["hidden"] = False
    await made.import_(documents)
    await made.made(PLACE)
    await made.import_(small())

    plan = await made.plan(PLACE)
    async with made.watching() as asked:
        await made.made(PLACE)

    (column,) = in_state(plan, State.DIFFERS, State.MISSING).values()
    assert (column.key, column.old, column.new) == ("column:work-packages/Key", "Nøkkel", "Nøkkel (hidden)")
    assert [kind for kind in asked if not kind.startswith("GET")] == ["PATCH /sites/{}/lists/{}/columns/{}"]


async def test_the_changed_words_of_the_landing_page_are_shown_with_the_layer_that_wants_them(made: Bench) -> None:
    documents = small()
    county = documents["county.yaml"].setdefault("overrides", {}).setdefault("places", {})
    county.setdefault("municipality", {})["landing_intro"] = "Et nytt ord til alle i {municipality}."
    await made.import_(documents)

    (page,) = in_state(await made.plan(PLACE), State.DIFFERS).values()

    assert (page.key, page.layer) == ("page:landing", "county")
    assert "Et nytt ord til alle i Sandefjord." in page.new
    assert page.old
    assert "Et nytt ord" not in page.old
    assert len(page.old) < 120


@pytest.mark.parametrize("kind", ["person", "owner", "member", "row"])
async def test_what_the_register_wants_is_told_as_that(database_file: Path, kind: str) -> None:
    async with bench(database_file, documents=small()) as found:
        plan = await found.plan(PLACE)

        assert {item.layer for item in plan.items if item.key.startswith(f"{kind}:")} == {"register"}


# ------------------------------------------------------------------------------------------------ what we cannot do


def _with_a_closed_partner() -> Documents:
    """The small place with a board member from an organisation that lets nobody be a guest."""
    documents = small()
    documents["organisations.yaml"]["organisations"].append(
        {"key": "stengt", "name": "Stengt", "kind": "other", "tenant": "guest", "domain": "stengt.example"}
    )
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    municipality["people"].append(
        {"key": "gjest", "name": "Gjest", "email": "gjest@stengt.example", "organisation": "stengt"}
    )
    municipality["assignments"].append({"person": "gjest", "role": "board_member"})
    return documents


async def test_a_partner_that_refuses_and_a_colleague_without_account_hold_nobody_else_up(database_file: Path) -> None:
    documents = _with_a_closed_partner()
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    municipality["people"].append(
        {"key": "ny", "name": "Nyansatt", "email": "ny@vestfoldfylke.example", "organisation": _home(documents)}
    )
    municipality["assignments"].append({"person": "ny", "role": "board_member"})
    async with bench(database_file, documents=documents) as found:
        unit = await found.made(PLACE)

        assert "Invitasjonen ble avvist: gjest." in unit.note
        assert "stengt.example" in unit.note
        assert "request-id" in unit.note
        assert "Mangler konto hos fylkeskommunen: ny." in unit.note
        plan = await found.plan(PLACE)
        assert set(in_state(plan, State.PENDING)) >= {"person:ny", "member:ny"}
        assert not in_state(plan, State.DIFFERS, State.MISSING, State.UNKNOWN)
        blocked = in_state(plan, State.BLOCKED)
        assert set(blocked) == {"person:gjest"}
        assert (blocked["person:gjest"].reason, blocked["person:gjest"].layer) == ("invitation_refused", "register")
        assert "stengt.example" in blocked["person:gjest"].todo
        assert "Ring" in blocked["person:gjest"].todo
        assert {item.state for item in plan.items if item.key.startswith(("channel", "list", "page"))} == {State.SAME}


INVITATION = "POST /invitations"


async def test_a_refused_invitation_is_not_sent_again_by_every_rollout(database_file: Path) -> None:
    async with bench(database_file, documents=_with_a_closed_partner()) as found:
        await found.made(PLACE)

        async with found.watching() as asked:
            unit = await found.made(PLACE)

        assert writes(asked) == []
        assert asked.round_trips <= ROUND_TRIPS
        assert "Invitasjonen ble avvist: gjest." in unit.note
        assert unit.note.startswith("0 ting er laget eller endret.")


@pytest.mark.parametrize("why", ["a week has gone", "the register says something else", "somebody orders it"])
async def test_a_refused_guest_is_invited_again_when(database_file: Path, why: str) -> None:
    documents = _with_a_closed_partner()
    async with bench(database_file, documents=documents) as found:
        await found.made(PLACE)
        if why == "a week has gone":
            async with found.services.clock.busy():
                await found.services.clock.sleep_until(START + timedelta(days=8))
        elif why == "the register says something else":
            documents["organisations.yaml"]["organisations"][-1]["outbound"] = "open"
            await found.import_(documents)
        else:
            await found.services.jobs.rollout.handlers.restore(PLACE, ["person:gjest"])

        plan = await found.plan(PLACE)
        async with found.watching() as asked:
            await found.made(PLACE)
        async with found.watching() as later:
            await found.made(PLACE)

        assert "person:gjest" in in_state(plan, State.MISSING)
        assert writes(asked) == [INVITATION]
        assert writes(later) == []


async def test_a_guest_whom_the_partner_lets_go_after_all_is_let_in(database_file: Path) -> None:
    async with bench(database_file, documents=_with_a_closed_partner()) as found:
        await found.made(PLACE)
        directory = _tenant(found).directory
        directory.seed = dataclasses.replace(directory.seed, blocked_domains=frozenset())
        await found.services.jobs.rollout.handlers.restore(PLACE, ["person:gjest"])

        await found.made(PLACE)

        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}
        assert "refused:gjest" not in await found.services.record.resources.of(PLACE)


def _home(documents: dict[str, dict[str, list[dict[str, str]]]]) -> str:
    found = documents["organisations.yaml"]["organisations"]
    return next(item["key"] for item in found if item["tenant"] == "home")


async def test_a_closed_builder_parks_the_order_and_changes_nothing(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        builder = found.services.settings.builder_id
        await found.sandbox.control("POST", f"apps/{builder}", {"enabled": False})
        before = await found.sandbox.state()

        (unit,) = await found.rollout(PLACE, patience=timedelta(0))

        assert unit.note == "builder_closed"
        assert await found.sandbox.state() == before
        await found.sandbox.control("POST", f"apps/{builder}", {"enabled": True})
        await found.made(PLACE)


async def test_in_a_rehearsal_only_those_on_the_list_are_touched(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        programme = await found.services.record.register.programme()
        spec = programme.find_place(PLACE)
        assert spec is not None
        day = found.services.clock.now().date()
        owner = programme.owners(spec, day)[0]
        guest = next(person for person in programme.place_people(spec, day) if programme.is_guest(person))
        users = set((await found.sandbox.state())["directory"]["users"])
        await found.restart(allowed_recipients=(owner.email, guest.email))

        unit = await found.made(PLACE)

        state = await found.sandbox.state()
        assert set(state["directory"]["users"]) - users == {guest.email}
        (group,) = state["directory"]["groups"].values()
        assert set(group["owners"]) == {owner.email}
        assert set(group["members"]) == {owner.email, guest.email}
        assert set(state["teams"]["personal_apps"]) == {owner.email}
        assert "øving" in unit.note
        await found.run_all(until=found.services.clock.now() + timedelta(days=30))
        assert await found.mailed() == {guest.email: 1}


# -------------------------------------------------------------------------------------------------------------- welcome


async def test_each_new_guest_is_welcomed_once_in_sending_hours(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        await found.rollout(PLACE, "umbrella")
        await found.rollout(PLACE, "umbrella")
        await found.run_all(until=found.services.clock.now() + timedelta(days=30))

        state = await found.sandbox.state()
        guests = {mail for mail, user in state["directory"]["users"].items() if user["type"] == "Guest"}
        assert await found.mailed() == dict.fromkeys(guests, 1)
        messages = await found.services.record.messages.list_messages(kind="rollout.welcome")
        both = next(message for message in messages if message.person == "leder-sandefjord")
        for place in ("Våre unge Sandefjord", "Våre unge Vestfold"):
            assert place in both.content.text


# ----------------------------------------------------------------------------------------------------- one more of them


async def test_one_more_municipality_is_one_more_file(database_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    shutil.copytree(VESTFOLD, folder)
    (folder / "municipalities" / "sor-a.yaml").write_text(ONE_MORE, encoding="utf-8")
    async with running_sandbox(seed=folder) as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        env = {**os.environ, **sandbox.env, "VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{database_file}"}

        for arguments in (["import", str(folder)], ["rollout", "sor-a"]):
            command = [sys.executable, "-m", "cli", *arguments]
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            printed, _ = await output_of(process, f"`vareunge {arguments[0]}`")
            assert process.returncode == 0, printed.decode()

        state = await sandbox.state()
        (team,) = state["teams"]["teams"].values()
        assert "Læring på øya" in team["channels"]
        (group,) = state["directory"]["groups"].values()
        assert group["name"] == "Våre unge Sør-Å og Øvre Sjø"
        assert "lagleder@sor-a.example" in group["members"]


ONE_MORE = """
municipality:
  slug: sor-a
  number: "9901"
  name: Sør-Å og Øvre Sjø
  organisation: sor-a-kommune
  schools: []
  place: ours
  meetings: ours
organisations:
  - {key: sor-a-kommune, name: Sør-Å og Øvre Sjø kommune, kind: municipality, tenant: guest, domain: sor-a.example}
people:
  - {key: styreleder-sor-a, name: Styreleder Sør-Å, email: styreleder@sor-a.example, organisation: sor-a-kommune}
  - {key: leder-sor-a, name: Leder Sør-Å, email: lagleder@sor-a.example, organisation: sor-a-kommune}
assignments:
  - {person: styreleder-sor-a, role: board_chair}
  - {person: leder-sor-a, role: local_lead}
  - {person: leder-sor-a, role: work_package_lead, work_package: sor-a-oya}
work_packages:
  - {key: sor-a-oya, name: Læring på øya, state: running, since: 2025-09-01}
"""


async def test_what_all_share_leads_to_the_place_a_municipality_made_itself(database_file: Path) -> None:
    documents = few()
    larvik = documents["municipalities/larvik.yaml"]["municipality"]
    larvik |= {"place": "theirs", "place_url": "https://larvik.example/vare-unge"}
    async with bench(database_file, documents=documents) as found:
        await found.made("umbrella")

        site = _tenant(found).sharepoint.site(
            (await found.services.record.resources.of("umbrella"))["site"].external_id
        )
        page = next(page for page in site.pages if page.name == "start.aspx")
        assert 'href="https://larvik.example/vare-unge"' in str(page.published)
        assert {item.state for item in (await found.plan("umbrella")).items} == {State.SAME}
