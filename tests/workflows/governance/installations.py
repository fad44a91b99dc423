"""An installation to make papers of: the shipped programme, with parts that are easy to recognise."""

from pathlib import Path
from typing import Any

from config.loading import load_programme
from config.programme import Programme
from integration.database.held_data import HELD_DATA
from workflows.governance.model import CriterionEvidence, Deployment, GrantedPermission, Installation, PackageComponent

PROGRAMME = load_programme(Path(__file__).parents[3] / "config" / "vestfold")
COMPONENT = PackageComponent(ecosystem="npm", name="@a/b", version="1.2.3", licence="MIT")


def deployment(**changes: Any) -> Deployment:
    values: dict[str, Any] = {
        "database": "sqlite",
        "public_url": "https://samarbeid.example",
        "timezone": "Europe/Oslo",
        "mailboxes": ("post@fylket.example",),
        "has_queue": False,
        "is_sandboxed": True,
        "names_tenant": True,
        "signs_in_with_entra": True,
        "signs_in_with_ansattporten": False,
        "allowed_recipients": None,
        "archive_owner": "",
        "archive_restrictions": (),
        "has_research": False,
        "has_insights": False,
        "statement_url": "",
        "drift_days": 1,
    }
    return Deployment(**values | changes)


def installation(*, programme: Programme = PROGRAMME, **changes: Any) -> Installation:
    """Return an installation; *changes*: of its fields, or of its deployment's."""
    own = {name: value for name, value in changes.items() if name in Installation.__dataclass_fields__}
    settings = {name: value for name, value in changes.items() if name not in own}
    values: dict[str, Any] = {
        "programme": programme,
        "deployment": deployment(**settings),
        "identities": {"door": (), "hands": (GrantedPermission(name="Sites.Selected", reason="folders"),)},
        "tables": HELD_DATA,
        "rooms": ("integration/graph", "web/access"),
        "open_routes": {"/hjelp": "Help."},
        "linked_routes": {"/svar/{token}": "A form."},
        "evidence": (
            CriterionEvidence(
                number="2.5.8",
                level="AA",
                name_key="wcag.c2_5_8",
                state_key="information.state_untried",
                how_key="information.how_untried",
            ),
        ),
        "version": "1.0",
        "components": (COMPONENT,),
    }
    return Installation(**values | own)
