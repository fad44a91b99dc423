"""
Sending that starts again after a pause: what piled up is summed up, one mail for each person, and not poured out.

A message that goes into a summary, or that another one about the same request makes superfluous, is `summed`: it does
not leave by itself any more. What has lost its sense meanwhile (an answered request, a passed deadline) is dropped.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import texts
from config.programme import Programme
from config.values import Person
from documents.mail import MailItem
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import CARD_BESIDE, WAITING, Message, Messages, MessageState, Surface
from workflows.messages.outbox import Outbox
from workflows.ports.units import Clock, DueUnit, History, Outcome
from workflows.working_days import WorkCalendar

KIND = "pause.summary"
LEAST = 2
"""Messages to one person that are worth a summary."""


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """All that is written when sending starts again."""

    summaries: Sequence[Message] = ()
    summed: Sequence[str] = ()
    """Keys of messages that a summary, or an earlier message of their request, stands for."""
    dropped: Sequence[str] = ()
    """Keys of messages that nobody needs any more."""
    then: Sequence[DueUnit] = ()


Matter = Sequence[Message]
"""The messages to one person about one thing, in the order in which they were due: a request and its reminders."""


def plan_resumption(
    programme: Programme, waiting: Sequence[Message], *, open_requests: Collection[str], now: datetime, public_url: str
) -> Resumption:
    """
    Plan what leaves instead of *waiting*, the messages that a pause kept. *open_requests*: those still to be answered.

    A channel has many readers, and its card stays as it is. A person with one matter gets its first message itself.
    """
    ours = [item for item in waiting if item.person is not None and item.surface is not Surface.CHANNEL]
    dropped: list[str] = []
    summed: list[str] = []
    piles: dict[str, list[Matter]] = {}
    for (person, _), matter in _matters(ours).items():
        if _is_over(matter, open_requests, now):
            dropped += [item.key for item in matter]
        else:
            piles.setdefault(person, []).append(matter)
            summed += [item.key for item in matter[1:]]
    summaries = []
    for key, matters in piles.items():
        reader = programme.find_person(key)
        if reader is not None and len(matters) >= LEAST:
            summaries.append(_summary(reader, matters, now=now, public_url=public_url))
            summed += [matter[0].key for matter in matters]
    then = [DueUnit(key=f"{KIND}:{programme.key}", due_at=now)] if summaries else []
    return Resumption(summaries=summaries, summed=summed, dropped=dropped, then=then)


def _matters(messages: Sequence[Message]) -> dict[tuple[str, str], list[Message]]:
    """Return messages by their person and matter, in the order in which they were due."""
    found: dict[tuple[str, str], list[Message]] = {}
    for message in sorted(messages, key=lambda item: (item.due_at, item.key)):
        asked = message.request if message.content.deadline else None
        matter = asked or message.key.removesuffix(CARD_BESIDE)
        found.setdefault((message.person or "", matter), []).append(message)
    return found


def _is_over(matter: Matter, open_requests: Collection[str], now: datetime) -> bool:
    """Tell whether a matter asks for an answer that was given, or that comes too late for every deadline it names."""
    deadlines = [datetime.fromisoformat(item.content.deadline) for item in matter if item.content.deadline]
    return bool(deadlines) and (max(deadlines) <= now or matter[0].request not in open_requests)


def _summary(person: Person, matters: Sequence[Matter], *, now: datetime, public_url: str) -> Message:
    places = {matter[0].municipality for matter in matters}
    say, language = texts.say, person.language
    content = mail_content(
        person,
        subject=say("resumption.subject", language),
        paragraphs=[
            say("resumption.greeting", language, name=person.name),
            say("resumption.intro", language, number=sum(map(len, matters))),
        ],
        items=[_item(matter) for matter in matters],
        button=(say("resumption.button", language), f"{public_url.rstrip('/')}/"),
    )
    key = f"{KIND}:{person.key}/{now:%Y-%m-%dT%H:%M:%S}"
    municipality = places.pop() if len(places) == 1 else None
    return mail_message(person, content, key=key, kind=KIND, due_at=now, municipality=municipality)


def _item(matter: Matter) -> MailItem:
    """Return the newest subject of a matter, with a button that it had. What a card asks is found on the start page."""
    links = [link for item in matter for link in item.content.links[:1]]
    return matter[-1].content.subject, links[-1] if links else None


class PauseStore(Protocol):
    """Keeps the pauses."""

    async def list_paused(self) -> Sequence[str]:
        """List the paused municipalities; the empty string stands for everybody."""
        ...

    async def resume(self, municipality: str | None = None, *, by: str = "", instead: Resumption | None = None) -> None:
        """End a pause together with *instead*, in one transaction."""
        ...


@dataclass(frozen=True, kw_only=True)
class ResumptionPorts:
    """The ports of starting again."""

    programme: Callable[[], Awaitable[Programme | None]]
    messages: Messages
    pauses: PauseStore
    open_requests: Callable[[Collection[str]], Awaitable[Collection[str]]]
    """Those of the requests that still want an answer."""
    outbox: Callable[[], Outbox]
    """Asked for at sending alone: the Door starts sending again, and may send nothing itself."""
    replies: Collection[str]
    """Kinds of messages that answer what a person just did; they go out by themselves, or not at all."""
    clock: Clock
    public_url: str


@dataclass(frozen=True)
class Resuming:
    """Starts sending again, and sends the summaries."""

    ports: ResumptionPorts

    async def people_told(self) -> Mapping[str, int]:
        """
        Count, for each pause there is, the people who get a message when it ends; the empty string is everybody's.

        A channel's card has no single reader, and is not counted.
        """
        ports, now = self.ports, self.ports.clock.now()
        paused = set(await ports.pauses.list_paused())
        if not paused:
            return {}
        kept = [item for item in await self._kept(now) if item.person is not None]
        open_requests = await ports.open_requests({item.request for item in kept if item.request is not None})

        def told(pause: str) -> int:
            freed = [item for item in kept if _is_freed(item, pause or None, paused - {pause})]
            matters = _matters(freed).items()
            return len({person for (person, _), matter in matters if not _is_over(matter, open_requests, now)})

        return {pause: told(pause) for pause in paused}

    async def resume(self, municipality: str | None = None, *, by: str = "") -> Resumption:
        """
        End the pause of everything (None) or of one municipality; what piled up under it is summed up.

        Raises nothing and changes nothing at a repeat. Stopped halfway, the pause stands as it was.
        """
        ports, now = self.ports, self.ports.clock.now()
        paused = set(await ports.pauses.list_paused())
        programme = await ports.programme()
        instead = Resumption()
        if programme is not None and (municipality or "") in paused:
            left = paused - {municipality or ""}
            freed = [item for item in await self._kept(now) if _is_freed(item, municipality, left)]
            asked = {item.request for item in freed if item.request is not None}
            open_requests = await ports.open_requests(asked)
            instead = plan_resumption(
                programme, freed, open_requests=open_requests, now=now, public_url=ports.public_url
            )
        await ports.pauses.resume(municipality, by=by, instead=instead)
        return instead

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Send the summaries that wait: the unit `pause.summary` [programme], in sending hours."""
        ports = self.ports
        delivery, programme = Delivery(ports.outbox(), ports.clock), await ports.programme()
        for mail in await ports.messages.list_messages(kind=KIND, states=WAITING):
            calendar = WorkCalendar(programme, mail.municipality) if programme else None
            outside = park_outside_hours(calendar, ports.clock.now(), mail.due_at) if calendar else None
            if outside is not None:
                delivery.wait(outside)
            elif await delivery.attempt(mail):
                await history.note("pause.summed_up", person=mail.person or "")
        return delivery.end()

    async def _kept(self, now: datetime) -> list[Message]:
        """List the messages that a pause keeps, or would keep at their next try."""
        found = await self.ports.messages.list_messages(states=(MessageState.HELD, MessageState.PLANNED))
        return [
            item
            for item in found
            if item.kind not in self.ports.replies
            and (item.is_paused or (item.state is MessageState.PLANNED and item.due_at <= now))
        ]


def _is_freed(message: Message, municipality: str | None, left: Collection[str]) -> bool:
    """Tell whether no pause keeps the message once that of *municipality* ends and *left* stand."""
    within = municipality is None or message.municipality == municipality
    return within and "" not in left and message.municipality not in left
