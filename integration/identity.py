"""App tokens of the service's own identities. The only module that speaks with azure-identity.

Every identity is a user-assigned managed identity, or an app registration that one of them vouches for; azure-identity
finds the token endpoint of the hosting environment by itself (IDENTITY_ENDPOINT and IDENTITY_HEADER, which the sandbox
plays as well).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import jwt

from workflows.errors import IdentityClosed, Invalid, Refused, Transient

if TYPE_CHECKING:
    from azure.identity.aio import ClientAssertionCredential, ManagedIdentityCredential

GRAPH_SCOPE = "https://graph.microsoft.com/.default"
BOT_SCOPE = "https://api.botframework.com/.default"
EXCHANGE_SCOPE = "api://AzureADTokenExchange/.default"
"""A managed identity's token for this is taken as an app's own assertion: a federated identity credential."""

KEPT = 60.0
"""Seconds for which a token is handed out without a question: azure-identity takes a millisecond of a processor for one
that it has, which is more than a message to the queue."""
LAST = 300.0
"""Seconds before its end in which a token is no longer kept here: azure-identity gets a new one then."""
SWITCHED_OFF = "AADSTS7000112"
"""Entra's error for an application whose service principal is disabled."""


class Tokens(Protocol):
    """Gives app tokens; Identities is the real one."""

    async def token(self, client_id: str, scope: str, *, fresh: bool = False) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Registration:
    """An app registration without a secret: the managed identity *identity_id* vouches for it."""

    client_id: str
    identity_id: str
    tenant_id: str
    authority: str


class Identities:
    """
    App tokens by managed identity, kept until shortly before they expire. Close it when the process ends.

    Nothing is asked of an identity, and azure-identity is not imported, before its first token is needed.
    """

    def __init__(self, registration: Registration | None = None) -> None:
        self._registration = registration
        self._assertion = ""
        self._credentials: dict[str, ManagedIdentityCredential | ClientAssertionCredential] = {}
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}

    async def token(self, client_id: str, scope: str, *, fresh: bool = False) -> str:
        """
        A bearer token for *scope* as the identity *client_id*; *fresh* passes by the cache.

        Raises IdentityClosed when the identity is switched off, Refused when there is none, Transient when the token
        endpoint does not answer.
        """
        kept, until = self._kept.get((client_id, scope), ("", 0.0))
        if not fresh and time.monotonic() < until:
            return kept
        registration = self._registration
        if registration is not None and client_id == registration.client_id:
            self._assertion = await self.token(registration.identity_id, EXCHANGE_SCOPE)
        with identity_errors(f"get a token as {client_id}"):
            credential = self._credential(client_id)
            # azure-identity answers from its cache unless claims are asked for; an app's token has none to honour.
            given = await credential.get_token(scope, claims="{}" if fresh else None)
        self._kept[client_id, scope] = given.token, time.monotonic() + min(KEPT, given.expires_on - time.time() - LAST)
        token: str = given.token
        return token

    async def roles(self, client_id: str) -> frozenset[str]:
        """The identity's tenant-wide Graph roles, as its own token tells them; raises what `token` raises."""
        token = await self.token(client_id, GRAPH_SCOPE)
        try:
            # Not verified: it is our own token, just fetched, and only its owner's list is read from it.
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError as exc:
            raise Invalid(f"read the roles of {client_id}", "its token is no JSON web token") from exc
        return frozenset(claims.get("roles", []))

    async def close(self) -> None:
        """Close the connections to the token endpoint. A token asked for later opens them again."""
        self._kept.clear()
        while self._credentials:
            _, credential = self._credentials.popitem()
            await credential.close()

    def _credential(self, client_id: str) -> "ManagedIdentityCredential | ClientAssertionCredential":
        if client_id not in self._credentials:
            from azure.identity.aio import ClientAssertionCredential, ManagedIdentityCredential

            # Their own retries are off: they would sleep past our clock. The one policy is integration/retry.py.
            known = self._registration
            if known is None or client_id != known.client_id:
                self._credentials[client_id] = ManagedIdentityCredential(client_id=client_id, retry_total=0)
            else:
                self._credentials[client_id] = ClientAssertionCredential(
                    known.tenant_id, client_id, lambda: self._assertion, authority=known.authority, retry_total=0
                )
        return self._credentials[client_id]


@contextmanager
def identity_errors(action: str) -> Iterator[None]:
    """Turn the errors of azure-identity into ours."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        yield
    except HttpResponseError as exc:
        if SWITCHED_OFF in exc.message or SWITCHED_OFF in _body(exc):
            raise IdentityClosed(action, f"{SWITCHED_OFF}: the identity is switched off") from exc
        status = exc.status_code
        if status is not None and (status in {404, 408, 410, 429} or status >= 500):
            # 404 and 410 are how the endpoints of App Service and of virtual machines say "starting up".
            raise Transient(action, f"the token endpoint answered {status}") from exc
        raise Refused(action, f"{type(exc).__name__}, status {status}") from exc
    except AzureError as exc:
        raise Transient(action, type(exc).__name__) from exc


def _body(exc: object) -> str:
    response = getattr(exc, "response", None)
    try:
        return str(response.text()) if response is not None else ""
    except Exception:  # noqa: BLE001 - a body that cannot be read says nothing, whatever the transport raises for it
        return ""
