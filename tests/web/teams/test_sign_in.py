"""Sign-in in Teams: its token becomes a session, and the pages of that session may be framed there."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from integration.database.connection import Database
from tests.support.signed_in import OURS
from tests.web.access.journey import Journey, journey

POST = "/logg-inn/teams"


@pytest.fixture
async def place(database: Database, database_url: str) -> AsyncIterator[Journey]:
    async with journey(database, database_url) as found:
        yield found


async def token(place: Journey, person: str, **claims: Any) -> str:
    asked = {"email": place.email(person), "claims": claims}
    answer = await place.sandbox.control("POST", "sign-in/teams", asked)
    return str(answer["token"])


async def give(place: Journey, word: str, headers: dict[str, str] = OURS) -> httpx.Response:
    return await place.browser().ours.post(POST, data={"token": word}, headers=headers)


async def test_teams_token_becomes_a_session_in_a_cookie_of_its_own(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)

    answer = await give(place, await token(place, lead))

    assert answer.json() == {"signed_in": True}
    name, _, attributes = answer.headers["set-cookie"].partition("=")
    assert name == "vareunge-teams"
    assert attributes.endswith("; Path=/; HttpOnly; SameSite=None; Secure; Partitioned")


async def test_a_new_session_ends_the_one_before(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    first = (await give(place, await token(place, lead))).headers["set-cookie"].partition(";")[0]

    await give(place, await token(place, lead), {**OURS, "cookie": first})

    assert (await place.browser().ours.get("/fylket/palogging", headers={"cookie": first})).status_code == 303


async def test_pages_of_that_session_may_be_framed_by_teams_alone(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    cookie = (await give(place, await token(place, lead))).headers["set-cookie"].partition(";")[0]
    browser = place.browser()
    await browser.sign_in(place.email(lead))

    framed = await place.browser().ours.get("/fylket/palogging", headers={"cookie": cookie})
    plain = await browser.ours.get("/fylket/palogging")

    assert framed.status_code == plain.status_code == 200
    assert "frame-ancestors https://teams.microsoft.com" in framed.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]


async def test_the_page_asks_teams_and_offers_the_browser(place: Journey) -> None:
    page = await place.browser().ours.get("/logg-inn/teams?til=/fylket")

    assert "frame-ancestors https://teams.microsoft.com" in page.headers["content-security-policy"]
    assert 'data-back="/fylket"' in page.text
    assert 'href="http://127.0.0.1:8000/logg-inn?til=%2Ffylket"' in page.text
    assert "/static/vendor/teams-js/MicrosoftTeams.min.js" in page.text


async def test_signed_out_in_a_frame_nobody_is_sent_to_a_provider(place: Journey) -> None:
    """A provider's pages refuse to be framed."""
    answer = await place.browser().ours.get("/fylket/palogging", headers={"sec-fetch-dest": "iframe"})

    assert answer.headers["location"] == "/logg-inn/teams?til=/fylket/palogging"


WRONG: list[Any] = [
    pytest.param({"key": "other"}, id="forged"),
    pytest.param({"key": "none"}, id="unsigned"),
    pytest.param({"exp": 1_600_000_000}, id="expired"),
    pytest.param({"aud": "00000003-0000-0000-c000-000000000000"}, id="another audience"),
    pytest.param({"iss": "https://sts.windows.example/"}, id="another issuer"),
    pytest.param({"tid": "00000000-0000-0000-0000-000000000000"}, id="another tenant"),
    pytest.param({"scp": "User.Read"}, id="another scope"),
    pytest.param({"scp": None}, id="no scope"),
    pytest.param({"oid": None}, id="no object id"),
]


@pytest.mark.parametrize("claims", WRONG)
async def test_a_token_that_is_not_as_agreed_is_refused(place: Journey, claims: dict[str, Any]) -> None:
    lead = place.county_lead()
    await place.know_account(lead)

    answer = await give(place, await token(place, lead, **claims))

    assert (answer.status_code, answer.json()) == (400, {"signed_in": False})
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("word", ["", "forged", "a.b.c", "\udcff"])
async def test_what_is_no_token_is_refused(place: Journey, word: str) -> None:
    assert (await give(place, word.encode("utf-8", "replace").decode())).status_code == 400


async def test_a_token_of_a_key_that_nobody_has_is_refused(place: Journey) -> None:
    lead = place.county_lead()
    word = await token(place, lead)
    place.sandbox.here.cloud.issuer.key_id = "another"

    assert (await give(place, word)).status_code == 400


async def test_the_resource_s_name_is_an_audience_too(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    hands, people = place.sandbox.env["VAREUNGE_HANDS_ID"], place.sandbox.env["VAREUNGE_APP_ID"]

    for audience in (f"api://{hands}", f"api://127.0.0.1:8000/{hands}"):
        assert (await give(place, await token(place, lead, aud=audience))).status_code == 200
    assert (await give(place, await token(place, lead, aud=people))).status_code == 400


async def test_while_the_tenant_s_keys_are_unknown_it_is_to_be_tried_again(place: Journey) -> None:
    lead = place.county_lead()
    word = await token(place, lead)
    place.outside.settings.__dict__["authority_url"] = "http://127.0.0.1:9"
    place.renew()

    assert (await give(place, word)).status_code == 503


async def test_an_account_without_a_role_is_told_why(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead, enabled=False)

    answer = await give(place, await token(place, lead))

    assert (answer.status_code, answer.json()["reason"]) == (403, "stranger")


async def test_another_site_begins_no_session(place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)

    assert (await give(place, await token(place, lead), {"sec-fetch-site": "cross-site"})).status_code == 403
