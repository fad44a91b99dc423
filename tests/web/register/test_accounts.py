"""Looking up, on the form of a new person, whether the address has an account."""

import re

import pytest

from tests.support.signed_in import Browser
from tests.web.register.desk import COUNTY, HERE, LEAD, Pages
from workflows.register.look_up import LookUpState

FORM = f"{HERE}/rediger/person-ny"
TYPED = {"name": "Rådgiver NAV", "email": "radgiver@nav.example", "act": "look_up"}


def question_in(page: str) -> str:
    found = re.search(rf'data-live="({HERE}/konto\?id=[^"]+)" data-every="2"', page)
    assert found is not None
    return found[1]


async def test_a_look_up_keeps_what_was_typed_and_stores_no_person(pages: Pages, lead: Browser) -> None:
    asked = await lead.send_form(FORM, TYPED)

    assert asked.status_code == 200
    assert 'value="Rådgiver NAV"' in asked.text
    assert "slås opp" in asked.text
    assert "Fyll ut" not in asked.text
    assert (await pages.register.programme()).find_person("radgiver-nav") is None


async def test_the_page_looks_until_the_unit_has_answered(pages: Pages, lead: Browser) -> None:
    address = question_in((await lead.send_form(FORM, TYPED)).text)
    waiting = await lead.get(address)
    await pages.look_ups.answer(address.partition("=")[2], LookUpState.NONE, pages.clock.now())

    answered = await lead.get(address)

    assert "data-live" in waiting.text
    assert "data-live" not in answered.text
    assert "radgiver@nav.example" in answered.text
    assert "har ingen konto; inviteres som gjest" in answered.text


async def test_the_address_that_a_guest_signs_in_at_comes_with_the_answer(lead: Browser) -> None:
    assert 'id="sign-in-link"' not in (await lead.get(FORM)).text
    assert re.search(r'id="sign-in-link" value="http[^"]+/logg-inn"', (await lead.send_form(FORM, TYPED)).text)


@pytest.mark.parametrize("email", ["", "nobody", "@here.no".rjust(255, "a")], ids=["none", "no address", "too long"])
async def test_without_an_address_nothing_is_asked(lead: Browser, email: str) -> None:
    asked = await lead.send_form(FORM, {**TYPED, "email": email})

    assert asked.status_code == 200
    assert "data-live" not in asked.text


async def test_a_question_that_is_forgotten_has_no_answer(lead: Browser) -> None:
    page = await lead.get(f"{HERE}/konto?id=forgotten")

    assert page.status_code == 200
    assert "data-live" not in page.text


async def test_the_county_lead_looks_up_the_programme_s_own_people(pages: Pages) -> None:
    county = await pages.browser(COUNTY)

    asked = await county.send_form("/fylket/rediger/person-ny", TYPED)

    found = re.search(r'data-live="(/fylket/konto\?id=[^"]+)"', asked.text)
    assert found is not None
    assert "slås opp" in (await county.get(found[1])).text


async def test_other_forms_look_nothing_up(lead: Browser) -> None:
    form = await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", {"act": "look_up", "name": "", "email": ""})

    assert form.status_code == 400
    assert "data-live" not in form.text


@pytest.mark.parametrize(("form", "warns"), [("person-ny", False), ("interessent", True)])
async def test_only_forms_that_ask_for_no_person_warn_against_names(lead: Browser, form: str, warns: bool) -> None:
    page = await lead.get(f"{HERE}/rediger/{form}")

    assert ("Ikke skriv navn eller andre opplysninger" in page.text) is warns
