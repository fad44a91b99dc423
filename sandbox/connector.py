"""Not played yet."""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

if TYPE_CHECKING:
    from sandbox.app import Sandbox


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """Placeholder."""
    return []
