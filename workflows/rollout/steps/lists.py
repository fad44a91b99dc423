"""The part of a rollout that makes the lists of the site, their columns, and the rows that are copies of the record."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import texts
from config.place_template import ColumnSpec, ListSpec
from workflows.errors import Conflict
from workflows.ports.place import Column, ListItem, Site, SiteColumn, SiteList
from workflows.rollout.compare import compare, plan_dropped, plan_named, shortened, written
from workflows.rollout.list_rows import Row, WrittenRow, row_changes
from workflows.rollout.plan import Item, State
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk


class ListSteps:
    """Makes lists side by side. *rows_only*: leaves lists and columns as they are, and brings the copies up to date."""

    def __init__(self, site: Site | None, *, rows_only: bool = False) -> None:
        self._site = site
        self._rows_only = rows_only

    async def take(self, walk: Walk) -> None:
        """Without a site (a plan before anything is made) everything is missing."""
        specs = walk.wanted.spec.lists
        keys = {f"list:{spec.key}" for spec in specs}
        there: Mapping[str, SiteList] | None = None
        if self._site is not None and not self._rows_only and not keys <= walk.known.keys():
            with walk.log.step("lists"):
                lists = await walk.reads.get(walk.ports.content.list_lists, self._site.id)
                there = {each.id: each for each in lists}
            if walk.log.is_unknown("lists"):
                await walk.note_unseen(ListSteps(None).take)
                return
        await walk.take_side_by_side(*(partial(self._list, spec, there) for spec in specs))
        if not self._rows_only:
            await self._dropped(walk, keys)

    async def _dropped(self, walk: Walk, wanted: Container[str]) -> None:
        """Look at each list that the template no longer wants and that still is there."""
        if self._site is None:
            return
        there = {}
        for key in [key for key in walk.known if key.startswith("list:") and key not in wanted]:
            with walk.log.step(key):
                found = await walk.reads.get(walk.ports.layout.find_list, self._site.id, walk.known[key].external_id)
                if found is not None:
                    there[found.id] = found.name
        walk.log.note(*plan_dropped("list:", walk.known, wanted, there))

    async def _list(self, spec: ListSpec, there: Mapping[str, SiteList] | None, walk: Walk) -> None:
        """*there*: what lies on the site, by id; None when every list of ours is known, and is looked at by itself."""
        key = f"list:{spec.key}"
        with walk.log.step(key):
            await self._look_and_make(walk, spec, there if there is not None else await self._known(walk, key))
        if walk.log.is_unknown(key):
            await walk.note_unseen(lambda unseen: self._rows(unseen, spec, None))

    async def _known(self, walk: Walk, key: str) -> Mapping[str, SiteList]:
        known = walk.known.get(key)
        if self._site is None or known is None:
            return {}
        found = await walk.reads.get(walk.ports.layout.find_list, self._site.id, known.external_id)
        return {found.id: found} if found is not None else {}

    async def _look_and_make(self, walk: Walk, spec: ListSpec, there: Mapping[str, SiteList]) -> None:
        key, layer = f"list:{spec.key}", walk.wanted.layer(f"lists.{spec.key}.name")
        known, by_id = walk.known.get(key), {id_: each.name for id_, each in there.items()}
        item, id_ = plan_named(key, spec.name, by_id=by_id, known=known, layer=layer)
        item, made = walk.as_ordered(item), there.get(id_ or "")
        if self._rows_only:
            if made is not None:
                await self._rows(walk, spec, made)
            return
        if made is not None and item.to_do:
            # Graph has no way to give a list another name.
            walk.log.note(replace(item, state=State.PENDING, reason="rename_by_hand"))
        elif walk.note_wanted(item) and self._site is not None:
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
            await walk.creates.note_name_taken(item)
            return None
        await walk.history.note("rollout.list_made", list=spec.key)
        return made

    # --------------------------------------------------------------------------------------------------------- columns

    async def _columns(self, walk: Walk, spec: ListSpec, made: SiteList, item: Item) -> None:
        """Compare the display name of the list *item* and of each column, found by the name that stays."""
        known = walk.known.get(item.key)
        before = known if known is not None and known.external_id == made.id else None
        values = {"name": (item, spec.name, made.name)}
        by_name = {column.name: column for column in made.columns}
        for column in spec.columns:
            there = by_name.get(column.name)
            each = self._plan_column(walk, spec, column, there, before)
            if item.state is State.MISSING and there is not None:
                each = replace(each, state=State.SAME)
            elif walk.note_wanted(each) and self._site is not None:
                there = await self._put_column(walk, self._site, made, column, there)
            if there is not None:
                values[_noted(column.name)] = (each, _shown(_column(column)), _shown(there))
        wanted = {_noted(column.name) for column in spec.columns}
        for name in [name for name in (before.details if before else {}) if name.startswith(_COLUMN)]:
            if name not in wanted and (there := by_name.get(name.removeprefix(_COLUMN))) is not None:
                key = f"column:{spec.key}/{there.name}"
                walk.log.note(Item(key=key, state=State.LOCAL, old=there.display_name, reason="not_in_template"))
        await walk.keep_values(Resource(key=item.key, external_id=made.id, url=made.url), values)

    def _plan_column(
        self, walk: Walk, spec: ListSpec, column: ColumnSpec, there: SiteColumn | None, before: Resource | None
    ) -> Item:
        key, layer = f"column:{spec.key}/{column.name}", walk.wanted.layer(f"lists.{spec.key}.columns.{column.name}")
        known = written(before, _noted(column.name))
        if there is None and known is not None:
            return walk.as_ordered(Item(key=key, state=State.LOCAL, new=column.label, layer=layer, reason="removed"))
        seen = _shown(there) if there is not None else None
        return walk.as_ordered(compare(key, wanted=_shown(_column(column)), seen=seen, written=known, layer=layer))

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
        """The rows as the record has them: all that are new side by side, then all that changed."""
        wanted, rows_key = walk.wanted.rows[spec.key], f"row:{spec.key}"
        prefix = f"{rows_key}/"
        if not wanted and not any(key.startswith(prefix) for key in walk.known):
            return
        seen: Sequence[ListItem] = ()
        if self._site is not None and made is not None and not is_new:
            with walk.log.step(rows_key):
                seen = await walk.reads.get(walk.ports.content.list_items, self._site.id, made.id)
            if walk.log.is_unknown(rows_key):
                await walk.note_unseen(lambda unseen: self._rows(unseen, spec, None))
                return
        by_key = {str(item.fields.get("Key")): item for item in seen}
        # A column that people took out of the list takes nothing in.
        columns = {"Title", *(column.name for column in made.columns)} if made is not None else None
        labels = {column.name: column.label for column in spec.columns}
        rows = [plan_row(walk, prefix, row, by_key.get(row["Key"]), columns, labels) for row in wanted]
        to_do = [row for row in rows if walk.note_wanted(row.item)]
        if self._site is not None and made is not None:
            await self._write(walk, self._site.id, made.id, to_do)
            await self._remember(walk, rows)
        titles = {item.id: str(item.fields.get("Title") or "") for item in seen}
        walk.log.note(*plan_dropped(prefix, walk.known, {row.item.key for row in rows}, titles))

    @staticmethod
    async def _write(walk: Walk, site_id: str, list_id: str, rows: Sequence["PlannedRow"]) -> None:
        content = walk.ports.content
        added = await walk.creates.all(
            {row.item.key: partial(content.add_item, site_id, list_id, row.cells) for row in rows if not row.there}
        )
        for row in rows:
            if row.item.key in added:
                row.there = added[row.item.key]

        async def update(row: PlannedRow, there: ListItem) -> None:
            with walk.log.step(row.item.key):
                row.there = await content.update_item(site_id, list_id, there.id, row.cells)

        old = [(row, row.there) for row in rows if row.item.key not in added]
        await walk.ports.together(*(update(row, there) for row, there in old if there is not None))

    @staticmethod
    async def _remember(walk: Walk, rows: Sequence["PlannedRow"]) -> None:
        """Note the rows as they stand now, but for those whose write did not come through."""
        if not walk.apply:
            return
        failed = {item.key for item in walk.log.items if item.state in (State.PENDING, State.UNKNOWN)}
        things = [
            Resource(key=row.item.key, external_id=row.there.id, details=row.settled(row.there.fields))
            for row in rows
            if row.there is not None and row.item.key not in failed
        ]
        await walk.keep(*(thing for thing in things if walk.known.get(thing.key) != thing))


@dataclass(kw_only=True)
class PlannedRow:
    """A row: how it stands, and what is to be written."""

    item: Item
    there: ListItem | None
    cells: Row
    wanted: Row
    local: Sequence[str]
    before: WrittenRow | None

    def settled(self, seen: Row) -> Mapping[str, Row]:
        """Return the note for a row of which *seen* stands there now. A cell that people changed keeps the note of
        before."""
        before = self.before or WrittenRow({}, {})
        ours = [name for name in self.wanted if name not in self.local]
        return {
            "wanted": {**before.wanted, **{name: self.wanted[name] for name in ours}},
            "seen": {**before.seen, **{name: seen.get(name) for name in ours}},
        }


def plan_row(
    walk: Walk,
    prefix: str,
    row: Row,
    there: ListItem | None,
    columns: Container[str] | None,
    labels: Mapping[str, str],
) -> PlannedRow:
    """Compare one row, cell by cell. A restored one is written whole. *labels*: the columns' display names."""
    key = f"{prefix}{row['Key']}"
    known = walk.known.get(key)
    restored = walk.as_ordered(Item(key=key, state=State.LOCAL)).to_do
    details = known.details if known is not None and not restored else {}
    before = WrittenRow(details["wanted"], details["seen"]) if details else None
    row = {name: value for name, value in row.items() if columns is None or name in columns}
    changes, local = row_changes(row, there.fields, before) if there is not None else ({}, ())
    cells = changes if there is not None else {name: value for name, value in row.items() if value is not None}
    item = _row_item(key, known, there, changes, local)
    if there is not None:
        named = {name: labels.get(name, name) for name in (*changes, *local)}
        old, new = _cells_text(named, there.fields, row)
        item = replace(item, old=old, new=new)
    else:
        item = replace(item, new=str(row.get("Title") or ""))
    item = walk.as_ordered(item)
    return PlannedRow(item=item, there=there, cells=cells, wanted=row, local=local, before=before)


_COLUMN = "column:"


def _noted(column: str) -> str:
    return f"{_COLUMN}{column}"


def _column(spec: ColumnSpec) -> Column:
    return Column(
        name=spec.name,
        display_name=spec.label,
        kind=spec.kind,
        choices=spec.choices,
        indexed=spec.indexed,
        hidden=spec.hidden,
    )


def _shown(column: Column | SiteColumn) -> str:
    """Return a column as a plan shows it: its display name, its choices, and that people do not see it."""
    shown = f"{column.display_name} (hidden)" if column.hidden else column.display_name
    return f"{shown}: {' | '.join(column.choices)}" if column.choices else shown


def _row_item(
    key: str, known: Resource | None, there: ListItem | None, changes: Mapping[str, object], local: Sequence[str]
) -> Item:
    item = Item(key=key, state=State.SAME, layer="register")
    if there is None:
        removed = known is not None
        return replace(item, state=State.LOCAL if removed else State.MISSING, reason="removed" if removed else "")
    if changes:
        return replace(item, state=State.DIFFERS)
    return replace(item, state=State.LOCAL) if local else item


def _cells_text(labels: Mapping[str, str], seen: Row, wanted: Row) -> tuple[str, str]:
    """Write the cells that differ: old and new of the row."""
    cells = [(label, *shortened(_said(seen.get(name)), _said(wanted[name]))) for name, label in labels.items()]
    old = "; ".join(f"{label}: {text or '–'}" for label, text, _ in cells)
    return old, "; ".join(f"{label}: {text or '–'}" for label, _, text in cells)


def _said(value: object) -> str:
    return "" if value is None else str(value)
