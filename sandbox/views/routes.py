"""The tenant in the browser: pages for whoever watches a demo or looks for an error, and what people do on them."""

from starlette.routing import BaseRoute

from sandbox.tenant.cloud import Cloud
from sandbox.views import edits, pages


def routes(cloud: Cloud) -> list[BaseRoute]:
    """The pages below /; what is done on them goes by forms, and by the control call for cards."""
    return [*pages.routes(cloud), *edits.routes(cloud)]
