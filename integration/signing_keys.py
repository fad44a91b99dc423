"""The public keys by which an issuer signs its tokens, fetched beside the work that needs them."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping

import httpx
import jwt
import structlog

from integration.redirects import NoRedirects
from workflows.errors import Transient

log = structlog.get_logger()

FRESH_FOR = 3600.0
"""Seconds for which keys are used without another look."""
HOLDS_FOR = 24 * 3600.0
"""Seconds for which they are used while the issuer does not answer; the Bot Framework asks for a look a day."""
PAUSE = 10.0
"""Seconds between two looks, whatever the first one came to: a forged token may ask for a key that never was."""
LONG_PAUSE = 300.0
"""Seconds between two looks for keys that are known and only old: nobody has to wait for those."""
TIME_LIMIT = 5.0
"""Seconds that a look may take. Teams gives a press about ten."""


class SigningKeys:
    """
    An issuer's keys. One look at a time: all who wait for it share its answer, and no one else is held up.

    *metadata_url*: of the issuer's OpenID configuration; the keys lie beside it. *now* and *transport* are for tests.
    """

    def __init__(
        self,
        metadata_url: str,
        *,
        now: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = re.sub(r"/openidconfiguration$", "/keys", metadata_url)
        self._now = now
        self._transport = transport
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._looked_at: float | None = None
        self._one_look = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """Return the key, None when the issuer has none of that id. Raises Transient while its keys are unknown."""
        if key_id not in self._keys:
            await self._look(PAUSE)
        elif self._age() >= FRESH_FOR:
            await self._look(LONG_PAUSE)
        if self._age() >= HOLDS_FOR:
            raise Transient("read the issuer's keys", "it does not answer")
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._now() - self._fetched_at

    async def _look(self, pause: float) -> None:
        """Fetch the keys, unless that was tried less than *pause* ago."""
        async with self._one_look:
            if self._looked_at is not None and self._now() - self._looked_at < pause:
                return
            try:
                async with asyncio.timeout(TIME_LIMIT):
                    self._keys = await self._fetch()
                self._fetched_at = self._now()
            except (httpx.HTTPError, TimeoutError, ValueError, jwt.PyJWTError) as exc:
                log.warning("signing_keys.not_fetched", error=type(exc).__name__)
            finally:
                self._looked_at = self._now()

    async def _fetch(self) -> Mapping[str, jwt.PyJWK]:
        transport = NoRedirects(self._transport or httpx.AsyncHTTPTransport())
        async with httpx.AsyncClient(transport=transport, timeout=TIME_LIMIT) as http:
            answer = (await http.get(self._url)).raise_for_status().json()
        if not isinstance(answer, dict):
            raise ValueError("no object")
        return {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer).keys if key.key_id}
