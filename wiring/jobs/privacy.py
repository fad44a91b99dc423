"""Personal data: access requests, retention and redaction."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.paper_files import PaperFileJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.privacy.access_request import AccessRequests
    from workflows.privacy.redaction.copies import RedactedCopies
    from workflows.privacy.redaction.redacting import Redacting
    from workflows.privacy.retention import Retention


class PrivacyJobs:
    """Personal data: access requests, retention and redaction."""

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

        return Retention(
            programme=self._record.register.programme,
            rows=self._record.rows,
            papers=self._record.papers,
            handovers=self._record.handovers,
            clock=self._outside.clock,
        )

    @cached_property
    def redacting(self) -> "Redacting":
        from workflows.privacy.redaction.redacting import Redacting

        return Redacting(
            programme=self._record.register.programme,
            register=self._record.register,
            rows=self._record.rows,
            redactions=self._record.redactions,
            set_report=self._files.set_report,
            clock=self._outside.clock,
        )

    @cached_property
    def redacted_copies(self) -> "RedactedCopies":
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.site_removals import GraphSiteRemovals
        from workflows.privacy.redaction.copies import CopyPorts, RedactedCopies

        return RedactedCopies(
            CopyPorts(
                programme=self._record.register.programme,
                redactions=self._record.redactions,
                reports=self._record.reports,
                agendas=self._record.agendas,
                meetings=self._record.meetings,
                messages=self._record.messages,
                resources=self._record.resources,
                links=self._record.links,
                content=GraphSiteContent(self._outside.hands),
                removals=GraphSiteRemovals(self._outside.hands),
                bot=self._outside.bot,
                calendar=self._outside.calendar,
                recipients=self._outside.recipients,
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            )
        )
