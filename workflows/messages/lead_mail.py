"""Mails to those who lead a place: planned as rows, and sent once, in sending hours, by one unit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import documents
from config.programme import Programme
from config.values import Person, Role
from workflows.messages.outbox import PAUSED, WAITING, Content, Message, Messages, MessageState, Outbox, Surface
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.working_days import WorkCalendar

KIND = "leads.mail"
LOOK_AGAIN = timedelta(hours=1)
"""How often a held mail looks whether sending goes on."""


@dataclass(frozen=True, kw_only=True)
class LeadMailPorts:
    """Everything that a mail to leads reaches."""

    programme: Callable[[], Awaitable[Programme]]
    messages: Messages
    outbox: Outbox
    clock: Clock


class LeadMail:
    """Plans mails and sends them. A key is sent once, however often it is planned."""

    def __init__(self, ports: LeadMailPorts) -> None:
        self._ports = ports

    async def plan(self, mails: Sequence[Message]) -> None:
        """Have them sent as soon as something may be sent."""
        if mails:
            programme = await self._ports.programme()
            unit = DueUnit(key=f"{KIND}:{programme.key}", due_at=min(mail.due_at for mail in mails))
            await self._ports.outbox.plan(mails, then=[unit])

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `leads.mail` [programme]: send what waits. One unit, as two would send the same mail."""
        programme, paused = await self._ports.programme(), False
        for mail in await self._ports.messages.list_messages(kind=KIND, states=WAITING):
            now = self._ports.clock.now()
            sendable = WorkCalendar(programme, mail.municipality).next_sendable(max(now, mail.due_at))
            if sendable > now:
                return Parked(until=sendable, note="waits for sending hours")
            sent = await self._ports.outbox.deliver(mail)
            paused = paused or (sent.state is MessageState.HELD and sent.failure == PAUSED)
            if sent.state is MessageState.SENT:
                await history.note("leads.mailed", person=mail.person or "")
        return Parked(until=self._ports.clock.now() + LOOK_AGAIN, note="sending is paused") if paused else Done()


def mail_to(
    person: Person,
    *,
    key: str,
    municipality: str | None,
    due_at: datetime,
    subject: str,
    paragraphs: Sequence[str],
    button: tuple[str, str] | None = None,
) -> Message:
    """One mail, finished. *key* is its own for ever; *button*: its words and where it leads."""
    html = documents.mail(language=person.language, heading=subject, paragraphs=paragraphs, button=button)
    text = "\n\n".join([*paragraphs, *(button[1:] if button else ())])
    return Message(
        key=f"{KIND}:{key}/{person.key}",
        kind=KIND,
        surface=Surface.EMAIL,
        due_at=due_at,
        content=Content(
            email=person.email, name=person.name, address=person.email, subject=subject, text=text, html=html
        ),
        municipality=municipality,
        person=person.key,
    )


def leads_of(programme: Programme, municipality: str | None, on: date) -> Sequence[Person]:
    """Who is told: the local leads; without one, and for what is common to the programme, those who lead it."""
    local = programme.holders(Role.LOCAL_LEAD, on=on, municipality=municipality) if municipality else ()
    return local or programme.holders(Role.COUNTY_LEAD, on=on)
