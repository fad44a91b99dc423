"""A disk that loses power: every write and every sync of SQLite, and the files that a power cut would have left.

SQLite reaches files through a VFS. `recorded_disk` puts one before the usual one, which passes everything on and keeps
a log of it. Replayed, the log gives the files as they may be after a cut at any of its moments: everything that was
synchronised, and of the rest as much as happened to have reached the disk, to any byte.
"""

import _sqlite3
import ctypes
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_longlong, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK = 0
KEPT_FILES = 0x00000100 | 0x00000800 | 0x00080000
"""The flags with which SQLite opens a database, its journal and its write-ahead log."""
NAME = b"recorded"


@dataclass(frozen=True)
class Write:
    """Bytes handed to the operating system."""

    path: Path
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file cut to a size."""

    path: Path
    size: int


@dataclass(frozen=True)
class Sync:
    """A moment at which all of a file is on the disk."""

    path: Path


@dataclass(frozen=True)
class Delete:
    """A file that is no more."""

    path: Path


@dataclass(frozen=True)
class Mark:
    """Something that the world outside saw then."""

    seen: str


Step = Write | Truncate | Sync | Delete | Mark


@dataclass
class Disk:
    """A disk as it was at the beginning, and every step since."""

    before: dict[Path, bytes] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def mark(self, seen: str) -> None:
        """Note that the world outside has seen something."""
        self.steps.append(Mark(seen))

    def cuts(self, dice: random.Random) -> Iterator["Cut"]:
        """Yield the files after a power cut at each step; *dice* decide how much reached the disk unsynchronised."""
        files, waiting = {path: bytearray(data) for path, data in self.before.items()}, dict[Path, list[Step]]()
        seen = list[str]()
        for step in self.steps:
            match step:
                case Mark():
                    seen.append(step.seen)
                case Sync():
                    _apply(files, waiting.pop(step.path, []))
                case Delete():
                    files.pop(step.path, None)
                    waiting.pop(step.path, None)
                case _:
                    waiting.setdefault(step.path, []).append(step)
            yield Cut(tuple(seen), _torn(files, waiting, dice))


@dataclass(frozen=True)
class Cut:
    """The files that a power cut left, and everything that the world had seen until then."""

    seen: Sequence[str]
    files: Mapping[Path, bytes]

    def save(self, folder: Path) -> None:
        """Write the files into *folder*, in place of what is there."""
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        for path, data in self.files.items():
            (folder / path.name).write_bytes(data)


def _torn(
    files: Mapping[Path, bytearray], waiting: Mapping[Path, Sequence[Step]], dice: random.Random
) -> Mapping[Path, bytes]:
    """Return the files with the first of what waits for the disk, the last of that torn at any byte."""
    left = {path: bytearray(data) for path, data in files.items()}
    for path, steps in waiting.items():
        arrived = dice.randint(0, len(steps))
        whole, torn = steps[:arrived], steps[arrived : arrived + 1]
        parts = [
            Write(step.path, step.offset, step.data[: dice.randint(0, len(step.data))])
            for step in torn
            if isinstance(step, Write)
        ]
        left.setdefault(path, bytearray())
        _apply(left, [*whole, *parts])
    return {path: bytes(data) for path, data in left.items()}


def _apply(files: dict[Path, bytearray], steps: Sequence[Step]) -> None:
    for step in steps:
        match step:
            case Write():
                content = files.setdefault(step.path, bytearray())
                content.extend(bytes(max(0, step.offset - len(content))))
                content[step.offset : step.offset + len(step.data)] = step.data
            case Truncate():
                del files[step.path][step.size :]


# ------------------------------------------------------------------------------------------------- SQLite's side of it


def _table(name: str, first: Sequence[tuple[str, Any]], calls: str) -> Any:
    return type(name, (Structure,), {"_fields_": [*first, *((call, c_void_p) for call in calls.split())]})


_Methods = _table(
    "_Methods",
    [("version", c_int)],
    "close read write truncate sync size lock unlock is_reserved control sector device"
    " shm_map shm_lock shm_barrier shm_unmap fetch unfetch",
)
_VFS = _table(
    "_VFS",
    [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
    ],
    "open delete access full_path dl_open dl_error dl_sym dl_close randomness sleep time last_error time64"
    " set_call get_call next_call",
)

_Open = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Write = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_longlong)
_Truncate = ctypes.CFUNCTYPE(c_int, c_void_p, c_longlong)
_Sync = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)


def library() -> ctypes.CDLL | None:
    """Return the SQLite that Python's own module uses; None where it keeps its functions to itself."""
    found = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    if not hasattr(found, "sqlite3_vfs_find"):
        return None
    found.sqlite3_vfs_find.restype = c_void_p
    found.sqlite3_vfs_find.argtypes = [c_char_p]
    found.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
    found.sqlite3_vfs_unregister.argtypes = [c_void_p]
    return found


@contextmanager
def recorded_disk() -> Iterator[Disk]:
    """Record what every connection opened in the block does to its files. They must be closed before it ends."""
    sqlite = library()
    assert sqlite is not None, "SQLite is built into Python without its functions"
    usual = sqlite.sqlite3_vfs_find(None)
    recorder = _Recorder(usual)
    sqlite.sqlite3_vfs_register(byref(recorder.vfs), 1)
    try:
        yield recorder.disk
    finally:
        sqlite.sqlite3_vfs_unregister(byref(recorder.vfs))
        sqlite.sqlite3_vfs_register(usual, 1)


class _Recorder:
    """A VFS that passes on and notes."""

    def __init__(self, usual: int) -> None:
        self.disk = Disk()
        self._usual = _VFS.from_address(usual)
        self._paths: dict[int, Path] = {}
        self._tables: dict[int, Any] = {}
        """Our tables of methods by the usual one's address: each stands in for all files of its kind."""
        self._kept: list[Any] = []
        """Functions that SQLite calls: nothing else would keep Python from collecting them."""
        self.vfs = _VFS.from_buffer_copy(self._usual)
        self.vfs.name = NAME
        self.vfs.open = self._function(_Open, self._open_with(_Open(self._usual.open)))
        self.vfs.delete = self._function(_Delete, self._delete_with(_Delete(self._usual.delete)))

    def _function(self, kind: Any, function: Callable[..., int]) -> int | None:
        made = kind(function)
        self._kept.append(made)
        return ctypes.cast(made, c_void_p).value

    def _open_with(self, passed_on: Any) -> Callable[..., int]:
        def open_file(vfs: int, name: int | None, file: int, flags: int, given: int | None) -> int:
            path = Path(ctypes.string_at(name).decode()) if name and flags & KEPT_FILES else None
            if path is not None and path not in self.disk.before:
                self.disk.before[path] = path.read_bytes() if path.exists() else b""
            code: int = passed_on(vfs, name, file, flags, given)
            if code == OK and path is not None:
                self._paths[file] = path
                methods = ctypes.cast(file, POINTER(c_void_p))
                methods[0] = ctypes.addressof(self._methods(methods[0] or 0))
            return code

        return open_file

    def _delete_with(self, passed_on: Any) -> Callable[..., int]:
        def delete(vfs: int, name: bytes, sync: int) -> int:
            self.disk.steps.append(Delete(Path(name.decode())))
            code: int = passed_on(vfs, name, sync)
            return code

        return delete

    def _methods(self, usual: int) -> Any:
        if usual not in self._tables:
            table = _Methods.from_buffer_copy(_Methods.from_address(usual))
            for name, kind, step in (
                ("write", _Write, self._written),
                ("truncate", _Truncate, lambda path, size: Truncate(path, size)),
                ("sync", _Sync, lambda path, flags: Sync(path)),
            ):
                setattr(table, name, self._function(kind, self._noting(kind(getattr(table, name)), step)))
            self._tables[usual] = table
        return self._tables[usual]

    def _noting(self, passed_on: Any, step: Callable[..., Step]) -> Callable[..., int]:
        def call(file: int, *arguments: int) -> int:
            code: int = passed_on(file, *arguments)
            # Only afterwards: a sync counts from its end.
            self.disk.steps.append(step(self._paths[file], *arguments))
            return code

        return call

    @staticmethod
    def _written(path: Path, data: int, count: int, offset: int) -> Step:
        return Write(path, offset, ctypes.string_at(data, count))
