"""Sign-in with Ansattporten: an employee of a municipality or of NAV uses the employer's account.

Asked for with `acr_values=entraid`, and with nothing else: Ansattporten's other ways go by an eID that tells a national
identity number. Its tokens name no account of our tenant, so a person is bound to issuer and subject once.
"""

import secrets
import time
from base64 import b64decode
from collections.abc import Mapping
from functools import partial
from typing import Any

import jwt

from config.signs import is_storable
from integration.openid.provider import Terms
from workflows.access.identities import ProvedIdentity
from workflows.digest import bounded
from workflows.errors import Refused

NAME = "ansattporten"
ACR = "entraid"
ASSERTION_LIFE = 100
"""Seconds; Ansattporten takes statements of at most two minutes."""
LONGEST_SUBJECT = 200
"""Signs of a subject that are kept as they are. OpenID allows 255."""


def ansattporten_terms(*, issuer: str, client_id: str, key: str) -> Terms:
    """Return the terms of the integration *client_id*. *key*: its private key, a JSON web key in base64."""
    return Terms(
        name=NAME,
        issuer=issuer,
        metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client_id,
        assertion=partial(_statement, issuer=issuer, client_id=client_id, key=key),
        proved=_subject_of,
        acr=ACR,
    )


async def _statement(*, issuer: str, client_id: str, key: str) -> str:
    """Return a statement of our own, signed with the integration's key."""
    known, now = jwt.PyJWK.from_json(b64decode(key).decode()), int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + ASSERTION_LIFE,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, known.key, algorithm="RS256", headers={"kid": known.key_id})


def _subject_of(claims: Mapping[str, Any]) -> ProvedIdentity:
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not subject or not is_storable(subject):
        raise Refused("sign in with Ansattporten", "no subject")
    return ProvedIdentity(
        issuer=str(claims["iss"]),
        subject=bounded(subject, LONGEST_SUBJECT),
        shown_as=email if isinstance(email, str) else "",
    )
