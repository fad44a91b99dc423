"""Recipients of a round: surfaces, words and notices for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from config.values import Person
from workflows.messages.model import Message, Surface
from workflows.ports.accounts import Account
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.model import OpenDecision, StatusAnswer, StatusRequest, StatusRound
from workflows.status.ports import REMEMBERED, RecipientPorts, open_decisions
from workflows.status.rendering import moved_content, reminder_content, request_content
from workflows.status.request_view import Asked, asked_of

LINK_LIFE, LINK_MARGIN = timedelta(days=90), timedelta(days=14)
"""From the opening, and from the deadline at least. The close revokes it; it must outlive a meeting that moves."""


@dataclass(frozen=True, kw_only=True)
class RoundNotice:
    """
    One thing to tell everybody of a round who has not answered: the request itself, a reminder, a new deadline.

    *number*: which reminder (of one sent by hand, its day), which new deadline, which new link.
    """

    kind: str
    number: int = 0

    def key(self, request: StatusRequest, surface: Surface, person: str) -> str:
        """Return the key of the message to *person*; a lead who took over has messages of their own."""
        other = "" if person == request.person else person
        return plan.message_key(self.kind, request.id, surface, self.number, person=other)


REQUEST_NOTICE = RoundNotice(kind=plan.REQUEST)
WRITERS = {plan.REQUEST: request_content, plan.REMINDER: reminder_content, plan.MOVED: moved_content}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The ways to reach one person for one request."""

    asked: Asked
    surfaces: tuple[Surface, ...]
    account: str
    """Object id; empty without an account."""
    channel: str


@dataclass(frozen=True, kw_only=True)
class _RoundReading:
    """The reads of a whole round, done once: a country's rounds are sent on the same morning."""

    answers: Mapping[str, StatusAnswer]
    previous: Mapping[str, StatusAnswer]
    accounts: Mapping[str, Account]
    reached: Mapping[str, Surface]
    things: Mapping[str, str]
    decisions: Mapping[str, Sequence[OpenDecision]]


class RoundRecipients:
    """Writes the messages of one round, from what was read once for all of *requests*."""

    def __init__(self, ports: RecipientPorts, context: RoundContext, known: _RoundReading) -> None:
        self._ports = ports
        self._context = context
        self._programme = context.programme
        self._round = context.round
        self._known = known

    @classmethod
    async def of(
        cls,
        ports: RecipientPorts,
        context: RoundContext,
        requests: Sequence[StatusRequest],
        *,
        also: Sequence[str] = (),
    ) -> Self:
        """Read what *requests* need. *also*: keys of people who may be reached besides those who are asked now."""
        programme, status_round = context.programme, context.round
        on = programme.today(ports.clock.now())
        readers = {plan.asked_now(programme, request, on) for request in requests} | set(also)
        people = [person for key in sorted(readers) if (person := programme.find_person(key)) is not None]
        things = await ports.places.of(status_round.municipality)
        packages = [request.work_package for request in requests]
        accounts = await ports.accounts.find_accounts([person.email for person in people])
        known = _RoundReading(
            answers=await ports.rounds.newest_answers([request.id for request in requests]),
            previous=await ports.rounds.previous_answers(status_round),
            accounts=accounts,
            reached=await _remembered(ports, people, accounts),
            things={key: thing.external_id for key, thing in things.items()},
            decisions=await open_decisions(ports.decisions, status_round, packages),
        )
        return cls(ports, context, known)

    def find_recipient(self, request: StatusRequest, now: datetime, *, person: str | None = None) -> Recipient | None:
        """
        Return how *person*, or else the person asked now, is reached, and what the request is to them.

        None when *person* is registered no more and nobody is asked.
        """
        known = self._known
        reader = self._programme.find_person(person) or self._asked(request)
        if reader is None:
            return None
        previous = known.previous.get(request.work_package)
        account = known.accounts.get(reader.email.lower())
        channel = plan.channel_of(known.things, request.work_package)
        asked = asked_of(
            self._programme,
            request=request,
            status_round=self._round,
            meeting_local=self._context.meeting.starts_local,
            person=reader,
            now=now,
            answer=known.answers.get(request.id),
            previous=previous.content if previous else None,
            open_decisions=known.decisions.get(request.work_package, ()),
        )
        surfaces = plan.remembered_first(plan.surfaces_for(account, channel), known.reached.get(reader.key))
        return Recipient(asked=asked, surfaces=surfaces, account=account.id if account else "", channel=channel or "")

    async def message(
        self, notice: RoundNotice, recipient: Recipient, surface: Surface, *, with_link: bool = True
    ) -> Message:
        """Write the message as it would leave now."""
        asked = recipient.asked
        address = {
            Surface.PERSONAL: recipient.account,
            Surface.CHANNEL: recipient.channel,
            Surface.EMAIL: asked.person.email,
        }[surface]
        wanted = with_link and surface is Surface.EMAIL
        # Without a link of its own the button is there all the same, and leads to our front page.
        url = (
            await answer_address(self._ports, self._round, asked.request.id, asked.person.key)
            if wanted
            else self._ports.public_url
        )
        content = WRITERS[notice.kind](asked, surface, address=address, account=recipient.account, url=url)
        return Message(
            key=notice.key(asked.request, surface, asked.person.key),
            kind=notice.kind,
            surface=surface,
            due_at=self._due_at(notice),
            content=replace(content, deadline=self._round.deadline_at.isoformat()),
            municipality=self._round.municipality,
            person=asked.person.key,
            request=asked.request.id,
        )

    def _due_at(self, notice: RoundNotice) -> datetime:
        planned = self._round.reminders_at
        if notice.kind == plan.REMINDER and notice.number <= len(planned):
            return planned[notice.number - 1]
        return self._ports.clock.now() if notice.number else self._round.opens_at

    def _asked(self, request: StatusRequest) -> Person | None:
        return plan.find_asked(self._programme, request, self._programme.today(self._ports.clock.now()))


async def answer_address(ports: RecipientPorts, status_round: StatusRound, request: str, person: str) -> str:
    """Return the address of the form for *request*, for *person* alone. It ends with the round."""
    token = await ports.links.issue("answer", request, person, answer_link_end(status_round))
    return f"{ports.public_url}/svar/{token}"


def answer_link_end(status_round: StatusRound) -> datetime:
    """Return the end of a link to the form: it lives on a little after the round, to say that the round is over."""
    return max(status_round.opens_at + LINK_LIFE, status_round.deadline_at + LINK_MARGIN)


async def _remembered(
    ports: RecipientPorts, people: Sequence[Person], accounts: Mapping[str, Account]
) -> Mapping[str, Surface]:
    """Return the surfaces of people's last requests. A chat with the bot begun since then is tried first there."""
    keys, since = [person.key for person in people], ports.clock.now() - REMEMBERED
    reached = dict(await ports.messages.reached(keys, kind=plan.REQUEST, since=since))
    for person in people:
        account = accounts.get(person.email.lower())
        elsewhere = reached.get(person.key) not in (None, Surface.PERSONAL)
        if elsewhere and account is not None and await ports.chats.find(account.id) is not None:
            del reached[person.key]
    return reached
