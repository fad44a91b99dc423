"""Forms of the pages: their senders, their fields, and the way back."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.people.client import Refused
from sandbox.protocol.errors import GraphError
from sandbox.protocol.wire import Endpoint
from sandbox.views.render import page


def at(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
    """Route a page, or the address of a page's form. A refusal is a page too."""

    async def call(request: Request) -> Response:
        try:
            if request.method == "POST":
                _check_sender(request)
            return await endpoint(request)
        except GraphError as error:
            return page("problem.html", status=error.status, message=error.message)
        except Refused as error:
            return page("problem.html", status=error.status, message=str(error.body.get("error", "")))

    return Route(path, call, methods=[method])


async def sent(request: Request, name: str) -> str:
    """Return a field of a form that was sent; empty when it has none of that name."""
    return parse_qs((await request.body()).decode(), keep_blank_values=True).get(name, [""])[0]


def back(path: str, part: str) -> Response:
    """Lead back to the part of a page that the form stands in."""
    return RedirectResponse(f"{path}#{part}", 303)


def _check_sender(request: Request) -> None:
    """Refuse with 403 when a browser says that the form stands on another site's page; other clients say nothing."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise GraphError(403, "Forbidden", "Forms are sent from the sandbox's own pages.")
