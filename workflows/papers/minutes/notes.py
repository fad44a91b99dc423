"""Notes of a meeting, pasted as plain text, read into a proposal for its minutes. Pure.

Nothing is invented, and nothing is lost: a line that is not understood stays as text where it stood, and each line that
became something else is named in `NotesDraft.read`. A decision is proposed; a person confirms it (`plan.record`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from workflows.free_text import clean_text
from workflows.papers.agendas.model import Agenda
from workflows.papers.minutes.notes_words import find_person, folded, only_due_day, parse_day

MOST_NOTES = 30_000
"""Characters of notes that are read."""


@dataclass(frozen=True, kw_only=True)
class ItemNotes:
    """The notes on one item. *decision*: proposed, with who carries it out until when as far as the notes say."""

    number: int
    text: str = ""
    decision: str = ""
    person: str = ""
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NotesDraft:
    """A proposal for minutes. People are named by their keys."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Names among those present that the body does not know."""
    chair: str = ""
    secretary: str = ""
    remarks: str = ""
    """Text that stood before the first item."""
    items: tuple[ItemNotes, ...] = ()
    read: tuple[str, ...] = ()
    """Lines that became something else than text, whole."""


class _Label(Enum):
    PRESENT = auto()
    ABSENT = auto()
    CHAIR = auto()
    SECRETARY = auto()
    DECISION = auto()
    CARRIER = auto()
    DUE = auto()


_LABELS: Mapping[str, _Label] = {
    **dict.fromkeys(("til stede", "tilstede", "møtte", "deltakere", "deltakarar", "present"), _Label.PRESENT),
    **dict.fromkeys(("forfall", "meldt forfall", "fravær", "fråvær", "fraværende", "fråverande"), _Label.ABSENT),
    **dict.fromkeys(("ikke til stede", "ikkje til stades", "absent", "apologies"), _Label.ABSENT),
    **dict.fromkeys(("til stades",), _Label.PRESENT),
    **dict.fromkeys(("møteleder", "møteleiar", "ordstyrer", "ordstyrar", "chair"), _Label.CHAIR),
    **dict.fromkeys(("referent", "sekretær", "secretary"), _Label.SECRETARY),
    **dict.fromkeys(("vedtak", "vedtatt", "vedteke", "beslutning", "avgjerd", "decision"), _Label.DECISION),
    **dict.fromkeys(("ansvarlig", "ansvarleg", "ansvar", "responsible"), _Label.CARRIER),
    **dict.fromkeys(("frist", "innen", "innan", "due", "deadline"), _Label.DUE),
}
_LABELLED = re.compile(
    rf"({'|'.join(sorted(_LABELS, key=len, reverse=True))})[*_]*\s*:[*_]*\s*(.*)", re.IGNORECASE | re.DOTALL
)
_NEXT_LABEL = re.compile(
    r"[.;,]?\s+(?=(?:ansvarlig|ansvarleg|ansvar|responsible|frist|innen|innan|due|deadline)\s*:)", re.IGNORECASE
)
_MARKS = re.compile(r"(?:[#>*•·‣▪◦–—-]+\s+|\(?\d{1,3}[.)]\s+|\[[ xX]?\]\s*)+")
_NUMBERED = re.compile(
    r"(sak\s+(?:nr\.?\s*)?)?(\d{1,4})(?:\s*/\s*(\d{4}|\d{2}))?\b(\s*[:.–—-]+)?\s*(.*)", re.IGNORECASE | re.DOTALL
)
_NAMES = re.compile(r"[,;]|\s+(?:og|and)\s+")
_NOTHING = frozenset({"", "-", "–", "ingen", "ingenting", "none"})


@dataclass
class _Part:
    """The lines that one item has gathered so far; number 0 is what stood before the first."""

    number: int
    text: list[str] = field(default_factory=list)
    decision: list[str] = field(default_factory=list)
    person: str = ""
    due_on: date | None = None


def read_notes(notes: str, agenda: Agenda, *, attendance: Mapping[str, str], people: Mapping[str, str]) -> NotesDraft:
    """
    Read *notes* in the light of the meeting's *agenda*.

    *attendance*: the body's people by key; *people*: all who may be named. A day without a year is the first such day
    from the meeting on.
    """
    reader = _Reader(agenda, attendance, people)
    for line in clean_text(notes).split("\n"):
        reader.take(line.strip())
    return reader.draft()


class _Reader:
    """Reads line by line, and knows which item and which list a line belongs to."""

    def __init__(self, agenda: Agenda, attendance: Mapping[str, str], people: Mapping[str, str]) -> None:
        self._agenda = agenda
        self._attendance = attendance
        self._people = people
        self._day = agenda.meeting.starts_local.date()
        titles = [_plain(item.title) for item in agenda.items]
        self._titles = {
            title: item.number for title, item in zip(titles, agenda.items, strict=True) if titles.count(title) == 1
        }
        self._parts = {0: _Part(0)}
        self._part = self._parts[0]
        self._mode: _Label | None = None
        """The list or decision that the lines below its label go on with."""
        self._present: list[str] = []
        self._absent: list[str] = []
        self._others: list[str] = []
        self._roles: dict[_Label, str] = {}
        self._read: list[str] = []

    def draft(self) -> NotesDraft:
        return NotesDraft(
            present=tuple(dict.fromkeys(self._present)),
            absent=tuple(key for key in dict.fromkeys(self._absent) if key not in self._present),
            others=tuple(dict.fromkeys(self._others)),
            chair=self._roles.get(_Label.CHAIR, ""),
            secretary=self._roles.get(_Label.SECRETARY, ""),
            remarks=_joined(self._parts[0].text),
            items=tuple(self._item(part) for number, part in sorted(self._parts.items()) if number),
            read=tuple(self._read),
        )

    def _item(self, part: _Part) -> ItemNotes:
        decision = _joined(part.decision)
        return ItemNotes(
            number=part.number,
            text=_joined(part.text),
            decision=decision,
            person=part.person or (self._carrier_in(decision)),
            due_on=part.due_on or only_due_day(decision, self._day),
        )

    def take(self, line: str) -> None:
        """Take one line, without blanks around it."""
        if not line:
            self._mode = None
            self._part.text.append("")
        elif not (self._heading(line) or self._labelled(line) or self._listed(line)):
            (self._part.decision if self._mode is _Label.DECISION else self._part.text).append(line)

    def _heading(self, line: str) -> bool:
        """Begin an item where *line* names one; a line that says more than its number and title stays text as well."""
        bare = _bare(line)
        number = self._titles.get(_plain(bare), 0)
        rest = ""
        match = None if number else _NUMBERED.match(bare)
        if match is not None:
            number, rest = self._numbered(match)
        if not number:
            return False
        self._mode = None
        self._part = self._parts.setdefault(number, _Part(number))
        if rest:
            self._part.text.append(line)
        else:
            self._read.append(line)
        return True

    def _numbered(self, match: re.Match[str]) -> tuple[int, str]:
        """Return the item that a numbered line begins, and what it says besides; 0 for a line that begins none."""
        called, number, year, colon, rest = match.groups()
        item = self._agenda.item(int(number))
        if item is None or (year and int(year) % 100 != self._agenda.year % 100) or not (called or year):
            return 0, ""
        title, said = _plain(item.title), _plain(rest)
        if said in ("", title):
            return item.number, ""
        # «Sak 3/26 ble nevnt» within another item begins none.
        return (item.number, rest) if called and (colon or said.startswith(title)) else (0, "")

    def _labelled(self, line: str) -> bool:
        match = _LABELLED.fullmatch(_bare(line))
        if match is None:
            return False
        label, rest = _LABELS[match[1].casefold()], match[2].strip()
        self._mode = None
        if label in (_Label.PRESENT, _Label.ABSENT):
            self._mode = label
            return self._names(line, rest, label)
        if label in (_Label.CHAIR, _Label.SECRETARY):
            return self._role(line, rest, label)
        if not self._part.number:
            return False
        if label is _Label.DECISION:
            return self._decision(line, rest)
        return self._follow_up(line, label, rest)

    def _decision(self, line: str, rest: str) -> bool:
        if rest and _plain(rest) in _NOTHING:
            return False
        self._mode = _Label.DECISION
        self._part.decision += [rest] if rest else []
        self._read.append(line)
        return True

    def _follow_up(self, line: str, label: _Label, rest: str) -> bool:
        """Take who carries a decision out, and until when; a line of which anything is left over stays as text."""
        if not self._part.decision:
            return False
        person, due_on = self._part.person, self._part.due_on
        said = _NEXT_LABEL.split(rest)
        parts = [(label, said[0])]
        for more in said[1:]:
            match = _LABELLED.fullmatch(more)
            if match is None:
                return False
            parts.append((_LABELS[match[1].casefold()], match[2]))
        for kind, words in parts:
            if kind is _Label.CARRIER:
                found = find_person(words, self._people)
                if not found or person not in ("", found):
                    return False
                person = found
            else:
                day = parse_day(words, self._day)
                if day is None or due_on not in (None, day):
                    return False
                due_on = day
        self._part.person, self._part.due_on = person, due_on
        self._read.append(line)
        return True

    def _role(self, line: str, rest: str, label: _Label) -> bool:
        found = find_person(rest, self._people)
        if not found or self._roles.get(label, found) != found:
            return False
        self._roles[label] = found
        self._read.append(line)
        return True

    def _listed(self, line: str) -> bool:
        """Take a line below «Til stede:» as names where it is a list's, or names somebody whom the body knows."""
        if self._mode not in (_Label.PRESENT, _Label.ABSENT):
            return False
        bare = _bare(line)
        if bare == line and not any(find_person(name, self._attendance) for name in _split(bare)):
            self._mode = None
            return False
        return self._names(line, bare, self._mode)

    def _names(self, line: str, words: str, label: _Label) -> bool:
        names = _split(words)
        known = {name: find_person(name, self._attendance) for name in names}
        there = label is _Label.PRESENT
        (self._present if there else self._absent).extend(key for key in known.values() if key)
        unknown = [name for name, key in known.items() if not key]
        if unknown and not there:
            # Absent people whom the body does not know have no place but the text.
            return False
        self._others += unknown
        self._read.append(line)
        return True

    def _carrier_in(self, decision: str) -> str:
        named = re.findall(r"\b(?:ansvarlig|ansvarleg|ansvar|responsible)\s*:\s*([^.;,\n]+)", decision, re.IGNORECASE)
        found = {find_person(name, self._people) for name in named}
        return found.pop() if len(found) == 1 else ""


def _bare(line: str) -> str:
    """Return a line without the marks of lists and headings before it, and the signs of bold text around it."""
    marks = _MARKS.match(line)
    return line[marks.end() if marks else 0 :].strip("*_ ")


def _plain(words: str) -> str:
    """Return a title as it is compared: without the stop behind it."""
    return folded(words).rstrip(":. ")


def _split(words: str) -> list[str]:
    return [name for part in _NAMES.split(words) if (name := part.strip(" ."))]


def _joined(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
