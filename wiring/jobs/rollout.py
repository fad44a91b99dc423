"""Places compared and made so."""

from functools import cached_property, partial
from typing import TYPE_CHECKING

from engine.together import together
from wiring.jobs.messages import MessageJobs
from wiring.outside import Outside
from wiring.shipped import teams_app

if TYPE_CHECKING:
    from workflows.papers.decisions.follow_up import FollowUps
    from workflows.rollout.desk import RolloutDesk
    from workflows.rollout.handlers import Rollout
    from workflows.rollout.preview import Previews
    from workflows.rollout.welcome_mail import Welcome


class RolloutJobs:
    """Places compared and made so."""

    def __init__(self, outside: Outside, *, messages: MessageJobs, follow_ups: "FollowUps") -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages
        self._follow_ups = follow_ups

    @cached_property
    def handlers(self) -> "Rollout":
        from integration.graph.channel_members import GraphChannelMembers
        from integration.graph.groups import GraphGroups, GraphMemberships
        from integration.graph.people import GraphDirectory, GraphInvitations
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.site_layout import GraphSiteLayout
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.papers.reports.place_record import RolloutRecord
        from workflows.rollout.handlers import Rollout
        from workflows.rollout.ports import RolloutPorts

        return Rollout(
            RolloutPorts(
                programme=self._record.register.programme,
                directory=GraphDirectory(self._outside.builder),
                invitations=GraphInvitations(self._outside.hands, self._outside.recipients),
                groups=GraphGroups(self._outside.builder),
                memberships=GraphMemberships(self._outside.hands, self._outside.recipients),
                teams=GraphTeamBuilder(self._outside.builder),
                channels=GraphChannels(self._outside.hands),
                closed_channels=GraphChannels(self._outside.builder),
                sites=GraphSiteAccess(self._outside.builder),
                content=GraphSiteContent(self._outside.hands),
                layout=GraphSiteLayout(self._outside.hands),
                records=RolloutRecord(self._record.reports, self._follow_ups.decision_rows).of,
                resources=self._record.resources,
                accounts=self._record.accounts,
                guests=self._record.guests,
                seats=GraphChannelMembers(self._outside.builder, self._outside.recipients),
                links=self._record.links,
                intents=self._record.intents,
                clock=self._outside.clock,
                together=partial(together, self._outside.clock, gathering=self._outside.gathering),
                expect=self._outside.gathering.expect,
                recipients=self._outside.recipients,
                app=teams_app(),
                hands_id=self._outside.settings.hands_id,
                public_url=self._outside.settings.public_url,
            ),
            self.welcome_mail,
        )

    @cached_property
    def previews(self) -> "Previews":
        from workflows.rollout.preview import Previews

        return Previews(
            self.handlers,
            resources=self._record.resources,
            programme=self._record.register.programme,
            clock=self._outside.clock,
        )

    @cached_property
    def desk(self) -> "RolloutDesk":
        from workflows.rollout.desk import RolloutDesk

        return RolloutDesk(
            notes=self._record.resources,
            units=self._record.units,
            events=self._record.history,
            pauses=self._record.switches,
            clock=self._outside.clock,
        )

    @cached_property
    def welcome_mail(self) -> "Welcome":
        from workflows.rollout.welcome_mail import Welcome, WelcomePorts

        return Welcome(
            WelcomePorts(
                programme=self._record.register.programme,
                messages=self._record.messages,
                outbox=self._messages.outbox,
                clock=self._outside.clock,
            )
        )
