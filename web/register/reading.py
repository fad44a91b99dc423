"""The context of a page of the register: what it shows, and the version of the register that its reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import texts
from web.access.gate import Visit
from web.register.forms.form import FormContext
from workflows.papers.minutes.model import Decision, Matters, MatterState
from workflows.ports.units import Clock
from workflows.register.editing import RegisterDesk
from workflows.register.look_up import LookUp


class BoardMatters(Protocol):
    """Reads the decisions and action items that a board has recorded."""

    async def matters(self, body: str) -> Matters: ...


class AccountQuestions(Protocol):
    """Questions whether an address has an account; a unit answers them."""

    async def ask(self, email: str, *, by: str) -> LookUp: ...
    async def find(self, look_up_id: str) -> LookUp | None: ...


@dataclass(frozen=True, kw_only=True)
class RegisterDoors:
    """Ports of the register's pages."""

    desk: RegisterDesk
    clock: Clock
    board: BoardMatters
    accounts: AccountQuestions

    async def open(self, visit: Visit, about: str = "") -> tuple[FormContext, int]:
        """Return the context of a visit's page, and the version of the register that it shows."""
        scope = visit.where.municipality
        state, programme = await self.desk.page(scope)
        context = FormContext(
            programme=programme,
            documents=state.documents,
            scope=scope,
            about=about,
            today=programme.today(self.clock.now()),
            language=texts.choose(visit.reader.language, programme.language),
        )
        return context, state.version

    async def open_form(self, visit: Visit, about: str) -> tuple[FormContext, int]:
        """Return the same for a form, which may name a decision of the municipality's board."""
        context, version = await self.open(visit, about)
        if context.scope is None:
            return context, version
        matters = await self.board.matters(context.programme.local_board(context.scope).key)
        return replace(context, decisions=recorded(matters.decisions)), version


def recorded(decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions that stand, the newest first; one that was taken out of the minutes is none."""
    standing = [item for item in decisions if item.state is not MatterState.DROPPED]
    return sorted(standing, key=lambda item: (item.year, item.number), reverse=True)
