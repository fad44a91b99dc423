"""The pages of rollouts: preview, order, progress, result, log, restore, adopt and overrides."""

import re

import pytest

from tests.support.rollout import PLACE
from tests.web.rollout.conftest import CountyLead

BASE = f"/fylket/utrulling/{PLACE}"


async def test_a_place_is_seen_ordered_followed_and_done_without_a_terminal(lead: CountyLead) -> None:
    assert "ikke rullet ut" in await lead.page("/fylket/utrulling")
    assert "Det finnes ingen plan nå." in await lead.page(BASE)

    assert await lead.press(f"{BASE}/se") == BASE
    looking = await lead.page(BASE)
    assert 'data-live="/fylket/utrulling/sandefjord"' in looking
    assert '<meta http-equiv="refresh" content="10">' in looking
    await lead.run("rollout.preview")
    planned = await lead.page(BASE)
    assert "Velkomst til gjester: 3." in planned
    assert "Leder Våre unge Sandefjord" in planned
    assert "<ins>(språk: Bokmål)</ins>" in planned, "no reader knows codes of languages"
    assert "<ins>Styrerapport</ins>" not in planned, "a tab's name is said once"
    assert "Kanaler" in planned
    assert "fra malen" in planned

    assert await lead.press(f"{BASE}/start") == BASE
    under_way = await lead.page(BASE)
    assert "i gang" in under_way
    assert 'id="plan" data-live' in under_way, "a plan that is carried out goes by itself"
    assert f'action="{BASE}/start"' not in under_way, "an order that is under way is not ordered again"
    await lead.run("rollout.place")

    done = await lead.page(BASE)
    assert "Rommet er som det skal." in done
    assert "Er invitert og har ikke vært inne ennå: Kommunalsjef oppvekst Sandefjord" in done
    assert "data-live" not in done
    assert "Det finnes ingen plan nå." in done, "the one that was carried out says what is to be made"
    assert 'action="/fylket/utrulling/sandefjord/start"' in done


async def test_a_closed_builder_shows_the_one_command_and_the_order_goes_on_once_it_is_open(lead: CountyLead) -> None:
    client_id = lead.bench.services.settings.builder_id
    await lead.bench.sandbox.control("POST", f"apps/{client_id}", {"enabled": False})
    command = f"az ad sp update --id {client_id} --set accountEnabled=true"
    await lead.press(f"{BASE}/se")
    await lead.run("rollout.preview")
    assert command in await lead.page(BASE)

    await lead.press(f"{BASE}/start")
    await lead.bench.services.engine.run_due([f"rollout.place:{PLACE}"])

    waiting = await lead.page(BASE)
    assert "venter på IT" in waiting
    assert command in waiting
    await lead.bench.sandbox.control("POST", f"apps/{client_id}", {"enabled": True})
    await lead.run("rollout.place")
    assert "Rommet er som det skal." in await lead.page(BASE)


async def test_progress_survives_a_restart(lead: CountyLead) -> None:
    """The team is being made when the process ends; the page of the next one goes on where that was."""
    await lead.press(f"{BASE}/start")
    await lead.bench.services.engine.run_due([f"rollout.place:{PLACE}"])
    before = await lead.page(BASE)
    assert "Microsoft lager teamet nå" in before

    await lead.bench.restart()
    await lead.again()

    after = await lead.page(BASE)
    assert "Microsoft lager teamet nå" in after
    await lead.run("rollout.place")
    assert "Rommet er som det skal." in await lead.page(BASE)


async def test_the_log_tells_every_step_with_names(lead: CountyLead) -> None:
    assert "Ingenting er gjort ennå" in await lead.page(f"{BASE}/logg")

    await lead.press(f"{BASE}/start")
    await lead.run("rollout.place")

    log = await lead.page(f"{BASE}/logg")
    assert "bestilte utrullingen." in log
    assert "Kanalen «Styret» ble laget." in log
    assert "Leder Våre unge Sandefjord ble invitert som gjest." in log
    assert "leder-sandefjord" not in log
    assert "Fanen «Styret – " in log
    assert "rollout." not in log.partition("<main")[2].partition("</main>")[0]


async def test_local_edits_are_taken_back_when_they_are_chosen(lead: CountyLead) -> None:
    await lead.bench.made(PLACE)
    assert lead.bench.sandbox.app is not None
    (team,) = lead.bench.sandbox.app.tenant.teams.teams.values()
    board = next(channel for channel in team.channels.values() if channel.name == "Styret")
    board.name = "Lederteamet"
    await lead.press(f"{BASE}/se")
    await lead.run("rollout.preview")
    shown = await lead.page(BASE)
    assert "Kanaler: Styret" in shown
    assert "nå «Lederteamet», i malen «Styret»" in shown

    assert await lead.press(f"{BASE}/sett-tilbake", {"key": "channel:board"}) == BASE
    await lead.run("rollout.place")

    assert board.name == "Styret"


async def test_what_the_plan_does_not_offer_is_not_taken_back(lead: CountyLead) -> None:
    answer = await lead.send(f"{BASE}/sett-tilbake", {"key": "channel:board"})

    assert answer.status_code == 422
    assert "Dette er ikke blant det som kan velges nå." in answer.text


async def test_a_group_that_people_made_is_asked_about_and_taken(lead: CountyLead) -> None:
    users = (await lead.bench.sandbox.graph("GET", "/users")).json()["value"]
    spec = (await lead.bench.services.record.register.programme()).place(PLACE)
    body = {
        "displayName": "Laget for hånd",
        "groupTypes": ["Unified"],
        "mailEnabled": True,
        "mailNickname": spec.mail_nickname,
        "securityEnabled": False,
        "owners@odata.bind": [f"{lead.bench.sandbox.url}/v1.0/users/{users[0]['id']}"],
    }
    group = (await lead.bench.sandbox.graph("POST", "/groups", body)).json()["id"]
    await lead.press(f"{BASE}/start")
    await lead.run("rollout.place")
    asked = await lead.page(BASE)
    assert "Det finnes allerede en gruppe med samme adresse." in asked
    assert f"vareunge rollout {PLACE} --adopt {group}" in asked

    wrong = await lead.send(f"{BASE}/ta-gruppe", {"group": "gruppen"})
    assert wrong.status_code == 422
    assert 'aria-describedby="group-help group-problem"' in wrong.text
    await lead.press(f"{BASE}/ta-gruppe", {"group": group})
    await lead.run("rollout.place")

    assert "Rommet er som det skal." in await lead.page(BASE)


async def test_a_text_of_the_template_is_said_differently_and_the_templates_again(lead: CountyLead) -> None:
    register = lead.bench.services.record.register
    before = (await register.programme()).place(PLACE).name
    assert "Navnet på rommet" in await lead.page(BASE)

    own = _own_values(await lead.page(BASE))
    await lead.press(f"{BASE}/tilpass", {"name": "name", "value": "Sandefjord sammen"})
    assert _own_values(await lead.page(BASE)) == own + 1
    assert 'href="/kommune/sandefjord/malen"' in await lead.page(BASE)
    assert (await register.programme()).place(PLACE).name == "Sandefjord sammen"
    page = await lead.page(BASE)
    assert "Sandefjord sammen" in page
    assert "fra kommunen" in page

    await lead.press(f"{BASE}/tilpass", {"name": "name", "value": " "})
    assert (await register.programme()).place(PLACE).name == before


async def test_the_second_of_two_who_change_a_text_is_told(lead: CountyLead) -> None:
    seen = (await lead.page(BASE)).partition('name="version" value="')[2].partition('"')[0]
    await lead.press(f"{BASE}/tilpass", {"name": "name", "value": "Sandefjord sammen", "version": seen})

    second = await lead.send(f"{BASE}/tilpass", {"name": "name", "value": "Sandefjord 365", "version": seen})

    assert second.status_code == 409
    assert "Noen andre endret det samme imens." in second.text
    programme = await lead.bench.services.record.register.programme()
    assert programme.place(PLACE).name == "Sandefjord sammen"


async def test_only_texts_that_may_differ_are_changed(lead: CountyLead) -> None:
    refused = await lead.send(f"{BASE}/tilpass", {"name": "unique_name", "value": "x"})
    common = await lead.send("/fylket/utrulling/umbrella/tilpass", {"name": "name", "value": "x"})

    assert (refused.status_code, common.status_code) == (422, 422)


async def test_an_order_that_failed_says_so_and_may_be_repeated(lead: CountyLead) -> None:
    refuse = {"match": {"app": "builder"}, "do": "status", "status": 403}
    await lead.bench.sandbox.control("POST", "faults", [refuse] * 60)
    await lead.press(f"{BASE}/start")
    await lead.run("rollout.place")

    failed = await lead.page(BASE)
    assert "Utrullingen kom ikke i mål." in failed
    assert "<summary>Til IT</summary>" in failed
    assert "could not" in failed
    assert f'action="{BASE}/start"' in failed


@pytest.mark.parametrize("path", ["/fylket/utrulling/nowhere", "/fylket/utrulling/nowhere/logg"])
async def test_a_place_that_is_not_ours_is_not_there(lead: CountyLead, path: str) -> None:
    assert (await lead.browser.get(path)).status_code == 404
    assert (await lead.send("/fylket/utrulling/nowhere/start")).status_code == 404


async def test_an_act_that_there_is_not_is_not_there(lead: CountyLead) -> None:
    assert (await lead.send(f"{BASE}/slett")).status_code == 404


def _own_values(page: str) -> int:
    """Return the number of values that the municipality says differently, as the page tells it."""
    found = re.search(r"Kommunens egne verdier: (\d+)", page)
    assert found is not None
    return int(found[1])
