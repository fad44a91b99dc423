"""
Mails to the leads of a place: planned as rows, and sent once, in sending hours, by one unit.

A mail may have a card beside it, which says the same in the chat of a reader who sees Teams.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import texts
from config.programme import Programme
from config.values import Person, Role
from documents.mail import MailLink
from workflows.messages.delivery import Delivery, least_tried_first, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import CARD_BESIDE, WAITING, Message, Messages, Surface
from workflows.messages.outbox import Outbox
from workflows.ports.accounts import Account, KnownAccounts
from workflows.ports.units import Clock, DueUnit, History, Outcome
from workflows.working_days import WorkCalendar

KIND = "leads.mail"


@dataclass(frozen=True, kw_only=True)
class LeadMailPorts:
    """The ports of mails to leads."""

    programme: Callable[[], Awaitable[Programme]]
    messages: Messages
    outbox: Outbox
    accounts: KnownAccounts
    clock: Clock
    public_url: str


class LeadMail:
    """Mails to leads, planned and sent. A key is sent once, however often it is planned."""

    def __init__(self, ports: LeadMailPorts) -> None:
        self._ports = ports

    def button(self, municipality: str | None, language: str) -> MailLink:
        """Return the button that leads to the page on which a lead does something about it."""
        return page_button(self._ports.public_url, municipality, language)

    async def plan(self, mails: Sequence[Message]) -> None:
        """Plan *mails* and the cards beside them, to be sent in the next sending hours."""
        if mails:
            programme = await self._ports.programme()
            unit = lead_mail_unit(programme, min(mail.due_at for mail in mails))
            beside = [mail.content.email for mail in mails if mail.content.card]
            accounts = await self._ports.accounts.find_accounts(beside) if beside else {}
            await self._ports.outbox.plan(with_cards(mails, accounts), then=[unit])

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Send the mails that wait: the unit `leads.mail` [programme]. One unit, as two would send the same mail."""
        programme, delivery = await self._ports.programme(), Delivery(self._ports.outbox, self._ports.clock)
        waiting = await self._ports.messages.list_messages(kind=KIND, states=WAITING)
        for mail in least_tried_first(waiting):
            calendar = WorkCalendar(programme, mail.municipality)
            if outside := park_outside_hours(calendar, self._ports.clock.now(), mail.due_at):
                delivery.wait(outside)
            # What Teams does not take of a card waits for nobody: the mail says it too.
            elif await delivery.attempt(mail, patient=mail.surface is Surface.EMAIL):
                await history.note("leads.mailed", person=mail.person or "")
        return delivery.end()


def with_cards(mails: Sequence[Message], accounts: Mapping[str, Account]) -> Sequence[Message]:
    """Return *mails* as they leave, each with its card as a message of its own where its reader sees Teams."""
    messages = []
    for mail in mails:
        content = replace(mail.content, card={})
        messages.append(replace(mail, content=content))
        account = accounts.get(content.email.lower())
        if mail.content.card and account is not None and account.sees_teams:
            shown = replace(content, address=account.id, html="", links=(), card=mail.content.card)
            key = f"{mail.key}{CARD_BESIDE}"
            messages.append(replace(mail, key=key, surface=Surface.PERSONAL, content=shown))
    return messages


def lead_mail_unit(programme: Programme, due_at: datetime) -> DueUnit:
    """Return the unit that sends the mails to leads which wait."""
    return DueUnit(key=f"{KIND}:{programme.key}", due_at=due_at)


def page_button(public_url: str, municipality: str | None, language: str) -> MailLink:
    """Return the button to the page of a municipality, or to the county's for what is common to the programme."""
    key, path = ("municipality", f"/kommune/{municipality}") if municipality else ("county", "/fylket")
    return texts.say(f"mail.{key}_button", language), f"{public_url.rstrip('/')}{path}"


def mail_to(
    person: Person,
    *,
    key: str,
    municipality: str | None,
    due_at: datetime,
    subject: str,
    paragraphs: Sequence[str],
    button: MailLink,
    card: Mapping[str, Any] | None = None,
) -> Message:
    """
    Return one mail to a lead, finished. *key* identifies it among theirs; each asks for something: *button*.

    *card* says the same to those who see Teams; `LeadMail.plan` makes it a message of its own.
    """
    content = replace(mail_content(person, subject=subject, paragraphs=paragraphs, button=button), card=card or {})
    return mail_message(
        person, content, key=f"{KIND}:{key}/{person.key}", kind=KIND, due_at=due_at, municipality=municipality
    )


def leads_of(programme: Programme, municipality: str | None, on: date) -> Sequence[Person]:
    """Return the local leads; without any, and for the programme's common places, the county leads."""
    local = programme.holders(Role.LOCAL_LEAD, on=on, municipality=municipality) if municipality else ()
    return local or programme.holders(Role.COUNTY_LEAD, on=on)
