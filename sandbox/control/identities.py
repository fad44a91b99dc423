"""Control calls about the identities, the bot and the environment of the service."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.environment import service_environment
from sandbox.platform.identity import managed_identity_token
from sandbox.tenant.cloud import Cloud


class IdentityCalls:
    """Tokens, switched-off identities, and the addresses that the service and the sandbox need of each other."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def token(self, request: Request) -> Response:
        answer = managed_identity_token(
            self._cloud.issuer,
            self._cloud.tenant.identities,
            dict(request.query_params),
            header=request.headers.get("x-identity-header"),
            secret=self._cloud.secret,
        )
        return JSONResponse(answer.body, answer.status)

    async def app(self, request: Request) -> Response:
        identity = self._cloud.tenant.identities.get(request.path_params["client_id"])
        if identity is None:
            return JSONResponse({"error": "No such identity"}, 404)
        enabled = (await request.json())["enabled"]
        if not isinstance(enabled, bool):
            raise TypeError("enabled must be true or false")
        identity.enabled = enabled
        return JSONResponse({"name": identity.name, "client_id": identity.client_id, "enabled": enabled})

    async def bot(self, request: Request) -> Response:
        self._cloud.tenant.addresses.bot = str((await request.json())["endpoint"])
        return JSONResponse({"endpoint": self._cloud.tenant.addresses.bot})

    async def environment(self, request: Request) -> Response:
        return JSONResponse(service_environment(self._cloud, str(request.base_url).rstrip("/")))
