"""The tenant in the browser: pages for whoever watches a demo or looks for an error, and what people do on them."""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from sandbox.views import edits, pages

if TYPE_CHECKING:
    from sandbox.app import Sandbox


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """The pages below /; what is done on them goes by forms, and by the control call for cards."""
    return [*pages.routes(sandbox), *edits.routes(sandbox)]
