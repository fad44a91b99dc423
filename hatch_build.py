"""Build hook: fetches the front-end packages by `package-lock.json` and lays out the few files that we serve."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SERVED = {
    "web/static/vendor/designsystemet/index.css": "@digdir/designsystemet-css/dist/src/index.css",
    "web/static/vendor/designsystemet/theme.css": "@digdir/designsystemet-css/dist/theme/designsystemet.css",
    "web/static/vendor/teams-js/MicrosoftTeams.min.js": "@microsoft/teams-js/dist/umd/MicrosoftTeams.min.js",
    "sandbox/static/vendor/adaptivecards/adaptivecards.min.js": "adaptivecards/dist/adaptivecards.min.js",
    "sandbox/static/vendor/adaptivecards/adaptivecards.css": "adaptivecards/dist/adaptivecards.css",
    "sandbox/static/vendor/markdown-it/markdown-it.min.js": "markdown-it/dist/browser/markdown-it.umd.min.js",
}
"""Where a file is served from, and where it lies below node_modules."""


class FrontEnd(BuildHookInterface[Any]):
    """Runs before every build, the editable one of `uv sync` included."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("npm was not found: Node.js 20 or newer fetches the front-end packages")
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root, check=True)  # noqa: S603
        for served, source in SERVED.items():
            target = root / served
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "node_modules" / source, target)
        build_data["artifacts"] += list(SERVED)
