"""A list that only grows, whose older part lies on disk: memory stays flat however long it gets."""

import os
import pickle
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any

NEWEST_IN_MEMORY = 1_000
"""Number of the newest items that stay in memory."""
LENGTH_BYTES = 4
"""Bytes that tell how long an item on disk is."""


class Spool:
    """Keeps what is appended, in order. The file has no name and ends with the process."""

    def __init__(self, in_memory: int = NEWEST_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._newest: list[Any] = []
        self._file: int | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, item: Any) -> None:
        self._newest.append(item)
        self._length += 1
        if len(self._newest) > self._in_memory:
            self._write(b"".join(map(_packed, self._newest)))
            self._newest = []

    def clear(self) -> None:
        self._newest, self._length = [], 0
        if self._finalizer:
            self._finalizer()
        self._file = self._finalizer = None

    def __iter__(self) -> Iterator[Any]:
        """Yield the items that are there now, without those that are appended meanwhile."""
        newest = list(self._newest)
        if self._file is not None:
            at, end = 0, os.lseek(self._file, 0, os.SEEK_END)
            while at < end:
                size = int.from_bytes(os.pread(self._file, LENGTH_BYTES, at), "big")
                yield pickle.loads(os.pread(self._file, size, at + LENGTH_BYTES))  # noqa: S301  Written by this process.
                at += LENGTH_BYTES + size
        yield from newest

    def _write(self, content: bytes) -> None:
        if self._file is None:
            self._file, path = tempfile.mkstemp(prefix="sandbox-har-")
            os.unlink(path)
            self._finalizer = weakref.finalize(self, os.close, self._file)
        os.lseek(self._file, 0, os.SEEK_END)
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._file, rest) :]


def _packed(item: Any) -> bytes:
    content = pickle.dumps(item)
    return len(content).to_bytes(LENGTH_BYTES, "big") + content
