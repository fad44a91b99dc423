"""The bill of materials (SBOM) as CycloneDX 1.6: every package of others that the service is made of."""

import json
from typing import Any
from urllib.parse import quote

from workflows.governance.model import Installation, PackageComponent

PRODUCT = "vaare-unge-365"
"""The distribution's own name."""


def bill_of_materials(installation: Installation) -> bytes:
    """Return the bill as JSON. It has neither a moment nor a random number: the same packages make the same bytes."""
    product = {"type": "application", "bom-ref": PRODUCT, "name": PRODUCT, "version": installation.version}
    components = [_component(item) for item in installation.components]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": components,
        "dependencies": [
            {"ref": PRODUCT, "dependsOn": [item["bom-ref"] for item in components]},
        ],
    }
    return json.dumps(bill, ensure_ascii=False, indent=2).encode() + b"\n"


def package_url(component: PackageComponent) -> str:
    """Return a component's package URL (purl); a scope's `@` is written as the specification has it."""
    name = quote(component.name, safe="/")
    return f"pkg:{component.ecosystem}/{name}@{quote(component.version)}"


def _component(component: PackageComponent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": package_url(component),
        "name": component.name,
        "version": component.version,
        "purl": package_url(component),
    }
    if component.licence:
        # By name: what packages state is not always an identifier of SPDX.
        found["licenses"] = [{"license": {"name": component.licence}}]
    return found
