"""Pages behind sign-in: who comes in, which page they see, and which writes are taken."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from config.values import Assignment, Role
from integration.database.audit import SQLAudit
from integration.database.connection import Database
from tests.clocks import StillClock
from tests.support.signed_in import OURS, Browser, create_gate, signed_in
from tests.workflows.status.rounds import programme
from web.access.gate import LeadsPackage, LooksAfter, RunsProgramme, SeesBoard, TakesPart, rule_of
from workflows.access.model import Right
from workflows.access.sessions import IDLE_LIMIT, LIFE, SEEN_STEP


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/")
    async def start(visit: TakesPart) -> str:
        return visit.reader.name

    @router.get("/kommune/{slug}")
    async def municipality(visit: LooksAfter, slug: str) -> str:
        return slug

    @router.post("/kommune/{slug}/pakke/{package}")
    async def change(visit: LeadsPackage) -> list[tuple[str, str]]:
        return [("where", str(visit.where.work_package))]

    @router.get("/styret/{body}")
    async def board(visit: SeesBoard, body: str) -> str:
        return body

    @router.get("/fylket")
    async def county(visit: RunsProgramme) -> str:
        return "county"

    @router.get("/api/v1/meg")
    async def api(visit: TakesPart) -> str:
        return visit.reader.person

    return router


async def browser(database: Database, person: str | None, clock: StillClock | None = None, **changes: Any) -> Browser:
    return await signed_in(create_gate(database, programme(**changes), clock or StillClock()), [routes()], person)


async def test_a_person_is_known_by_the_cookie(database: Database) -> None:
    lead = await browser(database, "lead")

    assert (await lead.get("/")).json() == "Rolle lead"
    assert (await lead.get("/api/v1/meg")).json() == "lead"


async def test_signed_out_a_page_leads_to_sign_in_and_back(database: Database) -> None:
    answer = await (await browser(database, None)).get("/kommune/a-dal?sort=navn&vis=alle")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/logg-inn?til=/kommune/a-dal%3Fsort%3Dnavn%26vis%3Dalle"


async def test_signed_out_programs_and_forms_are_told_so(database: Database) -> None:
    nobody = await browser(database, None)

    assert (await nobody.get("/api/v1/meg")).status_code == 401
    sent = await nobody.send_form("/kommune/a-dal/pakke/arena")
    assert sent.status_code == 401
    assert "Du er logget ut" in sent.text


@pytest.mark.parametrize("path", ["/kommune/b-vik", "/kommune/c-by", "/styret/b-vik", "/fylket"])
async def test_who_may_not_see_a_page_is_not_told_that_it_is_there(database: Database, path: str) -> None:
    lead = await browser(database, "lead")

    refused, unknown = await lead.get(path), await lead.get("/finnes-ikke")

    assert refused.status_code == unknown.status_code == 404
    assert refused.text == unknown.text


async def test_who_may_sees_the_page(database: Database) -> None:
    lead = await browser(database, "lead")

    assert (await lead.get("/kommune/a-dal")).json() == "a-dal"
    assert (await lead.get("/styret/a-dal")).json() == "a-dal"


async def test_a_form_of_our_own_page_is_taken(database: Database) -> None:
    answer = await (await browser(database, "home-lead")).send_form("/kommune/a-dal/pakke/arena", {"light": "green"})

    assert answer.json() == [["where", "arena"]]


async def test_a_package_lies_in_the_municipality_that_the_address_names(database: Database) -> None:
    assert (await (await browser(database, "home-lead")).send_form("/kommune/b-vik/pakke/arena")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://elsewhere.example"}, True),
        (OURS, False),
        ({}, False),
    ],
    ids=["another site", "a sister site", "another origin", "without the word", "an old browser without the word"],
)
async def test_a_write_from_elsewhere_is_refused(database: Database, headers: dict[str, str], word: bool) -> None:
    lead = await browser(database, "home-lead")
    form = {"csrf": lead.csrf if word else "0" * 64}

    assert (await lead.post("/kommune/a-dal/pakke/arena", data=form, headers=headers)).status_code == 403


async def test_the_word_of_another_session_is_refused(database: Database) -> None:
    lead, other = await browser(database, "home-lead"), await browser(database, "lead")
    lead.csrf = other.csrf

    assert (await lead.send_form("/kommune/a-dal/pakke/arena")).status_code == 403


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


async def test_a_form_from_before_signing_in_anew_is_shown_to_be_sent_again(database: Database) -> None:
    lead = await browser(database, "home-lead")
    typed = {"csrf": "0" * 64, "words": "Ting går bra"}

    refused = await lead.post("/kommune/a-dal/pakke/arena", data=typed, headers=OURS)

    assert refused.status_code == 403
    assert hidden(refused.text) == {"csrf": lead.csrf, "words": "Ting går bra"}
    again = await lead.post("/kommune/a-dal/pakke/arena", data=hidden(refused.text), headers=OURS)
    assert again.status_code == 200


async def test_a_form_that_an_old_browser_may_have_from_elsewhere_is_not_shown_again(database: Database) -> None:
    lead = await browser(database, "home-lead")

    refused = await lead.post("/kommune/a-dal/pakke/arena", data={"words": "Ting går bra"})

    assert refused.status_code == 403
    assert hidden(refused.text) == {}


@pytest.mark.parametrize("path", ["/kommune/b-vik", "/finnes-ikke"])
async def test_an_address_that_is_none_of_the_reader_s_is_answered_with_their_menu_in_their_language(
    database: Database, path: str
) -> None:
    lead = await browser(database, "lead")

    answer = await lead.get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.headers["content-language"] == "nb"
    assert 'action="/logg-ut"' in answer.text
    assert 'href="/kommune/a-dal"' in answer.text
    assert "b-vik" not in answer.text


async def test_typed_words_are_not_lost_with_the_session(database: Database) -> None:
    nobody = await browser(database, None)

    sent = await nobody.send_form("/kommune/a-dal/pakke/arena", {"words": "Ting går bra"})

    assert sent.status_code == 401
    assert "Ingenting er lagret." in sent.text
    assert hidden(sent.text) == {"words": "Ting går bra"}


async def test_a_script_of_ours_may_send_the_word_as_a_header(database: Database) -> None:
    lead = await browser(database, "home-lead")

    answer = await lead.post("/kommune/a-dal/pakke/arena", headers={**OURS, "x-csrf-token": lead.csrf})

    assert answer.status_code == 200


async def test_a_session_ends_unused(database: Database) -> None:
    clock = StillClock()
    lead = await browser(database, "lead", clock)
    clock.advance(IDLE_LIMIT - SEEN_STEP)
    assert (await lead.get("/")).status_code == 200
    clock.advance(IDLE_LIMIT - SEEN_STEP)
    assert (await lead.get("/")).status_code == 200
    clock.advance(IDLE_LIMIT)

    assert (await lead.get("/")).status_code == 303


async def test_a_session_ends_however_much_it_is_used(database: Database) -> None:
    clock = StillClock()
    lead = await browser(database, "lead", clock)
    for _ in range(int(LIFE / timedelta(hours=1)) - 1):
        clock.advance(timedelta(hours=1))
        assert (await lead.get("/")).status_code == 200
    clock.advance(timedelta(hours=1))

    assert (await lead.get("/")).status_code == 303


async def test_a_session_ends_with_the_last_role(database: Database) -> None:
    clock = StillClock()
    role = Assignment(person="lead", role=Role.LOCAL_LEAD, municipality="a-dal", until=date(2026, 9, 8))
    lead = await browser(database, "lead", clock, assignments=(role,))
    assert (await lead.get("/")).status_code == 200
    clock.advance(timedelta(hours=3))
    assert (await lead.get("/")).status_code == 200
    # 22.00 UTC is midnight in Oslo.
    clock.advance(timedelta(hours=3))
    assert (await lead.get("/")).status_code == 200
    clock.advance(timedelta(hours=3.9))
    assert (await lead.get("/")).status_code == 200
    clock.advance(timedelta(minutes=6))

    assert (await lead.get("/")).status_code == 303


async def test_logged_out_everywhere_no_cookie_opens_anything(database: Database) -> None:
    gate = create_gate(database, programme(), StillClock())
    first, second = [await signed_in(gate, [routes()], "lead") for _ in range(2)]
    other = await signed_in(gate, [routes()], "chair")

    assert await gate.sessions.sign_out("lead") == 2
    assert [(await each.get("/")).status_code for each in (first, second, other)] == [303, 303, 200]
    assert await gate.sessions.sign_out("lead") == 0
    ended = [entry.act async for entry in SQLAudit(database).entries() if entry.act.action == "session.ended"]
    assert [(act.actor, act.details) for act in ended] == [("lead", {"sessions": 2})]


@pytest.mark.parametrize("token", ["forged", "", "\udcff", "x" * 5000])
async def test_a_forged_cookie_opens_nothing(database: Database, token: str) -> None:
    nobody = await browser(database, None)

    answer = await nobody.get("/", headers=[(b"cookie", f"__Host-vareunge={token}".encode(errors="surrogateescape"))])

    assert answer.status_code == 303


async def test_plain_http_has_a_cookie_that_browsers_take(database: Database) -> None:
    gate = create_gate(database, programme(), StillClock())

    assert gate.cookie_header("word") == "__Host-vareunge=word; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert gate.end_header(gate.cookie).endswith("; Max-Age=0")


def test_a_route_carries_its_rule_as_data() -> None:
    rules = {route.path: rule_of(route) for route in routes().routes if isinstance(route, APIRoute)}

    assert rules == {
        "/": Right.TAKE_PART,
        "/kommune/{slug}": Right.LOOK_AFTER,
        "/kommune/{slug}/pakke/{package}": Right.LEAD_PACKAGE,
        "/styret/{body}": Right.SEE_BOARD,
        "/fylket": Right.RUN_PROGRAMME,
        "/api/v1/meg": Right.TAKE_PART,
    }
