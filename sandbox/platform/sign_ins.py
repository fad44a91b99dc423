"""Sign-ins under way: the codes that are out, the key of the integration, and what tests ask to get wrong."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

ANSATTPORTEN_CLIENT = "vareunge"
"""The integration that a service has with Ansattporten."""
KEY_ID = "sandbox-integration"
CODE_LIFE = 60.0
"""Seconds of real time for which a code is good."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """A person's consent on its way to the service, good once and for a moment."""

    provider: str
    redirect_uri: str
    nonce: str
    challenge: str
    email: str
    acr: str
    until: float


@dataclass(kw_only=True)
class SignIns:
    """The codes that are out, and what tests asked for."""

    codes: dict[str, Code] = field(default_factory=dict)
    statements: set[str] = field(default_factory=set)
    """Ids of the statements that were taken: none is taken twice."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Subjects at Ansattporten by address, where one that was given away has another holder now."""
    wrong_claims: dict[str, Any] = field(default_factory=dict)
    """Claims that the next id token gets instead of the right ones; `key: other` signs it with a key of nobody's."""

    def subject_of(self, email: str) -> str:
        """Return the subject by which Ansattporten knows the holder of an address."""
        return self.subjects.get(email.lower()) or hashlib.sha256(f"ansattporten:{email.lower()}".encode()).hexdigest()


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@cache
def integration_key() -> RSAPrivateKey:
    """Make the key of the integration with Ansattporten, once in a process."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def foreign_key() -> RSAPrivateKey:
    """Make a key that no provider publishes."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def integration_key_text() -> str:
    """Return the integration's private key as a service is given it: a JSON web key in base64, fit for a shell."""
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    known = json.loads(str(algorithm.to_jwk(integration_key())))
    return b64encode(json.dumps({**known, "kid": KEY_ID, "alg": "RS256"}).encode()).decode()
