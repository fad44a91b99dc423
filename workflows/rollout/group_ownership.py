"""Ownership of a group: the one we know is the place's, or one that somebody names, or there is none yet.

What only a person can say is asked before anything is made and anybody invited.
"""

from dataclasses import replace

from workflows.ports.place import Group
from workflows.rollout.orders import ADOPT
from workflows.rollout.plan import GROUP_REMOVED, Item, State
from workflows.rollout.ports import Resource
from workflows.rollout.steps.people import REFUSED
from workflows.rollout.walk import Walk

BY_ID = "by_id"
"""Notes of a group that somebody said is ours: it does not have our unique name."""
NOT_BELOW = frozenset({"app", "restore", ADOPT, REFUSED, "order.made", "order.asks", "ended", "drift.told"})
"""The kinds of things that are noted of a place and do not come and go with its group."""


class Question(Exception):
    """Nothing is done for the place before a person has answered *item*."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.reason)
        self.item = item


async def group_of(walk: Walk) -> Group | None:
    """
    The place's group; None when there is none and one can be made.

    With a group of another id comes another team and another site: what was noted below the old one is forgotten.
    Raises Question.
    """
    known, wish = walk.known.get("group"), walk.known.get(ADOPT)
    group = await _own(walk, known)
    adopts = wish is not None and (group is None or group.id != wish.external_id)
    if wish is not None and adopts:
        group = await _adopted(walk, wish.external_id, own=group)
    elif group is None:
        _ask_about_the_removed(walk, known)
        if (question := await namesakes(walk)) is not None:
            raise Question(question)
    if known is not None and (group is None or group.id != known.external_id):
        await _forget_what_is_below(walk)
    if group is not None and adopts:
        walk.known["group"] = Resource(key="group", external_id=group.id, details={BY_ID: True})
        if walk.apply:
            await walk.keep(walk.known["group"])
    return group


async def namesakes(walk: Walk) -> Item | None:
    """The question whose groups those are that have the name or the address of a place which has no group yet."""
    spec = walk.wanted.spec
    found = await walk.reads.get(walk.ports.groups.list_namesakes, spec.name, spec.mail_nickname)
    # One with our unique name is our own, made a moment ago.
    found = [group for group in found if group.unique_name != spec.unique_name]
    usable = [group for group in found if not await _why_not(walk, group)]
    at_address = [group for group in found if group.mail_nickname.casefold() == spec.mail_nickname.casefold()]
    if not usable and not at_address:
        return None
    reason = "same_name"
    if at_address:
        reason = "address_taken" if at_address[0] in usable else "address_in_use"
    todo = "; ".join(f"vareunge rollout {walk.place} --adopt {group.id}" for group in usable)
    return replace(_question(walk, reason, (usable or at_address)[0]), todo=todo)


async def _own(walk: Walk, known: Resource | None) -> Group | None:
    groups, found = walk.ports.groups, None
    if known is None or not known.details.get(BY_ID):
        found = await walk.reads.get(groups.find_group, walk.wanted.spec.unique_name)
    if found is None and known is not None:
        found = await walk.reads.get(groups.read_group, known.external_id)
    return found


async def _adopted(walk: Walk, group_id: str, *, own: Group | None) -> Group:
    """The group that somebody wants to be the place's own."""
    group = await walk.reads.get(walk.ports.groups.read_group, group_id)
    if group is None:
        raise Question(_question(walk, "adopt_no_group", None))
    if reason := await _why_not(walk, group) or ("adopt_has_own" if own is not None else ""):
        raise Question(_question(walk, reason, group))
    return group


async def _why_not(walk: Walk, group: Group) -> str:
    """Return why the group cannot be the place's, as the end of a text's key; empty: it can."""
    if not group.unified:
        return "adopt_no_room"
    holders = await walk.ports.resources.holders("group", group.id)
    named = group.unique_name.startswith(f"{walk.programme.key}-") and group.unique_name != walk.wanted.spec.unique_name
    # People of one place would be let in where another's papers lie.
    return "adopt_of_another_place" if named or {*holders} - {walk.place} else ""


def _ask_about_the_removed(walk: Walk, known: Resource | None) -> None:
    """A group that was there and is gone is not quietly made again: it can be had back, with all that was in it."""
    item = replace(_question(walk, GROUP_REMOVED, None), todo=f"vareunge rollout {walk.place} --restore group")
    if known is not None and not walk.as_ordered(item).to_do:
        raise Question(item)


async def _forget_what_is_below(walk: Walk) -> None:
    gone = [key for key in walk.known if key.partition(":")[0] not in NOT_BELOW]
    for key in gone:
        del walk.known[key]
    if walk.apply:
        await walk.ports.resources.forget(walk.place, *gone)


def _question(walk: Walk, reason: str, group: Group | None) -> Item:
    spec, layer = walk.wanted.spec, walk.wanted.layer("name")
    old = group.display_name if group is not None else ""
    return Item(key="group", state=State.PENDING, old=old, new=spec.name, layer=layer, reason=reason)
