"""The messages of a status round, as mails and as cards in chat or channel, from one request's values."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.messages.mail import mail_content
from workflows.messages.model import Content, Surface
from workflows.status.card_rendering import channel_card, moved_card, reminder_card, request_card
from workflows.status.request_view import Asked


def request_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """
    Write the first message of a request.

    *address*: of the surface. *account*: the person's, for a mention. *url*: the person's own link to the form, which
    only the e-mail carries.
    """
    paragraphs = [
        asked.greeting,
        asked.say("status.mail_intro", board=asked.board, meeting=asked.meeting),
        asked.say("status.mail_deadline", due=asked.due),
    ]
    summary = asked.say("status.notification", package=asked.package.name, day=asked.due_day)
    if surface is Surface.EMAIL:
        heading = asked.say("status.mail_heading", package=asked.package.name)
        subject = asked.say("status.mail_subject", package=asked.package.name, day=asked.due_day)
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = request_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, summary=summary, paragraphs=paragraphs, address=address)


def reminder_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """Write a reminder to somebody who has not answered."""
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
    return _card(asked, card, summary=subject, paragraphs=paragraphs, address=address)


def moved_content(asked: Asked, surface: Surface, *, address: str, account: str, url: str) -> Content:
    """Write that the meeting was moved, and with it the deadline of somebody who has not answered."""
    moved = asked.say(
        "status.moved_intro", board=asked.board, meeting=asked.meeting, package=asked.package.name, due=asked.due
    )
    paragraphs = [asked.greeting, moved]
    subject = asked.say("status.moved_subject", package=asked.package.name, day=asked.due_day)
    if surface is Surface.EMAIL:
        heading = asked.say("status.moved_heading")
        return _mail(asked, subject=subject, heading=heading, paragraphs=paragraphs, url=url)
    card = moved_card(asked) if surface is Surface.PERSONAL else channel_card(asked, mention=account)
    return _card(asked, card, summary=subject, paragraphs=paragraphs, address=address)


def _mail(asked: Asked, *, subject: str, heading: str, paragraphs: Sequence[str], url: str) -> Content:
    return mail_content(
        asked.person,
        subject=subject,
        paragraphs=paragraphs,
        heading=heading,
        language=asked.language,
        button=(asked.say("status.mail_button"), url) if url else None,
        note=asked.say("status.mail_note"),
    )


def _card(asked: Asked, card: Mapping[str, Any], *, summary: str, paragraphs: Sequence[str], address: str) -> Content:
    return Content(
        email=asked.person.email,
        name=asked.person.name,
        address=address,
        subject=summary,
        text="\n".join(paragraphs),
        card=card,
    )
