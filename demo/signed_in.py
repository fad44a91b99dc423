"""The browser of somebody of the demo who signs in to the service, and the forms they send there."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import httpx

from demo.people import TRIES, Cast
from demo.stage import StageError
from integration.clock import IDLE_SECONDS

HIDDEN = re.compile(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)">')
PATIENCE = 60
"""Seconds that a page may take."""


class SignedIn:
    """The browser of somebody who signs in to the service. *client* keeps its cookies."""

    def __init__(self, cast: Cast, client: httpx.AsyncClient, service_url: str) -> None:
        self._cast = cast
        self._client = client
        self._service_url = service_url

    async def sign_in(self, email: str, to: str) -> None:
        """
        Pick the person where the sandbox asks for it. Raises StageError when that does not lead to the page *to*.

        Who is told that it did not come to an end signs in anew, as that page bids: a proof is good for once, also when
        the answer to it was lost.
        """
        for _ in range(TRIES):
            choice = await self.get(f"/logg-inn/entra?{urlencode({'til': to})}")
            page = await self._cast.ask("GET", str(choice.url.copy_merge_params({"as": email})), by=self._client)
            if page.status_code != HTTPStatus.BAD_REQUEST:
                break
        if page.status_code != HTTPStatus.OK or not str(page.url).endswith(to):
            raise StageError(f"{email} signed in and came to {page.status_code} {page.url}")

    async def get(self, page: str) -> httpx.Response:
        """Return a page of the service."""
        return await self._cast.ask("GET", f"{self._service_url}{page}", by=self._client)

    async def send(self, page: httpx.Response, to: str, fields: Mapping[str, str]) -> httpx.Response:
        """Send a form of *page* as the browser does, and return the page after it."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self._service_url))
        data = {**dict(HIDDEN.findall(page.text)), **fields}
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return await self._cast.ask("POST", f"{self._service_url}{to}", by=self._client, data=data, headers=headers)


@asynccontextmanager
async def browser_of(cast: Cast, service_url: str, email: str, to: str) -> AsyncIterator[SignedIn]:
    """Give the browser of a person who has signed in and came to the page *to*."""
    limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
    async with httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE), trust_env=False, limits=limits) as client:
        browser = SignedIn(cast, client, service_url)
        await browser.sign_in(email, to)
        yield browser
