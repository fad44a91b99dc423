"""Status rounds, and the desk that takes answers."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.messages import MessageJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.papers.decisions.follow_up import FollowUps
    from workflows.status.answering import StatusDesk
    from workflows.status.model import OpenDecision, StatusRound
    from workflows.status.ports import RecipientPorts
    from workflows.status.rounds import StatusRounds
    from workflows.status.upcoming import UpcomingMessages


class _DecisionsWhenAsked:
    """Boards' open decisions. Most answers have none to report on, and a new worker's first need not import them."""

    def __init__(self, follow_ups: "Callable[[], FollowUps]") -> None:
        self._follow_ups = follow_ups

    async def open_decisions(
        self, status_round: "StatusRound", work_packages: Sequence[str]
    ) -> "Mapping[str, Sequence[OpenDecision]]":
        return await self._follow_ups().open_decisions(status_round, work_packages)


class StatusJobs:
    """Status rounds, and the desk that takes answers."""

    def __init__(self, outside: Outside, *, messages: MessageJobs, follow_ups: "Callable[[], FollowUps]") -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages
        self._decisions = _DecisionsWhenAsked(follow_ups)

    @cached_property
    def rounds(self) -> "StatusRounds":
        from workflows.status.ports import StatusPorts
        from workflows.status.rounds import StatusRounds

        return StatusRounds(
            StatusPorts(**vars(self._written_from), outbox=self._messages.outbox, bot=self._outside.bot)
        )

    @cached_property
    def upcoming(self) -> "UpcomingMessages":
        from workflows.status.upcoming import UpcomingMessages

        return UpcomingMessages(self._written_from)

    @cached_property
    def _written_from(self) -> "RecipientPorts":
        from workflows.status.ports import RecipientPorts

        return RecipientPorts(
            programme=self._record.register.programme,
            rounds=self._record.rounds,
            messages=self._record.messages,
            chats=self._record.chats,
            accounts=self._record.accounts,
            places=self._record.resources,
            links=self._record.links,
            clock=self._outside.clock,
            public_url=self._outside.settings.public_url,
            decisions=self._decisions,
        )

    @cached_property
    def answering(self) -> "StatusDesk":
        from workflows.status.answering import StatusDesk

        return StatusDesk(
            programme=self._record.register.programme,
            rounds=self._record.rounds,
            accounts=self._record.accounts,
            clock=self._outside.clock,
            decisions=self._decisions,
            doubles=self._record.messages,
            units=self._record.units,
        )
