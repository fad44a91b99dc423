"""The control calls below /_sandbox/ and the managed identity endpoint."""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.control.checking import checked
from sandbox.control.clock import clock_routes
from sandbox.control.faults import FaultCalls
from sandbox.control.identities import IdentityCalls
from sandbox.control.record import RecordCalls
from sandbox.control.tenant import TenantCalls
from sandbox.tenant.cloud import Cloud


def routes(cloud: Cloud, kinds: Collection[str]) -> list[BaseRoute]:
    """Return the calls for tests and for operators of the sandbox, not for the service."""
    tenant, record = TenantCalls(cloud), RecordCalls(cloud)
    identities, faults = IdentityCalls(cloud), FaultCalls(cloud, kinds)
    return [
        Route("/msi/token", identities.token, methods=["GET"]),
        Route("/_sandbox/state", tenant.state, methods=["GET"]),
        Route("/_sandbox/state", checked(tenant.put_state), methods=["PUT"]),
        Route("/_sandbox/access", tenant.access, methods=["GET"]),
        Route("/_sandbox/snapshots", tenant.snapshots, methods=["GET"]),
        Route("/_sandbox/snapshots/{name}", tenant.put_aside, methods=["POST"]),
        Route("/_sandbox/snapshots/{name}/restore", tenant.put_back, methods=["POST"]),
        Route("/_sandbox/environment", identities.environment, methods=["GET"]),
        Route("/_sandbox/calls", record.calls, methods=["GET"]),
        Route("/_sandbox/har", record.har, methods=["GET"]),
        Route("/_sandbox/har", checked(record.set_har), methods=["POST"]),
        Route("/_sandbox/har", record.clear_har, methods=["DELETE"]),
        Route("/_sandbox/reset", tenant.reset, methods=["POST"]),
        Route("/_sandbox/apps/{client_id}", checked(identities.app), methods=["POST"]),
        Route("/_sandbox/bot", checked(identities.bot), methods=["PUT"]),
        Route("/_sandbox/mishaps", checked(faults.mishaps), methods=["GET", "POST"]),
        Route("/_sandbox/variants", checked(faults.variants), methods=["GET", "POST"]),
        Route("/_sandbox/faults", faults.faults, methods=["GET"]),
        Route("/_sandbox/faults", checked(faults.set_faults), methods=["POST"]),
        Route("/_sandbox/faults", faults.clear_faults, methods=["DELETE"]),
        *clock_routes(cloud.clock),
    ]


def not_played() -> list[BaseRoute]:
    """Return the last route, for all that nothing else answers, /beta among it."""

    async def refuse(request: Request) -> Response:
        message = f"The sandbox does not play {request.method} {request.url.path}"
        return JSONResponse({"error": {"code": "notImplemented", "message": message}}, 501)

    return [Route("/{path:path}", refuse, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]
