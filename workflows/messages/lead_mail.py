"""Mails to the leads of a place: planned as rows, and sent once, in sending hours, by one unit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import texts
from config.programme import Programme
from config.values import Person, Role
from documents.mail import MailLink
from workflows.messages.delivery import Delivery, least_tried_first, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import WAITING, Message, Messages
from workflows.messages.outbox import Outbox
from workflows.ports.units import Clock, DueUnit, History, Outcome
from workflows.working_days import WorkCalendar

KIND = "leads.mail"


@dataclass(frozen=True, kw_only=True)
class LeadMailPorts:
    """The ports of mails to leads."""

    programme: Callable[[], Awaitable[Programme]]
    messages: Messages
    outbox: Outbox
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
        """Plan *mails*, to be sent in the next sending hours."""
        if mails:
            programme = await self._ports.programme()
            unit = lead_mail_unit(programme, min(mail.due_at for mail in mails))
            await self._ports.outbox.plan(mails, then=[unit])

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Send the mails that wait: the unit `leads.mail` [programme]. One unit, as two would send the same mail."""
        programme, delivery = await self._ports.programme(), Delivery(self._ports.outbox, self._ports.clock)
        waiting = await self._ports.messages.list_messages(kind=KIND, states=WAITING)
        for mail in least_tried_first(waiting):
            calendar = WorkCalendar(programme, mail.municipality)
            if outside := park_outside_hours(calendar, self._ports.clock.now(), mail.due_at):
                delivery.wait(outside)
            elif await delivery.attempt(mail):
                await history.note("leads.mailed", person=mail.person or "")
        return delivery.end()


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
) -> Message:
    """Return one mail to a lead, finished. *key* identifies it among theirs; each asks for something: *button*."""
    content = mail_content(person, subject=subject, paragraphs=paragraphs, button=button)
    return mail_message(
        person, content, key=f"{KIND}:{key}/{person.key}", kind=KIND, due_at=due_at, municipality=municipality
    )


def leads_of(programme: Programme, municipality: str | None, on: date) -> Sequence[Person]:
    """Return the local leads; without any, and for the programme's common places, the county leads."""
    local = programme.holders(Role.LOCAL_LEAD, on=on, municipality=municipality) if municipality else ()
    return local or programme.holders(Role.COUNTY_LEAD, on=on)
