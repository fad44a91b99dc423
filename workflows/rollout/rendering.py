"""A rollout in words: what came of it, for the county lead, and how a place differs, as a tree. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import texts
from workflows.rollout.plan import INVITATION_REFUSED, OPEN, Item, PlacePlan, State

_SAID_ELSEWHERE = frozenset({"no_usable_account"})
"""Reasons told once, about a person, and not again about a member and an owner."""


def result_text(items: Sequence[Item], *, made: int, language: str) -> str:
    """Write the result: how many things were *made* or changed, and the steps left for somebody. Names keys, never
    people."""
    sentences = [texts.say("rollout.result", language, number=made)]
    return " ".join([*sentences, *_open_text(items, language=language), *_for_it(items, language=language)])


def plan_data(plan: PlacePlan) -> Mapping[str, Any]:
    """The plan for programs: every item with its state, and under which key it can be restored."""
    items = [{**asdict(item), "restore": item.key if item.can_be_restored else None} for item in plan.items]
    return {"place": plan.place, "to_do": len(plan.to_do), "items": items}


def plan_lines(plan: PlacePlan, *, language: str) -> list[str]:
    """The plan as a tree: its place, the kinds of things, and below each kind what is not as wanted."""
    to_do, waiting = len(plan.to_do), sum(item.state in OPEN for item in plan.items)
    lines = [f"{plan.place}: {to_do} to do, {waiting} waiting"]
    by_kind: dict[str, list[Item]] = {}
    for item in plan.items:
        by_kind.setdefault(_kind(item), []).append(item)
    for kind, found in by_kind.items():
        other = [item for item in found if item.state is not State.SAME]
        lines.append(f"  {kind}: {len(found) - len(other)} same" + (f", {len(other)} not" if other else ""))
        for item in other:
            lines.append(f"    {_line(item)}")
            lines += [f"{'':24}{more}" for more in (item.detail, item.todo) if more]
    lines += [f"  {sentence}" for sentence in _open_text(plan.items, language=language)]
    restorable = [item.key for item in plan.items if item.can_be_restored and item.reason != INVITATION_REFUSED]
    refused = [item.key for item in plan.items if item.reason == INVITATION_REFUSED]
    if refused:
        lines.append(f"  to invite again before a week has gone: vareunge rollout {plan.place} --restore KEY")
        lines += [f"    {key}" for key in refused]
    if restorable:
        lines.append(f"  to bring back to the template: vareunge rollout {plan.place} --restore KEY")
        lines += [f"    {key}" for key in restorable]
    return lines


def _open_text(items: Sequence[Item], *, language: str) -> list[str]:
    by_reason: dict[str, dict[str, None]] = {}
    for item in items:
        if item.state in OPEN and item.reason not in _SAID_ELSEWHERE:
            by_reason.setdefault(item.reason, {})[_subject(item)] = None
    reasons = [_reason(reason, list(subjects), language) for reason, subjects in by_reason.items()]
    # Who blocks is who must be called.
    return [*reasons, *dict.fromkeys(item.todo for item in items if item.state is State.BLOCKED and item.todo)]


def _for_it(items: Iterable[Item], *, language: str) -> Iterable[str]:
    """Collect the service's words with request ids, and an administrator's commands."""
    said: dict[str, None] = {}
    for item in items:
        command = item.todo if item.state is not State.BLOCKED else ""
        if item.state in OPEN and (item.detail or command):
            said[f"{item.key}: {' '.join(filter(None, (item.detail, command)))}"] = None
    if said:
        yield texts.say("rollout.for_it", language, details="; ".join(said))


def _reason(reason: str, subjects: Sequence[str], language: str) -> str:
    key = f"rollout.reason_{reason}"
    # Some reasons are about the place as a whole.
    things = {"things": texts.join(subjects, language)} if "things" in texts.placeholders(key, language) else {}
    return texts.say(key, language, **things)


def _line(item: Item) -> str:
    parts = [item.state.value, _subject(item)]
    if item.old or item.new:
        parts.append(" → ".join(f"«{text}»" if text else "–" for text in dict.fromkeys((item.old, item.new))))
    if item.to_do:
        parts.append(f"({item.layer})")
    parts += [item.reason] if item.reason else []
    return "  ".join([f"{parts[0]:<18}", *parts[1:]])


def _kind(item: Item) -> str:
    return item.key.partition(":")[0].partition(".")[0]


def _subject(item: Item) -> str:
    return item.key.partition(":")[2] or item.key
