"""Status rounds: a board meeting opens one, people are asked and reminded where they are, the deadline closes it.

A unit each for opening, sending, each reminder, closing, and for bringing a request's cards up to date. All of them
look at how things are first, so that a repeat, a late start or a crash anywhere ends in the same place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from config.programme import Programme
from config.values import BodyKind, RoundTimes
from workflows.errors import Permanent
from workflows.messages.outbox import Message, MessageState, Surface
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status import plan
from workflows.status.lead_notices import LeadNotices
from workflows.status.model import (
    EscalationState,
    RequestState,
    RoundOverview,
    RoundResult,
    RoundState,
    StatusRequest,
    StatusRound,
)
from workflows.status.ports import BoardMeeting, StatusPorts
from workflows.status.recipients import REQUEST_CALL, Call, Callers
from workflows.status.rendering import card_now, notice_now
from workflows.status.sending import RoundCalls
from workflows.working_days import WorkCalendar, last_moment_before, round_moments

TIME_TO_ANSWER = timedelta(hours=12)
"""From the last reminder until the local lead hears of it."""
TIME_TO_CALL = timedelta(hours=3)
"""What the local lead has left before the deadline, however late the reminder was."""


class StatusRounds:
    """The handlers of the units `status.<name of the method>`, and what rounds tell."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    # ------------------------------------------------------------------------------------------------------- handlers

    async def open(self, unit: DueUnit, history: History) -> Outcome:
        """Open the meeting's round when its time has come; an open one follows the meeting."""
        meeting = await self._rounds.find_meeting(unit.subject)
        existing = await self._rounds.find_round(unit.subject)
        if meeting is None:
            return Done(note="no such meeting")
        if meeting.cancelled:
            return await self._call_off(existing, history)
        programme, now = await self._ports.programme(), self._ports.clock.now()
        planned = _planned(programme, meeting)
        if planned is None:
            return Done(note="no local board's meeting")
        if existing is not None:
            await self._follow(existing, planned, meeting, history)
            return Done()
        if now < planned.opens_at:
            return Parked(until=planned.opens_at, note="opens later")
        if now >= planned.deadline_at:
            return Done(note="the deadline had passed")
        opened = replace(planned, state=RoundState.OPEN)
        requests = plan.new_requests(programme, meeting.key, opened.municipality, now)
        messages = await self._first_messages(programme, opened, meeting, requests)
        if await self._rounds.open_round(opened, requests, messages, then=plan.units_of(opened)):
            await history.note("status.opened", meeting=meeting.key, requests=len(requests))
        return Done()

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Tell everybody who has not answered that the round is open, and later whoever takes over from them."""
        outcome = await self._call_on(unit.subject, REQUEST_CALL, history)
        status_round = await self._rounds.find_round(unit.subject)
        now = self._ports.clock.now()
        if not isinstance(outcome, Done) or status_round is None or not status_round.takes_answers(now):
            return outcome
        programme = await self._ports.programme()
        requests = await self._rounds.list_requests(unit.subject)
        day = plan.next_takeover(programme, requests, programme.today(now), programme.today(status_round.deadline_at))
        if day is None:
            return outcome
        calendar = WorkCalendar(programme, status_round.municipality)
        until = calendar.next_sendable(calendar.moment(day, calendar.sending.first))
        return Parked(until=until, note="somebody takes over then")

    async def renew(self, unit: DueUnit, history: History) -> Outcome:
        """Send a request once more, with the link that holds now; subject: the request and which link it is."""
        request, _, number = unit.subject.rpartition("/")
        found = await self._rounds.find_request(request)
        if found is None or not number.isdigit():
            return Done(note="no such request")
        call = Call(kind=plan.REQUEST, number=int(number))
        return await self._call_on(found.meeting, call, history, only=request)

    async def remind(self, unit: DueUnit, history: History) -> Outcome:
        """Remind those who have not answered, unless a later reminder is due already."""
        meeting, _, number = unit.subject.rpartition("/")
        status_round = await self._current(meeting, history)
        if status_round is None or not number.isdigit() or not 0 < int(number) <= len(status_round.reminders_at):
            return Done(note="no such reminder")
        now, due_at = self._ports.clock.now(), status_round.reminders_at[int(number) - 1]
        if now < due_at:
            return Parked(until=due_at, note="reminds later")
        if plan.is_outdated_reminder(status_round, int(number), now):
            return Done(note="a later reminder is due")
        return await self._call_on(meeting, Call(kind=plan.REMINDER, number=int(number)), history)

    async def moved(self, unit: DueUnit, history: History) -> Outcome:
        """Tell those who were asked and have not answered that the deadline moved with the meeting."""
        status_round = await self._current(unit.subject, history)
        if status_round is None:
            return Done(note="no such round")
        # The number tells this deadline from others in what the local lead hears; people are told each in its turn.
        number = int(status_round.deadline_at.timestamp())
        return await self._call_on(unit.subject, Call(kind=plan.MOVED, number=number), history)

    async def escalate(self, unit: DueUnit, history: History) -> Outcome:
        """Tell the local lead who has not answered the reminders, half a day after the last one."""
        status_round = await self._current(unit.subject, history)
        meeting = await self._rounds.find_meeting(unit.subject)
        now = self._ports.clock.now()
        if status_round is None or meeting is None or not status_round.takes_answers(now):
            return Done(note="the round takes no answers")
        programme = await self._ports.programme()
        calendar = WorkCalendar(programme, status_round.municipality)
        requests = [request.id for request in await self._rounds.list_requests(unit.subject)]
        sent = await self._ports.messages.list_messages(
            states=[MessageState.SENT], requests=requests, kind=plan.REMINDER
        )
        # When they left, not when they should have: after an outage that is later.
        moments = [message.sent_at for message in sent if message.sent_at is not None]
        reminded_at = max([status_round.opens_at, *status_round.reminders_at, *moments])
        due_at = min(calendar.next_sendable(reminded_at + TIME_TO_ANSWER), status_round.deadline_at - TIME_TO_CALL)
        if now < due_at:
            return Parked(until=due_at, note="gives the reminder time")
        if (sendable := calendar.next_sendable(now)) > now:
            return Parked(until=sendable, note="waits for sending hours")
        await LeadNotices(self._ports, programme, status_round, meeting).unanswered()
        return Done()

    async def lifted(self, unit: DueUnit, history: History) -> Outcome:
        """Tell the local lead that an answer asks the board for a decision."""
        del history
        request = await self._rounds.find_request(unit.subject)
        status_round = await self._rounds.find_round(request.meeting) if request else None
        meeting = await self._rounds.find_meeting(request.meeting) if request else None
        if request is None or status_round is None or meeting is None:
            return Done(note="no such request")
        programme, now = await self._ports.programme(), self._ports.clock.now()
        if not plan.known_requests(programme, [request]):
            return Done(note="no such work package")
        if (sendable := WorkCalendar(programme, status_round.municipality).next_sendable(now)) > now:
            return Parked(until=sendable, note="waits for sending hours")
        answer = (await self._rounds.newest_answers([request.id])).get(request.id)
        for item in await self._rounds.list_escalations(request.meeting):
            if item.request == request.id and item.state is EscalationState.RAISED:
                notices = LeadNotices(self._ports, programme, status_round, meeting)
                await notices.question(request, item, by=answer.by if answer else "")
        return Done()

    async def close(self, unit: DueUnit, history: History) -> Outcome:
        """Close the round at its deadline: unanswered requests are missing, links end, the report is compiled."""
        status_round = await self._current(unit.subject, history)
        if status_round is None:
            return Done(note="no such round")
        now = self._ports.clock.now()
        if status_round.state is RoundState.OPEN and now < status_round.deadline_at:
            return Parked(until=status_round.deadline_at, note="closes at the deadline")
        return await self._close(unit.subject, RequestState.MISSING, (plan.compile_unit(unit.subject, now),), history)

    async def refresh(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the request's cards up to date, so that every one of them tells the truth."""
        request = await self._rounds.find_request(unit.subject)
        status_round = await self._rounds.find_round(request.meeting) if request else None
        if request is None or status_round is None:
            return Done(note="no such request")
        sent = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=[request.id])
        for message in sent:
            await self._touch(message, request, status_round, history)
        return Done()

    async def call_off(self, municipality: str, history: History) -> None:
        """End a municipality's open rounds without a report; nobody owes an answer any more. A repeat is harmless."""
        for status_round in await self._rounds.list_rounds(state=RoundState.OPEN):
            if status_round.municipality == municipality:
                await self._call_off(status_round, history)

    async def waive(self, work_package: str, history: History) -> None:
        """Nobody owes an answer about a work package any more; what was answered stays. A repeat is harmless."""
        for status_round in await self._rounds.list_rounds(state=RoundState.OPEN):
            requests = await self._rounds.list_requests(status_round.meeting)
            owing = [item for item in requests if item.work_package == work_package and item.state is RequestState.OPEN]
            if owing:
                refresh = plan.refresh_units(owing, self._ports.clock.now())
                await self._rounds.waive([item.id for item in owing], then=refresh)
                await self._ports.messages.drop([item.id for item in owing])
                for item in owing:
                    await self._ports.links.revoke(item.id)
                await history.note("status.waived", requests=len(owing))

    async def revoke_links(self, meeting: str, work_package: str | None = None) -> tuple[DueUnit, ...]:
        """
        End the personal links of a round, or of one package in it; gives what sends new ones to who has not answered.

        For a link that went astray. A repeat ends the new links as well.
        """
        requests = await self._rounds.list_requests(meeting)
        ours = [request.id for request in requests if work_package in (None, request.work_package)]
        mails = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=ours)
        had = Counter(item.request for item in mails if item.surface is Surface.EMAIL)
        for request in ours:
            await self._ports.links.revoke(request)
        now = self._ports.clock.now()
        return tuple(
            DueUnit(key=f"status.renew:{request}/{had[request]}", due_at=now) for request in ours if had[request]
        )

    # ------------------------------------------------------------------------------------------------ what rounds tell

    async def due_units(self) -> tuple[DueUnit, ...]:
        """Everything about rounds that should be due, now or later. Making it due again is harmless."""
        units = [plan.opening_unit(planned) for _, planned in await self._to_come()]
        for status_round in await self._rounds.list_rounds(state=RoundState.OPEN):
            units.append(DueUnit(key=f"status.open:{status_round.meeting}", due_at=self._ports.clock.now()))
            units.extend(plan.units_of(status_round))
            units.extend(await self._outdated_cards(status_round))
        return tuple({unit.key: unit for unit in units}.values())

    async def upcoming(self) -> tuple[Message, ...]:
        """The messages that each municipality's next round will send as things stand, without the personal links."""
        programme = await self._ports.programme()
        messages: list[Message] = []
        seen: set[str] = set()
        for meeting, planned in await self._to_come():
            if planned.municipality not in seen and await self._rounds.find_round(meeting.key) is None:
                seen.add(planned.municipality)
                requests = plan.new_requests(programme, meeting.key, planned.municipality, planned.opens_at)
                messages += await self._first_messages(programme, planned, meeting, requests, with_links=False)
        return tuple(messages)

    async def result(self, meeting: str) -> RoundResult | None:
        """How a round turned out so far; None when there is none."""
        status_round = await self._rounds.find_round(meeting)
        if status_round is None:
            return None
        requests = await self._rounds.list_requests(meeting)
        answers = await self._rounds.newest_answers([request.id for request in requests])
        previous = await self._rounds.previous_answers(status_round)
        return plan.round_result(await self._ports.programme(), status_round, requests, answers, previous)

    async def overview(self, meeting: str) -> RoundOverview | None:
        """Who owes what in a round; None when there is none."""
        status_round = await self._rounds.find_round(meeting)
        if status_round is None:
            return None
        requests = await self._rounds.list_requests(meeting)
        ids = [request.id for request in requests]
        messages = await self._ports.messages.list_messages(requests=ids)
        told = await self._ports.messages.list_messages(states=[MessageState.SENT], kind=plan.LEAD_UNANSWERED)
        programme, now = await self._ports.programme(), self._ports.clock.now()
        on = programme.today(min(now, status_round.deadline_at))
        return plan.round_overview(
            programme,
            status_round,
            requests,
            messages,
            await self._rounds.newest_answers(ids),
            on=on,
            lead_told=any(message.key.startswith(f"{plan.unanswered_key(status_round)}/") for message in told),
            drafted=plan.begun_requests(programme, requests, await self._rounds.drafted(ids), on),
        )

    # --------------------------------------------------------------------------------------------------------- opening

    async def _to_come(self) -> list[tuple[BoardMeeting, StatusRound]]:
        programme, now = await self._ports.programme(), self._ports.clock.now()
        boards = [body.key for body in programme.bodies if body.kind is BodyKind.LOCAL_BOARD]
        local = now.astimezone(ZoneInfo(programme.timezone)).replace(tzinfo=None)
        meetings = await self._rounds.list_meetings(bodies=boards, after_local=local)
        planned = ((meeting, _planned(programme, meeting)) for meeting in meetings)
        return [(meeting, item) for meeting, item in planned if item is not None and now < item.deadline_at]

    async def _first_messages(
        self,
        programme: Programme,
        status_round: StatusRound,
        meeting: BoardMeeting,
        requests: Sequence[StatusRequest],
        *,
        with_links: bool = True,
    ) -> list[Message]:
        """The first message of each request, on the surface that would be tried first."""
        callers = await Callers.of(self._ports, programme, status_round, meeting, requests)
        messages = []
        for request in requests:
            if request.person:
                reach = callers.reach(request, status_round.opens_at)
                surface = reach.surfaces[0]
                messages.append(await callers.message(REQUEST_CALL, reach, surface, with_link=with_links))
        return messages

    async def _outdated_cards(self, status_round: StatusRound) -> Sequence[DueUnit]:
        """The cards in chats of those who are not asked any more: nothing but the register has changed."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        requests = await self._rounds.list_requests(status_round.meeting)
        by_id = {request.id: request for request in requests}
        sent = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=list(by_id))
        outdated = {
            message.request
            for message in sent
            if message.request
            and message.person != plan.asked_now(programme, by_id[message.request], programme.today(now))
        }
        return plan.refresh_units([by_id[request] for request in sorted(outdated)], now)

    async def _current(self, meeting_key: str, history: History) -> StatusRound | None:
        """The round, first brought to where its meeting is now: nobody is reminded or cut off by an old date."""
        status_round = await self._rounds.find_round(meeting_key)
        meeting = await self._rounds.find_meeting(meeting_key)
        if status_round is None or meeting is None:
            return None
        if meeting.cancelled:
            await self._call_off(status_round, history)
            return await self._rounds.find_round(meeting_key)
        planned = _planned(await self._ports.programme(), meeting)
        return await self._follow(status_round, planned, meeting, history) if planned else status_round

    async def _follow(
        self, existing: StatusRound, planned: StatusRound, meeting: BoardMeeting, history: History
    ) -> StatusRound:
        now = self._ports.clock.now()
        calendar = WorkCalendar(await self._ports.programme(), existing.municipality)
        moved = plan.followed(existing, planned, last=last_moment_before(meeting.starts_local, calendar), now=now)
        if existing.state is not RoundState.OPEN or moved == existing:
            return existing
        requests = await self._rounds.list_requests(existing.meeting)
        told = [plan.moved_unit(moved, now)] if moved.deadline_at != existing.deadline_at else []
        then = (*plan.units_of(moved), *plan.refresh_units(requests, now), *told)
        await self._rounds.move_round(moved, then=then)
        await history.note("status.moved", meeting=existing.meeting)
        return moved

    async def _call_off(self, existing: StatusRound | None, history: History) -> Outcome:
        if existing is None:
            return Done(note="the meeting is cancelled")
        return await self._close(existing.meeting, RequestState.WAIVED, (), history)

    async def _close(
        self, meeting: str, unanswered: RequestState, then: Sequence[DueUnit], history: History
    ) -> Outcome:
        requests = await self._rounds.list_requests(meeting)
        refresh = plan.refresh_units(requests, self._ports.clock.now())
        if await self._rounds.close_round(meeting, unanswered=unanswered, then=(*then, *refresh)):
            await history.note("status.closed", meeting=meeting)
        await self._ports.messages.drop([request.id for request in requests])
        for request in requests:
            await self._ports.links.revoke(request.id)
        return Done()

    # --------------------------------------------------------------------------------------------------------- sending

    async def _call_on(self, meeting_key: str, call: Call, history: History, *, only: str | None = None) -> Outcome:
        """Send *call* to everybody who owes an answer, or to the request *only*, in sending hours."""
        status_round = await self._current(meeting_key, history)
        meeting = await self._rounds.find_meeting(meeting_key)
        if status_round is None or meeting is None:
            return Done(note="no such round")
        return await RoundCalls(self._ports, status_round, meeting).send(call, history, only=only)

    async def _touch(
        self, message: Message, request: StatusRequest, status_round: StatusRound, history: History
    ) -> None:
        meeting = await self._rounds.find_meeting(request.meeting)
        programme, now = await self._ports.programme(), self._ports.clock.now()
        asked = plan.asked_now(programme, request, programme.today(now))
        truth = plan.shown(request, status_round, asked)
        if message.posted is None or message.reference.get("shows") == truth or meeting is None:
            return
        if not plan.known_requests(programme, [request]):
            return
        # A channel's card is for whoever is asked now; a chat's for the one whose chat it is.
        person = None if message.surface is Surface.CHANNEL else message.person
        also = [person] if person else []
        callers = await Callers.of(self._ports, programme, status_round, meeting, [request], also=also)
        reach = callers.reach(request, now, person=person)
        takes_answers = status_round.state is RoundState.OPEN
        replaced_by = plan.replaced_by(programme, request, message.person or "", programme.today(now))
        card = card_now(
            reach.asked, message, account=reach.account, takes_answers=takes_answers, replaced_by=replaced_by
        )
        notice = notice_now(reach.asked, takes_answers=takes_answers, replaced_by=replaced_by)
        try:
            await self._ports.bot.update_card(message.posted, card, summary=notice)
        except Permanent:
            # The chat or the message is gone, and with it the need.
            await history.note("status.card_gone", request=request.id, surface=message.surface)
        await self._ports.messages.note_reference(message.key, {**message.reference, "shows": truth})


def _planned(programme: Programme, meeting: BoardMeeting) -> StatusRound | None:
    """The round before *meeting* by the board's own times; None when no local board of the programme holds it."""
    body = programme.find_body(meeting.body)
    if body is None or body.kind is not BodyKind.LOCAL_BOARD or body.municipality is None:
        return None
    if not programme.takes_part(body.municipality, meeting.starts_local.date()):
        return None
    calendar = WorkCalendar(programme, body.municipality)
    moments = round_moments(meeting.starts_local, body.rounds or RoundTimes(), calendar)
    return plan.planned_round(meeting.key, body.municipality, moments)
