"""Bodies of control calls."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.platform.clock import Backwards, Unknown
from sandbox.protocol.wire import Endpoint


def checked(endpoint: Endpoint) -> Endpoint:
    """Turn a body that is not what the call wants into 400."""

    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, ValidationError, KeyError, TypeError, Backwards, Unknown) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return call
