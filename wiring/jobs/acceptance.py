"""Acceptance on a test tenant: our own clients, with the edges and limits that they always have."""

from typing import TYPE_CHECKING

from wiring.outside import Outside
from wiring.shipped import teams_app

if TYPE_CHECKING:
    from workflows.operations.acceptance.suite import Acceptance


def create_acceptance(outside: Outside) -> "Acceptance":
    """Return the acceptance run of this process."""
    from integration.graph.archive import GraphArchive
    from integration.graph.groups import GraphGroups, GraphMemberships
    from integration.graph.people import GraphDirectory, GraphInvitations
    from integration.graph.site_content import GraphSiteContent
    from integration.graph.sites import GraphSiteAccess
    from integration.graph.teams import GraphChannels, GraphTeamBuilder
    from workflows.operations.acceptance.checks import AcceptancePorts
    from workflows.operations.acceptance.suite import Acceptance

    hands, builder, recipients = outside.hands, outside.builder, outside.recipients
    return Acceptance(
        AcceptancePorts(
            directory=GraphDirectory(builder),
            invitations=GraphInvitations(hands, recipients),
            groups=GraphGroups(builder),
            memberships=GraphMemberships(hands, recipients),
            teams=GraphTeamBuilder(builder),
            channels=GraphChannels(hands),
            closed_channels=GraphChannels(builder),
            sites=GraphSiteAccess(builder),
            content=GraphSiteContent(hands),
            calendar=outside.calendar,
            archive=GraphArchive(builder),
            clock=outside.clock,
            app=teams_app(),
            remember=outside.record.accounts.remember,
            hands_id=outside.settings.hands_id,
            public_url=outside.settings.public_url,
            timezone=outside.settings.timezone,
        )
    )
