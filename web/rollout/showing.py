"""Values of rollout pages: plans as trees, results by what to do about them, and the log in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import texts
from config.programme import Programme
from workflows.rollout.desk import PlaceEvent
from workflows.rollout.names import PlaceNames
from workflows.rollout.plan import Item, State
from workflows.rollout.preview import SeenPlan
from workflows.rollout.progress import OrderState, Step
from workflows.rollout.rendering import open_sentences, reason_in_words, state_in_words, why

ORDER_TONES: Mapping[OrderState, str] = {
    OrderState.NONE: "none",
    OrderState.WAITS_FOR_IT: "warn",
    OrderState.UNDER_WAY: "wait",
    OrderState.DONE: "ok",
    OrderState.ASKS: "warn",
    OrderState.FAILED: "bad",
}
STATE_TONES: Mapping[State, str] = {
    State.SAME: "ok",
    State.MISSING: "wait",
    State.DIFFERS: "wait",
    State.LOCAL: "none",
    State.PENDING: "warn",
    State.BLOCKED: "bad",
    State.UNKNOWN: "warn",
}


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A thing of a plan, as a line of the tree."""

    key: str
    name: str
    tone: str
    state: str
    old: str
    new: str
    layer: str
    why: str
    is_local: bool
    """True for what people changed: it stands, and stays."""
    details: tuple[str, ...]
    """The service's words with request ids, and commands: for IT."""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A kind of thing with what is not as wanted; *same*: how many are."""

    name: str
    same: int
    leaves: tuple[Leaf, ...]

    @property
    def is_open(self) -> bool:
        """True for few things: many are folded."""
        return 0 < len(self.leaves) <= MOST_SHOWN


MOST_SHOWN = 8
SPOKEN = ("site", "site.language")
"""Keys of things whose value is a language."""


def tree_of(plan: SeenPlan, programme: Programme, language: str) -> list[Branch]:
    """Return the plan's things by their kind."""
    names = PlaceNames(programme, programme.place(plan.place), language)
    by_kind: dict[str, list[Item]] = {}
    for item in plan.items:
        by_kind.setdefault(names.kind(item.key), []).append(item)
    return [
        Branch(
            name=kind,
            same=sum(item.state is State.SAME for item in items),
            leaves=tuple(leaf_of(item, names, language) for item in items if item.state is not State.SAME),
        )
        for kind, items in by_kind.items()
    ]


def leaf_of(item: Item, names: PlaceNames, language: str) -> Leaf:
    """Return one thing as a line."""
    return Leaf(
        key=item.key,
        name=names.name(item.key),
        tone=STATE_TONES[item.state],
        state=state_in_words(item, language),
        old=_spelled(item, item.old, language) if item.old != item.new else "",
        new=_spelled(item, item.new, language),
        layer=texts.say(f"rollout.layer_{item.layer}", language),
        why=why(item, language),
        is_local=item.state is State.LOCAL,
        details=tuple(filter(None, (item.detail, item.todo))),
    )


def _spelled(item: Item, value: str, language: str) -> str:
    """Return a value as people read it: a site's language by its own name, and told as one where a site is made."""
    if item.key not in SPOKEN or value not in texts.languages():
        return value
    spoken = texts.say("overview.language_name", value)
    return texts.say("rollout_pages.in_language", language, spoken=spoken) if item.key == "site" else spoken


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """Something that an order left to people: a sentence with what to do, and the words for IT."""

    sentence: str
    details: tuple[str, ...]


def left_over(plan: SeenPlan, programme: Programme, language: str) -> list[LeftOver]:
    """Return what a plan leaves to people, each reason once."""
    names = PlaceNames(programme, programme.place(plan.place), language)
    return [
        LeftOver(
            sentence=sentence,
            details=tuple(
                dict.fromkeys(
                    f"{names.described(item.key)}: {words}"
                    for item in items
                    for words in (item.detail, item.todo)
                    if words
                )
            ),
        )
        for sentence, items in open_sentences(plan.items, names.name, language=language)
    ]


def steps_in_words(steps: Sequence[Step], language: str) -> list[dict[str, str]]:
    """Return the steps as the shell shows them."""
    return [
        {
            "state": step.state.value,
            "name": texts.say(f"rollout.step_{step.key}", language),
            "note": texts.say("rollout.step_count", language, made=step.made, wanted=step.wanted)
            if step.wanted > 1
            else "",
        }
        for step in steps
    ]


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A step of a place's orders, in words."""

    at: datetime
    words: str
    note: str = ""


def log_lines(events: Sequence[PlaceEvent], programme: Programme, place: str, language: str) -> list[LogLine]:
    """Return the steps in words; those that say nothing to people are left out."""
    names = PlaceNames(programme, programme.place(place), language)
    lines = []
    for event in events:
        key = f"rollout.event_{event.what.replace('.', '_')}"
        if key in texts.keys(language):
            wanted = texts.placeholders(key, language)
            values = {name: _named(name, value, names) for name, value in event.values.items() if name in wanted}
            note = str(event.values.get("note", ""))
            lines.append(
                LogLine(
                    at=programme.local_time(event.at),
                    words=texts.say(key, language, **values),
                    note=names.told(note_in_words(note, language)),
                )
            )
    return lines


def note_in_words(note: str, language: str) -> str:
    """Return a unit's note in words: notes of ours are keys of reasons, others were written for people."""
    return reason_in_words(note, language) or ("" if note in SILENT else note)


SILENT = frozenset({"no place of ours", "seen"})


def _named(name: str, value: str | int, names: PlaceNames) -> Any:
    text = str(value)
    namers = {
        "person": names.person,
        "by": names.person,
        "channel": names.channel,
        "tab": names.tab,
        "list": names.list,
    }
    return namers[name](text) if name in namers else value
