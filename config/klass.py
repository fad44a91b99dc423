"""The register of municipalities: Statistics Norway's Klass 131, numbers and names, read from its JSON or CSV.

Numbers are text of four characters: `0301` is Oslo, and no sum is ever made of them.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.problems import InvalidInput, Problem, phrase
from config.shapes import shown

SHIPPED = Path(__file__).parent / "klass_131.json"
LENGTH = 4
LONGEST_NAME = 200
NOT_STATED = "9999"
"""The code for «not stated», which is no municipality."""
FORMATS = phrase("klass_formats")
SEPARATORS = ",;\t"


@dataclass(frozen=True, order=True)
class KnownMunicipality:
    """A municipality as the country knows it."""

    number: str
    name: str


def read_klass(raw: bytes, *, file: str) -> tuple[KnownMunicipality, ...]:
    """Return the municipalities in a file of Klass 131, by number. Raises InvalidInput with all that is wrong."""
    text = _decoded(raw)
    rows = _json_rows(text, file) if text.lstrip().startswith(("{", "[")) else _csv_rows(text, file)
    problems: list[Problem] = []
    found = {item.number: item for item in _municipalities(rows, file, problems)}
    if not found and not problems:
        problems.append(Problem(where=file, value=phrase("no_municipality"), expected=FORMATS))
    if problems:
        raise InvalidInput(problems)
    return tuple(sorted(found.values()))


@cache
def shipped() -> tuple[KnownMunicipality, ...]:
    """Return the municipalities that come with the product, for a database that none were imported to."""
    return read_klass(SHIPPED.read_bytes(), file=SHIPPED.name)


def matching(known: Iterable[KnownMunicipality], asked: str, *, most: int = 20) -> Sequence[KnownMunicipality]:
    """Return the municipalities that *asked* may mean: the number, or the beginning of a word of the name."""
    wanted = asked.strip().casefold()
    if not wanted:
        return ()
    if wanted.isdigit():
        return [item for item in known if item.number.startswith(wanted)][:most]
    return [item for item in known if any(name.startswith(wanted) for name in _beginnings(item.name))][:most]


def _beginnings(name: str) -> Iterator[str]:
    words = name.casefold().split()
    return (" ".join(words[start:]) for start in range(len(words)))


def _decoded(raw: bytes) -> str:
    # The service answers CSV in Latin-1 unless it is asked for UTF-8.
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _json_rows(text: str, file: str) -> Iterator[tuple[int, Any, Any]]:
    try:
        data = json.loads(text)
    except ValueError as exc:
        raise InvalidInput([Problem(where=file, value=str(exc), expected=phrase("valid_json"))]) from exc
    codes = data.get("codes") if isinstance(data, dict) else data
    for number, item in enumerate(codes if isinstance(codes, list) else (), 1):
        row = item if isinstance(item, dict) else {}
        yield number, row.get("code"), row.get("name")


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, Any, Any]]:
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    if not {"code", "name"} <= set(reader.fieldnames or ()):
        raise InvalidInput([Problem(where=f"{file}:1", value=shown(head), expected=FORMATS)])
    for row in reader:
        yield reader.line_num, row["code"], row["name"]


def _municipalities(
    rows: Iterable[tuple[int, Any, Any]], file: str, problems: list[Problem]
) -> Iterator[KnownMunicipality]:
    for line, code, name in rows:
        if not isinstance(code, str) or not (len(code) == LENGTH and code.isascii() and code.isdigit()):
            expected = phrase("digits_as_text")
            problems.append(Problem(where=f"{file}:{line}: code", value=shown(code), expected=expected))
        elif not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
            problems.append(Problem(where=f"{file}:{line}: name", value=shown(name), expected=phrase("a_name")))
        elif code != NOT_STATED:
            yield KnownMunicipality(number=code, name=name.strip())
