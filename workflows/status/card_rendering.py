"""The cards of one request, from its values: the form, the receipt, reminders, and what takes their place later."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import cards
import texts
from workflows.free_text import clean_text
from workflows.messages.model import Message, Surface
from workflows.status.answer_parsing import (
    DECISION,
    INDICATOR,
    MAX_KEPT,
    MAX_NUMBER,
    NO,
    SOLVED,
    YES,
    kept_numbers,
    lesson_level,
    most_of,
    parse_number,
    texts_of,
)
from workflows.status.answer_words import lesson_before, lesson_heading, named, outlook_words, state_words
from workflows.status.model import (
    NEWS_FIELDS,
    TEXT_FIELDS,
    WEIGHTS,
    AnswerContent,
    IndicatorResult,
    LessonLevel,
    Light,
)
from workflows.status.plan import MOVED, REMINDER
from workflows.status.request_view import Asked, sentences_to_keep

LIGHTS = tuple(light.value for light in Light)


def request_card(
    asked: Asked,
    *,
    draft: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
    confirm: str = "",
    seen: int | None = None,
) -> dict[str, Any]:
    """
    Draw the form as a card; *typed* is what the person just wrote, kept although *problems* stop it.

    *draft*: what they wrote earlier and have not sent. *confirm*: what ticking the privacy guard's question sends back.
    *seen*: the newest version they have been shown; None: the one that stands. Texts too long to be shown whole are
    cut, and the card says so.
    """
    draw = partial(_request_card, asked, draft=draft, confirm=confirm, seen=asked.version if seen is None else seen)
    try:
        return draw(typed=typed, problems=problems)
    except cards.CardError:
        if typed is None or not _beyond(typed):
            raise
    return draw(typed=typed, problems=[*problems, asked.say("card.cut")], cut=True)


def _request_card(
    asked: Asked,
    *,
    draft: Mapping[str, Any] | None,
    typed: Mapping[str, Any] | None,
    problems: Sequence[str],
    confirm: str,
    seen: int,
    cut: bool = False,
) -> dict[str, Any]:
    """Draw the form once. *cut*: with no more of each text than its input takes."""
    start_note = asked.draft_note if draft else asked.start_note
    typed = draft if typed is None else typed
    values: dict[str, Any] = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "seen": seen,
        "greeting": cards.short(asked.greeting),
        "board": cards.short(asked.board),
        "meeting": asked.meeting,
        "due": asked.due,
        "start_note": cards.short(start_note, 2 * cards.MAX_NAME) if typed is draft else "",
        "on_behalf": asked.say("status.form_on_behalf", lead=cards.short(asked.on_behalf_of))
        if asked.on_behalf_of
        else "",
        "can_be_unchanged": asked.can_be_unchanged,
        "confirm": confirm,
        "problem": " ".join(problems),
        # Asked about with the problems of this press, if at all; the next one is taken as it is.
        "proposal_asked": 1 if problems and typed and typed.get("question") and not typed.get("proposal") else None,
        "solved": solved_fields(asked, typed),
        **_start_values(asked, typed or {}),
    }
    if typed is not None:
        values |= _typed(typed, values["indicators"], values["decisions"], cut=cut)
    return cards.render("status_request", language=asked.language, values=values)


def _start_values(asked: Asked, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that the inputs start with: the answer that stands, else last time's."""
    start = asked.prefill
    values: dict[str, Any] = {
        "light": start.light.value if start else None,
        **{name: getattr(start, name) if start else "" for name in (*TEXT_FIELDS, "outlook")},
        "weight": start.weight or None if start else None,
        "lesson_for": start.lesson_for or LessonLevel.BOARD.value if start else LessonLevel.BOARD.value,
        "lesson_before": cards.short(lesson_before(asked)),
        "kept": [
            {"number": str(number), "sentence": text} for number, text in enumerate(sentences_to_keep(asked, typed))
        ],
        "keep": None,
        "indicators": number_fields(asked),
        "decisions": _decisions(asked, start.follow_ups if start else {}),
    }
    if asked.answer is None:
        # News is news, and what was lifted to the last board is not asked again by itself.
        values |= {**dict.fromkeys(NEWS_FIELDS, ""), "lesson_for": LessonLevel.BOARD.value}
    return values


def numbers_card(
    asked: Asked, *, typed: Mapping[str, Any] | None = None, problems: Sequence[str] = (), seen: int | None = None
) -> dict[str, Any]:
    """Draw the card that asks for the numbers alone: nothing else changed."""
    fields = number_fields(asked)
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "seen": asked.version if seen is None else seen,
        "problem": " ".join(problems),
        "indicators": fields if typed is None else _typed(typed, fields)["indicators"],
    }
    return cards.render("status_numbers", language=asked.language, values=values)


def receipt_card(asked: Asked, *, editable: bool) -> dict[str, Any]:
    """Draw the receipt: the stored answer, and until when it can be changed. The request must be answered."""
    content = asked.answer.content if asked.answer else None
    if content is None:
        raise ValueError(f"request {asked.request.id} is not answered")
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "editable": editable,
        "until": asked.due,
        "by": cards.short(asked.answered_by, 2 * cards.MAX_NAME),
        "numbers": [{"line": line} for line in _numbers_given(asked, content)],
        "light": asked.say(f"light.{content.light}"),
        "done": content.done,
        "next": content.next,
        "hinders": content.hinders,
        "question": content.question,
        "proposal": content.proposal,
        "lesson": content.lesson,
        "lesson_heading": lesson_heading(asked, content),
        "outlook": outlook_words(asked, content),
        "decisions": [item for item in _decisions(asked, content.follow_ups) if item["told"]],
    }
    return cards.render("status_receipt", language=asked.language, values=values)


def channel_card(asked: Asked, *, mention: str | None) -> dict[str, Any]:
    """Draw the package's state in a channel. *mention*: the account to call; None once nobody need be called."""
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "state": state_words(asked),
        "due": asked.due,
        "lead_id": mention,
        "lead_name": cards.short(asked.person.name),
    }
    return cards.render("status_channel", language=asked.language, values=values)


def reminder_card(asked: Asked) -> dict[str, Any]:
    """Draw a reminder with one button that opens the form."""
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "greeting": cards.short(asked.greeting),
        "due": asked.due,
        "local_lead": cards.short(asked.local_lead),
    }
    return cards.render("reminder", language=asked.language, values=values)


def moved_card(asked: Asked) -> dict[str, Any]:
    """Draw the card of a moved meeting, with one button that opens the form."""
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "greeting": cards.short(asked.greeting),
        "board": cards.short(asked.board),
        "meeting": asked.meeting,
        "due": asked.due,
    }
    return cards.render("status_moved", language=asked.language, values=values)


def replaced_card(asked: Asked, *, lead: str) -> dict[str, Any]:
    """Draw the card of a reader who is not asked any more. *lead*: the one who is; empty for nobody."""
    return cards.render(
        "status_replaced",
        language=asked.language,
        values={"package": cards.short(asked.package.name), "lead": cards.short(lead)},
    )


def ended_card(asked: Asked, *, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Draw the card of a round that takes nothing any more. *typed*: what came too late, to be copied."""
    rows = late_rows(asked, typed or {})
    late = [
        {"question": cards.short(question), "words": cards.short(words, cards.MAX_ANSWER)} for question, words in rows
    ]
    draw = _waived_card if asked.is_waived else closed_card
    return draw(asked, late=late)


def closed_card(asked: Asked, *, late: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Draw the card of a round that is over, with the package's last state."""
    values = {
        "package": cards.short(asked.package.name),
        "state": state_words(asked),
        "meeting": asked.meeting,
        "late": late,
    }
    return cards.render("closed", language=asked.language, values=values)


def _waived_card(asked: Asked, *, late: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    values = {"package": cards.short(asked.package.name), "late": late}
    return cards.render("status_waived", language=asked.language, values=values)


def card_now(
    asked: Asked, message: Message, *, account: str, takes_answers: bool, replaced_by: str | None = None
) -> dict[str, Any]:
    """Draw the card that belongs where *message* was posted. *replaced_by*: the person asked instead of its reader."""
    if asked.is_waived or not takes_answers:
        return ended_card(asked)
    if message.surface is Surface.CHANNEL:
        return channel_card(asked, mention=None if asked.answer else account or None)
    if replaced_by is not None:
        return replaced_card(asked, lead=replaced_by)
    if asked.answer is not None:
        return receipt_card(asked, editable=True)
    write = {REMINDER: reminder_card, MOVED: moved_card}.get(message.kind, request_card)
    return write(asked)


def summary_now(asked: Asked, *, takes_answers: bool, replaced_by: str | None = None) -> str:
    """Return the line that the chat list shows for a card as it is now."""
    if asked.is_waived:
        return asked.say("status.waived_title")
    if not takes_answers:
        return asked.say("status.over_title")
    if asked.answer is not None:
        return asked.say("status.notification_answered", package=asked.package.name)
    if replaced_by is not None:
        return asked.say("card.replaced_heading")
    return asked.say("status.notification", package=asked.package.name, day=asked.due_day)


def question_of(asked: Asked, name: str) -> str:
    """Return the question of the input *name*, as the reader knows it; empty for no input of the request."""
    if name in ("light", "outlook", "weight", *TEXT_FIELDS):
        return asked.say(f"card.{name}")
    indicators = {f"{INDICATOR}{item.key}": named(item) for item in asked.indicators}
    decisions = {f"{DECISION}{item.key}": item.text for item in asked.open_decisions}
    solved: dict[str, str] = {field["name"]: field["label"] for field in solved_fields(asked, None)}
    return (indicators | decisions | solved).get(name, "")


def late_rows(asked: Asked, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List the words that came too late, question by question; empty and stored ones are left out."""
    stored = texts_of(asked.answer.content) if asked.answer else {}
    names = [*TEXT_FIELDS, "outlook", *(f"{DECISION}{item.key}" for item in asked.open_decisions)]
    light = typed.get("light")
    rows = []
    if light in LIGHTS and not (asked.answer and asked.answer.content.light == light):
        rows.append((asked.say("card.light"), asked.say(f"light.{light}")))
    written = {name: clean_text(text) for name in names if isinstance(text := typed.get(name), str)}
    rows += [(question_of(asked, name), text) for name, text in written.items() if text != stored.get(name, "")]
    rows += [(named(item), _late_number(item, typed, asked.language)) for item in asked.indicators]
    return [(question, words) for question, words in rows if words]


def _late_number(item: IndicatorResult, typed: Mapping[str, Any], language: str) -> str:
    """As a number, or as it was typed where it is none; empty when it is stored already."""
    raw = typed.get(f"{INDICATOR}{item.key}")
    number = _number(raw)
    if number is None or not abs(number) < MAX_NUMBER:
        return clean_text(raw) if isinstance(raw, str) else ""
    return "" if number == item.now else texts.number(number, language)


def number_fields(asked: Asked) -> list[dict[str, Any]]:
    """Return the package's indicators as a card asks for them, with unit, last number and target in the label."""
    return [{"key": item.key, "label": _number_label(asked, item), "now": item.now} for item in asked.indicators]


def _number_label(asked: Asked, item: IndicatorResult) -> str:
    details = []
    if item.previous is not None:
        details.append(asked.say("card.indicator_previous", previous=item.previous))
    if item.target is not None:
        details.append(asked.say("card.indicator_target", target=item.target))
    question = asked.say("card.indicator", indicator=cards.short(named(item)))
    return asked.say("card.indicator_details", question=question, details=", ".join(details)) if details else question


def _numbers_given(asked: Asked, content: AnswerContent) -> list[str]:
    given = ((item, content.indicators.get(item.key)) for item in asked.indicators)
    return [
        asked.say("card.receipt_number", indicator=cards.short(named(item)), number=number)
        for item, number in given
        if number is not None
    ]


def _decisions(asked: Asked, told: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the board's decisions, with the reports on each."""
    return [
        {"key": item.key, "text": cards.short(item.text), "told": told.get(item.key, "")}
        for item in asked.open_decisions
    ]


def solved_fields(asked: Asked, typed: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """
    Return the answered questions that the form asks about, each with its label and what was said.

    *typed*: instead of what is stored.
    """
    stored = solved_inputs(asked.answer.content) if asked.answer else {}
    said = stored if typed is None else typed
    return [
        {
            "name": f"{SOLVED}{item.key}",
            "label": asked.say("card.solved", question=cards.short(item.question), text=cards.short(item.text)),
            "said": value if (value := said.get(f"{SOLVED}{item.key}")) in (YES, NO) else None,
        }
        for item in asked.open_decisions
        if item.question
    ]


def solved_inputs(content: AnswerContent) -> dict[str, str]:
    """Return what an answer says of answered questions, by input name."""
    return {f"{SOLVED}{key}": YES if said else NO for key, said in content.solved.items()}


def _beyond(typed: Mapping[str, Any]) -> bool:
    """Tell whether a text is longer than its input takes."""
    return any(isinstance(text, str) and len(text) > most_of(name) for name, text in typed.items())


def _typed(
    typed: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]],
    decisions: Sequence[Mapping[str, Any]] = (),
    *,
    cut: bool = False,
) -> dict[str, Any]:
    """Return a card's inputs as they are shown again. Those that a client left out were emptied."""

    def words(name: str) -> str:
        value = typed.get(name)
        return (value[: most_of(name)] if cut else value) if isinstance(value, str) else ""

    return {
        **{name: words(name) for name in TEXT_FIELDS},
        "outlook": words("outlook"),
        "weight": weight if (weight := typed.get("weight")) in WEIGHTS else None,
        "keep": ",".join(str(number) for number in range(MAX_KEPT) if str(number) in kept_numbers(typed)) or None,
        "lesson_for": lesson_level(typed).value,
        "light": light if (light := typed.get("light")) in LIGHTS else None,
        "indicators": [{**item, "now": _number(typed.get(f"{INDICATOR}{item['key']}"))} for item in indicators],
        "decisions": [{**item, "told": words(f"{DECISION}{item['key']}")} for item in decisions],
    }


def _number(value: Any) -> float | None:
    """Read a number as clients send it: as one, or as text."""
    if isinstance(value, str):
        return parse_number(value[: cards.MAX_ANSWER])
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
