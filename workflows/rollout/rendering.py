"""A rollout in words: what came of it, for the county lead, and how a place differs, as a tree. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import texts
from config.programme import Programme
from workflows.rollout.names import PlaceNames, kind_of
from workflows.rollout.plan import INVITATION_REFUSED, OPEN, Item, PlacePlan, State

_SAID_ELSEWHERE = frozenset({"no_usable_account"})
"""Reasons told once, about a person, and not again about a member and an owner."""
_NOT_MADE: Mapping[str, str] = {
    "person": "_person",
    **dict.fromkeys(("owner", "member", "channel_member", "app", "channel_app"), "_added"),
}
"""Kinds of things that are not made when they are missing, and the end of the key of their words."""


def result_text(items: Sequence[Item], *, made: int, language: str) -> str:
    """Write the result: how many things were *made* or changed, and the steps left for somebody. Names keys, never
    people."""
    sentences = [texts.say("rollout.result", language, number=made)]
    return " ".join([*sentences, *_open_text(items, _subject, language=language), *_for_it(items, language=language)])


def named_result(note: str, items: Sequence[Item], names: PlaceNames, *, language: str) -> str:
    """Return a result that was kept with keys as its readers are told it: with the names of *items*, what is open."""
    kept, named = (open_sentences(items, name, language=language) for name in (_subject, names.name))
    for (sentence, _), (told, _) in zip(kept, named, strict=True):
        note = note.replace(sentence, told)
    return note


def plan_data(plan: PlacePlan) -> Mapping[str, Any]:
    """The plan for programs: every item with its state, and under which key it can be restored."""
    items = [{**asdict(item), "restore": item.key if item.can_be_restored else None} for item in plan.items]
    return {"place": plan.place, "to_do": len(plan.to_do), "items": items}


def plan_lines(plan: PlacePlan, programme: Programme, *, language: str) -> list[str]:
    """The plan as a tree: its place, the kinds of things, and below each kind what is not as wanted."""
    spec = programme.place(plan.place)
    names = PlaceNames(programme, spec, language)
    waiting = sum(item.state in OPEN for item in plan.items)
    lines = [texts.say("rollout.tree_place", language, place=spec.name, to_do=len(plan.to_do), waiting=waiting)]
    by_kind: dict[str, list[Item]] = {}
    for item in plan.items:
        by_kind.setdefault(names.kind(item.key), []).append(item)
    for kind, found in by_kind.items():
        other = [item for item in found if item.state is not State.SAME]
        key = "rollout.tree_kind_other" if other else "rollout.tree_kind"
        counts = {"other": len(other)} if other else {}
        lines.append("  " + texts.say(key, language, kind=kind, same=len(found) - len(other), **counts))
        for item in other:
            lines.append(f"    {_line(item, names, language)}")
            lines += [f"{'':24}{more}" for more in (item.detail, item.todo) if more]
    lines += [f"  {sentence}" for sentence in _open_text(plan.items, names.name, language=language)]
    refused = [item.key for item in plan.items if item.reason == INVITATION_REFUSED]
    lines += _orders(plan.place, refused, names, texts.say("rollout.tree_invite_again", language))
    restorable = [item.key for item in plan.items if item.can_be_restored and item.reason != INVITATION_REFUSED]
    lines += _orders(plan.place, restorable, names, texts.say("rollout.tree_restore", language))
    return lines


def why(item: Item, language: str) -> str:
    """Return the reason of *item* in a few words; empty where a sentence of its own tells it, or there is none."""
    key = f"rollout.why_{item.reason}"
    return texts.say(key, language) if key in texts.keys(language) else ""


def _orders(place: str, keys: Sequence[str], names: PlaceNames, heading: str) -> list[str]:
    """List the keys that can be ordered back, with their names, below the command."""
    if not keys:
        return []
    return [f"  {heading} vareunge rollout {place} --restore …", *(f"    {key}  ({names.name(key)})" for key in keys)]


def open_sentences(
    items: Sequence[Item], named: Callable[[str], str], *, language: str
) -> list[tuple[str, Sequence[Item]]]:
    """Return what is left to people: a sentence for each reason, with the things it is about."""
    by_reason: dict[str, list[Item]] = {}
    for item in items:
        if item.state in OPEN and item.reason not in _SAID_ELSEWHERE:
            by_reason.setdefault(item.reason, []).append(item)
    return [
        (_reason(reason, list(dict.fromkeys(named(item.key) for item in found)), language), found)
        for reason, found in by_reason.items()
    ]


def _open_text(items: Sequence[Item], named: Callable[[str], str], *, language: str) -> list[str]:
    reasons = [sentence for sentence, _ in open_sentences(items, named, language=language)]
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


def _line(item: Item, names: PlaceNames, language: str) -> str:
    parts = [names.name(item.key)]
    if item.old or item.new:
        parts.append(" → ".join(f"«{text}»" if text else "–" for text in dict.fromkeys((item.old, item.new))))
    if item.to_do:
        parts.append(f"({texts.say(f'rollout.layer_{item.layer}', language)})")
    parts += filter(None, [why(item, language)])
    state = state_in_words(item, language)
    return "  ".join([f"{state:<18}", *parts])


def state_in_words(item: Item, language: str) -> str:
    """Return the state of a thing in words: people are invited, members and apps added, all else is made."""
    kind = _NOT_MADE.get(kind_of(item.key), "") if item.state is State.MISSING else ""
    return texts.say(f"rollout.state_{item.state.name.lower()}{kind}", language)


def _subject(key: str) -> str:
    return key.partition(":")[2] or key


def reason_in_words(note: str, language: str) -> str:
    """Return the words for why an order waits or ended, from the note that its unit keeps; empty for another note."""
    word = note.replace(" ", "_")
    for key in (f"rollout.reason_{word}", f"rollout.note_{word}"):
        if key in texts.keys(language) and not texts.placeholders(key, language):
            return texts.say(key, language)
    return ""
