"""Status rounds decided from plain data: the people asked and the surfaces, and what is due when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from config.programme import Programme
from config.values import BodyKind, Person, Role, RoundTimes, WorkPackage
from workflows.digest import digest
from workflows.messages.model import Surface
from workflows.ports.accounts import Account
from workflows.ports.units import DueUnit
from workflows.status.model import (
    RequestState,
    RoundState,
    StatusRequest,
    StatusRound,
)
from workflows.status.ports import BoardMeeting
from workflows.working_days import Calendars, RoundMoments, WorkCalendar, round_moments

REQUEST = "status_request"
REMINDER = "reminder"
MOVED = "moved"
MIN_NOTICE = timedelta(hours=24)
"""The least that people have left when a meeting is moved nearer."""
WORKING_DAYS_TO_CALL = 2
"""Left to the local lead before the deadline, to get in touch or to answer on behalf."""
LEAD_FAILED, LEAD_UNANSWERED, LEAD_QUESTION = "lead_failed", "lead_unanswered", "lead_question"
"""Kinds of messages. What the local lead hears stands in workflows/status/lead_notices.py."""


# ------------------------------------------------------------------------------------------------------ who and where


def request_id(meeting: str, work_package: str) -> str:
    """Return the id of a package's request in a round: the same for ever, and not to be guessed from its name."""
    return digest(meeting, work_package)


def told_unit(request: str, deadline_at: datetime) -> DueUnit:
    """Return the unit that takes what an answer says of earlier questions; at the deadline, as it can change until
    then."""
    return DueUnit(key=f"questions.follow:{request}", due_at=deadline_at)


def escalation_id(request: str, level: str) -> str:
    """Return the id of the one question a request lifts to a level; a newer answer changes its words."""
    return digest(request, level)


def package_leads(programme: Programme, work_package: str, on: date) -> tuple[Person, ...]:
    """List the package's leads on that day."""
    return _holders(programme, Role.WORK_PACKAGE_LEAD, on, work_package=work_package)


def local_leads(programme: Programme, municipality: str, on: date) -> tuple[Person, ...]:
    """List the local leads of the municipality on that day."""
    return _holders(programme, Role.LOCAL_LEAD, on, municipality=municipality)


def who_is_asked(programme: Programme, package: WorkPackage, on: date) -> Person | None:
    """Return the package's lead; the local lead for a package without one; None when there is neither."""
    asked = package_leads(programme, package.key, on) or local_leads(programme, package.municipality, on)
    return asked[0] if asked else None


def may_help(programme: Programme, package: WorkPackage, meeting: str, on: date) -> tuple[Person, ...]:
    """
    List the local leads who may answer for a package: its municipality's, and those of the board that asks.

    *meeting*: the key of the meeting whose round asks; empty for any.
    """
    body = programme.find_body(meeting.rpartition("/")[0])
    asking = local_leads(programme, body.municipality, on) if body is not None and body.municipality else ()
    return (*local_leads(programme, package.municipality, on), *asking)


def find_asked(programme: Programme, request: StatusRequest, on: date) -> Person | None:
    """Return the person who is asked on that day; None when nobody leads package or municipality any more."""
    package = programme.find_work_package(request.work_package)
    return who_is_asked(programme, package, on) if package else None


def asked_now(programme: Programme, request: StatusRequest, on: date) -> str:
    """Return the key of the person asked on that day; of the one asked at the opening when there is nobody now."""
    asked = find_asked(programme, request, on)
    return asked.key if asked else request.person


def begun_requests(
    programme: Programme, requests: Sequence[StatusRequest], drafts: Mapping[str, Collection[str]], on: date
) -> frozenset[str]:
    """Return the requests that somebody with the right to has begun to answer. *drafts*: who has one, by request."""

    def may(request: StatusRequest, person: str) -> bool:
        package = programme.find_work_package(request.work_package)
        return package is not None and is_on_behalf(programme, package, person, on, request.meeting) is not None

    return frozenset(item.id for item in requests if any(may(item, person) for person in drafts.get(item.id, ())))


def replaced_by(programme: Programme, request: StatusRequest, person: str, on: date) -> str | None:
    """Return the name of the one who is asked instead of *person*, empty for nobody; None while *person* may answer."""
    package = programme.work_package(request.work_package)
    if is_on_behalf(programme, package, person, on, request.meeting) is not None:
        return None
    asked = find_asked(programme, request, on)
    return asked.name if asked else ""


def is_on_behalf(programme: Programme, package: WorkPackage, person: str, on: date, meeting: str = "") -> bool | None:
    """Tell whether *person* would answer a meeting's round for somebody else; None when they may not answer at all."""
    leads = package_leads(programme, package.key, on)
    if any(lead.key == person for lead in leads):
        return False
    if any(lead.key == person for lead in may_help(programme, package, meeting, on)):
        return bool(leads)
    return None


def new_requests(programme: Programme, meeting: str, municipality: str, now: datetime) -> tuple[StatusRequest, ...]:
    """Make one request for each package that reports to the board when the round opens."""
    asked = []
    for package in programme.reporting_packages(municipality, on=programme.today(now)):
        person = who_is_asked(programme, package, programme.today(now))
        asked.append(
            StatusRequest(
                id=request_id(meeting, package.key),
                meeting=meeting,
                work_package=package.key,
                person=person.key if person else "",
                state=RequestState.OPEN,
                opened_at=now,
            )
        )
    return tuple(asked)


def surfaces_for(account: Account | None, channel: str | None) -> tuple[Surface, ...]:
    """
    List the surfaces to reach somebody on, the best first; each next one is used when the one before fails.

    Guests and people without an account get the e-mail: they do not see what is posted in Teams.
    """
    if account is None or not account.sees_teams:
        return (Surface.EMAIL,)
    return (Surface.PERSONAL, Surface.CHANNEL, Surface.EMAIL) if channel else (Surface.PERSONAL, Surface.EMAIL)


def remembered_first(surfaces: tuple[Surface, ...], reached: Surface | None) -> tuple[Surface, ...]:
    """Put the surface on which somebody was *reached* last first, if they can be reached there still."""
    return tuple(dict.fromkeys((reached, *surfaces))) if reached in surfaces and reached is not None else surfaces


def channel_of(channels: Mapping[str, str], work_package: str) -> str | None:
    """Return the package's own channel, else the board's, among a place's things by their keys."""
    own = (id_ for key, id_ in channels.items() if key.startswith("channel:") and key.endswith(f"/{work_package}"))
    return next(own, channels.get("channel:board"))


def message_key(kind: str, request: str, surface: Surface, number: int = 0, *, person: str = "") -> str:
    """Return the key of a message: the request's first one, or its reminder *number*; *person*: who took it over."""
    return "/".join([kind, request, *([f"@{person}"] if person else []), *([str(number)] if number else []), surface])


def known_requests(programme: Programme, requests: Sequence[StatusRequest]) -> tuple[StatusRequest, ...]:
    """Return the requests whose work package the register still has; an import may have taken one out."""
    return tuple(request for request in requests if programme.find_work_package(request.work_package) is not None)


# ------------------------------------------------------------------------------------------------------------ what when


def round_before(programme: Programme, meeting: BoardMeeting, calendars: Calendars | None = None) -> StatusRound | None:
    """
    Return the round before *meeting*, by the board's own times, as it will open.

    *calendars*: of the programme, where many meetings are asked about.

    None when no local board of a municipality that takes part holds the meeting.
    """
    body = programme.find_body(meeting.body)
    if body is None or body.kind is not BodyKind.LOCAL_BOARD or body.municipality is None:
        return None
    if not programme.takes_part(body.municipality, meeting.starts_local.date()):
        return None
    calendar = (calendars or Calendars(programme)).of(body.municipality)
    moments = round_moments(meeting.starts_local, body.rounds or RoundTimes(), calendar)
    return planned_round(meeting.key, body.municipality, moments)


def planned_round(meeting: str, municipality: str, moments: RoundMoments) -> StatusRound:
    """Return the round with its moments as it will open."""
    return StatusRound(
        meeting=meeting,
        municipality=municipality,
        state=RoundState.PLANNED,
        opens_at=moments.opens_at,
        reminders_at=moments.reminders_at,
        deadline_at=moments.deadline_at,
        release_at=moments.release_at,
    )


def followed(existing: StatusRound, planned: StatusRound, *, last: datetime, now: datetime) -> StatusRound:
    """
    Return an open round where its meeting is now. *last*: the last moment to answer before the meeting.

    Nobody is cut off: a deadline that the move would bring into the past, or nearer than MIN_NOTICE, stays where it was
    if that is before the meeting, and is *last* else.
    """
    moved = replace(planned, state=existing.state, opens_at=existing.opens_at)
    if planned.deadline_at >= min(existing.deadline_at, now + MIN_NOTICE):
        return moved
    deadline = max(planned.deadline_at, min(existing.deadline_at, last))
    return replace(moved, deadline_at=deadline, release_at=max(planned.release_at, deadline))


def next_takeover(programme: Programme, requests: Sequence[StatusRequest], today: date, last: date) -> date | None:
    """Return the first day after *today*, up to *last*, on which another person is asked for an open request."""
    owing = [request for request in known_requests(programme, requests) if request.state is RequestState.OPEN]
    asked = [asked_now(programme, request, today) for request in owing]
    later = (today + timedelta(days=number) for number in range(1, (last - today).days + 1))
    return next((day for day in later if [asked_now(programme, item, day) for item in owing] != asked), None)


def missing_told_at(deadline_at: datetime, calendar: WorkCalendar) -> datetime:
    """Return the moment at which the local lead hears who has not answered: two working days before the deadline."""
    day = deadline_at.astimezone(calendar.timezone).date()
    for _ in range(WORKING_DAYS_TO_CALL):
        day = calendar.previous_sendable_day(day - timedelta(days=1))
    return calendar.moment(day, calendar.sending.first)


def units_of(status_round: StatusRound, calendar: WorkCalendar) -> tuple[DueUnit, ...]:
    """Return the units that an open round makes due."""
    meeting = status_round.meeting
    reminders = (
        DueUnit(key=f"status.remind:{meeting}/{number}", due_at=moment)
        for number, moment in enumerate(status_round.reminders_at, start=1)
    )
    told_at = max(status_round.opens_at, missing_told_at(status_round.deadline_at, calendar))
    return (
        sending_unit(meeting, status_round.opens_at),
        *reminders,
        DueUnit(key=f"status.escalate:{meeting}", due_at=told_at),
        DueUnit(key=f"status.close:{meeting}", due_at=status_round.deadline_at),
    )


def sending_unit(meeting: str, due_at: datetime) -> DueUnit:
    """Return the unit that asks everybody of an open round who has not been asked."""
    return DueUnit(key=f"status.send:{meeting}", due_at=due_at)


def opening_unit(status_round: StatusRound) -> DueUnit:
    """Return the unit that opens a planned round at its time."""
    return DueUnit(key=f"status.open:{status_round.meeting}", due_at=status_round.opens_at)


def compile_unit(meeting: str, now: datetime) -> DueUnit:
    """Return the unit that turns a closed round into the board's report."""
    return DueUnit(key=f"report.compile:{meeting}", due_at=now)


def refresh_units(requests: Sequence[StatusRequest], now: datetime) -> tuple[DueUnit, ...]:
    """List the units that bring the cards of *requests* up to date."""
    return tuple(refresh_unit(request.id, now) for request in requests)


def refresh_unit(request: str, now: datetime) -> DueUnit:
    """Return the unit that brings the cards of a request up to date."""
    return DueUnit(key=f"status.refresh:{request}", due_at=now)


def unanswered_key(status_round: StatusRound) -> str:
    """Return the key, but for its reader, of the mail about missing answers; anew after a move."""
    return f"{LEAD_UNANSWERED}/{status_round.meeting}/{status_round.deadline_at:%Y%m%d}"


def renewal_unit(request: str, now: datetime) -> DueUnit:
    """Return the unit that sends a request once more because somebody asks for it; the same one all day."""
    # Renewals of links are numbered from one: a date is none of their numbers.
    return DueUnit(key=f"status.renew:{request}/{now:%Y%m%d}", due_at=now)


def moved_unit(status_round: StatusRound, now: datetime) -> DueUnit:
    """Return the unit that tells people that the deadline moved with the meeting."""
    return DueUnit(key=f"status.moved:{status_round.meeting}", due_at=now)


def lifted_unit(request: str, now: datetime) -> DueUnit:
    """Return the unit that tells the local lead that an answer asks the board for a decision."""
    return DueUnit(key=f"status.lifted:{request}", due_at=now)


def shown(request: StatusRequest, status_round: StatusRound, asked: Person | None) -> str:
    """Return the fingerprint of what a card shows: a card with this one needs no touch. *asked*: the person of now."""
    deadline, person = status_round.deadline_at.isoformat(), asked.key if asked else ""
    return f"{status_round.state}/{request.state}/{request.latest_version}/{deadline}/{person}"


def is_outdated_reminder(status_round: StatusRound, number: int, now: datetime) -> bool:
    """Tell whether a later reminder is due already (after an outage): then only that one is sent."""
    return any(moment <= now for moment in status_round.reminders_at[number:])


def name_of(programme: Programme, person: str) -> str:
    """Return a person as readers know them; empty for somebody the register does not know any more."""
    return known.name if (known := programme.find_person(person)) else ""


def _holders(
    programme: Programme, role: Role, on: date, *, municipality: str | None = None, work_package: str | None = None
) -> tuple[Person, ...]:
    # A package is unique in the programme, so an assignment in it may name the municipality or not.
    keys = dict.fromkeys(item.person for item in programme.assigned(role, work_package, municipality) if item.holds(on))
    return tuple(programme.person(key) for key in keys)
