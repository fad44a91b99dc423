"""Reports: a round's answers become the board's report, and the municipalities' reports the owner board's summary.

A unit each for compiling, releasing and publishing a local board's report, and one for the owner board's summary, which
ends in the same publishing. A report changes until its release and never after it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from config.programme import Programme
from config.values import BodyKind
from workflows.errors import Conflict
from workflows.meetings.model import Meeting
from workflows.papers.agendas.plan import agenda_unit
from workflows.papers.reports.model import BoardReport, OwnerSummary, ReportContent, ReportState, StoredReport
from workflows.papers.reports.notice import tell_board
from workflows.papers.reports.owner_plan import compile_owner_summary
from workflows.papers.reports.plan import compile_board_report
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.review import Review, changed_texts, released_content, summed_up
from workflows.papers.reports.review_units import tell_authors
from workflows.papers.reports.site_copy import ReportCopy
from workflows.papers.reports.timing import draft_unit, owner_draft_unit, owner_release, release_unit, wait_for_release
from workflows.papers.reports.typesetting import SetPDF, set_pdf
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.rollout.folder_paths import folder_now
from workflows.status.model import Level, RoundResult, RoundState
from workflows.working_days import WorkCalendar

SETTLING = timedelta(seconds=60)
"""The time a listing may miss something that was just made."""
NO_PLACE_YET = timedelta(days=1)
CLOSES_SOON = timedelta(minutes=1)
LOOKS_BACK = timedelta(days=400)
"""The reach of a sweep into the past: it runs every week, so that what it finds there was lost long ago. It grows no
further with the years."""


class Reports:
    """The handlers of the units `report.compile`, `.release`, `.publish` and `.owner`."""

    def __init__(self, ports: ReportPorts, *, set_pdf: SetPDF = set_pdf) -> None:
        self._ports = ports
        self._store = ports.store
        self._set_pdf = set_pdf

    # ------------------------------------------------------------------------------------------------------- handlers

    async def compile(self, unit: DueUnit, history: History) -> Outcome:
        """Keep the report of the meeting's round as it stands. The same content again makes no new version."""
        meeting = await self._meeting(unit.subject)
        if meeting is None:
            return Done(note="no such meeting, or it is cancelled")
        result = await self._ports.results.result(meeting.key)
        if result is None:
            return Done(note="no such round")
        programme = await self._ports.programme()
        then = (
            release_unit(result.round),
            draft_unit(result.round, WorkCalendar(programme, result.round.municipality)),
        )
        return await self._draft(await self._board_report(programme, meeting, result), then, history)

    async def release(self, unit: DueUnit, history: History) -> Outcome:
        """Fix the report when its time has come, and tell the board. A repeat tells only who was not told yet."""
        meeting = await self._meeting(unit.subject)
        result = await self._ports.results.result(unit.subject) if meeting else None
        if meeting is None or result is None:
            return Done(note="no such round, or its meeting is cancelled")
        report = await self._store.newest(meeting.key)
        if report is None or not report.is_released:
            now, programme = self._ports.clock.now(), await self._ports.programme()
            calendar = WorkCalendar(programme, result.round.municipality)
            review = await self._store.review(meeting.key)
            if wait := wait_for_release(review, result.round, meeting.starts_local, calendar, now):
                return wait
            if result.round.state is not RoundState.CLOSED:
                return Parked(until=now + CLOSES_SOON, note="the round closes first")
            # Compiled once more: after an outage the last answers may have come later than the draft.
            report = await self._released(await self._board_report(programme, meeting, result), history, review=review)
            if not report.is_released:
                return Parked(until=now + CLOSES_SOON, note="the local lead wrote meanwhile")
        return await tell_board(self._ports, report, meeting)

    async def owner(self, unit: DueUnit, history: History) -> Outcome:
        """Compile and release the owner board's summary when its time has come, and tell its members."""
        meeting, programme = await self._meeting(unit.subject), await self._ports.programme()
        body = programme.find_body(meeting.body) if meeting else None
        if meeting is None or body is None or body.kind is not BodyKind.OWNER_BOARD:
            return Done(note="no owner board's meeting")
        report = await self._store.newest(meeting.key)
        if report is None or not report.is_released:
            release_at, content = owner_release(programme, body, meeting), await self._summary(programme, meeting)
            draft = owner_draft_unit(programme, body, meeting)
            now = self._ports.clock.now()
            if now < release_at:
                if now >= draft.due_at:
                    await self._draft(content, (draft,), history)
                return Parked(until=draft.due_at if now < draft.due_at else release_at, note="is released later")
            report = await self._released(content, history, review=await self._store.review(meeting.key))
            if not report.is_released:
                return Parked(until=now + CLOSES_SOON, note="the county lead wrote meanwhile")
        return await tell_board(self._ports, report, meeting)

    async def publish(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the copy on the place's site in order; where there is no place of ours, our page is all there is."""
        programme = await self._ports.programme()
        report = await self._store.newest(unit.subject)
        if report is None or not report.is_released:
            return Done(note="not released")
        place = programme.find_place(report.content.meeting.body)
        if place is None:
            return Done(note="no place of ours")
        things = await self._ports.places.of(place.key)
        now = self._ports.clock.now()
        if "site" not in things:
            return Parked(until=now + NO_PLACE_YET, note="the place is not made yet")
        kept = next((f"list:{item.key}" for item in place.lists if item.source == "reports"), "")
        list_id = things[kept].external_id if kept in things else None
        try:
            site_id = things["site"].external_id
            folder = await folder_now(self._ports.content, site_id, things, place.report_folder)
            copy = ReportCopy(self._ports, programme, place, report, history, folder=folder)
            await copy.take(site_id, list_id)
        except Conflict as taken:
            # Made a moment ago and not found yet, most likely by our own run before it was stopped.
            return Parked(until=now + SETTLING, note=str(taken))
        return Done(note="the copy is in order")

    # ---------------------------------------------------------------------------------------------------- what is due

    async def due_units(self) -> tuple[DueUnit, ...]:
        """Everything about reports that should be due, now or later. Making it due again is harmless."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        since = programme.today(now) - LOOKS_BACK
        states = await self._store.states(since=since)
        closed = await self._ports.rounds.list_rounds(state=RoundState.CLOSED, since=now - LOOKS_BACK)
        meetings = await self._ports.meetings.list_meetings_from(since, bodies=_reporting(programme))
        # Beside the loop: it goes through a country's meetings, and the loop also answers people.
        return await asyncio.to_thread(_due_units, programme, meetings, states, [item.meeting for item in closed], now)

    # --------------------------------------------------------------------------------------------------------- inside

    async def _draft(self, content: ReportContent, then: Sequence[DueUnit], history: History) -> Outcome:
        before = await self._store.newest(content.meeting.key)
        kept = await self._store.draft(content.meeting.key, content, at=self._ports.clock.now(), then=then)
        if before is None or kept.version > before.version:
            await history.note("report.compiled", meeting=kept.meeting, version=kept.version)
        return Done(note=f"version {kept.version}, {kept.state}")

    async def _released(
        self, content: ReportContent, history: History, *, review: Review | None = None
    ) -> StoredReport:
        """
        Return the meeting's report with *content*, fixed; the one released meanwhile, if somebody was faster.

        *review*: its local lead's, part of what is fixed. When that is another by now, the draft is returned.
        """
        at = self._ports.clock.now().replace(microsecond=0)
        draft = await self._store.draft(content.meeting.key, content, at=at)
        if not draft.is_released:
            programme = await self._ports.programme()
            final = draft.content
            if review is not None and isinstance(final, BoardReport):
                await tell_authors(self._ports, programme, final, changed_texts(final, review))
                final = released_content(final, review, names=programme.names)
            elif review is not None and isinstance(final, OwnerSummary):
                final = summed_up(final, review, names=programme.names)
            language = programme.paper_language(final.meeting.body)
            # Beside the loop: the typesetter works for a good part of a second.
            pdf = await asyncio.to_thread(self._set_pdf, final, language, at)
            publish = DueUnit(key=f"report.publish:{draft.meeting}", due_at=at)
            copies = DueUnit(key=f"rollout.lists:{draft.content.meeting.body}", due_at=at)
            then = (publish, agenda_unit(draft.meeting, at), copies)
            version = review.version if review else 0
            if await self._store.release(draft, final, pdf=pdf, at=at, review=version, then=then):
                await history.note("report.released", meeting=draft.meeting, version=draft.version)
        return await self._store.newest(content.meeting.key) or draft

    async def _board_report(self, programme: Programme, meeting: Meeting, result: RoundResult) -> BoardReport:
        last = await self._store.newest_released(meeting.body, before_local=meeting.starts_local)
        since = self._told_until(last)
        return compile_board_report(
            programme,
            meeting,
            result,
            await self._ports.matters.matters(meeting.body),
            questions=await self._ports.questions.list_of_board(meeting.body, since=since),
            previous=last.content if last is not None and isinstance(last.content, BoardReport) else None,
            since=since,
        )

    async def _summary(self, programme: Programme, meeting: Meeting) -> OwnerSummary:
        boards = {programme.local_board(item.slug).key: item.slug for item in programme.municipalities}
        newest = await self._store.newest_contents(boards)
        found = {boards[body]: content for body, content in newest.items() if isinstance(content, BoardReport)}
        last = await self._store.newest_released(meeting.body, before_local=meeting.starts_local)
        previous = last.content if last is not None and isinstance(last.content, OwnerSummary) else None
        today = programme.today(self._ports.clock.now())
        settled = await self._ports.questions.list_settled(Level.LOCAL, since=self._told_until(last))
        decided_at = {step.meeting for item in settled if (step := item.told_answer) is not None and step.meeting}
        # Beside the loop: it goes through a country's reports, and the loop also answers people.
        return await asyncio.to_thread(
            compile_owner_summary,
            programme,
            meeting,
            found,
            previous,
            await self._ports.matters.matters(meeting.body),
            questions=await self._ports.questions.list_waiting(Level.OWNER),
            settled=settled,
            held=await self._ports.matters.days_held(decided_at),
            meetings=await self._ports.meetings.list_meetings_from(today, bodies=_reporting(programme)),
        )

    def _told_until(self, last: StoredReport | None) -> datetime:
        """
        Return the moment from which on news are new for a board: the release of its *last* paper.

        A corrected version was released later than what it tells was read; what it tells is not told again.
        """
        if last is None or last.released_at is None:
            return self._ports.clock.now() - LOOKS_BACK
        content = last.content
        if isinstance(content, BoardReport) and content.edition > 1:
            if content.previous_day is None:
                return last.released_at - LOOKS_BACK
            return datetime.combine(content.previous_day, time(), UTC)
        return last.released_at

    async def _meeting(self, key: str) -> Meeting | None:
        """The meeting, if it stands."""
        meeting = await self._ports.meetings.find_meeting(key)
        return meeting if meeting is not None and meeting.stands else None


_RELEASED = (ReportState.RELEASED, ReportState.PUBLISHED)


def _reporting(programme: Programme) -> list[str]:
    """List the bodies whose meetings have reports: most meetings are of others."""
    return [body.key for body in programme.bodies if body.kind in (BodyKind.LOCAL_BOARD, BodyKind.OWNER_BOARD)]


def _due_units(
    programme: Programme,
    meetings: Sequence[Meeting],
    states: Mapping[str, ReportState],
    closed: Sequence[str],
    now: datetime,
) -> tuple[DueUnit, ...]:
    """List the units about reports that should be due. *closed*: the meetings whose rounds are over."""
    units = [
        DueUnit(key=f"report.compile:{meeting}", due_at=now)
        for meeting in closed
        if states.get(meeting) not in _RELEASED
    ]
    units += _owner_units(programme, meetings, states, now)
    newest = {item.body: item.key for item in meetings if states.get(item.key) in _RELEASED}
    for meeting in meetings:
        state = states.get(meeting.key)
        # The newest one's copy is looked at again, whoever may have changed it.
        if state is ReportState.RELEASED or newest.get(meeting.body) == meeting.key:
            units.append(DueUnit(key=f"report.publish:{meeting.key}", due_at=now))
        if state in _RELEASED and meeting.stands and meeting.starts_at > now:
            body = programme.find_body(meeting.body)
            owner = body is not None and body.kind is BodyKind.OWNER_BOARD
            units.append(DueUnit(key=f"report.{'owner' if owner else 'release'}:{meeting.key}", due_at=now))
    return tuple(units)


def _owner_units(
    programme: Programme, meetings: Sequence[Meeting], states: Mapping[str, ReportState], now: datetime
) -> list[DueUnit]:
    body = programme.find_owner_board()
    if body is None:
        return []
    return [
        DueUnit(key=f"report.owner:{meeting.key}", due_at=max(now, owner_draft_unit(programme, body, meeting).due_at))
        for meeting in meetings
        if meeting.body == body.key
        and meeting.stands
        and meeting.starts_at > now
        and states.get(meeting.key) not in _RELEASED
    ]
