"""Pages behind sign-in: each in its reader's language, with the header, the menus and the way here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import Visit
from web.pages import page
from web.shell.navigation import MenuEntry, county_menu, main_menu, municipality_menu

Crumb = tuple[str, str]
"""A step on the way here: words and address. The last one, this page, has no address."""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """All that the frame of a page behind sign-in shows."""

    programme: str
    colour: str
    """The programme's colour in six hexadecimal digits; empty: the product's own."""
    name: str
    roles: str
    """The reader's roles in words."""
    here: str
    within: str
    """The address of the section that the page belongs to; empty for none."""
    menu: Sequence[MenuEntry]
    crumbs: Sequence[Crumb]
    section: Sequence[MenuEntry]
    section_name: str
    nearest: str = ""
    """The address of the section's entry that the page lies below; the section's first page has none below it."""


def shell_page(
    request: Request,
    template: str,
    visit: Visit,
    *,
    crumbs: Sequence[Crumb] = (),
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """
    Return the page *template* of a visit, in its reader's language. Templates extend `shell/base.html`.

    Besides what all pages have they get `near_moment` and `day_and_month`, for tables. *crumbs*: the way here below the
    start page; below a municipality or the county it is begun for them.
    """
    language = texts.choose(visit.reader.language, visit.programme.language)
    return page(
        request,
        template,
        status=status,
        language=language,
        near_moment=partial(texts.near_moment, language=language),
        day_and_month=partial(texts.day_and_month, language=language),
        shell=shell_of(visit, request.url.path, crumbs, language),
        **context,
    )


def shell_of(visit: Visit, here: str, crumbs: Sequence[Crumb], language: str) -> Shell:
    """Return the frame of the page at the address *here*."""
    programme, reader = visit.programme, visit.reader
    within, section, name = "", list[MenuEntry](), ""
    if here.startswith("/fylket"):
        within, section, name = "/fylket", county_menu(reader, language), texts.say("shell.county", language)
    elif here.startswith("/kommune/") and visit.where.municipality is not None:
        slug = visit.where.municipality
        within, section = f"/kommune/{slug}", municipality_menu(reader, slug, language)
        name = programme.municipality(slug).name
    start = [(name, within if crumbs else "")] if within else []
    return Shell(
        programme=programme.name,
        colour=(programme.colour or "").removeprefix("#").lower(),
        name=reader.name,
        roles=roles_in_words(visit, language),
        here=here,
        within=within,
        menu=main_menu(reader, programme, language),
        crumbs=[*start, *crumbs],
        section=section,
        section_name=name,
        nearest=_nearest(section, here, within),
    )


def _nearest(section: Sequence[MenuEntry], here: str, within: str) -> str:
    below = [item.address for item in section if item.address != within and here.startswith(f"{item.address}/")]
    return max(below, key=len, default="")


def roles_in_words(visit: Visit, language: str) -> str:
    """Return the roles that the reader holds now, each once, as readers call them."""
    roles = sorted({held.role for held in visit.reader.roles})
    return texts.join([texts.say(f"guests.role_{role}", language) for role in roles], language)
