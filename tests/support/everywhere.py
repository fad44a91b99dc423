"""A text looked for in everything: every table of the record, and the whole of a sandbox with its files."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

from integration.database.connection import Database
from integration.database.record_rows import SQLRecordRows
from sandbox.app import Sandbox
from sandbox.exchange.mail import Mail
from sandbox.platform.traffic import Traffic
from sandbox.sharepoint.tickets import Tickets
from workflows.privacy.redaction.slipped import SlippedText

AREAS = ("directory", "teams", "sharepoint", "exchange", "planner", "chats")
"""The parts of a sandbox that a tenant has, too; its own recording of calls is none of them."""
PLAIN: tuple[type, ...] = (bool, int, float, type(None))


async def found_in_record(database: Database, text: str) -> list[str]:
    """Return the columns of the record that hold a text, in any of its ways of writing, or in a file."""
    slipped = SlippedText(text=text, parts=True)
    found = []
    async for row in SQLRecordRows(database).read():
        for column, value in row.values.items():
            if any(slipped.count(part) for part in texts_in(value)):
                found.append(f"{row.rule.table}.{column}")
    return found


def found_in_sandbox(sandbox: Sandbox, text: str, *, mail: bool = True) -> list[str]:
    """Return the values of a sandbox that hold a text: chats, calendars, sites with all their versions, and *mail*."""
    slipped = SlippedText(text=text, parts=True)
    areas = [getattr(sandbox.tenant, name) for name in AREAS]
    found = texts_in(areas, but=() if mail else (Mail,))
    return [part[:80] for part in found if slipped.count(part)]


def texts_in(value: Any, *, but: tuple[type, ...] = ()) -> Iterator[str]:
    """Give every text within a value: in its parts and attributes, names of fields among them, and in files."""
    waiting, seen = [value], set[int]()
    # Addresses that were given out for a download die with their file.
    left_out = (*PLAIN, Traffic, Tickets, *but)
    while waiting:
        one = waiting.pop()
        if isinstance(one, left_out) or id(one) in seen:
            continue
        seen.add(id(one))
        match one:
            case str():
                yield one
            case bytes():
                yield from _file_texts(one)
            case dict():
                waiting += [*one.keys(), *one.values()]
            case list() | tuple() | set() | frozenset():
                waiting += one
            case _ if type(one).__module__.startswith("sandbox."):
                waiting += [*getattr(one, "__dict__", {}).values(), *(getattr(one, name) for name in _slots(one))]


def _slots(value: Any) -> list[str]:
    return [name for name in getattr(type(value), "__slots__", ()) if hasattr(value, name)]


def _file_texts(content: bytes) -> Iterator[str]:
    yield content.decode(errors="replace")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                yield parts.read(name).decode(errors="replace")
    if content.startswith(b"%PDF-"):
        reader = PdfReader(io.BytesIO(content))
        yield "\n".join(page.extract_text() for page in reader.pages)
        yield str(reader.metadata)
