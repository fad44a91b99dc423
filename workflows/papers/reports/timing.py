"""The moments of a report: when its local lead gets the draft, and when it is released."""

from datetime import datetime, timedelta

from config.programme import Programme
from config.values import Body, RoundTimes
from workflows.meetings.model import Meeting
from workflows.papers.reports.review import Review
from workflows.ports.units import DueUnit, Parked
from workflows.status.model import StatusRound
from workflows.working_days import WorkCalendar, last_moment_before, round_moments

DAY = timedelta(days=1)


def draft_unit(status_round: StatusRound, calendar: WorkCalendar) -> DueUnit:
    """Return the unit that shows the local lead the draft: a working day before its release."""
    return _draft_before(status_round.meeting, status_round.release_at, calendar)


def owner_draft_unit(programme: Programme, body: Body, meeting: Meeting) -> DueUnit:
    """Return the unit that shows the county lead the draft of the owner board's summary, a working day before."""
    release_at = owner_release(programme, body, meeting)
    return _draft_before(meeting.key, release_at, WorkCalendar(programme, body.municipality))


def _draft_before(meeting: str, release_at: datetime, calendar: WorkCalendar) -> DueUnit:
    release_day = release_at.astimezone(calendar.timezone).date()
    day = calendar.previous_sendable_day(release_day - DAY)
    return DueUnit(key=f"report.draft:{meeting}", due_at=calendar.moment(day, calendar.sending.first))


def release_unit(status_round: StatusRound) -> DueUnit:
    """Return the unit that releases the report of a round at its time."""
    return DueUnit(key=f"report.release:{status_round.meeting}", due_at=status_round.release_at)


def correction_unit(meeting: str, now: datetime) -> DueUnit:
    """Return the unit that releases a corrected version."""
    return DueUnit(key=f"report.correct:{meeting}", due_at=now)


def held_until(status_round: StatusRound, meeting_local: datetime, calendar: WorkCalendar) -> datetime:
    """Return the end of a hold: a board has its report a working day before it meets, whatever its lead does."""
    return max(status_round.release_at, last_moment_before(meeting_local, calendar))


def latest_release(
    programme: Programme, municipality: str | None, release_at: datetime, meeting_local: datetime
) -> datetime:
    """Return the last moment to release a report before its meeting."""
    return max(release_at, last_moment_before(meeting_local, WorkCalendar(programme, municipality)))


def wait_for_release(
    review: Review, status_round: StatusRound, meeting_local: datetime, calendar: WorkCalendar, now: datetime
) -> Parked | None:
    """Return the wait that is left before a report is released; None when it is time."""
    if review.held:
        until = held_until(status_round, meeting_local, calendar)
        return Parked(until=until, note="is held by the local lead") if now < until else None
    if review.send_now or now >= status_round.release_at:
        return None
    return Parked(until=status_round.release_at, note="is released later")


def owner_release(programme: Programme, body: Body, meeting: Meeting) -> datetime:
    """Return when the summary for the owner board's *meeting* is released."""
    calendar = WorkCalendar(programme, body.municipality)
    return round_moments(meeting.starts_local, body.rounds or RoundTimes(), calendar).release_at
