"""The log of a plan: each item under its key, in the order of the steps, and the errors that ended or delay steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from workflows.errors import Conflict, IdentityClosed, Invalid, NotFound, OutsideError, Refused, Transient
from workflows.rollout.plan import Item, State

_NAMING = ("naming policy", "naming requirement", "blocked word")


class NotYet(Exception):
    """Something outside is still being made."""

    def __init__(self, until: datetime, note: str) -> None:
        super().__init__(note)
        self.until = until
        self.note = note


@dataclass
class Trouble:
    """The errors of one walk, shared by the logs of its parts."""

    unfinished: list[NotYet | Transient] = field(default_factory=list)
    """Reasons for a rollout to come again: things still being made, and services that did not answer."""
    refused: list[OutsideError] = field(default_factory=list)
    """Errors that ended whole steps for good."""
    reads: list[OutsideError] = field(default_factory=list)
    """Errors of questions alone: nothing was to be written."""


class PlanLog:
    """
    The plan so far. A log of a part (see `fork`) has items of its own and shares the errors.

    Its methods are the only ones that change items; a key that is noted again replaces what was noted under it.
    """

    def __init__(self, *, apply: bool, trouble: Trouble | None = None) -> None:
        self._apply = apply
        self.trouble = trouble or Trouble()
        self._items: list[Item] = []

    @property
    def items(self) -> Sequence[Item]:
        """Return the items in their order."""
        return tuple(self._items)

    def fork(self, *, apply: bool | None = None) -> "PlanLog":
        """Return an empty log that shares this one's errors."""
        return PlanLog(apply=self._apply if apply is None else apply, trouble=self.trouble)

    def note(self, *items: Item) -> None:
        """Add *items* at the end."""
        self._items += items

    def replace(self, item: Item) -> None:
        """Put *item* in place of the one noted under its key, or at the end."""
        for number, before in enumerate(self._items):
            if before.key == item.key:
                self._items[number] = item
                return
        self._items.append(item)

    def keep_only(self, key: str) -> None:
        """Drop all items but the one noted under *key*."""
        self._items = [item for item in self._items if item.key == key]

    def find(self, key: str) -> Item | None:
        return next((item for item in self._items if item.key == key), None)

    def is_unknown(self, key: str) -> bool:
        """Tell whether the step *key* could not see, or does not know what came of a write."""
        return any(item.key == key and item.state is State.UNKNOWN for item in self._items)

    def is_pending(self, key: str) -> bool:
        """Tell whether *key* waits for something or somebody."""
        found = self.find(key)
        return found is not None and found.state is State.PENDING

    @contextmanager
    def alone(self, item: Item) -> Iterator[None]:
        """Let a refusal in here end *item*, which was noted before, and nothing else of the place."""
        try:
            yield
        except IdentityClosed:
            raise
        except (Conflict, Invalid, NotFound, Refused) as error:
            self.replace(replace(item, state=State.PENDING, reason=_why_refused(error), detail=str(error)))

    @contextmanager
    def step(self, key: str) -> Iterator[None]:
        """
        Let a failure in here end this step and its items; the rest of the place goes on.

        The item *key* says so. A rollout comes again for errors that another try may help.
        """
        try:
            yield
        except NotYet as wait:
            self.trouble.unfinished.append(wait)
            begun = self.find(key)
            if begun is not None:
                self.replace(replace(begun, state=State.PENDING, reason=wait.note))
        except IdentityClosed:
            raise
        except OutsideError as error:
            self._end_step(self.find(key) or Item(key=key, state=State.UNKNOWN), error)

    def _end_step(self, item: Item, error: OutsideError) -> None:
        if self._apply and not isinstance(error, Transient):
            self.trouble.refused.append(error)
            if error not in self.trouble.reads:
                self.replace(replace(item, state=State.PENDING, reason=_why_refused(error), detail=str(error)))
                return
        self.replace(replace(item, state=State.UNKNOWN, reason="not_readable", detail=str(error)))
        if self._apply and isinstance(error, Transient):
            self.trouble.unfinished.append(error)


def _why_refused(error: OutsideError) -> str:
    """Return the reason's key. Entra has no code of its own for names that the tenant's policy does not allow."""
    said = error.reason.lower()
    return "naming_policy" if any(words in said for words in _NAMING) else "refused"
