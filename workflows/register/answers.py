"""Answers to the fields of a form, on their way to an edit: read by their kinds, and looked through by the guard."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from config.problems import Problem
from workflows.free_text import InvalidText, Written, clean_text
from workflows.words import Words

FieldKind = Literal[
    "line", "text", "email", "date", "number", "whole", "time", "choice", "flag", "years", "moments", "days",
    "lines", "times", "wholes", "contact",
]  # fmt: skip
"""Kind of a field. `contact` is a line for a telephone number or an address: there the privacy guard asks nothing."""
LISTS = ("years", "moments", "days", "lines", "times", "wholes")
"""Kinds whose fields hold several values."""
LONGEST_LINE = 200
MOST_LISTED = 400


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A field of a form. *options*: value and words of each choice. *names_person*: True for a choice among people."""

    name: str
    label: str
    kind: FieldKind = "line"
    value: str = ""
    required: bool = True
    options: Sequence[tuple[str, str]] = ()
    help: str = ""
    names_person: bool = False


def read_answers(fields: Sequence[FormField], raw: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the value of each field, by its kind; None where nothing was written.

    Texts are looked through by the privacy guard, but for what stood there before. Raises InvalidText with everything
    that is to be changed.
    """
    written = Written(raw, known=[field.value for field in fields])
    values = {field.name: _read(field, raw, written) for field in fields}
    written.check()
    return values


def _read(field: FormField, raw: Mapping[str, str], written: Written) -> Any:
    if field.kind in ("line", "text", "lines"):
        required = "register.wrong_empty" if field.required else ""
        text = written.text(field.name, required=required, **({"most": LONGEST_LINE} if field.kind == "line" else {}))
        if field.kind == "line" and "\n" in text:
            written.problems[field.name] = Words(key="register.wrong_line")
        return _READERS["lines"](field, text) if field.kind == "lines" else text
    given = clean_text(raw.get(field.name, ""))
    if field.kind == "flag":
        return given == "1"
    if not given:
        if field.required:
            written.problems[field.name] = Words(key="register.wrong_empty")
        return () if field.kind in LISTS else None
    try:
        return _READERS[field.kind](field, given)
    except ValueError:
        written.problems[field.name] = Words(key=f"register.wrong_{field.kind}")
        return None


def _choice(field: FormField, given: str) -> str:
    if given not in {value for value, _ in field.options}:
        raise ValueError(given)
    return given


def _number(field: FormField, given: str) -> float:
    del field
    number = float(re.sub(r"[\s\u00a0]", "", given).replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(given)
    return number


def _whole(field: FormField, given: str) -> int:
    number = _number(field, given)
    if number != int(number) or abs(number) > 10**12:
        raise ValueError(given)
    return int(number)


def _date(given: str) -> date:
    """Read a day as browsers send it, or as people write it: `8.9.2026`."""
    day = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", given)
    return date(int(day[3]), int(day[2]), int(day[1])) if day else date.fromisoformat(given)


def read_moment(given: str) -> datetime:
    """
    Read a wall time: a day and a time of day, such as `8.9.2026 12.30` or `2026-09-08 12:30`.

    Raises ValueError for anything else.
    """
    day, _, clock = given.replace("T", " ").replace("kl.", " ").strip().rpartition(" ")
    return datetime.combine(_date(day.strip()), _time(clock))


def _time(given: str) -> time:
    return time.fromisoformat(given.replace(".", ":").zfill(5))


def _several(read: Callable[[str], Any], separators: str) -> Callable[[FormField, str], tuple[Any, ...]]:
    def read_all(field: FormField, given: str) -> tuple[Any, ...]:
        del field
        parts = [part.strip() for part in re.split(separators, given) if part.strip()]
        if len(parts) > MOST_LISTED:
            raise ValueError(given)
        return tuple(read(part) for part in parts)

    return read_all


_READERS: Mapping[str, Callable[[FormField, str], Any]] = {
    "email": lambda _, given: given,
    "contact": lambda _, given: given,
    "date": lambda _, given: _date(given),
    "time": lambda _, given: _time(given),
    "number": _number,
    "whole": _whole,
    "choice": _choice,
    "years": _several(int, r"[,\s]+"),
    "moments": _several(read_moment, r"\n"),
    "days": _several(_date, r"\n"),
    "lines": _several(str, r"\n"),
    "times": _several(_time, r"[,\n]+"),
    "wholes": _several(int, r"[,\s]+"),
}


def words_of(problems: Sequence[Problem], fields: Sequence[FormField]) -> InvalidText:
    """Return what the rules of `check` say against an edit, by the field each is about; empty for the whole form."""
    names = {field.name for field in fields}
    said: dict[str, Words] = {}
    for problem in problems:
        last = re.split(r"[.\s]", re.sub(r"\[[^\]]*\]", "", problem.where))[-1]
        said.setdefault(last if last in names else "", _words(problem))
    return InvalidText(said)


def _words(problem: Problem) -> Words:
    if problem.rule:
        return Words(key=f"register.rule_{problem.rule}")
    if isinstance(problem.value, str):
        return Words(key="register.rule_other", values={"value": problem.value})
    return Words(key="register.rule_no_value")
