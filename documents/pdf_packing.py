"""A PDF of the typesetter with its small objects packed: the same objects, in half of the bytes."""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice

TOGETHER = 200
"""Objects that are packed together; a reader that looks for one reads all of them."""
_ENTRY = 20
"""Bytes that a table of places has for each object."""
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)
_OBJECT = re.compile(rb"\d+ 0 obj\s+(.*)\sendobj\s*$", re.DOTALL)
_SIZE = re.compile(rb"/Size \d+")


def packed(pdf: bytes) -> bytes:
    """
    Return *pdf* with everything but its streams in object streams, as PDF/A-2 (ISO 32000-1, 7.5.7) allows.

    The structure that screen readers go by is hundreds of small objects, half of the file, and alike.
    """
    trailer, objects = _read(pdf)
    loose = {number: body for number, body in objects.items() if body.endswith(b"endstream")}
    small = [(number, body) for number, body in objects.items() if number not in loose]
    written, places, size = bytearray(pdf[: pdf.index(b"1 0 obj")]), {0: b"\0\0\0\0\0\xff\xff"}, len(objects) + 1
    for number, body in loose.items():
        places[number] = _place(written, number, body)
    for group in _groups(small):
        places |= {number: b"\2" + size.to_bytes(4) + at.to_bytes(2) for at, (number, _) in enumerate(group)}
        places[size] = _place(written, size, _packed_together(group))
        size += 1
    places[size] = b"\1" + len(written).to_bytes(4) + b"\0\0"
    table = b"".join(places[number] for number in range(size + 1))
    start = len(written)
    kept = _SIZE.sub(b"/Size %d" % (size + 1), trailer)
    _place(written, size, _stream(b"/Type/XRef/W[1 4 2]" + kept, table))
    return bytes(written + b"startxref\n%d\n%%%%EOF" % start)


def _read(pdf: bytes) -> tuple[bytes, dict[int, bytes]]:
    """Return the trailer of a file as the typesetter writes it, and its objects by number. Raises ValueError."""
    trailer = _match(_TRAILER, pdf, pdf.rfind(b"trailer"), len(pdf))
    end = int(trailer[2])
    table = _match(_TABLE, pdf, end, len(pdf))
    entries = range(table.end() + _ENTRY, table.end() + int(table[1]) * _ENTRY, _ENTRY)
    starts = [int(pdf[entry : entry + 10]) for entry in entries]
    in_order = sorted(starts)
    follows = dict(zip(in_order, [*in_order[1:], end], strict=True))
    return trailer[1], {
        number: _match(_OBJECT, pdf, start, follows[start])[1] for number, start in enumerate(starts, start=1)
    }


def _match(pattern: re.Pattern[bytes], pdf: bytes, start: int, end: int) -> re.Match[bytes]:
    found = pattern.match(pdf, start, end) if start >= 0 else None
    if found is None:
        raise ValueError("this is no PDF as the typesetter writes it")
    return found


def _groups(objects: Sequence[tuple[int, bytes]]) -> Iterator[Sequence[tuple[int, bytes]]]:
    rest = iter(objects)
    while group := list(islice(rest, TOGETHER)):
        yield group


def _packed_together(objects: Sequence[tuple[int, bytes]]) -> bytes:
    """Return one stream of several objects."""
    heads, bodies = list[bytes](), bytearray()
    for number, body in objects:
        heads.append(b"%d %d" % (number, len(bodies)))
        bodies += body + b"\n"
    head = b" ".join(heads) + b"\n"
    return _stream(b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)), head + bodies)


def _stream(entries: bytes, content: bytes) -> bytes:
    data = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def _place(written: bytearray, number: int, body: bytes) -> bytes:
    """Write an object at the end of the file, and return where it lies."""
    place = b"\1" + len(written).to_bytes(4) + b"\0\0"
    written += b"%d 0 obj\n%s\nendobj\n\n" % (number, body)
    return place
