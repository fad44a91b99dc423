"""The county lead's desk for the owner board's summary: read it, and sum it up. Waits for nothing outside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from config.programme import Programme
from workflows.free_text import InvalidText, Written
from workflows.meetings.model import Meeting
from workflows.papers.reports.model import OwnerSummary, StoredReport
from workflows.papers.reports.ports import ReportMeetings, ReportRecord
from workflows.papers.reports.review import Review, summed_up
from workflows.papers.reports.timing import owner_release
from workflows.ports.units import Clock
from workflows.words import Words

MAX_SUMMING_UP = 1500


@dataclass(frozen=True, kw_only=True)
class SummaryInHand:
    """The summary for the owner board's next meeting. *shown*: as it would be released now, or as it was."""

    meeting: Meeting
    report: StoredReport | None
    review: Review
    shown: OwnerSummary | None
    release_at: datetime

    @property
    def is_released(self) -> bool:
        return self.report is not None and self.report.is_released


class OwnerDesk:
    """Shows the county lead the summary, and stores the summing up."""

    def __init__(self, *, store: ReportRecord, meetings: ReportMeetings, clock: Clock) -> None:
        self._store = store
        self._meetings = meetings
        self._clock = clock

    async def find(self, programme: Programme) -> SummaryInHand | None:
        """Return the summary of the owner board's next meeting; None when none is ahead."""
        body = programme.find_owner_board()
        if body is None:
            return None
        now = programme.local_time(self._clock.now()).replace(tzinfo=None)
        found = await self._meetings.list_meetings_from(now.date(), bodies=[body.key])
        ahead = [item for item in found if item.stands and item.starts_local > now]
        meeting = min(ahead, key=lambda item: item.starts_local, default=None)
        if meeting is None:
            return None
        report, review = await self._store.newest(meeting.key), await self._store.review(meeting.key)
        shown = report.content if report and isinstance(report.content, OwnerSummary) else None
        if shown is not None and report is not None and not report.is_released:
            shown = summed_up(shown, review, names=programme.names)
        release_at = owner_release(programme, body, meeting)
        return SummaryInHand(meeting=meeting, report=report, review=review, shown=shown, release_at=release_at)

    async def sum_up(self, work: SummaryInHand, raw: Mapping[str, str], *, by: str) -> bool:
        """
        Store the summing up: `summing_up`, `confirmed`, `seen`; False once the summary is released.

        Raises InvalidText, and then nothing was stored.
        """
        if work.is_released:
            return False
        written = Written(raw, known=(work.review.assessment,))
        text = written.text("summing_up", most=MAX_SUMMING_UP)
        written.check()
        if text == work.review.assessment:
            return True
        version = work.review.version
        new = replace(work.review, assessment=text, assessed_by=by if text else "", version=version + 1)
        if raw.get("seen", "") != str(version) or not await self._store.save_review(
            new, by=by, at=self._clock.now(), action="report.summed_up"
        ):
            raise InvalidText({"": Words(key="review.error_meanwhile")})
        return True
