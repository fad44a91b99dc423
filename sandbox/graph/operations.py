"""All operations of Graph that are played."""

from sandbox.directory.routes import groups, invitations, members, memberships, users
from sandbox.exchange.routes import calendars, events, messages
from sandbox.graph import batch
from sandbox.planner import routes as planner
from sandbox.protocol.operations import Router
from sandbox.sharepoint.routes import channel_files, drives, lists, pages, sites, storage
from sandbox.teams.routes import apps, archiving, channel_members, channels, making, tabs, teams

ROUTER = Router(
    each
    for module in (
        batch,
        groups,
        invitations,
        members,
        memberships,
        users,
        calendars,
        events,
        messages,
        channel_files,
        drives,
        lists,
        pages,
        sites,
        storage,
        apps,
        archiving,
        channel_members,
        channels,
        making,
        tabs,
        teams,
        planner,
    )
    for each in module.routes
)
"""The operations of all rooms, found by method and path."""
