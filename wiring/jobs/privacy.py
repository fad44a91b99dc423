"""Personal data: access requests and retention."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.paper_files import PaperFileJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.privacy.access_request import AccessRequests
    from workflows.privacy.retention import Retention


class PrivacyJobs:
    """Personal data: access requests and retention."""

    def __init__(self, outside: Outside, *, files: PaperFileJobs) -> None:
        self._outside = outside
        self._record = outside.record
        self._files = files

    @cached_property
    def access_requests(self) -> "AccessRequests":
        from workflows.privacy.access_request import AccessRequests

        return AccessRequests(
            programme=self._record.register.programme,
            rows=self._record.rows,
            make_pdf=self._files.make_pdf,
            make_word=self._files.make_word,
            clock=self._outside.clock,
        )

    @cached_property
    def retention(self) -> "Retention":
        from workflows.privacy.retention import Retention

        return Retention(programme=self._record.register.programme, rows=self._record.rows, clock=self._outside.clock)
