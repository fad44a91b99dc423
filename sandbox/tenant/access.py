"""Readers of everything: the grants of groups, private channels, sites and mailboxes, turned into names."""

from typing import Any

from sandbox.tenant.state import Tenant


def readers(tenant: Tenant) -> dict[str, Any]:
    """
    Return the readers of each thing: people by address, apps by name.

    People of a group read its team's standard channels and everything on its site (nothing there has permissions
    of its own: operations that would break inheritance are not played). A private channel and its site are read by
    those who have a seat in it; a mailbox by its owner.
    """
    return {
        "groups": {group.key: _people_of_group(tenant, group.id) for group in tenant.directory.groups.values()},
        "channels": _channels(tenant),
        "sites": _sites(tenant),
        "mailboxes": _mailboxes(tenant),
    }


def _people_of_group(tenant: Tenant, group_id: str) -> list[str]:
    group, mail_of = tenant.directory.get_group(group_id), tenant.directory.mail_of
    return sorted({mail_of(user) for user in (*group.owners, *group.members)})


def _channels(tenant: Tenant) -> dict[str, list[str]]:
    found = {}
    for team in tenant.teams.teams.values():
        everybody = _people_of_group(tenant, team.id)
        for channel in team.channels.values():
            seats = {tenant.directory.mail_of(user) for user in channel.members}
            # A person who leaves the team loses the seats in its private channels with it.
            people = everybody if channel.kind == "standard" else sorted(seats & set(everybody))
            found[f"{tenant.teams.group(team).key}/{channel.name}"] = people
    return found


def _sites(tenant: Tenant) -> dict[str, Any]:
    channels, apps = _channels(tenant), tenant.identities
    found = {}
    for site in tenant.sharepoint.sites():
        people = channels[site.key] if site.channel_id else _people_of_group(tenant, site.group_id)
        let_in = {grant.app_id for grant in site.grants.values()}
        found[site.key] = {
            "people": people,
            "apps": sorted(apps[app].name if app in apps else app for app in let_in),
            "holds": sorted([*(item.path for item in site.drive.walk()), *(each.display_name for each in site.lists)]),
        }
    return found


def _mailboxes(tenant: Tenant) -> dict[str, Any]:
    """Return the readers of the tenant's mailboxes: the owner, and the apps that a scoped role lets in."""
    roles = {app.name for app in tenant.identities.values() if app.exchange_roles}
    members = [user.mail.lower() for user in tenant.directory.users.values() if not user.guest]
    return {
        mail: {"people": [mail], "apps": sorted(roles) if mail in tenant.organizers else []}
        for mail in sorted({*members, *tenant.exchange.addresses()})
    }
