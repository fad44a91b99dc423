"""Changes that people make by hand in teams and on sites, as Teams and SharePoint let them."""

from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox.directory.model import User
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.columns import Column
from sandbox.sharepoint.drives import Author, Drive, Item
from sandbox.sharepoint.lists import SiteList, find_list
from sandbox.sharepoint.pages import find_page
from sandbox.sharepoint.sites import Site
from sandbox.teams.model import Channel, Team, check_channel_name
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.state import Tenant
from sandbox.views.forms import at, back, sent


def routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the addresses of the forms on the pages of a team and of a site."""
    edits = _Edits(cloud)
    channel = "/teams/{team}/channels/{channel}"
    return [
        at(f"{channel}/rename", edits.rename_channel, "POST"),
        at(f"{channel}/apps/add", edits.add_app, "POST"),
        at(f"{channel}/tabs/{{tab}}/rename", edits.rename_tab, "POST"),
        at(f"{channel}/tabs/{{tab}}/remove", edits.remove_tab, "POST"),
        at("/sites/{site}/folders/move", edits.move_folder, "POST"),
        at("/sites/{site}/folders/delete", edits.delete_folder, "POST"),
        at("/sites/{site}/lists/{list}/change", edits.change_cell, "POST"),
        at("/sites/{site}/pages/{page}/write", edits.write_page, "POST"),
    ]


def editor_of(tenant: Tenant, group_id: str) -> User | None:
    """Return the user in whose name a group's team and sites are changed here: its first owner."""
    owners = tenant.directory.get_group(group_id).owners
    return next((tenant.directory.users[key] for key in owners if key in tenant.directory.users), None)


def typable(each: SiteList) -> list[Column]:
    """Return the columns of a list whose cells people can change."""
    return [column for column in each.columns.values() if not column.read_only and not column.hidden]


class _Edits:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    @property
    def _tenant(self) -> Tenant:
        return self._cloud.tenant

    # ------------------------------------------------------------------------------------------------------------ teams

    async def rename_channel(self, request: Request) -> Response:
        team, channel = self._channel(request)
        name = await _needed(request, "name")
        check_channel_name(name)
        team.rename_channel(channel, name)
        return _back_to_channel(team, channel)

    async def add_app(self, request: Request) -> Response:
        team, channel = self._channel(request)
        app = self._tenant.catalog.ours
        if not channel.is_closed or all(each.app_id != app.id for each in team.installations.values()):
            raise GraphError(400, "BadRequest", "Only an app of the team can be added, and only to a closed channel.")
        channel.apps.add(app.id)
        return _back_to_channel(team, channel)

    async def rename_tab(self, request: Request) -> Response:
        team, channel = self._channel(request)
        channel.get_tab(request.path_params["tab"]).name = await _needed(request, "name")
        return _back_to_channel(team, channel)

    async def remove_tab(self, request: Request) -> Response:
        team, channel = self._channel(request)
        del channel.tabs[channel.get_tab(request.path_params["tab"]).id]
        return _back_to_channel(team, channel)

    def _channel(self, request: Request) -> tuple[Team, Channel]:
        """Return a channel that can be changed, and its team."""
        team = self._tenant.teams.get_active_team(request.path_params["team"])
        channel = self._tenant.teams.get_channel(team.id, request.path_params["channel"])
        if channel.archived_at is not None:
            raise GraphError(403, "Forbidden", f"The channel {channel.name} is archived: it is read-only.")
        return team, channel

    # ------------------------------------------------------------------------------------------------------------ sites

    async def move_folder(self, request: Request) -> Response:
        site = self._site(request)
        folder, below = [_folder(site.drive, await sent(request, name)) for name in ("folder", "below")]
        author = self._author(site)
        site.drive.move(folder, below, folder.name, now=self._tenant.clock.now(), author=author)
        return _back_to_site(site, "files")

    async def delete_folder(self, request: Request) -> Response:
        site = self._site(request)
        site.drive.delete(_folder(site.drive, await sent(request, "folder")))
        return _back_to_site(site, "files")

    async def change_cell(self, request: Request) -> Response:
        site = self._site(request)
        shown = [each for each in site.lists if not each.is_library]
        changed = find_list(shown, request.path_params["list"])
        row = changed.row(await sent(request, "row"))
        name = await sent(request, "column")
        column = next((column for column in typable(changed) if column.name == name), None)
        if column is None:
            raise GraphError(404, "itemNotFound", "The list has no such column to write in.")
        value = column.typed(await sent(request, "value"))
        if value is None and column.required:
            raise GraphError(400, "invalidRequest", f"{column.display_name} cannot be empty.")
        changed.change(row, {column.field: value}, author=self._author(site), now=self._tenant.clock.now())
        return _back_to_site(site, f"list{shown.index(changed) + 1}")

    async def write_page(self, request: Request) -> Response:
        site = self._site(request)
        written = find_page(site.pages, request.path_params["page"])
        text = await _needed(request, "text")
        written.write(f"<p>{escape(text)}</p>", editor=self._author(site), now=self._tenant.clock.now())
        return _back_to_site(site, f"page{self._tenant.sharepoint.pages(site.id).index(written) + 1}")

    def _site(self, request: Request) -> Site:
        return self._tenant.sharepoint.site(request.path_params["site"])

    def _author(self, site: Site) -> Author:
        user = editor_of(self._tenant, site.group_id)
        if user is None:
            raise GraphError(403, "accessDenied", "The site's group has no owner, so nobody is here to change it.")
        return Author(user.id, user.name, person=True)


async def _needed(request: Request, name: str) -> str:
    """Return a field that is filled in; 400 when it is blank."""
    text = (await sent(request, name)).strip()
    if not text:
        raise GraphError(400, "BadRequest", f"The {name} cannot be empty.")
    return text


def _folder(drive: Drive, item_id: str) -> Item:
    item = drive.item(item_id)
    if not item.is_folder:
        raise GraphError(400, "invalidRequest", f"{item.name} is no folder.")
    return item


def _back_to_channel(team: Team, channel: Channel) -> Response:
    return back(f"/teams/{quote(team.id)}", f"ch{list(team.channels).index(channel.id) + 1}")


def _back_to_site(site: Site, part: str) -> Response:
    return back(f"/sites/{quote(site.id, safe='')}", part)
