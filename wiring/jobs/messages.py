"""Outbox and mail to local leads."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.messages.lead_mail import LeadMail
    from workflows.messages.outbox import Outbox


class MessageJobs:
    """Outbox and mail to local leads."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._record = outside.record

    @cached_property
    def outbox(self) -> "Outbox":
        from workflows.messages.outbox import Outbox

        return Outbox(
            messages=self._record.messages,
            mailer=self._outside.mailer,
            bot=self._outside.bot,
            chats=self._record.chats,
            pauses=self._record.switches,
            recipients=self._outside.recipients,
            clock=self._outside.clock,
            organizers=self._outside.settings.organizer,
        )

    @cached_property
    def lead_mail(self) -> "LeadMail":
        from workflows.messages.lead_mail import LeadMail, LeadMailPorts

        return LeadMail(
            LeadMailPorts(
                programme=self._record.register.programme,
                messages=self._record.messages,
                outbox=self.outbox,
                clock=self._outside.clock,
            )
        )
