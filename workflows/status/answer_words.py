"""Parts of an answer in a reader's words, for card and form alike."""

from workflows.status.model import AnswerContent, IndicatorResult, adds_to_name
from workflows.status.request_view import Asked


def state_words(asked: Asked) -> str:
    """Return the package's light in words; missing while nobody answered."""
    return asked.say(f"light.{asked.answer.content.light}" if asked.answer else "light.missing")


def named(indicator: IndicatorResult) -> str:
    """Return an indicator's name with its unit."""
    return f"{indicator.name} ({indicator.unit})" if adds_to_name(indicator.unit, indicator.name) else indicator.name


def outlook_words(asked: Asked, content: AnswerContent) -> str:
    """Return the risk or opportunity with its weight; empty for none."""
    if not content.weight:
        return ""
    return asked.say("outlook.weighed", weight=asked.say(f"outlook.{content.weight}"), text=content.outlook)


def lesson_heading(asked: Asked, content: AnswerContent) -> str:
    """Return the question that a lesson answers, with the readers it is meant for; empty for none."""
    return asked.say(f"lessons.heading_{content.lesson_for}") if content.lesson else ""


def lesson_before(asked: Asked) -> str:
    """Return what the package had learned last time, to be seen beside the empty field; empty once it has answered."""
    return asked.previous.lesson if asked.previous and asked.answer is None else ""
