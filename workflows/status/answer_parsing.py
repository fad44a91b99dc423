"""Parsing of answers from a card or a form: a checked answer, or every problem with it at once.

Input names, the same on both surfaces: `light`, `done`, `next`, `hinders`, `question`, `proposal`, `indicator:<key>`,
`solved:<key>` (yes or no) for the question that such a decision answers, `proposal_asked` where it was asked once what
a question's proposal is,
`outlook` with `weight` for a risk or an opportunity, `lesson` with `lesson_for` for what was learned and its readers,
`keep:<number>` (on the card `keep` with all the numbers) for
sentences of last time's `done` that still hold, `decision:<key>` for what came of an earlier decision, `unchanged` for
«no change since last time», which keeps last time's light and texts and takes only the numbers, `confirmed` for what
the privacy guard asked about, and `seen` for the newest version when the form or the card was drawn.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from config.values import Indicator
from workflows.free_text import clean_text
from workflows.privacy_guard import Found, confirmation, doubts, holds_national_id
from workflows.sentences import split_sentences
from workflows.status.model import (
    TEXT_FIELDS,
    WEIGHTS,
    AnswerContent,
    InvalidAnswer,
    LessonLevel,
    Light,
    OpenDecision,
)
from workflows.words import Words

MAX_TEXT = 1000
MAX_OUTLOOK = 200
MAX_LESSON = 400
MAX_KEPT = 8
"""Sentences of last time's text that are offered to be kept, the first."""
MAX_FOLLOW_UP = 500
"""Of what is told about one earlier decision."""
MAX_NUMBER = 1e12
"""The bound of a package's numbers."""
INDICATOR = "indicator:"
KEEP = "keep:"
DECISION = "decision:"
SOLVED = "solved:"
YES, NO = "yes", "no"
_NUMBER = re.compile(r"([+-]?)([0-9]{1,12})(?:[.,]([0-9]{1,6}))?")
_VERSION = re.compile(r"[0-9]{1,9}")
_MINUS = str.maketrans({"−": "-", "–": "-"})


def parse_answer(
    raw: Mapping[str, Any],
    *,
    indicators: Sequence[Indicator],
    decisions: Sequence[OpenDecision] = (),
    previous: AnswerContent | None = None,
    stored: AnswerContent | None = None,
    draft: Mapping[str, str] | None = None,
) -> AnswerContent:
    """
    Read the answer in *raw*, untrusted input of any shape. Raises InvalidAnswer, and nothing else.

    *previous*: last time's answer. *stored*: the one being corrected. *draft*: the writer's own, by input name. Keys
    that are no inputs of ours are left alone (a card sends its own), but an unknown indicator or decision is refused.
    """
    problems: dict[str, Words] = {}
    asked = ""
    if is_unchanged(raw, previous) and previous is not None:
        light: Light | None = previous.light
        texts = {name: getattr(previous, name) for name in TEXT_FIELDS}
        # What was asked was lifted, and what was learned was told: unchanged work does neither once more.
        texts |= {"question": "", "proposal": "", "lesson": ""}
        texts |= {"outlook": previous.outlook, "weight": previous.weight}
        told = {item.key: words for item in decisions if (words := previous.follow_ups.get(item.key))}
        solved: dict[str, bool] = {}
    else:
        light = _light(raw.get("light"), problems)
        accepted = _accepted(previous, stored, draft)
        kept = kept_sentences(raw, previous)
        texts, told, asked = _written(raw, decisions, problems, kept=kept, accepted=accepted)
        texts["weight"] = _weight(raw.get("weight"), texts["outlook"], problems)
        texts["lesson_for"] = lesson_level(raw) if texts["lesson"] else ""
        if texts["proposal"] and not texts["question"] and "question" not in problems:
            problems["question"] = Words(key="status.error.question_missing")
        solved = solved_questions(raw, decisions)
        problems = _before_asking(raw, texts, decisions, solved, stored) | problems
    numbers = _numbers(raw, indicators, problems)
    if problems or light is None:
        raise InvalidAnswer(problems, confirm=asked)
    return AnswerContent(light=light, indicators=numbers, follow_ups=told, solved=solved, **texts)


def solved_questions(raw: Mapping[str, Any], decisions: Sequence[OpenDecision]) -> dict[str, bool]:
    """Return whether questions that were answered are solved, by the key of the decision, as far as *raw* says."""
    said = {item.key: raw.get(f"{SOLVED}{item.key}") for item in decisions if item.question}
    return {key: value == YES for key, value in said.items() if value in (YES, NO)}


def _before_asking(
    raw: Mapping[str, Any],
    texts: Mapping[str, str],
    decisions: Sequence[OpenDecision],
    solved: Mapping[str, bool],
    stored: AnswerContent | None,
) -> dict[str, Words]:
    """Return what to say before a question is lifted: whether earlier answers have solved it, and, once, a proposal."""
    question = texts["question"]
    if not question or (stored is not None and stored.question == question):
        return {}
    problems = {
        f"{SOLVED}{item.key}": Words(key="status.error.solved_first")
        for item in decisions
        if item.question and item.key not in solved
    }
    if not texts["proposal"] and not raw.get("proposal_asked"):
        problems["proposal"] = Words(key="status.error.proposal_wanted")
    return problems


def parse_draft(
    raw: Mapping[str, Any],
    *,
    indicators: Sequence[Indicator],
    decisions: Sequence[OpenDecision] = (),
    previous: AnswerContent | None = None,
    stored: AnswerContent | None = None,
    draft: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    Return the draft as written so far, by input name and without empty inputs.

    As `parse_answer`, privacy guard included, but nothing need be there yet. Raises InvalidAnswer, and nothing else.
    """
    problems: dict[str, Words] = {}
    kept = kept_sentences(raw, previous)
    accepted = _accepted(previous, stored, draft)
    texts, told, asked = _written(raw, decisions, problems, kept=kept, accepted=accepted)
    given = _numbers(raw, indicators, problems)
    if problems:
        raise InvalidAnswer(problems, confirm=asked)
    light = {"light": raw["light"]} if _light(raw.get("light"), {}) else {}
    if raw.get("weight") in WEIGHTS:
        light["weight"] = raw["weight"]
    if texts["lesson"]:
        light["lesson_for"] = lesson_level(raw)
    light |= {f"{SOLVED}{key}": YES if said else NO for key, said in solved_questions(raw, decisions).items()}
    # As they were typed: a form shows them again.
    numbers = {f"{INDICATOR}{key}": str(raw[f"{INDICATOR}{key}"]).strip() for key in given}
    words = texts | {f"{DECISION}{key}": words for key, words in told.items()}
    return light | {name: text for name, text in words.items() if text} | numbers


def most_of(name: str) -> int:
    """Return the most characters that the input of a text takes."""
    own = {"outlook": MAX_OUTLOOK, "lesson": MAX_LESSON}
    return MAX_FOLLOW_UP if name.startswith(DECISION) else own.get(name, MAX_TEXT)


def lesson_level(raw: Mapping[str, Any]) -> LessonLevel:
    """Return the readers that a lesson is meant for; the fewest where *raw* does not say."""
    value = raw.get("lesson_for")
    return LessonLevel(value) if isinstance(value, str) and value in set(LessonLevel) else LessonLevel.BOARD


def is_unchanged(raw: Mapping[str, Any], previous: AnswerContent | None) -> bool:
    """Tell whether «no change since last time» was pressed, and there was a last time."""
    return previous is not None and raw.get("unchanged") in ("1", "true", True)


def offered_sentences(previous: AnswerContent | None) -> tuple[str, ...]:
    """Return the sentences of last time's «what have you achieved» that can be kept by a press each."""
    return split_sentences(previous.done)[:MAX_KEPT] if previous else ()


def kept_sentences(raw: Mapping[str, Any], previous: AnswerContent | None) -> tuple[str, ...]:
    """Return the sentences of last time that *raw* keeps, in their order."""
    numbers = kept_numbers(raw)
    return tuple(text for number, text in enumerate(offered_sentences(previous)) if str(number) in numbers)


def kept_numbers(raw: Mapping[str, Any]) -> frozenset[str]:
    """Return the numbers of the sentences that *raw* keeps, from a card or a form."""
    on_card = raw.get("keep")
    numbers = on_card.split(",") if isinstance(on_card, str) else []
    return frozenset(numbers) | {name.removeprefix(KEEP) for name in raw if name.startswith(KEEP) and raw[name]}


def seen_version(raw: Mapping[str, Any]) -> int | None:
    """
    Return the newest version that the form or card in *raw* was drawn from, 0 for none; None when it does not say.

    «No change since last time» is offered only while there is no answer. What is no version has seen none.
    """
    seen = raw.get("seen", "0" if raw.get("unchanged") else None)
    if isinstance(seen, bool) or not isinstance(seen, int | str | None):
        return 0
    if isinstance(seen, str):
        return int(seen) if _VERSION.fullmatch(seen) else 0
    return seen


def lacks_numbers(raw: Mapping[str, Any], indicators: Sequence[Indicator]) -> bool:
    """Tell whether the package has numbers and none of them is in *raw*."""
    return bool(indicators) and all(
        raw.get(f"{INDICATOR}{indicator.key}") is None or raw.get(f"{INDICATOR}{indicator.key}") == ""
        for indicator in indicators
    )


def parse_number(text: str) -> float | None:
    """Read a number as people write it, «1 234,5» or «-0.5»; None when it is none."""
    match = _NUMBER.fullmatch("".join(text.split()).translate(_MINUS))
    if match is None:
        return None
    sign, whole, decimals = match.groups()
    return float(f"{sign}{whole}.{decimals or 0}")


def is_national_id_number(number: float) -> bool:
    """Tell whether a fødselsnummer was written where a number is asked for; as a number it lost its leading nought."""
    return number.is_integer() and 0 <= number < 1e11 and holds_national_id(f"{number:011.0f}")


def _written(
    raw: Mapping[str, Any],
    decisions: Sequence[OpenDecision],
    problems: dict[str, Words],
    *,
    kept: Sequence[str],
    accepted: Sequence[Mapping[str, str]],
) -> tuple[dict[str, str], dict[str, str], str]:
    """Read the texts, the words by decision, and the value that ticking the privacy guard's question sends back."""
    texts = {name: _text(name, raw.get(name), problems, most=most_of(name)) for name in TEXT_FIELDS}
    texts["done"] = _with_kept(texts["done"], kept, problems)
    texts["outlook"] = _text("outlook", raw.get("outlook"), problems, most=most_of("outlook"))
    told = _follow_ups(raw, decisions, problems)
    written = texts | {f"{DECISION}{key}": words for key, words in told.items()}
    found = _doubts(written, problems, accepted)
    asked = confirmation(found)
    if raw.get("confirmed") != asked:
        problems |= {name: Words(key=f"privacy.ask_{items[0].doubt}") for name, items in found.items()}
    return texts, told, asked


def _with_kept(text: str, kept: Sequence[str], problems: dict[str, Words]) -> str:
    """Put the sentences that are kept before what is new; one that stands there already comes once."""
    there = split_sentences(text)
    both = " ".join([*(sentence for sentence in kept if sentence not in there), *([text] if text else [])])
    if len(both) > MAX_TEXT and "done" not in problems:
        problems["done"] = Words(key="status.error.too_long", values={"most": MAX_TEXT, "written": len(both)})
    return both


def _weight(value: Any, outlook: str, problems: dict[str, Words]) -> str:
    """Return the weight of a risk or an opportunity; neither stands without the other."""
    if value in WEIGHTS:
        if not outlook and "outlook" not in problems:
            problems["outlook"] = Words(key="status.error.outlook_missing")
        return str(value)
    if outlook or value:
        problems["weight"] = Words(key="status.error.weight_missing")
    return ""


def _doubts(
    texts: Mapping[str, str], problems: Mapping[str, Words], accepted: Sequence[Mapping[str, str]]
) -> dict[str, tuple[Found, ...]]:
    """Return the doubts to ask about, by field; not those that were accepted once and stand there still."""
    fresh = {
        name: text
        for name, text in texts.items()
        if name not in problems and all(text != before.get(name) for before in accepted)
    }
    return {name: found for name, text in fresh.items() if (found := doubts(text))}


def _accepted(
    previous: AnswerContent | None, stored: AnswerContent | None, draft: Mapping[str, str] | None
) -> list[Mapping[str, str]]:
    """List the texts that passed once, by input name; a draft's passed when it was saved."""
    return [*(texts_of(answer) for answer in (previous, stored) if answer is not None), draft or {}]


def texts_of(answer: AnswerContent) -> dict[str, str]:
    """Return the texts of *answer*, by input name; the light and the numbers aside."""
    told = {f"{DECISION}{key}": words for key, words in answer.follow_ups.items()}
    return {name: getattr(answer, name) for name in (*TEXT_FIELDS, "outlook")} | told


def _follow_ups(
    raw: Mapping[str, Any], decisions: Sequence[OpenDecision], problems: dict[str, Words]
) -> dict[str, str]:
    """Return the reports on open decisions; empty is none."""
    known = {f"{DECISION}{item.key}": item.key for item in decisions}
    told: dict[str, str] = {}
    for name in raw:
        if not name.startswith(DECISION):
            continue
        if name not in known:
            problems[""] = Words(key="status.error.unknown_decision")
        elif text := _text(name, raw[name], problems, most=MAX_FOLLOW_UP):
            told[known[name]] = text
    return told


def _light(value: Any, problems: dict[str, Words]) -> Light | None:
    if isinstance(value, str) and value in set(Light):
        return Light(value)
    problems["light"] = Words(key="status.error.light_missing")
    return None


def _text(name: str, value: Any, problems: dict[str, Words], *, most: int = MAX_TEXT) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        problems[name] = Words(key="status.error.text")
        return ""
    text = clean_text(value)
    if len(text) > most:
        problems[name] = Words(key="status.error.too_long", values={"most": most, "written": len(text)})
    elif holds_national_id(text):
        problems[name] = Words(key="privacy.block")
    return text


def _numbers(raw: Mapping[str, Any], indicators: Sequence[Indicator], problems: dict[str, Words]) -> dict[str, float]:
    known = {f"{INDICATOR}{indicator.key}": indicator.key for indicator in indicators}
    found: dict[str, float] = {}
    for name in raw:
        if not name.startswith(INDICATOR):
            continue
        if name not in known:
            problems[""] = Words(key="status.error.unknown_indicator")
            continue
        number = _number(name, raw[name], problems)
        if number is not None:
            found[known[name]] = number
    return found


def _number(name: str, value: Any, problems: dict[str, Words]) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number: float | None = None
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        number = parse_number(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER:
        number = float(value)
    if number is None:
        problems[name] = Words(key="status.error.number")
    elif is_national_id_number(number):
        problems[name] = Words(key="privacy.block")
    return number
