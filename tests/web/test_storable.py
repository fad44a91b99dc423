"""Signs that one database takes and the other refuses: they get in by no edge, and the answer is the same on both."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from httpx import ASGITransport
from starlette.routing import Route

import web
from integration.database.connection import create_database
from tests.integration.test_bot_endpoint import activity, metadata_url, token
from tests.support.signed_in import PUBLIC, Browser
from tests.support.site import COUNTY, PLACE, whole_site
from tests.web.test_hostile import REQUEST, assert_polite, changed, open_doors, pressed
from tools.authorisation import routes_of

__all__ = ["metadata_url"]

LINKS = "/fylket/lenker"
WHO = {"from": {"id": "29:x", "aadObjectId": "home-id"}}


def parameters_of(dependant: Dependant) -> set[str]:
    """Return the names that a route reads from an address's query, by itself or by what it depends on."""
    return {field.alias for field in dependant.query_params}.union(*map(parameters_of, dependant.dependencies))


def addresses(route: Route) -> list[str]:
    """Return a route's address with a NUL in each of its parameters, one at a time."""
    hostile = [route.path.replace(f"{{{name}}}", "a%00b") for name in route.param_convertors]
    asked = parameters_of(route.dependant) if isinstance(route, APIRoute) else ()
    hostile += [f"{route.path}?{name}=a%00b" for name in sorted(asked)]
    return [re.sub(r"\{\w+\}", PLACE, address) for address in hostile]


async def test_no_parameter_of_any_address_takes_what_a_database_refuses(either_url: str) -> None:
    async with whole_site(either_url) as site:
        gate, answers = site.app.state.gate, dict[str, int]()
        async with (
            Browser(transport=ASGITransport(site.app), base_url=PUBLIC) as county,
            Browser(transport=ASGITransport(site.app), base_url=PUBLIC) as nobody,
        ):
            county.sign_in(gate, await gate.sessions.start(COUNTY, issuer="test", subject=COUNTY))
            for route in routes_of(site.app):
                assert not isinstance(route, APIRoute) or not route.dependant.body_params, route.path
                for address in addresses(route):
                    for method in route.methods or ():
                        for browser in (county, nobody):
                            answer = await browser.request(method, address)
                            answers[f"{method} {address}"] = answer.status_code

    assert len(answers) > 100
    assert set(answers.values()) == {404}


async def test_a_form_s_key_with_a_nul_names_nothing(either_url: str) -> None:
    async with whole_site(either_url) as site, Browser(transport=ASGITransport(site.app), base_url=PUBLIC) as county:
        gate = site.app.state.gate
        county.sign_in(gate, await gate.sessions.start(COUNTY, issuer="test", subject=COUNTY))
        shown = (await county.get(LINKS)).text

        answer = await county.send_form(LINKS, {"link": "a\0b"})

        assert answer.status_code < 500
        assert (await county.get(LINKS)).text == shown


def test_nothing_but_the_two_readers_of_forms_and_of_activities_reads_what_is_sent() -> None:
    """They let no NUL in; a third way in would need the same."""
    reads, folder = re.compile(r"\.stream\(\)|request\.(body|form|json)\("), Path(web.__file__).parent
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if reads.search(path.read_text("utf-8"))}

    assert found == {"forms.py", "bot/routes.py"}


PRESSED = pressed("home-id", {"request_id": REQUEST, "light": "green"})
SUBMITTED = activity(text=None, value={"verb": "answer_status", "request_id": REQUEST, "light": "green"}, **WHO)
INSTALLED = activity(type="installationUpdate", action="add", **WHO)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param(PRESSED, ("value", "action", "data", "request_id"), id="the request of a card"),
        pytest.param(SUBMITTED, ("value", "request_id"), id="the request of a card in an older client"),
        pytest.param(PRESSED, ("from", "aadObjectId"), id="who presses"),
        pytest.param(activity(text="status", **WHO), ("from", "aadObjectId"), id="who writes"),
        pytest.param(activity(text="status", **WHO), ("conversation", "id"), id="the chat of who writes"),
        pytest.param(INSTALLED, ("conversation", "id"), id="the chat of who installs"),
        pytest.param(activity(text="status", **WHO), ("id",), id="the message"),
        pytest.param(activity(text="status", **WHO), ("text",), id="the words"),
    ],
)
async def test_the_bot_answers_an_activity_with_a_nul(
    either_url: str, metadata_url: str, body: dict[str, Any], place: tuple[str, ...]
) -> None:
    database = create_database(either_url)
    doors = await open_doors(database, metadata_url)

    assert_polite(await doors.teams(changed(body, {place: "a\0b"}), token()))
    await database.close()


async def test_an_answer_with_a_nul_is_stored_without_it_and_what_only_looks_like_one_stays(
    either_url: str, metadata_url: str
) -> None:
    database = create_database(either_url)
    doors = await open_doors(database, metadata_url)

    fields = {"request_id": REQUEST, "light": "green", "done": "a\0b", "next": r"a\u0000b"}
    await doors.teams(pressed("home-id", fields), token())

    stored = await doors.stored()
    assert stored is not None
    assert (stored.done, stored.next) == ("a\N{REPLACEMENT CHARACTER}b", r"a\u0000b")
    await database.close()
