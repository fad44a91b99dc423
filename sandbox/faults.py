"""Things that go wrong on request: false answers, lost answers, cut connections, and requests that are held."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Phase = Literal["before", "after"]


class Match(BaseModel):
    """Which requests a rule is about. *path* is a regular expression searched for in the decoded path."""

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str = ""
    app: str | None = None
    nth: int | None = Field(default=None, ge=1)
    """Only this one of the requests that match otherwise; all of them when left out."""


class Rule(BaseModel):
    """What happens to a request that matches. *phase*: before or after the request has taken effect."""

    model_config = ConfigDict(extra="forbid")

    match: Match = Field(default_factory=Match)
    do: Literal["status", "lose_answer", "reset", "hold"]
    status: int = 503
    body: Any = None
    retry_after: float | None = None
    phase: Phase = "before"


class HoldAt(BaseModel):
    """Hold the Nth request to Graph or the connector from now on."""

    model_config = ConfigDict(extra="forbid")

    hold_at: int = Field(ge=1)
    phase: Phase = "before"


@dataclass
class Counted:
    rule: Rule
    seen: int = 0
    hits: int = 0

    def meets(self, method: str, path: str, app: str) -> bool:
        match = self.rule.match
        if match.method and match.method.upper() != method:
            return False
        if match.app and match.app != app:
            return False
        if not re.search(match.path, path, re.IGNORECASE):
            return False
        self.seen += 1
        return match.nth is None or self.seen == match.nth


@dataclass(eq=False)
class Held:
    """A request that waits. *released* becomes true by a control call; a client that hangs up ends it too."""

    method: str
    path: str
    app: str
    phase: Phase
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """The rules in force. The first that matches a request counts."""

    def __init__(self) -> None:
        self._rules: list[Counted] = []
        self._held: list[Held] = []
        self._hold_at: HoldAt | None = None
        self._requests = 0

    def set_rules(self, rules: list[Rule]) -> None:
        self._rules = [Counted(rule) for rule in rules]

    def set_hold(self, hold: HoldAt) -> None:
        self._hold_at, self._requests = hold, 0

    def release(self) -> None:
        """Let every held request go on, and hold no more by number."""
        self._hold_at = None
        for held in self._held:
            held.released.set()

    def clear(self) -> None:
        self._rules = []
        self.release()

    def meet(self, method: str, path: str, app: str) -> Rule | None:
        """The rule for a request that just came in."""
        self._requests += 1
        if self._hold_at and self._requests == self._hold_at.hold_at:
            phase, self._hold_at = self._hold_at.phase, None
            return Rule(do="hold", phase=phase)
        met = [counted for counted in self._rules if counted.meets(method, path, app)]
        if not met:
            return None
        met[0].hits += 1
        return met[0].rule

    def hold(self, method: str, path: str, app: str, phase: Phase) -> Held:
        held = Held(method, path, app, phase)
        self._held.append(held)
        return held

    def let_go(self, held: Held) -> None:
        self._held.remove(held)

    def status(self) -> dict[str, Any]:
        """What the control call shows."""
        return {
            "rules": [
                {**counted.rule.model_dump(mode="json"), "seen": counted.seen, "hits": counted.hits}
                for counted in self._rules
            ],
            "hold_at": self._hold_at.model_dump() if self._hold_at else None,
            "requests": self._requests,
            "held": [
                {"method": held.method, "path": held.path, "app": held.app, "phase": held.phase} for held in self._held
            ],
        }
