"""All jobs of a process, each room made at its first use and given the rooms that it needs."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.access import AccessJobs
from wiring.jobs.bot import BotJobs
from wiring.jobs.meetings import MeetingJobs
from wiring.jobs.messages import MessageJobs
from wiring.jobs.operations import OperationJobs
from wiring.jobs.paper_files import PaperFileJobs
from wiring.jobs.papers import PaperJobs
from wiring.jobs.privacy import PrivacyJobs
from wiring.jobs.register import RegisterJobs
from wiring.jobs.rollout import RolloutJobs
from wiring.jobs.status import StatusJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.papers.decisions.follow_up import FollowUps


class Jobs:
    """The rooms of `workflows/`, made of what lies outside."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @cached_property
    def register(self) -> RegisterJobs:
        return RegisterJobs(self._outside)

    @cached_property
    def messages(self) -> MessageJobs:
        return MessageJobs(self._outside)

    @cached_property
    def access(self) -> AccessJobs:
        return AccessJobs(self._outside, messages=self.messages)

    @cached_property
    def meetings(self) -> MeetingJobs:
        return MeetingJobs(self._outside, messages=self.messages)

    @cached_property
    def follow_ups(self) -> "FollowUps":
        """Decisions of boards: rounds ask about them, and lists on sites show them."""
        from workflows.papers.decisions.follow_up import FollowUps

        record = self._outside.record
        return FollowUps(
            programme=record.register.programme,
            store=record.agendas,
            questions=record.questions,
            clock=self._outside.clock,
        )

    @cached_property
    def status(self) -> StatusJobs:
        return StatusJobs(self._outside, messages=self.messages, follow_ups=lambda: self.follow_ups)

    @cached_property
    def rollout(self) -> RolloutJobs:
        return RolloutJobs(self._outside, messages=self.messages, follow_ups=self.follow_ups)

    @cached_property
    def papers(self) -> PaperJobs:
        return PaperJobs(self._outside, messages=self.messages, status=self.status, files=self.paper_files)

    @cached_property
    def paper_files(self) -> PaperFileJobs:
        return PaperFileJobs(self._outside)

    @cached_property
    def operations(self) -> OperationJobs:
        return OperationJobs(
            self._outside,
            messages=self.messages,
            meetings=self.meetings,
            status=self.status,
            rollout=self.rollout,
        )

    @cached_property
    def privacy(self) -> PrivacyJobs:
        return PrivacyJobs(self._outside, files=self.paper_files)

    @cached_property
    def bot(self) -> BotJobs:
        return BotJobs(self._outside, messages=self.messages, meetings=self.meetings)
