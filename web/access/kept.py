"""A sign-in under way: kept by the browser itself, signed, for a few minutes and for the pages of sign-in alone."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer

from web.access.gate import SIGN_IN

LIFE = 600
"""Seconds of real time that a sign-in may take, as the tokens in it are of real time, too."""

Kept = dict[str, Any]


class Keeper:
    """Reads and writes the cookie. *secret*: of this service, the same in each of its processes."""

    def __init__(self, secret: Callable[[], Awaitable[str]], *, is_secure: bool) -> None:
        self._secret = secret
        self._is_secure = is_secure
        self._signer: URLSafeTimedSerializer | None = None

    @property
    def cookie(self) -> str:
        """The cookie's name; the stricter prefix would not let it be for these pages alone."""
        return "__Secure-vareunge-inn" if self._is_secure else "vareunge-inn"

    async def read(self, request: Request) -> Kept:
        """Return what is kept of this browser's sign-in; nothing when it is forged or too old."""
        try:
            kept = (await self._serializer()).loads(request.cookies.get(self.cookie, ""), max_age=LIFE)
        except BadData:
            return {}
        return kept if isinstance(kept, dict) else {}

    async def header(self, kept: Kept) -> str:
        """Return the header that keeps *kept*; an empty one takes the cookie back."""
        value = (await self._serializer()).dumps(kept) if kept else ""
        secure = "; Secure" if self._is_secure else ""
        return f"{self.cookie}={value}; Path={SIGN_IN}; Max-Age={LIFE if kept else 0}; HttpOnly; SameSite=Lax{secure}"

    async def _serializer(self) -> URLSafeTimedSerializer:
        if self._signer is None:
            self._signer = URLSafeTimedSerializer(await self._secret(), salt="sign-in")
        return self._signer


def own_path(address: str) -> str:
    """
    Return the path of ours that a sign-in leads back to; `/` for anything that may lead elsewhere or around in circles.

    Browsers take a backslash for a slash and pass over signs that nobody sees.
    """
    is_ours = address.startswith("/") and not address.startswith("//")
    is_plain = address.isprintable() and "\\" not in address and len(address) <= MOST_SIGNS
    is_page = not address.startswith((SIGN_IN, "/logg-ut"))
    return address if is_ours and is_plain and is_page else "/"


MOST_SIGNS = 1_000
"""Signs of an address that is kept: a cookie holds four thousand."""
