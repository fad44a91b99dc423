"""One notice to everybody of a round who owes an answer: each on the best surface that works, each thing once.

What one person's mailbox or chat does not take keeps nobody else waiting: the round goes on, and comes back to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from workflows.errors import Throttled, Transient
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.model import AGAIN, Message, MessageState, Surface
from workflows.ports.units import Done, History, Outcome
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.lead_notices import LeadNotices
from workflows.status.model import RequestState, StatusRequest, StatusRound
from workflows.status.ports import StatusPorts
from workflows.status.recipients import RoundNotice, RoundRecipients

REMINDER_GAP = timedelta(hours=20)
"""The time since our last message within which nobody is reminded: after an outage everything is due at once."""


@dataclass(kw_only=True)
class _Progress:
    """One notice on its way through a round, and what happened to it so far."""

    notice: RoundNotice
    recipients: RoundRecipients
    history: History
    keys: set[str] = field(default_factory=set)
    """The messages that were tried, now or before."""
    delivery: Delivery
    error: Transient | None = None
    """The first that another try may help."""
    unasked: bool = False
    """Somebody was to be reminded who has not been asked yet."""


class RoundDelivery:
    """Sends to one round."""

    def __init__(self, ports: StatusPorts, context: RoundContext) -> None:
        self._ports = ports
        self._context = context
        self._round = context.round

    async def send(self, notice: RoundNotice, history: History, *, only: str | None = None) -> Outcome:
        """
        Send *notice* to everybody who owes an answer, or to the request *only*, in sending hours.

        Raises Throttled at once, and any other Transient after everybody else was told.
        """
        calendar = self._context.calendar
        listed = await self._ports.rounds.list_requests(self._round.meeting)
        requests = [item for item in plan.known_requests(self._context.programme, listed) if only in (None, item.id)]
        recipients = await RoundRecipients.of(self._ports, self._context, requests)
        earlier = await self._ports.messages.list_messages(requests=[request.id for request in requests])
        delivery = Delivery(self._ports.outbox, self._ports.clock)
        progress = _Progress(notice=notice, recipients=recipients, history=history, delivery=delivery)
        for request in requests:
            now = self._ports.clock.now()
            if not self._round.takes_answers(now):
                return Done(note="the round takes no answers any more")
            # Looked at for each of them: the hours may end while a long round is sent.
            if (outside := park_outside_hours(calendar, now)) is not None:
                return outside
            fresh = await self._ports.rounds.find_request(request.id)
            if fresh is not None and fresh.state is RequestState.OPEN and fresh.person:
                own = [message for message in earlier if message.request == fresh.id]
                await self._try(progress, fresh, own)
        if progress.unasked:
            # Requests are sent by one unit alone: two at a time would send them twice.
            unit = plan.sending_unit(self._round.meeting, self._ports.clock.now())
            await self._ports.outbox.plan((), then=[unit])
        if delivery.parked is not None:
            return delivery.parked
        await LeadNotices(self._ports, self._context).failed(notice, progress.keys)
        if progress.error is not None:
            raise progress.error
        return Done()

    async def _try(self, progress: _Progress, request: StatusRequest, messages: Sequence[Message]) -> None:
        try:
            await self._tell(progress, request, messages)
        except Throttled:
            raise
        except Transient as error:
            progress.error = progress.error or error
            await progress.history.note("status.try_again", request=request.id)

    async def _tell(self, progress: _Progress, request: StatusRequest, messages: Sequence[Message]) -> Message | None:
        """
        Send on the best surface that works; each failure stays in its row and the next one is used at once.

        *messages*: those of the request so far. None when there is nothing to tell this person.
        """
        now = self._ports.clock.now()
        recipient = progress.recipients.recipient(request, now)
        person = recipient.asked.person.key
        own = [message for message in messages if message.person == person]
        fitting = self._fitting(progress, own, now)
        if fitting is None:
            return None
        await self._drop_others(person, messages)
        there = {message.key: message for message in own}
        reached = [item.surface for item in own if item.kind == plan.REQUEST and item.state is MessageState.SENT]
        begun = _begun(fitting, request, person, there)
        order = list(
            dict.fromkeys([*begun, *(item for item in reached if item in recipient.surfaces), *recipient.surfaces])
        )
        last: Message | None = None
        for surface in order:
            message = there.get(fitting.key(request, surface, person))
            if message is None or message.state in (MessageState.PLANNED, MessageState.HELD, MessageState.DROPPED):
                # Written anew: names or deadline may be others than when it was planned.
                planned, message = message, await progress.recipients.message(fitting, recipient, surface)
                if planned is not None:
                    message = replace(message, reference=planned.reference)
                if planned != message:
                    await self._ports.outbox.plan([message])
            progress.keys.add(message.key)
            last = await progress.delivery.deliver(message, patient=surface is order[-1])
            if last.in_doubt:
                await progress.history.note("status.in_doubt", request=request.id, surface=surface)
            if last.state is not MessageState.FAILED:
                return last
            if message.state is not MessageState.FAILED:
                await progress.history.note("status.surface_failed", request=request.id, surface=surface)
        if last is None:
            raise ValueError(f"request {request.id} has no surface")
        return last

    def _fitting(self, progress: _Progress, own: Sequence[Message], now: datetime) -> RoundNotice | None:
        if progress.notice.kind == plan.REMINDER and not _was_asked(own):
            progress.unasked = True
            return None
        return fitting_notice(progress.notice, own, self._round, now)

    async def _drop_others(self, person: str, messages: Sequence[Message]) -> None:
        """Drop messages planned for a person who is no longer asked."""
        for message in messages:
            if message.person != person and message.state in (MessageState.PLANNED, MessageState.HELD):
                await self._ports.messages.change(message.key, MessageState.DROPPED)


def fitting_notice(
    notice: RoundNotice, own: Sequence[Message], status_round: StatusRound, now: datetime
) -> RoundNotice | None:
    """
    Return the notice for a person when it is time for *notice*; None when there is nothing to tell.

    *own*: what was written to them about this request so far. Of a deadline hears only who was told another one.
    """
    sent = [message for message in own if message.state is MessageState.SENT and message.sent_at is not None]
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
    """Tell whether the request itself went out, or could not; a lead who took over in the middle is asked first."""
    over = (MessageState.SENT, MessageState.FAILED)
    return any(message.kind == plan.REQUEST and message.state in over for message in own)


def _begun(notice: RoundNotice, request: StatusRequest, person: str, there: dict[str, Message]) -> list[Surface]:
    """The surfaces on which this notice has gone out or is on its way: sent once, it is not sent elsewhere."""
    begun = (MessageState.SENT, MessageState.SENDING)
    found = (there.get(notice.key(request, surface, person)) for surface in Surface)
    return [message.surface for message in found if message is not None and message.state in begun]
