"""Ports of editing the register."""

from collections.abc import Sequence
from typing import Protocol

from config.programme import Programme
from workflows.ports.units import DueUnit
from workflows.register.model import Act, Change, Documents, LoggedAct, RegisterState


class RegisterStore(Protocol):
    """Keeps the register's documents and the log of their changes, which has no gap."""

    async def state(self, paths: Sequence[str] | None = None) -> RegisterState:
        """Return the documents and their version, of one moment: those at *paths*, as far as there are, or all."""
        ...

    async def programme(self) -> Programme:
        """Return the programme that the documents make."""
        ...

    async def keep(
        self, was: RegisterState, documents: Documents, changes: Sequence[Change], act: Act, *, then: Sequence[DueUnit]
    ) -> bool:
        """
        Store the documents, the log of the act and the units it makes due, together; False and nothing when the
        register has another version by now than it *was*.
        """
        ...

    async def acts_since(self, version: int) -> Sequence[LoggedAct]:
        """Return the acts that made later versions, the first one first."""
        ...

    async def find_act(self, version: int) -> LoggedAct | None:
        """Return the act that made that version."""
        ...

    async def latest_acts(self, *, document: str | None, before: int | None, most: int) -> Sequence[LoggedAct]:
        """Return the latest acts, the last one first: of one document or of all, those before a version or all."""
        ...
