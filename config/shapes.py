"""Checking documents against their shapes, entry by entry, so that one bad entry hides nothing else that is wrong."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from config.fields import OWN_ERROR, Value
from config.files import FILES, kind_of
from config.problems import Phrase, Problem, phrase
from config.sharing import Sharing
from config.signs import code_point, escaped, unseen_signs
from config.source import ValuePath, where
from config.values import LOCAL_ROLES, Role

V = TypeVar("V", bound=Value)
MOST_LISTED = 12
PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "slug",
    r"^[0-9]{4}$": "four_digits",
    r"^[0-9]{9}$": "nine_digits",
    r"^[0-9]{4}/[0-9]{2}$": "school_year",
    r"^[A-Za-z0-9{}._-]+$": "ascii_name",
    r"^#[0-9a-fA-F]{6}$": "readable_colour",
}
"""What a pattern is called in the texts of problems."""
FORM_RULES = frozenset({"slug", "email"})
"""Expectations of shape that a person at a form may break; the rule has the same name."""
PLAIN = {"model_type": "mapping", "string_type": "text"}
LIMITS = {
    "greater_than_equal": ("at_least", "ge"),
    "less_than_equal": ("at_most", "le"),
    "greater_than": ("more_than", "gt"),
    "less_than": ("less_than", "lt"),
    "string_too_short": ("longer", "min_length"),
    "string_too_long": ("shorter", "max_length"),
    "too_short": ("more_entries", "min_length"),
    "too_long": ("fewer_entries", "max_length"),
}
"""Pydantic's errors about a limit: the text that names it, and where pydantic says it."""
KINDS = {
    "int": "whole_number",
    "float": "number",
    "decimal": "number",
    "bool": "true_or_false",
    "date": "date",
    "time": "time",
    "datetime": "moment",
    "timezone": "moment",
    "list": "list",
    "tuple": "list",
    "dict": "mapping",
}
"""Pydantic's errors about a kind of value, by their first word."""
LOCAL_ENTRIES = ("work_packages", "school_breaks", "partners", "stakeholders", "progress", "budget", "spending")


@dataclass(frozen=True)
class CheckedEntry:
    """A checked value and where it stands."""

    value: Any
    document: str
    path: ValuePath


@dataclass(frozen=True)
class Checked:
    """Readable parts of the documents, by section, and everything wrong with the rest."""

    documents: Mapping[str, Mapping[str, Any]]
    sections: dict[str, list[CheckedEntry]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    parts: Sharing = field(default_factory=Sharing)

    def entries(self, section: str, kind: type[V]) -> Iterator[tuple[V, CheckedEntry]]:
        for entry in self.sections.get(section, ()):
            if isinstance(entry.value, kind):
                yield entry.value, entry

    def values(self, section: str, kind: type[V]) -> tuple[V, ...]:
        return tuple(value for value, _ in self.entries(section, kind))

    def keys(self, section: str, name: str = "key") -> set[str]:
        """Return the keys a section has, bad entries included: a reference to one is no second problem."""
        keys: set[str] = set()
        for document in self.documents.values():
            raw = document.get(section)
            for item in raw if isinstance(raw, list) else [raw]:
                if isinstance(item, Mapping) and isinstance(item.get(name), str):
                    keys.add(item[name])
        return keys

    def where(self, document: str, path: ValuePath) -> str:
        return where(self.documents[document], document, path)

    def report(self, entry: CheckedEntry, path: ValuePath, value: object, expected: Phrase, *, rule: str = "") -> None:
        """Note a problem with what stands at *path* inside an entry. *rule*: its name in the texts, for pages."""
        place = self.where(entry.document, (*entry.path, *path))
        self.problems.append(Problem(where=place, value=shown(value), expected=expected, rule=rule))


def check_shapes(documents: Mapping[str, Any]) -> Checked:
    """Return everything in *documents* that has its right shape, and a problem for everything that has not."""
    readable = {name: document if isinstance(document, Mapping) else {} for name, document in documents.items()}
    checked = Checked(readable)
    for name, document in documents.items():
        kind = kind_of(name)
        if not isinstance(document, Mapping):
            checked.problems.append(Problem(where=name, value=shown(document), expected=phrase("mapping")))
        elif kind is None:
            known = [*(f"{item}.yaml" for item in FILES if item != "municipality"), "municipalities/<slug>.yaml"]
            place = where(document, name, ())
            checked.problems.append(Problem(where=place, value=name, expected=one_of(name, known)))
        else:
            _check_document(checked, name, document, FILES[kind])
    return checked


def _check_document(checked: Checked, name: str, document: Mapping[str, Any], shape: type[BaseModel]) -> None:
    for key in document:
        if key not in shape.model_fields:
            checked.report(CheckedEntry(None, name, ()), (key,), key, one_of(key, shape.model_fields))
    for section, described in shape.model_fields.items():
        if section not in document:
            if described.is_required():
                checked.report(CheckedEntry(None, name, ()), (), None, phrase("section", name=section))
            continue
        raw = document[section]
        arguments = get_args(described.annotation)
        if Ellipsis not in arguments:
            _check_entry(checked, section, CheckedEntry(raw, name, (section,)), described.annotation)
        elif isinstance(raw, list):
            for index, item in enumerate(raw):
                local = with_municipality(section, item, document)
                # What is wrong with the document's own municipality is told once, where it stands.
                told = () if local is item else ("municipality",)
                _check_entry(checked, section, CheckedEntry(local, name, (section, index)), arguments[0], told=told)
        else:
            checked.report(CheckedEntry(None, name, ()), (section,), raw, phrase("list"))


def with_municipality(section: str, item: Any, document: Mapping[str, Any]) -> Any:
    """Return an entry with its file's municipality filled in, where the entry need not repeat it."""
    municipality = document.get("municipality")
    if not isinstance(item, dict) or not isinstance(municipality, dict) or "municipality" in item:
        return item
    local = section in LOCAL_ENTRIES or (section == "assignments" and item.get("role") in tuple(LOCAL_ROLES))
    adviser = section == "assignments" and item.get("role") == Role.ADVISER and "work_package" not in item
    return {**item, "municipality": municipality.get("slug")} if local or adviser else item


def _check_entry(checked: Checked, section: str, entry: CheckedEntry, shape: Any, *, told: ValuePath = ()) -> None:
    """Check one entry against its shape. *told*: the path of a problem that was reported already."""
    try:
        value = _adapter(shape).validate_python(entry.value)
    except ValidationError as exc:
        for path, given, expected in findings(exc, shape):
            if not told or path != told:
                checked.report(entry, path, given, expected, rule=expected.key if expected.key in FORM_RULES else "")
    else:
        found = CheckedEntry(checked.parts.shared(value), entry.document, entry.path)
        checked.sections.setdefault(section, []).append(found)


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    """Return a shape's checker, made once: a country has thousands of entries of the same."""
    return TypeAdapter(shape)


def findings(exc: ValidationError, shape: Any) -> Iterator[tuple[ValuePath, object, Phrase]]:
    """Yield everything pydantic found wrong, in our words: path, value, expected value."""
    for error in exc.errors(include_url=False):
        path = tuple(error["loc"])
        if error["type"] == "missing":
            yield path[:-1], None, phrase("section", name=str(path[-1]))
        elif error["type"] == "extra_forbidden":
            yield path, path[-1], one_of(str(path[-1]), _fields(shape, path[:-1]))
        else:
            yield path, error["input"], expected_by(error)


def expected_by(error: ErrorDetails) -> Phrase:
    """Return pydantic's expectation in our words. An error of our own is named as its text."""
    kind, context = error["type"], error.get("ctx", {})
    if error["loc"] and error["loc"][-1] == "kind" and error["input"] == "shared":
        return phrase("standard_or_private")
    if kind.startswith(OWN_ERROR):
        return phrase(kind.removeprefix(OWN_ERROR), **context)
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        known = PATTERNS.get(pattern, "email" if "@" in pattern else "")
        return phrase(known) if known else phrase("pattern", pattern=pattern)
    if kind == "string_unicode":
        return phrase("text_without", sign=code_point(next(unseen_signs(error["input"]))))
    if kind in ("literal_error", "enum"):
        return phrase("one_of", names=", ".join(re.findall(r"'([^']*)'", str(context["expected"]))))
    if kind in PLAIN:
        return phrase(PLAIN[kind])
    if kind in LIMITS:
        key, limit = LIMITS[kind]
        return phrase(key, number=str(context[limit]))
    named = KINDS.get(kind.partition("_")[0])
    return phrase(named) if named else phrase("other", message=error["msg"])


def one_of(given: str, known: Iterable[str]) -> Phrase:
    """Return the names that could have stood for *given*: the nearest known one, and all of them where they are few."""
    names = list(known)
    all_of_them = ", ".join(names) if 0 < len(names) <= MOST_LISTED else ""
    nearest = get_close_matches(given, names, n=1)
    match nearest, all_of_them:
        case [[name], ""]:
            return phrase("nearest", name=name)
        case [[name], _]:
            return phrase("nearest_of", name=name, names=all_of_them)
        case [_, ""]:
            return phrase("something_there")
    return phrase("one_of", names=all_of_them)


def _fields(shape: Any, location: ValuePath) -> list[str]:
    """Return the keys known where *location* leads."""
    for step in location:
        model = _model_in(shape)
        shape = model.model_fields[step].annotation if model and step in model.model_fields else shape
    model = _model_in(shape)
    return list(model.model_fields) if model else []


def _model_in(shape: Any) -> type[BaseModel] | None:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return shape
    return next(filter(None, (_model_in(item) for item in get_args(shape))), None)


def shown(value: object) -> str | Phrase:
    """Return a value as a problem shows it: short, on one line, every sign to be seen. Words of ours stay words."""
    if isinstance(value, Phrase):
        return value
    text = " ".join(escaped(str(value)).split()) if value is not None else ""
    if not text:
        return phrase("nothing")
    return text if len(text) <= 80 else f"{text[:77]}…"
