"""Forms of the register say how many people may get mail from Outlook before they are sent."""

import pytest

from config.values import Meetings, Role
from tests.support.signed_in import Browser
from tests.web.register.desk import COUNTY, HERE, LEAD, PACKAGE, Pages

FORM = f"{HERE}/rediger"
SAID = "Antall som kan få innkalling, endring eller avlysning fra Outlook: {}."


async def in_board(pages: Pages, municipality: str) -> int:
    """Count the people of a local board."""
    programme = await pages.register.programme()
    return len(programme.board_people(programme.local_board(municipality), programme.today(pages.clock.now())))


@pytest.mark.parametrize(
    ("form", "people"),
    [
        pytest.param("rolle-ny", 1, id="the one who comes in"),
        pytest.param(f"rolle-bytt?av=work_package_lead/{PACKAGE}", 2, id="the one who comes and the one who goes"),
        pytest.param(f"rolle-slutt?av=local_lead//{LEAD}", 1, id="the one who goes"),
        pytest.param("pakke-ny", 1, id="the lead of a new package"),
        pytest.param(f"pakke-slutt?av={PACKAGE}", 1, id="the lead of a package that ends"),
    ],
)
async def test_a_role_s_form_says_how_many_outlook_may_mail(lead: Browser, form: str, people: int) -> None:
    assert SAID.format(people) in (await lead.get(f"{FORM}/{form}")).text


@pytest.mark.parametrize("name", ["location", "members"])
async def test_what_stands_in_a_board_s_invitations_is_told_to_its_people(
    pages: Pages, lead: Browser, name: str
) -> None:
    people = await in_board(pages, "horten")

    assert SAID.format(people) in (await lead.get(f"{FORM}/lokalt?av=bodies/local-board/{name}")).text


async def test_the_county_s_own_value_is_told_to_every_board(pages: Pages) -> None:
    programme = await pages.register.programme()
    today = programme.today(pages.clock.now())
    boards = [programme.local_board(item.slug) for item in programme.municipalities if item.meetings is Meetings.OURS]
    people = {person.key for body in boards for person, _ in programme.board_people(body, today)}
    county = await pages.browser(COUNTY)

    shown = (await county.get("/fylket/rediger/lokalt?av=bodies/local-board/location")).text

    assert SAID.format(len(people)) in shown


async def test_weekly_contact_that_comes_into_calendars_is_told_to_the_lead_team(lead: Browser) -> None:
    assert SAID.partition("{")[0] in (await lead.get(f"{FORM}/lokalt?av=bodies/lead-team/book")).text


async def test_what_no_invitation_says_is_told_to_nobody(lead: Browser) -> None:
    assert SAID.partition("{")[0] not in (await lead.get(f"{FORM}/lokalt?av=bodies/local-board/quorum")).text


async def test_a_municipality_that_stays_is_called_in_again(pages: Pages) -> None:
    county = await pages.browser(COUNTY)
    await county.send_form(
        "/fylket/rediger/kommune-slutt?av=horten", {"until": "2026-12-31", "later_meetings": "cancel"}
    )

    shown = (await county.get("/fylket/rediger/kommune-blir?av=horten")).text

    assert SAID.partition("{")[0] in shown


async def test_an_undo_says_how_many_the_roles_it_takes_back_concern(pages: Pages, lead: Browser) -> None:
    before = await pages.register.programme()
    assert before.holders(Role.WORK_PACKAGE_LEAD, on=before.today(pages.clock.now()), work_package=PACKAGE)
    sent = {"person": "skolesjef-horten", "first_day": "2026-10-01"}
    await lead.send_form(f"{FORM}/rolle-bytt?av=work_package_lead/{PACKAGE}", sent)

    assert SAID.format(2) in (await lead.get(f"{HERE}/logg/2/angre")).text


async def test_an_undo_of_a_board_s_own_place_says_how_many_hear_of_it(pages: Pages, lead: Browser) -> None:
    await lead.send_form(f"{FORM}/lokalt?av=bodies/local-board/location", {"location": "Rådhuset"})

    assert SAID.partition("{")[0] in (await lead.get(f"{HERE}/logg/2/angre")).text


async def test_an_undo_of_a_title_mails_nobody(lead: Browser) -> None:
    form = {"name": "Leder", "email": "leder@horten.example", "organisation": "horten-kommune", "title": "Rådgiver"}
    await lead.send_form(f"{FORM}/person?av={LEAD}", {**form, "first_name": "", "language": "nb"})

    assert SAID.partition("{")[0] not in (await lead.get(f"{HERE}/logg/2/angre")).text
