"""Dates, bookings, moves, and each person's own meetings."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.messages import MessageJobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.meetings.booking import MeetingDesk
    from workflows.meetings.clashes import ClashNotices
    from workflows.meetings.external_feeds import ExternalFeedReader
    from workflows.meetings.moves import MeetingMoves
    from workflows.meetings.personal import OwnMeetings
    from workflows.meetings.quorum import QuorumWatch
    from workflows.messages.short_links import LinkMails


class MeetingJobs:
    """Dates, bookings, moves, and each person's own meetings."""

    def __init__(self, outside: Outside, *, messages: MessageJobs) -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages

    @cached_property
    def booking(self) -> "MeetingDesk":
        from workflows.meetings.booking import MeetingDesk

        return MeetingDesk(
            store=self._record.meetings,
            calendar=self._outside.calendar,
            links=self._record.links,
            clock=self._outside.clock,
            programme=self._record.register.programme,
            organizers=self._outside.settings.organizer,
            public_url=self._outside.settings.public_url,
            recipients=self._outside.recipients,
            accounts=self._record.accounts,
            pauses=self._record.switches,
        )

    @cached_property
    def moves(self) -> "MeetingMoves":
        from workflows.meetings.moves import MeetingMoves

        return MeetingMoves(
            store=self._record.meetings, clock=self._outside.clock, programme=self._record.register.programme
        )

    @cached_property
    def personal(self) -> "OwnMeetings":
        from workflows.meetings.personal import OwnMeetings, OwnPorts

        return OwnMeetings(
            OwnPorts(
                programme=self._record.register.programme,
                meetings=self._record.meetings,
                ahead=self._record.meeting_spans,
                people=self._record.register,
                messages=self._record.messages,
                links=self._record.links,
                clock=self._outside.clock,
                public_url=self._outside.settings.public_url,
            )
        )

    @cached_property
    def personal_links(self) -> "LinkMails":
        from workflows.meetings.personal import KIND
        from workflows.messages.short_links import LinkMails

        return LinkMails(
            kind=KIND, messages=self._record.messages, outbox=self._messages.outbox, clock=self._outside.clock
        )

    @cached_property
    def clashes(self) -> "ClashNotices":
        from workflows.meetings.clashes import ClashNotices

        return ClashNotices(
            programme=self._record.register.programme,
            meetings=self._record.meetings,
            mail=self._messages.lead_mail,
            clock=self._outside.clock,
            own_address=self.personal.address,
        )

    @cached_property
    def quorum(self) -> "QuorumWatch":
        from workflows.meetings.quorum import QuorumPorts, QuorumWatch

        return QuorumWatch(
            QuorumPorts(
                programme=self._record.register.programme,
                meetings=self._record.meetings,
                messages=self._record.messages,
                outbox=self._messages.outbox,
                clock=self._outside.clock,
                own_address=self.personal.address,
            )
        )

    @cached_property
    def external_feeds(self) -> "ExternalFeedReader":
        from integration.external_calendar.fetching import FeedClient
        from integration.their_calendar import ExternalCalendars
        from workflows.meetings.external_feeds import ExternalFeedReader

        settings = self._outside.settings
        client = FeedClient(user_agent=settings.feed_user_agent, local=settings.sandboxed)
        return ExternalFeedReader(
            feeds=ExternalCalendars(client, self._outside.clock),
            store=self._record.meetings,
            clock=self._outside.clock,
            programme=self._record.register.programme,
            mail=self._messages.lead_mail,
            past=self._record.history,
        )
