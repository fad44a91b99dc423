"""The part of a rollout that fills the place's site: folders, lists with the register's rows, and the landing page."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import texts
from config.programme import ColumnSpec, ListSpec
from workflows.errors import Conflict
from workflows.place_ports import Column, Site, SiteList
from workflows.rollout_look import LANDING
from workflows.rollout_plan import Item, State, compare, landing_html, plan_named, row_changes
from workflows.rollout_ports import Resource
from workflows.rollout_walk import Walk

UNFINISHED = "unfinished"
"""Stands for the words of a page that a stopped run was writing."""


class SiteSteps:
    """Fills the site; without one (a plan before anything is made) everything is missing."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    async def take(self, site: Site | None) -> None:
        await self._folders(site)
        there = await self._walk.read(self._walk.ports.content.list_lists, site.id) if site else ()
        for spec in self._walk.wanted.spec.lists:
            item, made = await self._list(site, spec, there)
            # The rows of a list that people removed went with it.
            if made is not None or (item.to_do and not self._walk.apply):
                await self._rows(site, spec, made, is_new=item.to_do)
        await self._landing(site)

    async def _folders(self, site: Site | None) -> None:
        listed: dict[str, set[str]] = {}
        for path in self._walk.wanted.folders:
            parent, _, name = path.rpartition("/")
            if parent not in listed:
                look = self._walk.ports.content.list_folders
                listed[parent] = set(await self._walk.read(look, site.id, parent)) if site else set()
            key = f"folder:{path}"
            there = name in listed[parent]
            # A folder we made and that is gone was moved or removed by people.
            gone = (
                Item(key=key, state=State.LOCAL, reason="removed")
                if key in self._walk.known
                else Item(key=key, state=State.MISSING)
            )
            if self._walk.begins(Item(key=key, state=State.SAME) if there else gone) and site:
                await self._walk.ports.content.ensure_folder(site.id, path)
                there = True
            if there and self._walk.apply and key not in self._walk.known:
                await self._walk.keep(Resource(key=key, external_id=path))

    async def _list(self, site: Site | None, spec: ListSpec, there: Sequence[SiteList]) -> tuple[Item, SiteList | None]:
        key = f"list:{spec.key}"
        known = self._walk.known.get(key)
        by_id = {found.id: found.name for found in there}
        layer = self._walk.wanted.layer(f"lists.{spec.key}")
        known_id = known.external_id if known else None
        item, id_ = plan_named(key, spec.name, by_id=by_id, known_id=known_id, layer=layer)
        made = next((found for found in there if found.id == id_), None)
        if self._walk.begins(item) and site:
            made = await self._create_list(site, item, spec)
        if made is not None and self._walk.apply and known is None:
            await self._walk.keep(Resource(key=key, external_id=made.id, url=made.url))
        return item, made

    async def _create_list(self, site: Site, item: Item, spec: ListSpec) -> SiteList | None:
        """The list; None when its name is taken, which the item says then."""
        description = spec.description or texts.say("rollout.copy_note", self._walk.programme.language)
        columns = [_column(column) for column in spec.columns]
        try:
            made = await self._walk.ports.content.create_list(
                site.id, name=spec.name, description=description, columns=columns
            )
        except Conflict:
            await self._walk.taken(item)
            return None
        await self._walk.history.note("rollout.list_made", list=spec.key)
        return made

    async def _rows(self, site: Site | None, spec: ListSpec, made: SiteList | None, *, is_new: bool) -> None:
        wanted = self._walk.wanted.rows[spec.key]
        look = self._walk.ports.content.list_items
        seen = await self._walk.read(look, site.id, made.id) if site and made and wanted and not is_new else ()
        by_key = {str(item.fields.get("Key")): item for item in seen}
        for row in wanted:
            key = f"row:{spec.key}/{row['Key']}"
            there = by_key.get(row["Key"])
            changes = row_changes(row, there.fields) if there else {}
            state = State.MISSING if there is None else State.DIFFERS if changes else State.SAME
            if not self._walk.begins(Item(key=key, state=state)) or site is None or made is None:
                continue
            if there is None:
                async with self._walk.once(key):
                    await self._walk.ports.content.add_item(site.id, made.id, row)
            else:
                await self._walk.ports.content.update_item(site.id, made.id, there.id, changes)

    async def _landing(self, site: Site | None) -> None:
        spec, known = self._walk.wanted.spec, self._walk.known.get("page:landing")
        html = landing_html(self._walk.wanted, await self._landing_links(), language=self._walk.programme.language)
        words = _digest(spec.landing_title, spec.landing_intro)
        page = await self._walk.read(self._walk.ports.content.find_page, site.id, LANDING) if site else None
        item = compare(
            "page:landing",
            wanted=words,
            seen=_landing_seen(known, page.html if page else None, "".join(html)),
            written=str(known.details["words"]) if known else UNFINISHED,
            layer=self._walk.wanted.layer("landing_intro"),
            shown=False,
        )
        if not self._walk.begins(item) or site is None:
            return
        # Noted before it is written: a run that is stopped in between finds its own half-done page, not somebody's.
        await self._walk.keep(Resource(key="page:landing", external_id="", details={"words": UNFINISHED}))
        if page is None:
            page = await self._walk.ports.content.create_page(
                site.id, name=LANDING, title=spec.landing_title, html=html
            )
        else:
            await self._walk.ports.content.update_page(site.id, page.id, title=spec.landing_title, html=html)
        await self._walk.ports.content.publish_page(site.id, page.id)
        settled = await self._walk.ports.content.find_page(site.id, LANDING)
        if settled is not None:
            fingerprint = _digest(settled.html)
            landing = Resource(key="page:landing", external_id=settled.id, url=settled.url, fingerprint=fingerprint)
            await self._walk.keep(replace(landing, details={"words": words}))
            await self._walk.history.note("rollout.page_published", page="landing")

    async def _landing_links(self) -> list[tuple[str, str]]:
        """Text and address of each; a plan writes nothing, not even addresses."""
        language, walk = self._walk.programme.language, self._walk
        return [
            (texts.say(f"rollout.page_{page}", language), await walk.address(page) if walk.apply else "")
            for page in ("report", "plan", "calendar")
        ]


def _landing_seen(known: Resource | None, html: str | None, wanted_html: str) -> str | None:
    """The words that stand there: those we wrote, if nobody changed the page since; else somebody's own."""
    if html is None:
        return None
    if known is None:
        # Ours from before the database was lost: it says what we would, and its links lead nowhere any more.
        return UNFINISHED if _readable(html) == _readable(wanted_html) else "not ours"
    written = str(known.details["words"])
    return written if written == UNFINISHED or _digest(html) == known.fingerprint else "changed"


def _readable(html: str) -> str:
    """What a reader sees of *html*, without the markup that SharePoint rewrites."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def _column(spec: ColumnSpec) -> Column:
    return Column(name=spec.name, display_name=spec.label, kind=spec.kind, choices=spec.choices, indexed=spec.indexed)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
