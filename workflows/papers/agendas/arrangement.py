"""Order and times of an agenda's items as its recorders want them, until the agenda is fixed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from workflows.free_text import InvalidText
from workflows.papers.agendas.model import Agenda, AgendaItem
from workflows.words import Words

MOST_MINUTES = 480
"""Of one item."""
MOST_PLACES = 999


@dataclass(frozen=True, kw_only=True)
class ArrangedItem:
    """An item's key, or that of the template's entry for what is not there yet; and its minutes, None for no time."""

    key: str
    minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The order of a meeting's items. *version*: 0 until somebody stores one."""

    meeting: str
    version: int = 0
    items: tuple[ArrangedItem, ...] = ()

    def to_data(self) -> list[dict[str, Any]]:
        """Plain data for the record; `from_data` reads it back."""
        return [{"key": item.key, "minutes": item.minutes} for item in self.items]

    @classmethod
    def from_data(cls, meeting: str, version: int, data: Iterable[Mapping[str, Any]]) -> Self:
        return cls(meeting=meeting, version=version, items=tuple(ArrangedItem(**item) for item in data))


def arranged(items: Sequence[AgendaItem], wanted: Arrangement | None) -> list[AgendaItem]:
    """
    Return *items*, in the template's order, in the order and with the minutes that are *wanted*.

    An item that nobody has arranged stays behind the one that it follows in the template.
    """
    places = {item.key: place for place, item in enumerate(wanted.items)} if wanted else {}
    ranks = [places.get(item.key, places.get(_entry(item))) for item in items]
    known = [(rank, item) for rank, item in zip(ranks, items, strict=True) if rank is not None]
    found = [item for _, item in sorted(known, key=lambda pair: pair[0])]
    for number, (rank, item) in enumerate(zip(ranks, items, strict=True)):
        if rank is None:
            found.insert(found.index(items[number - 1]) + 1 if number else 0, item)
    minutes = {item.key: item.minutes for item in wanted.items} if wanted else {}
    return [replace(item, minutes=minutes.get(item.key, minutes.get(_entry(item), item.minutes))) for item in found]


def _entry(item: AgendaItem) -> str:
    """Return the key of the template's entry that an item stands for a part of."""
    return item.key.partition("/")[0]


def starts_of(agenda: Agenda) -> Mapping[int, datetime]:
    """Return when each item begins, by number: as far as every item before it has its minutes."""
    at, found = agenda.meeting.starts_local, {}
    for item in agenda.items:
        if not item.minutes:
            break
        found[item.number] = at
        at += timedelta(minutes=item.minutes)
    return found


def read_arrangement(meeting: str, raw: Mapping[str, str], items: Sequence[AgendaItem]) -> Arrangement:
    """
    Read the order and minutes of *items* out of a form: in each row `item:`, `place:` and `minutes:` with its number.

    Two with one place: the one that was moved there goes before the one that stood there, or behind it where it was
    moved down. An item that came after the form was drawn is not in it, and stays unarranged. Raises InvalidText.
    """
    problems: dict[str, Words] = {}
    known, rows = {item.key for item in items}, []
    for number in range(1, MOST_PLACES + 1):
        key = raw.get(f"item:{number}", "")
        if key not in known:
            continue
        known.remove(key)
        place = _whole(raw, f"place:{number}", MOST_PLACES, problems) or number
        minutes = _whole(raw, f"minutes:{number}", MOST_MINUTES, problems)
        direction = (place > number) - (place < number)
        rows.append((place, direction, number, ArrangedItem(key=key, minutes=minutes)))
    if problems:
        raise InvalidText(problems)
    rows.sort(key=lambda row: row[:3])
    version = int(seen) if (seen := raw.get("arranged", "")).isascii() and seen.isdigit() and len(seen) < 7 else 0
    return Arrangement(meeting=meeting, version=version + 1, items=tuple(row[3] for row in rows))


def _whole(raw: Mapping[str, str], name: str, most: int, problems: dict[str, Words]) -> int | None:
    """Return the whole number in a field; None for an empty one."""
    written = raw.get(name, "").strip()
    if not written:
        return None
    if written.isascii() and written.isdigit() and len(written) < 7 and 1 <= int(written) <= most:
        return int(written)
    problems[name] = Words(key="agenda.error_whole", values={"most": most})
    return None
