"""The local lead's desk for a board's report: assess, edit, hold, release early, correct. Waits for nothing outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from config.programme import Programme
from workflows.free_text import InvalidText, Written
from workflows.meetings.model import Meeting
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.ports import ReportMeetings, ReportRecord
from workflows.papers.reports.review import (
    MAX_ASSESSMENT,
    MAX_SENTENCE,
    MAX_SENTENCES,
    Review,
    Sentence,
    SentenceEdit,
    changed_texts,
    corrected_content,
    reviewed,
    sentences_of,
)
from workflows.papers.reports.timing import correction_unit, held_until, release_unit
from workflows.ports.units import Clock, DueUnit
from workflows.sentences import split_sentences
from workflows.status.model import RoundState, StatusRound
from workflows.status.plan import compile_unit
from workflows.status.ports import FindRound
from workflows.words import Words
from workflows.working_days import WorkCalendar

MAX_REASON = 300


class NotNow(Exception):
    """The act is not possible as things are; the page shows how they are."""


@dataclass(frozen=True, kw_only=True)
class ReportInHand:
    """The report of one board meeting as its local lead works on it. *report*: the newest version, if there is one."""

    meeting: Meeting
    round: StatusRound | None
    report: StoredReport | None
    review: Review
    shown: BoardReport | None
    """The report as it would be released now; a released one as it is."""
    held_until: datetime | None
    """The end of a hold, whether the report is held or not; None without a round."""
    has_changes: bool = False
    """True when something was changed after the release that no corrected version has yet."""

    @property
    def is_released(self) -> bool:
        return self.report is not None and self.report.is_released

    @property
    def may_send_now(self) -> bool:
        """Tell whether the report can be released before its time: once its round takes no more answers."""
        closed = self.round is not None and self.round.state is RoundState.CLOSED
        return closed and self.report is not None and not self.is_released

    @property
    def packages(self) -> tuple[PackageReport, ...]:
        """The packages with the words that edits start from."""
        content = self.report.content if self.report else None
        return content.packages if isinstance(content, BoardReport) else ()

    @property
    def edited_packages(self) -> Collection[str]:
        """The packages whose leads are told, with the report, what was changed in their texts."""
        content = self.report.content if self.report else None
        return changed_texts(content, self.review) if isinstance(content, BoardReport) else ()

    def sentences(self, package: str) -> Sequence[Sentence]:
        """List the sentences of a package's texts as they stand now."""
        return next((sentences_of(item, self.review.edits) for item in self.packages if item.key == package), ())


class ReportDesk:
    """Shows a local lead the report, and stores what they do with it."""

    def __init__(self, *, store: ReportRecord, rounds: FindRound, meetings: ReportMeetings, clock: Clock) -> None:
        self._store = store
        self._rounds = rounds
        self._meetings = meetings
        self._clock = clock

    async def find(self, programme: Programme, municipality: str, day: date | None = None) -> ReportInHand | None:
        """
        Return the report of the board's next meeting; None when no meeting is ahead.

        *day*: of the meeting first announced for that day instead, held or not.
        """
        meeting = await self._meeting(programme, programme.local_board(municipality).key, day)
        if meeting is None or not meeting.stands:
            return None
        status_round = await self._rounds.find_round(meeting.key)
        report, review = await self._store.newest(meeting.key), await self._store.review(meeting.key)
        calendar = WorkCalendar(programme, municipality)
        shown = report.content if report and isinstance(report.content, BoardReport) else None
        names, has_changes = programme.names, False
        if shown is not None and report is not None and report.is_released:
            has_changes = corrected_content(shown, review, names=names) != shown
        elif shown is not None:
            shown = reviewed(shown, review, names=names)
        return ReportInHand(
            meeting=meeting,
            round=status_round,
            report=report,
            review=review,
            shown=shown,
            held_until=held_until(status_round, meeting.starts_local, calendar) if status_round else None,
            has_changes=has_changes,
        )

    async def _meeting(self, programme: Programme, board: str, day: date | None) -> Meeting | None:
        if day is not None:
            return await self._meetings.find_meeting(f"{board}/{day.isoformat()}")
        now = programme.local_time(self._clock.now()).replace(tzinfo=None)
        found = await self._meetings.list_meetings_from(now.date(), bodies=[board])
        ahead = [item for item in found if item.stands and item.starts_local > now]
        return min(ahead, key=lambda item: item.starts_local, default=None)

    def compile(self, work: ReportInHand) -> DueUnit:
        """Return the unit that makes the draft anew. Raises NotNow without a round and after the release."""
        if work.round is None or work.is_released:
            raise NotNow
        return compile_unit(work.meeting.key, self._clock.now())

    async def assess(self, work: ReportInHand, raw: Mapping[str, str], *, by: str) -> None:
        """
        Store the assessment: `assessment`, `confirmed`, `seen`.

        Raises InvalidText, and NotNow before there is a draft; then nothing was stored.
        """
        if work.shown is None:
            raise NotNow
        written = Written(raw, known=(work.review.assessment,))
        text = written.text("assessment", most=MAX_ASSESSMENT)
        if len(split_sentences(text)) > MAX_SENTENCES:
            written.problems["assessment"] = Words(key="review.error_sentences", values={"most": MAX_SENTENCES})
        written.check()
        new = replace(work.review, assessment=text, assessed_by=by if text else "")
        await self._save(work, new, raw, by=by, action="report.assessed")

    async def edit(self, work: ReportInHand, package: str, raw: Mapping[str, str], *, by: str) -> None:
        """
        Store a package's sentences as they are to stand: by their ids, `confirmed`, `seen`. An empty one is left out.

        Raises InvalidText, and then nothing was stored; also when the package's lead has written others meanwhile.
        """
        sentences = work.sentences(package)
        if {item.id for item in sentences} != {
            name for name in raw if name not in ("csrf", "confirmed", "seen", "pakke")
        }:
            raise InvalidText({"": Words(key="review.error_other_text")})
        written = Written(raw, known=[words for item in sentences for words in (item.original, item.text)])
        new = [
            SentenceEdit(package=package, field=item.field, original=item.original, text=text)
            for item in sentences
            if (text := " ".join(written.text(item.id, most=MAX_SENTENCE).split())) != item.original
        ]
        written.check()
        there = {(package, item.field, item.original) for item in sentences}
        others = [edit for edit in work.review.edits if edit.place not in there]
        await self._save(work, replace(work.review, edits=(*others, *new)), raw, by=by, action="report.edited")

    async def hold(self, work: ReportInHand, raw: Mapping[str, str], *, by: str) -> None:
        """Let the report wait beyond its time. Raises NotNow once it is released."""
        if work.round is None or work.is_released:
            raise NotNow
        await self._save(work, replace(work.review, held=True, send_now=False), raw, by=by, action="report.held")

    async def lift(self, work: ReportInHand, raw: Mapping[str, str], *, by: str) -> None:
        """Let a report that is held go at its time, or at once when that has passed. Raises NotNow once released."""
        if work.round is None or work.is_released:
            raise NotNow
        unit = release_unit(work.round)
        new = replace(work.review, held=False, send_now=False)
        await self._save(work, new, raw, by=by, action="report.hold_lifted", then=(self._at_once(unit),))

    async def send_now(self, work: ReportInHand, raw: Mapping[str, str], *, by: str) -> None:
        """Release the report before its time. Raises NotNow while its round takes answers, and once it is released."""
        if not work.may_send_now or work.round is None:
            raise NotNow
        unit = release_unit(work.round)
        new = replace(work.review, held=False, send_now=True)
        await self._save(work, new, raw, by=by, action="report.sent_early", then=(self._at_once(unit),))

    async def correct(self, work: ReportInHand, raw: Mapping[str, str], *, by: str) -> None:
        """
        Order a corrected version: `reason`, `confirmed`, `seen`.

        Raises InvalidText, and NotNow when nothing is released or changed since.
        """
        if not work.has_changes:
            raise NotNow
        written = Written(raw)
        reason = " ".join(written.text("reason", required="review.error_reason", most=MAX_REASON).split())
        written.check()
        unit = correction_unit(work.meeting.key, self._clock.now())
        new = replace(work.review, correction=reason)
        await self._save(work, new, raw, by=by, action="report.correction_ordered", then=(unit,))

    def _at_once(self, unit: DueUnit) -> DueUnit:
        return replace(unit, due_at=self._clock.now())

    async def _save(
        self,
        work: ReportInHand,
        new: Review,
        raw: Mapping[str, str],
        *,
        by: str,
        action: str,
        then: Sequence[DueUnit] = (),
    ) -> None:
        """Store a review that was made from the version that `seen` names; nothing when it changes nothing."""
        if new == work.review and not then:
            return
        stored = raw.get("seen", "") == str(work.review.version) and await self._store.save_review(
            replace(new, version=work.review.version + 1), by=by, at=self._clock.now(), action=action, then=then
        )
        if not stored:
            raise InvalidText({"": Words(key="review.error_meanwhile")})
