"""Questions that a walk over a place asks ahead, all at once, with the ids of earlier walks.

A place that stands as it should is looked at in a handful of round trips. What is asked in vain costs little, and what
is not asked here, a step asks when it comes to it.
"""

from collections.abc import Coroutine, Iterator
from typing import Any

from workflows.ports.accounts import AccountKind
from workflows.rollout.group_ownership import BY_ID, group_of
from workflows.rollout.walk import Walk

LANDING = "start.aspx"
Read = Coroutine[Any, Any, None]


async def look_ahead(walk: Walk) -> None:
    """Ask at once what the steps of *walk* will want to know, then whose group is whose. Raises Question."""
    await walk.ports.together(*await _people(walk), *_team(walk), *_site(walk))
    await walk.reads.ask_ahead(group_of, walk)


async def _people(walk: Walk) -> list[Read]:
    ports, spec, group = walk.ports, walk.wanted.spec, walk.known.get("group")
    reads = [
        walk.reads.ask_ahead(ports.directory.find_accounts, walk.emails),
        walk.reads.ask_ahead(ports.groups.read_group, group.external_id)
        if group is not None and group.details.get(BY_ID)
        else walk.reads.ask_ahead(ports.groups.find_group, spec.unique_name),
    ]
    if walk.apply and "team" not in walk.known:
        # The app comes into the team, and then to people.
        return reads
    reads.append(walk.reads.ask_ahead(ports.teams.find_catalog_app, ports.app.external_id))
    remembered = await ports.accounts.find_accounts(walk.emails)
    for person in walk.wanted.members:
        account = remembered.get(person.email.lower())
        if account is not None and account.kind is AccountKind.MEMBER and person.key in walk.permitted:
            reads.append(walk.reads.ask_ahead(ports.teams.find_user_app, account.id, ports.app.external_id))
    return reads


def _team(walk: Walk) -> Iterator[Read]:
    ports, group, team = walk.ports, walk.known.get("group"), walk.known.get("team")
    if group is not None:
        yield walk.reads.ask_ahead(ports.groups.list_owners, group.external_id)
        yield walk.reads.ask_ahead(ports.memberships.list_member_ids, group.external_id)
        yield walk.reads.ask_ahead(ports.sites.find_group_site, group.external_id)
    if team is not None:
        yield walk.reads.ask_ahead(ports.teams.find_team_app, team.external_id, ports.app.external_id)
        lister = ports.channels_of(*walk.wanted.channel_kinds)
        yield walk.reads.ask_ahead(lister.list_channels, team.external_id)
        for wanted in walk.wanted.channels:
            channel = walk.known.get(f"channel:{wanted.key}")
            if channel is not None and wanted.spec.tabs:
                reader = ports.channels_of(wanted.spec.kind)
                yield walk.reads.ask_ahead(reader.list_tabs, team.external_id, channel.external_id)
            if channel is not None and wanted.spec.kind == "private":
                app = ports.app.external_id
                yield walk.reads.ask_ahead(ports.teams.is_app_in_channel, team.external_id, channel.external_id, app)
                yield walk.reads.ask_ahead(ports.seats.list_seats, team.external_id, channel.external_id)


def _site(walk: Walk) -> Iterator[Read]:
    ports, site = walk.ports, walk.known.get("site")
    if site is None:
        return
    layout, site_id = ports.layout, site.external_id
    yield walk.reads.ask_ahead(ports.sites.granted_roles, site_id, ports.hands_id)
    for key, thing in walk.known.items():
        if key.startswith("folder:"):
            yield walk.reads.ask_ahead(layout.find_folder, site_id, thing.external_id)
        elif key.startswith("list:"):
            yield walk.reads.ask_ahead(layout.find_list, site_id, thing.external_id)
            if walk.wanted.rows.get(key.removeprefix("list:")):
                yield walk.reads.ask_ahead(ports.content.list_items, site_id, thing.external_id)
        elif key == "page:landing" and thing.external_id:
            yield walk.reads.ask_ahead(layout.read_page, site_id, thing.external_id)
