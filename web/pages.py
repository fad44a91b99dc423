"""Pages in a reader's language: Jinja2 templates with Designsystemet, readable without script."""

import asyncio
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

import texts
from documents.columns import number_columns
from documents.document import kind_of
from documents.picture import data_address
from web.access.gate import Gate, visit_of
from web.assets import LEAST, asset, packed, takes_gzip

_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

TEMPLATES = Path(__file__).parent / "templates"
COMPILED = Path(__file__).parent / "compiled_templates"
"""The templates as Python, in a deployment package. Elsewhere each is compiled when it is first shown."""

_NORWEGIAN = {"no": "nb", "nb": "nb", "nn": "nn"}


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    language: str = texts.DEFAULT,
    is_short: bool = False,
    **context: Any,
) -> HTMLResponse:
    """
    Return the page *template* filled with *context*; everything is escaped.

    Templates extend `base.html` and have `request`, `visit` (None when signed out), `language`, and
    `say(key, **values)`, `written(value)` and `long_moment(local time)` in that language. A name that the context
    lacks is an error. *is_short*: it is drawn in less than a millisecond, whatever stands in it.
    """
    values = {
        "request": request,
        "visit": visit_of(request),
        "language": language,
        "say": partial(texts.say, language=language),
        "written": partial(texts.written, language=language),
        "long_moment": partial(texts.long_moment, language=language),
        **context,
    }
    return DrawnPage(template, values, status, {"Content-Language": language}, is_short=is_short)


class DrawnPage(HTMLResponse):
    """
    A page that is made when it is sent, in a thread of its own: a long one takes longer than others should wait, and
    only for a short one the change of threads would cost as much.

    Compressed where the browser takes it and it helps. A page's secrets (its address, the session's word for forms)
    cannot be guessed from its length by another site: a stranger does not know the address, and the session's cookie is
    sent with no request that another site makes.
    """

    def __init__(
        self, template: str, values: Mapping[str, Any], status: int, headers: Mapping[str, str], *, is_short: bool
    ) -> None:
        super().__init__(b"", status, headers)
        self._template = template
        self._values = values
        self._is_short = is_short

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = takes_gzip(Headers(scope=scope))
        self.body, coding = self._made(packs) if self._is_short else await asyncio.to_thread(self._made, packs)
        self.headers["Content-Length"] = str(len(self.body))
        self.headers.update(coding)
        await super().__call__(scope, receive, send)

    def _made(self, packs: bool) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes, and the headers that say how they are packed."""
        html = templates().get_template(self._template).render(self._values).encode()
        if len(html) < LEAST:
            return html, {}
        if not packs:
            return html, {"Vary": "Accept-Encoding"}
        return packed(html), {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}


def language_of(request: Request) -> str:
    """
    Return the language of a reader we do not know: what their browser asks for, as far as we have it.

    Norwegian wherever it stands in the list: many a browser in Norway is set up in English first.
    """
    header = request.headers.get("accept-language", "")
    asked = [item.partition(";")[0].strip().lower().partition("-")[0] for item in header.split(",")]
    norwegian = next((_NORWEGIAN[language] for language in asked if language in _NORWEGIAN), None)
    return texts.choose(norwegian or ("en" if "en" in asked else texts.DEFAULT))


async def language_behind_link(request: Request, asked: str, default: str) -> str:
    """
    Return the language of a page that a shared link opens: the reader's own when they are signed in.

    Else the one that the address asks for (`?sprak=nn`), as a mail to a reader does; else *default*, the body's.
    """
    gate: Gate | None = request.app.state.gate
    visit = await gate.enter(request) if gate else None
    return texts.choose(visit.reader.language if visit else asked, default)


def router() -> APIRouter:
    """Return the routes of the pages that stand by themselves."""
    routes = APIRouter()

    def plain(path: str, heading: str, *paragraphs: str) -> None:
        @routes.get(path, response_class=HTMLResponse, summary=texts.say(heading), name=heading)
        async def show(request: Request) -> HTMLResponse:
            language = language_of(request)
            words = [texts.say(paragraph, language) for paragraph in paragraphs]
            return page(
                request, "plain.html", language=language, heading=texts.say(heading, language), paragraphs=words
            )

    # What the Teams app's manifest points to: its personal tab, and where a tab is added by hand.
    plain("/fane", "web.home_heading", "web.home_what")
    plain("/fane/oppsett", "web.setup_heading", "web.setup_what")
    return routes


def _shown(value: Any) -> Any:
    """Return a value as it is printed: without characters that would turn the words around it."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isascii():
        return value
    return value.translate(_TURNING)


class CompiledTemplates(ModuleLoader):
    """Templates that were compiled before, whose failures tell of their lines as those of others do."""

    def load(self, environment: Environment, name: str, *given: Any, **named: Any) -> Template:
        template = super().load(environment, name, *given, **named)
        template.filename = str(TEMPLATES / name)
        return template


def _loader() -> BaseLoader:
    return CompiledTemplates(COMPILED) if COMPILED.is_dir() else FileSystemLoader(TEMPLATES)


@cache
def templates() -> Environment:
    """Return the environment that pages are rendered in."""
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        # They change with the package only: no look at the file for each page.
        auto_reload=False,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.globals["number_columns"] = number_columns
    environment.globals["data_address"] = data_address
    environment.globals["kind_of"] = kind_of
    return environment
