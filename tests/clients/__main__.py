"""
Plays foreign clients before the sandbox: `python -m tests.clients [CLIENT …]` (docs/sandbox.md); 1 when a step fails.

Their packages come from npm, as `package-lock.json` names them, into FOLDER (a folder of temporary files by default,
kept for the next time). Each client gets a sandbox of its own.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.clients import cli_microsoft365, python_sdk
from tests.clients.stage import Failed, Stage, fetch, play, staged, tell

SCRIPTS = {"graph-client": "graph_client.mjs", "pnp-graph": "pnp_graph.mjs"}
STEPS = {"cli-microsoft365": cli_microsoft365.STEPS, "python-sdk": python_sdk.STEPS}
CLIENTS = (*SCRIPTS, *STEPS)


async def _play(client: str, stage: Stage) -> None:
    if client in STEPS:
        await play(stage, STEPS[client])
    else:
        tell((await stage.node(SCRIPTS[client])).rstrip())
    left = (await stage.sandbox.state())["directory"]["groups"]
    if left:
        raise Failed(f"✗ groups are left behind: {', '.join(left)}")


def arguments() -> argparse.Namespace:
    """Return the clients to play and the folder of their packages."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients")
    parser.add_argument("client", nargs="*", choices=[*CLIENTS, []], help=f"among {', '.join(CLIENTS)}; all by default")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vareunge-clients")
    return parser.parse_args()


async def main(clients: Sequence[str], packages: Path) -> int:
    """Play the clients one after the other, each to the first step that does not hold."""
    failed = []
    for client in clients:
        tell(f"\n{client}")
        async with staged(packages) as stage:
            try:
                await _play(client, stage)
            except Failed as error:
                tell(str(error))
                failed.append(client)
    tell(f"\n{', '.join(failed)} failed" if failed else "\nAll held")
    return 1 if failed else 0


if __name__ == "__main__":
    given = arguments()
    fetch(given.folder)
    sys.exit(asyncio.run(main(given.client or CLIENTS, given.folder)))
