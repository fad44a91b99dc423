"""The meeting desk: plans every body's meetings and sees to it that ours stand in people's calendars.

Every write to an event with attendees mails people. So an event is written when it is missing, and otherwise only what
differs from what was last written, all of it at once; the papers have a stable address from the first booking on, so
that they never cause a write. What the delegates of the organizer's calendar move or cancel there is followed.

People move and cancel meetings while a booking runs. So a meeting is kept only as long as it is what was read; when it
is not, theirs stands, and the next run, which their change made due, brings the calendar there.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Body, RoundTimes
from workflows.errors import Invalid
from workflows.meetings import events
from workflows.meetings.external import handed_over, is_theirs
from workflows.meetings.model import Meeting, MeetingPlan, MeetingState, MeetingStore
from workflows.meetings.moves import cancelled, following
from workflows.meetings.plan import plan_meetings, round_units
from workflows.meetings.quorum import attendance, quorum_unit, quorum_units
from workflows.messages.delivery import PAUSE_CHECK_INTERVAL
from workflows.messages.mailboxes import organizer_for
from workflows.messages.model import Pauses
from workflows.ports.accounts import KnownAccounts, Recipients
from workflows.ports.calendar import BookedEvent, Calendar, EventSpec
from workflows.ports.links import Links
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked

LOOK_AGAIN = timedelta(minutes=5)
"""The time Exchange gets to make the link into a Teams meeting before we look again."""
GONE_FOR = timedelta(hours=1)
"""The time an event must be missing before we believe that a person deleted it."""
KNOWN_FOR = timedelta(days=400)
"""The time for which a meeting is known when others are planned and booked: what is read grows no further with the
years."""
LOOK_BACK = timedelta(days=3)
"""The time after its start in which a meeting is still read: it may be moved or cancelled on its own day."""
LOOK_AT = time(5, 0)
"""The time of day, local, when the calendar is read: somebody may have moved a meeting, or answered."""
MONDAY, FRIDAY = 0, 4
_GONE_AT = "gone_at"


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """The values of one look into a body's calendar."""

    programme: Programme
    body: Body
    history: History
    now: datetime
    others: Mapping[str, str]
    """The other addresses of those who are or were invited, with those that we invite them by."""


class MeetingDesk:
    """*organizers*: the mailboxes whose calendars hold the meetings; a body stays with the same one."""

    def __init__(
        self,
        *,
        store: MeetingStore,
        calendar: Calendar,
        links: Links,
        clock: Clock,
        programme: Callable[[], Awaitable[Programme]],
        organizers: Sequence[str],
        public_url: str,
        recipients: Recipients,
        accounts: KnownAccounts,
        pauses: Pauses,
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._links = links
        self._clock = clock
        self._programme = programme
        self._organizers = tuple(organizers)
        self._public_url = public_url.rstrip("/")
        self._recipients = recipients
        self._accounts = accounts
        self._pauses = pauses

    async def plan(self) -> MeetingPlan:
        """
        Plan what is missing through the programme's last day, and make due what follows: bookings and status rounds.

        Announced meetings stay where they are: a repeat adds none, and lets the bookings be compared again.
        """
        programme, now = await self._programme(), self._clock.now()
        decided = await self._store.consider((now - KNOWN_FOR).date(), partial(_decide, programme, now=now))
        altered = []
        for meeting in decided.plan.changed:
            # A round that is open already follows, or is called off, by the same unit.
            known_to_all = meeting.state is not MeetingState.PLANNED
            follows = [DueUnit(key=f"status.open:{meeting.key}", due_at=now)] if known_to_all else []
            then = [*follows, *round_units(programme, [meeting], now=now)]
            # Whoever moved it meanwhile had the plan made due again.
            if await self._store.change(decided.before[meeting.key], meeting, then):
                altered.append(meeting)
        passed_by = {meeting.key for meeting in decided.plan.changed}.difference(meeting.key for meeting in altered)
        units = [unit for unit in decided.following if unit.subject not in passed_by]
        await self._store.add(decided.plan.new, units)
        return replace(decided.plan, changed=tuple(altered))

    # ------------------------------------------------------------------------------------------------- the calendars

    async def book(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `meetings.book` [body]: bring the body's future meetings into its people's calendars, and learn
        what changed there. Looks again while there are any: `next_look` says when. Of meetings that have begun, it only
        learns what changed. While sending is paused there, nothing is written: each write mails people."""
        programme, now = await self._programme(), self._clock.now()
        body = programme.find_body(unit.subject)
        if await self._pauses.is_paused(body.municipality if body is not None else None):
            return Parked(until=now + PAUSE_CHECK_INTERVAL, note="sending is paused")
        known = await self._store.list_meetings(unit.subject, since=(now - KNOWN_FOR).date())
        home = home_of(unit.subject, known, self._organizers)
        # Also what is not booked yet: it goes where the body's others are.
        mine = [replace(item, organizer=item.organizer or home) for item in known if _concerns_calendars(item, now)]
        if body is None:
            mine = [await self._call_off(programme, meeting, now) for meeting in mine if meeting.starts_at > now]
        ours = body is not None and not is_theirs(programme, body)
        standing = [meeting for meeting in mine if meeting.stands and ours]
        theirs = body is not None and not ours
        leaving = [meeting for meeting in mine if not meeting.stands or (theirs and meeting.starts_at > now)]
        if not standing and not leaving:
            return Done(note="nothing of ours to book")
        if not self._organizers:
            raise Invalid("book meetings", "no organizer mailbox is named in the settings")
        found = await self._find([*standing, *leaving])
        for meeting in leaving:
            await self._withdraw(programme, meeting, found.get(meeting.key), history)
        if body is None or not standing:
            return Done(note="no meeting of ours stands")
        others = events.other_addresses(await self._accounts.find_accounts(_emails(programme, body, standing)))
        desk = _Desk(programme=programme, body=body, history=history, now=now, others=others)
        seen = [await self._see_to(desk, meeting, found.get(meeting.key)) for meeting in standing]
        return await self._next_look(desk, [meeting for meeting in seen if meeting.stands])

    async def _find(self, meetings: Sequence[Meeting]) -> dict[str, BookedEvent]:
        found: dict[str, BookedEvent] = {}
        for organizer in sorted({meeting.organizer for meeting in meetings}):
            keys = [meeting.key for meeting in meetings if meeting.organizer == organizer]
            found |= await self._calendar.find_events(organizer, keys)
        gone = [meeting for meeting in meetings if _is_missing(meeting, found)]
        if len(gone) > 1 and not found:
            # One person deletes one meeting. A calendar without any of them is another thing gone wrong.
            raise Invalid("look for meetings", "none of those that were booked is in the organizer's calendar")
        return found

    async def _see_to(self, desk: _Desk, meeting: Meeting, event: BookedEvent | None) -> Meeting:
        """One meeting: its event booked, changed or followed. Returns the meeting as it stands now."""
        if event is None and meeting.event_id:
            return await self._missing(desk, meeting)
        followed = meeting if event is None else events.followed(desk.body, meeting, event, desk.now)
        if followed is not meeting and not await self._follow(desk, meeting, followed):
            return meeting
        if not followed.stands or followed.starts_at <= desk.now:
            return followed
        spec = events.event_of(desk.programme, desk.body, followed, self._recipients)
        if event is None:
            event = await self._book(desk, followed, spec)
        else:
            event = await self._update(desk, followed, spec, event)
        return followed if event is None else await self._keep(desk, followed, spec, event)

    async def _book(self, desk: _Desk, meeting: Meeting, spec: EventSpec) -> BookedEvent | None:
        """Invite its people; None when the meeting is another by now."""
        if await self._is_outdated(meeting):
            return None
        spec = replace(spec, body_html=await self._invitation(desk, meeting))
        event = await self._calendar.book(meeting.organizer, spec)
        await desk.history.note("meetings.booked", meeting=meeting.key, attendees=len(spec.attendees))
        return event

    async def _update(self, desk: _Desk, meeting: Meeting, spec: EventSpec, event: BookedEvent) -> BookedEvent | None:
        """Write what differs, if anything; None when that has to wait: for the end of a rehearsal, or because the
        meeting is another by now."""
        # Without a note of ours a crash came between booking and noting: then the event itself tells what was written.
        aliases = events.known_as(desk.programme, spec, meeting.booked, event, desk.others)
        changes = events.changes(spec, meeting.booked, event, aliases)
        if not changes:
            return event
        if events.is_held(event, self._recipients):
            await desk.history.note("meetings.held", meeting=meeting.key, fields=", ".join(changes))
            return None
        if await self._is_outdated(meeting):
            return None
        if changes.keys() != {"attendees"}:
            changes["body_html"] = await self._invitation(desk, meeting)
        event = await self._calendar.update(meeting.organizer, event.id, changes)
        await desk.history.note("meetings.changed", meeting=meeting.key, fields=", ".join(changes))
        return event

    async def _keep(self, desk: _Desk, meeting: Meeting, spec: EventSpec, event: BookedEvent) -> Meeting:
        """Note what stands in the calendar now, and let follow what the answers call for."""
        aliases = events.known_as(desk.programme, spec, meeting.booked, event, desk.others)
        answers = events.answers_in(event, aliases)
        kept = replace(events.noted(meeting, spec, event, desk.now, aliases), answers=answers)
        if kept == meeting:
            return meeting
        then = quorum_unit(desk.body, attendance(desk.programme, desk.body, kept), kept, desk.now)
        known: Meeting | None = meeting
        while known is not None and not await self._store.change(known, kept, then):
            # It is when people want it by now; what its people were told is true all the same, and their answers are
            # about another day.
            known = await self._store.find_meeting(meeting.key)
            if known is not None:
                kept = events.noted(replace(known, organizer=meeting.organizer), spec, event, desk.now, aliases)
            then = []
        return kept

    async def _is_outdated(self, meeting: Meeting) -> bool:
        """Tell whether somebody changed the meeting since it was read. Asked before each write, since a run with many
        takes
        minutes: nobody is invited to what was moved or cancelled meanwhile."""
        known = await self._store.find_meeting(meeting.key)
        return known is None or known.version != meeting.version

    async def _missing(self, desk: _Desk, meeting: Meeting) -> Meeting:
        """An event that was there and is not found: deleted by a person once it stays away for a while."""
        gone_at = meeting.booked.get(_GONE_AT)
        if gone_at is None:
            await desk.history.note("meetings.event_gone", meeting=meeting.key)
            noted = replace(meeting, booked={**meeting.booked, _GONE_AT: desk.now.isoformat()})
            return noted if await self._store.change(meeting, noted) else meeting
        if desk.now < datetime.fromisoformat(gone_at) + GONE_FOR:
            return meeting
        gone = events.cancelled_there(meeting, desk.now)
        return gone if await self._follow(desk, meeting, gone) else meeting

    async def _follow(self, desk: _Desk, was: Meeting, now: Meeting) -> bool:
        """Keep what a person did in the organizer's calendar; Outlook told the others already. Not when the meeting was
        changed here meanwhile: then that stands."""
        if not await self._store.change(was, now, following(desk.programme, now, desk.now, book=False)):
            return False
        moved = "meetings.moved_there" if was.starts_local != now.starts_local else "meetings.changed_there"
        await desk.history.note(moved if now.stands else "meetings.cancelled_there", meeting=now.key)
        return True

    async def _call_off(self, programme: Programme, meeting: Meeting, now: datetime) -> Meeting:
        """Cancel a meeting ahead whose body is in the register no more."""
        if not meeting.stands:
            return meeting
        words = texts.say("meetings.body_gone", texts.choose(programme.language))
        gone = cancelled(meeting, now, words=words)
        return gone if await self._store.change(meeting, gone, following(programme, gone, now, book=False)) else meeting

    async def _withdraw(
        self, programme: Programme, meeting: Meeting, event: BookedEvent | None, history: History
    ) -> None:
        """Take a meeting that is cancelled, or theirs now, out of the calendars, with one word to its people."""
        if event is not None and events.is_held(event, self._recipients):
            await history.note("meetings.held", meeting=meeting.key, fields="cancelled")
            return
        event_id = event.id if event else meeting.event_id
        if event_id:
            await self._calendar.cancel(meeting.organizer, event_id, events.farewell(programme, meeting))
            await history.note("meetings.cancelled", meeting=meeting.key)
        # A run in between noted the same; where it did not, a repeat is harmless.
        gone = handed_over(meeting, self._clock.now()) if meeting.stands else events.withdrawn(meeting)
        await self._store.change(meeting, gone)

    async def _next_look(self, desk: _Desk, meetings: Sequence[Meeting]) -> Outcome:
        if not meetings:
            return Done(note="no meeting of ours stands")
        gone = [meeting for meeting in meetings if _GONE_AT in meeting.booked]
        if gone:
            return Parked(until=desk.now + GONE_FOR, note=f"{len(gone)} meetings are not found in the calendar")
        incomplete = [item for item in meetings if events.lacks_link(item) and item.starts_at > desk.now]
        failed = [item for item in incomplete if events.link_failed(item, desk.now)]
        if len(failed) < len(incomplete):
            await desk.history.note("meetings.join_link_missing", meetings=len(incomplete))
            note = f"{len(incomplete)} meetings have no link into Teams yet"
            return Parked(until=desk.now + LOOK_AGAIN, note=note)
        until = next_look(desk.now, desk.body, meetings, daily=bool(failed))
        if failed:
            await desk.history.note("meetings.join_link_failed", meetings=len(failed))
            return Parked(until=until, note=f"failed: {len(failed)} meetings have got no link into Teams")
        return Parked(until=until, note=f"{len(meetings)} meetings stand")

    async def _invitation(self, desk: _Desk, meeting: Meeting) -> str:
        address = f"{self._public_url}/moter/{await self._links.issue('papers', meeting.key)}"
        return events.invitation(desk.programme, desk.body, meeting, address)


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """A plan, the meetings that it changes as they were *before*, and the units of all meetings as it has them."""

    plan: MeetingPlan
    before: Mapping[str, Meeting]
    following: Sequence[DueUnit]


def _decide(programme: Programme, known: Sequence[Meeting], *, now: datetime) -> _Decided:
    plan = plan_meetings(programme, known, now=now)
    changed = {meeting.key: meeting for meeting in plan.changed}
    standing = [changed.get(meeting.key, meeting) for meeting in known]
    return _Decided(
        plan=plan,
        before={meeting.key: meeting for meeting in known if meeting.key in changed},
        following=_following_units(programme, standing, plan.new, now),
    )


def home_of(body: str, known: Sequence[Meeting], organizers: Sequence[str]) -> str:
    """Return the mailbox of a body's meetings to come: that of its last one, as long as it is among *organizers*."""
    used = (meeting.organizer for meeting in reversed(known) if meeting.organizer in organizers)
    return next(used, "") or organizer_for(body, organizers)


def next_look(now: datetime, body: Body, meetings: Sequence[Meeting], *, daily: bool = False) -> datetime:
    """Return when a body's calendar is read next, given its *meetings*: every working day's morning from the day before
    the
    next one's round opens, while one lies just behind, or when it must be *daily*; else on Mondays."""
    following = min(meetings, key=lambda meeting: meeting.starts_at)
    zone = ZoneInfo(following.timezone)
    urgent_from = following.day - timedelta(days=(body.rounds or RoundTimes()).opens + 1)
    local = now.astimezone(zone)
    day = local.date() if local.time() < LOOK_AT else local.date() + timedelta(days=1)
    # Whoever moves a meeting at the weekend is read on Monday, before anybody else is up.
    while day.weekday() != MONDAY and (day.weekday() > FRIDAY or (day < urgent_from and not daily)):
        day += timedelta(days=1)
    return datetime.combine(day, LOOK_AT, zone).astimezone(now.tzinfo)


def _following_units(
    programme: Programme, standing: Sequence[Meeting], new: Sequence[Meeting], now: datetime
) -> list[DueUnit]:
    """List the units that planned meetings make due: bookings, quorums and status rounds; of *standing* those ahead."""
    # First the cheap question: a country has thousands of meetings, and those behind it open nothing any more.
    today = programme.today(now)
    near = (meeting for meeting in standing if meeting.day >= today)
    ahead = [unit for unit in round_units(programme, near, now=now) if unit.due_at > now]
    ours = {item.body for item in (*standing, *new) if _concerns_calendars(item, now)}
    bookings = [DueUnit(key=f"meetings.book:{body}", due_at=now) for body in sorted(ours)]
    return [*bookings, *quorum_units(programme, standing, now), *ahead, *round_units(programme, new, now=now)]


def _concerns_calendars(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a meeting ahead stands in calendars through us, or should, or must be taken out of them; or one has
    begun
    there lately."""
    if not meeting.booked_by_us:
        return False
    if meeting.starts_at <= now:
        return meeting.stands and bool(meeting.event_id) and now < meeting.starts_at + LOOK_BACK
    return meeting.stands or not events.is_withdrawn(meeting)


def _is_missing(meeting: Meeting, found: Mapping[str, BookedEvent]) -> bool:
    return bool(meeting.event_id) and meeting.stands and meeting.key not in found


def _emails(programme: Programme, body: Body, meetings: Sequence[Meeting]) -> list[str]:
    """List the addresses of everybody who is or was invited to *meetings*, also of those who have left since."""
    days = {meeting.day for meeting in meetings}
    emails = {person.email.lower() for day in days for person, _ in programme.board_people(body, day)}
    return sorted(emails.union(*(events.invited_in(meeting.booked) for meeting in meetings)))
