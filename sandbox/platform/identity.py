"""The identities of the service in the tenant, and the tokens they get."""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

TOKEN_LIFETIME = 3600
RESOURCE_SPECIFIC = (".Group", ".Chat", ".User")
GRAPH_AUDIENCES = ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000")


@dataclass(kw_only=True)
class Identity:
    """
    A service principal.

    *granted* is its permission list. Tenant-wide are all but resource-specific ones (they count where an app that names
    this identity is installed) and `exchange:` roles (they count in the organizer mailboxes).
    """

    name: str
    client_id: str
    object_id: str
    granted: frozenset[str] = frozenset()
    enabled: bool = True

    @property
    def roles(self) -> frozenset[str]:
        """The permissions in the token."""
        return frozenset(name for name in self.granted if ":" not in name and not name.endswith(RESOURCE_SPECIFIC))

    @property
    def exchange_roles(self) -> frozenset[str]:
        return frozenset(name.removeprefix("exchange:") for name in self.granted if name.startswith("exchange:"))


class Identities(Mapping[str, Identity]):
    """The service principals of the tenant by client id."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._by_client_id = {identity.client_id: identity for identity in identities}

    def __getitem__(self, client_id: str) -> Identity:
        return self._by_client_id[client_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_client_id)

    def __len__(self) -> int:
        return len(self._by_client_id)

    def named(self, name: str) -> Identity:
        """Return the identity called hands, builder, door, bot or app."""
        return next(found for found in self.values() if found.name == name)


@cache
def _signing_key() -> RSAPrivateKey:
    """Make the key once in a process: it takes longer than all the rest of a start."""
    return generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """
    Makes and checks tokens with a key made at start.

    Their lifetime is real time, also when the sandbox clock is simulated: the token libraries of the service compare
    `exp` with the machine's clock.
    """

    def __init__(self, tenant_id: str) -> None:
        self.key = _signing_key()
        self.key_id = secrets.token_hex(8)
        self.name = f"https://sts.windows.net/{tenant_id}/"
        self._tenant_id = tenant_id
        self._seen: dict[str, tuple[str, float]] = {}

    def issue(self, identity: Identity, resource: str) -> tuple[str, int]:
        """Return a token for *resource* and its expiry, in seconds since 1970."""
        now = int(time.time())
        expires = now + TOKEN_LIFETIME
        claims = {
            "aud": resource,
            "iss": self.name,
            "tid": self._tenant_id,
            "appid": identity.client_id,
            "app_displayname": identity.name,
            "oid": identity.object_id,
            "sub": identity.object_id,
            "idtyp": "app",
            "ver": "1.0",
            "uti": secrets.token_urlsafe(16),
            "iat": now,
            "nbf": now,
            "exp": expires,
            "roles": sorted(identity.roles) if resource.rstrip("/") in GRAPH_AUDIENCES else [],
        }
        return self.sign(claims), expires

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.key_id})

    def client_of(self, token: str, audiences: tuple[str, ...]) -> str:
        """Return the client id a valid token was issued to; raise jwt.InvalidTokenError otherwise."""
        key = f"{audiences[0]} {token}"
        client_id, expires = self._seen.get(key, ("", 0.0))
        if expires > time.time():
            return client_id
        claims = jwt.decode(
            token,
            self.key.public_key(),
            algorithms=["RS256"],
            audience=[form for name in audiences for form in (name, name + "/")],
            issuer=self.name,
            options={"require": ["exp", "aud", "iss", "appid"]},
        )
        self._seen[key] = (str(claims["appid"]), float(claims["exp"]))
        return str(claims["appid"])


@dataclass(frozen=True)
class TokenAnswer:
    status: int
    body: dict[str, Any]


def managed_identity_token(
    issuer: Issuer, identities: Mapping[str, Identity], query: Mapping[str, str], *, header: str | None, secret: str
) -> TokenAnswer:
    """Answer as App Service's local endpoint does (api-version 2019-08-01)."""
    if header != secret:
        return _refused(401, "Access denied: X-IDENTITY-HEADER is missing or wrong.")
    if query.get("api-version") != "2019-08-01":
        return _refused(400, "Expected api-version=2019-08-01.")
    if not query.get("resource"):
        return _refused(400, "The parameter resource is missing.")
    identity = identities.get(query.get("client_id", ""))
    if identity is None:
        return _refused(
            400, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."
        )
    if not identity.enabled:
        return _refused(
            400,
            f"AADSTS7000112: Application '{identity.client_id}'({identity.name}) is disabled.",
            error="unauthorized_client",
        )
    token, expires = issuer.issue(identity, query["resource"])
    return TokenAnswer(
        200,
        {
            "access_token": token,
            "expires_on": str(expires),
            "resource": query["resource"],
            "token_type": "Bearer",
            "client_id": identity.client_id,
        },
    )


def _refused(status: int, message: str, error: str = "invalid_request") -> TokenAnswer:
    return TokenAnswer(status, {"statusCode": status, "message": message, "error": error, "error_description": message})
