"""Menus by role: where a reader may go from every page, and within a municipality or the county."""

from collections.abc import Sequence
from dataclasses import dataclass

import texts
from config.programme import Programme
from config.values import BodyKind
from workflows.access.model import Reader, Right, Where
from workflows.access.rules import may

MOST_PACKAGES = 3
"""Packages that have an entry of their own; the start page lists all."""
MOST_UNGROUPED = 6
"""Pages of a section that stand in one line, without groups."""


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """An entry of a menu."""

    address: str
    label: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class MenuGroup:
    """Entries of a section's menu that belong together, under the name of what they are about."""

    label: str
    entries: Sequence[MenuEntry]

    @property
    def address(self) -> str:
        """The address that the group's name leads to: its first page."""
        return self.entries[0].address

    def holds(self, address: str) -> bool:
        """Return True when the page at *address* is one of the group's."""
        return any(entry.address == address for entry in self.entries)


@dataclass(frozen=True, kw_only=True)
class SectionPage:
    """A page of a section: the end of its address, the key of its name, and the right that it asks for."""

    path: str
    text: str
    right: Right


@dataclass(frozen=True, kw_only=True)
class SectionGroup:
    """Pages of a section that stand together in its menu; *text* is the key of the group's name."""

    text: str
    pages: tuple[SectionPage, ...]


MUNICIPALITY_GROUPS: tuple[SectionGroup, ...] = (
    SectionGroup(
        text="shell.group_report",
        pages=(
            SectionPage(path="", text="shell.municipality_overview", right=Right.SEE_MUNICIPALITY),
            SectionPage(path="/purring", text="lead.reminders", right=Right.LOOK_AFTER),
            SectionPage(path="/rapport", text="lead.report", right=Right.LOOK_AFTER),
            SectionPage(path="/sporsmal", text="questions.title", right=Right.LOOK_AFTER),
        ),
    ),
    SectionGroup(
        text="shell.group_meetings",
        pages=(
            SectionPage(path="/moteplan", text="register.page_meetings", right=Right.LOOK_AFTER),
            SectionPage(path="/arshjul", text="meetings.wheel", right=Right.SEE_MUNICIPALITY),
            SectionPage(path="/kalender", text="register.page_calendar", right=Right.LOOK_AFTER),
        ),
    ),
    SectionGroup(
        text="shell.group_packages",
        pages=(
            SectionPage(path="/folk", text="register.page_people", right=Right.LOOK_AFTER),
            SectionPage(path="/arbeidspakker", text="register.page_packages", right=Right.LOOK_AFTER),
            SectionPage(path="/gjester", text="lead.guests_page", right=Right.LOOK_AFTER),
        ),
    ),
    SectionGroup(
        text="shell.group_plan",
        pages=(
            SectionPage(path="/plan", text="register.page_plan", right=Right.LOOK_AFTER),
            SectionPage(path="/okonomi", text="register.page_money", right=Right.LOOK_AFTER),
            SectionPage(path="/samarbeid", text="register.page_cooperation", right=Right.LOOK_AFTER),
        ),
    ),
    SectionGroup(
        text="shell.group_settings",
        pages=(
            SectionPage(path="/malen", text="register.page_template", right=Right.LOOK_AFTER),
            SectionPage(path="/lenker", text="lead.links", right=Right.LOOK_AFTER),
            SectionPage(path="/logg", text="register.page_log", right=Right.LOOK_AFTER),
        ),
    ),
)
"""Pages below `/kommune/{slug}`, in the order of the menu. A page that is made adds its line to its group."""
COUNTY_GROUPS: tuple[SectionGroup, ...] = (
    SectionGroup(
        text="shell.group_status",
        pages=(
            SectionPage(path="", text="shell.county_overview", right=Right.SEE_COUNTY),
            SectionPage(path="/sporsmal", text="questions.title", right=Right.RUN_PROGRAMME),
            SectionPage(path="/sammendrag", text="review.owner_page", right=Right.RUN_PROGRAMME),
            SectionPage(path="/utboks", text="lead.outbox", right=Right.RUN_PROGRAMME),
            SectionPage(path="/arshjul", text="meetings.wheel", right=Right.SEE_COUNTY),
        ),
    ),
    SectionGroup(
        text="shell.group_municipalities",
        pages=(
            SectionPage(path="/kommuner", text="register.page_municipalities", right=Right.RUN_PROGRAMME),
            SectionPage(path="/ny-kommune", text="rollout_pages.new_heading", right=Right.RUN_PROGRAMME),
            SectionPage(path="/utrulling", text="rollout_pages.places_heading", right=Right.RUN_PROGRAMME),
            SectionPage(path="/malen", text="rollout_pages.template_heading", right=Right.RUN_PROGRAMME),
            SectionPage(path="/standard", text="register.page_standard", right=Right.RUN_PROGRAMME),
        ),
    ),
    SectionGroup(
        text="shell.group_people",
        pages=(
            SectionPage(path="/folk", text="register.page_people", right=Right.RUN_PROGRAMME),
            SectionPage(path="/organisasjoner", text="register.page_organisations", right=Right.RUN_PROGRAMME),
            SectionPage(path="/gjester", text="lead.guests_page", right=Right.RUN_PROGRAMME),
        ),
    ),
    SectionGroup(
        text="shell.group_plan",
        pages=(
            SectionPage(path="/plan", text="register.page_plan", right=Right.RUN_PROGRAMME),
            SectionPage(path="/okonomi", text="register.page_money", right=Right.RUN_PROGRAMME),
            SectionPage(path="/samarbeid", text="register.page_cooperation", right=Right.RUN_PROGRAMME),
            SectionPage(path="/kalender", text="register.page_calendar", right=Right.RUN_PROGRAMME),
            SectionPage(path="/programmet", text="register.page_programme", right=Right.RUN_PROGRAMME),
        ),
    ),
    SectionGroup(
        text="shell.group_access",
        pages=(
            SectionPage(path="/lenker", text="lead.links", right=Right.RUN_PROGRAMME),
            SectionPage(path="/palogging", text="sign_in.page_bindings", right=Right.RUN_PROGRAMME),
            SectionPage(path="/logg", text="register.page_log", right=Right.RUN_PROGRAMME),
            SectionPage(path="/revisjonslogg", text="audit.page", right=Right.RUN_PROGRAMME),
        ),
    ),
    SectionGroup(
        text="shell.group_oversight",
        pages=(
            SectionPage(path="/sladding", text="oversight.redaction", right=Right.RUN_PROGRAMME),
            SectionPage(path="/papirer", text="oversight.papers", right=Right.RUN_PROGRAMME),
            SectionPage(path="/avslutning", text="oversight.closing", right=Right.RUN_PROGRAMME),
        ),
    ),
)
"""Pages below `/fylket`: what is looked at and done often first, then what the register holds."""


def main_menu(reader: Reader, programme: Programme, language: str) -> list[MenuEntry]:
    """Return the entries of the menu on top of every page: those that the reader may open, and no others."""
    entries = [MenuEntry(address="/", label=texts.say("shell.start", language), icon="home")]
    if may(reader, Right.SEE_COUNTY):
        entries.append(MenuEntry(address="/fylket", label=texts.say("shell.county", language), icon="overview"))
    entries += [_municipality(programme, slug) for slug in _in_order(programme, reader)]
    entries += [_package(programme, key) for key in sorted(reader.led_packages)[:MOST_PACKAGES]]
    entries += _boards(reader, programme, language)
    if may(reader, Right.SEE_LESSONS):
        entries.append(MenuEntry(address="/laering", label=texts.say("lessons.menu", language), icon="search"))
    if may(reader, Right.SEE_IT):
        entries.append(MenuEntry(address="/it", label=texts.say("shell.it", language), icon="it"))
    return entries


def municipality_menu(reader: Reader, slug: str, language: str) -> list[MenuGroup]:
    """Return the menu within a municipality; none when it would have one entry alone."""
    return _section(reader, MUNICIPALITY_GROUPS, f"/kommune/{slug}", Where(municipality=slug), language)


def county_menu(reader: Reader, language: str) -> list[MenuGroup]:
    """Return the menu within the county; none when it would have one entry alone."""
    return _section(reader, COUNTY_GROUPS, "/fylket", Where(), language)


def _section(reader: Reader, groups: Sequence[SectionGroup], base: str, where: Where, language: str) -> list[MenuGroup]:
    """Return the groups with the pages that the reader may open: a single one, without a name, when they are few."""
    found = [
        MenuGroup(
            label=texts.say(group.text, language),
            entries=[
                MenuEntry(address=f"{base}{page.path}", label=texts.say(page.text, language))
                for page in group.pages
                if may(reader, page.right, where)
            ],
        )
        for group in groups
    ]
    entries = [entry for group in found for entry in group.entries]
    if len(entries) <= MOST_UNGROUPED:
        return [MenuGroup(label="", entries=entries)] if len(entries) > 1 else []
    return [group for group in found if group.entries]


def _in_order(programme: Programme, reader: Reader) -> list[str]:
    """List the reader's municipalities: by name, those looked after first. A county lead has the overview instead."""
    if reader.runs_programme:
        return []
    own = [slug for slug in reader.municipalities if programme.find_municipality(slug) is not None]
    return sorted(
        own, key=lambda slug: (slug not in reader.looks_after, texts.sort_key(programme.municipality(slug).name))
    )


def _municipality(programme: Programme, slug: str) -> MenuEntry:
    return MenuEntry(address=f"/kommune/{slug}", label=programme.municipality(slug).name, icon="municipality")


def _package(programme: Programme, key: str) -> MenuEntry:
    return MenuEntry(address=f"/pakke/{key}", label=programme.work_package(key).name, icon="package")


def _boards(reader: Reader, programme: Programme, language: str) -> list[MenuEntry]:
    """Return the local boards and the owner board that the reader sits on; the start page lists other bodies."""
    found = [body for body in programme.bodies if body.key in reader.bodies]
    local = [body for body in found if body.kind is BodyKind.LOCAL_BOARD and not reader.runs_programme]
    entries = [
        MenuEntry(
            address=f"/styret/{body.key}",
            label=texts.say("shell.board", language) if len(local) == 1 else body.name,
            icon="board",
        )
        for body in local
    ]
    owner_board = programme.find_owner_board()
    if owner_board is not None and (reader.runs_programme or owner_board in found):
        entries.append(MenuEntry(address="/eierstyret", label=texts.say("shell.owner_board", language), icon="board"))
    return entries
