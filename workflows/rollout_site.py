"""The part of a rollout that fills the place's site: folders, lists with the register's rows, and the landing page."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import texts
from config.programme import ColumnSpec, ListSpec
from workflows.ports import Column, Site, SiteList
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
        there = await self._walk.ports.content.list_lists(site.id) if site else ()
        for spec in self._walk.wanted.spec.lists:
            made = await self._list(site, spec, there)
            await self._rows(site, spec, made)
        await self._landing(site)

    async def _folders(self, site: Site | None) -> None:
        listed: dict[str, set[str]] = {}
        for path in self._walk.wanted.folders:
            parent, _, name = path.rpartition("/")
            if parent not in listed:
                listed[parent] = set(await self._walk.ports.content.list_folders(site.id, parent)) if site else set()
            key = f"folder:{path}"
            there = name in listed[parent]
            # A folder we made and that is gone was moved or removed by people.
            gone = State.LOCAL if key in self._walk.known else State.MISSING
            if self._walk.begins(Item(key=key, state=State.SAME if there else gone)) and site:
                await self._walk.ports.content.ensure_folder(site.id, path)
                there = True
            if there and self._walk.apply and key not in self._walk.known:
                await self._walk.keep(Resource(key=key, external_id=path))

    async def _list(self, site: Site | None, spec: ListSpec, there: Sequence[SiteList]) -> SiteList | None:
        key = f"list:{spec.key}"
        known = self._walk.known.get(key)
        by_id = {found.id: found.name for found in there}
        layer = self._walk.wanted.layer(f"lists.{spec.key}")
        known_id = known.external_id if known else None
        item, id_ = plan_named(key, spec.name, by_id=by_id, known_id=known_id, layer=layer)
        made = next((found for found in there if found.id == id_), None)
        if self._walk.begins(item) and site:
            description = spec.description or texts.say("rollout.copy_note", self._walk.programme.language)
            columns = [_column(column) for column in spec.columns]
            made = await self._walk.ports.content.create_list(
                site.id, name=spec.name, description=description, columns=columns
            )
            await self._walk.history.note("rollout.list_made", list=spec.key)
        if made is not None and self._walk.apply and known is None:
            await self._walk.keep(Resource(key=key, external_id=made.id, url=made.url))
        return made

    async def _rows(self, site: Site | None, spec: ListSpec, made: SiteList | None) -> None:
        wanted = self._walk.wanted.rows[spec.key]
        seen = await self._walk.ports.content.list_items(site.id, made.id) if site and made and wanted else ()
        by_key = {str(item.fields.get("Key")): item for item in seen}
        for row in wanted:
            key = f"row:{spec.key}/{row['Key']}"
            there = by_key.get(row["Key"])
            changes = row_changes(row, there.fields) if there else {}
            state = State.MISSING if there is None else State.DIFFERS if changes else State.SAME
            if not self._walk.begins(Item(key=key, state=state)) or site is None or made is None:
                continue
            if there is None:
                await self._walk.first(f"{self._walk.place}/{key}")
                await self._walk.ports.content.add_item(site.id, made.id, row)
                await self._walk.made(f"{self._walk.place}/{key}")
            else:
                await self._walk.ports.content.update_item(site.id, made.id, there.id, changes)

    async def _landing(self, site: Site | None) -> None:
        spec, known = self._walk.wanted.spec, self._walk.known.get("page:landing")
        links = await self._landing_links() if self._walk.apply else []
        html = landing_html(self._walk.wanted, links, language=self._walk.programme.language)
        # Without links (a plan writes nothing, not even links) the words alone tell whether the template changed.
        words = _digest(spec.landing_title, spec.landing_intro)
        page = await self._walk.ports.content.find_page(site.id, "start.aspx") if site else None
        item = compare(
            "page:landing",
            wanted=words,
            seen=self._landing_seen(known, page.html if page else None),
            written=known.details.get("words") if known else None,
            layer=self._walk.wanted.layer("landing_intro"),
            shown=False,
        )
        if not self._walk.begins(item) or site is None:
            return
        # Noted before it is written: a run that is stopped in between finds its own half-done page, not somebody's.
        await self._walk.keep(Resource(key="page:landing", external_id="", details={"words": UNFINISHED}))
        if page is None:
            page = await self._walk.ports.content.create_page(
                site.id, name="start.aspx", title=spec.landing_title, html=html
            )
        else:
            await self._walk.ports.content.update_page(site.id, page.id, title=spec.landing_title, html=html)
        await self._walk.ports.content.publish_page(site.id, page.id)
        settled = await self._walk.ports.content.find_page(site.id, "start.aspx")
        if settled is not None:
            fingerprint = _digest(settled.html)
            landing = Resource(key="page:landing", external_id=settled.id, url=settled.url, fingerprint=fingerprint)
            await self._walk.keep(replace(landing, details={"words": words}))
            await self._walk.history.note("rollout.page_published", page="landing")

    async def _landing_links(self) -> list[tuple[str, str]]:
        language = self._walk.programme.language
        pages = ("report", "plan", "calendar")
        return [(texts.say(f"rollout.page_{page}", language), await self._walk.address(page)) for page in pages]

    @staticmethod
    def _landing_seen(known: Resource | None, html: str | None) -> str | None:
        """The words that stand there: those we wrote, if nobody changed the page since; else somebody's own."""
        if html is None:
            return None
        if known is None:
            return "not ours"
        written = str(known.details["words"])
        return written if written == UNFINISHED or _digest(html) == known.fingerprint else "changed"


def _column(spec: ColumnSpec) -> Column:
    return Column(name=spec.name, display_name=spec.label, kind=spec.kind, choices=spec.choices, indexed=spec.indexed)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
