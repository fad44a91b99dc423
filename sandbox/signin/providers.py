"""The two providers: their addresses, whom they take for a client, and the tokens they issue."""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

import jwt

from sandbox.directory.model import User
from sandbox.platform.sign_ins import ANSATTPORTEN_CLIENT, CODE_LIFE, Code, challenge_of, foreign_key
from sandbox.signin.clients import check_client
from sandbox.signin.model import ANSATTPORTEN, ENTRA, Provider, SignInError
from sandbox.tenant.cloud import Cloud

TOKEN_LIFE = 3600


class Providers:
    """Entra ID and Ansattporten of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def all_at(self, base_url: str) -> dict[str, Provider]:
        """Return both, as they are reached at the sandbox's own address."""
        tenant = f"{base_url}/{self._cloud.tenant.id}"
        other = f"{base_url}/ansattporten"
        return {
            ENTRA: Provider(
                name=ENTRA,
                issuer=f"{tenant}/v2.0",
                authorize=f"{tenant}/oauth2/v2.0/authorize",
                token=f"{tenant}/oauth2/v2.0/token",
                keys=f"{tenant}/discovery/v2.0/keys",
                logout=f"{tenant}/oauth2/v2.0/logout",
                client_id=self._cloud.tenant.identities.named("app").client_id,
                methods=("client_secret_post", "private_key_jwt", "client_secret_basic"),
            ),
            ANSATTPORTEN: Provider(
                name=ANSATTPORTEN,
                issuer=other,
                authorize=f"{other}/authorize",
                token=f"{other}/token",
                keys=f"{other}/jwks",
                logout=f"{other}/logout",
                client_id=ANSATTPORTEN_CLIENT,
                methods=("private_key_jwt",),
                acr_values=("entraid",),
            ),
        }

    def check_request(self, provider: Provider, query: Mapping[str, str]) -> None:
        """Refuse a request to sign in that either provider would refuse, or that our rules forbid."""
        if query.get("client_id") != provider.client_id:
            raise SignInError("unauthorized_client", "AADSTS700016: no application with that client_id.")
        if not query.get("redirect_uri", "").endswith(f"/logg-inn/{provider.name}/retur"):
            raise SignInError("invalid_request", "AADSTS50011: the redirect URI is not registered.")
        if query.get("response_type") != "code" or "openid" not in query.get("scope", "").split():
            raise SignInError("invalid_request", "Expected response_type=code and the scope openid.")
        if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            raise SignInError("invalid_request", "Expected a code_challenge of the method S256.")
        if not query.get("state") or not query.get("nonce"):
            raise SignInError("invalid_request", "Expected state and nonce.")
        if provider.acr_values and query.get("acr_values") not in provider.acr_values:
            raise SignInError("invalid_request", f"Expected acr_values to be one of {', '.join(provider.acr_values)}.")

    def give_code(self, provider: Provider, query: Mapping[str, str], email: str) -> str:
        """Return a code for the person with that address."""
        if provider.name == ENTRA:
            self._account(email)
        code = secrets.token_urlsafe(24)
        self._cloud.sign_ins.codes[code] = Code(
            provider=provider.name,
            redirect_uri=query["redirect_uri"],
            nonce=query["nonce"],
            challenge=query["code_challenge"],
            email=email,
            acr=query.get("acr_values", ""),
            until=time.time() + CODE_LIFE,
        )
        return code

    def redeem(self, provider: Provider, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer at the token endpoint: code, PKCE verifier and the client's statement must all be right."""
        if form.get("grant_type") != "authorization_code" or form.get("client_id") != provider.client_id:
            raise SignInError("invalid_request", "Expected grant_type=authorization_code and the app's client_id.")
        check_client(self._cloud, provider, form)
        code = self._cloud.sign_ins.codes.pop(form.get("code", ""), None)
        if code is None or code.provider != provider.name or code.until < time.time():
            raise SignInError("invalid_grant", "AADSTS70008: the code is unknown, used, or too old.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise SignInError("invalid_grant", "The redirect_uri is another one than before.")
        if challenge_of(form.get("code_verifier", "")) != code.challenge:
            raise SignInError("invalid_grant", "AADSTS501481: the code_verifier does not match the code_challenge.")
        claims = self._claims(provider, code)
        return {
            "token_type": "Bearer",
            "scope": "openid profile",
            "expires_in": TOKEN_LIFE,
            "access_token": secrets.token_urlsafe(32),
            "id_token": self._signed(claims),
        }

    def teams_token(self, base_url: str, email: str, changes: Mapping[str, Any]) -> str:
        """Return the token that Teams' getAuthToken gives the tab of a person; *changes* make it a wrong one."""
        provider, user = self.all_at(base_url)[ENTRA], self._account(email)
        audience = self._cloud.tenant.identities.named("hands").client_id
        claims = {**self._common(provider), **self._account_claims(provider, user), "aud": audience}
        claims["scp"] = "access_as_user"
        self._cloud.sign_ins.wrong_claims = dict(changes)
        return self._signed(claims)

    def _claims(self, provider: Provider, code: Code) -> dict[str, Any]:
        common = {**self._common(provider), "nonce": code.nonce}
        if provider.name == ENTRA:
            return {**common, **self._account_claims(provider, self._account(code.email))}
        return {
            **common,
            "sub": self._cloud.sign_ins.subject_of(code.email),
            "acr": code.acr,
            "amr": ["EntraID"],
            "email": code.email,
            "name": self._name_of(code.email),
        }

    def _common(self, provider: Provider) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": provider.issuer, "aud": provider.client_id, "iat": now, "nbf": now, "exp": now + TOKEN_LIFE}

    def _account_claims(self, provider: Provider, user: User) -> dict[str, Any]:
        return {
            "tid": self._cloud.tenant.id,
            "oid": user.id,
            "sub": hashlib.sha256(f"{provider.client_id}/{user.id}".encode()).hexdigest(),
            "preferred_username": user.upn,
            "name": user.name,
            "ver": "2.0",
        }

    def _account(self, email: str) -> User:
        user = self._cloud.tenant.directory.user_by_mail(email)
        if user is None:
            raise SignInError("access_denied", "AADSTS50020: nobody with that address has an account in this tenant.")
        if not user.enabled:
            raise SignInError("access_denied", "AADSTS50057: the account is disabled.")
        return user

    def _name_of(self, email: str) -> str:
        known = (person.name for person in self._cloud.tenant.seed.people if person.email.lower() == email.lower())
        return next(known, email)

    def _signed(self, claims: Mapping[str, Any]) -> str:
        """Sign a token, and get wrong in it what a test asked for, once."""
        wrong, self._cloud.sign_ins.wrong_claims = self._cloud.sign_ins.wrong_claims, {}
        whole = {name: value for name, value in {**claims, **wrong}.items() if name != "key" and value is not None}
        if wrong.get("key") == "other":
            return jwt.encode(whole, foreign_key(), algorithm="RS256", headers={"kid": self._cloud.issuer.key_id})
        if wrong.get("key") == "none":
            return jwt.encode(whole, "", algorithm="none")
        return self._cloud.issuer.sign(whole)

    def keys(self) -> dict[str, Any]:
        """Return the public keys by which tokens are checked."""
        algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
        known = json.loads(str(algorithm.to_jwk(self._cloud.issuer.key.public_key())))
        return {"keys": [{**known, "kid": self._cloud.issuer.key_id, "use": "sig", "alg": "RS256"}]}
