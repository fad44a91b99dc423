"""The installation that this process is part of, as governance papers describe it: gathered from the code itself."""

import json
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from typing import TYPE_CHECKING, Any

from config.settings import Settings
from wiring.shipped import ROOT, permission_texts

if TYPE_CHECKING:
    from config.programme import Programme
    from workflows.governance.model import (
        CriterionEvidence,
        Deployment,
        GrantedPermission,
        Installation,
        PackageComponent,
    )

ROOMS = ("integration", "web", "workflows")
"""Packages whose rooms a threat model judges one by one."""
LOCK = ROOT / "package-lock.json"
LONGEST_LICENCE = 60
"""Characters; some packages state the whole text of their licence instead of its name."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


def installation_of(settings: Settings, programme: "Programme") -> "Installation":
    """Return the installation of *settings*, with the programme that it serves."""
    from integration.database.held_data import HELD_DATA
    from web.access.open_routes import BY_LINK, PUBLIC
    from workflows.governance.bill_of_materials import PRODUCT
    from workflows.governance.model import Installation

    return Installation(
        programme=programme,
        deployment=deployment_of(settings),
        identities={name: granted(text) for name, text in permission_texts().items()},
        tables=HELD_DATA,
        rooms=rooms(),
        open_routes=PUBLIC,
        linked_routes=BY_LINK,
        evidence=evidence(),
        version=own_version(PRODUCT),
        components=[*python_components(PRODUCT), *served_components()],
    )


def deployment_of(settings: Settings) -> "Deployment":
    """Return the settings that papers tell of: no secret is among them."""
    from workflows.governance.model import Deployment

    allowed = settings.allowed_recipients
    return Deployment(
        database="sqlite" if settings.embedded_database else "postgresql",
        public_url=settings.public_url,
        timezone=settings.timezone,
        mailboxes=settings.organizer,
        has_queue=bool(settings.queue_url),
        is_sandboxed=settings.sandboxed,
        names_tenant=not settings.names_no_tenant,
        signs_in_with_entra=settings.signs_in_with_entra,
        signs_in_with_ansattporten=bool(settings.ansattporten_url),
        allowed_recipients=None if allowed is None else len(allowed),
        archive_owner=settings.archive_owner,
        archive_restrictions=[(item.kind, item.code, item.basis) for item in settings.archive_restrictions],
        has_insights=bool(settings.insights_connection.get_secret_value()),
        has_research=bool(settings.research_key.get_secret_value()),
        statement_url=settings.accessibility_statement,
        drift_days=settings.drift_days,
    )


def granted(text: str) -> "Sequence[GrantedPermission]":
    """Return the permissions of a list as it lies in `infra/permissions`, in its order, with their reasons."""
    from workflows.governance.model import GrantedPermission

    lines = (line.partition("#") for line in text.splitlines())
    return [GrantedPermission(name=name.strip(), reason=reason.strip()) for name, _, reason in lines if name.strip()]


def rooms() -> Sequence[str]:
    """Return the rooms of the code: every module and package directly in the packages that are judged."""
    return [f"{package}/{module.name}" for package in ROOMS for module in pkgutil.iter_modules([str(ROOT / package)])]


def evidence() -> "Sequence[CriterionEvidence]":
    """Return the evidence of accessibility, as `/tilgjengelighet` shows it."""
    from web.information.criteria import CRITERIA
    from workflows.governance.model import CriterionEvidence

    return [
        CriterionEvidence(
            number=item.number,
            level=item.level,
            name_key=item.name_key,
            state_key=f"information.state_{item.state}",
            how_key=f"information.how_{item.how}",
        )
        for item in CRITERIA
    ]


# ------------------------------------------------------------------------------------------------------------- packages


def own_version(product: str) -> str:
    """Return our own version; the one of a deployment package, which carries no metadata, is not told."""
    try:
        return distribution(product).version
    except PackageNotFoundError:
        return "0"


def python_components(product: str) -> "Sequence[PackageComponent]":
    """Return the installed packages that *product* needs; without its metadata, all that are installed."""
    from workflows.governance.model import PackageComponent

    installed = {_normal(item.metadata["Name"]): item for item in distributions()}
    wanted = needed(_normal(product), installed) if _normal(product) in installed else frozenset(installed)
    return [
        PackageComponent(
            ecosystem="pypi", name=name, version=installed[name].version, licence=licence_of(installed[name].metadata)
        )
        for name in sorted(wanted)
    ]


def needed(product: str, installed: Mapping[str, Distribution]) -> frozenset[str]:
    """
    Return the installed packages that *product* needs, and those that they need in turn.

    A requirement counts when it is installed, whatever its marker says: rather one too many than one too few.
    """
    found: set[str] = set()
    waiting = [product]
    while waiting:
        for requirement in installed[waiting.pop()].requires or ():
            match = _REQUIREMENT.match(requirement)
            name = _normal(match[0]) if match else ""
            # Needed by an extra alone: nothing says that anybody asked for it.
            if name in installed and name not in found and "extra ==" not in requirement:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def licence_of(metadata: Any) -> str:
    """Return a package's licence: its expression, else its short name, else what its classifiers say."""
    expression, stated = metadata.get("License-Expression"), (metadata.get("License") or "").strip()
    if expression:
        return str(expression)
    if stated and len(stated) <= LONGEST_LICENCE and "\n" not in stated:
        return str(stated)
    classified = [
        item.rpartition(" :: ")[2] for item in metadata.get_all("Classifier") or () if item.startswith("License ::")
    ]
    return ", ".join(classified)


def served_components() -> "Sequence[PackageComponent]":
    """Return the front-end packages that we serve, by the lock file; none where it does not lie beside the code."""
    return locked_components(json.loads(LOCK.read_text("utf-8"))) if LOCK.is_file() else []


def locked_components(lock: Mapping[str, Any]) -> "Sequence[PackageComponent]":
    """Return the packages of an npm lock file, without those for development."""
    return sorted(_locked(lock), key=lambda item: (item.name, item.version))


def _locked(lock: Mapping[str, Any]) -> "Iterator[PackageComponent]":
    from workflows.governance.model import PackageComponent

    for path, package in lock["packages"].items():
        if path and not package.get("dev"):
            name = path.rpartition("node_modules/")[2]
            yield PackageComponent(
                ecosystem="npm", name=name, version=package["version"], licence=str(package.get("license", ""))
            )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
