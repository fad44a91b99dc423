"""Every body's meetings through the programme: kept as announced, the rest where it fits best."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from config.programme import Programme
from config.values import Body, BodyKind, Occasion, RoundTimes
from workflows.meetings.commitments import Attendance, OtherMeeting
from workflows.meetings.date_rules import Around, BodyDays, Ground, Times, end_of
from workflows.meetings.date_search import Moved, PlannedDate, plan_occasion, plan_rhythm, times_of, times_of_occasion
from workflows.meetings.external import BY_THEM, USUAL_MINUTES, changed_meeting, follow, is_theirs, registered_dates
from workflows.meetings.model import Meeting, MeetingPlan, MeetingState, NoDate
from workflows.meetings.seats import people_ever_in
from workflows.ports.units import DueUnit
from workflows.working_days import Calendars, WorkCalendar, round_moments

NOTICE = timedelta(days=14)
"""A body's first meeting is announced at least this long before, and before its status round opens."""
BY_PEOPLE = ("meetings.asked_for", "meetings.in_outlook", BY_THEM)
"""The reasons of moves that people made; any other is the plan's own, of a date that was not announced."""
WORKING_WEEK = (0, 1, 2, 3, 4)
ORDER = (
    BodyKind.GATHERING,
    BodyKind.LOCAL_BOARD,
    BodyKind.OWNER_BOARD,
    BodyKind.LEAD_NETWORK,
    BodyKind.PACKAGE_LEADS,
    BodyKind.LEAD_TEAM,
)
"""The order of choosing: days for many before boards, boards before what waits for them, and last what can be any
day."""


def plan_meetings(programme: Programme, known: Sequence[Meeting], *, now: datetime) -> MeetingPlan:
    """
    Every body's meetings from *now* through the programme's last day.

    Of what is *known*, announced meetings stay where they are; those that are only planned move if they must. People
    never have to be in two meetings at once: who chooses later heeds those who chose before.
    """
    planning = _Planning(programme, known, now)
    # Their own meetings move for nobody.
    for body in sorted(programme.bodies, key=lambda body: (not is_theirs(programme, body), ORDER.index(body.kind))):
        planning.plan(body)
    return MeetingPlan(new=tuple(planning.new), changed=tuple(planning.changed), problems=tuple(planning.problems))


def as_planned(known: Sequence[Meeting], plan: MeetingPlan) -> list[Meeting]:
    """Return the *known* meetings as *plan* has them, and its new ones, in the order of time."""
    altered = {meeting.key: meeting for meeting in plan.changed}
    meetings = [*(altered.get(meeting.key, meeting) for meeting in known), *plan.new]
    return sorted(meetings, key=lambda meeting: (meeting.starts_local, meeting.key))


def days_for(programme: Programme, meeting: Meeting, known: Sequence[Meeting], *, now: datetime) -> BodyDays:
    """Return the days ahead for *meeting*, all *known* meetings of other bodies considered."""
    attendance = commitments_of(programme, programme.body(meeting.body))
    return _Planning(programme, known, now, attendance).days_for(meeting)


def commitments_of(programme: Programme, body: Body) -> Attendance:
    """Return the commitments of the people of one body alone: nobody else's stand in the way of its meetings."""
    return Attendance(programme, people=people_ever_in(programme, body))


def last_day_of(programme: Programme, body: Body) -> date:
    """The programme's last day, or that of the body's municipality when it leaves earlier."""
    until = programme.municipality(body.municipality).until if body.municipality else None
    return min(until or programme.last_day, programme.last_day)


class _Planning:
    """One go through all bodies. What is planned for one is settled for those who come after it."""

    def __init__(
        self, programme: Programme, known: Sequence[Meeting], now: datetime, attendance: Attendance | None = None
    ) -> None:
        self._programme = programme
        self._now = now
        self._today = programme.today(now)
        # Nobody is asked to come to a day that has passed.
        self._attendance = attendance or Attendance(programme, since=self._today)
        self._known: dict[str, list[Meeting]] = defaultdict(list)
        for meeting in known:
            self._known[meeting.body].append(meeting)
        self._standing = {
            body: [_as_other(meeting, settled=self._is_settled(meeting)) for meeting in meetings if meeting.stands]
            for body, meetings in self._known.items()
        }
        for others in self._standing.values():
            self._attendance.put(others)
        self._grounds: dict[tuple[WorkCalendar, RoundTimes | None, date], Ground] = {}
        self._calendars = Calendars(programme)
        self.new: list[Meeting] = []
        self.changed: list[Meeting] = []
        self.problems: list[NoDate] = []

    def plan(self, body: Body) -> None:
        mine = self._known.get(body.key, [])
        self._attendance.take(self._standing.get(body.key, ()))
        if is_theirs(self._programme, body):
            dates = registered_dates(self._programme, body)
            added, changed = ([], []) if dates is None else follow(self._programme, body, mine, dates, now=self._now)
        else:
            added, changed = self._ours(body, mine)
        self.new += added
        self.changed += changed
        altered = {meeting.key: meeting for meeting in changed}
        now = [altered.get(meeting.key, meeting) for meeting in mine] + added
        self._standing[body.key] = [_as_other(meeting, settled=True) for meeting in now if meeting.stands]
        self._attendance.put(self._standing[body.key])

    def _ours(self, body: Body, mine: Sequence[Meeting]) -> tuple[list[Meeting], list[Meeting]]:
        notice = max(NOTICE, timedelta(days=body.rounds.opens + 1)) if body.rounds else NOTICE
        first, last = max(self._programme.first_day, self._today + notice), last_day_of(self._programme, body)
        if first > last:
            return [], []
        standing = [meeting for meeting in mine if meeting.stands]
        soft = [item for item in standing if first <= item.day <= last and not self._is_settled(item)]
        left = _left_for_good(mine, soft)
        fixed = {
            moment.date(): moment.time()
            for moment in body.fixed_dates
            if moment.date() > self._today and moment.date() not in left
        }
        may_move = {item.key for item in soft}
        settled = {item.day: item.starts_local.time() for item in standing if item.key not in may_move}
        announced = {day: starts for day, starts in (fixed | settled).items() if first <= day <= last}
        kept = {
            item.day: item.starts_local.time() for item in soft if _still_fits(body, item, leads=item is standing[0])
        }
        plans = []
        if body.rhythm or body.occasions:
            around, ground = self._around(body, mine, announced), self._ground(body, first)
            plans = [
                plan_occasion(item, ground, around=around, kept=kept) for item in _open_occasions(body, standing, soft)
            ]
            previous = max((day for day in (fixed | settled) if day < first), default=None)
            plans.append(plan_rhythm(body, ground, around=around, previous=previous, announced=announced, kept=kept))
        self.problems += [NoDate(body=body.key, problem=problem) for plan in plans for problem in plan.problems]
        chosen = [item for plan in plans for item in plan.dates]
        chosen += [PlannedDate(day=day, starts=starts) for day, starts in fixed.items() if day not in settled]
        given_up = {day: reason for plan in plans for day, reason in plan.given_up.items()}
        return self._compare(body, mine, soft, sorted(chosen, key=lambda item: item.day), given_up)

    def days_for(self, meeting: Meeting) -> BodyDays:
        """The days from tomorrow on, with what everybody else has planned as it stands."""
        body = self._programme.body(meeting.body)
        mine = self._known.get(body.key, [])
        self._attendance.take(self._standing.get(body.key, ()))
        around = self._around(body, mine, {item.day: item.starts_local.time() for item in mine if item.stands})
        ground = self._ground(body, self._today + timedelta(days=1))
        return BodyDays(ground, _times(body, meeting), around, {})

    def _compare(
        self,
        body: Body,
        mine: Sequence[Meeting],
        soft: Sequence[Meeting],
        chosen: Sequence[PlannedDate],
        given_up: Mapping[date, str],
    ) -> tuple[list[Meeting], list[Meeting]]:
        """Return the meetings to add and to change so that the *soft* ones, which may move, become the *chosen*
        dates."""
        wanted = {item.day: self._meeting(body, item) for item in chosen}
        changed = []
        adrift = []
        for have in soft:
            want = wanted.pop(have.day, None)
            if want is None:
                adrift.append(have)
            elif _differs(have, want):
                changed.append(self._moved(have, want, "meetings.clash"))
        for have in adrift:
            near = min(wanted, key=lambda day: (abs(day - have.day), day), default=None)
            if near is None or abs(near - have.day) > _reach(body):
                changed.append(changed_meeting(have, self._now, state=MeetingState.CANCELLED))
            else:
                changed.append(self._moved(have, wanted.pop(near), given_up.get(have.day, "meetings.fits_the_rest")))
        taken = {meeting.key for meeting in mine}
        return [meeting for meeting in wanted.values() if meeting.key not in taken], changed

    def _moved(self, have: Meeting, want: Meeting, reason: str) -> Meeting:
        moved = have.moved
        if (have.starts_local, have.day) != (want.starts_local, want.day):
            moved = Moved(wanted=have.day, reason=reason)
        return changed_meeting(
            have,
            self._now,
            starts_local=want.starts_local,
            ends_local=want.ends_local,
            booked_by_us=want.booked_by_us,
            moved=moved,
        )

    def _around(self, body: Body, mine: Sequence[Meeting], announced: Mapping[date, time]) -> Around:
        rounds: list[list[date]] = []
        if body.rhythm and body.rhythm.after_local_round:
            boards = [item.key for item in self._programme.bodies if item.kind is BodyKind.LOCAL_BOARD]
            rounds = [[other.starts.date() for other in self._standing.get(board, ())] for board in boards]
        around = self._attendance.around(body, rounds)
        # A day whose meeting was called off or moved away is not proposed again.
        left = {item.announced_on for item in mine if not item.stands or item.announced_on != item.day}
        return replace(around, blocked=around.blocked | (left - announced.keys()))

    def _ground(self, body: Body, first: date) -> Ground:
        calendar = self._calendars.of(body.municipality)
        key = (calendar, body.rounds, first)
        if key not in self._grounds:
            self._grounds[key] = Ground(calendar, body.rounds, first=first, last=self._programme.last_day)
        return self._grounds[key]

    def _is_settled(self, meeting: Meeting) -> bool:
        return meeting.state is MeetingState.BOOKED or meeting.day <= self._today + NOTICE

    def _meeting(self, body: Body, item: PlannedDate) -> Meeting:
        occasion = next((one for one in body.occasions if one.first <= item.day <= one.last), None)
        minutes = occasion.minutes if occasion else body.rhythm.minutes if body.rhythm else USUAL_MINUTES
        return Meeting(
            key=f"{body.key}/{item.day.isoformat()}",
            body=body.key,
            state=MeetingState.PLANNED,
            starts_local=datetime.combine(item.day, item.starts),
            ends_local=datetime.combine(item.day, end_of(item.starts, minutes)),
            timezone=self._programme.timezone,
            location=body.location,
            changed_at=self._now,
            booked_by_us=body.book,
            moved=item.moved,
        )


def _as_other(meeting: Meeting, *, settled: bool) -> OtherMeeting:
    return OtherMeeting(
        body=meeting.body,
        starts=meeting.starts_local,
        ends=meeting.ends_local,
        location=meeting.location,
        settled=settled,
    )


def _open_occasions(body: Body, standing: Sequence[Meeting], soft: Sequence[Meeting]) -> list[Occasion]:
    """The occasions that have no meeting which stays. One that was moved out of its weeks is still theirs."""
    if not body.occasions:
        return []
    days = {day for item in standing if item not in soft for day in (item.day, item.announced_on)}
    return [item for item in body.occasions if not any(item.first <= day <= item.last for day in days)]


def _left_for_good(mine: Sequence[Meeting], soft: Sequence[Meeting]) -> set[date]:
    """The days on which a meeting was announced that was called off, or moved away other than by the plan, which could
    bring it back."""
    return {
        item.announced_on
        for item in mine
        if not item.stands or (item.announced_on != item.day and (item not in soft or is_moved_by_people(item)))
    }


def is_moved_by_people(meeting: Meeting) -> bool:
    """Tell whether people, and not the plan, last moved the meeting."""
    return meeting.moved is not None and meeting.moved.reason in BY_PEOPLE


def _times(body: Body, meeting: Meeting) -> Times:
    """On which weekdays and at what times *meeting* could be: the body's; its own when the body decided it itself."""
    if body.rhythm:
        return times_of(body.rhythm)
    occasion = next((item for item in body.occasions if item.first <= meeting.announced_on <= item.last), None)
    if occasion:
        return times_of_occasion(occasion)
    minutes = (meeting.ends_local - meeting.starts_local) // timedelta(minutes=1)
    return Times(weekdays=WORKING_WEEK, starts=(meeting.starts_local.time(),), minutes=minutes)


def _still_fits(body: Body, meeting: Meeting, *, leads: bool) -> bool:
    """
    Tell whether a planned meeting is where it is for a reason of its own, or where the rhythm still wants it.

    *leads*: it is the first of its chain. No date before it says why it lies where it does, so its hour alone tells.
    """
    if body.rhythm is None or meeting.moved is not None:
        return True
    if leads:
        return meeting.starts_local.time() == body.rhythm.starts
    return body.rhythm.preferred_weekday in (None, meeting.day.weekday())


def _differs(have: Meeting, want: Meeting) -> bool:
    names = ("starts_local", "ends_local", "booked_by_us")
    return any(getattr(have, name) != getattr(want, name) for name in names)


def _reach(body: Body) -> timedelta:
    """Return how far a planned meeting may move and still be the same."""
    return timedelta(days=body.rhythm.least_gap) if body.rhythm else timedelta.max


def round_units(programme: Programme, meetings: Iterable[Meeting], *, now: datetime) -> list[DueUnit]:
    """The units that a meeting sets going: a local board's status round, the owner board's summary."""
    calendars = Calendars(programme)
    units = []
    for meeting in meetings:
        body = programme.find_body(meeting.body)
        if body is None or body.rounds is None or not meeting.stands:
            continue
        moments = round_moments(meeting.starts_local, body.rounds, calendars.of(body.municipality))
        if body.kind is BodyKind.LOCAL_BOARD and moments.deadline_at > now:
            units.append(DueUnit(key=f"status.open:{meeting.key}", due_at=moments.opens_at))
        elif body.kind is BodyKind.OWNER_BOARD and meeting.starts_at > now:
            units.append(DueUnit(key=f"report.owner:{meeting.key}", due_at=moments.release_at))
    return units


# ------------------------------------------------------------------------------------------------------- for people
