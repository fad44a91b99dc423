"""Files that the package ships and the jobs need: the Teams app's manifest and the permission lists."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.operations.doctor import Permissions
    from workflows.rollout.ports import TeamsApp

ROOT = Path(__file__).parent.parent


def teams_app() -> "TeamsApp":
    """Our Teams app, as the rollout installs it."""
    from workflows.rollout.ports import TeamsApp

    manifest = json.loads((ROOT / "teams_app" / "manifest.json").read_text("utf-8"))
    permissions = manifest.get("authorization", {}).get("permissions", {}).get("resourceSpecific", [])
    return TeamsApp(external_id=manifest["id"], permissions=tuple(item["name"] for item in permissions))


def permission_texts() -> Mapping[str, str]:
    """Return each identity's list of permissions as it is written, by its name."""
    from workflows.operations.doctor import PRIVATE_CHANNELS

    folder = ROOT / "infra" / "permissions"
    names = ("hands", "builder", "door", "bot", PRIVATE_CHANNELS)
    return {name: (folder / f"{name}.txt").read_text("utf-8") for name in names}


def permission_lists() -> "Mapping[str, Permissions]":
    """Return the permissions that each identity is meant to have, by its name."""
    from workflows.operations.doctor import permissions_of

    return {name: permissions_of(text) for name, text in permission_texts().items()}
