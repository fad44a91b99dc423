"""The evidence of a demo, and what a check of it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.programme import Programme
from config.values import Person, Role
from demo.people import Story
from demo.play import Played

Entry = Mapping[str, Any]
"""One exchange of a HAR, with `_app`: the identity that called."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Evidence of a demo. *state* is the sandbox's canonical state."""

    played: Played
    story: Story
    state: Mapping[str, Any]
    traffic: Sequence[Entry]
    repeated: Sequence[Entry]
    """The traffic of a second rollout of everything."""
    feed: bytes
    """The owner board's calendar feed."""
    allowed: frozenset[str] | None
    """The allow-list of a rehearsal."""
    senders: frozenset[str]
    """The product's own mailboxes."""

    @property
    def programme(self) -> Programme:
        return self.played.programme

    def may_get(self, person: Person) -> bool:
        """Return True when messages are sent to this person: to everybody, but in a rehearsal."""
        return self.allowed is None or person.email.lower() in self.allowed

    def is_answered(self, package: str) -> bool:
        """Return True when the story has the package's lead answer, and the lead hears of it."""
        on = self.played.began_at.date()
        leads = self.programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=package)
        return self.story.part(package).how != "never" and any(map(self.may_get, leads))


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must hold, and what was found."""

    what: str
    held: bool
    found: str = ""
