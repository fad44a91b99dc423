"""First values of the answer form, its number fields, and a stored answer as rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import texts
from workflows.status.answer_parsing import texts_of
from workflows.status.answer_words import named, outlook_words
from workflows.status.card_rendering import solved_fields, solved_inputs
from workflows.status.model import NEWS_FIELDS, TEXT_FIELDS, AnswerContent, LessonLevel
from workflows.status.request_view import Asked


@dataclass(frozen=True, kw_only=True)
class NumberField:
    """One indicator's input."""

    name: str
    label: str
    help: str
    value: str


def start_values(asked: Asked) -> dict[str, str]:
    """Return the form's first values: the stored ones, else last time's answer without the lifted question."""
    start = asked.prefill
    if start is None:
        return {}
    typed = {"light": start.light.value, "weight": start.weight, "lesson_for": start.lesson_for} | texts_of(start)
    if asked.answer is None:
        # News is news, and what was lifted is not asked again by itself.
        return typed | dict.fromkeys(NEWS_FIELDS, "") | {"lesson_for": LessonLevel.BOARD.value}
    numbers = {f"indicator:{key}": _number(value, asked.language) for key, value in start.indicators.items()}
    return typed | numbers | solved_inputs(asked.answer.content)


def number_fields(asked: Asked, typed: Mapping[str, str]) -> list[NumberField]:
    """Return the inputs of the package's indicators, with what was typed."""
    return [
        NumberField(
            name=f"indicator:{item.key}",
            label=named(item),
            help=_number_help(asked, item.previous, item.target),
            value=typed.get(f"indicator:{item.key}", ""),
        )
        for item in asked.indicators
    ]


def _number_help(asked: Asked, previous: float | None, target: float | None) -> str:
    parts = [asked.say("status.form_decimal")]
    if previous is not None:
        parts.append(asked.say("status.form_previous", number=previous))
    if target is not None:
        parts.append(asked.say("status.form_target", number=target))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def _number(value: float, language: str) -> str:
    return texts.number(value, language)


def answer_rows(asked: Asked, content: AnswerContent) -> list[tuple[str, str]]:
    """Return the stored answer, question by question."""
    nothing = asked.say("status.receipt_nothing")
    rows = [(asked.say("card.light"), asked.say(f"light.{content.light}"))]
    rows += [(asked.say(f"card.{name}"), getattr(content, name) or nothing) for name in TEXT_FIELDS]
    if content.lesson:
        rows.append((asked.say("card.lesson_for"), asked.say(f"lessons.level_{content.lesson_for}")))
    rows.append((asked.say("card.outlook"), outlook_words(asked, content) or nothing))
    for item in asked.indicators:
        number = content.indicators.get(item.key)
        rows.append((named(item), nothing if number is None else _number(number, asked.language)))
    rows += [
        (asked.say("card.decision", text=item.text), content.follow_ups.get(item.key) or nothing)
        for item in asked.open_decisions
    ]
    rows += [
        (field["label"], asked.say(f"card.solved_{field['said']}") if field["said"] else nothing)
        for field in solved_fields(asked, solved_inputs(content))
    ]
    return rows
