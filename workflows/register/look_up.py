"""«Does this address have an account?»: asked on a page, looked up by a unit, read by the page when it looks again.

The web may ask Graph nothing, so the question is a row and its answer is another value of it. Questions are forgotten
after a day: an address that was typed and never used is nobody's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from workflows.digest import digest
from workflows.errors import Refused
from workflows.ports.accounts import Account, AccountKind, Directory
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome

KIND = "people.look_up"
LONGEST_ADDRESS = 254
"""Signs of an address, in the register and in mail."""
FRESH = timedelta(minutes=10)
"""Time for which an answer is given again without asking anew."""
FORGOTTEN_AFTER = timedelta(days=1)


class LookUpState(StrEnum):
    WAITING = "waiting"
    MEMBER = "member"
    GUEST = "guest"
    GUEST_PENDING = "guest_pending"
    """A guest who has not accepted the invitation yet."""
    DISABLED = "disabled"
    NONE = "none"
    CLOSED = "closed"
    """The Builder, which alone may look people up, is switched off: the rollout looks again."""


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """A question about an address, and its answer once there is one."""

    id: str
    email: str
    asked_at: datetime
    asked_by: str
    state: LookUpState = LookUpState.WAITING
    answered_at: datetime | None = None


class LookUps(Protocol):
    """Keeps questions about addresses."""

    async def find(self, look_up_id: str) -> LookUp | None: ...

    async def ask(self, question: LookUp, *, forget_before: datetime, then: Sequence[DueUnit]) -> None:
        """Keep a question, in place of an older one about the same address, with the unit that answers it."""
        ...

    async def answer(self, look_up_id: str, state: LookUpState, at: datetime) -> None: ...


def is_address(typed: str) -> bool:
    """Return True for what may be asked about: an address, and none that is longer than addresses are."""
    return "@" in typed and len(typed.lower()) <= LONGEST_ADDRESS


@dataclass(frozen=True, kw_only=True)
class LookUpDesk:
    """Takes questions about addresses, and gives the answers there are. Needs nothing but the record."""

    store: LookUps
    clock: Clock

    async def ask(self, email: str, *, by: str) -> LookUp:
        """Return the fresh answer about an address, or its question, which is answered soon. A repeat asks once."""
        question_id, now = digest(KIND, email.lower()), self.clock.now()
        known = await self.store.find(question_id)
        if known is not None and now - known.asked_at < FRESH:
            return known
        question = LookUp(id=question_id, email=email.lower(), asked_at=now, asked_by=by)
        unit = DueUnit(key=f"{KIND}:{question_id}", due_at=now)
        await self.store.ask(question, forget_before=now - FORGOTTEN_AFTER, then=[unit])
        return question

    async def find(self, look_up_id: str) -> LookUp | None:
        """Return a question with its answer, if there is one; None when it is forgotten."""
        return await self.store.find(look_up_id)


@dataclass(frozen=True, kw_only=True)
class AccountLookUps:
    """Answers questions about addresses. Needs User.Read.All."""

    store: LookUps
    directory: Directory
    clock: Clock

    async def look_up(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `people.look_up` [question]: look the address up and keep the answer. A repeat looks again."""
        question = await self.store.find(unit.subject)
        if question is None:
            return Done(note="forgotten")
        try:
            found = await self.directory.find_accounts([question.email])
        except Refused:
            state = LookUpState.CLOSED
        else:
            state = state_of(found.get(question.email))
        await self.store.answer(question.id, state, self.clock.now())
        await history.note("people.looked_up", question=question.id, state=state)
        return Done(note=state)


def state_of(account: Account | None) -> LookUpState:
    """Return the answer that an account gives, or none of it."""
    if account is None:
        return LookUpState.NONE
    if not account.enabled:
        return LookUpState.DISABLED
    if account.kind is AccountKind.MEMBER:
        return LookUpState.MEMBER
    return LookUpState.GUEST if account.redeemed else LookUpState.GUEST_PENDING
