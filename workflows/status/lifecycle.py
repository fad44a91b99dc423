"""Changes to an open round as a whole: it follows its meeting, and it ends. Each writes, and may be repeated."""

from collections.abc import Sequence
from dataclasses import replace

from workflows.ports.units import DueUnit, History
from workflows.status import plan
from workflows.status.context import RoundContext, find_context
from workflows.status.model import RequestState, RoundState
from workflows.status.ports import StatusPorts
from workflows.working_days import last_moment_before


async def bring_up_to_date(ports: StatusPorts, meeting: str, history: History) -> RoundContext | None:
    """
    Move a round to where its meeting is now, or end it with its meeting, and return it as it stands then.

    Called before a round is acted on: nobody is reminded or cut off by an old date. None when there is no such round.
    """
    context = await find_context(ports, meeting)
    if context is None:
        return None
    if context.meeting.cancelled:
        await end_round(ports, meeting, unanswered=RequestState.WAIVED, history=history)
        return await find_context(ports, meeting)
    return await follow_meeting(ports, context, history)


async def follow_meeting(ports: StatusPorts, context: RoundContext, history: History) -> RoundContext:
    """Give an open round the moments of its meeting as it is now, and make due what follows from a move."""
    existing, meeting = context.round, context.meeting
    planned = plan.round_before(context.programme, meeting)
    if planned is None or existing.state is not RoundState.OPEN:
        return context
    last = last_moment_before(meeting.starts_local, context.calendar)
    moved = plan.followed(existing, planned, last=last, now=context.now)
    if moved == existing:
        return context
    requests = await ports.rounds.list_requests(existing.meeting)
    told = [plan.moved_unit(moved, context.now)] if moved.deadline_at != existing.deadline_at else []
    then = (*plan.units_of(moved, context.calendar), *plan.refresh_units(requests, context.now), *told)
    await ports.rounds.move_round(moved, then=then)
    await history.note("status.moved", meeting=existing.meeting)
    return replace(context, round=moved)


async def end_round(
    ports: StatusPorts,
    meeting: str,
    *,
    unanswered: RequestState,
    history: History,
    then: Sequence[DueUnit] = (),
) -> None:
    """Close a round: unanswered requests get that state, nothing more leaves for them, and their links end."""
    requests = await ports.rounds.list_requests(meeting)
    refresh = plan.refresh_units(requests, ports.clock.now())
    if await ports.rounds.close_round(meeting, unanswered=unanswered, then=(*then, *refresh)):
        await history.note("status.closed", meeting=meeting)
    await ports.messages.drop([request.id for request in requests])
    for request in requests:
        await ports.links.revoke(request.id)
