"""The service as a client: it has no secret, and proves at the token endpoint who it is."""

from collections.abc import Mapping

import jwt

from sandbox.platform.sign_ins import integration_key
from sandbox.signin.model import ENTRA, Provider, SignInError
from sandbox.tenant.cloud import Cloud

EXCHANGE = ("api://AzureADTokenExchange",)
"""Audience of a managed identity's token that vouches for an app."""
VOUCHING = "door"
"""The identity whose federated credential the app has."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
STATEMENT_LIFE = 120


def check_client(cloud: Cloud, provider: Provider, form: Mapping[str, str]) -> None:
    """Refuse a client without a statement of its own, or with one that this provider does not take."""
    statement = form.get("client_assertion", "")
    if form.get("client_assertion_type") != ASSERTION or not statement:
        raise SignInError("invalid_client", "AADSTS7000218: the request must hold a client_assertion.", 401)
    try:
        check = _check_identity if provider.name == ENTRA else _check_statement
        check(cloud, provider, statement)
    except jwt.InvalidTokenError as exc:
        raise SignInError("invalid_client", f"AADSTS700027: the client_assertion is wrong: {exc}.", 401) from exc


def _check_identity(cloud: Cloud, provider: Provider, statement: str) -> None:
    """Take a managed identity's token for the app's own statement, when the app has a credential of that kind."""
    client_id = cloud.issuer.client_of(statement, EXCHANGE)
    if cloud.tenant.identities[client_id].name != VOUCHING:
        raise jwt.InvalidTokenError(f"no federated credential of {provider.client_id} names that identity")


def _check_statement(cloud: Cloud, provider: Provider, statement: str) -> None:
    """Take a statement signed with the integration's key: for this issuer, for two minutes at most, and once."""
    claims = jwt.decode(
        statement,
        integration_key().public_key(),
        algorithms=["RS256"],
        audience=provider.issuer,
        issuer=provider.client_id,
        options={"require": ["exp", "iat", "aud", "iss", "jti"]},
    )
    if claims["exp"] - claims["iat"] > STATEMENT_LIFE or claims["jti"] in cloud.sign_ins.statements:
        raise jwt.InvalidTokenError("it is good for too long, or was used before")
    cloud.sign_ins.statements.add(str(claims["jti"]))
