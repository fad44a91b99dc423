"""An OpenID provider as its client: the authorization code flow with PKCE, nonce and state, through Authlib.

Authlib and its HTTP client (httpx2) are imported at the first sign-in: the Door answers buttons and forms without them.
"""

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import structlog

from workflows.access.identities import ProvedIdentity
from workflows.errors import Refused, Transient

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

log = structlog.get_logger()

FRESH_FOR = 3600.0
"""Seconds for which the provider's addresses and keys are used without another look."""
TIME_LIMIT = 10.0
"""Seconds that the provider gets for an answer, while a person waits."""
LEEWAY = 60
"""Seconds by which the provider's clock and ours may differ."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NATIONAL_NUMBERS = ("pid", "national_identity_number", "fnr", "birthdate")
"""Claims that we never ask for, and refuse whole when they come: they would tell a person's national number."""

Claims = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The agreement with one provider."""

    name: str
    """As in our addresses: `/logg-inn/<name>`."""
    issuer: str
    """As each token has to name it, to the letter."""
    metadata_url: str
    client_id: str
    assertion: Callable[[], Awaitable[str]]
    """Gives a fresh signed statement of who we are, in the place of a client secret."""
    proved: Callable[[Claims], ProvedIdentity]
    """Reads the identity from checked claims; raises Refused for claims that are not as agreed."""
    acr: str = ""
    """The way of signing in that is asked for, and that the token has to name."""


@dataclass(frozen=True)
class _Exchange:
    """A request as Authlib's Starlette client reads one."""

    session: dict[str, Any]
    query_params: Mapping[str, str]
    scope: Mapping[str, str]


class OpenIDProvider:
    """
    Sends people to one provider, and reads the identity that it proves.

    *flow*, in both calls, is the same browser's: state, nonce and PKCE verifier lie in it.
    *now* is for tests.
    """

    def __init__(self, terms: Terms, *, now: Callable[[], float] = time.monotonic) -> None:
        self._terms = terms
        self._now = now
        self._known: tuple[float, StarletteOAuth2App] | None = None

    @property
    def name(self) -> str:
        """The provider's name in our addresses."""
        return self._terms.name

    @property
    def issuer(self) -> str:
        """The issuer that its tokens, and the sessions begun with them, name."""
        return self._terms.issuer

    async def end_address(self, *, back: str) -> str:
        """
        Return the address at the provider that ends the session there (RP-initiated logout) and leads to *back*.

        Empty where its metadata names none. No token is kept that could go along as a hint: the provider knows us by
        our client id, and may ask the person which account to end.
        """
        with _errors(self.name):
            metadata = await self._app().load_server_metadata()
            named = str(metadata.get("end_session_endpoint") or "")
            address = urlsplit(named)
        if not named:
            return ""
        # As safe as the issuer's own address: https, but for what runs on this machine.
        if address.scheme != urlsplit(self._terms.issuer).scheme or not address.hostname or address.query:
            raise Refused(f"sign out of {self.name}", "no address")
        return f"{named}?{urlencode({'client_id': self._terms.client_id, 'post_logout_redirect_uri': back})}"

    async def begin(self, flow: dict[str, Any], *, redirect_uri: str) -> str:
        """Return the address at the provider that a person is sent to; Transient when the provider does not answer."""
        with _errors(self.name):
            more = {"acr_values": self._terms.acr} if self._terms.acr else {}
            answer = await self._app().authorize_redirect(_Exchange(flow, {}, {}), redirect_uri, **more)
        return str(answer.headers["location"])

    async def finish(self, flow: dict[str, Any], query: Mapping[str, str]) -> ProvedIdentity:
        """
        Return the identity of a person who comes back with *query*, once: *flow* is used up.

        Raises Refused for an answer or a token that is not as agreed, Transient when the provider does not answer.
        """
        assertion = await self._terms.assertion()
        with _errors(self.name):
            token = await self._app().authorize_access_token(
                _Exchange(flow, query, {"method": "GET"}),
                client_assertion_type=ASSERTION,
                client_assertion=assertion,
                claims_options=self._expected(),
                leeway=LEEWAY,
            )
        claims = token.get("userinfo")
        if claims is None:
            raise Refused(f"sign in with {self.name}", "no id token")
        return self._read(claims)

    def _read(self, claims: Claims) -> ProvedIdentity:
        action = f"sign in with {self.name}"
        if any(name in claims for name in NATIONAL_NUMBERS):
            raise Refused(action, "the token tells a national identity number")
        # An audience may be a list, and then others are meant, too.
        if claims.get("aud") not in (self._terms.client_id, [self._terms.client_id]):
            raise Refused(action, "another audience")
        if self._terms.acr and claims.get("acr") != self._terms.acr:
            raise Refused(action, "another way of signing in")
        return self._terms.proved(claims)

    def _expected(self) -> dict[str, dict[str, Any]]:
        return {
            "iss": {"essential": True, "value": self._terms.issuer},
            "aud": {"essential": True, "value": self._terms.client_id},
            "nonce": {"essential": True},
        }

    def _app(self) -> "StarletteOAuth2App":
        """Return Authlib's client, made anew each hour, so that keys which were withdrawn are forgotten."""
        from authlib.integrations.starlette_client import OAuth
        from httpx2 import create_ssl_context

        now = self._now()
        if self._known is None or now - self._known[0] >= FRESH_FOR:
            registry = OAuth()
            registry.register(
                self.name,
                client_id=self._terms.client_id,
                server_metadata_url=self._terms.metadata_url,
                client_kwargs={
                    "scope": "openid profile",
                    "code_challenge_method": "S256",
                    "token_endpoint_auth_method": "none",
                    "timeout": TIME_LIMIT,
                    "trust_env": False,
                    # Made once: reading the certificates anew for each of its clients takes longer than all the rest.
                    "verify": create_ssl_context(trust_env=False),
                },
            )
            self._known = (now, registry.create_client(self.name))
        return self._known[1]


@contextmanager
def _errors(name: str) -> Iterator[None]:
    """Turn the errors of Authlib and its HTTP client into ours, without their messages, which may hold a token."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    action = f"sign in with {name}"
    try:
        yield
    except HTTPError as exc:
        raise Transient(action, type(exc).__name__) from exc
    except (AuthlibBaseError, JoseError) as exc:
        raise Refused(action, str(exc.error)) from exc
    except (KeyError, TypeError, ValueError, RuntimeError) as exc:
        # Whatever an answer that is none makes the reader trip over.
        raise Refused(action, type(exc).__name__) from exc
