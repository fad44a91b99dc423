"""People are asked, asked again, reminded, and told of a new deadline: the units that send to a round."""

from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status import plan
from workflows.status.context import find_context
from workflows.status.delivery import RoundDelivery
from workflows.status.lifecycle import bring_up_to_date
from workflows.status.ports import StatusPorts
from workflows.status.recipients import REQUEST_NOTICE, RoundNotice


class RoundSending:
    """Decides which notice is due; `RoundDelivery` delivers it to everybody who owes an answer."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Tell everybody who has not answered that the round is open, and later whoever takes over from them."""
        outcome = await self._notify(unit.subject, REQUEST_NOTICE, history)
        # Read again: sending takes long, and people answer meanwhile.
        context = await find_context(self._ports, unit.subject)
        if not isinstance(outcome, Done) or context is None or not context.takes_answers:
            return outcome
        requests = await self._ports.rounds.list_requests(unit.subject)
        last = context.programme.today(context.round.deadline_at)
        day = plan.next_takeover(context.programme, requests, context.today, last)
        if day is None:
            return outcome
        calendar = context.calendar
        until = calendar.next_sendable(calendar.moment(day, calendar.sending.first))
        return Parked(until=until, note="somebody takes over then")

    async def renew(self, unit: DueUnit, history: History) -> Outcome:
        """Send a request once more, with the link that holds now; subject: the request and which link it is."""
        request, _, number = unit.subject.rpartition("/")
        found = await self._ports.rounds.find_request(request)
        if found is None or not number.isdigit():
            return Done(note="no such request")
        notice = RoundNotice(kind=plan.REQUEST, number=int(number))
        return await self._notify(found.meeting, notice, history, only=request)

    async def remind(self, unit: DueUnit, history: History) -> Outcome:
        """Remind those who have not answered, unless a later reminder is due already."""
        meeting, _, number = unit.subject.rpartition("/")
        context = await bring_up_to_date(self._ports, meeting, history)
        if context is None or not number.isdigit() or not 0 < int(number) <= len(context.round.reminders_at):
            return Done(note="no such reminder")
        due_at = context.round.reminders_at[int(number) - 1]
        if context.now < due_at:
            return Parked(until=due_at, note="reminds later")
        if plan.is_outdated_reminder(context.round, int(number), context.now):
            return Done(note="a later reminder is due")
        return await RoundDelivery(self._ports, context).send(
            RoundNotice(kind=plan.REMINDER, number=int(number)), history
        )

    async def nudge(self, unit: DueUnit, history: History) -> Outcome:
        """Remind of one request because its local lead asks for it; subject: the request, and the day of asking."""
        request, _, day = unit.subject.rpartition("/")
        found = await self._ports.rounds.find_request(request)
        if found is None or not day.isdigit():
            return Done(note="no such request")
        notice = RoundNotice(kind=plan.REMINDER, number=int(day))
        return await self._notify(found.meeting, notice, history, only=request)

    async def moved(self, unit: DueUnit, history: History) -> Outcome:
        """Tell those who were asked and have not answered that the deadline moved with the meeting."""
        context = await bring_up_to_date(self._ports, unit.subject, history)
        if context is None:
            return Done(note="no such round")
        # The number tells this deadline from others in what the local lead hears; people are told each in its turn.
        number = int(context.round.deadline_at.timestamp())
        notice = RoundNotice(kind=plan.MOVED, number=number)
        return await RoundDelivery(self._ports, context).send(notice, history)

    async def _notify(self, meeting: str, notice: RoundNotice, history: History, *, only: str | None = None) -> Outcome:
        """Send *notice* to everybody who owes an answer, or to the request *only*, in sending hours."""
        context = await bring_up_to_date(self._ports, meeting, history)
        if context is None:
            return Done(note="no such round")
        return await RoundDelivery(self._ports, context).send(notice, history, only=only)
