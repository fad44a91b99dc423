"""How the people of a round are reached: what they are told, where, with which words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.programme import Person, Programme
from workflows import status_plan as plan
from workflows.outbox import Message, Surface
from workflows.status_asked import Asked, asked_of
from workflows.status_messages import moved_content, reminder_content, request_content
from workflows.status_ports import BoardMeeting, StatusPorts, open_decisions
from workflows.status_values import StatusRequest, StatusRound

LINK_LIFE = timedelta(days=90)
"""From the opening. The close revokes the link anyway; until then it must outlive a meeting that moves."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    One thing to tell everybody of a round who has not answered: the request itself, a reminder, a new deadline.

    *number*: which reminder; of a new deadline, its day as 20261113.
    """

    kind: str
    number: int = 0

    def key(self, request: str, surface: Surface) -> str:
        return plan.message_key(self.kind, request, surface, self.number)


REQUEST_CALL = Call(kind=plan.REQUEST)
WRITERS = {plan.REQUEST: request_content, plan.REMINDER: reminder_content, plan.MOVED: moved_content}


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How one person can be reached for one request."""

    asked: Asked
    surfaces: tuple[Surface, ...]
    account: str
    """Object id; empty without an account."""
    channel: str


class Callers:
    """Writes the messages of one round."""

    def __init__(
        self, ports: StatusPorts, programme: Programme, status_round: StatusRound, meeting: BoardMeeting
    ) -> None:
        self._ports = ports
        self._programme = programme
        self._round = status_round
        self._meeting = meeting

    async def reach(self, request: StatusRequest, now: datetime, *, person: str | None = None) -> Reach:
        """Where the one asked, or *person*, can be reached, and what the request is to them."""
        reader = self._reader(request, person)
        answers = await self._ports.rounds.newest_answers([request.id])
        previous = (await self._ports.rounds.previous_answers(self._round)).get(request.work_package)
        account = (await self._ports.accounts.find_accounts([reader.email])).get(reader.email.lower())
        things = await self._ports.places.of(self._round.municipality)
        channel = plan.channel_of({key: thing.external_id for key, thing in things.items()}, request.work_package)
        asked = asked_of(
            self._programme,
            request=request,
            status_round=self._round,
            meeting_local=self._meeting.starts_local,
            person=reader,
            now=now,
            answer=answers.get(request.id),
            previous=previous.content if previous else None,
            open_decisions=await open_decisions(self._ports.decisions, self._round, request),
        )
        surfaces = plan.surfaces_for(account, channel)
        return Reach(asked=asked, surfaces=surfaces, account=account.id if account else "", channel=channel or "")

    async def message(self, call: Call, reach: Reach, surface: Surface, *, with_link: bool = True) -> Message:
        """The message as it would leave now."""
        asked = reach.asked
        address = {
            Surface.PERSONAL: reach.account,
            Surface.CHANNEL: reach.channel,
            Surface.EMAIL: asked.person.email,
        }[surface]
        url = await self._link(asked) if with_link and surface is Surface.EMAIL else ""
        write = WRITERS[call.kind]
        return Message(
            key=call.key(asked.request.id, surface),
            kind=call.kind,
            surface=surface,
            due_at=self._due_at(call),
            content=write(asked, surface, address=address, account=reach.account, url=url),
            municipality=self._round.municipality,
            person=asked.person.key,
            request=asked.request.id,
        )

    def _due_at(self, call: Call) -> datetime:
        if call.kind == plan.MOVED:
            return self._ports.clock.now()
        return self._round.reminders_at[call.number - 1] if call.number else self._round.opens_at

    async def _link(self, asked: Asked) -> str:
        expires_at = self._round.opens_at + LINK_LIFE
        token = await self._ports.links.issue("answer", asked.request.id, asked.person.key, expires_at)
        return f"{self._ports.public_url}/svar/{token}"

    def _reader(self, request: StatusRequest, person: str | None) -> Person:
        """*person* if they are registered still, else who is asked now: a new lead takes over in the middle."""
        if person is not None and (known := self._programme.find_person(person)) is not None:
            return known
        package = self._programme.work_package(request.work_package)
        on = self._ports.clock.now().date()
        return plan.who_is_asked(self._programme, package, on) or self._programme.person(request.person)
