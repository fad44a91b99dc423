"""Redirects, which nothing that leaves this service follows."""

import httpx


class Redirected(httpx.ProtocolError):
    """The answer names another address. The request, with what it holds, does not go there."""


class NoRedirects(httpx.AsyncBaseTransport):
    """
    Sends by *transport*, and raises Redirected for an answer that leads elsewhere.

    Below the SDKs, which follow redirects or count some of them as success.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        if 300 <= response.status_code < 400:
            await response.aclose()
            raise Redirected(f"answered {response.status_code}", request=request)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()
