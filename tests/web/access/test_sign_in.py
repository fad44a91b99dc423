"""Sign-in against the sandbox's Entra ID and Ansattporten: the way in, and the ways that lead nowhere."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from integration.database.connection import Database
from tests.clocks import NOON
from tests.support.signed_in import OURS
from tests.web.access.journey import OURSELVES, Journey, journey
from workflows.access.sessions import IDLE_LIMIT, LIFE

SESSION = "vareunge"


@pytest.fixture
async def place(database: Database, database_url: str) -> AsyncIterator[Journey]:
    async with journey(database, database_url) as found:
        yield found


async def test_a_county_lead_signs_in_with_entra(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()

    page = await browser.sign_in(place.email(lead))

    assert page.status_code == 200
    assert place.programme.person(lead).name in page.text


async def test_a_guest_signs_in_by_the_account_in_our_tenant(place: Journey) -> None:
    lead = place.local_lead()
    await place.know_account(lead)
    browser = place.browser()

    assert place.programme.person(lead).name in (await browser.sign_in(place.email(lead))).text


async def test_a_page_leads_to_sign_in_and_back_to_itself(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()

    page = await browser.go("/fylket/palogging?vis=alle")
    assert "Logg inn" in page.text
    await browser.follow("Logg inn med Microsoft")
    page = await browser.follow(place.email(lead))

    assert browser.addresses[-1] == "/fylket/palogging?vis=alle"
    assert "Ingen har knyttet en konto ennå" in page.text


@pytest.mark.parametrize(
    "til",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/logg-inn?til=/",
        "/logg-ut/overalt",
        "evil",
        "",
        "/" + "x" * 2000,
    ],
)
async def test_sign_in_leads_nowhere_but_to_our_own_pages(place: Journey, til: str) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()
    request = await browser.leave_for("entra", query=f"?{urlencode({'til': til})}")

    back = await browser.ours.get(await browser.answer_of(request, place.email(lead)))

    assert (back.status_code, back.headers["location"]) == (303, "/")


async def test_who_is_signed_in_passes_by_the_choice(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()
    await browser.sign_in(place.email(lead))

    assert (await browser.ours.get("/logg-inn?til=/fylket/palogging")).headers["location"] == "/fylket/palogging"


async def test_an_account_that_nobody_has_in_the_register_gets_no_session(place: Journey) -> None:
    email = "hvemsomhelst@home.example"
    user = place.sandbox.here.tenant.directory.add_member_user(name="En annen", email=email)
    browser = place.browser()

    page = await browser.sign_in(email)

    assert "Vi ser etter kontoen din" in page.text
    assert [unit.key for unit in await place.outside.record.units.list_units(kind="access.account")] == [
        f"access.account:{user.id}"
    ]
    for _ in range(20):
        page = await browser.go("/logg-inn/venter?se=1")
    assert page.status_code == 403
    assert "Vi finner deg ikke i programmet" in page.text
    assert not await browser.is_signed_in()


async def test_the_waiting_page_goes_on_when_the_account_is_found(place: Journey) -> None:
    lead, browser = place.county_lead(), place.browser()
    assert "Vi ser etter kontoen din" in (await browser.sign_in(place.email(lead))).text
    await place.know_account(lead)

    await browser.go("/logg-inn/venter?se=1")

    assert await browser.is_signed_in()


async def test_the_waiting_page_is_nothing_without_a_sign_in(place: Journey) -> None:
    assert "Logg inn" in (await place.browser().go("/logg-inn/venter?se=1")).text


async def test_a_person_without_a_role_today_gets_no_session(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    ended = tuple(
        item.model_copy(update={"until": date(2026, 9, 7)}) if item.person == lead else item
        for item in place.programme.assignments
    )
    place.give_programme(place.programme.model_copy(update={"assignments": ended}))
    browser = place.browser()

    page = await browser.sign_in(place.email(lead))

    assert page.status_code == 403
    assert "Du har ingen rolle i programmet nå" in page.text
    assert not browser.session


async def test_an_account_that_is_switched_off_gets_no_session(place: Journey) -> None:
    lead, browser = place.county_lead(), place.browser()
    await place.know_account(lead, enabled=False)

    assert (await browser.sign_in(place.email(lead))).status_code == 403
    assert not browser.session


# --------------------------------------------------------------------------------------------------------- attacks

WRONG: list[Any] = [
    pytest.param({"key": "other"}, id="forged"),
    pytest.param({"key": "none"}, id="unsigned"),
    pytest.param({"exp": 1_600_000_000}, id="expired"),
    pytest.param({"exp": None}, id="never expires"),
    pytest.param({"aud": "00000000-0000-0000-0000-000000000000"}, id="another audience"),
    pytest.param({"iss": "https://login.microsoftonline.example/x/v2.0"}, id="another issuer"),
    pytest.param({"nonce": "another"}, id="another nonce"),
    pytest.param({"nonce": None}, id="no nonce"),
    pytest.param({"tid": "00000000-0000-0000-0000-000000000000"}, id="another tenant"),
    pytest.param({"oid": None}, id="no object id"),
    pytest.param({"oid": 7}, id="an object id that is none"),
    pytest.param({"pid": "00000000000"}, id="a national identity number"),
]


@pytest.mark.parametrize("claims", WRONG)
async def test_a_token_that_is_not_as_agreed_begins_no_session(place: Journey, claims: dict[str, Any]) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()
    await place.wrong(**claims)

    page = await browser.sign_in(place.email(lead))

    assert page.status_code == 400
    assert "Vi fikk ikke logget deg inn" in page.text
    assert not browser.session


@pytest.mark.parametrize("party", [None, "ours"])
async def test_an_audience_among_others_is_another_one(place: Journey, party: str | None) -> None:
    lead, app_id = place.county_lead(), place.sandbox.env["VAREUNGE_APP_ID"]
    await place.know_account(lead)
    browser = place.browser()
    await place.wrong(aud=[app_id, "another"], azp=app_id if party else None)

    assert (await browser.sign_in(place.email(lead))).status_code == 400
    assert not browser.session


@pytest.mark.parametrize("claims", [{"email": "styret"}, {"preferred_username": "styret", "name": "styret"}])
async def test_a_name_in_the_token_gives_nobody_s_role(place: Journey, claims: dict[str, str]) -> None:
    """A person may choose what those say."""
    stranger = "hvemsomhelst@home.example"
    place.sandbox.here.tenant.directory.add_member_user(name="En annen", email=stranger)
    await place.know_account(place.county_lead())
    browser = place.browser()
    await place.wrong(**dict.fromkeys(claims, place.email(place.county_lead())))

    await browser.sign_in(stranger)

    assert not browser.session


async def test_a_state_that_this_browser_did_not_begin_with_is_refused(place: Journey) -> None:
    """Login CSRF: an attacker's answer, opened in another's browser, would sign that one in as the attacker."""
    attacker, victim = place.browser(), place.browser()
    lead = place.county_lead()
    await place.know_account(lead)
    answer = await attacker.answer_of(await attacker.leave_for("entra"), place.email(lead))

    assert (await victim.ours.get(answer)).status_code == 400
    await victim.leave_for("entra")
    assert (await victim.ours.get(answer)).status_code == 400
    assert not victim.session


async def test_an_answer_is_taken_once(place: Journey) -> None:
    browser, lead = place.browser(), place.county_lead()
    await place.know_account(lead)
    answer = await browser.answer_of(await browser.leave_for("entra"), place.email(lead))
    kept = browser.ours.cookies.get("vareunge-inn", path="/logg-inn")
    assert (await browser.ours.get(answer)).status_code == 303

    replayed = place.browser()
    replayed.ours.cookies.set("vareunge-inn", kept or "", domain="127.0.0.1", path="/logg-inn")

    assert (await browser.ours.get(answer)).status_code == 400
    assert (await replayed.ours.get(answer)).status_code == 400
    assert not replayed.session


async def test_a_sign_in_under_way_cannot_be_forged(place: Journey) -> None:
    browser = place.browser()
    browser.ours.cookies.set("vareunge-inn", "e30.forged", domain="127.0.0.1", path="/logg-inn")

    assert (await browser.ours.get("/logg-inn/entra/retur?code=x&state=y")).status_code == 400


async def test_a_session_known_before_is_not_the_session_after(place: Journey) -> None:
    """Session fixation: an attacker's cookie, planted in another's browser, is worth nothing once they sign in."""
    lead, other = place.county_lead(), place.local_lead()
    await place.know_account(lead)
    await place.know_account(other)
    attacker, victim = place.browser(), place.browser()
    await attacker.sign_in(place.email(other))
    planted = attacker.session
    victim.ours.cookies.set(SESSION, planted, domain="127.0.0.1", path="/")

    back = await victim.ours.get(await victim.answer_of(await victim.leave_for("entra"), place.email(lead)))

    assert back.status_code == 303
    assert victim.session not in ("", planted)
    assert not await attacker.is_signed_in()


async def test_the_provider_s_refusal_is_no_session(place: Journey) -> None:
    browser = place.browser()
    request = await browser.leave_for("entra")

    page = await browser.ours.get(f"/logg-inn/entra/retur?error=access_denied&state={request['state']}")

    assert page.status_code == 400
    assert "Gå til pålogging" in page.text


async def test_a_provider_that_does_not_answer_is_said_so(place: Journey) -> None:
    place.outside.settings.__dict__["authority_url"] = "http://127.0.0.1:9"
    place.renew()

    page = await place.browser().go("/logg-inn/entra")

    assert page.status_code == 503
    assert "svarer ikke akkurat nå" in page.text


@pytest.mark.parametrize("path", ["/logg-inn/andre", "/logg-inn/andre/retur"])
async def test_there_is_no_other_provider(place: Journey, path: str) -> None:
    assert (await place.browser().go(path)).status_code == 404


async def test_the_service_asks_for_no_more_than_it_says(place: Journey) -> None:
    browser = place.browser()

    entra, ansattporten = await browser.leave_for("entra"), await browser.leave_for("ansattporten")

    assert entra["scope"] == ansattporten["scope"] == "openid profile"
    assert ansattporten["acr_values"] == "entraid"
    assert entra["redirect_uri"] == f"{OURSELVES}/logg-inn/entra/retur"
    assert "client_secret" not in entra


# ------------------------------------------------------------------------------------------------------- logging out


async def test_logging_out_ends_the_session(place: Journey) -> None:
    browser, lead = place.browser(), place.county_lead()
    await place.know_account(lead)
    await browser.sign_in(place.email(lead))
    token = browser.session

    page = await browser.send("/logg-ut")

    assert "Du er logget ut" in page.text
    assert browser.addresses[-1] == "/logg-ut?hos=entra"
    browser.ours.cookies.set(SESSION, token, domain="127.0.0.1", path="/")
    assert not await browser.is_signed_in()


async def test_logging_out_everywhere_ends_the_others_too(place: Journey) -> None:
    lead, first, second = place.county_lead(), place.browser(), place.browser()
    await place.know_account(lead)
    await first.sign_in(place.email(lead))
    await second.sign_in(place.email(lead))

    await second.send("/logg-ut/overalt")

    assert not await first.is_signed_in()


@pytest.mark.parametrize("end", ["unused", "old", "ended elsewhere"])
async def test_a_session_that_has_ended_says_so_at_sign_in_and_saves_nothing(place: Journey, end: str) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser, other = place.browser(), place.browser()
    await browser.sign_in(place.email(lead))
    form = {"language": "nn", "csrf": browser.csrf}
    if end == "ended elsewhere":
        await other.sign_in(place.email(lead))
        await other.send("/logg-ut/overalt")
    elif end == "unused":
        place.clock.advance(IDLE_LIMIT)
    else:
        while place.clock.now() < NOON + LIFE:
            place.clock.advance(timedelta(hours=3))
            await browser.go("/meg")

    refused = await browser.ours.post("/meg/sprak", data=form, headers=OURS)
    page = await browser.go("/meg")

    assert (refused.status_code, "Ingenting er lagret." in refused.text) == (401, True)
    assert "Du er logget ut" in page.text
    assert "etter 4 timer uten bruk, 12 timer etter at du logget inn" in page.text
    await browser.follow("Logg inn med Microsoft")
    await browser.follow(place.email(lead))
    assert browser.addresses[-1] == "/meg"
    assert await browser.is_signed_in()
    assert (await place.outside.record.register.programme()).person(lead).language == "nb"


async def test_who_has_logged_out_or_never_been_in_is_told_of_no_ended_session(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    browser = place.browser()

    before = await browser.go("/logg-inn")
    await browser.sign_in(place.email(lead))
    await browser.send("/logg-ut")
    after = await browser.go("/logg-inn")

    assert "timer uten bruk" not in before.text + after.text


@pytest.mark.parametrize("address", ["/logg-ut", "/logg-ut/overalt"])
async def test_logging_out_leads_on_to_the_provider_which_leads_back(place: Journey, address: str) -> None:
    browser, lead = place.browser(), place.county_lead()
    await place.know_account(lead)
    await browser.sign_in(place.email(lead))

    between = await browser.send(address)
    away = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', between.text)
    assert away is not None
    back = await browser.go(unescape(away[1]))

    tenant = place.sandbox.env["VAREUNGE_TENANT_ID"]
    assert browser.addresses[-2].startswith(f"{place.sandbox.url}/{tenant}/oauth2/v2.0/logout?client_id=")
    assert browser.addresses[-1] == f"{OURSELVES}/logg-ut"
    assert "Du er logget ut" in back.text
    assert 'http-equiv="refresh"' not in back.text


@pytest.mark.parametrize("query", ["?hos=ingen", "?hos=https://evil.example", ""])
async def test_a_way_out_that_nobody_has_leads_nowhere(place: Journey, query: str) -> None:
    page = await place.browser().go(f"/logg-ut{query}")

    assert "Du er logget ut" in page.text
    assert "refresh" not in page.text


async def test_who_is_signed_in_is_asked_first_whatever_the_address_says(place: Journey) -> None:
    browser, lead = place.browser(), place.county_lead()
    await place.know_account(lead)
    await browser.sign_in(place.email(lead))

    page = await browser.go("/logg-ut?hos=entra")

    assert "refresh" not in page.text
    assert await browser.is_signed_in()


async def test_another_site_logs_nobody_out(place: Journey) -> None:
    browser, lead = place.browser(), place.county_lead()
    await place.know_account(lead)
    await browser.sign_in(place.email(lead))

    await browser.ours.post("/logg-ut", headers={"sec-fetch-site": "cross-site"}, data={"csrf": browser.csrf})

    assert await browser.is_signed_in()
