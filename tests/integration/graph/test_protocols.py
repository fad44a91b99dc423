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
from workflows.ports import accounts, mail, place
from workflows.ports import calendar as calendars


async def test_nothing_is_sent_before_a_client_is_asked_for_something(double: Double) -> None:
    graph, everybody = double.graph, accounts.Recipients()

    directory: accounts.Directory = GraphDirectory(graph)
    invitations: accounts.Invitations = GraphInvitations(graph, everybody)
    groups: place.Groups = GraphGroups(graph)
    memberships: place.Memberships = GraphMemberships(graph, everybody)
    builder: place.TeamBuilder = GraphTeamBuilder(graph)
    channels: place.Channels = GraphChannels(graph)
    access: place.SiteAccess = GraphSiteAccess(graph)
    content: place.SiteContent = GraphSiteContent(graph)
    layout: place.SiteLayout = GraphSiteLayout(graph)
    calendar: calendars.Calendar = GraphCalendar(graph, everybody, timezone="Europe/Oslo")
    mailer: mail.Mailer = GraphMailer(graph, everybody)
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
