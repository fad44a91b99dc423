"""The columns of a SharePoint list: what may be made, and which values each kind takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sandbox.protocol.errors import GraphError

COLUMN_KINDS = ("boolean", "choice", "currency", "dateTime", "hyperlinkOrPicture", "number", "personOrGroup", "text")
_UNPLAYED_KINDS = ("calculated", "contentApprovalStatus", "geolocation", "lookup", "term", "thumbnail")
_FLAGS = ("required", "indexed", "enforceUniqueValues", "readOnly", "hidden")
_PLAIN_PROPERTIES = frozenset({"name", "displayName", "description", "defaultValue", "columnGroup", *_FLAGS})
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "text": {"allowMultipleLines": False, "appendChangesToExistingText": False, "linesForEditing": 0, "maxLength": 255},
    "choice": {"allowTextEntry": False, "choices": [], "displayAs": "dropDownMenu"},
    "dateTime": {"displayAs": "default", "format": "dateOnly"},
    "number": {"decimalPlaces": "automatic", "displayAs": "number"},
    "personOrGroup": {"allowMultipleSelection": False, "displayAs": "nameWithPresence", "chooseFromType": "peopleOnly"},
    "hyperlinkOrPicture": {"isPicture": False},
    "currency": {"locale": "nb-NO"},
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """*name* is the one the API uses; *settings* are those of its kind's facet."""

    id: str
    name: str
    display_name: str
    kind: str
    settings: Mapping[str, Any]
    description: str = ""
    required: bool = False
    indexed: bool = False
    unique: bool = False
    read_only: bool = False
    hidden: bool = False

    @property
    def field(self) -> str:
        """The name under which an item carries the value."""
        return f"{self.name}LookupId" if self.kind == "personOrGroup" else self.name

    def checked(self, value: Any) -> Any:
        """Return the value as SharePoint keeps it; 400 when the column does not take it."""
        if value is None:
            return None
        accepted = _CHECKS[self.kind](self, value)
        if accepted is None:
            raise GraphError(400, "invalidRequest", f"The value given for field '{self.name}' is no {self.kind} value.")
        return accepted

    def typed(self, text: str) -> Any:
        """Return a typed text as a value of the kind; `checked` refuses a text that the kind does not take."""
        text = text.strip()
        if not text:
            return None
        match self.kind:
            case "number" | "currency" if re.fullmatch(r"-?\d+([.,]\d+)?", text):
                number = float(text.replace(",", "."))
                return int(number) if number.is_integer() else number
            case "boolean":
                return {"yes": True, "no": False}.get(text.casefold(), text)
            case "hyperlinkOrPicture":
                return {"Url": text, "Description": text}
        return text

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "displayName": self.display_name,
            "description": self.description,
            "columnGroup": "Custom Columns",
            "required": self.required,
            "indexed": self.indexed,
            "enforceUniqueValues": self.unique,
            "readOnly": self.read_only,
            "hidden": self.hidden,
            self.kind: dict(self.settings),
        }


def new_column(column_id: str, body: Any) -> Column:
    """Make the column a request describes; 400 when it describes none that SharePoint makes."""
    if not isinstance(body, Mapping) or not isinstance(body.get("name"), str) or not body["name"]:
        raise GraphError(400, "invalidRequest", "A column definition needs a name.")
    given = {key: value for key, value in body.items() if not key.startswith("@")}
    kinds = [key for key in given if key in COLUMN_KINDS or key in _UNPLAYED_KINDS]
    unknown = set(given) - _PLAIN_PROPERTIES - set(kinds)
    if unknown:
        raise GraphError(400, "invalidRequest", f"A column definition has no property '{min(unknown)}'.")
    if len(kinds) != 1 or not isinstance(given[kinds[0]], Mapping):
        raise GraphError(400, "invalidRequest", f"Column '{given['name']}' must be of exactly one kind.")
    if kinds[0] in _UNPLAYED_KINDS:
        raise GraphError(501, "notImplemented", f"The sandbox makes no {kinds[0]} columns.")
    if any(not isinstance(given.get(flag, False), bool) for flag in _FLAGS):
        raise GraphError(400, "invalidRequest", f"A flag of column '{given['name']}' is neither true nor false.")
    if given.get("enforceUniqueValues") and not given.get("indexed"):
        raise GraphError(400, "invalidRequest", "A column with unique values must be indexed.")
    kind = kinds[0]
    settings = {**_DEFAULTS.get(kind, {}), **given[kind]}
    if kind == "text" and settings["allowMultipleLines"]:
        if given.get("indexed"):
            raise GraphError(400, "invalidRequest", "A column of several lines cannot be indexed.")
        settings.pop("maxLength")
    return Column(
        id=column_id,
        name=_internal_name(given["name"]),
        display_name=str(given.get("displayName") or given["name"]),
        description=str(given.get("description") or ""),
        kind=kind,
        settings=settings,
        required=bool(given.get("required")),
        indexed=bool(given.get("indexed")),
        unique=bool(given.get("enforceUniqueValues")),
        read_only=bool(given.get("readOnly")),
        hidden=bool(given.get("hidden")),
    )


def changed_column(column: Column, body: Any) -> Column:
    """Return the column as a request changes it; 400 for a property that stays as it was made."""
    given = {key: value for key, value in body.items() if not key.startswith("@")} if isinstance(body, Mapping) else {}
    unknown = set(given) - {"displayName", "description", "required", "indexed", "hidden", column.kind}
    if not given or unknown:
        named = f"'{min(unknown)}'" if unknown else "nothing"
        raise GraphError(400, "invalidRequest", f"Column '{column.name}' cannot be changed in {named}.")
    return replace(
        column,
        display_name=str(given.get("displayName", column.display_name)),
        description=str(given.get("description", column.description)),
        required=bool(given.get("required", column.required)),
        indexed=bool(given.get("indexed", column.indexed)),
        hidden=bool(given.get("hidden", column.hidden)),
        settings={**column.settings, **given.get(column.kind, {})},
    )


def title_column(column_id: str) -> Column:
    """Return the column that every generic list comes with."""
    return Column(
        id=column_id, name="Title", display_name="Title", kind="text", settings=_DEFAULTS["text"], required=True
    )


def _internal_name(name: str) -> str:
    """Write characters that SharePoint does not take in a column's name as their number."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"_x{ord(match[0]):04x}_", name)


def _text(column: Column, value: Any) -> Any:
    most = column.settings.get("maxLength")
    return value if isinstance(value, str) and (most is None or len(value) <= most) else None


def _choice(column: Column, value: Any) -> Any:
    free = column.settings.get("allowTextEntry") or value in column.settings["choices"]
    return value if isinstance(value, str) and (free or not value) else None


def _number(column: Column, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    least, most = column.settings.get("minimum"), column.settings.get("maximum")
    return value if (least is None or value >= least) and (most is None or value <= most) else None


def _boolean(_column: Column, value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _moment(_column: Column, value: Any) -> Any:
    """Return a date as midnight UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _link(_column: Column, value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) and isinstance(value.get("Url"), str) else None


def _person(_column: Column, value: Any) -> Any:
    return str(value) if isinstance(value, int | str) and str(value).isdigit() else None


_CHECKS = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "currency": _number,
    "boolean": _boolean,
    "dateTime": _moment,
    "hyperlinkOrPicture": _link,
    "personOrGroup": _person,
}
