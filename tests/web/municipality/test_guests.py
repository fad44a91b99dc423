"""The guests' page behind sign-in: seen and answered by the people who lead there, for some guests or for all."""

import re

import pytest

from config.values import Role
from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.municipality.lead_site import Site, shown
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from web.municipality import guests
from workflows.ports.people import Guest

GUESTS = "/kommune/a-dal/gjester"
SAVED = f"{GUESTS}?avsluttet="


@pytest.fixture
async def site(database: Database) -> Site:
    """A municipality with two guests: its chair and a member."""
    site = Site(AgendaWorld(database))
    for person, role in (("chair", Role.BOARD_CHAIR), ("member", Role.BOARD_MEMBER)):
        await site.guests.note(
            Guest(
                person=person,
                object_id=person,
                invited=True,
                since=site.world.clock.now(),
                place="a-dal",
                roles=(str(role),),
            )
        )
    return site


@pytest.fixture
async def lead(site: Site) -> Browser:
    return await site.of("lead")


async def said(site: Site) -> dict[str, bool | None]:
    return {answer.person: answer.keeps for answer in await site.guests.answers()}


async def test_the_lead_sees_each_guest_with_role_and_choices(lead: Browser) -> None:
    page = await shown(lead, GUESTS)

    assert "Rolle chair Styreleder" in page
    assert "Rolle member Styremedlem" in page
    assert page.count("Fortsetter") >= 2


async def test_the_address_that_a_guest_signs_in_at_can_be_copied(lead: Browser) -> None:
    page = (await lead.get(GUESTS)).text

    assert re.search(r'<input[^>]*id="sign-in-link" value="https?://[^"]+/logg-inn"[^>]* readonly>', page)


async def test_the_page_is_in_the_menu_of_the_municipality(lead: Browser) -> None:
    assert f'href="{GUESTS}"' in (await lead.get("/kommune/a-dal/lenker")).text


async def test_a_choice_for_one_guest_says_nothing_of_the_other(site: Site, lead: Browser) -> None:
    response = await lead.send_form(GUESTS, {"member": "ends"})

    assert (response.status_code, response.headers["location"]) == (303, f"{SAVED}member")
    assert await said(site) == {"member": False}
    assert "guests.end:a-dal" in await site.world.due()


async def test_the_page_says_afterwards_who_loses_access(lead: Browser) -> None:
    assert "Disse mister tilgangen nå: Rolle member." in await shown(lead, f"{SAVED}member")
    assert "Takk. Du blir spurt igjen om et halvt år." in await shown(lead, SAVED)


async def test_a_name_in_the_address_that_nobody_has_is_not_shown(lead: Browser) -> None:
    page = await lead.get(f"{SAVED}<b>somebody</b>")

    assert page.status_code == 200
    assert "somebody" not in page.text


async def test_all_go_on(site: Site, lead: Browser) -> None:
    response = await lead.send_form(GUESTS, {"chair": "keeps", "member": "keeps"})

    assert response.headers["location"] == SAVED
    assert await said(site) == {"chair": True, "member": True}


@pytest.mark.parametrize("fields", [{}, {"member": "perhaps"}, {"stranger": "ends"}], ids=["none", "unknown", "other"])
async def test_a_form_without_a_choice_stores_nothing_and_says_so(
    site: Site, lead: Browser, fields: dict[str, str]
) -> None:
    response = await lead.send_form(GUESTS, fields)

    assert response.status_code == 400
    assert "Velg «Fortsetter» eller «Slutter» for minst én gjest." in response.text
    assert await said(site) == {}


async def test_an_open_question_is_told(site: Site, lead: Browser) -> None:
    await site.guests.ask("a-dal", ["chair"], site.world.clock.now())

    assert (await shown(lead, GUESTS)).count("venter på svar") == 1


async def test_a_municipality_without_guests_says_who_will_stand_there(database: Database) -> None:
    lead = await Site(AgendaWorld(database)).of("lead")

    assert "Her er ingen gjester nå" in await shown(lead, GUESTS)
    assert (await lead.send_form(GUESTS, {})).status_code == 400


async def test_a_county_lead_sees_them_and_leaves_the_answer_to_the_local_lead(site: Site) -> None:
    county = await site.of("county-lead")

    page = await shown(county, GUESTS)
    refused = await county.send_form(GUESTS, {"member": "ends"})

    assert "Rolle member" in page
    assert "Fortsetter" not in page
    assert refused.status_code == 404
    assert await said(site) == {}


async def test_the_county_lead_answers_for_the_local_leads(site: Site) -> None:
    await site.guests.note(
        Guest(person="lead", object_id="lead", invited=True, since=site.world.clock.now(), place="a-dal", roles=())
    )
    county = await site.of("county-lead")

    assert "Rolle lead Lokal leder" in await shown(county, "/fylket/gjester")
    response = await county.send_form("/fylket/gjester", {"lead": "keeps"})
    assert response.headers["location"] == "/fylket/gjester?avsluttet="
    assert await said(site) == {"lead": True}


async def test_many_guests_are_answered_for_page_by_page(
    site: Site, lead: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "MOST_GUESTS", 1)

    first, second = (await lead.get(GUESTS)).text, (await lead.get(f"{GUESTS}?side=2")).text
    stored = await lead.send_form(f"{GUESTS}?side=2", {"member": "keeps"})

    assert ("Rolle chair" in first, "Rolle member" in first) == (True, False)
    assert f'action="{GUESTS}?side=2"' in second
    assert stored.headers["location"] == f"{GUESTS}?side=2&avsluttet="
    assert await said(site) == {"member": True}
