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
from web.shell.navigation import MenuEntry, MenuGroup, county_menu, main_menu, municipality_menu
from workflows.access.model import Right
from workflows.access.rules import may

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
    section: Sequence[MenuGroup]
    section_name: str
    nearest: str = ""
    """The address of the section's entry that the page is, or lies below; empty for none."""

    @property
    def group(self) -> MenuGroup | None:
        """The group of the section's menu whose pages are listed: the one that the page belongs to, else the first."""
        groups = [group for group in self.section if group.holds(self.nearest)] or self.section
        return groups[0] if groups else None


def shell_page(
    request: Request,
    template: str,
    visit: Visit,
    *,
    crumbs: Sequence[Crumb] = (),
    below: str = "",
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """
    Return the page *template* of a visit, in its reader's language. Templates extend `shell/base.html`.

    Besides what all pages have they get `near_moment` and `day_and_month`, for tables. *crumbs*: the way here below the
    start page; below a municipality or the county it is begun for them. *below*: the address of the section's page that
    this one belongs to, which stands in the way here too.
    """
    language = texts.choose(visit.reader.language, visit.programme.language)
    return page(
        request,
        template,
        status=status,
        language=language,
        near_moment=partial(texts.near_moment, language=language),
        day_and_month=partial(texts.day_and_month, language=language),
        shell=shell_of(visit, request.url.path, crumbs, language, below=below),
        **context,
    )


def shell_of(visit: Visit, here: str, crumbs: Sequence[Crumb], language: str, *, below: str = "") -> Shell:
    """Return the frame of the page at the address *here*."""
    programme, reader = visit.programme, visit.reader
    within, section, name = "", list[MenuGroup](), ""
    county = texts.say("shell.county", language)
    if here.startswith("/fylket"):
        within, section, name = "/fylket", county_menu(reader, language), county
    elif here.startswith("/kommune/") and visit.where.municipality is not None:
        slug = visit.where.municipality
        within, section = f"/kommune/{slug}", municipality_menu(reader, slug, language)
        name = programme.municipality(slug).name
    overview = [(county, "/fylket")] if within.startswith("/kommune/") and may(reader, Right.SEE_COUNTY) else []
    start = [*overview, (name, within if crumbs else "")] if within else []
    entries = [entry for group in section for entry in group.entries if entry.address != within]
    above = [(entry.label, entry.address) for entry in entries if entry.address == below]
    return Shell(
        programme=programme.name,
        colour=(programme.colour or "").removeprefix("#").lower(),
        name=reader.name,
        roles=roles_in_words(visit, language),
        here=here,
        within=within,
        menu=main_menu(reader, programme, language),
        crumbs=[*start, *above, *crumbs],
        section=section,
        section_name=name,
        nearest=here if here == within else _nearest(entries, here, [address for _, address in [*above, *crumbs]]),
    )


def _nearest(entries: Sequence[MenuEntry], here: str, above: Sequence[str]) -> str:
    """Return the address of the entry that is the page *here*, is on the way to it, or that it lies below."""
    on_the_way = [item.address for item in entries if item.address in above]
    nearest = [item.address for item in entries if here == item.address or here.startswith(f"{item.address}/")]
    return max(nearest or on_the_way, key=len, default="")


def roles_in_words(visit: Visit, language: str) -> str:
    """Return the roles that the reader holds now, each once, as readers call them."""
    roles = sorted({held.role for held in visit.reader.roles})
    names = [texts.say(f"guests.role_{role}", language) for role in roles]
    return texts.join([*names[:1], *map(texts.within, names[1:])], language)
