"""Doctor: what is missing in the tenant, and what is there that should not be. Changes nothing.

Tenant-wide permissions are read from each identity's own token. What no token tells (a team's consent, a site's grant,
Exchange's scoped roles) is tried by harmless reads that the lists in `infra/permissions` allow anyhow; what even they
do not show is `unknown`, with the administrator's command.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from config.programme import Programme
from config.settings import OPEN_BOT, Settings
from workflows.errors import IdentityClosed, NotFound, OutsideError, Refused
from workflows.meetings.events import link_failed
from workflows.meetings.model import Meeting
from workflows.ports.place import Channels, SiteAccess, SiteContent, TeamBuilder
from workflows.rollout.ports import Resources, TeamsApp

SITE_ROLE = "manage"
CONSENTED = (".Group", ".Chat", ".User")
EXCHANGE = "exchange:"
LIMIT_ROLE = "Set-ManagementRoleAssignment -Identity <the assignment> -CustomResourceScope <our mailboxes>"
NEEDED = ("tenant_id", "app_id", "bot_id", "hands_id", "builder_id", "organizer")
"""Settings without which something does not work."""
LOBBY = "organizer mailbox: whether its meetings let invited guests in past the lobby"
OPEN_LOBBY = (
    "New-CsTeamsMeetingPolicy -Identity VareUnge -AutoAdmittedUsers InvitedUsers; "
    "Grant-CsTeamsMeetingPolicy -Identity {} -PolicyName VareUnge"
)
"""Done once by hand: Graph would let us set it in each meeting only with a permission over all online meetings."""
SHOW_TEAMS = "Get-CsOnlineUser -Identity {} | Select-Object AccountEnabled, AssignedPlan, TeamsMeetingPolicy"
"""Shows whether an organizer account has Teams and may make meetings there."""
STRANGERS = 3
"""Foreign mailboxes that are tried until one is there."""


class Verdict(StrEnum):
    OK = "ok"
    MISSING = "missing"
    TOO_MUCH = "too much"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. *todo*: what to do about it, a command where there is one."""

    verdict: Verdict
    what: str
    todo: str = ""

    @property
    def fails(self) -> bool:
        return self.verdict in (Verdict.MISSING, Verdict.TOO_MUCH)


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """One identity's list: tenant-wide roles, resource-specific consent, and Exchange's scoped roles."""

    roles: frozenset[str]
    consent: frozenset[str]
    exchange: frozenset[str]


PRIVATE_CHANNELS = "builder-private-channels"
"""Name of the list of what the Builder needs besides, where a place has a private channel."""


class TokenRoles(Protocol):
    """Reads an identity's tenant-wide roles from its own token, without a call to Graph."""

    async def roles(self, client_id: str) -> frozenset[str]: ...


class Mailboxes(Protocol):
    """Reads from a mailbox and forgets what it read. Hands, by its Exchange roles."""

    async def read_calendar(self, address: str) -> None: ...
    async def read_mail(self, address: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class TenantClients:
    """The clients of Hands and Builder; without their ids in the settings there are none."""

    mailboxes: Mailboxes
    channels: Channels
    content: SiteContent
    teams: TeamBuilder
    sites: SiteAccess


@dataclass(frozen=True, kw_only=True)
class DoctorPorts:
    """Everything the doctor looks at. *lists*: by the names hands, builder and door, and PRIVATE_CHANNELS."""

    settings: Settings
    lists: Mapping[str, Permissions]
    roles: TokenRoles
    tenant: TenantClients | None
    resources: Resources
    app: TeamsApp


def permissions_of(text: str) -> Permissions:
    """A list as it lies in `infra/permissions`: one permission a line, remarks after #."""
    names = {name for line in text.splitlines() if (name := line.partition("#")[0].strip())}
    exchange = {name for name in names if name.startswith(EXCHANGE)}
    consent = {name for name in names - exchange if name.endswith(CONSENTED)}
    return Permissions(
        roles=frozenset(names - exchange - consent),
        consent=frozenset(consent),
        exchange=frozenset(name.removeprefix(EXCHANGE) for name in exchange),
    )


def wanted_roles(lists: Mapping[str, Permissions], programme: Programme | None) -> Mapping[str, frozenset[str]]:
    """Return each identity's tenant-wide roles; the Builder has more where a place has a private channel."""
    wanted = {name: permissions.roles for name, permissions in lists.items() if name != PRIVATE_CHANNELS}
    places = programme.places if programme is not None else ()
    if any(channel.kind == "private" for place in places for channel in place.channels):
        wanted["builder"] |= lists[PRIVATE_CHANNELS].roles
    return wanted


def compare_roles(identity: str, client_id: str, *, wanted: frozenset[str], held: frozenset[str]) -> list[Finding]:
    """An identity's tenant-wide roles held against its list; anything more is as wrong as anything less."""
    change = f'm365 entra approleassignment {{}} --appId {client_id} --resource "Microsoft Graph" --scopes {{}}'
    missing = [
        Finding(verdict=Verdict.MISSING, what=f"{identity}: {role}", todo=change.format("add", role))
        for role in sorted(wanted - held)
    ]
    more = [
        Finding(verdict=Verdict.TOO_MUCH, what=f"{identity}: {role}", todo=change.format("remove", role))
        for role in sorted(held - wanted)
    ]
    exact = Finding(verdict=Verdict.OK, what=f"{identity}: its tenant-wide permissions are the list's, {len(wanted)}")
    return missing + more or [exact]


def open_builder(client_id: str) -> str:
    """The command by which IT opens the Builder."""
    return f"az ad sp update --id {client_id} --set accountEnabled=true"


def close_builder(client_id: str) -> str:
    """The command by which IT closes the Builder again: it keeps nothing between orders."""
    return f"az ad sp update --id {client_id} --set accountEnabled=false"


def check_settings(settings: Settings, *, open_bot: bool) -> list[Finding]:
    """Settings without which something does not work. *open_bot*: the environment asks for an unchecked bot."""
    found = [
        Finding(verdict=Verdict.MISSING, what=variable(name), todo=f"set {variable(name)}")
        for name in NEEDED
        if not getattr(settings, name)
    ]
    if not found:
        found.append(Finding(verdict=Verdict.OK, what="settings: every identity and an organizer mailbox are named"))
    if open_bot:
        todo = f"unset {OPEN_BOT}: the bot checks every request"
        found.append(Finding(verdict=Verdict.TOO_MUCH, what=OPEN_BOT, todo=todo))
    https = settings.public_url.startswith("https://")
    found.append(
        Finding(verdict=Verdict.OK, what=f"public address: {settings.public_url}")
        if https or settings.sandboxed
        else Finding(
            verdict=Verdict.MISSING,
            what=f"public address: {settings.public_url} is not https, which Teams wants",
            todo="set VAREUNGE_PUBLIC_URL",
        )
    )
    found.append(Finding(verdict=Verdict.OK, what=f"time zone: {settings.timezone}"))
    allowed = settings.allowed_recipients
    told = "everybody may receive" if allowed is None else f"rehearsal: {len(allowed)} addresses may receive"
    found.append(Finding(verdict=Verdict.OK, what=f"allow-list: {told}"))
    return found


def check_record(*, current: bool, programme: Programme | None, paused: Sequence[str], timezone: str) -> list[Finding]:
    """The database, and what it says. *paused*: municipalities, the empty string for everybody."""
    if not current:
        return [Finding(verdict=Verdict.MISSING, what="database: this version's schema", todo="vareunge migrate")]
    found = [Finding(verdict=Verdict.OK, what="database: it has this version's schema")]
    if programme is None:
        return [
            *found,
            Finding(verdict=Verdict.MISSING, what="programme: none was imported", todo="vareunge import DIR"),
        ]
    if programme.timezone != timezone:
        what = f"time zone: the programme has {programme.timezone}, the settings {timezone}"
        found.append(Finding(verdict=Verdict.MISSING, what=what, todo=f"set VAREUNGE_TIMEZONE={programme.timezone}"))
    if paused:
        who = ", ".join(name or "everybody" for name in paused)
        return [*found, Finding(verdict=Verdict.OK, what=f"sending: paused for {who}", todo="vareunge resume [M]")]
    return [*found, Finding(verdict=Verdict.OK, what="sending: not paused")]


def check_meetings(meetings: Iterable[Meeting], *, now: datetime) -> list[Finding]:
    """The booked meetings to which Exchange makes no link into Teams, by the mailbox that holds them."""
    without = Counter(meeting.organizer for meeting in meetings if link_failed(meeting, now))
    return [
        Finding(
            verdict=Verdict.MISSING,
            what=f"meetings of {organizer}: {number} have no link into Teams",
            todo=f"give it a licence with Teams and a policy that allows meetings: {SHOW_TEAMS.format(organizer)}",
        )
        for organizer, number in sorted(without.items())
    ] or [Finding(verdict=Verdict.OK, what="meetings: none waits for its link into Teams in vain")]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"VAREUNGE_{name.upper()}"


def strangers(programme: Programme, organizers: Iterable[str]) -> list[str]:
    """Addresses of the home tenant in the register that are no organizer mailbox: Hands must not read there."""
    ours = {address.lower() for address in organizers}
    home = (person.email for person in programme.people if not programme.is_guest(person))
    return [email for email in dict.fromkeys(home) if email.lower() not in ours]


class Doctor:
    """Looks at a tenant with what the product's own identities may read there."""

    def __init__(self, ports: DoctorPorts) -> None:
        self._ports = ports
        self._settings = ports.settings

    async def examine(self, programme: Programme | None) -> list[Finding]:
        """Every finding about the tenant; without a *programme* there are no places and no strangers to look at."""
        wanted = wanted_roles(self._ports.lists, programme)
        found = [finding for name, roles in wanted.items() for finding in await self._identity(name, roles)]
        tenant = self._ports.tenant
        if tenant is None:
            return found
        found += await self._mailboxes(tenant.mailboxes, programme)
        found.append(await self._catalogue(tenant))
        places = [] if programme is None else [place.key for place in programme.places]
        for place in places:
            found += await self._place(tenant, place)
        return found

    async def _identity(self, name: str, wanted: frozenset[str]) -> list[Finding]:
        client_id = str(getattr(self._settings, f"{name}_id"))
        if not client_id:
            todo = f"set {variable(f'{name}_id')} where the doctor runs"
            return [Finding(verdict=Verdict.UNKNOWN, what=f"{name}: its permissions", todo=todo)]
        try:
            held = await self._ports.roles.roles(client_id)
        except IdentityClosed:
            verdict = Verdict.UNKNOWN if name == "builder" else Verdict.MISSING
            what = f"{name}: it is closed, so its permissions cannot be read"
            return [Finding(verdict=verdict, what=what, todo=f"to open it: {open_builder(client_id)}")]
        except OutsideError as error:
            todo = f"give this machine the identity {client_id}"
            return [Finding(verdict=Verdict.UNKNOWN, what=f"{name}: {error}", todo=todo)]
        found = compare_roles(name, client_id, wanted=wanted, held=held)
        if name == "builder":
            todo = f"to close it when no order waits: {close_builder(client_id)}"
            found.append(Finding(verdict=Verdict.OK, what="builder: it is open", todo=todo))
        return found

    async def _mailboxes(self, mailboxes: Mailboxes, programme: Programme | None) -> list[Finding]:
        show = f"Test-ServicePrincipalAuthorization -Identity {self._settings.hands_id} -Resource {{}}"
        found = []
        for address in self._settings.organizer:
            todo = show.format(address)
            found.append(await _reach("organizer mailbox: its calendar", mailboxes.read_calendar(address), todo))
            found.append(await _reach("organizer mailbox: its drafts", mailboxes.read_mail(address), todo))
            found.append(Finding(verdict=Verdict.UNKNOWN, what="organizer mailbox: sending from it", todo=todo))
            found.append(Finding(verdict=Verdict.UNKNOWN, what=LOBBY, todo=OPEN_LOBBY.format(address)))
        foreign = [] if programme is None else strangers(programme, self._settings.organizer)[:STRANGERS]
        for role, read in (("calendar", mailboxes.read_calendar), ("mail", mailboxes.read_mail)):
            verdict = await _scope_of(read, foreign)
            state, todo = {
                Verdict.OK: ("is scoped", ""),
                Verdict.TOO_MUCH: ("is not scoped: another's mailbox opened", LIMIT_ROLE),
            }.get(verdict, ("could not be tried on another's mailbox", show.format("<a mailbox that is not ours>")))
            found.append(Finding(verdict=verdict, what=f"foreign mailboxes: the {role} role {state}", todo=todo))
        return found

    async def _catalogue(self, tenant: TenantClients) -> Finding:
        what, upload = "our app in the organisation's catalogue", "upload our package in the Teams admin centre"
        try:
            app = await tenant.teams.find_catalog_app(self._ports.app.external_id)
        except OutsideError as error:
            return self._unseen(what, error)
        if app is None:
            return Finding(verdict=Verdict.MISSING, what=what, todo=upload)
        return Finding(verdict=Verdict.OK, what=f"{what}: version {app.version}")

    async def _place(self, tenant: TenantClients, place: str) -> list[Finding]:
        made = await self._ports.resources.of(place)
        again = f"vareunge rollout {place}"
        if "team" not in made or "site" not in made:
            return [Finding(verdict=Verdict.UNKNOWN, what=f"{place}: not rolled out yet", todo=again)]
        team, site = made["team"].external_id, made["site"].external_id
        return [
            await _reach(f"{place}: the team's channels, by consent", tenant.channels.list_channels(team), again),
            await self._consent(tenant, place, team),
            await _reach(f"{place}: the site's lists, by its grant", tenant.content.list_ids(site), again),
            await self._grant(tenant, place, site),
        ]

    async def _consent(self, tenant: TenantClients, place: str, team: str) -> Finding:
        what = f"{place}: what the team consented to"
        try:
            app = await tenant.teams.find_team_app(team, self._ports.app.external_id)
        except OutsideError as error:
            return self._unseen(what, error)
        held = frozenset(app.permissions) if app else frozenset()
        return _exactly(what, held=held, wanted=frozenset(self._ports.app.permissions), place=place)

    async def _grant(self, tenant: TenantClients, place: str, site: str) -> Finding:
        what = f"{place}: the role on the site"
        try:
            held = frozenset(await tenant.sites.granted_roles(site, self._settings.hands_id))
        except OutsideError as error:
            return self._unseen(what, error)
        return _exactly(what, held=held, wanted=frozenset({SITE_ROLE}), place=place)

    def _unseen(self, what: str, error: OutsideError) -> Finding:
        if isinstance(error, IdentityClosed):
            todo = f"to see it, open the Builder: {open_builder(self._settings.builder_id)}"
            return Finding(verdict=Verdict.UNKNOWN, what=f"{what}: the Builder alone sees it", todo=todo)
        return Finding(verdict=Verdict.UNKNOWN, what=f"{what}: {error}")


def _exactly(what: str, *, held: frozenset[str], wanted: frozenset[str], place: str) -> Finding:
    if wanted - held:
        told = f"{what}: {', '.join(sorted(wanted - held))}"
        return Finding(verdict=Verdict.MISSING, what=told, todo=f"vareunge rollout {place}")
    if held - wanted:
        told = f"{what}: {', '.join(sorted(held - wanted))}"
        return Finding(verdict=Verdict.TOO_MUCH, what=told, todo="take it away: it is not in our lists")
    return Finding(verdict=Verdict.OK, what=what)


async def _reach(what: str, reading: Awaitable[object], todo: str) -> Finding:
    try:
        await reading
    except (Refused, NotFound) as error:
        return Finding(verdict=Verdict.MISSING, what=f"{what}: {error}", todo=todo)
    except OutsideError as error:
        return Finding(verdict=Verdict.UNKNOWN, what=f"{what}: {error}", todo=todo)
    return Finding(verdict=Verdict.OK, what=what)


async def _scope_of(read: Callable[[str], Awaitable[None]], addresses: Iterable[str]) -> Verdict:
    """Tell whether foreign mailboxes stay closed: the first of *addresses* that is there decides."""
    for address in addresses:
        try:
            await read(address)
        except IdentityClosed:
            # Refused everywhere, which says nothing about the scope.
            return Verdict.UNKNOWN
        except Refused:
            return Verdict.OK
        except OutsideError:
            continue
        return Verdict.TOO_MUCH
    return Verdict.UNKNOWN
