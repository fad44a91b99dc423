"""What a status round says to people: mails and cards from one request's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import cards
import documents
import texts
from config.programme import Person, Programme, WorkPackage
from workflows.outbox import Content, Message, Surface
from workflows.status_plan import REMINDER, indicator_results, local_leads, package_leads
from workflows.status_values import AnswerContent, IndicatorResult, StatusAnswer, StatusRequest, StatusRound


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request with everything its texts need."""

    request: StatusRequest
    round: StatusRound
    meeting_local: datetime
    package: WorkPackage
    municipality: str
    """Its name."""
    place: str
    """The programme as it is called there."""
    person: Person
    """Who reads it."""
    language: str
    timezone: ZoneInfo
    lead: str = ""
    """The package's lead as readers know them; empty when there is none."""
    local_lead: str = ""
    answer: StatusAnswer | None = None
    """The newest answer of this round."""
    previous: AnswerContent | None = None
    """The newest answer of earlier rounds."""

    @property
    def prefill(self) -> AnswerContent | None:
        """What the form starts with."""
        return self.answer.content if self.answer else self.previous

    @property
    def indicators(self) -> tuple[IndicatorResult, ...]:
        return indicator_results(self.package.indicators, self.answer.content if self.answer else None, self.previous)

    @property
    def due(self) -> str:
        return self.moment(self.round.deadline_at)

    @property
    def meeting(self) -> str:
        return texts.long_date(self.meeting_local.date(), self.language)

    def moment(self, moment: datetime) -> str:
        return texts.long_moment(moment.astimezone(self.timezone), self.language)

    def say(self, key: str, **values: Any) -> str:
        return texts.say(key, self.language, **values)


def asked_of(
    programme: Programme,
    *,
    request: StatusRequest,
    status_round: StatusRound,
    meeting_local: datetime,
    person: Person,
    now: datetime,
    answer: StatusAnswer | None = None,
    previous: AnswerContent | None = None,
) -> Asked:
    """The request as *person* reads it now."""
    package = programme.work_package(request.work_package)
    leads = package_leads(programme, package.key, now.date())
    helpers = local_leads(programme, package.municipality, now.date())
    municipality = programme.municipality(package.municipality).name
    return Asked(
        request=request,
        round=status_round,
        meeting_local=meeting_local,
        package=package,
        municipality=municipality,
        place=programme.local_name.replace("{municipality}", municipality),
        person=person,
        language=texts.choose(person.language, programme.language),
        timezone=ZoneInfo(programme.timezone),
        lead=leads[0].name if leads else "",
        # Whoever is the local lead needs no advice to ask the local lead.
        local_lead=helpers[0].name if helpers and helpers[0].key != person.key else "",
        answer=answer,
        previous=previous,
    )


def request_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """
    The first message of a request.

    *address*: of the surface. *account*: the person's, for a mention. *url*: the person's own link to the form, which
    only the e-mail carries.
    """
    paragraphs = [
        asked.say("status.mail_greeting", name=asked.person.name),
        asked.say("status.mail_intro", place=asked.place, meeting=asked.meeting),
        asked.say("status.mail_deadline", due=asked.due),
    ]
    notice = asked.say("status.notification", package=asked.package.name, due=asked.due)
    if surface is Surface.EMAIL:
        heading = asked.say("status.mail_heading", package=asked.package.name)
        subject = asked.say("status.mail_subject", package=asked.package.name, due=asked.due)
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = request_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, notice=notice, paragraphs=paragraphs, address=address)


def reminder_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """A reminder to somebody who has not answered."""
    paragraphs = [
        asked.say("status.mail_greeting", name=asked.person.name),
        asked.say("status.reminder_intro", due=asked.due),
    ]
    if asked.local_lead:
        paragraphs.append(asked.say("status.reminder_help", local_lead=asked.local_lead))
    subject = asked.say("status.reminder_subject", package=asked.package.name, due=asked.due)
    if surface is Surface.EMAIL:
        heading = asked.say("status.reminder_heading", package=asked.package.name)
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = reminder_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, notice=subject, paragraphs=paragraphs, address=address)


# --------------------------------------------------------------------------------------------------------------- cards


def request_card(
    asked: Asked, *, typed: Mapping[str, Any] | None = None, problems: Sequence[str] = ()
) -> dict[str, Any]:
    """The form as a card; *typed* is what the person just wrote, kept although *problems* stop it."""
    start = asked.prefill
    values: dict[str, Any] = {
        "package": asked.package.name,
        "request_id": asked.request.id,
        "first_name": asked.person.name,
        "municipality": asked.municipality,
        "meeting": asked.meeting,
        "due": asked.due,
        "again": start is not None and typed is None,
        "problem": " ".join(problems),
        "light": start.light.value if start else None,
        **{name: getattr(start, name) if start else "" for name in ("done", "next", "hinders", "question", "proposal")},
        "indicators": [
            {"key": item.key, "indicator": named(item), "previous": item.previous, "now": item.now}
            for item in asked.indicators
        ],
    }
    if asked.answer is None:
        # What was lifted to the last board is not asked again by itself.
        values |= {"question": "", "proposal": ""}
    if typed is not None:
        values |= _typed(typed, values["indicators"])
    return cards.render("status_request", language=asked.language, values=values)


def receipt_card(asked: Asked, *, editable: bool) -> dict[str, Any]:
    """What was stored, and until when it can be changed. The request must be answered."""
    content = asked.answer.content if asked.answer else None
    if content is None:
        raise ValueError(f"request {asked.request.id} is not answered")
    values = {
        "package": asked.package.name,
        "request_id": asked.request.id,
        "editable": editable,
        "until": asked.due,
        "light": asked.say(f"light.{content.light}"),
        "done": content.done,
        "next": content.next,
        "hinders": content.hinders,
        "question": content.question,
        "proposal": content.proposal,
    }
    return cards.render("status_receipt", language=asked.language, values=values)


def channel_card(asked: Asked, *, mention: str | None) -> dict[str, Any]:
    """The package's state in a channel; *mention*: the account of who is asked, None once they need no call."""
    values = {
        "package": asked.package.name,
        "request_id": asked.request.id,
        "state": state_words(asked),
        "due": asked.due,
        "lead_id": mention,
        "lead_name": asked.person.name,
    }
    return cards.render("status_channel", language=asked.language, values=values)


def reminder_card(asked: Asked) -> dict[str, Any]:
    """A reminder with one button that opens the form."""
    values = {
        "package": asked.package.name,
        "request_id": asked.request.id,
        "first_name": asked.person.name,
        "due": asked.due,
        "local_lead": asked.local_lead,
    }
    return cards.render("reminder", language=asked.language, values=values)


def closed_card(asked: Asked) -> dict[str, Any]:
    """The round is over: what the package's state was."""
    values = {"package": asked.package.name, "state": state_words(asked), "meeting": asked.meeting}
    return cards.render("closed", language=asked.language, values=values)


def card_now(asked: Asked, message: Message, *, account: str, takes_answers: bool) -> dict[str, Any]:
    """The card that belongs where *message* was posted."""
    if not takes_answers:
        return closed_card(asked)
    if message.surface is Surface.CHANNEL:
        return channel_card(asked, mention=None if asked.answer else account)
    if asked.answer is not None:
        return receipt_card(asked, editable=True)
    return reminder_card(asked) if message.kind == REMINDER else request_card(asked)


def state_words(asked: Asked) -> str:
    """The package's light in words; missing while nobody answered."""
    return asked.say(f"light.{asked.answer.content.light}" if asked.answer else "light.missing")


def named(indicator: IndicatorResult) -> str:
    """An indicator's name with its unit."""
    return f"{indicator.name} ({indicator.unit})" if indicator.unit else indicator.name


def _typed(typed: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What came back from the card, as far as its inputs can show it again."""
    texts_typed = {
        name: value[: cards.MAX_ANSWER]
        for name in ("light", "done", "next", "hinders", "question", "proposal")
        if isinstance(value := typed.get(name), str)
    }
    numbers = []
    for item in indicators:
        value = typed.get(f"indicator:{item['key']}")
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        numbers.append({**item, "now": item["now"] if number is None else number})
    return {**texts_typed, "indicators": numbers}


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
