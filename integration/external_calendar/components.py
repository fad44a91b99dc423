"""Split the text of an iCalendar file into components, and a component's lines into properties."""

import codecs
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

TOP_LEVEL = {"VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY"}
"""Components that stand in a calendar and in nothing else: one that begins ends the one before it."""
MOST_NESTED = 10
"""Components in one another; an alarm in an event in a calendar is the third."""
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)")
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_LINE = re.compile(rf"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+={_VALUE}(?:,{_VALUE})*)*):(.*)", re.DOTALL)
_PARAM = re.compile(rf";([A-Za-z0-9-]+)=({_VALUE}(?:,{_VALUE})*)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Signs that no calendar has; some servers fill files up with them."""
_FOLD = re.compile(r"\n[ \t]")
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(kw_only=True)
class Component:
    """One component. *ended*: its END was there."""

    name: str
    lines: list[str] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    ended: bool = False

    def parts_named(self, name: str) -> Sequence["Component"]:
        """Return its own parts that are called *name*."""
        return [part for part in self.parts if part.name == name]


@dataclass(frozen=True, kw_only=True)
class Property:
    """A content line. *value* has its escapes resolved."""

    name: str
    params: Mapping[str, str]
    value: str


class UnreadableLine(ValueError):
    """A line that was asked for says nothing."""


def calendars(content: bytes) -> list[Component]:
    """Return the calendars of a file; none when it holds no iCalendar at all. Lines outside a calendar are skipped."""
    found: list[Component] = []
    open_: list[Component] = []
    for line in _unfolded(content):
        name, _, value = line.partition(":")
        match name.strip().upper(), value.strip().upper():
            case "BEGIN", kind:
                _close_before(open_, kind)
                if len(open_) >= MOST_NESTED or (not open_ and kind != "VCALENDAR"):
                    continue
                component = Component(name=kind)
                (open_[-1].parts if open_ else found).append(component)
                open_.append(component)
            case "END", kind:
                _end(open_, kind)
            case _ if open_:
                open_[-1].lines.append(line)
    return found


class Properties:
    """The *wanted* properties of a component. Any other line, however odd, is of no concern."""

    def __init__(self, component: Component, wanted: Collection[str]) -> None:
        self._found: dict[str, list[Property]] = {name: [] for name in wanted}
        self._unreadable: set[str] = set()
        for line in component.lines:
            begins = _NAME.match(line)
            name = begins[1].upper() if begins else ""
            if name in self._found:
                self._add(name, line.strip())

    def list_all(self, name: str) -> Sequence[Property]:
        """Return every property called *name*. Raises UnreadableLine when one of them cannot be parsed."""
        if name in self._unreadable:
            raise UnreadableLine(name)
        return self._found[name]

    def find(self, name: str) -> Property | None:
        """Return the property that stands at most once. Raises UnreadableLine also when it stands more often."""
        found = self.list_all(name)
        if len(found) > 1:
            raise UnreadableLine(name)
        return found[0] if found else None

    def get(self, name: str) -> Property:
        """Return the property that stands once. Raises UnreadableLine."""
        found = self.find(name)
        if found is None:
            raise UnreadableLine(name)
        return found

    def stands(self, name: str) -> bool:
        """Return True when there is a property called *name*, readable or not."""
        return name in self._unreadable or bool(self._found[name])

    def text(self, name: str) -> str:
        """Return the first value called *name*; "" when there is none to read."""
        found = () if name in self._unreadable else self._found[name]
        return found[0].value if found else ""

    def _add(self, name: str, line: str) -> None:
        match = _LINE.fullmatch(line)
        if match is None:
            self._unreadable.add(name)
            return
        params = {key.upper(): value.strip('"') for key, value in _PARAM.findall(match[2])}
        self._found[name].append(Property(name=name, params=params, value=_unescaped(match[3]).strip()))


def _unfolded(content: bytes) -> list[str]:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return _FOLD.sub("", _CONTROL.sub("", text)).split("\n")


def _close_before(open_: list[Component], kind: str) -> None:
    """Close the components that *kind* cannot stand in."""
    keep = 0 if kind == "VCALENDAR" else 1 if kind in TOP_LEVEL else len(open_)
    del open_[keep:]


def _end(open_: list[Component], kind: str) -> None:
    """Close down to the innermost *kind*; an END of nothing that is open is skipped."""
    for depth in reversed(range(len(open_))):
        if open_[depth].name == kind:
            open_[depth].ended = True
            del open_[depth:]
            return


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
