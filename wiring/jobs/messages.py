"""Outbox, mail to local leads, and short-lived links."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.messages.lead_mail import LeadMail
    from workflows.messages.outbox import Outbox
    from workflows.messages.resumption import Resuming
    from workflows.messages.short_links import LinkMails, ShortLinks


class MessageJobs:
    """Outbox, mail to local leads, and short-lived links."""

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
                accounts=self._record.accounts,
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            )
        )

    @cached_property
    def resuming(self) -> "Resuming":
        from workflows.bot.replies import REPLY
        from workflows.meetings.personal import KIND as OWN_LINK
        from workflows.messages.resumption import Resuming, ResumptionPorts
        from workflows.messages.short_links import KIND as LINK

        return Resuming(
            ResumptionPorts(
                programme=self._record.register.find_programme,
                messages=self._record.messages,
                pauses=self._record.switches,
                open_requests=self._record.messages.still_asked,
                outbox=lambda: self.outbox,
                replies=frozenset({REPLY, OWN_LINK, LINK}),
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            )
        )

    @cached_property
    def short_links(self) -> "ShortLinks":
        from workflows.messages.short_links import ShortLinks

        return ShortLinks(
            links=self._record.links,
            messages=self._record.messages,
            clock=self._outside.clock,
            public_url=self._outside.settings.public_url,
        )

    @cached_property
    def link_mails(self) -> "LinkMails":
        from workflows.messages.short_links import KIND, LinkMails

        return LinkMails(kind=KIND, messages=self._record.messages, outbox=self.outbox, clock=self._outside.clock)
