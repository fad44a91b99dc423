"""Doctor: what is missing in the tenant, and what is there that should not be. Changes nothing.

Tenant-wide permissions are read from each identity's own token. What no token tells (a team's consent, a site's grant,
Exchange's scoped roles) is tried by harmless reads that the lists in `infra/permissions` allow anyhow; what even they
do not show is `unknown`, with the administrator's command.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from config.programme import Programme
from config.settings import Part, Settings, variable
from workflows.errors import IdentityClosed, NotFound, OutsideError, Refused
from workflows.operations.findings import Finding, Verdict
from workflows.operations.own_checks import SHOW_TEAMS, on_database
from workflows.ports.place import Channels, SiteAccess, SiteContent, TeamBuilder, version_order
from workflows.rollout.ports import Resources, TeamsApp

SITE_ROLE = "manage"
CONSENTED = (".Group", ".Chat", ".User")
EXCHANGE = "exchange:"
VOUCHER = "hands_identity"
"""The managed identity that vouches for the Hands where they are an app registration: it may nothing itself."""
ROLES_SCRIPT = "infra/scripts/graph-permissions.sh"
UPLOAD_APP = "./infra/scripts/teams.ps1 -Package vaare-unge-365.zip -Organizer {} -Apply"
LIMIT_ROLE = "Set-ManagementRoleAssignment -Identity <assignment> -CustomResourceScope <scope>"
OPEN_LOBBY = (
    "New-CsTeamsMeetingPolicy -Identity VareUnge -AutoAdmittedUsers InvitedUsers; "
    "Grant-CsTeamsMeetingPolicy -Identity {} -PolicyName VareUnge"
)
"""Done once by hand: Graph would let us set it in each meeting only with a permission over all online meetings."""
TEAMS = "teamsForBusiness"
"""Graph's name for Teams among the places where a calendar's meetings can be held."""
STRANGERS = 3
"""Foreign mailboxes that are tried until one is there."""


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
    async def meeting_providers(self, address: str) -> frozenset[str]: ...


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
    """Everything the doctor looks at. *lists*: by the names hands, builder, door and bot, and PRIVATE_CHANNELS."""

    settings: Settings
    lists: Mapping[str, Permissions]
    roles: TokenRoles
    tenant: TenantClients | None
    resources: Resources
    app: TeamsApp
    app_version: str
    """The version of the Teams app that this version of the service is made for."""


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


def shown(identity: str) -> str:
    """Return an identity's name for people."""
    return "Hands (managed identity)" if identity == VOUCHER else identity.capitalize()


def roles_script(wanted: Mapping[str, frozenset[str]], lists: Mapping[str, Permissions]) -> str:
    """Return the command that tells how all identities' roles differ from their lists; with --apply it mends them."""
    private = wanted["builder"] != lists["builder"].roles
    return f"{ROLES_SCRIPT} --private-channels" if private else ROLES_SCRIPT


def compare_roles(identity: str, script: str, *, wanted: frozenset[str], held: frozenset[str]) -> list[Finding]:
    """
    Return an identity's tenant-wide roles held against its list; anything more is as wrong as anything less.

    *script*: what mends both.
    """
    name = shown(identity)
    differing = [
        *((Verdict.MISSING, "role_missing", role) for role in sorted(wanted - held)),
        *((Verdict.TOO_MUCH, "role_too_much", role) for role in sorted(held - wanted)),
    ]
    return [
        Finding(verdict=verdict, rule=rule, values={"identity": name, "role": role}, command=f"{script} --apply")
        for verdict, rule, role in differing
    ] or [Finding(verdict=Verdict.OK, rule="roles_exact", values={"identity": name, "number": len(wanted)})]


def open_builder(client_id: str) -> str:
    """The command by which IT opens the Builder."""
    return f"az ad sp update --id {client_id} --set accountEnabled=true"


def close_builder(client_id: str) -> str:
    """The command by which IT closes the Builder again: it keeps nothing between orders."""
    return f"az ad sp update --id {client_id} --set accountEnabled=false"


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
        if self._settings.hands_identity_id:
            wanted = {**wanted, VOUCHER: frozenset()}
        script = roles_script(wanted, self._ports.lists)
        found = [finding for name, roles in wanted.items() for finding in await self._identity(name, roles, script)]
        tenant = self._ports.tenant
        if tenant is None:
            return found
        found += await self._mailboxes(tenant.mailboxes, programme)
        found.append(await self._catalogue(tenant))
        for place in () if programme is None else programme.places:
            found += await self._place(tenant, place.key, place.name)
        return found

    async def _identity(self, name: str, wanted: frozenset[str], script: str) -> list[Finding]:
        client_id = str(getattr(self._settings, f"{name}_id"))
        # The one that can be given to a machine: an app registration cannot.
        given = self._settings.hands_identity_id or client_id if name == "hands" else client_id
        told = {"identity": shown(name), "variable": variable(f"{name}_id"), "client": given}
        if not client_id:
            return [Finding(verdict=Verdict.UNKNOWN, rule="identity_unnamed", values=told, todo="set_variable_here")]
        if name == "door" and self._settings.part is Part.HANDS:
            # What works in the tenant does not have the identity of what faces the internet.
            elsewhere = Finding(
                verdict=Verdict.UNKNOWN, rule="identity_elsewhere", values=told, todo="compare_roles", command=script
            )
            return [elsewhere]
        try:
            held = await self._ports.roles.roles(client_id)
        except IdentityClosed:
            verdict = Verdict.UNKNOWN if name == "builder" else Verdict.MISSING
            opened = open_builder(client_id)
            return [Finding(verdict=verdict, rule="identity_closed", values=told, todo="open", command=opened)]
        except OutsideError as error:
            silent = Finding(
                verdict=Verdict.UNKNOWN,
                rule="identity_silent",
                values=told,
                todo="attach_identity" if self._settings.in_azure else "give_identity",
                command=script,
                detail=str(error),
            )
            return [silent]
        found = compare_roles(name, script, wanted=wanted, held=held)
        if name == "builder":
            closed = close_builder(client_id)
            found.append(Finding(verdict=Verdict.OK, rule="builder_open", todo="close_builder", command=closed))
        return found

    async def _mailboxes(self, mailboxes: Mailboxes, programme: Programme | None) -> list[Finding]:
        show = f"Test-ServicePrincipalAuthorization -Identity {self._settings.hands_id} -Resource {{}}"
        found = []
        for address in self._settings.organizer:
            box, test = {"address": address}, show.format(address)
            unseen = Finding(verdict=Verdict.UNKNOWN, rule="mailbox_sending", values=box, command=test)
            calendar, drafts = replace(unseen, rule="mailbox_calendar"), replace(unseen, rule="mailbox_drafts")
            found.append(await _reach(calendar, mailboxes.read_calendar(address), show=test))
            found.append(await _meets_in_teams(mailboxes, address))
            found.append(await _reach(drafts, mailboxes.read_mail(address), show=test))
            found.append(unseen)
            found.append(replace(unseen, rule="mailbox_lobby", command=OPEN_LOBBY.format(address)))
        foreign = [] if programme is None else strangers(programme, self._settings.organizer)[:STRANGERS]
        for kind, read in (("calendar", mailboxes.read_calendar), ("mail", mailboxes.read_mail)):
            verdict = await _scope_of(read, foreign)
            state, command = {Verdict.OK: ("scoped", ""), Verdict.TOO_MUCH: ("unscoped", LIMIT_ROLE)}.get(
                verdict, ("untried", show.format("<mailbox>"))
            )
            found.append(Finding(verdict=verdict, rule=f"{kind}_{state}", command=command))
        return found

    async def _catalogue(self, tenant: TenantClients) -> Finding:
        upload = UPLOAD_APP.format(",".join(self._settings.organizer))
        app = Finding(verdict=Verdict.MISSING, rule="catalogue_app", todo="upload_app", command=upload)
        try:
            found = await tenant.teams.find_catalog_app(self._ports.app.external_id)
        except OutsideError as error:
            return self._unseen(app, error)
        if found is None:
            return app
        told = replace(app, values={"version": found.version, "wanted": self._ports.app_version})
        if not found.version:
            return replace(told, rule="catalogue_unapproved", todo="approve_app", command="")
        if version_order(found.version) < version_order(self._ports.app_version):
            return replace(told, rule="catalogue_old", todo="update_app")
        return replace(told, verdict=Verdict.OK, rule="catalogue_version", todo="", command="")

    async def _place(self, tenant: TenantClients, place: str, name: str) -> list[Finding]:
        made = await self._ports.resources.of(place)
        looked_at = Finding(
            verdict=Verdict.UNKNOWN,
            rule="place_missing",
            values={"place": name},
            command=self._rollout(place),
        )
        if "team" not in made or "site" not in made:
            return [looked_at]
        team, site = made["team"].external_id, made["site"].external_id
        return [
            await _reach(replace(looked_at, rule="place_channels"), tenant.channels.list_channels(team)),
            await self._consent(tenant, replace(looked_at, rule="place_consent"), team),
            await _reach(replace(looked_at, rule="place_lists"), tenant.content.list_ids(site)),
            await self._grant(tenant, replace(looked_at, rule="place_grant"), site),
        ]

    def _rollout(self, place: str) -> str:
        # In Azure whoever types it has none of our identities, and waits for nothing.
        return on_database(self._settings, f"rollout {place}{' --no-wait' if self._settings.in_azure else ''}")

    async def _consent(self, tenant: TenantClients, looked_at: Finding, team: str) -> Finding:
        try:
            app = await tenant.teams.find_team_app(team, self._ports.app.external_id)
        except OutsideError as error:
            return self._unseen(looked_at, error)
        held = frozenset(app.permissions) if app else frozenset()
        return _exactly(looked_at, held=held, wanted=frozenset(self._ports.app.permissions))

    async def _grant(self, tenant: TenantClients, looked_at: Finding, site: str) -> Finding:
        try:
            held = frozenset(await tenant.sites.granted_roles(site, self._settings.hands_id))
        except OutsideError as error:
            return self._unseen(looked_at, error)
        return _exactly(looked_at, held=held, wanted=frozenset({SITE_ROLE}))

    def _unseen(self, looked_at: Finding, error: OutsideError) -> Finding:
        if isinstance(error, IdentityClosed):
            opened = open_builder(self._settings.builder_id)
            return replace(looked_at, verdict=Verdict.UNKNOWN, todo="open_builder_to_see", command=opened)
        return _later(looked_at, error)


def _later(looked_at: Finding, error: OutsideError, *, show: str = "") -> Finding:
    """Tell that nobody answered as expected. *show*: an administrator's command that shows the same."""
    return replace(looked_at, verdict=Verdict.UNKNOWN, todo="look_later", command=show, detail=str(error))


def _exactly(looked_at: Finding, *, held: frozenset[str], wanted: frozenset[str]) -> Finding:
    """Tell what is lacking, by the rule `…_lacks`, or what is held besides, by `…_exceeds`."""
    if wanted - held:
        values = {**looked_at.values, "names": ", ".join(sorted(wanted - held))}
        return replace(looked_at, verdict=Verdict.MISSING, rule=f"{looked_at.rule}_lacks", values=values)
    if held - wanted:
        values = {**looked_at.values, "names": ", ".join(sorted(held - wanted))}
        exceeds = replace(looked_at, verdict=Verdict.TOO_MUCH, rule=f"{looked_at.rule}_exceeds", values=values)
        return replace(exceeds, todo="take_away", command="")
    return replace(looked_at, verdict=Verdict.OK, command="")


async def _meets_in_teams(mailboxes: Mailboxes, address: str) -> Finding:
    show = SHOW_TEAMS.format(address)
    looked_at = Finding(
        verdict=Verdict.MISSING,
        rule="mailbox_teams",
        values={"address": address},
        todo="license_organizer",
        command=show,
    )
    try:
        providers = await mailboxes.meeting_providers(address)
    except OutsideError as error:
        return _later(looked_at, error, show=show)
    return replace(looked_at, verdict=Verdict.OK, todo="", command="") if TEAMS in providers else looked_at


async def _reach(looked_at: Finding, reading: Awaitable[object], *, show: str = "") -> Finding:
    try:
        await reading
    except (Refused, NotFound) as error:
        return replace(looked_at, verdict=Verdict.MISSING, detail=str(error))
    except OutsideError as error:
        return _later(looked_at, error, show=show)
    return replace(looked_at, verdict=Verdict.OK, command="")


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
