"""Agendas and minutes: a meeting's agenda is fixed and sent with the report, its minutes are prepared and published.

The handlers of the units `agenda.publish`, `minutes.prepare` and `minutes.publish`. No message leaves for an agenda:
the report's mail tells of it too.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import texts
from config.programme import Programme
from config.values import Body, BodyKind
from documents.document import Document
from workflows.meetings.model import Meeting
from workflows.papers.agendas.model import Agenda, StoredAgenda
from workflows.papers.agendas.plan import agenda_moments, agenda_unit, as_it_stands, draft_agenda
from workflows.papers.agendas.ports import AgendaPorts
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.file_copies import MakeFile, MeetingPapers, make_word_file, meeting_folder
from workflows.papers.minutes.notice import ApprovedMinutes, approved_notices, minutes_notices
from workflows.papers.minutes.plan import prepared_minutes
from workflows.papers.questions.life import QuestionLife
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import ReportContent, ReportState
from workflows.papers.reports.plan import meeting_facts
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status.model import Level

PREPARED = timedelta(days=1)
"""The time before a meeting at which its minutes are prepared, and the agenda waits for the report no longer."""
LOOK_AGAIN = timedelta(hours=1)
NO_PLACE_YET = timedelta(days=1)
TAKEN = timedelta(minutes=1)
AHEAD = timedelta(days=15)
"""The reach of a sweep; the next one comes within a week."""
REPORTING = (BodyKind.LOCAL_BOARD, BodyKind.OWNER_BOARD)
"""The bodies whose agendas wait for a report."""


@dataclass(frozen=True)
class _Part:
    """One of a meeting's files: its name in texts and in what was noted, when it was made, the meeting's day, and which
    version it is."""

    name: Literal["agenda", "draft", "minutes"]
    at: datetime
    day: date
    version: int | str


class Agendas:
    """The handlers of the units about agendas and minutes."""

    def __init__(self, ports: AgendaPorts, *, make_file: MakeFile = make_word_file) -> None:
        self._ports = ports
        self._store = ports.store
        self._questions = QuestionLife(ports.questions)
        self._make_file = make_file

    # ------------------------------------------------------------------------------------------------------- handlers

    async def publish(self, unit: DueUnit, history: History) -> Outcome:
        """Fix the meeting's agenda when its time has come, and put it into the meeting's folder."""
        programme = await self._ports.programme()
        meeting, body = await self._meeting(programme, unit.subject)
        if meeting is None or body is None or not body.agenda:
            return Done(note="no meeting with an agenda")
        stored = await self._store.find_agenda(meeting.key)
        if stored is None:
            waits = await self._waits(programme, body, meeting)
            if waits is not None:
                return waits
            stored = await self._fix(programme, meeting, history)
        if stored is None:
            return Parked(until=self._ports.clock.now() + TAKEN, note="another agenda took the numbers")
        if not await self._questions.take_up(stored):
            return self._overtaken()
        document = agenda_document(as_it_stands(stored.content, meeting), _language(programme, stored))
        part = _Part("agenda", stored.released_at, meeting.day, _edition(stored, meeting))
        return await self._copy(programme, stored, history, part, document)

    async def prepare(self, unit: DueUnit, history: History) -> Outcome:
        """Put prepared minutes into the meeting's folder the day before, unless somebody has recorded already."""
        programme = await self._ports.programme()
        meeting, body = await self._meeting(programme, unit.subject)
        stored = await self._store.find_agenda(unit.subject)
        if meeting is None or body is None or stored is None:
            return Done(note="no meeting with an agenda")
        if await self._store.newest_minutes(meeting.key) is not None:
            return Done(note="recorded already")
        now = self._ports.clock.now()
        if now < meeting.starts_at - PREPARED:
            return Parked(until=meeting.starts_at - PREPARED, note="is prepared the day before")
        minutes = prepared_minutes(programme, meeting, stored.content)
        document = minutes_document(minutes, stored.content, _language(programme, stored), prepared=True)
        part = _Part("draft", now, meeting.day, _edition(stored, meeting))
        return await self._copy(programme, stored, history, part, document)

    async def publish_minutes(self, unit: DueUnit, history: History) -> Outcome:
        """
        Settle the questions that the newest minutes are about, and tell the others who may record.

        Minutes that are approved answer them, are mailed to the board and to who asked, and lie in the meeting's
        folder. Decisions come into their list as other rows do.
        """
        programme = await self._ports.programme()
        _, body = await self._meeting(programme, unit.subject)
        stored = await self._store.find_agenda(unit.subject)
        minutes = await self._store.newest_minutes(unit.subject)
        if stored is None or minutes is None:
            return Done(note="nothing was recorded")
        if not await self._questions.settle(programme, stored, minutes):
            return self._overtaken()
        if body is not None:
            await self._ports.mail.plan(await minutes_notices(self._ports, programme, body, minutes))
        approved = await self._store.approved_minutes(unit.subject)
        if approved is None:
            return Done(note="waits for approval")
        if not await self._questions.answer(stored, approved):
            return self._overtaken()
        earlier = await self._store.approved_minutes(unit.subject, before=approved.version)
        before = earlier.content if earlier else None
        if body is not None:
            notice = ApprovedMinutes(programme, body, stored.content, approved, before)
            await self._ports.mail.plan(await approved_notices(self._ports, notice))
        language = _language(programme, stored)
        document = minutes_document(
            approved.content,
            stored.content,
            language,
            prepared=False,
            before=before,
            approved_on=approved.approved_on(programme.today),
        )
        part = _Part("minutes", approved.at, approved.content.meeting.starts_local.date(), approved.version)
        return await self._copy(programme, stored, history, part, document)

    def _overtaken(self) -> Parked:
        return Parked(until=self._ports.clock.now() + TAKEN, note="a question moved on meanwhile")

    # ---------------------------------------------------------------------------------------------------- what is due

    async def due_units(self) -> tuple[DueUnit, ...]:
        """Every agenda and every prepared minutes that should be due soon. Making it due again is harmless."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        today = programme.today(now)
        ahead = _Ahead(
            meetings=await self._ports.meetings.list_meetings_from(
                today, bodies=[body.key for body in programme.bodies if body.agenda]
            ),
            agendas=await self._store.agendas_from(today),
            reports=await self._ports.reports.states(since=today),
        )
        # Beside the loop: it goes through a country's meetings, and the loop also answers people.
        return await asyncio.to_thread(_due_ahead, programme, ahead, now)

    # --------------------------------------------------------------------------------------------------------- inside

    async def _waits(self, programme: Programme, body: Body, meeting: Meeting) -> Parked | None:
        now, release_at = self._ports.clock.now(), agenda_moments(programme, body, meeting).release_at
        if now < release_at:
            return Parked(until=release_at, note="is sent later")
        last = meeting.starts_at - PREPARED
        if body.kind in REPORTING and now < last and await self._report(meeting.key) is None:
            return Parked(until=min(now + LOOK_AGAIN, last), note="waits for the report")
        return None

    async def _fix(self, programme: Programme, meeting: Meeting, history: History) -> StoredAgenda | None:
        now = self._ports.clock.now()
        agenda = await self.draft(programme, meeting, report=await self._report(meeting.key))
        if await self._store.release(agenda, at=now, then=(prepare_unit(meeting, now),)):
            await history.note("agenda.released", meeting=meeting.key, items=len(agenda.items))
        return await self._store.find_agenda(meeting.key)

    async def draft(self, programme: Programme, meeting: Meeting, *, report: ReportContent | None) -> Agenda:
        """The meeting's agenda as it would be now."""
        return draft_agenda(
            programme,
            meeting,
            report=report,
            proposals=await self._store.proposals(meeting.key),
            matters=await self._store.matters(meeting.body),
            questions=await self._waiting(programme.body(meeting.body)),
            last_number=await self._store.last_number(meeting.body, meeting.day.year),
            arrangement=await self._store.arrangement(meeting.key),
        )

    async def _waiting(self, body: Body) -> Sequence[BoardQuestion]:
        """The questions that wait for boards of the body's level; a local one's own."""
        if body.kind is BodyKind.OWNER_BOARD:
            return await self._ports.questions.list_waiting(Level.OWNER)
        return await self._ports.questions.list_waiting(Level.LOCAL, body=body.key)

    async def _report(self, meeting: str) -> ReportContent | None:
        report = await self._ports.reports.newest(meeting)
        return report.content if report is not None and report.is_released else None

    async def _copy(
        self, programme: Programme, stored: StoredAgenda, history: History, part: _Part, document: Document
    ) -> Outcome:
        """Put a file into the meeting's folder, where there is a place of ours."""
        place = programme.find_place(stored.content.meeting.body)
        if place is None or not place.meeting_folder:
            return Done(note="no folder of ours")
        things = await self._ports.places.of(place.key)
        site = things.get("site")
        if site is None:
            return Parked(until=self._ports.clock.now() + NO_PLACE_YET, note="the place is not made yet")
        folder = await meeting_folder(self._ports.content, place, site.external_id, things, stored.meeting)
        papers = MeetingPapers(self._ports, folder, stored, history, make_file=self._make_file)
        name = texts.say(f"agenda.{part.name}_file", _language(programme, stored), day=part.day.isoformat())
        await papers.put(site.external_id, part.name, name, document, at=part.at, version=part.version)
        return Done(note="the file is in order")

    async def _meeting(self, programme: Programme, key: str) -> tuple[Meeting | None, Body | None]:
        """The meeting, if it stands, and its body."""
        meeting = await self._ports.meetings.find_meeting(key)
        body = programme.find_body(meeting.body) if meeting else None
        return (meeting, body) if meeting is not None and meeting.stands else (None, None)


_RELEASED = (ReportState.RELEASED, ReportState.PUBLISHED)


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """The meetings to come, with the agendas that are fixed and the states of reports, by the meeting."""

    meetings: Sequence[Meeting]
    agendas: Mapping[str, StoredAgenda]
    reports: Mapping[str, ReportState]


def _due_ahead(programme: Programme, ahead: _Ahead, now: datetime) -> tuple[DueUnit, ...]:
    """List the units of agendas and prepared minutes that should be due soon."""
    bodies = {body.key: body for body in programme.bodies if body.agenda}
    units = []
    for meeting in ahead.meetings:
        body = bodies.get(meeting.body)
        if body is None or not meeting.stands or meeting.starts_at <= now:
            continue
        # Of those further ahead, one that was moved may have had its agenda sent when it was near.
        is_near, stored = meeting.starts_at <= now + AHEAD, ahead.agendas.get(meeting.key)
        if stored is None and is_near:
            reported = ahead.reports.get(meeting.key) in _RELEASED
            due_at = _agenda_due(programme, body, meeting, reported=reported)
            units.append(DueUnit(key=f"agenda.publish:{meeting.key}", due_at=max(now, due_at)))
        elif stored is not None and (is_near or meeting.moved is not None):
            units.append(prepare_unit(meeting, now))
            if stored.content.meeting != meeting_facts(meeting):
                units.append(agenda_unit(meeting.key, now))
    return tuple(units)


def prepare_unit(meeting: Meeting, now: datetime) -> DueUnit:
    """Return the unit that prepares the meeting's minutes."""
    return DueUnit(key=f"minutes.prepare:{meeting.key}", due_at=max(now, meeting.starts_at - PREPARED))


def minutes_units(programme: Programme, meeting: Meeting, now: datetime) -> tuple[DueUnit, ...]:
    """List the units that publish recorded minutes: their file, and the lists of the place, where decisions are
    rows."""
    minutes = DueUnit(key=f"minutes.publish:{meeting.key}", due_at=now)
    place = programme.find_place(meeting.body)
    return (minutes,) if place is None else (minutes, DueUnit(key=f"rollout.lists:{place.key}", due_at=now))


def _agenda_due(programme: Programme, body: Body, meeting: Meeting, *, reported: bool) -> datetime:
    """Return when to try to send the agenda: with its report, or the day before without one."""
    if body.kind in REPORTING and not reported:
        return meeting.starts_at - PREPARED
    return agenda_moments(programme, body, meeting).release_at


def _edition(stored: StoredAgenda, meeting: Meeting) -> int | str:
    """The version of a file about a meeting to come: another one whenever the meeting moves."""
    now = meeting_facts(meeting)
    if now == stored.content.meeting:
        return 1
    return f"{now.starts_local.isoformat()}/{now.ends_local.isoformat()}/{now.location}"


def _language(programme: Programme, stored: StoredAgenda) -> str:
    return programme.paper_language(stored.content.meeting.body)
