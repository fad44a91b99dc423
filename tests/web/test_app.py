"""The application around the routers: headers, error pages, health."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.types import Message
from structlog.testing import capture_logs

import texts
from web import pages
from web.app import MOST_UNREAD, create_app
from web.forms import read_form
from web.health import Check

SECRET = "a-persons-words"


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/side")
    async def show(request: Request) -> HTMLResponse:
        return pages.page(request, "plain.html", heading="<b>", paragraphs=["& co"])

    @router.post("/inn")
    async def take(request: Request) -> int:
        return len(await request.body())

    @router.get("/feil/{token}")
    async def fail(token: str) -> None:
        raise RuntimeError(token)

    @router.post("/skjema")
    async def lose(request: Request) -> None:
        await read_form(request, most=1_000)
        raise RuntimeError(SECRET)

    @router.get("/api/feil")
    async def fail_for_programs() -> None:
        raise RuntimeError(SECRET)

    @router.get("/tall")
    async def number(n: int) -> int:
        return n

    return router


def client(*, ready: Check | None = None, **options: object) -> httpx.AsyncClient:
    app = create_app([routes()], ready=ready, **options) if ready else create_app([routes()], **options)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.example")


async def test_health_needs_nothing() -> None:
    response = await client().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_says_when_the_database_does_not_answer() -> None:
    async def broken() -> str:
        raise OSError(SECRET)

    response = await client(ready=broken).get("/readyz")

    assert response.status_code == 503
    assert SECRET not in response.text
    assert (await client().get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("path", "lacks", "told"),
    [
        pytest.param("/readyz", "database", [("database", None)], id="no database"),
        pytest.param("/readyz", "schema", [("schema", None)], id="an older schema"),
        pytest.param("/feil/x", "register", [("register", None)], id="a page that failed for it"),
        pytest.param("/readyz", OSError(SECRET), [("unknown", "OSError")], id="whatever it is"),
        pytest.param("/readyz", "", [], id="nothing"),
    ],
)
async def test_what_keeps_the_service_from_working_is_logged_by_its_part(
    path: str, lacks: str | OSError, told: list[tuple[str, str | None]]
) -> None:
    """The alert `not-ready` asks the log for it."""

    async def ready() -> str:
        if isinstance(lacks, OSError):
            raise lacks
        return lacks

    with capture_logs() as entries:
        await client(ready=ready).get(path)

    noted = [entry for entry in entries if entry["event"] == "web.not_ready"]
    assert [(entry["missing"], entry["error"]) for entry in noted] == told
    assert SECRET not in str(noted)


async def test_the_description_of_the_api_is_there_and_no_page_that_loads_foreign_script() -> None:
    assert (await client().get("/openapi.json")).json()["info"]["title"] == "vareunge"
    assert (await client().get("/docs")).status_code == 404


@pytest.mark.parametrize("path", ["/side", "/ukjent", "/feil/x", "/healthz", "/static/app.css"])
async def test_every_answer_has_the_security_headers(path: str) -> None:
    headers = (await client().get(path)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("public, max-age=3600" if "static" in path else "no-store")


async def test_a_page_escapes_what_it_is_given_and_names_its_language() -> None:
    response = await client().get("/side")

    assert "<h1" in response.text
    assert "&lt;b&gt;" in response.text
    assert "&amp; co" in response.text
    assert '<html lang="nb"' in response.text
    assert response.headers["content-language"] == "nb"


async def test_when_the_database_is_away_a_page_says_so_and_offers_another_try() -> None:
    async def away() -> str:
        return "database"

    response = await client(ready=away).get("/feil/x")

    assert (response.status_code, response.headers["retry-after"]) == (503, "10")
    assert "Vi er straks tilbake" in response.text
    assert '<a class="ds-button" href="">Prøv igjen</a>' in response.text


@pytest.mark.parametrize("path", ["/ukjent", "/feil/x"])
async def test_a_mistake_s_page_leads_on_and_says_whom_to_ask(path: str) -> None:
    page = (await client().get(path)).text

    assert "spør den som leder arbeidet i kommunen din" in page
    assert '<main id="main"' in page
    assert 'href="/hjelp">Hjelp</a>' in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("method", "path", "status", "heading"),
    [
        pytest.param("GET", "/ukjent", 404, "Vi finner ikke siden", id="unknown address"),
        pytest.param("POST", "/side", 405, "Dette går ikke her", id="wrong method"),
        pytest.param("GET", "/tall?n=x", 400, "Vi forsto ikke det du sendte", id="wrong input"),
    ],
)
async def test_a_mistake_gets_a_norwegian_page(method: str, path: str, status: int, heading: str) -> None:
    response = await client().request(method, path)

    assert response.status_code == status
    assert heading in response.text


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "nb"),
        ("nb-NO,nb;q=0.9", "nb"),
        ("no", "nb"),
        ("nn-NO, nb;q=0.5", "nn"),
        ("en-US,en;q=0.9", "en"),
        ("en-US,en;q=0.9,nb;q=0.5", "nb"),
        ("de, fr;q=0.5", "nb"),
        (",;q=x,,", "nb"),
    ],
)
async def test_a_reader_we_do_not_know_is_told_in_the_browser_s_language(asked: str, language: str) -> None:
    web = httpx.AsyncClient(transport=httpx.ASGITransport(create_app([pages.router()])), base_url="http://web.example")

    for path in ("/ingen-slik-side", "/personvern"):
        response = await web.get(path, headers={"accept-language": asked})
        assert response.headers["content-language"] == language
        assert f'<html lang="{language}"' in response.text


async def test_a_wrong_method_still_says_which_are_allowed() -> None:
    assert (await client().post("/side")).headers["allow"] == "GET"


async def test_a_failure_shows_a_number_that_the_log_has_and_nothing_else() -> None:
    with capture_logs() as entries:
        response = await client().get(f"/feil/{SECRET}")

    (entry,) = entries
    assert response.status_code == 500
    assert "Noe gikk galt" in response.text
    assert entry["number"] in response.text
    assert entry["error"] == "RuntimeError"
    assert entry["route"] == "/feil/{token}"
    assert SECRET not in response.text
    assert SECRET not in str(entries)


async def test_a_failure_gives_back_what_was_typed_to_be_sent_again_and_logs_none_of_it() -> None:
    typed = {"progress": 'Vi er i gang med "kurset" <nå>', "light": "green"}
    with capture_logs() as entries:
        response = await client().post("/skjema", data=typed)

    given_back = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.text))
    assert response.status_code == 500
    assert {name: html.unescape(value) for name, value in given_back.items()} == typed
    assert '<form method="post" action="/skjema">' in response.text
    assert '<p class="ds-paragraph kept">Vi er i gang med &#34;kurset&#34; &lt;nå&gt;</p>' in response.text
    assert "i gang" not in str(entries)


async def test_a_program_gets_a_failure_as_json() -> None:
    response = await client().get("/api/feil")

    assert response.status_code == 500
    assert response.json()["error"]["status"] == 500


async def test_each_request_counts_as_work_also_one_that_fails() -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def busy() -> AsyncIterator[None]:
        steps.append("busy")
        yield
        steps.append("idle")

    await client(around=busy).get("/feil/x")

    assert steps == ["busy", "idle"]


async def test_the_accessibility_statement_is_a_link_on_every_page() -> None:
    assert 'href="/tilgjengelighet"' in (await client().get("/ukjent")).text
    assert "WCAG 2.2" in (await client().get("/tilgjengelighet")).text


@pytest.mark.parametrize("path", ["/tilgjengelighet", "/personvern", "/fane", "/fane/oppsett"])
async def test_the_pages_that_stand_by_themselves_have_a_heading_and_words(path: str) -> None:
    response = await client().get(path)

    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    assert "<p class" in response.text


async def test_head_answers_wherever_get_does_and_without_a_body() -> None:
    got, head = await client().get("/side"), await client().head("/side")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert (await client().head("/ukjent")).status_code == 404


async def test_no_address_is_made_from_the_host_that_a_request_names() -> None:
    answer = await client().get("/side/", headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_a_body_that_does_not_come_is_given_up_and_its_sender_let_go() -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"a=1"
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        answer = await client(body_time=0.01).post("/inn", content=half())

    assert answer.status_code == 408
    assert answer.headers["connection"] == "close"


async def test_a_body_that_an_answer_leaves_unread_is_taken_in_within_bounds() -> None:
    """Whoever is cut off while sending never sees the answer."""
    asked: list[bytes] = []

    async def parts(number: int) -> AsyncIterator[bytes]:
        for _ in range(number):
            asked.append(b"a" * 100_000)
            yield asked[-1]

    answer = await client().post("/side", content=parts(10))
    assert "connection" not in answer.headers
    assert len(asked) == 10

    asked.clear()
    answer = await client().post("/side", content=parts(100))
    assert answer.headers["connection"] == "close"
    assert len(asked) * 100_000 < 2 * MOST_UNREAD
    assert "connection" not in (await client().post("/inn", content=b"a=1")).headers


async def asked_raw(app: FastAPI, messages: Sequence[Message], *, path: str = "/side") -> list[Message]:
    """Ask as a server does, with *messages* for a body, and return what was answered."""
    waiting, sent = list(messages), list[Message]()

    async def receive() -> Message:
        return waiting.pop(0) if waiting else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"transfer-encoding", b"chunked"), (b"host", b"vareunge.example")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    async with asyncio.timeout(5):
        await app(scope, receive, send)
    return sent


async def test_a_sender_who_hangs_up_in_the_middle_is_not_waited_for() -> None:
    part = {"type": "http.request", "body": b"a", "more_body": True}

    sent = await asked_raw(create_app([routes()]), [part, {"type": "http.disconnect"}])

    assert sent[0]["status"] == 405


async def test_a_body_that_stops_coming_after_the_answer_began_ends_the_answer_there() -> None:
    async def half_read(request: Request) -> Response:
        async def echo() -> AsyncIterator[bytes]:
            async for part in request.stream():
                yield part

        return StreamingResponse(echo())

    router = APIRouter()
    router.add_api_route("/ekko", half_read, methods=["POST"])
    part = {"type": "http.request", "body": b"a", "more_body": True}

    sent = await asked_raw(create_app([router], body_time=0.05), [part], path="/ekko")

    assert [message.get("status") for message in sent if message["type"] == "http.response.start"] == [200]


async def test_a_strangers_page_says_the_programmes_words_and_asks_for_them_once() -> None:
    asked = []

    async def words() -> None:
        asked.append("programme")
        if len(asked) == 1:
            raise ConnectionError
        texts.reword({"nb": {"web.product": "Unge"}})

    site = client(words=words)

    ours, theirs, again = [(await site.get("/hjelp", headers={"accept-language": "nb"})).text for _ in range(3)]

    assert '<p class="page-name">Programmet</p>' in ours
    assert '<p class="page-name">Unge</p>' in theirs
    assert len(asked) == 2
    assert again == theirs
