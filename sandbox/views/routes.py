"""The tenant in the browser: pages for a demo's audience and for the search of errors, and people's acts on them."""

from starlette.routing import BaseRoute

from sandbox.tenant.cloud import Cloud
from sandbox.views import edits, pages


def routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the pages below /; acts on them go by forms, and by the control call for cards."""
    return [*pages.routes(cloud), *edits.routes(cloud)]
