"""Cards as their readers see them in Teams, as plain values for a page: nothing in them can be pressed or filled in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MENTION = re.compile(r"</?at>")
"""Marks around the name that a card calls to."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One element of a card. *kind*: heading, text, choice, toggle, line, area, buttons or group."""

    kind: str
    text: str = ""
    """The words, or the label of a field."""
    value: str = ""
    strong: bool = False
    quiet: bool = False
    alert: bool = False
    choices: tuple[tuple[str, bool], ...] = ()
    """The words of each, and True for the one that is chosen."""
    parts: tuple["Drawn", ...] = ()


def drawn(card: Mapping[str, Any]) -> tuple[Drawn, ...]:
    """Return a card's elements, its buttons last. Raises ValueError for an element that none of our cards has."""
    elements = tuple(_element(item) for item in card.get("body", ()))
    actions = card.get("actions", ())
    return (*elements, _buttons(actions)) if actions else elements


def _element(item: Mapping[str, Any]) -> Drawn:
    match item["type"]:
        case "TextBlock":
            kind = "heading" if item.get("style") == "heading" else "text"
            return _run(item, kind)
        case "RichTextBlock":
            return Drawn(kind="text", parts=tuple(map(_run, item["inlines"])))
        case "Container":
            return Drawn(kind="group", parts=tuple(_element(part) for part in item["items"]))
        case "ActionSet":
            return _buttons(item["actions"])
        case "Input.ChoiceSet":
            # Of several that may be chosen, the value names each.
            chosen = str(item.get("value") or "").split(",")
            choices = tuple((choice["title"], choice["value"] in chosen) for choice in item["choices"])
            return Drawn(kind="choice", text=item["label"], choices=choices)
        case "Input.Toggle":
            return Drawn(kind="toggle", text=item["title"])
        case "Input.Text" | "Input.Number":
            kind = "area" if item.get("isMultiline") else "line"
            return Drawn(kind=kind, text=item["label"], value=str(item.get("value", "")))
    raise ValueError(f"no card of ours has {item['type']!r}")


def _run(item: Mapping[str, Any], kind: str = "text") -> Drawn:
    return Drawn(
        kind=kind,
        text=MENTION.sub("", item["text"]),
        strong=item.get("weight") == "Bolder",
        quiet=bool(item.get("isSubtle")),
        alert=item.get("color") == "Attention",
    )


def _buttons(actions: Sequence[Mapping[str, Any]]) -> Drawn:
    return Drawn(kind="buttons", parts=tuple(Drawn(kind="text", text=action["title"]) for action in actions))
