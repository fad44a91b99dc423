"""The calendar that work follows: public holidays, bridge days, school breaks, and when people may be written to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from config.programme import Programme
from config.values import RoundTimes, SchoolBreak

DAY = timedelta(days=1)
SATURDAY = 5
EACH_YEAR = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
"""Public holidays by month and day, as the laws of 1947 and 1995 name them."""
AROUND_EASTER = (-3, -2, 0, 1, 39, 49, 50)
"""Public holidays by days from Easter Sunday: Maundy Thursday to the day after Whit Sunday."""
SUMMER = timedelta(days=58)
"""From the first Saturday without school to the Monday it begins again."""


class DayOff(StrEnum):
    """The reason for a day without work or school."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    """The programme's own days off."""
    BRIDGE = "bridge"
    """One working day between days off (inneklemt)."""
    AUTUMN = "autumn"
    CHRISTMAS = "christmas"
    WINTER = "winter"
    EASTER = "easter"
    SUMMER = "summer"
    OTHER = "other"

    @property
    def text_key(self) -> str:
        """The key of its name in the texts."""
        return f"meetings.off_{self.value}"


NOT_WORKED = {DayOff.WEEKEND, DayOff.HOLIDAY, DayOff.CLOSED}


class WorkCalendar:
    """
    The days of a municipality, or of the county when none is given.

    A municipality's school break goes before the county's of the same kind and year. Where neither has one, the rule of
    thumb stands in (weeks 8 and 41, Easter week, 20 December to 3 January, eight weeks up to the third Monday of
    August), and the school year is listed in `assumed_years`.
    """

    def __init__(self, programme: Programme, municipality: str | None = None) -> None:
        self.timezone = ZoneInfo(programme.timezone)
        self._programme = programme
        self.sending = programme.sending
        self._closed = frozenset(programme.days_off)
        self._breaks = _by_kind_and_year(programme.breaks_of(municipality)) if municipality else {}
        for key, rows in _by_kind_and_year(programme.breaks_of(None)).items():
            self._breaks.setdefault(key, rows)
        self._spans = tuple(
            (kind, year, row.first, row.last) for (kind, year), rows in self._breaks.items() for row in rows
        )
        self._years: dict[int, Mapping[date, DayOff]] = {}

    def day_off_reason(self, day: date) -> DayOff | None:
        """Return the reason that *day* is no day for meetings or messages; None when it is one."""
        if day.year not in self._years:
            self._years[day.year] = _days_off(day.year, self._closed, self._spans)
        return self._years[day.year].get(day)

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open: also on bridge days and in school breaks."""
        return day.weekday() < SATURDAY and self.day_off_reason(day) not in NOT_WORKED

    def is_sendable(self, day: date) -> bool:
        """Tell whether unasked messages may leave on *day*."""
        return day.weekday() in self.sending.weekdays and self.day_off_reason(day) is None

    def next_sendable(self, moment: datetime) -> datetime:
        """*moment* itself when unasked messages may leave then, else the first moment after it when they may."""
        local = moment.astimezone(self.timezone)
        if self.is_sendable(local.date()):
            if local.time() < self.sending.first:
                return self.moment(local.date(), self.sending.first)
            if local.time() < self.sending.last:
                return moment.astimezone(UTC)
        return self.moment(self.next_sendable_day(local.date() + DAY), self.sending.first)

    def next_sendable_day(self, day: date) -> date:
        """*day*, or the first sendable day after it."""
        while not self.is_sendable(day):
            day += DAY
        return day

    def previous_sendable_day(self, day: date) -> date:
        """*day*, or the last sendable day before it."""
        while not self.is_sendable(day):
            day -= DAY
        return day

    def sendable_days(self, first: date, last: date) -> int:
        """Count the days, both ends included, on which messages may leave."""
        return sum(self.is_sendable(day) for day in days(first, last))

    def moment(self, day: date, at: time) -> datetime:
        """The UTC moment of a local wall time."""
        return datetime.combine(day, at, tzinfo=self.timezone).astimezone(UTC)

    def assumed_years(self) -> tuple[str, ...]:
        """School years of the programme in which a break is only assumed: a person should enter the adopted one."""
        assumed = set()
        for year in range(self._programme.first_day.year, self._programme.last_day.year + 1):
            for kind in _RULES:
                rows = self._breaks.get((kind, year), [])
                if not rows or any(row.status == "assumed" for row in rows):
                    assumed.add(_school_year(kind, year))
        return tuple(sorted(assumed))


class Calendars:
    """The calendars of a programme's municipalities; those without school breaks of their own share the county's."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._made: dict[str | None, WorkCalendar] = {}

    def of(self, municipality: str | None) -> WorkCalendar:
        """Return the calendar of a municipality, or of the county when none is given."""
        own = municipality if self._programme.breaks_of(municipality) else None
        if own not in self._made:
            self._made[own] = WorkCalendar(self._programme, own)
        return self._made[own]


Span = tuple[str, int, date, date]
"""A school break: kind, the year it starts in, first and last day."""


@lru_cache(maxsize=256)
def _days_off(year: int, closed: frozenset[date], breaks: tuple[Span, ...]) -> Mapping[date, DayOff]:
    """
    Every day off of a calendar year. Later assignments win: a holiday inside a break is called a holiday.

    Remembered: calendars are made by the hundred, of few municipalities and years.
    """
    public = _public_holidays(year)
    off: dict[date, DayOff] = {}
    for kind in DayOff:
        for day in _break_days(kind, year, breaks):
            off[day] = kind
    for day in days(date(year, 1, 1), date(year, 12, 31)):
        if day.weekday() >= SATURDAY:
            off[day] = DayOff.WEEKEND
        elif day in public:
            off[day] = DayOff.HOLIDAY
        elif day in closed:
            off[day] = DayOff.CLOSED
        elif _not_worked(day - DAY, public, closed) and _not_worked(day + DAY, public, closed):
            off.setdefault(day, DayOff.BRIDGE)
    return off


def _break_days(kind: DayOff, year: int, breaks: tuple[Span, ...]) -> Iterator[date]:
    # A break is kept under the year it starts in; Christmas reaches into the next.
    for start in (year - 1, year):
        spans = [(first, last) for name, begins, first, last in breaks if (name, begins) == (kind.value, start)]
        if not spans and kind.value in _RULES:
            spans = [_assumed(kind, start)]
        for first, last in spans:
            yield from (day for day in days(first, last) if day.year == year)


def _not_worked(day: date, public: frozenset[date], closed: frozenset[date]) -> bool:
    new_year = day.month == 1 and day.day == 1
    return day.weekday() >= SATURDAY or new_year or day in public or day in closed


def days(first: date, last: date) -> Iterator[date]:
    """Every day from *first* to *last*, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


_RULES = ("autumn", "christmas", "winter", "easter", "summer")


def _assumed(kind: DayOff, year: int) -> tuple[date, date]:
    """The break of that kind that starts in *year*, by the rule of thumb."""
    match kind:
        case DayOff.AUTUMN:
            return date.fromisocalendar(year, 41, 1), date.fromisocalendar(year, 41, 5)
        case DayOff.WINTER:
            return date.fromisocalendar(year, 8, 1), date.fromisocalendar(year, 8, 5)
        case DayOff.CHRISTMAS:
            return date(year, 12, 20), date(year + 1, 1, 3)
        case DayOff.EASTER:
            monday = _easter_monday(year)
            return monday - 7 * DAY, monday
        case _:
            middle = date(year, 8, 15)
            start = middle + timedelta(days=-middle.weekday() % 7)
            return start - SUMMER, start - DAY


@cache
def _public_holidays(year: int) -> frozenset[date]:
    """Return Norway's public holidays; Sundays that are nothing else stay out."""
    # Written out: a library of the world's calendars takes a sixth of a second, and as much memory as all our routes.
    moving = {easter(year) + days * DAY for days in AROUND_EASTER}
    return frozenset(moving | {date(year, month, day) for month, day in EACH_YEAR})


def _easter_monday(year: int) -> date:
    return easter(year) + DAY


def _by_kind_and_year(rows: Iterable[SchoolBreak]) -> dict[tuple[str, int], list[SchoolBreak]]:
    found: dict[tuple[str, int], list[SchoolBreak]] = {}
    for row in rows:
        found.setdefault((row.kind, row.first.year), []).append(row)
    return found


def _school_year(kind: str, year: int) -> str:
    start = year if kind in ("autumn", "christmas") else year - 1
    return f"{start}/{(start + 1) % 100:02}"


# -------------------------------------------------------------------------------------------------- a meeting's round


@dataclass(frozen=True, kw_only=True)
class RoundMoments:
    """The moments of a status round's steps, UTC: opens_at < reminders < deadline_at < release_at."""

    opens_at: datetime
    reminders_at: tuple[datetime, ...]
    deadline_at: datetime
    release_at: datetime


def round_moments(meeting_local: datetime, times: RoundTimes, calendar: WorkCalendar) -> RoundMoments:
    """
    The moments of the round before a meeting (*meeting_local*: naive wall time).

    The opening moves forward to a sendable moment; deadline and release move backwards over days off and breaks, and
    the deadline lies a sendable day before the release. Reminders stand only between opening and deadline.
    """
    meeting = meeting_local.date()
    hours = calendar.sending
    opens_at = calendar.next_sendable(calendar.moment(meeting - timedelta(days=times.opens), hours.first))
    deadline = deadline_day(meeting, times, calendar)
    reminder_days = [calendar.next_sendable_day(meeting - timedelta(days=number)) for number in times.reminders]
    reminder_days.append(calendar.previous_sendable_day(deadline - times.last_reminder_before_deadline * DAY))
    reminders = {calendar.moment(day, hours.first) for day in reminder_days if day < deadline}
    return RoundMoments(
        opens_at=opens_at,
        reminders_at=tuple(sorted(moment for moment in reminders if moment > opens_at)),
        deadline_at=calendar.moment(deadline, hours.last),
        release_at=calendar.moment(release_day(meeting, times, calendar), hours.first),
    )


def release_day(meeting: date, times: RoundTimes, calendar: WorkCalendar) -> date:
    """The day on which the report for *meeting* is released."""
    return calendar.previous_sendable_day(meeting - timedelta(days=times.release))


def deadline_day(meeting: date, times: RoundTimes, calendar: WorkCalendar) -> date:
    """The last day to answer before *meeting*."""
    wanted = meeting - timedelta(days=times.deadline)
    return calendar.previous_sendable_day(min(wanted, release_day(meeting, times, calendar) - DAY))


def last_moment_before(meeting_local: datetime, calendar: WorkCalendar) -> datetime:
    """The end of the last sendable day before a meeting (*meeting_local*: naive wall time)."""
    return calendar.moment(calendar.previous_sendable_day(meeting_local.date() - DAY), calendar.sending.last)


def days_to_answer(meeting: date, times: RoundTimes, calendar: WorkCalendar) -> int:
    """Count the sendable days, both ends included, from the opening of a meeting's round to its deadline."""
    opens = meeting - timedelta(days=times.opens)
    return calendar.sendable_days(opens, deadline_day(meeting, times, calendar))
