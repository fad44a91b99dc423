"""Adaptive Cards as a client handles them: buttons, inputs, and what it checks before it sends."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
INNER_PARTS = ("body", "items", "columns", "rows", "cells", "actions", "inlines")


@dataclass(frozen=True)
class Button:
    """An action, and the cards whose inputs it sends: the root, and for an action in a ShowCard that card too."""

    action: Json
    cards: tuple[Json, ...]


def buttons(card: Json, around: tuple[Json, ...] = ()) -> Iterator[Button]:
    """Return every action of a card, those of cards it shows on demand included."""
    cards = (*around, card)
    for part in _parts(card):
        if str(part.get("type", "")).startswith("Action."):
            yield Button(part, cards)
            if part["type"] == "Action.ShowCard" and isinstance(part.get("card"), dict):
                yield from buttons(part["card"], cards)
        elif isinstance(part.get("selectAction"), dict):
            yield Button(part["selectAction"], cards)


def find_button(card: Json, *, verb: str | None, title: str | None) -> Button | None:
    """Find the button with a verb (of a submit: in its data) and a title; None matches any."""

    def fits(action: Json) -> bool:
        data = action.get("data")
        verbs = (action.get("verb"), data.get("verb") if isinstance(data, dict) else None)
        return (verb is None or verb in verbs) and (title is None or title == action.get("title"))

    if verb is None and title is None:
        return None
    return next((button for button in buttons(card) if fits(button.action)), None)


def inputs_of(button: Button) -> list[Json]:
    """Return the inputs whose values the button sends."""
    if button.action.get("associatedInputs", "auto").lower() == "none":
        return []
    found = (part for card in button.cards for part in _parts(card))
    return [part for part in found if str(part.get("type", "")).startswith("Input.") and part.get("id")]


def fill_in(inputs: list[Json], given: Mapping[str, Any]) -> dict[str, str]:
    """Return the values as the client sends them: strings; an input that was left alone keeps the card's own value."""
    values: dict[str, str] = {}
    for entry in inputs:
        value = given.get(entry["id"], entry.get("value"))
        if entry["type"] == "Input.Toggle":
            on, off = entry.get("valueOn", "true"), entry.get("valueOff", "false")
            value = {True: on, False: off}.get(value, value) if isinstance(value, bool) else (value or off)
        elif value is None and entry["type"] == "Input.Text":
            value = ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is not None and (value != "" or entry["type"] == "Input.Text"):
            values[entry["id"]] = str(value)
    return values


def errors_in(inputs: list[Json], values: Mapping[str, str]) -> dict[str, str]:
    """Return the client's objections by input id; nothing is sent while there is any."""
    found = {}
    for entry in inputs:
        problem = _problem(entry, values.get(entry["id"], ""))
        if problem:
            found[entry["id"]] = str(entry.get("errorMessage") or problem)
    return found


def _problem(entry: Json, value: str) -> str:
    kind = entry["type"]
    if kind == "Input.Toggle":
        return "required" if entry.get("isRequired") and value != entry.get("valueOn", "true") else ""
    if not value:
        return "required" if entry.get("isRequired") else ""
    if kind == "Input.Text":
        return _text_problem(entry, value)
    if kind == "Input.ChoiceSet":
        return _choice_problem(entry, value)
    return _range_problem(entry, value)


def _text_problem(entry: Json, value: str) -> str:
    if len(value) > int(entry.get("maxLength") or len(value)):
        return f"at most {entry['maxLength']} characters"
    if entry.get("regex") and not re.search(entry["regex"], value):
        return "not of the form asked for"
    return ""


def _choice_problem(entry: Json, value: str) -> str:
    choices = {choice.get("value") for choice in entry.get("choices", ())}
    chosen = value.split(",") if entry.get("isMultiSelect") else [value]
    return "" if choices.issuperset(chosen) or "choices.data" in entry else "no such choice"


def _range_problem(entry: Json, value: str) -> str:
    """Compare with the limits: dates and times as text, numbers as numbers."""
    least, most = entry.get("min"), entry.get("max")
    if entry["type"] != "Input.Number":
        return "outside its limits" if (least and value < least) or (most and value > most) else ""
    try:
        number = float(value)
    except ValueError:
        return "not a number"
    outside = (least is not None and number < float(least)) or (most is not None and number > float(most))
    return "outside its limits" if outside else ""


def _parts(thing: Json) -> Iterator[Json]:
    """Return the elements and actions inside, but not those of a card within."""
    for name in INNER_PARTS:
        inside = thing.get(name)
        for part in inside if isinstance(inside, list) else ():
            if isinstance(part, dict):
                yield part
                yield from _parts(part)
