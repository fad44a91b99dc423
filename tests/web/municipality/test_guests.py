"""Guests behind sign-in: everybody who looks after a place sees them, those who lead it say who goes on."""

import pytest

from integration.database.connection import Database
from tests.web.municipality.lead_site import Site, shown, words
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import OPENS
from workflows.ports.people import Guest
from workflows.ports.units import DueUnit

PAGE = "/kommune/a-dal/gjester"


@pytest.fixture
async def site(database: Database) -> Site:
    """The chair and a member came as guests."""
    found = Site(AgendaWorld(database))
    for person in ("chair", "member"):
        await found.guests.note(
            Guest(person=person, object_id=person, invited=True, since=OPENS, place="a-dal", roles=("board_member",))
        )
    return found


async def test_the_lead_says_who_goes_on_and_is_told_who_ends(site: Site) -> None:
    lead = await site.of("lead")

    answer = await lead.send_form(PAGE, {"chair": "keeps", "member": "ends"})
    said = await shown(lead, answer.headers["location"])
    await site.doors.guests.end(DueUnit(key="guests.end:a-dal", due_at=OPENS), site.world.history)

    assert {item.person: item.keeps for item in await site.guests.answers()} == {"chair": True, "member": False}
    assert "Disse mister tilgangen nå: Rolle member." in said
    assert [person for person, _ in site.roles.ended] == ["member"]


async def test_a_form_that_leaves_somebody_out_comes_back_as_it_was_sent(site: Site) -> None:
    answer = await (await site.of("lead")).send_form(PAGE, {"chair": "ends"})

    assert answer.status_code == 400
    assert "Velg også for disse: Rolle member" in words(answer.text)
    assert 'id="chair-ends" value="ends" checked' in answer.text
    assert await site.guests.answers() == []


async def test_a_county_lead_sees_the_guests_that_a_local_lead_confirms(site: Site) -> None:
    county = await site.of("guest-lead")

    page = await shown(county, PAGE)
    answer = await county.send_form(PAGE, {"chair": "ends", "member": "ends"})

    assert "Rolle lead sier hvem som fortsatt skal være gjest her." in page
    assert "Rolle member" in page
    assert "Lagre valgene" not in page
    assert answer.status_code == 404
    assert await site.guests.answers() == []


async def test_the_programme_s_own_guests_are_the_county_lead_s(site: Site) -> None:
    assert "Her er ingen gjester nå." in await shown(await site.of("guest-lead"), "/fylket/gjester")
    assert (await (await site.of("lead")).get("/fylket/gjester")).status_code == 404
    assert (await (await site.of("lead")).send_form("/fylket/gjester", {})).status_code == 404


async def test_where_nobody_leads_the_county_lead_confirms(site: Site) -> None:
    held = site.world.programme.assignments
    site.world.programme = site.world.programme.model_copy(
        update={"assignments": tuple(item for item in held if item.person != "lead")}
    )
    county = await site.of("guest-lead")

    answer = await county.send_form(PAGE, {"chair": "keeps", "member": "keeps"})

    assert answer.status_code == 303
    assert {item.keeps for item in await site.guests.answers()} == {True}
