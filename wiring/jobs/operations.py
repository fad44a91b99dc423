"""Permissions, drift, guests, access that ends, places that close."""

from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from engine.together import together
from wiring.jobs.meetings import MeetingJobs
from wiring.jobs.messages import MessageJobs
from wiring.jobs.rollout import RolloutJobs
from wiring.jobs.status import StatusJobs
from wiring.outside import Outside
from wiring.shipped import permission_lists, teams_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.operations.access_removal import Leaving
    from workflows.operations.closing import Closing
    from workflows.operations.closing_outlook import ClosingDesk
    from workflows.operations.doctor import Doctor, TenantClients
    from workflows.operations.drift import Drift
    from workflows.operations.examination import Examination
    from workflows.operations.findings import Finding
    from workflows.operations.guest_review import GuestDesk, GuestReview
    from workflows.operations.stopped import StoppedDesk
    from workflows.operations.wind_down import WindDown


class OperationJobs:
    """Permissions, drift, guests, access that ends, places that close."""

    def __init__(
        self,
        outside: Outside,
        *,
        messages: MessageJobs,
        meetings: MeetingJobs,
        status: StatusJobs,
        rollout: RolloutJobs,
    ) -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages
        self._meetings = meetings
        self._status = status
        self._rollout = rollout

    @cached_property
    def access_removal(self) -> "Leaving":
        from integration.graph.channel_members import GraphChannelMembers
        from integration.graph.groups import GraphMemberships
        from workflows.operations.access_removal import Leaving, LeavingPorts

        return Leaving(
            LeavingPorts(
                programme=self._record.register.programme,
                memberships=GraphMemberships(self._outside.hands, self._outside.recipients),
                seats=GraphChannelMembers(self._outside.builder, self._outside.recipients),
                resources=self._record.resources,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def guest_desk(self) -> "GuestDesk":
        from integration.database.roles import SQLRoles
        from workflows.operations.guest_review import GuestDesk, GuestPorts

        return GuestDesk(
            GuestPorts(
                programme=self._record.register.programme,
                guests=self._record.guests,
                roles=SQLRoles(self._record.register, self._outside.clock),
                links=self._record.links,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def guest_review(self) -> "GuestReview":
        from workflows.operations.guest_review import GuestReview

        return GuestReview(self.guest_desk, mail=self._messages.lead_mail, public_url=self._outside.settings.public_url)

    @cached_property
    def drift(self) -> "Drift":
        from integration.graph.groups import GraphMemberships
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.site_layout import GraphSiteLayout
        from integration.graph.teams import GraphChannels
        from workflows.operations.drift import Drift, DriftPorts

        return Drift(
            DriftPorts(
                programme=self._record.register.programme,
                memberships=GraphMemberships(self._outside.hands, self._outside.recipients),
                channels=GraphChannels(self._outside.hands),
                content=GraphSiteContent(self._outside.hands),
                layout=GraphSiteLayout(self._outside.hands),
                resources=self._record.resources,
                mail=self._messages.lead_mail,
                together=partial(together, self._outside.clock, gathering=self._outside.gathering),
                clock=self._outside.clock,
                every=timedelta(days=self._outside.settings.drift_days),
            )
        )

    @cached_property
    def wind_down(self) -> "WindDown":
        from integration.graph.archive import GraphArchive
        from workflows.operations.wind_down import WindDown, WindDownPorts

        return WindDown(
            WindDownPorts(
                programme=self._record.register.programme,
                archive=GraphArchive(self._outside.builder),
                work=self._status.rounds.closing,
                welcomes=self._rollout.welcome_mail,
                meetings=self._record.meetings,
                moves=self._meetings.moves,
                resources=self._record.resources,
                links=self._record.links,
                units=self._record.units,
                recipients=self._outside.recipients,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def closing_desk(self) -> "ClosingDesk":
        from integration.database.closing import SQLClosingCounts
        from workflows.operations.closing_outlook import ClosingDesk

        return ClosingDesk(
            counts=SQLClosingCounts(self._record.database, self._outside.clock),
            meetings=self._record.meetings,
            resources=self._record.resources,
            sending=self._record.switches,
            clock=self._outside.clock,
        )

    @cached_property
    def closing(self) -> "Closing":
        from integration.database.closing import SQLOpenLinks, SQLRoundsToEnd
        from integration.graph.archive import GraphArchive
        from workflows.operations.closing import Closing, ClosingPorts

        return Closing(
            ClosingPorts(
                programme=self._record.register.programme,
                archive=GraphArchive(self._outside.builder),
                work=self._status.rounds.closing,
                rounds=SQLRoundsToEnd(self._record.database),
                meetings=self._record.meetings,
                moves=self._meetings.moves,
                resources=self._record.resources,
                links=SQLOpenLinks(self._record.database, self._outside.clock),
                sending=self._record.switches,
                papers=self._record.papers,
                handovers=self._record.handovers,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def examination(self) -> "Examination":
        from config.settings import bot_is_open
        from workflows.operations.examination import Examination, ExaminationPorts

        settings = self._outside.settings
        return Examination(
            ExaminationPorts(
                doctor=self.doctor,
                store=self._record.findings,
                programme=self._record.register.programme,
                look_around=self.look_around,
                settings=settings,
                open_bot=bot_is_open(),
                meetings=self._record.meetings,
                switches=self._record.switches,
                stopped=self.stopped,
                clock=self._outside.clock,
                every=timedelta(days=settings.doctor_days),
            )
        )

    @cached_property
    def stopped(self) -> "StoppedDesk":
        from integration.database.stopped import SQLStoppedUnits
        from workflows.operations.stopped import StoppedDesk

        return StoppedDesk(SQLStoppedUnits(self._record.database), self._outside.clock)

    async def look_around(self) -> "Sequence[Finding]":
        """Return the doctor's findings about address, sign-in, clock and database."""
        from integration.surroundings import HTTPSurroundings
        from workflows.operations.surroundings import look_around

        around = HTTPSurroundings(self._record.database, queue=self._record.queue)
        return await look_around(around, self._outside.settings, now=self._outside.clock.now())

    @cached_property
    def doctor(self) -> "Doctor":
        from teams_app.package import version
        from workflows.operations.doctor import Doctor, DoctorPorts

        return Doctor(
            DoctorPorts(
                settings=self._outside.settings,
                lists=permission_lists(),
                roles=self._outside.identities,
                tenant=self._tenant()
                if self._outside.settings.hands_id and self._outside.settings.builder_id
                else None,
                resources=self._record.resources,
                app=teams_app(),
                app_version=version(self._outside.settings),
            )
        )

    def _tenant(self) -> "TenantClients":
        from integration.graph.mailboxes import GraphMailboxes
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.operations.doctor import TenantClients

        return TenantClients(
            mailboxes=GraphMailboxes(self._outside.hands),
            channels=GraphChannels(self._outside.hands),
            content=GraphSiteContent(self._outside.hands),
            teams=GraphTeamBuilder(self._outside.builder),
            sites=GraphSiteAccess(self._outside.builder),
        )
