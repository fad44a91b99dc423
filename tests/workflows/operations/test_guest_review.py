"""Guests through half a year: asked about, answered for, and let out with their last role. Through the sandbox."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from integration.database.units import UnitState
from sandbox.tenant.state import Tenant
from tests.support.rollout import PLACE, START, Bench, small
from workflows.messages.model import Message, MessageState
from workflows.messages.short_links import KIND as LINK_MAIL
from workflows.messages.short_links import LINK_LIFE
from workflows.operations.guest_review import ASK_AGAIN_AFTER, HALF_YEAR, REMIND_AFTER
from workflows.ports.links import LinkPurpose

LEAD, PACKAGE_LEAD, CHAIR = "leder-sandefjord", "pakkeleder-sandefjord", "kommunalsjef-sandefjord"
MUNICIPALITY = f"municipalities/{PLACE}.yaml"
REVIEW = f"guests.review:{PLACE}"
COUNTY_LEAD = "leder-vestfold"
SUCCESSOR = "skolesjef-sandefjord"
ALL = (PACKAGE_LEAD, CHAIR)
PURPOSES: tuple[LinkPurpose, ...] = ("guests", "confirm_guests")


def tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


def members(found: Bench) -> set[str]:
    (group,) = tenant(found).directory.groups.values()
    return {tenant(found).directory.mail_of(each) for each in group.members}


def email(person: str) -> str:
    return next(str(item["email"]) for item in small()[MUNICIPALITY]["people"] if item["key"] == person)


async def on(found: Bench, moment: datetime) -> None:
    """Go there, and run what is about guests and mails to leads."""
    services = found.services
    async with services.clock.busy():
        await services.clock.sleep_until(moment)
        await services.record.units.make_due(await services.jobs.operations.guest_review.due_units())
        for _ in range(4):
            kinds = ("guests.", "leads.", "people.leave")
            keys = [unit.key for unit in await services.record.units.list_units() if unit.key.startswith(kinds)]
            await services.engine.run_due(keys)


async def mails(found: Bench) -> list[Message]:
    """Those about the municipality's guests; its lead, who is one too, is asked about elsewhere."""
    found_mails = await found.services.record.messages.list_messages(kind="leads.mail")
    return [mail for mail in found_mails if mail.municipality == PLACE]


def link_in(mail: Message) -> str:
    """Return the address behind the mail's button; its plain text leaves it out."""
    found = re.search(r'href="([^"]+)"', mail.content.html)
    assert found is not None
    return found[1]


@pytest.fixture
async def page(made: Bench) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=made.services.web)
    async with httpx.AsyncClient(transport=transport, base_url=made.services.settings.public_url) as client:
        yield client


async def asked(found: Bench) -> str:
    """The link in the first mail, on the first working day half a year after the invitations."""
    await on(found, datetime(2027, 2, 2, 9, tzinfo=UTC))
    (mail,) = await mails(found)
    assert mail.state is MessageState.SENT
    return link_in(mail)


async def opened(found: Bench, page: httpx.AsyncClient) -> str:
    """The link to the form, which the page in the mail has mailed to the lead."""
    assert (await page.post(await asked(found))).status_code == 200
    return link_in(await newest_link_mail(found))


async def newest_link_mail(found: Bench) -> Message:
    *_, mail = await found.services.record.messages.list_messages(kind=LINK_MAIL)
    return mail


async def test_nobody_is_asked_before_half_a_year_and_the_lead_then_once(made: Bench) -> None:
    await on(made, START + timedelta(days=100))
    assert await mails(made) == []

    await on(made, START + HALF_YEAR + timedelta(days=1))
    await on(made, START + HALF_YEAR + timedelta(days=2))

    (mail,) = await mails(made)
    assert mail.person == LEAD
    assert "Teams og SharePoint: 2." in mail.content.text


async def test_a_mail_that_was_passed_on_shows_nobody_ends_nobody_and_has_a_link_mailed_to_the_lead(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await asked(made)

    shown = await page.get(link)
    sent = await page.post(link, data=dict.fromkeys(ALL, "ends"))

    assert (shown.status_code, sent.status_code) == (200, 200)
    assert "Pakkeleder" not in shown.text + sent.text
    assert email(LEAD) not in shown.text + sent.text
    assert all(answer.answered_at is None for answer in await made.services.record.guests.answers())
    mail = await newest_link_mail(made)
    assert (mail.person, mail.content.subject) == (LEAD, "Lenke til gjestene i Sandefjord")


async def test_a_link_to_the_form_ends_after_hours_and_another_is_had_where_it_led(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await opened(made, page)
    await on(made, made.services.clock.now() + LINK_LIFE + timedelta(minutes=1))

    shown = await page.get(link)
    sent = await page.post(link, data=dict.fromkeys(ALL, "ends"))
    again = await page.post(link, data={"again": "1"})

    assert [answer.status_code for answer in (shown, sent, again)] == [410, 410, 200]
    assert "Pakkeleder" not in shown.text + sent.text + again.text
    assert all(answer.answered_at is None for answer in await made.services.record.guests.answers())
    fresh = link_in(await newest_link_mail(made))
    assert fresh != link
    assert "Pakkeleder" in (await page.get(fresh)).text


async def test_opening_the_link_shows_the_guests_and_changes_nothing(made: Bench, page: httpx.AsyncClient) -> None:
    link = await opened(made, page)
    before = await made.services.record.guests.answers()

    shown = await page.get(link)

    assert shown.status_code == 200
    assert "Pakkeleder" in shown.text
    assert await made.services.record.guests.answers() == before
    assert email(PACKAGE_LEAD) in members(made)


async def test_who_ends_loses_the_role_in_the_register_and_the_access_and_the_others_are_confirmed(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await opened(made, page)

    answered = await page.post(link, data=dict.fromkeys(ALL, "keeps") | {PACKAGE_LEAD: "ends"})
    await on(made, made.services.clock.now() + timedelta(hours=1))

    assert answered.status_code == 200
    assert email(PACKAGE_LEAD) not in members(made)
    assert {email(LEAD), email(CHAIR)} <= members(made)
    documents = await made.services.record.register.documents()
    ended = [item for item in documents[MUNICIPALITY]["assignments"] if "until" in item]
    assert {item["person"] for item in ended} == {PACKAGE_LEAD}
    _, leftovers = await made.services.jobs.operations.guest_desk.overview()
    user = tenant(made).directory.user_by_mail(email(PACKAGE_LEAD))
    assert user is not None, "the account stays: deleting it is a step by hand"
    assert [item.command for item in leftovers] == [f"az ad user delete --id {user.id}"]
    unit = next(each for each in await made.services.record.units.list_units() if each.key == REVIEW)
    assert unit.state is UnitState.WAITING
    assert unit.due_at > made.services.clock.now() + timedelta(days=180)


async def test_unanswered_is_reminded_once_shown_and_asked_anew_when_the_link_is_over(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await asked(made)
    first = made.services.clock.now()

    await on(made, first + REMIND_AFTER + timedelta(days=1))
    assert len(await mails(made)) == 2
    lines = (await made.services.jobs.operations.guest_desk.overview())[0][PLACE]
    assert all(line.asked_at is not None for line in lines)

    await on(made, first + ASK_AGAIN_AFTER + timedelta(days=2))
    assert len(await mails(made)) == 3
    assert (await page.get(link)).status_code == 404


async def test_every_guest_must_be_answered_for_before_anything_is_stored(made: Bench, page: httpx.AsyncClient) -> None:
    link = await opened(made, page)
    before = await made.services.record.guests.answers()

    for data in ({}, {CHAIR: "keeps"}, {CHAIR: "keeps", PACKAGE_LEAD: "nonsense"}):
        answered = await page.post(link, data=data)
        assert answered.status_code == 422
        assert "#pakkeleder-sandefjord-keeps" in answered.text
    assert await made.services.record.guests.answers() == before


async def hand_over(found: Bench, *, removed: bool) -> None:
    """Give the municipality a new lead from today; the former one is still known, or *removed*."""
    documents = await found.services.record.register.documents()
    municipality = documents[MUNICIPALITY]
    today = found.services.clock.now().date()
    former = next(item for item in municipality["people"] if item["key"] == LEAD)
    municipality["people"].append(former | {"key": "ny-leder", "email": "ny.leder@sandefjord.example"})
    for item in municipality["assignments"]:
        if item["person"] == LEAD:
            item["until"] = (today - timedelta(days=1)).isoformat()
    municipality["assignments"].append({"person": "ny-leder", "role": "local_lead", "since": today.isoformat()})
    if removed:
        municipality["people"] = [item for item in municipality["people"] if item["key"] != LEAD]
        municipality["assignments"] = [item for item in municipality["assignments"] if item["person"] != LEAD]
    await found.services.record.register.save(documents)


@pytest.mark.parametrize("removed", [False, True], ids=["role has ended", "removed from the register"])
async def test_a_former_leads_link_shows_nobody_and_ends_nothing(
    made: Bench, page: httpx.AsyncClient, removed: bool
) -> None:
    link = await opened(made, page)
    await hand_over(made, removed=removed)

    shown = await page.get(link)
    sent = await page.post(link, data=dict.fromkeys(ALL, "ends"))

    assert (shown.status_code, sent.status_code) == (404, 404)
    assert "Pakkeleder" not in shown.text + sent.text
    assert all(answer.answered_at is None for answer in await made.services.record.guests.answers())


async def test_an_answer_whose_lead_left_before_it_was_carried_out_ends_nothing(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await opened(made, page)
    assert (await page.post(link, data=dict.fromkeys(ALL, "ends"))).status_code == 200
    await hand_over(made, removed=False)

    await on(made, made.services.clock.now() + timedelta(hours=1))

    documents = await made.services.record.register.documents()
    ended = {item["person"] for item in documents[MUNICIPALITY]["assignments"] if "until" in item}
    assert ended == {LEAD}


@pytest.mark.parametrize("scope", ["borte", ""])
async def test_a_municipality_that_is_not_there_is_not_found(made: Bench, page: httpx.AsyncClient, scope: str) -> None:
    for purpose in PURPOSES:
        token = await made.services.record.links.issue(purpose, f"guests:{scope}", LEAD)
        assert (await page.get(f"/gjester/{token}")).status_code == 404


@pytest.mark.parametrize("purpose", ["answer", "feed", "papers"])
async def test_a_link_for_another_purpose_opens_nothing(made: Bench, page: httpx.AsyncClient, purpose: str) -> None:
    token = await made.services.record.links.issue(purpose, f"guests:{PLACE}", LEAD)  # type: ignore[arg-type]

    assert (await page.get(f"/gjester/{token}")).status_code == 404
    assert (await page.post(f"/gjester/{token}", data={LEAD: "ends"})).status_code == 404


async def test_a_form_sent_from_elsewhere_is_not_taken(made: Bench, page: httpx.AsyncClient) -> None:
    link = await opened(made, page)

    sent = await page.post(link, data=dict.fromkeys(ALL, "ends"), headers={"Sec-Fetch-Site": "cross-site"})

    assert sent.status_code == 403
    assert all(answer.answered_at is None for answer in await made.services.record.guests.answers())


async def test_a_local_lead_is_confirmed_by_the_county_and_not_by_themselves(made: Bench) -> None:
    await on(made, datetime(2027, 2, 2, 9, tzinfo=UTC))

    told = await made.services.record.messages.list_messages(kind="leads.mail")
    (county,) = [mail for mail in told if mail.municipality is None]
    programme, lines = await made.services.jobs.operations.guest_desk.lines(
        (await made.services.record.register.programme()).key
    )
    assert county.person == COUNTY_LEAD
    assert LEAD in {line.person for line in lines}

    await made.services.jobs.operations.guest_desk.answer(
        programme.key, {line.person: line.person != LEAD for line in lines}, by=COUNTY_LEAD
    )
    await on(made, made.services.clock.now() + timedelta(hours=1))
    assert email(LEAD) not in members(made)


async def test_an_answer_whose_lead_has_left_since_ends_nobody_and_the_new_lead_is_asked(
    made: Bench, page: httpx.AsyncClient
) -> None:
    link = await opened(made, page)
    await page.post(link, data=dict.fromkeys(ALL, "keeps") | {PACKAGE_LEAD: "ends"})
    documents = small()
    (led,) = (item for item in documents[MUNICIPALITY]["assignments"] if item["role"] == "local_lead")
    led["person"] = SUCCESSOR
    await made.import_(documents)

    answered_at = made.services.clock.now()
    await on(made, answered_at + timedelta(minutes=1))
    await on(made, answered_at + timedelta(days=1))

    assert email(PACKAGE_LEAD) in members(made)
    first, second = await mails(made)
    assert (first.person, second.person, second.state) == (LEAD, SUCCESSOR, MessageState.SENT)
    assert second.sent_at is not None
    assert second.sent_at - answered_at <= timedelta(days=1)
    lines = (await made.services.jobs.operations.guest_desk.overview())[0][PLACE]
    assert PACKAGE_LEAD in {line.person for line in lines if line.asked_at is not None}
    await page.post(link_in(second))
    fresh = link_in(await newest_link_mail(made))
    answered = await page.post(fresh, data={line.person: "keeps" for line in lines} | {PACKAGE_LEAD: "ends"})
    assert answered.status_code == 200
    await on(made, made.services.clock.now() + timedelta(hours=1))
    assert email(PACKAGE_LEAD) not in members(made)
