"""The doctor in a tenant with every grant of our lists, taken away one by one: each is missed, by its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.loading import load_programme
from config.settings import Settings
from wiring.shipped import permission_lists, teams_app
from workflows.errors import Refused
from workflows.operations.doctor import PRIVATE_CHANNELS, SITE_ROLE, TEAMS, Doctor, DoctorPorts, TenantClients
from workflows.operations.findings import Finding, Verdict, describe
from workflows.ports.place import CatalogApp, InstalledApp, SiteAccess, SiteContent, TeamBuilder

LISTS = permission_lists()
IDENTITIES = ("hands", "builder", "door", "bot")
IDS: dict[str, Any] = {f"{name}_id": name for name in IDENTITIES}
PROGRAMME = load_programme(Path(__file__).parents[3] / "config" / "vestfold")
PLACE = PROGRAMME.places[0]
APP = teams_app()
VERSION = "1.0.0"
OURS = "moter@fylke.example"
REFUSED = Refused("read", "403 ErrorAccessDenied")


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A tenant in which everything of the lists is given, but for what is said. It plays all clients of the doctor."""

    held: Mapping[str, frozenset[str]] = field(default_factory=lambda: {name: LISTS[name].roles for name in IDENTITIES})
    consent: frozenset[str] = frozenset(APP.permissions)
    site: frozenset[str] = frozenset({SITE_ROLE})
    closed: str = ""
    """The kind of read that the organizer's mailbox refuses."""

    async def roles(self, client_id: str) -> frozenset[str]:
        return self.held[client_id]

    async def read_calendar(self, address: str) -> None:
        self._read("calendar", address)

    async def read_mail(self, address: str) -> None:
        self._read("mail", address)

    def _read(self, kind: str, address: str) -> None:
        if address != OURS or self.closed == kind:
            raise REFUSED

    async def meeting_providers(self, address: str) -> frozenset[str]:
        return frozenset({TEAMS})

    async def find_catalog_app(self, external_id: str) -> CatalogApp:
        return CatalogApp(id="c", external_id=external_id, version=VERSION)

    async def find_team_app(self, team_id: str, external_id: str) -> InstalledApp:
        given = self.consent if team_id == f"team of {PLACE.key}" else frozenset(APP.permissions)
        return InstalledApp(app_id="c", external_id=external_id, permissions=tuple(given))

    async def granted_roles(self, site_id: str, client_id: str) -> tuple[str, ...]:
        return tuple(self.site if site_id == f"site of {PLACE.key}" else {SITE_ROLE})

    async def list_channels(self, team_id: str) -> tuple[()]:
        return ()

    async def list_ids(self, site_id: str) -> Mapping[str, str]:
        return {}

    async def of(self, place: str) -> Mapping[str, Any]:
        return {kind: SimpleNamespace(external_id=f"{kind} of {place}") for kind in ("team", "site")}


async def wrong(tenant: Tenant) -> list[Finding]:
    """Return what fails in *tenant*."""
    played: Any = tenant
    ports = DoctorPorts(
        settings=Settings(**IDS, organizer=(OURS,)),
        lists=LISTS,
        roles=tenant,
        tenant=TenantClients(
            mailboxes=tenant,
            teams=cast("TeamBuilder", tenant),
            channels=played,
            content=cast("SiteContent", tenant),
            sites=cast("SiteAccess", tenant),
        ),
        resources=played,
        app=APP,
        app_version=VERSION,
    )
    return [finding for finding in await Doctor(ports).examine(PROGRAMME) if finding.fails]


def said(finding: Finding) -> tuple[str, str]:
    return describe(finding, "nb").what, describe(finding, "en").what


async def test_with_every_grant_of_the_lists_nothing_fails() -> None:
    assert await wrong(Tenant()) == []


@pytest.mark.parametrize(
    ("identity", "role"), [(name, role) for name in IDENTITIES for role in sorted(LISTS[name].roles)]
)
async def test_a_tenant_wide_permission_that_is_taken_away_is_named(identity: str, role: str) -> None:
    held = {**Tenant().held, identity: LISTS[identity].roles - {role}}

    (found,) = await wrong(Tenant(held=held))
    assert found.verdict is Verdict.MISSING
    assert said(found) == (
        f"{identity.capitalize()} mangler tillatelsen {role} i hele leietakeren",
        f"{identity.capitalize()} lacks the tenant-wide permission {role}",
    )
    assert found.command == "infra/scripts/graph-permissions.sh --apply"


@pytest.mark.parametrize("permission", APP.permissions)
async def test_a_team_s_consent_that_is_taken_away_is_named_with_the_team_s_name(permission: str) -> None:
    (found,) = await wrong(Tenant(consent=frozenset(APP.permissions) - {permission}))

    assert found.verdict is Verdict.MISSING
    assert said(found)[0] == f"{PLACE.name}: teamet har ikke samtykket til {permission}"
    assert permission in said(found)[1]


async def test_a_site_s_role_that_is_taken_away_is_named_with_the_place_s_name() -> None:
    (found,) = await wrong(Tenant(site=frozenset()))

    assert found.verdict is Verdict.MISSING
    assert said(found)[0] == f"{PLACE.name}: Hands mangler rollen {SITE_ROLE} på området"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("calendar", "Kalenderen i møtepostkassen"), ("mail", "Utkastene i møtepostkassen")],
)
async def test_a_role_in_exchange_that_is_taken_away_is_told_by_the_mailbox(kind: str, words: str) -> None:
    (found,) = await wrong(Tenant(closed=kind))

    assert (found.verdict, said(found)[0]) == (Verdict.MISSING, f"{words} {OURS}")
    assert found.command.startswith("Test-ServicePrincipalAuthorization")


async def test_a_grant_beside_the_lists_is_too_much_wherever_it_is() -> None:
    everywhere = replace(
        Tenant(),
        held={name: LISTS[name].roles | {"Mail.Send"} for name in IDENTITIES},
        consent=frozenset(APP.permissions) | {"ChannelMessage.Read.Group"},
        site=frozenset({SITE_ROLE, "fullcontrol"}),
    )

    assert [finding.verdict for finding in await wrong(everywhere)] == [Verdict.TOO_MUCH] * (len(IDENTITIES) + 2)


def test_the_lists_hold_something_to_take_away() -> None:
    assert [len(LISTS[name].roles) for name in (*IDENTITIES, PRIVATE_CHANNELS)] == [3, 7, 0, 0, 2]
    assert len(APP.permissions) > 3
