"""Sign-in with Ansattporten: bound once by a mailed link, and by nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from integration.database.connection import Database
from integration.database.tables import audit
from tests.web.access.journey import Browser, Journey, journey
from workflows.messages.short_links import LINK_LIFE


@pytest.fixture
async def place(database: Database, database_url: str) -> AsyncIterator[Journey]:
    async with journey(database, database_url) as found:
        yield found


async def asked(place: Journey, person: str, *, as_email: str | None = None) -> Browser:
    """Sign in with Ansattporten for the first time, and ask for the link to the address of *person*."""
    browser = place.browser()
    page = await browser.sign_in(as_email or place.email(person), by="Ansattporten")
    assert "Første gang du logger inn her" in page.text
    page = await browser.send("/logg-inn/ukjent", email=place.email(person))
    assert "Se etter en e-post fra oss" in page.text
    return browser


async def bound(place: Journey, person: str) -> Browser:
    """Bind the person's own account by the link in the mail."""
    browser = await asked(place, person)
    await browser.go((await place.mails())[-1])
    await browser.follow("Logg inn med Ansattporten")
    await browser.follow(place.email(person))
    await browser.send("/logg-inn/knytt")
    return browser


async def test_a_municipal_lead_binds_the_employer_s_account_and_comes_in(place: Journey) -> None:
    lead = place.local_lead()
    name, email = place.programme.person(lead).name, place.email(lead)
    browser = await asked(place, lead)

    page = await browser.go((await place.mails())[0])
    assert f"Lenken er til {name}" in page.text
    assert email in page.text
    await browser.follow("Logg inn med Ansattporten")
    page = await browser.follow(email)
    assert f"Er du {name}?" in page.text
    assert page.text.count(email) == 2
    assert not browser.session
    await browser.send("/logg-inn/knytt")

    assert await browser.is_signed_in()


async def test_once_bound_signing_in_is_one_step(place: Journey) -> None:
    lead = place.local_lead()
    await bound(place, lead)
    another = place.browser()

    page = await another.sign_in(place.email(lead), by="Ansattporten")

    assert place.programme.person(lead).name in page.text


async def test_a_change_of_address_loses_no_binding(place: Journey) -> None:
    lead = place.local_lead()
    await bound(place, lead)
    old = place.email(lead)
    people = tuple(
        person.model_copy(update={"email": "ny.adresse@kommune.example"}) if person.key == lead else person
        for person in place.programme.people
    )
    place.give_programme(place.programme.model_copy(update={"people": people}))
    browser = place.browser()

    await browser.sign_in(old, by="Ansattporten")

    assert await browser.is_signed_in()


async def test_a_bound_address_that_changed_hands_lets_nobody_in(place: Journey) -> None:
    """The newcomer holds the address, and so the mailbox; the account is another one."""
    lead = place.local_lead()
    await bound(place, lead)
    email, mails = place.email(lead), len(await place.mails())
    await place.sandbox.control("POST", "sign-in/subject", {"email": email, "subject": "the-newcomer"})
    newcomer = place.browser()

    await newcomer.sign_in(email, by="Ansattporten")
    await newcomer.send("/logg-inn/ukjent", email=email)

    assert not newcomer.session
    assert len(await place.mails()) == mails


async def test_two_people_with_one_address_get_no_link(place: Journey) -> None:
    first, second = place.local_lead(), place.county_lead()
    people = tuple(
        person.model_copy(update={"email": place.email(first)}) if person.key == second else person
        for person in place.programme.people
    )
    place.give_programme(place.programme.model_copy(update={"people": people}))

    await asked(place, first)

    assert await place.mails() == []


@pytest.mark.parametrize("address", ["ingen@kommune.example", "", "æ" * 300])
async def test_an_address_that_nobody_has_is_answered_like_any_other(place: Journey, address: str) -> None:
    browser = place.browser()
    await browser.sign_in(place.email(place.local_lead()), by="Ansattporten")

    page = await browser.send("/logg-inn/ukjent", email=address)

    assert "Se etter en e-post fra oss" in page.text
    assert await place.mails() == []


async def test_the_mail_goes_to_the_address_in_the_register_alone(place: Journey) -> None:
    """A stranger may ask to be anybody: the link comes to the one asked for, and binds whoever signs in there."""
    lead, stranger = place.local_lead(), "fremmed@annen.example"
    await place.sandbox.control("POST", "sign-in/subject", {"email": stranger, "subject": "stranger"})

    await asked(place, lead, as_email=place.email(place.county_lead()))

    messages = await place.outside.record.messages.list_messages(kind="links.mail")
    assert [message.person for message in messages] == [lead]


async def test_the_link_binds_once(place: Journey) -> None:
    lead = place.local_lead()
    await bound(place, lead)
    used, thief = (await place.mails())[0], place.browser()

    assert (await thief.go(used)).status_code == 404
    await thief.leave_for("ansattporten", query=f"?knytt={used.rpartition('/')[2]}")
    await thief.sign_in(place.email(place.county_lead()), by="Ansattporten")
    assert not thief.session


async def test_of_two_who_confirm_at_once_one_is_bound(place: Journey) -> None:
    lead, other = place.local_lead(), place.email(place.county_lead())
    owner, second = await asked(place, lead), place.browser()
    link = (await place.mails())[0]
    for browser, email in ((owner, place.email(lead)), (second, other)):
        await browser.go(link)
        await browser.follow("Logg inn med Ansattporten")
        await browser.follow(email)

    await owner.send("/logg-inn/knytt")
    page = await second.send("/logg-inn/knytt")

    assert page.status_code == 409
    assert "Lenken kan ikke brukes" in page.text
    assert (await second.go("/logg-inn/knytt")).status_code == 404
    assert (await owner.is_signed_in(), await second.is_signed_in()) == (True, False)


async def test_an_identity_of_somebody_else_is_not_bound_again(place: Journey) -> None:
    lead, other = place.local_lead(), place.county_lead()
    await bound(place, lead)
    await asked(place, other)
    thief = place.browser()
    await thief.go((await place.mails())[-1])
    await thief.follow("Logg inn med Ansattporten")

    await thief.follow(place.email(lead))

    assert await place.outside.record.identities.of_person(other) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"acr": "idporten-loa-high"},
        {"acr": None},
        {"pid": "00000000000"},
        {"sub": None},
        {"sub": ""},
        {"iss": "https://test.ansattporten.example"},
        {"nonce": "another"},
        {"key": "other"},
    ],
    ids=[
        "an eID",
        "no way named",
        "a national identity number",
        "no subject",
        "empty subject",
        "issuer",
        "nonce",
        "key",
    ],
)
async def test_a_token_that_is_not_as_agreed_is_refused(place: Journey, claims: dict[str, Any]) -> None:
    browser = place.browser()
    await place.wrong(**claims)

    page = await browser.sign_in(place.email(place.local_lead()), by="Ansattporten")

    assert page.status_code == 400


async def test_a_link_ends_by_itself(place: Journey) -> None:
    await asked(place, place.local_lead())
    place.clock.advance(LINK_LIFE)

    assert (await place.browser().go((await place.mails())[0])).status_code == 404


async def test_without_the_question_s_own_word_nothing_is_bound(place: Journey) -> None:
    lead = place.local_lead()
    browser = await asked(place, lead)
    await browser.go((await place.mails())[0])
    await browser.follow("Logg inn med Ansattporten")
    await browser.follow(place.email(lead))

    for form, headers in (({"word": ""}, {}), ({"word": "guessed"}, {}), ({}, {"sec-fetch-site": "cross-site"})):
        answer = await browser.ours.post("/logg-inn/knytt", data=form, headers=headers)
        assert answer.status_code == 403
    assert await place.outside.record.identities.of_person(lead) is None


@pytest.mark.parametrize("path", ["/logg-inn/ukjent", "/logg-inn/knytt"])
async def test_the_pages_are_nothing_without_a_proved_identity(place: Journey, path: str) -> None:
    assert (await place.browser().go(path)).status_code == 404


async def test_an_account_of_our_tenant_is_never_bound(place: Journey) -> None:
    browser = place.browser()
    await browser.sign_in(place.email(place.county_lead()))

    assert (await browser.go("/logg-inn/ukjent")).status_code == 404


async def test_the_form_from_another_site_mails_nothing(place: Journey) -> None:
    browser = place.browser()
    await browser.sign_in(place.email(place.local_lead()), by="Ansattporten")

    answer = await browser.ours.post("/logg-inn/ukjent", data={"email": "x"}, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


async def test_the_county_lead_sees_and_undoes_a_binding(place: Journey) -> None:
    lead, county = place.local_lead(), place.county_lead()
    signed_in = await bound(place, lead)
    await place.know_account(county)
    browser = place.browser()
    await browser.sign_in(place.email(county))
    name = place.programme.person(lead).name
    page = await browser.go("/fylket/palogging")
    assert f"Løs koblingen til {name}" in page.text

    page = await browser.send("/fylket/palogging")

    assert f"Koblingen til {name} er løst." in page.text
    assert "Ingen har knyttet en konto ennå" in page.text
    assert not await signed_in.is_signed_in()
    async with place.outside.record.database.read() as connection:
        ours = select(audit.c.actor, audit.c.action, audit.c.subject).where(audit.c.action.like("identity%"))
        acts = (await connection.execute(ours)).all()
    assert [tuple(row) for row in acts] == [(lead, "identity_bound", lead), (county, "identity_undone", lead)]

    page = await browser.ours.post(
        "/fylket/palogging", data={"person": lead, "csrf": browser.csrf}, headers={"sec-fetch-site": "same-origin"}
    )
    assert f"Koblingen til {name} var løst fra før." in page.text


async def test_after_the_undoing_the_newcomer_may_bind(place: Journey) -> None:
    lead = place.local_lead()
    await bound(place, lead)
    await place.outside.record.identities.undo(
        f"{place.sandbox.url}/ansattporten",
        place.sandbox.here.cloud.sign_ins.subject_of(place.email(lead)),
        at=place.clock.now(),
        by=place.county_lead(),
    )
    place.clock.advance(LINK_LIFE)

    browser = await bound(place, lead)

    assert await browser.is_signed_in()


async def test_a_person_who_left_the_register_stands_in_the_list_by_their_key(place: Journey) -> None:
    lead, county = place.local_lead(), place.county_lead()
    await bound(place, lead)
    await place.know_account(county)
    people = tuple(person for person in place.programme.people if person.key != lead)
    assignments = tuple(item for item in place.programme.assignments if item.person != lead)
    place.give_programme(place.programme.model_copy(update={"people": people, "assignments": assignments}))
    browser = place.browser()
    await browser.sign_in(place.email(county))

    page = await browser.go("/fylket/palogging")

    assert "Står ikke i programmet lenger" in page.text
    assert f"Koblingen til {lead} er løst." in (await browser.send("/fylket/palogging")).text
