"""SharePoint lists: columns, items, unique values and the rule that only indexed columns are filtered on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sandbox.platform.ids import NewId
from sandbox.protocol.errors import GraphError, check_match
from sandbox.protocol.filters import Filter
from sandbox.sharepoint.columns import Column, changed_column, new_column, title_column
from sandbox.sharepoint.drives import Author, instant

_ALWAYS_INDEXED = frozenset({"id", "ID"})
_CREATION = frozenset({"displayName", "name", "description", "list", "columns"})


@dataclass(kw_only=True)
class Row:
    """An item of a list."""

    number: int
    guid: str
    values: dict[str, Any]
    author: Author
    editor: Author
    created_at: datetime
    modified_at: datetime
    version: int = 1
    earlier: list[dict[str, Any]] = field(default_factory=list)
    """Values of the versions before."""

    @property
    def etag(self) -> str:
        return f'"{self.guid},{self.version}"'

    def fields(self) -> dict[str, Any]:
        title = self.values.get("Title")
        shown = {key: value for key, value in self.values.items() if value is not None}
        return shown | {
            "@odata.etag": self.etag,
            "id": str(self.number),
            "ContentType": "Item",
            "Created": instant(self.created_at),
            "Modified": instant(self.modified_at),
            "AuthorLookupId": "6",
            "EditorLookupId": "6",
            "_UIVersionString": f"{self.version}.0",
            "Attachments": False,
            "LinkTitle": title,
            "LinkTitleNoMenu": title,
        }


@dataclass(kw_only=True)
class SiteList:
    id: str
    name: str
    display_name: str
    description: str
    template: str
    web_url: str
    created_at: datetime
    modified_at: datetime
    author: Author
    new_id: NewId
    columns: dict[str, Column] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    _last: int = 0
    version: int = 1

    @property
    def is_library(self) -> bool:
        """True for a list that stands for the site's files or pages, which are played elsewhere."""
        return self.template != "genericList"

    # ----------------------------------------------------------------------------------------------------------- items

    def row(self, item_id: str) -> Row:
        row = self.rows.get(int(item_id)) if item_id.isdigit() else None
        if row is None:
            raise GraphError(404, "itemNotFound", "The specified list item was not found.")
        return row

    def add(self, fields: Mapping[str, Any], *, author: Author, now: datetime) -> Row:
        """Add an item with the next number. A repeat makes a second one, unless a unique column refuses it."""
        values = self._checked(fields)
        self._check_unique(values, None)
        self._last += 1
        row = Row(
            number=self._last,
            guid=self.new_id("list-item", f"{self.id}/{self._last}"),
            values=values,
            author=author,
            editor=author,
            created_at=now,
            modified_at=now,
        )
        self.rows[row.number] = row
        self._touch(now)
        return row

    def change(
        self, row: Row, fields: Mapping[str, Any], *, author: Author, now: datetime, if_match: str | None = None
    ) -> None:
        check_match(row.etag, if_match)
        values = self._checked(fields)
        self._check_unique(values, row)
        row.earlier.append(dict(row.values))
        row.values |= values
        row.editor, row.modified_at = author, now
        row.version += 1
        self._touch(now)

    def remove(self, row: Row, now: datetime) -> None:
        del self.rows[row.number]
        self._touch(now)

    def matching(self, wanted: Filter | None, *, unindexed_too: bool) -> list[Row]:
        """
        Return the items, in the order they were made.

        A filter on a column without an index is refused, unless the caller said that this may fail.
        """
        if wanted is None:
            return list(self.rows.values())
        for path in wanted.paths:
            self._check_filterable(path, unindexed_too=unindexed_too)
        return [row for row in self.rows.values() if wanted.matches({"id": str(row.number), "fields": row.fields()})]

    def _check_filterable(self, path: str, *, unindexed_too: bool) -> None:
        name = path.removeprefix("fields/")
        column = next((column for column in self.columns.values() if column.field == name), None)
        if name in _ALWAYS_INDEXED or name in ("Created", "Modified"):
            return
        if not path.startswith("fields/") or column is None:
            raise GraphError(400, "invalidRequest", f"Invalid filter clause: '{path}' is no field of this list.")
        if not column.indexed and not unindexed_too:
            raise GraphError(
                400,
                "invalidRequest",
                f"Field '{name}' cannot be referenced in filter or orderby as it is not indexed. Provide the 'Prefer: "
                "HonorNonIndexedQueriesWarningMayFailRandomly' header to allow this, but be warned that such queries "
                "may fail on large lists.",
            )

    def _checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        by_field = {column.field: column for column in self.columns.values()}
        values = {}
        for name, value in fields.items():
            if name.startswith("@") or "@odata" in name:
                continue
            column = by_field.get(name)
            if column is None:
                raise GraphError(400, "invalidRequest", f"Field '{name}' is not recognized")
            if column.read_only:
                raise GraphError(400, "invalidRequest", f"Field '{name}' is read-only")
            values[name] = column.checked(value)
        return values

    def _check_unique(self, values: Mapping[str, Any], changed: Row | None) -> None:
        for column in self.columns.values():
            value = values.get(column.field)
            if not column.unique or value is None:
                continue
            for row in self.rows.values():
                if row is not changed and _same(row.values.get(column.field), value):
                    raise GraphError(
                        400,
                        "invalidRequest",
                        "The list item could not be added or updated because duplicate values were found in the "
                        f"following field(s) in the list: [{column.display_name}].",
                    )

    def _touch(self, now: datetime) -> None:
        self.modified_at = now
        self.version += 1

    # --------------------------------------------------------------------------------------------------------- columns

    def add_column(self, body: Any, now: datetime) -> Column:
        column = new_column(self.new_id("column", f"{self.id}/{len(self.columns)}"), body)
        if any(column.name.casefold() == name.casefold() for name in self.columns):
            raise GraphError(409, "nameAlreadyExists", f"A column named '{column.name}' already exists.")
        self.columns[column.name] = column
        self._touch(now)
        return column

    def change_column(self, column_id: str, body: Any, now: datetime) -> Column:
        column = self._column(column_id)
        self.columns[column.name] = changed = changed_column(column, body)
        self._touch(now)
        return changed

    def remove_column(self, column_id: str, now: datetime) -> None:
        column = self._column(column_id)
        del self.columns[column.name]
        for row in self.rows.values():
            row.values.pop(column.field, None)
        self._touch(now)

    def _column(self, column_id: str) -> Column:
        """Return a column by id or name."""
        found = next((each for each in self.columns.values() if column_id in (each.id, each.name)), None)
        if found is None:
            raise GraphError(404, "itemNotFound", "The specified column was not found.")
        return found

    def canonical(self) -> dict[str, Any]:
        rows = [{key: value for key, value in row.values.items() if value is not None} for row in self.rows.values()]
        return {
            "columns": {name: column.kind for name, column in sorted(self.columns.items())},
            "items": sorted(rows, key=lambda row: sorted((key, str(value)) for key, value in row.items())),
        }


def find_list(lists: Iterable[SiteList], wanted: str) -> SiteList:
    """Return a list by id or by title; 404 when there is none."""
    for each in lists:
        if wanted.casefold() in (each.id.casefold(), each.display_name.casefold()):
            return each
    raise GraphError(404, "itemNotFound", f"The specified list was not found: {wanted}")


def new_list(
    body: Mapping[str, Any],
    *,
    site_key: str,
    site_url: str,
    taken: Sequence[SiteList],
    author: Author,
    now: datetime,
    new_id: NewId,
) -> SiteList:
    """Make the list a request describes, with all its columns; 409 when the site has one of that title."""
    unknown = {key for key in body if not key.startswith("@")} - _CREATION
    if unknown:
        raise GraphError(400, "invalidRequest", f"The property '{min(unknown)}' cannot be set when a list is made.")
    title = body.get("displayName") or body.get("name")
    if not isinstance(title, str) or not title.strip():
        raise GraphError(400, "invalidRequest", "A list needs a displayName.")
    template = (body.get("list") or {}).get("template", "genericList")
    if template != "genericList":
        raise GraphError(501, "notImplemented", f"The sandbox makes no lists from the template '{template}'.")
    if any(title.casefold() == each.display_name.casefold() for each in taken):
        raise GraphError(409, "nameAlreadyExists", "The specified name already exists.")
    list_id = new_id("list", f"{site_key}/{title}")
    made = SiteList(
        id=list_id,
        name=title,
        display_name=title,
        description=str(body.get("description") or ""),
        template=template,
        web_url=f"{site_url}/Lists/{quote(title)}",
        created_at=now,
        modified_at=now,
        author=author,
        new_id=new_id,
        columns={"Title": title_column(new_id("column", f"{list_id}/Title"))},
    )
    for column in body.get("columns") or ():
        made.add_column(column, now)
    return made


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return bool(left == right)
