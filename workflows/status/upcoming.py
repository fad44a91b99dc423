"""Messages of rounds that nobody has planned yet: the requests of the next round, and the next reminder of an open one.

They are shown as they would look if they left as things stand; people, answers and the directory may change till then.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from config.programme import Programme
from config.values import BodyKind
from workflows.messages.model import Message
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.model import RoundState, StatusRequest, StatusRound
from workflows.status.ports import BoardMeeting, RecipientPorts
from workflows.status.recipients import REQUEST_NOTICE, RoundNotice, RoundRecipients

HORIZON = timedelta(days=70)
"""A meeting further away opens no round that is looked at here: a round opens some weeks before its meeting."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One notice that will leave to everybody of a round who owes an answer then."""

    notice: RoundNotice
    at: datetime
    round: StatusRound
    meeting: BoardMeeting
    requests: tuple[StatusRequest, ...]

    @property
    def municipality(self) -> str:
        return self.round.municipality


def sendings_to_come(
    programme: Programme,
    *,
    meetings: Sequence[BoardMeeting],
    rounds: Sequence[StatusRound],
    owing: Sequence[StatusRequest],
    now: datetime,
) -> tuple[Sending, ...]:
    """
    Return what will leave to rounds, the earliest first: of each board the next opening, and of each open round the
    next reminder.

    *meetings*: those to come, by their start. *rounds*: theirs, in any state. *owing*: their open requests.
    """
    known = {meeting.key: meeting for meeting in meetings}
    begun = {item.meeting for item in rounds}
    to_open = [meeting for meeting in meetings if meeting.key not in begun]
    still_open = [item for item in rounds if item.state is RoundState.OPEN]
    found = [*_openings(programme, to_open, now), *_reminders(programme, known, still_open, owing, now)]
    return tuple(sorted(found, key=lambda item: (item.at, item.municipality)))


def _openings(programme: Programme, meetings: Sequence[BoardMeeting], now: datetime) -> Iterator[Sending]:
    seen: set[str] = set()
    for meeting in meetings:
        planned = None if meeting.body in seen else plan.round_before(programme, meeting)
        if planned is None or planned.deadline_at <= now:
            continue
        seen.add(meeting.body)
        requests = plan.new_requests(programme, meeting.key, planned.municipality, planned.opens_at)
        yield Sending(notice=REQUEST_NOTICE, at=planned.opens_at, round=planned, meeting=meeting, requests=requests)


def _reminders(
    programme: Programme,
    meetings: dict[str, BoardMeeting],
    rounds: Sequence[StatusRound],
    owing: Sequence[StatusRequest],
    now: datetime,
) -> Iterator[Sending]:
    by_meeting: dict[str, list[StatusRequest]] = {}
    for request in plan.known_requests(programme, owing):
        by_meeting.setdefault(request.meeting, []).append(request)
    for status_round in rounds:
        coming = [item for item in enumerate(status_round.reminders_at, start=1) if item[1] > now]
        requests = by_meeting.get(status_round.meeting, ())
        if coming and requests and status_round.meeting in meetings:
            number, at = coming[0]
            yield Sending(
                notice=RoundNotice(kind=plan.REMINDER, number=number),
                at=at,
                round=status_round,
                meeting=meetings[status_round.meeting],
                requests=tuple(requests),
            )


class UpcomingMessages:
    """Tells what will leave to rounds, and writes it as it would look. Changes nothing."""

    def __init__(self, ports: RecipientPorts) -> None:
        self._ports = ports

    async def list_sendings(self) -> tuple[Sending, ...]:
        """Return what will leave to rounds, the earliest first."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        boards = [body.key for body in programme.bodies if body.kind is BodyKind.LOCAL_BOARD]
        local = programme.local_time(now).replace(tzinfo=None)
        meetings = await self._ports.rounds.list_meetings(
            bodies=boards, after_local=local, before_local=local + HORIZON
        )
        rounds = await self._ports.rounds.list_rounds_before([meeting.key for meeting in meetings])
        owing = await self._ports.rounds.list_open_requests([item.meeting for item in rounds])
        # Beside the loop: of a country it takes longer than others should wait.
        plan_all = partial(sendings_to_come, programme, meetings=meetings, rounds=rounds, owing=owing, now=now)
        return await asyncio.to_thread(plan_all)

    async def messages_of(self, sending: Sending, *, only: str | None = None) -> list[Message]:
        """Write the messages of *sending*, or that of the request *only*, without links to forms."""
        wanted = [request for request in sending.requests if only in (None, request.id)]
        context = RoundContext(
            programme=await self._ports.programme(), meeting=sending.meeting, round=sending.round, now=sending.at
        )
        recipients = await RoundRecipients.of(self._ports, context, wanted)
        found = [recipients.find_recipient(request, sending.at) for request in wanted]
        return [
            await recipients.message(sending.notice, recipient, recipient.surfaces[0], with_link=False)
            for recipient in found
            if recipient is not None
        ]

    async def find_message(self, meeting: str, work_package: str) -> Message | None:
        """Write the next message about a package in the round before *meeting*; None when none will leave."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        found = await self._ports.rounds.find_meeting(meeting)
        if found is None or found.cancelled:
            return None
        rounds = await self._ports.rounds.list_rounds_before([meeting])
        owing = await self._ports.rounds.list_open_requests([meeting]) if rounds else ()
        request = plan.request_id(meeting, work_package)
        for sending in sendings_to_come(programme, meetings=[found], rounds=rounds, owing=owing, now=now):
            if request in {item.id for item in sending.requests}:
                return next(iter(await self.messages_of(sending, only=request)), None)
        return None
