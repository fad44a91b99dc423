"""One notice to everybody of a round who owes an answer: each on the best surface that works, each thing once.

What one person's mailbox or chat does not take keeps nobody else waiting: the round goes on, and comes back to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from workflows.errors import Transient
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.model import AGAIN, TOLD, WAITING, Message, MessageState, Surface
from workflows.ports.units import Done, History, Outcome
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.lead_notices import LeadNotices
from workflows.status.model import RequestState, StatusRequest, StatusRound
from workflows.status.ports import StatusPorts
from workflows.status.recipients import Recipient, RoundNotice, RoundRecipients

REWRITABLE = (MessageState.PLANNED, MessageState.HELD, MessageState.DROPPED)
BEGUN = (*TOLD, MessageState.SENDING)
"""Sent once, a notice is not sent elsewhere."""
REMINDER_GAP = timedelta(hours=20)
"""Least time between two messages to one person; after an outage everything is due at once."""


@dataclass(kw_only=True)
class _Pass:
    """One notice on its way through a round, and what happened to it so far."""

    notice: RoundNotice
    recipients: RoundRecipients
    delivery: Delivery
    history: History
    keys: set[str] = field(default_factory=set)
    """The messages that were tried, now or before."""
    unasked: bool = False
    """Somebody was to be reminded whom no request has reached yet."""


class RoundDelivery:
    """Sends to one round."""

    def __init__(self, ports: StatusPorts, context: RoundContext) -> None:
        self._ports = ports
        self._context = context
        self._round = context.round

    async def send(self, notice: RoundNotice, history: History, *, only: str | None = None) -> Outcome:
        """
        Send *notice* to everybody who owes an answer, or to the request *only*, in sending hours.

        Raises Throttled at once, and any other Transient after everybody else was told, or when that takes too long.
        """
        listed = await self._ports.rounds.list_requests(self._round.meeting)
        requests = [item for item in plan.known_requests(self._context.programme, listed) if only in (None, item.id)]
        messages = await self._ports.messages.list_messages(requests=[request.id for request in requests])
        by_request = {request.id: [item for item in messages if item.request == request.id] for request in requests}
        current = _Pass(
            notice=notice,
            recipients=await RoundRecipients.of(self._ports, self._context, requests),
            delivery=Delivery(self._ports.outbox, self._ports.clock),
            history=history,
        )
        # A mailbox that does not answer comes last the next time: it keeps nobody waiting.
        for request in sorted(requests, key=lambda item: _tries(by_request[item.id])):
            now = self._ports.clock.now()
            if not self._round.takes_answers(now):
                return Done(note="the round takes no answers any more")
            # Looked at for each of them: the hours may end while a long round is sent.
            if (outside := park_outside_hours(self._context.calendar, now)) is not None:
                return outside
            fresh = await self._ports.rounds.find_request(request.id)
            if fresh is not None and fresh.state is RequestState.OPEN:
                await self._try(current, fresh, by_request[fresh.id])
        return await self._end(current)

    async def _end(self, current: _Pass) -> Outcome:
        if current.unasked:
            # Requests are sent by one unit alone: two at a time would send them twice.
            unit = plan.sending_unit(self._round.meeting, self._ports.clock.now())
            await self._ports.outbox.plan((), then=[unit])
        if current.delivery.parked is not None:
            return current.delivery.parked
        await LeadNotices(self._ports, self._context).failed(current.notice, current.keys)
        return current.delivery.end()

    async def _try(self, current: _Pass, request: StatusRequest, messages: Sequence[Message]) -> None:
        try:
            await self._tell(current, request, messages)
        except Transient as error:
            await current.history.note("status.try_again", request=request.id)
            current.delivery.keep(error)

    async def _tell(self, current: _Pass, request: StatusRequest, messages: Sequence[Message]) -> None:
        """
        Send on the best surface that works; each failure stays in its row and the next one is used at once.

        *messages*: those of the request so far.
        """
        now = self._ports.clock.now()
        recipient = current.recipients.find_recipient(request, now)
        person = recipient.asked.person.key if recipient else None
        await self._drop_others(person, messages)
        if recipient is None:
            # A role has ended and nobody has taken over. The form would open for nobody.
            return
        own = [message for message in messages if message.person == person]
        if current.notice.kind == plan.REMINDER and not _was_asked(own):
            current.unasked = True
            await self._ask_again(own)
            return
        fitting = fitting_notice(current.notice, own, self._round, now)
        if fitting is None:
            return
        there = {message.key: message for message in own}
        order = _order(fitting, recipient, own)
        for surface in order:
            known = there.get(fitting.key(request, surface, recipient.asked.person.key))
            message = await self._written(current, fitting, recipient, surface, known)
            current.keys.add(message.key)
            sent = await current.delivery.deliver(message, patient=surface is order[-1])
            if sent.in_doubt:
                await current.history.note("status.in_doubt", request=request.id, surface=surface)
            if sent.state is not MessageState.FAILED:
                return
            if message.state is not MessageState.FAILED:
                await current.history.note("status.surface_failed", request=request.id, surface=surface)

    async def _written(
        self, current: _Pass, notice: RoundNotice, recipient: Recipient, surface: Surface, known: Message | None
    ) -> Message:
        """Return the message on *surface*; one that has not begun to leave is written anew, with the names of now."""
        if known is not None and known.state not in REWRITABLE:
            return known
        message = await current.recipients.message(notice, recipient, surface)
        if known is not None:
            message = replace(message, reference=known.reference)
        if message != known:
            await self._ports.outbox.plan([message])
        return message

    async def _ask_again(self, own: Sequence[Message]) -> None:
        """Let requests that every surface refused be tried once more, instead of a reminder of nothing."""
        for message in own:
            if message.kind == plan.REQUEST and message.state is MessageState.FAILED and not message.in_doubt:
                await self._ports.messages.change(message.key, MessageState.PLANNED)

    async def _drop_others(self, person: str | None, messages: Sequence[Message]) -> None:
        """Drop what is planned for people who are not asked any more."""
        for message in messages:
            if message.person != person and message.state in (MessageState.PLANNED, MessageState.HELD):
                await self._ports.messages.change(message.key, MessageState.DROPPED)


def fitting_notice(
    notice: RoundNotice, own: Sequence[Message], status_round: StatusRound, now: datetime
) -> RoundNotice | None:
    """
    Return what to tell one person when it is time for *notice*; None when there is nothing to tell.

    *own*: what was written to them about this request so far. Of a deadline hears only who was told another one.
    """
    sent = [message for message in own if message.state in TOLD and message.sent_at is not None]
    if notice.kind == plan.MOVED:
        told = max(sent, key=lambda message: message.sent_at or now, default=None)
        if told is None or told.content.deadline == status_round.deadline_at.isoformat():
            return None
        moves = [item for item in sent if item.kind == plan.MOVED and AGAIN not in item.key]
        return replace(notice, number=1 + len(moves))
    if notice.kind == plan.REMINDER and any(
        message.sent_at and message.sent_at > now - REMINDER_GAP for message in sent
    ):
        return None
    return notice


def _was_asked(own: Sequence[Message]) -> bool:
    """Return True when the request itself has gone out; a reminder must not be the first that somebody hears."""
    return any(message.kind == plan.REQUEST and message.state in TOLD for message in own)


def _tries(messages: Sequence[Message]) -> int:
    return max((message.tries for message in messages if message.state in WAITING), default=0)


def _order(notice: RoundNotice, recipient: Recipient, own: Sequence[Message]) -> list[Surface]:
    """Return the surfaces to try: where this notice is on its way already, where the request arrived, then the best."""
    there = {message.key: message for message in own}
    keys = {surface: notice.key(recipient.asked.request, surface, recipient.asked.person.key) for surface in Surface}
    begun = [surface for surface, key in keys.items() if key in there and there[key].state in BEGUN]
    reached = [item.surface for item in own if item.kind == plan.REQUEST and item.state is MessageState.SENT]
    usable = [surface for surface in reached if surface in recipient.surfaces]
    return list(dict.fromkeys([*begun, *usable, *recipient.surfaces]))
