"""Former people: a number in place of a person, wherever the record names them, but in papers that are fixed."""

import re
from dataclasses import dataclass
from typing import Any

from workflows.privacy.model import Holds, RecordRow, RowChange
from workflows.privacy.subject import AFTER, BEFORE, Subject, is_about

FORMER = "former-"
OWN = {"account", "guest", "conversation", "look_up", "session", "identity", "link", "guest_answer", "status_draft"}
"""Tables with rows of the person's own, which end with them."""
FIXED = {"report", "agenda", "minutes", "archive_handover"}
"""Tables of papers that were released: their words stay as they were sent, until the papers' own end."""
KEPT = {"audit"}
"""The log of acts changes never: it holds keys alone, and ends as a whole."""


@dataclass(frozen=True, kw_only=True)
class Former:
    """The stand-in for a person: a number, which says nothing of them."""

    number: int
    name: str
    domain: str
    """Of the organisation: the register takes no other for its people. Nobody without a role is written to."""

    @property
    def key(self) -> str:
        return f"{FORMER}{self.number}"

    @property
    def email(self) -> str:
        return f"{self.key}@{self.domain}"


def forgotten(row: RecordRow, subject: Subject, former: Former) -> RowChange | None:
    """Return the change by which a row names nobody any more; None for a row that named nobody."""
    table, values = row.rule.table, row.values
    if table == "register" and values["kind"] == "version":
        # Whoever has read the register reads it again.
        return RowChange(row=row, values={"position": values["position"] + 1})
    if table in KEPT or not is_about(row, subject):
        return None
    own = values.get("person", subject.key if table in ("conversation", "look_up") else None)
    if (table in OWN and own == subject.key) or (table == "register" and values["kind"] == "own"):
        return RowChange(row=row, removed=True)
    changed = {}
    for column, holds in row.rule.columns.items():
        value = _without(values[column], holds, subject, former, fixed=table in FIXED)
        if value != values[column]:
            changed[column] = value
    return RowChange(row=row, values=changed) if changed else None


def _without(value: Any, holds: Holds, subject: Subject, former: Former, *, fixed: bool) -> Any:
    if holds in (Holds.KEY, Holds.PERSON):
        return _in_key(value, subject.key, former.key) if isinstance(value, str) else value
    if holds in (Holds.IDENTIFIER, Holds.ENTRIES) or (holds is Holds.WORDS and not fixed):
        return _in_words(value, subject, former)
    return value


def _in_key(key: str, old: str, new: str) -> str:
    return re.sub(rf"{BEFORE}{re.escape(old)}{AFTER}", new, key)


def _in_words(value: Any, subject: Subject, former: Former) -> Any:
    match value:
        case dict():
            if value.get("key") == subject.key and "email" in value:
                kept = {"organisation": value["organisation"]} if "organisation" in value else {}
                return {"key": former.key, "name": former.name, "email": former.email, **kept}
            return {_in_words(name, subject, former): _in_words(part, subject, former) for name, part in value.items()}
        case list():
            return [_in_words(part, subject, former) for part in value]
        case str():
            text = _in_key(value, subject.key, former.key)
            for name in sorted(subject.names, key=len, reverse=True):
                instead = former.email if "@" in name else former.name
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, text, flags=re.IGNORECASE)
            return text
    return value
