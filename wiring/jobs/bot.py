"""Commands to the bot, and its replies."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.meetings import MeetingJobs
from wiring.jobs.messages import MessageJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.bot.desk import BotDesk
    from workflows.bot.replies import BotReplies


class BotJobs:
    """Commands to the bot, and its replies."""

    def __init__(self, outside: Outside, *, messages: MessageJobs, meetings: MeetingJobs) -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages
        self._meetings = meetings

    @cached_property
    def commands(self) -> "BotDesk":
        from workflows.bot.desk import BotDesk
        from workflows.bot.ports import BotPorts

        return BotDesk(
            BotPorts(
                programme=self._record.register.programme,
                rounds=self._record.rounds,
                accounts=self._record.accounts,
                messages=self._record.messages,
                chats=self._record.chats,
                places=self._record.resources,
                languages=self._record.register,
                clock=self._outside.clock,
                own_address=self._meetings.personal.address,
            )
        )

    @cached_property
    def replies(self) -> "BotReplies":
        from workflows.bot.replies import BotReplies

        return BotReplies(messages=self._record.messages, outbox=self._messages.outbox, clock=self._outside.clock)
