"""Surroundings of the service, for the doctor: address, certificate, bot, sign-in, clock, database, queue, telemetry.

Seen from the Hands, as anybody on the internet would see them: no permission is needed, and nothing is changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.settings import Part, Settings, variable
from workflows.errors import OutsideError
from workflows.operations.findings import Finding, Verdict

RENEWAL = timedelta(days=21)
"""A certificate that ends sooner should have been renewed: Azure's are, a month and a half before their end."""
SKEW = timedelta(minutes=2)
"""Tokens are refused when clocks differ by five minutes."""
OLDEST = {"postgresql": (15,), "sqlite": (3, 35)}
"""Versions of databases whose statements ours are."""
DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
REFUSES = 401
"""The answer of a bot's endpoint that checks who asks."""
SHOW_SIGN_IN = (
    "az ad app show --id {0} --query web.redirectUris; "
    "az ad app federated-credential list --id {0} --query '[].[issuer, subject]'"
)
NOT_READY = "not-ready"
"""Heading of the runbook that says what to do where the service cannot work."""
UNREADY = {
    "database": "address_no_database",
    "schema": "address_other_schema",
    "register": "address_no_register",
    "unknown": "address_unready",
}
"""The rule for each part that `/readyz` may lack."""
TENANT_SETTINGS = {
    "tenant_invitations": "(Get-MgPolicyAuthorizationPolicy).AllowInvitesFrom",
    "tenant_guests_in_teams": "(Get-CsTeamsClientConfiguration).AllowGuestUser",
    "tenant_custom_apps": "(Get-CsTeamsAppPermissionPolicy -Identity Global).PrivateCatalogAppsType",
    "tenant_sharing": "(Get-SPOTenant).SharingCapability",
    "tenant_language": "(Get-PnPWeb -Includes Language).Language",
}
"""Settings of the whole tenant that matter and that no permission of ours shows, with the administrator's command."""


@dataclass(frozen=True, kw_only=True)
class ReadySeen:
    """The answer to whether the service can work. *missing*: the part that it lacks, in its own word."""

    status: int
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class AddressSeen:
    """Our own address as seen from outside. *certificate_ends*: None on plain http."""

    ready: ReadySeen
    bot: int
    """Status of an activity without a token."""
    certificate_ends: datetime | None


@dataclass(frozen=True, kw_only=True)
class IssuerSeen:
    """A provider's metadata. *clock*: the moment by its own clock."""

    issuer: str
    clock: datetime | None


@dataclass(frozen=True, kw_only=True)
class QueueSeen:
    """Depths of the queue that names due units: messages that wait, and messages that the host gave up."""

    waiting: int
    given_up: int


class Surroundings(Protocol):
    """Looks around. Each look raises an OutsideError when nobody answers."""

    async def address(self, url: str) -> AddressSeen: ...

    async def issuer(self, url: str) -> IssuerSeen:
        """Return the metadata of the issuer *url*."""
        ...

    async def database(self) -> tuple[str, tuple[int, ...]]:
        """Return the database's kind and version."""
        ...

    async def queue(self) -> QueueSeen | None:
        """Return the depths of the queue; None where the engine looks for due units itself."""
        ...

    async def telemetry(self, url: str) -> None:
        """Return when the place that telemetry is sent to answers at *url*."""
        ...


async def look_around(around: Surroundings, settings: Settings, *, now: datetime) -> list[Finding]:
    """Return findings about the surroundings, all of them, whichever does not answer."""
    found = [*await _database(around), *await _queue(around)]
    if settings.sandboxed:
        # Everything else is played by the sandbox, on a clock of its own.
        return found
    found.append(await _telemetry(around, settings))
    found += await _address(around, settings.public_url, now)
    if settings.signs_in_with_entra:
        issuer = f"{settings.authority_url.rstrip('/')}/{settings.tenant_id}/v2.0"
        found += [*await _issuer(around, "Entra ID", issuer, now), _sign_in_app(settings)]
    else:
        make = "infra/scripts/sign-in.sh --apply"
        found.append(Finding(verdict=Verdict.MISSING, rule="sign_in_off", todo="make_sign_in", command=make))
    if settings.ansattporten_url:
        found += await _issuer(around, "Ansattporten", settings.ansattporten_url, None)
    unseen = (Finding(verdict=Verdict.UNKNOWN, rule=rule, command=show) for rule, show in TENANT_SETTINGS.items())
    return [*found, *unseen]


async def _database(around: Surroundings) -> list[Finding]:
    try:
        kind, version = await around.database()
    except OutsideError:
        # That it does not answer is told by the findings about the record.
        return []
    values = {"database": DATABASES.get(kind, kind), "version": ".".join(map(str, version))}
    if version < OLDEST.get(kind, ()):
        return [Finding(verdict=Verdict.MISSING, rule="database_old", values=values, todo="upgrade_database")]
    return [Finding(verdict=Verdict.OK, rule="database_version", values=values)]


async def _queue(around: Surroundings) -> list[Finding]:
    try:
        seen = await around.queue()
    except OutsideError as error:
        return [Finding(verdict=Verdict.MISSING, rule="queue_silent", todo="open_queue", detail=str(error))]
    return [] if seen is None else [check_queue(seen)]


def check_queue(seen: QueueSeen) -> Finding:
    """Return a finding about the queue's depths: a message that the host gave up waits for its reader."""
    values: dict[str, str | int] = {"waiting": seen.waiting, "given_up": seen.given_up}
    if seen.given_up:
        return Finding(verdict=Verdict.MISSING, rule="queue_poison", values=values, todo="read_poison")
    return Finding(verdict=Verdict.OK, rule="queue_answers", values=values)


async def _telemetry(around: Surroundings, settings: Settings) -> Finding:
    """Return a finding about telemetry: in Azure alerts rest on it, on a machine of one's own it is a choice."""
    endpoint = settings.insights_endpoint
    if not endpoint:
        off = Finding(verdict=Verdict.OK, rule="telemetry_off", values={"variable": variable("insights_connection")})
        return off if settings.part is Part.ALL else replace(off, verdict=Verdict.MISSING, todo="set_variable")
    values: dict[str, str | int] = {"address": endpoint}
    try:
        await around.telemetry(endpoint)
    except OutsideError as error:
        silent = Finding(verdict=Verdict.MISSING, rule="telemetry_silent", values=values, todo="open_telemetry")
        return replace(silent, detail=str(error))
    return Finding(verdict=Verdict.OK, rule="telemetry_answers", values=values)


async def _address(around: Surroundings, url: str, now: datetime) -> list[Finding]:
    try:
        seen = await around.address(url)
    except OutsideError as error:
        told: dict[str, str | int] = {"address": url}
        detail = str(error)
        return [
            Finding(verdict=Verdict.MISSING, rule="address_silent", values=told, todo="open_address", detail=detail)
        ]
    return [*check_address(url, seen), *check_certificate(url, seen.certificate_ends, now)]


def check_address(url: str, seen: AddressSeen) -> list[Finding]:
    """Return findings about what answers at our address."""
    answers = _readiness(url, seen.ready)
    told: dict[str, str | int] = {"address": f"{url.rstrip('/')}/api/messages", "status": seen.bot}
    if seen.bot == REFUSES:
        return [answers, Finding(verdict=Verdict.OK, rule="bot_checks", values=told)]
    verdict = Verdict.TOO_MUCH if seen.bot < 300 else Verdict.MISSING
    return [answers, Finding(verdict=verdict, rule="bot_other", values=told, todo="look_at_bot")]


def _readiness(url: str, seen: ReadySeen) -> Finding:
    values: dict[str, str | int] = {"address": url, "status": seen.status}
    if seen.status == 200:
        return Finding(verdict=Verdict.OK, rule="address_answers", values=values)
    if rule := UNREADY.get(seen.missing):
        return Finding(
            verdict=Verdict.MISSING, rule=rule, values={**values, "heading": NOT_READY}, todo="read_not_ready"
        )
    return Finding(verdict=Verdict.MISSING, rule="address_wrong", values=values, todo="open_address")


def check_certificate(url: str, ends: datetime | None, now: datetime) -> list[Finding]:
    """Return a finding about the certificate; none on plain http."""
    if ends is None:
        return []
    values: dict[str, str | int] = {"address": url, "days": (ends - now).days}
    if ends - now < RENEWAL:
        return [Finding(verdict=Verdict.MISSING, rule="certificate_ends", values=values, todo="renew_certificate")]
    return [Finding(verdict=Verdict.OK, rule="certificate_lasts", values=values)]


async def _issuer(around: Surroundings, name: str, issuer: str, now: datetime | None) -> list[Finding]:
    """Return findings about a provider, and with *now* about our clock by the provider's."""
    values: dict[str, str | int] = {"provider": name, "address": issuer}
    try:
        seen = await around.issuer(issuer)
    except OutsideError as error:
        return [
            Finding(verdict=Verdict.UNKNOWN, rule="issuer_silent", values=values, todo="try_later", detail=str(error))
        ]
    if seen.issuer.rstrip("/") != issuer.rstrip("/"):
        other = {**values, "other": seen.issuer}
        return [Finding(verdict=Verdict.MISSING, rule="issuer_other", values=other, todo="correct_issuer")]
    ready = Finding(verdict=Verdict.OK, rule="issuer_answers", values=values)
    return [ready] if now is None or seen.clock is None else [ready, check_clock(seen.clock, now)]


def _sign_in_app(settings: Settings) -> Finding:
    """Tell what of sign-in is seen by nobody but an administrator, or by signing in."""
    return Finding(
        verdict=Verdict.UNKNOWN,
        rule="sign_in_app",
        values={"address": settings.public_url},
        todo="show_sign_in",
        command=SHOW_SIGN_IN.format(settings.app_id),
    )


def check_clock(theirs: datetime, ours: datetime) -> Finding:
    """Return a finding about our clock against Microsoft's."""
    seconds = round(abs(theirs - ours).total_seconds())
    if abs(theirs - ours) > SKEW:
        return Finding(verdict=Verdict.MISSING, rule="clock_wrong", values={"seconds": seconds}, todo="set_clock")
    return Finding(verdict=Verdict.OK, rule="clock_right", values={"seconds": seconds})
