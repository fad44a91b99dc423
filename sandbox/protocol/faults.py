"""
Things that go wrong on request: false answers, lost answers, cut connections, and requests that are held.

A rule matches whole requests and the parts of a $batch alike. The kind of a request is its method and the template it
is registered under, `POST /teams/{team}/channels`: which kinds came by is counted, so that a test can walk over them.
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.protocol.reply import Reply

Phase = Literal["before", "after"]


class Match(BaseModel):
    """
    The requests a rule is about. *path* is a regular expression searched for in the decoded path, *template* the one
    that a request's operation is registered under.
    """

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str = ""
    template: str | None = None
    app: str | None = None
    nth: int | None = Field(default=None, ge=1)
    """Only this one of the requests that match otherwise; all of them when left out."""


class Rule(BaseModel):
    """A fault of requests that match. *phase*: before or after the request has taken effect."""

    model_config = ConfigDict(extra="forbid")

    match: Match = Field(default_factory=Match)
    do: Literal["status", "lose_answer", "reset", "hold"]
    status: int = 503
    body: Any = None
    retry_after: float | None = None
    phase: Phase = "before"


class HoldAt(BaseModel):
    """
    Hold the Nth request to Graph or the connector from now on, or the Nth of a kind: a $batch that has it as a part is
    held as a whole.
    """

    model_config = ConfigDict(extra="forbid")

    hold_at: int = Field(ge=1)
    method: str | None = None
    template: str | None = None
    phase: Phase = "before"

    @property
    def is_of_kind(self) -> bool:
        return self.method is not None or self.template is not None


class Cut(Exception):
    """The connection is to be closed in the middle of a $batch."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request, or a part of one, as rules look at it. *template* is empty when nothing is registered for it."""

    method: str
    path: str
    template: str
    app: str


@dataclass
class CountedRule:
    rule: Rule
    seen: int = 0
    hits: int = 0

    def meets(self, seen: Seen) -> bool:
        match = self.rule.match
        if match.method and match.method.upper() != seen.method:
            return False
        if match.template is not None and match.template != seen.template:
            return False
        if match.app and match.app != seen.app:
            return False
        if not re.search(match.path, seen.path, re.IGNORECASE):
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
        self._rules: list[CountedRule] = []
        self._held: list[Held] = []
        self._hold_at: HoldAt | None = None
        self._holding: CountedRule | None = None
        self._requests = 0
        self._kinds: Counter[tuple[str, str]] = Counter()

    def set_rules(self, rules: list[Rule]) -> None:
        self._rules = [CountedRule(rule) for rule in rules]

    def set_hold(self, hold: HoldAt) -> None:
        self._hold_at, self._requests = hold, 0
        match = Match(method=hold.method, template=hold.template, nth=hold.hold_at)
        self._holding = CountedRule(Rule(match=match, do="hold", phase=hold.phase))

    def release(self) -> None:
        """Let every held request go on, and hold no more by number."""
        self._hold_at = self._holding = None
        for held in self._held:
            held.released.set()

    def clear(self) -> None:
        """Drop all rules, let go all that is held, and forget the kinds that were seen."""
        self._rules = []
        self._requests = 0
        self._kinds.clear()
        self.release()

    def meet(self, seen: Seen) -> Rule | None:
        """Return the rule for a request that just came in."""
        self._requests += 1
        return self._meet(seen, held=self._holds(seen))

    def meet_part(self, seen: Seen) -> Rule | None:
        """Return the rule for a part of a $batch that just came in."""
        return self._meet(seen, held=bool(self._hold_at and self._hold_at.is_of_kind) and self._holds(seen))

    def _holds(self, seen: Seen) -> bool:
        return self._holding is not None and self._holding.meets(seen)

    def _meet(self, seen: Seen, *, held: bool) -> Rule | None:
        self._kinds[seen.method, seen.template or seen.path] += 1
        if held and self._holding:
            rule, self._hold_at, self._holding = self._holding.rule, None, None
            return rule
        met = [counted for counted in self._rules if counted.meets(seen)]
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
        """Return the answer of the control call."""
        return {
            "rules": [
                {**counted.rule.model_dump(mode="json"), "seen": counted.seen, "hits": counted.hits}
                for counted in self._rules
            ],
            "hold_at": self._hold_at.model_dump() if self._hold_at else None,
            "requests": self._requests,
            "kinds": [
                {"method": method, "template": template, "count": count}
                for (method, template), count in sorted(self._kinds.items())
            ],
            "held": [
                {"method": held.method, "path": held.path, "app": held.app, "phase": held.phase} for held in self._held
            ],
        }


def told(rule: Rule) -> Reply:
    """Return the answer that a rule of `status` wants."""
    headers = {} if rule.retry_after is None else {"Retry-After": f"{rule.retry_after:g}"}
    message = f"The sandbox was told to answer {rule.status}."
    return Reply(rule.status, rule.body or {"error": {"code": "fault", "message": message}}, headers)


def lost() -> Reply:
    """Return the answer of a gateway that waited too long."""
    message = "The operation timed out. It may have taken effect."
    return Reply(504, {"error": {"code": "GatewayTimeout", "message": message}})
