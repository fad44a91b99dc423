"""Status rounds decided from plain data: who is asked and where, what is due when, and how a round turned out."""

import hashlib
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from config.programme import Programme
from config.values import Indicator, Person, Role, WorkPackage
from workflows.messages.outbox import AGAIN, Message, MessageState, Surface
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import DueUnit
from workflows.status.model import (
    AnswerContent,
    IndicatorResult,
    PackageResult,
    RequestLine,
    RequestState,
    RoundOverview,
    RoundResult,
    RoundState,
    Stage,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.working_days import RoundMoments

REQUEST = "status_request"
REMINDER = "reminder"
MOVED = "moved"
NOTICE = timedelta(hours=24)
"""The least that people have left when a meeting is moved nearer."""
LEAD_FAILED, LEAD_UNANSWERED, LEAD_QUESTION = "lead_failed", "lead_unanswered", "lead_question"
"""Kinds of messages. What the local lead hears stands in workflows/status/lead_notices.py."""


# ------------------------------------------------------------------------------------------------------ who and where


def request_id(meeting: str, work_package: str) -> str:
    """The id of a package's request in a round: the same for ever, and nothing to guess a package's name from."""
    return _digest(meeting, work_package)


def escalation_id(request: str, level: str) -> str:
    """The id of the one question a request lifts to a level; a newer answer changes its words."""
    return _digest(request, level)


def package_leads(programme: Programme, work_package: str, on: date) -> tuple[Person, ...]:
    """Who leads the package on that day."""
    return _holders(programme, Role.WORK_PACKAGE_LEAD, on, work_package=work_package)


def local_leads(programme: Programme, municipality: str, on: date) -> tuple[Person, ...]:
    """Who leads the programme's work in the municipality on that day."""
    return _holders(programme, Role.LOCAL_LEAD, on, municipality=municipality)


def who_is_asked(programme: Programme, package: WorkPackage, on: date) -> Person | None:
    """The package's lead; the local lead for a package without one; None when there is neither."""
    asked = package_leads(programme, package.key, on) or local_leads(programme, package.municipality, on)
    return asked[0] if asked else None


def asked_now(programme: Programme, request: StatusRequest, on: date) -> str:
    """The key of who is asked on that day; of who was asked at the opening when there is nobody now."""
    package = programme.find_work_package(request.work_package)
    asked = who_is_asked(programme, package, on) if package else None
    return asked.key if asked else request.person


def begun_requests(
    programme: Programme, requests: Sequence[StatusRequest], drafts: Mapping[str, Collection[str]], on: date
) -> frozenset[str]:
    """The requests that somebody who may answer them has begun to answer. *drafts*: who has one, by request."""

    def may(request: StatusRequest, person: str) -> bool:
        package = programme.find_work_package(request.work_package)
        return package is not None and is_on_behalf(programme, package, person, on) is not None

    return frozenset(item.id for item in requests if any(may(item, person) for person in drafts.get(item.id, ())))


def replaced_by(programme: Programme, request: StatusRequest, person: str, on: date) -> str:
    """Who is asked instead of *person*, as readers know them; empty while *person* may answer."""
    package = programme.work_package(request.work_package)
    if is_on_behalf(programme, package, person, on) is not None:
        return ""
    return name_of(programme, asked_now(programme, request, on))


def is_on_behalf(programme: Programme, package: WorkPackage, person: str, on: date) -> bool | None:
    """Whether *person* would answer for somebody else; None when they may not answer at all."""
    leads = package_leads(programme, package.key, on)
    if any(lead.key == person for lead in leads):
        return False
    if any(lead.key == person for lead in local_leads(programme, package.municipality, on)):
        return bool(leads)
    return None


def new_requests(programme: Programme, meeting: str, municipality: str, now: datetime) -> tuple[StatusRequest, ...]:
    """One request for each package that runs when the round opens."""
    asked = []
    for package in programme.running_packages(municipality, on=programme.today(now)):
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
    Where to reach somebody, the best first; each next one is used when the one before fails.

    A post in Teams to a guest succeeds and is never seen, so guests and people without an account get the e-mail. Who
    is a guest, the directory says, not the employer.
    """
    if account is None or account.kind is not AccountKind.MEMBER or not account.enabled:
        return (Surface.EMAIL,)
    return (Surface.PERSONAL, Surface.CHANNEL, Surface.EMAIL) if channel else (Surface.PERSONAL, Surface.EMAIL)


def remembered_first(surfaces: tuple[Surface, ...], reached: Surface | None) -> tuple[Surface, ...]:
    """Where somebody was *reached* last goes first, if they can be reached there still."""
    return tuple(dict.fromkeys((reached, *surfaces))) if reached in surfaces and reached is not None else surfaces


def channel_of(channels: Mapping[str, str], work_package: str) -> str | None:
    """The package's own channel, else the board's, among a place's things by their keys."""
    own = (id_ for key, id_ in channels.items() if key.startswith("channel:") and key.endswith(f"/{work_package}"))
    return next(own, channels.get("channel:board"))


def message_key(kind: str, request: str, surface: Surface, number: int = 0, *, person: str = "") -> str:
    """The key of a message: the request's first one, or its reminder *number*; *person*: who took it over."""
    return "/".join([kind, request, *([f"@{person}"] if person else []), *([str(number)] if number else []), surface])


def known_requests(programme: Programme, requests: Sequence[StatusRequest]) -> tuple[StatusRequest, ...]:
    """Those whose work package the register still has: an import may have taken one out of an open round."""
    return tuple(request for request in requests if programme.find_work_package(request.work_package) is not None)


# ------------------------------------------------------------------------------------------------------------ what when


def planned_round(meeting: str, municipality: str, moments: RoundMoments) -> StatusRound:
    """The round as it will open."""
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
    An open round where its meeting is now. *last*: the last moment to answer before the meeting.

    Nobody is cut off: a deadline that the move would bring into the past, or nearer than NOTICE, stays where it was if
    that is before the meeting, and is *last* else.
    """
    moved = replace(planned, state=existing.state, opens_at=existing.opens_at)
    if planned.deadline_at >= min(existing.deadline_at, now + NOTICE):
        return moved
    deadline = max(planned.deadline_at, min(existing.deadline_at, last))
    return replace(moved, deadline_at=deadline, release_at=max(planned.release_at, deadline))


def next_takeover(programme: Programme, requests: Sequence[StatusRequest], today: date, last: date) -> date | None:
    """The first day after *today*, up to *last*, on which somebody else is asked for one of the open *requests*."""
    owing = [request for request in known_requests(programme, requests) if request.state is RequestState.OPEN]
    asked = [asked_now(programme, request, today) for request in owing]
    later = (today + timedelta(days=number) for number in range(1, (last - today).days + 1))
    return next((day for day in later if [asked_now(programme, item, day) for item in owing] != asked), None)


def units_of(status_round: StatusRound) -> tuple[DueUnit, ...]:
    """What an open round makes due."""
    meeting = status_round.meeting
    reminders = (
        DueUnit(key=f"status.remind:{meeting}/{number}", due_at=moment)
        for number, moment in enumerate(status_round.reminders_at, start=1)
    )
    # Who has not answered the last reminder, the local lead hears of.
    escalation = (DueUnit(key=f"status.escalate:{meeting}", due_at=moment) for moment in status_round.reminders_at[-1:])
    return (
        sending_unit(meeting, status_round.opens_at),
        *reminders,
        *escalation,
        DueUnit(key=f"status.close:{meeting}", due_at=status_round.deadline_at),
    )


def sending_unit(meeting: str, due_at: datetime) -> DueUnit:
    """What asks everybody of an open round who has not been asked."""
    return DueUnit(key=f"status.send:{meeting}", due_at=due_at)


def opening_unit(status_round: StatusRound) -> DueUnit:
    """What makes a planned round open at its time."""
    return DueUnit(key=f"status.open:{status_round.meeting}", due_at=status_round.opens_at)


def compile_unit(meeting: str, now: datetime) -> DueUnit:
    """What turns a closed round into the board's report."""
    return DueUnit(key=f"report.compile:{meeting}", due_at=now)


def refresh_units(requests: Sequence[StatusRequest], now: datetime) -> tuple[DueUnit, ...]:
    """What brings the cards of *requests* up to date."""
    return tuple(refresh_unit(request.id, now) for request in requests)


def refresh_unit(request: str, now: datetime) -> DueUnit:
    """What brings the cards of a request up to date."""
    return DueUnit(key=f"status.refresh:{request}", due_at=now)


def unanswered_key(status_round: StatusRound) -> str:
    """The key, but for its reader, of what tells the local lead who does not answer; anew after a move."""
    return f"{LEAD_UNANSWERED}/{status_round.meeting}/{status_round.deadline_at:%Y%m%d}"


def moved_unit(status_round: StatusRound, now: datetime) -> DueUnit:
    """What tells people that the deadline moved with the meeting."""
    return DueUnit(key=f"status.moved:{status_round.meeting}", due_at=now)


def lifted_unit(request: str, now: datetime) -> DueUnit:
    """What tells the local lead that an answer asks the board for a decision."""
    return DueUnit(key=f"status.lifted:{request}", due_at=now)


def shown(request: StatusRequest, status_round: StatusRound, asked: str) -> str:
    """What the truth is made of, in short: a card that shows it needs no touch. *asked*: who is asked now."""
    deadline = status_round.deadline_at.isoformat()
    return f"{status_round.state}/{request.state}/{request.latest_version}/{deadline}/{asked}"


def is_outdated_reminder(status_round: StatusRound, number: int, now: datetime) -> bool:
    """Whether a later reminder is due already (after an outage): then only that one is sent."""
    return any(moment <= now for moment in status_round.reminders_at[number:])


# ---------------------------------------------------------------------------------------------------- how it turned out


def round_result(
    programme: Programme,
    status_round: StatusRound,
    requests: Sequence[StatusRequest],
    answers: Mapping[str, StatusAnswer],
    previous: Mapping[str, StatusAnswer],
) -> RoundResult:
    """
    A round as the report needs it, packages in the register's order.

    *answers*: the newest of this round by request. *previous*: the newest of earlier rounds by package.
    """
    order = {package.key: number for number, package in enumerate(programme.work_packages)}
    asked = [request for request in requests if request.state is not RequestState.WAIVED]
    known = sorted((item for item in asked if item.work_package in order), key=lambda item: order[item.work_package])

    def result(request: StatusRequest) -> PackageResult:
        # Whoever led it when the round closed, not who was asked when it opened.
        lead = name_of(programme, asked_now(programme, request, programme.today(status_round.deadline_at)))
        return _package_result(
            programme, request, answers.get(request.id), previous.get(request.work_package), lead=lead
        )

    return RoundResult(round=status_round, packages=tuple(map(result, known)))


def indicator_results(
    indicators: Sequence[Indicator], now: AnswerContent | None, previous: AnswerContent | None
) -> tuple[IndicatorResult, ...]:
    """The indicators with this round's numbers and those before; without an earlier number, the baseline."""
    return tuple(
        IndicatorResult(
            key=indicator.key,
            name=indicator.name,
            unit=indicator.unit,
            better=indicator.better,
            target=indicator.target,
            previous=previous.indicators.get(indicator.key, indicator.baseline) if previous else indicator.baseline,
            now=now.indicators.get(indicator.key) if now else None,
        )
        for indicator in indicators
    )


def round_overview(
    programme: Programme,
    status_round: StatusRound,
    requests: Sequence[StatusRequest],
    messages: Sequence[Message],
    answers: Mapping[str, StatusAnswer],
    *,
    on: date,
    lead_told: bool = False,
    drafted: Container[str] = (),
) -> RoundOverview:
    """
    Who owes what in a round, where they were reached and what failed on the way.

    *answers*: the newest by request. *on*: the day whose leads are meant. *lead_told*: the local lead was told who does
    not answer. *drafted*: the requests that somebody has begun to answer.
    """

    def line(request: StatusRequest) -> RequestLine:
        own = [message for message in messages if message.request == request.id]
        stage = _stage(request, own, lead_told=lead_told, drafted=request.id in drafted)
        lead = name_of(programme, asked_now(programme, request, on))
        return _line(programme, request, own, answers.get(request.id), lead, stage)

    return RoundOverview(round=status_round, lines=tuple(map(line, requests)))


def _package_result(
    programme: Programme,
    request: StatusRequest,
    answer: StatusAnswer | None,
    previous: StatusAnswer | None,
    *,
    lead: str,
) -> PackageResult:
    package = programme.work_package(request.work_package)
    content = answer.content if answer else None
    before = previous.content if previous else None
    texts = (
        {}
        if content is None
        else {
            "done": content.done,
            "next": content.next,
            "hinders": content.hinders,
            "question": content.question,
            "proposal": content.proposal,
        }
    )
    return PackageResult(
        request=request.id,
        work_package=package.key,
        name=package.name,
        lead=lead,
        light=content.light if content else None,
        previous_light=before.light if before else None,
        indicators=indicator_results(package.indicators, content, before),
        follow_ups=content.follow_ups if content else {},
        on_behalf=answer.on_behalf if answer else False,
        **texts,
    )


def _line(
    programme: Programme,
    request: StatusRequest,
    messages: Sequence[Message],
    answer: StatusAnswer | None,
    lead: str,
    stage: Stage,
) -> RequestLine:
    sent = [message for message in messages if message.state is MessageState.SENT]
    failed = [message for message in messages if message.state is MessageState.FAILED]
    return RequestLine(
        stage=stage,
        failed_on=tuple(dict.fromkeys(message.surface.value for message in failed)),
        on_behalf=answer.on_behalf if answer else False,
        lifts=bool(answer and answer.content.question),
        request=request.id,
        work_package=request.work_package,
        name=package.name if (package := programme.find_work_package(request.work_package)) else "",
        lead=lead,
        state=request.state,
        surfaces=tuple(dict.fromkeys(message.surface.value for message in sent if message.kind == REQUEST)),
        failures=tuple(message.failure for message in messages if message.failure),
        reminders=sum(message.kind == REMINDER and AGAIN not in message.key for message in sent),
    )


def _stage(request: StatusRequest, messages: Sequence[Message], *, lead_told: bool, drafted: bool) -> Stage:
    if request.state is RequestState.OPEN:
        sent = [message.kind for message in messages if message.state is MessageState.SENT]
        if drafted:
            return Stage.DRAFT
        if lead_told:
            return Stage.ESCALATED
        if REMINDER in sent:
            return Stage.REMINDED
        return Stage.SENT if sent else Stage.PLANNED
    if request.state is RequestState.ANSWERED and request.latest_version > 1:
        return Stage.CORRECTED
    return Stage(request.state)


def name_of(programme: Programme, person: str) -> str:
    """A person as readers know them; empty for somebody the register does not know any more."""
    return known.name if (known := programme.find_person(person)) else ""


def _holders(
    programme: Programme, role: Role, on: date, *, municipality: str | None = None, work_package: str | None = None
) -> tuple[Person, ...]:
    # A package is unique in the programme, so an assignment in it may name the municipality or not.
    keys = dict.fromkeys(item.person for item in programme.assigned(role, work_package, municipality) if item.holds(on))
    return tuple(programme.person(key) for key in keys)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
