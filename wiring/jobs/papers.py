"""Reports, agendas and minutes."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.messages import MessageJobs
from wiring.jobs.paper_files import PaperFileJobs
from wiring.jobs.status import StatusJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.papers.agendas.editing import AgendaDesk
    from workflows.papers.agendas.handlers import Agendas
    from workflows.papers.decisions.desk import DecisionDesk
    from workflows.papers.questions.desk import QuestionDesk
    from workflows.papers.questions.follow import QuestionFollowUp
    from workflows.papers.questions.notice import QuestionNotices
    from workflows.papers.reports.desk import ReportDesk
    from workflows.papers.reports.handlers import Reports
    from workflows.papers.reports.owner_desk import OwnerDesk
    from workflows.papers.reports.ports import ReportPorts
    from workflows.papers.reports.review_units import ReviewUnits


class PaperJobs:
    """Reports, agendas and minutes."""

    def __init__(self, outside: Outside, *, messages: MessageJobs, status: StatusJobs, files: PaperFileJobs) -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages
        self._status = status
        self._files = files

    @cached_property
    def reports(self) -> "Reports":
        from workflows.papers.reports.handlers import Reports

        return Reports(self._report_ports, set_pdf=self._files.set_report)

    @cached_property
    def reviews(self) -> "ReviewUnits":
        from workflows.papers.reports.review_units import ReviewUnits

        return ReviewUnits(self._report_ports, set_pdf=self._files.set_report)

    @cached_property
    def report_desk(self) -> "ReportDesk":
        from workflows.papers.reports.desk import ReportDesk

        return ReportDesk(
            store=self._record.reports,
            rounds=self._record.rounds,
            meetings=self._record.meetings,
            clock=self._outside.clock,
        )

    @cached_property
    def owner_desk(self) -> "OwnerDesk":
        from workflows.papers.reports.owner_desk import OwnerDesk

        return OwnerDesk(store=self._record.reports, meetings=self._record.meetings, clock=self._outside.clock)

    @cached_property
    def _report_ports(self) -> "ReportPorts":
        from integration.graph.site_content import GraphSiteContent
        from workflows.papers.reports.ports import ReportPorts

        return ReportPorts(
            programme=self._record.register.programme,
            store=self._record.reports,
            meetings=self._record.meetings,
            results=self._status.rounds.results,
            rounds=self._record.rounds,
            content=GraphSiteContent(self._outside.hands),
            places=self._record.resources,
            accounts=self._record.accounts,
            messages=self._record.messages,
            outbox=self._messages.outbox,
            lead_mail=self._messages.lead_mail,
            links=self._record.links,
            clock=self._outside.clock,
            public_url=self._outside.settings.public_url,
            matters=self._record.agendas,
            questions=self._record.questions,
        )

    @cached_property
    def agendas(self) -> "Agendas":
        from integration.graph.site_content import GraphSiteContent
        from workflows.papers.agendas.handlers import Agendas
        from workflows.papers.agendas.ports import AgendaPorts

        return Agendas(
            AgendaPorts(
                programme=self._record.register.programme,
                store=self._record.agendas,
                meetings=self._record.meetings,
                reports=self._record.reports,
                content=GraphSiteContent(self._outside.hands),
                places=self._record.resources,
                questions=self._record.questions,
                mail=self._messages.lead_mail,
                links=self._record.links,
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            ),
            make_file=self._files.make_word,
        )

    @cached_property
    def agenda_editing(self) -> "AgendaDesk":
        from workflows.papers.agendas.editing import AgendaDesk

        return AgendaDesk(
            programme=self._record.register.programme,
            store=self._record.agendas,
            meetings=self._record.meetings,
            clock=self._outside.clock,
        )

    @cached_property
    def question_desk(self) -> "QuestionDesk":
        from workflows.papers.questions.desk import QuestionDesk

        return QuestionDesk(store=self._record.questions, clock=self._outside.clock)

    @cached_property
    def question_notices(self) -> "QuestionNotices":
        from workflows.papers.questions.notice import QuestionNotices, QuestionPorts

        return QuestionNotices(
            QuestionPorts(
                programme=self._record.register.programme,
                store=self._record.questions,
                mail=self._messages.lead_mail,
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            )
        )

    @cached_property
    def question_follow_up(self) -> "QuestionFollowUp":
        from workflows.papers.questions.follow import FollowPorts, QuestionFollowUp

        return QuestionFollowUp(
            FollowPorts(
                programme=self._record.register.programme,
                questions=self._record.questions,
                answers=self._record.rounds,
                decisions=self._record.agendas,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def decision_desk(self) -> "DecisionDesk":
        from workflows.papers.decisions.desk import DecisionDesk

        return DecisionDesk(
            programme=self._record.register.programme, store=self._record.agendas, clock=self._outside.clock
        )
