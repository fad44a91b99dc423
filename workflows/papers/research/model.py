"""The data set as values: tables of plain values, and a dictionary of their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class DataColumn:
    """A column and its description. The text `research.<name>` says its meaning."""

    name: str
    kind: str
    """`text`, `integer`, `number`, `boolean` or `code`."""
    codes: str = ""
    """The values of a code."""


@dataclass(frozen=True, kw_only=True)
class DataTable:
    """One file of the data set."""

    name: str
    columns: Sequence[DataColumn]
    rows: Sequence[tuple[Value, ...]]


PLACE = (
    DataColumn(name="municipality", kind="text"),
    DataColumn(name="work_package", kind="text"),
    DataColumn(name="year", kind="integer"),
    DataColumn(name="round", kind="integer"),
)
"""Columns that say where and when."""
LIGHT_CODES = "green, yellow, red, grey, done, missing"
STATUS_COLUMNS = (
    *PLACE,
    DataColumn(name="light", kind="code", codes=LIGHT_CODES),
    DataColumn(name="previous_light", kind="code", codes=LIGHT_CODES),
    DataColumn(name="has_hindrance", kind="boolean"),
    DataColumn(name="asks_board", kind="boolean"),
    DataColumn(name="has_proposal", kind="boolean"),
    DataColumn(name="on_behalf", kind="boolean"),
)
MEASUREMENT_COLUMNS = (
    *PLACE,
    DataColumn(name="indicator", kind="text"),
    DataColumn(name="unit", kind="text"),
    DataColumn(name="better", kind="code", codes="higher, lower"),
    DataColumn(name="target", kind="number"),
    DataColumn(name="value", kind="number"),
    DataColumn(name="suppressed", kind="boolean"),
)
DICTIONARY_COLUMNS = tuple(
    DataColumn(name=name, kind="text") for name in ("file", "column", "type", "codes", "meaning")
)
