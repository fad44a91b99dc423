"""
The audit: people's acts as a hash chain, in which each entry's hash covers the entry and the hash before it.

An entry holds keys and codes, never a person's words. Whoever changes, takes out or puts in an entry breaks every hash
after it. Who may write the database could compute them all anew: against that helps a head that was written down
elsewhere, which `verify` compares with.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, Self

Details = Mapping[str, str | int]
NOTHING_BEFORE = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, kw_only=True)
class AuditAct:
    """One act: its person, moment, beneficiary, surface and sign-in. An empty *actor*: nobody signed in."""

    at: datetime
    actor: str
    action: str
    subject: str
    surface: str
    sign_in: str = ""
    on_behalf: str = ""
    details: Details


@dataclass(frozen=True, kw_only=True)
class ChainHead:
    """The end of the chain: how many entries there are, and the hash of the last."""

    number: int = 0
    hash: str = NOTHING_BEFORE

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the head that `str` wrote. Raises ValueError for any other text."""
        number, _, found = text.partition(":")
        if not (number.isascii() and number.isdigit()) or len(bytes.fromhex(found)) != hashlib.sha256().digest_size:
            raise ValueError("expected NUMBER:HASH, as `vareunge audit --verify` prints it")
        return cls(number=int(number), hash=found.lower())


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One entry of the chain, as it is stored."""

    number: int
    act: AuditAct
    previous_hash: str
    hash: str


def chained(act: AuditAct, head: ChainHead) -> AuditEntry:
    """Return the entry of *act* that follows *head*."""
    number = head.number + 1
    return AuditEntry(number=number, act=act, previous_hash=head.hash, hash=hash_of(number, act, head.hash))


def hash_of(number: int, act: AuditAct, previous_hash: str) -> str:
    """
    Return the hash of an entry.

    What is covered, and how it is written, never changes: entries of before are verified for as long as they are kept.
    """
    moment = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    covered = [number, moment, act.actor, act.on_behalf, act.action, act.subject, act.surface, act.sign_in]
    text = json.dumps([*covered, dict(act.details), previous_hash], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Break(StrEnum):
    """A way in which a chain does not hold."""

    CHANGED = "changed"
    """The entry's content is another than the one that was hashed."""
    MISSING = "missing"
    """An entry is not there, or another one stands in its place."""
    CUT_OFF = "cut_off"
    """The last entries are not there."""
    REWRITTEN = "rewritten"
    """The entry is another than the one whose hash was noted."""
    NOTE_BEHIND = "note_behind"
    """There are entries after the end that the database notes."""


@dataclass(frozen=True, kw_only=True)
class BrokenAt:
    """The first place at which a chain does not hold."""

    number: int
    why: Break


class ChainCheck:
    """
    Follows a chain from its first entry, and remembers the first place at which it does not hold.

    *noted*: heads that the chain must still have, such as one that was written down elsewhere.
    """

    def __init__(self, *noted: ChainHead) -> None:
        self._noted = {head.number: head.hash for head in noted}
        self._last_noted = max(self._noted, default=0)
        self.head = ChainHead()
        self.broken: BrokenAt | None = None

    def take(self, entry: AuditEntry) -> None:
        """Look at the next entry."""
        if self.broken is not None:
            return
        number = self.head.number + 1
        if entry.number != number:
            self._break(number, Break.MISSING)
        elif entry.hash != hash_of(entry.number, entry.act, entry.previous_hash):
            self._break(number, Break.CHANGED)
        elif entry.previous_hash != self.head.hash:
            self._break(number, Break.MISSING)
        elif self._noted.get(number, entry.hash) != entry.hash:
            self._break(number, Break.REWRITTEN)
        else:
            self.head = ChainHead(number=number, hash=entry.hash)

    def end(self, noted: ChainHead) -> BrokenAt | None:
        """Return the first broken place, once every entry was taken. *noted*: the database's note, read after them."""
        if self.broken is None and self._last_noted > self.head.number:
            self._break(self.head.number + 1, Break.CUT_OFF)
        elif self.broken is None and noted.number < self.head.number:
            self._break(noted.number + 1, Break.NOTE_BEHIND)
        return self.broken

    def _break(self, number: int, why: Break) -> None:
        self.broken = BrokenAt(number=number, why=why)


class Chain(Protocol):
    """Reads the chain from its first entry."""

    def entries(self) -> AsyncIterator[AuditEntry]:
        """Yield every entry, the first one first."""
        ...

    async def head(self) -> ChainHead:
        """Return the head that was noted with the last entry."""
        ...


class AuditStore(Chain, Protocol):
    """Reads the chain, and what was added last."""

    async def latest(self, *, before: int | None, most: int) -> Sequence[AuditEntry]:
        """Return the latest entries, of those below the number *before* when it is given, the last one first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The outcome of a look at the whole chain."""

    head: ChainHead
    broken: BrokenAt | None


async def verify(chain: Chain, *, kept: ChainHead | None = None) -> Verified:
    """Look at the whole chain, while entries may be added. *kept*: a head that was written down elsewhere."""
    check = ChainCheck(await chain.head(), *([kept] if kept else []))
    async for entry in chain.entries():
        check.take(entry)
    return Verified(head=check.head, broken=check.end(await chain.head()))
