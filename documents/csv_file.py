"""Tables as CSV that a spreadsheet opens without doing what a cell says."""

import csv
import io
from collections.abc import Iterable, Sequence

from config.plain_text import clean

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Signs that make a spreadsheet take a text for a formula."""

Value = str | int | float | bool | None


def csv_file(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a table in UTF-8: commas, decimal points, `true` and `false`, nothing for what is unknown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(defused, headers))
    writer.writerows([_written(value) for value in row] for row in rows)
    return text.getvalue().encode()


def defused(text: str) -> str:
    """Return *text* as a spreadsheet shows it: with an apostrophe before what it would calculate."""
    kept = clean(text)
    return f"'{kept}" if kept.lstrip().startswith(FORMULA) else kept


def _written(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return defused(value)
        case float():
            return f"{value:g}" if value.is_integer() else repr(value)
    return str(value)
