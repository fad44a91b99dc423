"""The signed token with which the Bot Framework vouches for what Teams sends."""

import hashlib
import time

import jwt

from integration.signing_keys import SigningKeys

ISSUER = "https://api.botframework.com"
LEEWAY = 300
"""Seconds by which the Bot Framework's clock and ours may differ, as it asks for."""
TOKEN_HOLDS = 60.0
"""Seconds for which a token that passed is taken again unseen; well within the leeway."""
MOST_TOKENS = 1000
_MUST_HOLD = ("iss", "aud", "exp", "serviceurl")


class BotTokens:
    """Checks tokens for the bot *bot_id*. Teams sends the same one for an hour, so one that passed is remembered."""

    def __init__(self, bot_id: str, keys: SigningKeys) -> None:
        self._bot_id = bot_id
        self._keys = keys
        self._good: dict[bytes, float] = {}
        """Tokens that passed, hashed, and until when that holds."""

    async def is_good(self, authorization: str, service_url: str) -> bool:
        """
        Tell whether the header's token is the Bot Framework's, for us, and for *service_url*, to which we answer.

        Raises Transient while the issuer's keys are unknown.
        """
        known_as = hashlib.sha256(f"{authorization}\n{service_url}".encode(errors="surrogatepass")).digest()
        if self._good.get(known_as, 0.0) > time.monotonic():
            return True
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer":
            return False
        try:
            lasts = await self._check(token, service_url)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            # Whatever a forged token makes the reader trip over, it is not the Bot Framework's.
            return False
        if len(self._good) >= MOST_TOKENS:
            self._good.clear()
        self._good[known_as] = time.monotonic() + min(TOKEN_HOLDS, lasts)
        return True

    async def _check(self, token: str, service_url: str) -> float:
        """Return for how many seconds the token is good; raises a PyJWTError for one that is not."""
        unread = jwt.decode_complete(token, options={"verify_signature": False})
        if unread["payload"].get("iss") != ISSUER:
            raise jwt.InvalidIssuerError("another issuer")
        key = await self._keys.find(str(unread["header"].get("kid") or ""))
        if key is None:
            raise jwt.InvalidKeyError("no key of the issuer's")
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=self._bot_id,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": list(_MUST_HOLD)},
        )
        if str(claims["serviceurl"]).rstrip("/") != service_url.rstrip("/"):
            raise jwt.InvalidTokenError("another service address")
        return float(claims["exp"]) - time.time()
