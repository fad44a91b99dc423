"""The answer form, played as a browser without script would."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, PUBLIC, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from web.app import create_app
from web.status import answer
from workflows.status.model import OpenDecision
from workflows.status.plan import request_id

REQUEST = request_id(MEETING, HOME)


class Browser:
    """Follows one person's link."""

    def __init__(self, world: World, token: str) -> None:
        app = create_app([answer.router(desk=world.desk, links=world.links, short=world.short, public_url=PUBLIC)])
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)
        self.world = world
        self.path = f"/svar/{token}"

    async def get(self) -> httpx.Response:
        return await self._client.get(self.path)

    async def post(self, fields: dict[str, str], **headers: str) -> httpx.Response:
        return await self.post_body(urlencode(fields).encode(), **headers)

    async def post_body(self, body: bytes, **headers: str) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return await self._client.post(self.path, content=body, headers=headers)

    async def versions(self) -> int:
        request = await self.world.store.find_request(REQUEST)
        assert request is not None
        return request.latest_version


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


@pytest.fixture
async def browser(world: World) -> Browser:
    return Browser(world, await world.links.issue("answer", REQUEST, "home-lead", DEADLINE + DAY))


async def test_the_form_says_whom_it_is_for_and_until_when(browser: Browser) -> None:
    response = await browser.get()

    assert response.status_code == 200
    assert "Status for Pakken arena" in response.text
    assert "fredag 6. november 2026 kl. 15.00" in response.text
    assert 'lang="nb"' in response.text
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("assignments", ["ended", "gone"])
async def test_a_link_opens_nothing_for_a_lead_whose_role_has_ended(browser: Browser, assignments: str) -> None:
    """Rights are looked up in the register at each request; the link only says who asks."""
    world = browser.world
    await browser.post({"light": "green", "done": "Det som er lagret"})
    today = world.programme.today(world.clock.now())
    kept = [item for item in world.programme.assignments if item.person != "home-lead"]
    ended = [
        item.model_copy(update={"until": today - DAY})
        for item in world.programme.assignments
        if item.person == "home-lead" and assignments == "ended"
    ]
    world.programme = world.programme.model_copy(update={"assignments": (*kept, *ended)})

    pages = [
        await browser.get(),
        await browser.post({"light": "red", "done": "For sent"}),
        await browser.post({"light": "red", "draft": "1"}),
        await browser.post({"again": "1"}),
    ]

    assert [page.status_code for page in pages] == [403, 403, 403, 404]
    assert not any("Det som er lagret" in page.text or "<textarea" in page.text for page in pages)
    assert await browser.versions() == 1


async def test_what_was_typed_comes_back_when_we_fail(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object, **values: object) -> None:
        raise RuntimeError("Det jeg skrev")

    typed = {"light": "yellow", "done": "Det jeg <skrev>", "indicator:plasser": "12,5", "seen": "0"}
    monkeypatch.setattr(browser.world.links, "resolve_answer", broken)

    failed = await browser.post(typed)

    assert failed.status_code == 500
    assert "Feilnummer:" in failed.text
    assert "Det jeg &lt;skrev&gt;</p>" in failed.text
    assert "Det jeg" not in caplog.text
    again = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', failed.text)
    }
    monkeypatch.undo()
    assert "Takk!" in (await browser.post(again)).text


async def test_opening_the_link_changes_nothing(browser: Browser) -> None:
    before = await browser.world.due()
    for _ in range(3):
        await browser.get()

    assert await browser.versions() == 0
    assert await browser.world.due() == before


async def test_an_answer_gives_a_receipt_with_what_was_stored(browser: Browser) -> None:
    response = await browser.post({"light": "yellow", "done": "Mye & mer", "indicator:plasser": "12,5"})

    assert response.status_code == 200
    assert "Takk! Statusen er lagret" in response.text
    assert "Du kan endre den fram til fredag 6. november 2026 kl. 15.00" in response.text
    assert "Trenger oppmerksomhet" in response.text
    assert "Mye &amp; mer" in response.text
    assert "12,5" in response.text
    assert await browser.versions() == 1


async def test_a_correction_starts_from_what_is_stored(browser: Browser) -> None:
    await browser.post(
        {"light": "yellow", "done": "Først", "question": "Hvem?", "proposal_asked": "1", "indicator:plasser": "12,5"}
    )

    form = (await browser.get()).text
    assert "Dette er svaret som er lagret nå" in form
    assert "Først</textarea>" in form
    assert "Hvem?</textarea>" in form
    assert 'value="12,5"' in form
    assert re.search(r'value="yellow" checked', form)

    await browser.post({"light": "green", "done": "Så"})
    assert await browser.versions() == 2


async def test_what_is_wrong_is_listed_and_what_was_written_is_kept(browser: Browser) -> None:
    response = await browser.post({"done": "Mye", "indicator:plasser": "mange"})

    assert response.status_code == 422
    assert "Se over det du har skrevet" in response.text
    assert 'href="#light">Velg hvordan arbeidet går.' in response.text
    assert 'href="#indicator:plasser"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert "Mye</textarea>" in response.text
    assert 'value="mange"' in response.text
    assert await browser.versions() == 0


async def test_a_national_id_is_refused_kindly_and_kept_in_the_form_only(browser: Browser) -> None:
    response = await browser.post({"light": "green", "done": f"Se {NUMBER}"})

    assert "ser ut til å inneholde et fødselsnummer" in response.text
    assert NUMBER in response.text
    assert await browser.versions() == 0


async def test_a_phone_number_is_asked_about_and_sent_when_confirmed(browser: Browser) -> None:
    fields = {"light": "green", "done": "Ring 41234567"}

    asked = await browser.post(fields)
    assert asked.status_code == 422
    assert "ser ut til å inneholde et telefonnummer" in asked.text
    assert "Ring 41234567</textarea>" in asked.text
    assert await browser.versions() == 0

    confirm = re.search(r'name="confirmed" value="([0-9a-f]+)"', asked.text)
    assert confirm
    assert (await browser.post({**fields, "confirmed": confirm[1]})).status_code == 200
    assert await browser.versions() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nn", ("Korleis går arbeidet?", "fredag 6. november 2026 kl. 15.00", "Takk! Statusen er lagra")),
        ("en", ("How is the work going?", "Friday 6 November 2026 at 15:00", "Your status is stored")),
    ],
)
async def test_the_form_speaks_the_reader_s_language(browser: Browser, language: str, words: tuple[str, ...]) -> None:
    people = tuple(
        person.model_copy(update={"language": language}) if person.key == "home-lead" else person
        for person in browser.world.programme.people
    )
    browser.world.programme = browser.world.programme.model_copy(update={"people": people})

    form, receipt = await browser.get(), await browser.post({"light": "green"})

    assert f'<html lang="{language}"' in form.text
    assert form.headers["content-language"] == language
    for word in words[:2]:
        assert word in form.text
    assert words[2] in receipt.text


async def test_what_people_write_stays_text(browser: Browser) -> None:
    hostile = "</textarea><script>alert(1)</script>\n{{ 7*7 }}"

    for response in (
        await browser.post({"light": "", "done": hostile}),
        await browser.post({"light": "green", "done": hostile}),
        await browser.get(),
    ):
        assert "<script>" not in response.text
        assert "{{ 7*7 }}" in response.text


async def test_the_last_round_fills_the_form_and_can_be_sent_unchanged(browser: Browser) -> None:
    world = browser.world
    written = {
        "light": "red",
        "done": "Sist. Og mer.",
        "next": "Neste",
        "question": "Hvem?",
        "proposal_asked": "1",
        "lesson": "Ring først.",
        "lesson_for": "owner",
        "indicator:plasser": "7",
    }
    await browser.post(written)
    later = "a-dal/2027-02-09"
    world.clock.time = DEADLINE
    await world.run("status.close")
    await world.plan_meeting(world_meeting(later), key=later)
    world.clock.time = DEADLINE + 74 * DAY
    await world.run("status.open", later)
    request = request_id(later, HOME)
    browser.path = f"/svar/{await world.links.issue('answer', request, 'home-lead', world.clock.time + DAY)}"

    form = (await browser.get()).text
    assert "Neste</textarea>" in form
    assert "Sist. Og mer.</textarea>" not in form
    assert re.findall(r'name="(keep:\d)"', form) == ["keep:0", "keep:1"]
    assert "Hvem?" not in form
    assert "Forrige gang: 7." in form
    assert "Sist: Ring først." in form
    assert "Ring først.</textarea>" not in form
    assert '<option value="board" selected>' in form
    assert form.index("Ingen endring siden sist") < form.index('name="light"'), "it stands before the fields"

    numbers = await browser.post({"unchanged": "1", "indicator:plasser": ""})
    assert "Alt annet blir som sist" in numbers.text
    assert "textarea" not in numbers.text
    wrong = await browser.post({"unchanged": "1", "numbers_asked": "1", "indicator:plasser": "mange"})
    assert (wrong.status_code, 'value="mange"' in wrong.text) == (422, True)
    await browser.post({"unchanged": "1", "indicator:plasser": "8"})
    stored = (await world.store.newest_answers([request]))[request].content
    assert (stored.light, stored.done, stored.question, stored.lesson, stored.indicators) == (
        "red",
        "Sist. Og mer.",
        "",
        "",
        {"plasser": 8},
    )


async def test_a_lesson_is_stored_with_its_readers_and_said_so_on_the_receipt(browser: Browser) -> None:
    receipt = (await browser.post({"light": "green", "lesson": "Ring først.", "lesson_for": "leads"})).text
    correcting = (await browser.get()).text

    assert "Ring først." in receipt
    assert "Også andre som leder arbeidspakker" in receipt
    assert "Ring først.</textarea>" in correcting
    assert '<option value="leads" selected>' in correcting
    assert "Sist: " not in correcting


async def test_a_sentence_of_last_time_is_kept_by_a_tick_and_stays_ticked_until_the_form_is_right(
    browser: Browser,
) -> None:
    world = browser.world
    await browser.post({"light": "red", "done": "Sist. Og mer."})
    later = "a-dal/2027-02-09"
    world.clock.time = DEADLINE
    await world.run("status.close")
    await world.plan_meeting(world_meeting(later), key=later)
    world.clock.time = DEADLINE + 74 * DAY
    await world.run("status.open", later)
    request = request_id(later, HOME)
    browser.path = f"/svar/{await world.links.issue('answer', request, 'home-lead', world.clock.time + DAY)}"

    wrong = await browser.post({"keep:1": "1", "done": "Nytt.", "outlook": "Bussen går.", "light": "green"})
    await browser.post(
        {"keep:1": "1", "done": "Nytt.", "outlook": "Bussen går.", "weight": "risk_2_1", "light": "green"}
    )

    assert wrong.status_code == 422
    assert re.search(r'name="keep:1"[^>]*checked', wrong.text)
    assert "Velg hvor trolig det er" in wrong.text
    stored = (await world.store.newest_answers([request]))[request].content
    assert (stored.done, stored.outlook, stored.weight) == ("Og mer. Nytt.", "Bussen går.", "risk_2_1")


async def test_the_local_lead_is_told_that_they_answer_for_somebody(world: World) -> None:
    browser = Browser(world, await world.links.issue("answer", REQUEST, "lead"))

    assert "Du svarer på vegne av Leder arena" in (await browser.get()).text


async def test_after_the_deadline_the_page_shows_what_is_stored(browser: Browser) -> None:
    await browser.post({"light": "green", "done": "Mye"})
    browser.world.clock.time = DEADLINE

    for response in (await browser.get(), await browser.post({"light": "red"})):
        assert response.status_code == 410
        assert "Fristen har gått ut" in response.text
        assert "Mye" in response.text
        assert "<form" not in response.text
    assert await browser.versions() == 1


async def test_after_the_close_the_link_opens_nothing(browser: Browser) -> None:
    browser.world.clock.time = DEADLINE
    await browser.world.run("status.close")

    for response in (await browser.get(), await browser.post({"light": "green"})):
        assert response.status_code == 410
        assert "Statusrunden er avsluttet" in response.text
    assert await browser.versions() == 0


@pytest.mark.parametrize(
    "token", ["x", "a.b", "%00", "🙂", "x" * 3000], ids=["short", "two parts", "null", "emoji", "long"]
)
async def test_a_forged_link_leads_nowhere(world: World, token: str) -> None:
    browser = Browser(world, token)

    assert (await browser.get()).status_code == 404
    assert (await browser.post({"light": "green"})).status_code == 404


async def test_a_link_for_something_else_does_not_open_the_form(world: World) -> None:
    browser = Browser(world, await world.links.issue("report", REQUEST, "home-lead"))

    assert (await browser.post({"light": "green"})).status_code == 404


async def test_a_former_lead_sees_nothing_of_the_package(world: World) -> None:
    browser = Browser(world, await world.links.issue("answer", request_id(MEETING, GUEST), "stranger"))

    response = await browser.get()
    assert response.status_code == 403
    assert "Pakken bro" not in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://other.example"},
        {"origin": "https://["},
    ],
    ids=["cross-site", "same-site", "another origin", "an origin that is none"],
)
async def test_a_form_on_another_site_cannot_answer(browser: Browser, headers: dict[str, str]) -> None:
    response = await browser.post({"light": "green"}, **headers)

    assert response.status_code == 403
    assert await browser.versions() == 0


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"origin": "null"}, {"origin": PUBLIC}],
    ids=["same origin", "no origin named", "our origin"],
)
async def test_our_own_page_can_answer(browser: Browser, headers: dict[str, str]) -> None:
    assert (await browser.post({"light": "green"}, **headers)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"light=green&done=" + b"x" * 300_000, 413, id="too large"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(500)), 400, id="too many fields"),
        pytest.param(b"\xff\xfe\x00", 400, id="no text"),
        pytest.param(b"light=green&done=%ff%fe%00", 200, id="broken characters"),
        pytest.param(b"light=green&light=red&light=", 422, id="a field many times"),
        pytest.param(b'{"light": "green"}', 422, id="json"),
        pytest.param(b"light=green&indicator%3Aandre=1", 422, id="an unknown indicator"),
        pytest.param(b"", 422, id="nothing"),
    ],
)
async def test_odd_bodies_get_an_honest_answer(browser: Browser, body: bytes, status: int) -> None:
    assert (await browser.post_body(body)).status_code == status


def world_meeting(key: str) -> datetime:
    return datetime.fromisoformat(f"{key.partition('/')[2]}T09:00")


async def test_the_form_asks_what_came_of_the_board_s_decisions(browser: Browser) -> None:
    decided = OpenDecision(key="a-dal/2026/12", text="Skolene får en felles kontaktperson.")
    browser.world.decisions.open[HOME] = [decided]
    name = f"decision:{decided.key}"
    assert f'id="{name}"' in (await browser.get()).text

    too_long = await browser.post({"light": "green", name: "Mye. " * 101})
    assert "Kort den ned til 500 tegn." in too_long.text
    assert f'href="#{name}"' in too_long.text
    receipt = await browser.post({"light": "green", name: "Hun begynner snart."})

    assert "Styret har bestemt: «Skolene får en felles kontaktperson.» Hva er gjort med det?" in receipt.text
    assert "Hun begynner snart." in receipt.text
    assert "Hun begynner snart." in (await browser.get()).text


async def test_a_question_without_a_proposal_is_asked_about_once_and_the_next_press_sends_it(browser: Browser) -> None:
    content = {"light": "green", "question": "Hvem?", "indicator:plasser": "7"}
    first = await browser.post(content)
    assert first.status_code == 422
    assert "Hva foreslår dere at styret vedtar?" in first.text
    hidden = re.search(r'name="(proposal_asked)" value="1"', first.text)
    assert hidden is not None
    assert (await browser.post({**content, hidden[1]: "1"})).status_code == 200
