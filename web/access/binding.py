"""Binding an identity of Ansattporten to a person, once: `/logg-inn/ukjent`, `/logg-inn/knytt`, `/fylket/palogging`."""

import hmac
import secrets

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

import texts
from web.access.gate import RunsProgramme, Visit
from web.access.kept import Kept
from web.access.sign_in import ASKING, CONFIRMING, SignInPages, enter, proved_in
from web.forms import is_from_us, read_form, typed_in
from web.pages import language_of, page
from web.shell.page import shell_page
from workflows.access.identities import ProvedIdentity

MAX_BODY = 4_000
BINDINGS = "/fylket/palogging"
PROVIDER = "ansattporten"


def router(pages: SignInPages) -> APIRouter:
    """Return the routes around a binding; nothing of them asks for a session but the county lead's list."""
    routes = APIRouter()
    _add_asking(routes, pages)
    _add_confirming(routes, pages)
    _add_list(routes, pages)
    return routes


def _add_asking(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(ASKING, response_class=HTMLResponse, summary="An identity that nobody has bound; changes nothing")
    async def show(request: Request) -> HTMLResponse:
        kept = await pages.keeper.read(request)
        _of(kept)
        return page(request, "access/unknown.html", language=language_of(request), action=ASKING)

    @routes.post(ASKING, response_class=HTMLResponse, summary="Have the link that binds mailed")
    async def ask(request: Request) -> HTMLResponse:
        if not is_from_us(request, pages.gate.public_url):
            raise HTTPException(403)
        _of(await pages.keeper.read(request))
        form = await read_form(request, most=MAX_BODY)
        await pages.bindings.ask(form.get("email", ""))
        return _words(request, "asked")


def _add_confirming(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(f"{CONFIRMING}/{{token}}", response_class=HTMLResponse, summary="Whom a link binds; changes nothing")
    async def whom(request: Request, token: str) -> HTMLResponse:
        person = await pages.bindings.find_person(token)
        if person is None or PROVIDER not in pages.providers:
            raise HTTPException(404)
        away = f"/logg-inn/{PROVIDER}?knytt={token}"
        return page(request, "access/bind_link.html", language=person.language, person=person, away=away)

    @routes.get(CONFIRMING, response_class=HTMLResponse, summary="Ask before binding; changes nothing")
    async def confirm(request: Request) -> Response:
        kept = await pages.keeper.read(request)
        proved, person = _of(kept), await pages.bindings.find_person(str(kept.get("knytt", "")))
        if person is None:
            return _words(request, "bind_over", status=404)
        kept["word"] = secrets.token_urlsafe(16)
        answer = page(
            request,
            "access/bind.html",
            language=person.language,
            person=person,
            shown_as=proved.shown_as,
            word=kept["word"],
            action=CONFIRMING,
        )
        answer.headers.append("set-cookie", await pages.keeper.header(kept))
        return answer

    @routes.post(CONFIRMING, summary="Bind the identity to the person of the link")
    async def bind(request: Request) -> Response:
        kept = await pages.keeper.read(request)
        form = await read_form(request, most=MAX_BODY)
        word = str(kept.get("word", ""))
        same = word and hmac.compare_digest(form.get("word", "").encode(errors="surrogatepass"), word.encode())
        if not same or not is_from_us(request, pages.gate.public_url):
            raise HTTPException(403)
        proved = _of(kept)
        if not await pages.bindings.bind(str(kept.get("knytt", "")), proved):
            return _words(request, "bind_over", status=409)
        return await enter(request, pages, proved, {"til": kept.get("til", "/")})


def _add_list(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(BINDINGS, response_class=HTMLResponse, summary="Identities that are bound to people")
    async def show(request: Request, visit: RunsProgramme) -> HTMLResponse:
        return await _list(request, pages, visit)

    @routes.post(BINDINGS, response_class=HTMLResponse, summary="Undo a binding and end its sessions")
    async def undo(request: Request, visit: RunsProgramme) -> HTMLResponse:
        person = dict(typed_in(request)).get("person", "")
        undone = await pages.bindings.undo(person, by=visit.reader.person)
        known = visit.programme.find_person(person)
        key = "sign_in.undone" if undone else "sign_in.undone_before"
        done = texts.say(key, visit.reader.language, name=person if known is None else known.name)
        return await _list(request, pages, visit, done=done)


async def _list(request: Request, pages: SignInPages, visit: Visit, *, done: str = "") -> HTMLResponse:
    """Show the bindings. *done*: words about the one that was just undone."""
    rows = [(item, visit.programme.local_time(item.identity.bound_at)) for item in await pages.bindings.list_all()]
    heading = texts.say("sign_in.bindings_heading", visit.reader.language)
    return shell_page(
        request, "access/bindings.html", visit, crumbs=[(heading, "")], rows=rows, action=BINDINGS, done=done
    )


def _of(kept: Kept) -> ProvedIdentity:
    """Return the identity that was proved in this browser. Raises HTTPException 404 without one."""
    proved = proved_in(kept)
    if proved is None or proved.object_id:
        raise HTTPException(404)
    return proved


def _words(request: Request, kind: str, *, status: int = 200) -> HTMLResponse:
    language = language_of(request)
    heading, words = texts.say(f"sign_in.{kind}_heading", language), texts.say(f"sign_in.{kind}", language)
    return page(request, "access/message.html", status=status, language=language, heading=heading, words=words)
