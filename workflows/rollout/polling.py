"""Waiting for what Microsoft 365 is still making: a look now and then, and a person after a day."""

from datetime import datetime, timedelta

from workflows.rollout.plan import Item, State
from workflows.rollout.plan_log import NotYet
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk

POLL = timedelta(seconds=40)
"""Microsoft asks for more than 30 s between looks at a team's operation."""
LONGEST_POLL = timedelta(minutes=30)
PATIENCE = timedelta(hours=24)
"""The time a thing may take before somebody must look."""


async def note_waiting(walk: Walk, what: str) -> Item | None:
    """
    Note that one more look was in vain, and return the plan's item of *what* while it is being made.

    A rollout raises NotYet, which says when it looks again: less often the longer it takes, as what is looked for an
    hour need not be found within the minute. After PATIENCE a person must see to it, and the next order waits anew.
    None in a plan before anything was begun.
    """
    now, key = walk.ports.clock.now(), f"{what}.wait"
    begun = walk.known.get(key)
    if not walk.apply:
        return None if begun is None else Item(key=what, state=State.PENDING, reason=f"{what}_in_the_making")
    if begun is None:
        begun = Resource(key=key, external_id="", details={"begun": now.isoformat()})
        await walk.keep(begun)
    since = datetime.fromisoformat(begun.details["begun"])
    if now > since + PATIENCE:
        await walk.forget(key)
        return Item(key=what, state=State.PENDING, reason=f"{what}_overdue")
    walk.waits[what] = NotYet(now + min(max(POLL, (now - since) / 10), LONGEST_POLL), f"{what}_in_the_making")
    raise walk.waits[what]
