"""What a status round says to people: mails and cards from one request's values."""

from collections.abc import Mapping, Sequence
from typing import Any

import cards
import documents
from workflows.outbox import Content, Message, Surface
from workflows.status_answers import DECISION, INDICATOR, MAX_FOLLOW_UP, parse_number
from workflows.status_asked import Asked
from workflows.status_plan import MOVED, REMINDER
from workflows.status_values import TEXT_FIELDS, AnswerContent, IndicatorResult, Light


def request_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """
    The first message of a request.

    *address*: of the surface. *account*: the person's, for a mention. *url*: the person's own link to the form, which
    only the e-mail carries.
    """
    paragraphs = [
        asked.greeting,
        asked.say("status.mail_intro", place=asked.place, meeting=asked.meeting),
        asked.say("status.mail_deadline", due=asked.due),
    ]
    notice = asked.say("status.notification", package=asked.package.name, day=asked.due_day)
    if surface is Surface.EMAIL:
        heading = asked.say("status.mail_heading", package=asked.package.name)
        subject = asked.say("status.mail_subject", package=asked.package.name, day=asked.due_day)
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = request_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, notice=notice, paragraphs=paragraphs, address=address)


def reminder_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """A reminder to somebody who has not answered."""
    paragraphs = [
        asked.greeting,
        asked.say("status.reminder_intro", due=asked.due),
    ]
    if asked.local_lead:
        paragraphs.append(asked.say("status.reminder_help", local_lead=asked.local_lead))
    subject = asked.say("status.reminder_subject", package=asked.package.name, day=asked.due_day)
    if surface is Surface.EMAIL:
        heading = asked.say("status.reminder_heading", package=asked.package.name)
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = reminder_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, notice=subject, paragraphs=paragraphs, address=address)


def moved_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """The meeting was moved, and the deadline of somebody who has not answered with it."""
    moved = asked.say(
        "status.moved_intro", place=asked.place, meeting=asked.meeting, package=asked.package.name, due=asked.due
    )
    paragraphs = [asked.greeting, moved]
    subject = asked.say("status.moved_subject", package=asked.package.name, day=asked.due_day)
    if surface is Surface.EMAIL:
        heading = asked.say("status.moved_heading")
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = moved_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, notice=subject, paragraphs=paragraphs, address=address)


# --------------------------------------------------------------------------------------------------------------- cards


def request_card(
    asked: Asked,
    *,
    draft: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
    confirm: str = "",
) -> dict[str, Any]:
    """
    The form as a card; *typed* is what the person just wrote, kept although *problems* stop it.

    *draft*: what they wrote earlier and have not sent. *confirm*: what ticking the privacy guard's question sends back.
    """
    start = asked.prefill
    start_note = asked.say("status.draft_start") if draft else asked.start_note
    typed = draft if typed is None else typed
    values: dict[str, Any] = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "greeting": cards.short(asked.greeting),
        "place": cards.short(asked.place),
        "meeting": asked.meeting,
        "due": asked.due,
        "start_note": cards.short(start_note, 2 * cards.MAX_NAME) if typed is draft else "",
        "on_behalf": asked.say("status.form_on_behalf", lead=cards.short(asked.on_behalf_of))
        if asked.on_behalf_of
        else "",
        "can_be_unchanged": asked.can_be_unchanged,
        "confirm": confirm,
        "problem": " ".join(problems),
        "light": start.light.value if start else None,
        **{name: getattr(start, name) if start else "" for name in TEXT_FIELDS},
        "indicators": number_fields(asked),
        "decisions": [
            {
                "key": item.key,
                "text": cards.short(item.text),
                "told": start.follow_ups.get(item.key, "") if start else "",
            }
            for item in asked.open_decisions
        ],
    }
    if asked.answer is None:
        # What was lifted to the last board is not asked again by itself.
        values |= {"question": "", "proposal": ""}
    if typed is not None:
        values |= _typed(typed, values["indicators"], values["decisions"])
    return cards.render("status_request", language=asked.language, values=values)


def numbers_card(
    asked: Asked, *, typed: Mapping[str, Any] | None = None, problems: Sequence[str] = ()
) -> dict[str, Any]:
    """Nothing changed but, perhaps, the numbers: they alone are asked for."""
    fields = number_fields(asked)
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "problem": " ".join(problems),
        "indicators": fields if typed is None else _typed(typed, fields)["indicators"],
    }
    return cards.render("status_numbers", language=asked.language, values=values)


def receipt_card(asked: Asked, *, editable: bool) -> dict[str, Any]:
    """What was stored, and until when it can be changed. The request must be answered."""
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
        "decisions": [item for item in _decisions(asked, content.follow_ups) if item["told"]],
    }
    return cards.render("status_receipt", language=asked.language, values=values)


def channel_card(asked: Asked, *, mention: str | None) -> dict[str, Any]:
    """The package's state in a channel; *mention*: the account of who is asked, None once they need no call."""
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
    """A reminder with one button that opens the form."""
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "greeting": cards.short(asked.greeting),
        "due": asked.due,
        "local_lead": cards.short(asked.local_lead),
    }
    return cards.render("reminder", language=asked.language, values=values)


def moved_card(asked: Asked) -> dict[str, Any]:
    """The meeting was moved; one button opens the form."""
    values = {
        "package": cards.short(asked.package.name),
        "request_id": asked.request.id,
        "greeting": cards.short(asked.greeting),
        "place": cards.short(asked.place),
        "meeting": asked.meeting,
        "due": asked.due,
    }
    return cards.render("status_moved", language=asked.language, values=values)


def replaced_card(asked: Asked, *, lead: str) -> dict[str, Any]:
    """*lead* is asked now, and the reader no longer."""
    return cards.render(
        "status_replaced",
        language=asked.language,
        values={"package": cards.short(asked.package.name), "lead": cards.short(lead)},
    )


def closed_card(asked: Asked) -> dict[str, Any]:
    """The round is over: what the package's state was."""
    values = {"package": cards.short(asked.package.name), "state": state_words(asked), "meeting": asked.meeting}
    return cards.render("closed", language=asked.language, values=values)


def card_now(
    asked: Asked, message: Message, *, account: str, takes_answers: bool, replaced_by: str = ""
) -> dict[str, Any]:
    """The card that belongs where *message* was posted. *replaced_by*: who is asked instead of the one it went to."""
    if not takes_answers:
        return closed_card(asked)
    if message.surface is Surface.CHANNEL:
        return channel_card(asked, mention=None if asked.answer else account)
    if replaced_by:
        return replaced_card(asked, lead=replaced_by)
    if asked.answer is not None:
        return receipt_card(asked, editable=True)
    write = {REMINDER: reminder_card, MOVED: moved_card}.get(message.kind, request_card)
    return write(asked)


def state_words(asked: Asked) -> str:
    """The package's light in words; missing while nobody answered."""
    return asked.say(f"light.{asked.answer.content.light}" if asked.answer else "light.missing")


def named(indicator: IndicatorResult) -> str:
    """An indicator's name with its unit."""
    return f"{indicator.name} ({indicator.unit})" if indicator.unit else indicator.name


def number_fields(asked: Asked) -> list[dict[str, Any]]:
    """The package's indicators as a card asks for them: with last time's number, unit and target in the label."""
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
    """What the board has decided, with what was told about it."""
    return [
        {"key": item.key, "text": cards.short(item.text), "told": told.get(item.key, "")}
        for item in asked.open_decisions
    ]


def _typed(
    typed: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]], decisions: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """What came back from the card, as far as its inputs can show it again. What a client left out was emptied."""

    def words(name: str, most: int) -> str:
        return value[:most] if isinstance(value := typed.get(name), str) else ""

    return {
        **{name: words(name, cards.MAX_ANSWER) for name in TEXT_FIELDS},
        "light": light if (light := words("light", 10)) in set(Light) else None,
        "indicators": [{**item, "now": _number(typed.get(f"{INDICATOR}{item['key']}"))} for item in indicators],
        "decisions": [{**item, "told": words(f"{DECISION}{item['key']}", MAX_FOLLOW_UP)} for item in decisions],
    }


def _number(value: Any) -> float | None:
    """A number as clients send it: as one, or as text."""
    if isinstance(value, str):
        return parse_number(value[: cards.MAX_ANSWER])
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mail(asked: Asked, *, subject: str, heading: str, paragraphs: Sequence[str], url: str) -> Content:
    note = asked.say("status.mail_note")
    button = (asked.say("status.mail_button"), url) if url else None
    return Content(
        email=asked.person.email,
        name=asked.person.name,
        address=asked.person.email,
        subject=subject,
        text="\n".join([*paragraphs, note]),
        html=documents.mail(language=asked.language, heading=heading, paragraphs=paragraphs, button=button, note=note),
    )


def _card(asked: Asked, card: Mapping[str, Any], *, notice: str, paragraphs: Sequence[str], address: str) -> Content:
    return Content(
        email=asked.person.email,
        name=asked.person.name,
        address=address,
        subject=notice,
        text="\n".join(paragraphs),
        card=card,
    )
