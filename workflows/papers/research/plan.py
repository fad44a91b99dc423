"""The data set for research, made of released reports: no free text, no name, no day, no small count."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import texts
from config.settings import LEAST_KEY
from workflows.papers.record import BodyRecord
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.research.model import (
    DICTIONARY_COLUMNS,
    MEASUREMENT_COLUMNS,
    STATUS_COLUMNS,
    DataTable,
    Value,
)

LEAST_COUNT = 5
"""Smallest count that is told: a smaller one may point at people."""
PERCENT = frozenset({"%", "prosent", "prosentpoeng", "percent"})


class Pseudonyms:
    """
    Names that stand for keys: the same key has the same name as long as the secret is the same.

    Nobody finds the key from a name without the secret, which is in no file of the data set.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_KEY:
            raise ValueError(f"expected a secret of {LEAST_KEY} characters or more")
        self._secret = secret.encode()

    def name(self, kind: str, key: str) -> str:
        """Return the name of a key: `K-7QPNXW3A`."""
        digest = hmac.digest(self._secret, f"{kind}:{key}".encode(), hashlib.sha256)
        return f"{kind[0].upper()}-{base64.b32encode(digest).decode()[:8]}"


@dataclass(frozen=True, kw_only=True)
class _Round:
    """A municipality's released report of one round."""

    report: BoardReport
    year: int
    number: int
    """Its place in the year; a day would tell which board met then."""


def research_tables(records: Iterable[BodyRecord], pseudonyms: Pseudonyms) -> tuple[DataTable, ...]:
    """Return the tables of the data set, rows in the order of their pseudonyms."""
    rounds = [item for record in records for item in _rounds(record)]
    common, held_back = _common_names(rounds), _held_back(rounds)
    status: list[tuple[Value, ...]] = []
    measured: list[tuple[Value, ...]] = []
    for item in rounds:
        municipality = pseudonyms.name("kommune", item.report.municipality)
        for package in item.report.packages:
            place = (municipality, pseudonyms.name("pakke", package.key), item.year, item.number)
            status.append((*place, *_status(package)))
            for indicator in package.indicators:
                known = indicator.name in common
                name = indicator.name if known else pseudonyms.name("maltall", f"{package.key}/{indicator.name}")
                is_held = (indicator.name, indicator.unit, item.year, package.key) in held_back
                measured.append((*place, name, *_measured(indicator, is_held=is_held)))
    return (
        DataTable(name="status", columns=STATUS_COLUMNS, rows=sorted(status, key=_order)),
        DataTable(name="measurements", columns=MEASUREMENT_COLUMNS, rows=sorted(measured, key=_order)),
    )


def dictionary(tables: Sequence[DataTable], language: str) -> DataTable:
    """Return the dictionary: every column of every table with its type, its codes and its meaning."""
    rows: list[tuple[Value, ...]] = [
        (f"{table.name}.csv", column.name, column.kind, column.codes, texts.say(f"research.{column.name}", language))
        for table in tables
        for column in table.columns
    ]
    return DataTable(name="dictionary", columns=DICTIONARY_COLUMNS, rows=rows)


def is_small(value: float, unit: str) -> bool:
    """Return True for a count of things that is too small to tell; a share in per cent is none."""
    return 0 < value < LEAST_COUNT and unit.strip().lower() not in PERCENT


def _rounds(record: BodyRecord) -> Iterable[_Round]:
    """Give the newest report of each meeting, numbered through the year."""
    newest: dict[str, BoardReport] = {}
    for stored in sorted(record.reports, key=lambda stored: stored.version):
        if isinstance(stored.content, BoardReport):
            newest[stored.meeting] = stored.content
    counted: dict[int, int] = {}
    for report in sorted(newest.values(), key=lambda report: (report.meeting.starts_local, report.meeting.key)):
        year = report.meeting.starts_local.year
        counted[year] = counted.get(year, 0) + 1
        yield _Round(report=report, year=year, number=counted[year])


def _common_names(rounds: Iterable[_Round]) -> frozenset[str]:
    """Return the indicators' names that several municipalities use: one that stands alone would point at its own."""
    users: dict[str, dict[str, str]] = {}
    for item in rounds:
        for package in item.report.packages:
            for indicator in package.indicators:
                # A package that reports to several boards is one user.
                users.setdefault(indicator.name, {}).setdefault(package.key, item.report.municipality)
    return frozenset(name for name, found in users.items() if len(set(found.values())) > 1)


def _held_back(rounds: Iterable[_Round]) -> Collection[tuple[str, str, int, str]]:
    """
    Return the packages' numbers of a year that are held back whole.

    A package with a small count is, and where it is alone with that, the package with the next smallest: boards read
    sums of an indicator over municipalities, and one missing number is a sum less the others. Whole years, because a
    sum takes each municipality's newest number, whichever round that is of.
    """
    counts: dict[tuple[str, str, int], dict[str, list[float]]] = {}
    for item in rounds:
        for package in item.report.packages:
            for indicator in package.indicators:
                if indicator.now is not None:
                    of_year = counts.setdefault((indicator.name, indicator.unit, item.year), {})
                    of_year.setdefault(package.key, []).append(indicator.now)
    return {(*group, package) for group, found in counts.items() for package in _hidden_in(found, group[1])}


def _hidden_in(counts: Mapping[str, Sequence[float]], unit: str) -> Sequence[str]:
    """Return the packages whose *counts* of an indicator are held back: none, or two at least where there are two."""
    small = [package for package, values in counts.items() if any(is_small(value, unit) for value in values)]
    others = sorted(counts.keys() - set(small), key=lambda package: (min(counts[package]), package))
    return [*small, *others[:1]] if len(small) == 1 else small


def _status(package: PackageReport) -> tuple[Value, ...]:
    return (
        package.light,
        package.previous_light,
        bool(package.hinders),
        bool(package.question),
        bool(package.proposal),
        package.on_behalf,
    )


def _measured(indicator: IndicatorLine, *, is_held: bool) -> tuple[Value, ...]:
    hidden = indicator.now is not None and is_held
    target = indicator.target
    if target is not None and is_small(target, indicator.unit):
        target = None
    return indicator.unit, indicator.better, target, None if hidden else indicator.now, hidden


def _order(row: Mapping[int, Value] | tuple[Value, ...]) -> tuple[str, ...]:
    """Sort by place and time as text, whatever the values are."""
    return tuple(f"{value:>4}" if isinstance(value, int) else str(value) for value in tuple(row)[:5])
