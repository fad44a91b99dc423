"""Acceptance as values: its target, the result of each check, and what was left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AcceptanceResult(StrEnum):
    SAME = "same"
    """As in the sandbox."""
    DIFFERENT = "not the same"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, kw_only=True)
class AcceptanceTarget:
    """The throw-away municipality, and the two people who have agreed: an owner of the home tenant, and a guest."""

    slug: str
    owner: str
    guest: str
    organizer: str
    """The mailbox that meetings are booked in."""

    @property
    def unique_name(self) -> str:
        """The group's natural key, by which a run that stopped is found again."""
        return f"vareunge-acceptance-{self.slug}"


@dataclass(frozen=True, kw_only=True)
class CheckedClaim:
    """One check with its result. *lines*: those of the protocol in docs/acceptance.md. *seen*: instead of it."""

    key: str
    lines: tuple[int, ...]
    claim: str
    result: AcceptanceResult
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptanceReport:
    """A finished run. *left*: things that an administrator removes by id; *failed*: steps of cleaning up that did not
    hold."""

    target: AcceptanceTarget
    began_at: datetime
    checks: Sequence[CheckedClaim]
    left: Sequence[str] = ()
    failed: Sequence[str] = ()

    @property
    def held(self) -> bool:
        """True when everything was the same and everything was cleaned up."""
        return not self.failed and all(check.result is AcceptanceResult.SAME for check in self.checks)


@dataclass
class Traces:
    """Things that the run has made so far, by their ids: later checks use them, and cleaning up takes them away."""

    group_id: str = ""
    owner_id: str = ""
    guest_id: str = ""
    guest_was_there: bool = True
    has_team: bool = False
    app_id: str = ""
    site_id: str = ""
    event_ids: list[str] = field(default_factory=list)
