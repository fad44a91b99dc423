"""The pages. Everything on them is read from the tenant when a page is asked for."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from sandbox.connector.model import Chat
from sandbox.directory.model import User
from sandbox.exchange.events import Event
from sandbox.people.client import Client
from sandbox.people.showing import chat_json, everybody, message_json
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.lists import SiteList
from sandbox.sharepoint.sites import Site
from sandbox.teams.model import Channel, Team
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.state import Tenant
from sandbox.views.edits import editor_of, typable
from sandbox.views.forms import at, back, sent
from sandbox.views.render import STATIC, page

CLOCK_STEPS = {
    "1 minute": timedelta(minutes=1),
    "1 hour": timedelta(hours=1),
    "1 day": timedelta(days=1),
    "1 week": timedelta(weeks=1),
}


def routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the pages that show the tenant, with the clock, and those on which people answer."""
    views = _Views(cloud)
    return [
        Mount("/static", StaticFiles(directory=STATIC)),
        at("/", views.overview),
        at("/advance", views.advance, "POST"),
        at("/teams/{team}", views.team),
        at("/people/{email}", views.person),
        at("/people/{email}/say", views.say, "POST"),
        at("/people/{email}/respond", views.respond, "POST"),
        at("/people/{email}/block", views.block, "POST"),
        at("/sites/{site}", views.site),
        at("/sites/{site}/files/{path:path}", views.file),
    ]


@dataclass(frozen=True, kw_only=True)
class TeamShown:
    """A team with its present people, and those who come with the next sync."""

    team: Team
    name: str
    owners: list[User]
    members: list[User]
    guests: list[User]
    pending: list[User]
    site: Site | None
    apps: list[str] = field(default_factory=list)


class _Views:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    @property
    def _tenant(self) -> Tenant:
        return self._cloud.tenant

    # --------------------------------------------------------------------------------------------------------- overview

    async def overview(self, request: Request) -> Response:
        tenant = self._tenant
        boxes = {key: len(tenant.exchange.mailboxes.inbox(key)) for key in tenant.exchange.addresses()}
        return page(
            "overview.html",
            tenant=tenant,
            teams=[_shown(tenant, team) for team in tenant.teams.teams.values()],
            people=everybody(tenant),
            boxes=boxes,
            sites=tenant.sharepoint.sites(),
            now=self._cloud.clock.now(),
            clock=self._cloud.clock.status(),
            steps=CLOCK_STEPS,
            faults=self._cloud.faults.status(),
            traffic=self._cloud.traffic.counts(),
        )

    async def advance(self, request: Request) -> Response:
        step = CLOCK_STEPS.get(await sent(request, "step"))
        if step is None:
            raise GraphError(400, "BadRequest", "The clock does not know that step.")
        clock = self._cloud.clock
        clock.send_to((clock.goal or clock.now()) + step)
        return back("/", "clock")

    # ------------------------------------------------------------------------------------------------------------ teams

    async def team(self, request: Request) -> Response:
        tenant = self._tenant
        team = tenant.teams.get_team(request.path_params["team"])
        channels = [(channel, _posts(tenant, channel)) for channel in team.channels.values()]
        return page("team.html", shown=_shown(tenant, team), channels=channels)

    # ----------------------------------------------------------------------------------------------------------- people

    async def person(self, request: Request) -> Response:
        tenant, email = self._tenant, request.path_params["email"]
        entry = next((each for each in everybody(tenant) if each["email"].lower() == email.lower()), None)
        if entry is None:
            raise GraphError(404, "NotFound", f"Nobody is known as {email}.")
        user = tenant.directory.user_by_mail(email)
        seen = [chat_json(tenant, chat, user) for chat in tenant.chats.seen_by(user)] if user else []
        return page(
            "person.html",
            tenant=tenant,
            person=entry,
            chats=[chat for chat in seen if chat["messages"] or chat["kind"] == "personal"],
            blocked=user is not None and user.id in tenant.chats.blocked,
            mails=list(reversed(tenant.exchange.mailboxes.inbox(email))),
            events=[
                (event, _join_url(event, self._cloud.clock.now())) for event in tenant.exchange.calendars.of(email)
            ],
            now=self._cloud.clock.now(),
        )

    async def say(self, request: Request) -> Response:
        text = await sent(request, "text")
        if text.strip():
            self._tenant.addresses.base_url = str(request.base_url).rstrip("/")
            await Client(self._tenant, self._user(request)).say(text)
        return self._back_to_person(request, "chats")

    async def respond(self, request: Request) -> Response:
        response, email = await sent(request, "response"), request.path_params["email"]
        self._tenant.exchange.calendars.respond(email, await sent(request, "event"), response)
        return self._back_to_person(request, "calendar")

    async def block(self, request: Request) -> Response:
        user, blocked = self._user(request), self._tenant.chats.blocked
        (blocked.add if await sent(request, "blocked") == "yes" else blocked.discard)(user.id)
        return self._back_to_person(request, "chats")

    def _user(self, request: Request) -> User:
        user = self._tenant.directory.user_by_mail(request.path_params["email"])
        if user is None:
            raise GraphError(404, "NotFound", "Nobody with that address has an account.")
        return user

    def _back_to_person(self, request: Request, part: str) -> Response:
        return back(f"/people/{quote(request.path_params['email'])}", part)

    # ------------------------------------------------------------------------------------------------------------ sites

    async def site(self, request: Request) -> Response:
        site = self._tenant.sharepoint.site(request.path_params["site"])
        items = sorted(self._tenant.sharepoint.tree(site.id), key=lambda item: item.path.casefold())
        return page(
            "site.html",
            site=site,
            items=items,
            lists=[(each, _columns(each), typable(each)) for each in site.lists if not each.is_library],
            pages=self._tenant.sharepoint.pages(site.id),
            editor=editor_of(self._tenant, site.group_id),
        )

    async def file(self, request: Request) -> Response:
        item = self._tenant.sharepoint.site(request.path_params["site"]).drive.at(request.path_params["path"])
        if item.content is None:
            raise GraphError(404, "itemNotFound", "That is a folder.")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item.name)}",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(item.content, media_type=item.mime_type, headers=headers)


def _posts(tenant: Tenant, channel: Channel) -> list[dict[str, Any]]:
    chat = tenant.chats.chats.get(channel.id) or Chat(id=channel.id)
    return [message_json(tenant, message) for message in chat.messages]


def _shown(tenant: Tenant, team: Team) -> TeamShown:
    group = tenant.teams.group(team)
    roster = {user.id: roles for user, roles in tenant.teams.rosters.of(team)}
    users = [tenant.directory.users[key] for key in roster]
    later = [key for key in {**group.owners, **group.members} if key not in roster]
    return TeamShown(
        team=team,
        name=group.name,
        owners=[user for user in users if "owner" in roster[user.id]],
        members=[user for user in users if not roster[user.id]],
        guests=[user for user in users if "guest" in roster[user.id]],
        pending=[tenant.directory.users[key] for key in later if key in tenant.directory.users],
        site=next((site for site in tenant.sharepoint.sites() if site.group_id == team.id), None),
        apps=[tenant.catalog.name_of(item.app_id) for item in team.installations.values()],
    )


def _join_url(event: Event, now: datetime) -> str:
    ready = event.join_ready_at is not None and event.join_ready_at <= now
    return event.join_url if ready else ""


def _columns(shown: SiteList) -> list[tuple[str, str]]:
    """Return heading and field of each column worth showing: those that some row fills and that are not hidden."""
    names = {column.field: column.display_name for column in shown.columns.values() if not column.hidden}
    filled = {name for row in shown.rows.values() for name, value in row.values.items() if value not in (None, "")}
    return [(heading, name) for name, heading in names.items() if name in filled]
