"""Sign-in with Entra ID, in our own tenant: employees and guests alike are accounts there, known by object id."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import jwt

from config.signs import is_storable
from integration.identity import EXCHANGE_SCOPE, Tokens
from integration.openid.provider import Terms
from integration.signing_keys import SigningKeys
from workflows.access.identities import ProvedIdentity
from workflows.errors import Refused

NAME = "entra"
TEAMS_SCOPE = "access_as_user"
LEEWAY = 60
LONGEST_ID = 36
"""Signs of an object id."""
ACTION = "sign in with Entra ID"


def entra_terms(*, authority: str, tenant_id: str, client_id: str, identity_id: str, tokens: Tokens) -> Terms:
    """Return the terms of our tenant. *identity_id*: the managed identity that vouches for the app *client_id*."""
    issuer = issuer_of(authority, tenant_id)
    return Terms(
        name=NAME,
        issuer=issuer,
        metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_id=client_id,
        assertion=partial(tokens.token, identity_id, EXCHANGE_SCOPE),
        proved=partial(account_of, tenant_id=tenant_id),
    )


def issuer_of(authority: str, tenant_id: str) -> str:
    """Return the issuer that Entra's tokens of version 2 name."""
    return f"{authority.rstrip('/')}/{tenant_id}/v2.0"


def account_of(claims: Mapping[str, Any], *, tenant_id: str) -> ProvedIdentity:
    """
    Return the account that checked claims prove: `oid` in `tid`, and nothing that a person can choose.

    A guest's `oid` is that of the guest account in our tenant, because our tenant issued the token.
    """
    if claims.get("tid") != tenant_id:
        raise Refused(ACTION, "another tenant")
    object_id = claims.get("oid")
    if not isinstance(object_id, str) or not 0 < len(object_id) <= LONGEST_ID or not is_storable(object_id):
        raise Refused(ACTION, "no object id")
    return ProvedIdentity(issuer=str(claims["iss"]), subject=object_id, object_id=object_id)


class TeamsTokens:
    """
    Checks the tokens that Teams' `getAuthToken` gives our tab: issued by our tenant, for our app, by its scope.

    *app_id*: the app of the manifest's `webApplicationInfo`. Nothing is asked in its name, so no credential is needed.
    """

    def __init__(self, *, authority: str, tenant_id: str, app_id: str, host: str) -> None:
        self._tenant_id = tenant_id
        self._issuers = [issuer_of(authority, tenant_id), f"https://sts.windows.net/{tenant_id}/"]
        self._audiences = [app_id, f"api://{app_id}", f"api://{host}/{app_id}"]
        self._keys = SigningKeys(f"{authority.rstrip('/')}/{tenant_id}/discovery/v2.0/keys")

    async def read(self, token: str) -> ProvedIdentity:
        """Return the account of a token; Refused for any other token, Transient while the tenant's keys are unknown."""
        try:
            key = await self._keys.find(str(jwt.get_unverified_header(token).get("kid") or ""))
            if key is None:
                raise Refused(ACTION, "no key of the tenant's")
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audiences,
                issuer=self._issuers,
                leeway=LEEWAY,
                options={"require": ["exp", "aud", "iss", "oid", "tid", "scp"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as exc:
            raise Refused(ACTION, type(exc).__name__) from exc
        if TEAMS_SCOPE not in str(claims["scp"]).split():
            raise Refused(ACTION, "another scope")
        return account_of(claims, tenant_id=self._tenant_id)
