"""The part of a rollout that makes the lists of the site, their columns, and the rows that are copies of the record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import texts
from config.programme import ColumnSpec, ListSpec
from workflows.errors import Conflict
from workflows.place_ports import Column, ListItem, Site, SiteColumn, SiteList
from workflows.rollout_compare import compare, plan_dropped, plan_named, written
from workflows.rollout_plan import Item, State
from workflows.rollout_ports import Resource
from workflows.rollout_rows import Row, row_changes
from workflows.rollout_walk import Walk


class ListSteps:
    """Makes lists side by side. *rows_only*: leaves lists and columns as they are, and brings the copies up to date."""

    def __init__(self, site: Site | None, *, rows_only: bool = False) -> None:
        self._site = site
        self._rows_only = rows_only

    async def take(self, walk: Walk) -> None:
        """Without a site (a plan before anything is made) everything is missing."""
        specs = walk.wanted.spec.lists
        keys = {f"list:{spec.key}" for spec in specs}
        there = await self._there(walk, specs)
        await walk.side_by_side(*(partial(self._list, spec, there) for spec in specs))
        dropped = [key for key in walk.known if key.startswith("list:") and key not in keys]
        if self._site is not None and dropped and not self._rows_only:
            found = [
                await walk.read(walk.ports.layout.find_list, self._site.id, walk.known[key].external_id)
                for key in dropped
            ]
            walk.items += plan_dropped("list:", walk.known, keys, {each.id: each.name for each in found if each})

    async def _there(self, walk: Walk, specs: Sequence[ListSpec]) -> Mapping[str, SiteList]:
        """The lists by id: those we know, and all others only while one of ours is not known."""
        if self._site is None:
            return {}
        known = [thing for spec in specs if (thing := walk.known.get(f"list:{spec.key}")) is not None]
        if len(known) < len(specs) and not self._rows_only:
            return {each.id: each for each in await walk.read(walk.ports.content.list_lists, self._site.id)}
        site_id, look = self._site.id, walk.ports.layout.find_list
        found = [await walk.read(look, site_id, thing.external_id) for thing in known]
        return {each.id: each for each in found if each is not None}

    async def _list(self, spec: ListSpec, there: Mapping[str, SiteList], walk: Walk) -> None:
        key, layer = f"list:{spec.key}", walk.wanted.layer(f"lists.{spec.key}.name")
        known, by_id = walk.known.get(key), {id_: each.name for id_, each in there.items()}
        item, id_ = plan_named(key, spec.name, by_id=by_id, known=known, layer=layer)
        item, made = walk.wished(item), there.get(id_ or "")
        with walk.step(key):
            if self._rows_only:
                if made is not None:
                    await self._rows(walk, spec, made)
                return
            if made is not None and item.to_do:
                # Graph has no way to give a list another name.
                walk.items.append(replace(item, state=State.PENDING, reason="rename_by_hand"))
            elif walk.begins(item) and self._site is not None:
                made = await self._create(walk, self._site, item, spec)
            if made is not None:
                await self._columns(walk, spec, made, item)
            if made is not None or (item.to_do and not walk.apply):
                await self._rows(walk, spec, made, is_new=item.state is State.MISSING)

    async def _create(self, walk: Walk, site: Site, item: Item, spec: ListSpec) -> SiteList | None:
        """The list with all its columns; None when its name is taken, which the item says then."""
        description = spec.description or texts.say("rollout.copy_note", walk.programme.language)
        columns = [_column(column) for column in spec.columns]
        try:
            made = await walk.ports.content.create_list(
                site.id, name=spec.name, description=description, columns=columns
            )
        except Conflict:
            await walk.taken(item)
            return None
        await walk.history.note("rollout.list_made", list=spec.key)
        return made

    # --------------------------------------------------------------------------------------------------------- columns

    async def _columns(self, walk: Walk, spec: ListSpec, made: SiteList, item: Item) -> None:
        """What the list *item* is called, and each column: by the name that stays, with what people read of it."""
        known = walk.known.get(item.key)
        before = known if known is not None and known.external_id == made.id else None
        values = {"name": (item, spec.name, made.name)}
        by_name = {column.name: column for column in made.columns}
        for column in spec.columns:
            there = by_name.get(column.name)
            each = self._plan_column(walk, spec, column, there, before)
            if item.state is State.MISSING and there is not None:
                each = replace(each, state=State.SAME)
            elif walk.begins(each) and self._site is not None:
                there = await self._put_column(walk, self._site, made, column, there)
            if there is not None:
                values[_noted(column.name)] = (each, _shown(_column(column)), _shown(there))
        wanted = {_noted(column.name) for column in spec.columns}
        for name in [name for name in (before.details if before else {}) if name.startswith(_COLUMN)]:
            if name not in wanted and (there := by_name.get(name.removeprefix(_COLUMN))) is not None:
                key = f"column:{spec.key}/{there.name}"
                walk.items.append(Item(key=key, state=State.LOCAL, old=there.display_name, reason="not_in_template"))
        await walk.settle(Resource(key=item.key, external_id=made.id, url=made.url), values)

    def _plan_column(
        self, walk: Walk, spec: ListSpec, column: ColumnSpec, there: SiteColumn | None, before: Resource | None
    ) -> Item:
        key, layer = f"column:{spec.key}/{column.name}", walk.wanted.layer(f"lists.{spec.key}.columns.{column.name}")
        known = written(before, _noted(column.name))
        if there is None and known is not None:
            return walk.wished(Item(key=key, state=State.LOCAL, new=column.label, layer=layer, reason="removed"))
        seen = _shown(there) if there is not None else None
        return walk.wished(compare(key, wanted=_shown(_column(column)), seen=seen, written=known, layer=layer))

    @staticmethod
    async def _put_column(
        walk: Walk, site: Site, made: SiteList, spec: ColumnSpec, there: SiteColumn | None
    ) -> SiteColumn | None:
        layout, column = walk.ports.layout, _column(spec)
        if there is not None:
            return await layout.change_column(site.id, made.id, there.id, column)
        try:
            return await layout.add_column(site.id, made.id, column)
        except Conflict:
            # Made by an earlier try whose answer was lost.
            again = await layout.find_list(site.id, made.id)
            return next((each for each in again.columns if each.name == column.name), None) if again else None

    # ------------------------------------------------------------------------------------------------------------ rows

    async def _rows(self, walk: Walk, spec: ListSpec, made: SiteList | None, *, is_new: bool = False) -> None:
        wanted = walk.wanted.rows[spec.key]
        prefix = f"row:{spec.key}/"
        ask = self._site is not None and made is not None and not is_new
        if not wanted and not any(key.startswith(prefix) for key in walk.known):
            return
        look = walk.ports.content.list_items
        seen = await walk.read(look, self._site.id, made.id) if ask and self._site and made else ()
        by_key = {str(item.fields.get("Key")): item for item in seen}
        await walk.side_by_side(*(partial(self._row, spec, made, row, by_key) for row in wanted))
        titles = {item.id: str(item.fields.get("Title") or "") for item in seen}
        walk.items += plan_dropped(prefix, walk.known, {f"{prefix}{row['Key']}" for row in wanted}, titles)

    async def _row(
        self, spec: ListSpec, made: SiteList | None, row: Row, by_key: Mapping[str, ListItem], walk: Walk
    ) -> None:
        key, there = f"row:{spec.key}/{row['Key']}", by_key.get(row["Key"])
        known = walk.known.get(key)
        restored = walk.wished(Item(key=key, state=State.LOCAL)).to_do
        before = known.details if known is not None and known.details and not restored else None
        # A column that people took out of the list takes nothing in.
        columns = {column.name for column in made.columns} if made is not None and made.columns else set(row)
        row = {name: value for name, value in row.items() if name in columns | {"Title"}}
        changes, local = row_changes(row, there.fields, before) if there is not None else ({}, ())
        item = walk.wished(_row_item(key, known, there, changes, local))
        with walk.step(key):
            if walk.begins(item) and self._site is not None and made is not None:
                there = await self._write_row(walk, self._site, made, item, there, changes or row)
            if there is not None and walk.apply:
                kept = {name: (before or {}).get(name) for name in local}
                thing = Resource(key=key, external_id=there.id, details={**row, **kept})
                if thing != known:
                    await walk.keep(thing)

    @staticmethod
    async def _write_row(
        walk: Walk, site: Site, made: SiteList, item: Item, there: ListItem | None, cells: Row
    ) -> ListItem:
        if there is not None:
            await walk.ports.content.update_item(site.id, made.id, there.id, cells)
            return there
        async with walk.once(item.key):
            given = {name: value for name, value in cells.items() if value is not None}
            return await walk.ports.content.add_item(site.id, made.id, given)


_COLUMN = "column:"


def _noted(column: str) -> str:
    return f"{_COLUMN}{column}"


def _column(spec: ColumnSpec) -> Column:
    return Column(name=spec.name, display_name=spec.label, kind=spec.kind, choices=spec.choices, indexed=spec.indexed)


def _shown(column: Column | SiteColumn) -> str:
    """What people read of a column: what it is called, and which choices it gives."""
    return f"{column.display_name}: {' | '.join(column.choices)}" if column.choices else column.display_name


def _row_item(
    key: str, known: Resource | None, there: ListItem | None, changes: Mapping[str, object], local: Sequence[str]
) -> Item:
    if there is None:
        removed = known is not None
        return Item(key=key, state=State.LOCAL if removed else State.MISSING, reason="removed" if removed else "")
    if changes:
        return Item(key=key, state=State.DIFFERS, new=", ".join(changes))
    return Item(key=key, state=State.LOCAL if local else State.SAME, old=", ".join(local))
