"""Authentication of callers by their bearer token."""

from collections.abc import Mapping

import jwt

from sandbox.platform.identity import GRAPH_AUDIENCES, Identity, Issuer
from sandbox.protocol.errors import GraphError


def unauthenticated(message: str) -> GraphError:
    """Return the refusal of a call without a valid token."""
    return GraphError(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": 'Bearer realm=""'})


def caller(issuer: Issuer, identities: Mapping[str, Identity], authorization: str) -> Identity:
    """Return the identity that calls Graph. One that is switched off is refused at once, also with an older token."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("Access token is empty.")
    try:
        client_id = issuer.client_of(token.strip(), GRAPH_AUDIENCES)
    except jwt.ExpiredSignatureError:
        raise unauthenticated("Lifetime validation failed, the token is expired.") from None
    except jwt.InvalidAudienceError:
        raise unauthenticated("Access token validation failure. Invalid audience.") from None
    except jwt.InvalidTokenError:
        raise unauthenticated("CompactToken validation failed.") from None
    identity = identities.get(client_id)
    if identity is None or not identity.enabled:
        raise unauthenticated("The service principal of the token is disabled.")
    return identity
