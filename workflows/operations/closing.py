"""The end of the programme: what stands open is ended, nothing is deleted, and a proof says how each place was left.

It is ordered by a person, after the programme's last day and once the archive has a receipt for every paper. The order
is one unit, which may run twice and stop anywhere; each of its looks does what is still missing.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.errors import IdentityClosed, NotFound
from workflows.meetings.events import WITHDRAWN
from workflows.meetings.model import Meeting, MeetingStore
from workflows.meetings.moves import MeetingMoves, can_change
from workflows.operations.wind_down import ENDED, Archive, OpenWork, site_lock
from workflows.papers.archive.ports import HandoverStore
from workflows.papers.archive.receipts import without_receipt
from workflows.papers.record import PaperRecord
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.rollout.handlers import CLOSED_AGAIN
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.rollout.ports import Resource, Resources

KIND = "programme.close"
CLOSED = "closed"
"""Key of what is noted about a place that the end of the programme archived."""
UNTIL_WITHDRAWN = timedelta(minutes=10)


class OpenLinks(Protocol):
    """Addresses that still open something: answer forms, papers, calendar feeds, tabs."""

    async def count_open(self) -> int: ...
    async def end_all(self, *, at: datetime) -> int:
        """End every one, and have none issued any more; return how many ended. A repeat is harmless."""
        ...


class RoundsToEnd(Protocol):
    async def count_open(self) -> int:
        """Count the rounds that still take answers."""
        ...


class SendingSwitch(Protocol):
    async def is_paused(self, municipality: str | None = None) -> bool: ...
    async def pause(self, municipality: str | None = None, *, by: str = "") -> None:
        """Stop everything that leaves unasked."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClosingPorts:
    """Everything that the end of the programme reaches."""

    programme: Callable[[], Awaitable[Programme]]
    archive: Archive
    work: OpenWork
    rounds: RoundsToEnd
    meetings: MeetingStore
    moves: MeetingMoves
    resources: Resources
    links: OpenLinks
    sending: SendingSwitch
    papers: PaperRecord
    handovers: HandoverStore
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class PlaceAtEnd:
    """A place as it stands. *archived*: None for one that was never made, or whose team is gone."""

    key: str
    name: str
    archived: bool | None
    lock: str = ""
    """The command by which an administrator makes its site read-only: no application may."""


@dataclass(frozen=True, kw_only=True)
class ClosingState:
    """Everything that the end of the programme is about, as it stands now."""

    at: datetime
    is_over: bool
    """The programme's last day has passed."""
    places: Sequence[PlaceAtEnd]
    meetings: Sequence[str]
    """Meetings ahead that still stand."""
    waiting: Sequence[str]
    """Meetings that are called off, and still lie in calendars."""
    rounds: int
    links: int
    is_paused: bool
    missing: Mapping[str, Sequence[str]]
    """By meeting, the papers that the archive has no receipt for."""
    papers: int

    @property
    def may_close(self) -> bool:
        return self.is_over and not self.missing

    @property
    def is_closed(self) -> bool:
        left = self.meetings or self.waiting or self.rounds or self.links or self.missing
        return not left and self.is_paused and all(place.archived is not False for place in self.places)


class Closing:
    """Ends the programme, and tells how it stands."""

    def __init__(self, ports: ClosingPorts) -> None:
        self._ports = ports

    async def state(self, *, asks: bool = True) -> ClosingState:
        """
        Tell how everything stands, changing nothing.

        *asks* the teams themselves, and raises IdentityClosed; else a team is archived when that was noted.
        """
        programme, now = await self._ports.programme(), self._ports.clock.now()
        meetings = await self._ports.meetings.list_meetings()
        records = [await self._ports.papers.of_body(body.key) for body in programme.bodies]
        return ClosingState(
            at=now,
            is_over=programme.today(now) > programme.last_day,
            places=[await self._place(programme, spec, asks=asks) for spec in programme.places],
            meetings=[item.key for item in meetings if can_change(programme, item, now)],
            waiting=[item.key for item in meetings if waits(item, now)],
            rounds=await self._ports.rounds.count_open(),
            links=await self._ports.links.count_open(),
            is_paused=await self._ports.sending.is_paused(),
            missing=without_receipt(records, await self._ports.handovers.handovers()),
            papers=sum(1 for record in records for _ in record.paper_keys()),
        )

    async def close(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `programme.close` [programme]: end what stands open, and stop sending last, so that people are told."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        if programme.today(now) <= programme.last_day:
            return Done(note="the programme goes on")
        for item in programme.municipalities:
            await self._ports.work.call_off(item.slug, history)
        await self._cancel(programme, now, history)
        if any(waits(item, now) for item in await self._ports.meetings.list_meetings()):
            return Parked(until=now + UNTIL_WITHDRAWN, note="meetings are being called off")
        try:
            for spec in programme.places:
                await self._archive(spec, history)
        except IdentityClosed:
            return Parked(until=now + CLOSED_AGAIN, note=BUILDER_CLOSED)
        if ended := await self._ports.links.end_all(at=now):
            await history.note("closing.links_ended", links=ended)
        if not await self._ports.sending.is_paused():
            await self._ports.sending.pause()
        await history.note("closing.closed", places=len(programme.places))
        return Done(note=texts.say("closing.done", programme.language))

    async def _cancel(self, programme: Programme, now: datetime, history: History) -> None:
        reason = texts.say("closing.meeting_reason", programme.language)
        for meeting in await self._ports.meetings.list_meetings():
            if can_change(programme, meeting, now):
                await self._ports.moves.cancel(meeting.key, reason)
                await history.note("closing.meeting_cancelled", meeting=meeting.key)

    async def _archive(self, spec: PlaceSpec, history: History) -> None:
        team = (await self._ports.resources.of(spec.key)).get("team")
        if team is None:
            return
        try:
            if await self._ports.archive.is_team_archived(team.external_id):
                return
            await self._ports.archive.set_team(team.external_id, archived=True)
        except NotFound:
            # People removed it: then there is nothing to archive.
            return
        await self._ports.resources.keep(spec.key, Resource(key=CLOSED, external_id=team.external_id))
        await history.note("closing.place_archived", place=spec.key)

    async def _place(self, programme: Programme, spec: PlaceSpec, *, asks: bool) -> PlaceAtEnd:
        things = await self._ports.resources.of(spec.key)
        archived: bool | None = None
        if "team" in things and not asks:
            archived = CLOSED in things or ENDED in things
        elif "team" in things:
            try:
                archived = await self._ports.archive.is_team_archived(things["team"].external_id)
            except NotFound:
                archived = None
        lock = site_lock(programme, things["site"], locked=True) if "site" in things else ""
        return PlaceAtEnd(key=spec.key, name=spec.name, archived=archived, lock=lock)


def waits(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a meeting is called off here, and still stands in calendars."""
    ours = meeting.booked_by_us and bool(meeting.event_id)
    return ours and not meeting.stands and meeting.starts_at > now and not meeting.booked.get(WITHDRAWN)
