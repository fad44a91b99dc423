"""Each client is what the workflows ask for; the type checker is the one who tests it."""

from integration.graph.calendar import GraphCalendar
from integration.graph.groups import GraphGroups, GraphMemberships
from integration.graph.mail import GraphMailer
from integration.graph.people import GraphDirectory, GraphInvitations
from integration.graph.site_content import GraphSiteContent
from integration.graph.site_layout import GraphSiteLayout
from integration.graph.sites import GraphSiteAccess
from integration.graph.teams import GraphChannels, GraphTeamBuilder
from integration.identity import Identities, Tokens
from tests.integration.graph.doubles import Double
from workflows import place_ports, ports


async def test_nothing_is_sent_before_a_client_is_asked_for_something(double: Double) -> None:
    graph, everybody = double.graph, ports.Recipients()

    directory: ports.Directory = GraphDirectory(graph)
    invitations: ports.Invitations = GraphInvitations(graph, everybody)
    groups: place_ports.Groups = GraphGroups(graph)
    memberships: place_ports.Memberships = GraphMemberships(graph, everybody)
    builder: place_ports.TeamBuilder = GraphTeamBuilder(graph)
    channels: place_ports.Channels = GraphChannels(graph)
    access: place_ports.SiteAccess = GraphSiteAccess(graph)
    content: place_ports.SiteContent = GraphSiteContent(graph)
    layout: place_ports.SiteLayout = GraphSiteLayout(graph)
    calendar: ports.Calendar = GraphCalendar(graph, everybody, timezone="Europe/Oslo")
    mailer: ports.Mailer = GraphMailer(graph, everybody)
    tokens: Tokens = Identities()

    clients = (
        directory,
        invitations,
        groups,
        memberships,
        builder,
        channels,
        access,
        content,
        layout,
        calendar,
        mailer,
        tokens,
    )
    assert all(clients)
    assert double.requests == []
    assert double.tokens.asked == []
