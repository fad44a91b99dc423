"""The desk where people edit the register: planned on what they saw, stored with its history, undone, shown."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from config.programme import Programme
from workflows.ports.units import Clock
from workflows.register.model import Act, Documents, LoggedAct, RegisterState, Saved
from workflows.register.plan import Edit, PlannedEdit, plan_edit, plan_undo
from workflows.register.ports import RegisterStore
from workflows.sweep import sweep_unit

UNDO = "undone"
COMMON = ("calendar.yaml", "county.yaml", "people.yaml", "programme.yaml", "template.yaml")
"""Documents that pages of every municipality show something of."""


class NoSuchAct(Exception):
    """No act made that version, or it is not this municipality's."""


@dataclass(frozen=True, kw_only=True)
class RegisterDesk:
    """Edits the register on people's word. Whom it lets do so is asked before: see the roles of its pages."""

    store: RegisterStore
    clock: Clock

    async def page(self, municipality: str | None) -> tuple[RegisterState, Programme]:
        """
        Return all that a page of a municipality (None: of the programme) shows and edits.

        The documents are those it needs. Their version is no newer than the programme: what somebody changes in
        between is told as a clash, never overwritten unseen.
        """
        paths = [*COMMON, f"municipalities/{municipality}.yaml"] if municipality else COMMON
        state = await self.store.state(paths)
        if municipality and not _has_municipality(state.documents, municipality):
            # A file may be called otherwise than its municipality.
            state = await self.store.state()
        return state, await self.store.programme()

    async def edit(self, edit: Edit, *, by: str, seen: int | None = None, within: str | None = None) -> Saved:
        """
        Make an edit of a person who saw the register's version *seen* (None: as it is now).

        Stored before it returns, together with its history and the sweep, which finds all that follows. A repeat
        changes nothing. *within*: the municipality that they look after, and nothing else. Raises ChangedMeanwhile,
        NotTheirs, and InvalidInput with everything that `check` would say.
        """

        async def planned(state: RegisterState) -> PlannedEdit:
            since = () if seen is None or seen >= state.version else await self.store.acts_since(seen)
            return await asyncio.to_thread(plan_edit, state, edit, since=since, within=within)

        return await self._store(planned, by=by, kind=edit.kind)

    async def undo(self, version: int, *, by: str, within: str | None = None) -> Saved:
        """
        Take back the act that made *version*. What it changed and somebody changed since is not touched: raises
        ChangedMeanwhile. Raises NoSuchAct, and otherwise as `edit`. A repeat changes nothing.
        """

        async def planned(state: RegisterState) -> PlannedEdit:
            act = await self.store.find_act(version)
            if act is None:
                raise NoSuchAct(str(version))
            since = await self.store.acts_since(version)
            return await asyncio.to_thread(plan_undo, state, act, since=since, within=within)

        return await self._store(planned, by=by, kind=UNDO, undoes=version)

    async def log(
        self, *, document: str | None = None, before: int | None = None, most: int = 50
    ) -> Sequence[LoggedAct]:
        """Return the latest acts, the last one first."""
        return await self.store.latest_acts(document=document, before=before, most=most)

    async def find_act(self, version: int, *, document: str | None = None) -> LoggedAct | None:
        """Return the act that made a version; None when there is none, or it touched another document."""
        act = await self.store.find_act(version)
        touched = {change.address.document for change in act.changes} if act else set()
        return act if document is None or document in touched else None

    async def _store(
        self, plan: Callable[[RegisterState], Awaitable[PlannedEdit]], *, by: str, kind: str, undoes: int | None = None
    ) -> Saved:
        while True:
            state = await self.store.state()
            planned = await plan(state)
            if not planned.changes:
                return Saved(version=state.version, changes=())
            now = self.clock.now()
            act = Act(by=by, kind=kind, at=now, undoes=undoes)
            then = [sweep_unit(planned.programme.key, now)]
            if await self.store.keep(state, planned.documents, planned.changes, act, then=then):
                return Saved(version=state.version + 1, changes=planned.changes)
            # Somebody else was faster: planned once more, on what they left.


def _has_municipality(documents: Documents, municipality: str) -> bool:
    return any(document.get("municipality", {}).get("slug") == municipality for document in documents.values())
