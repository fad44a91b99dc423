"""The addresses of sign-in: discovery, the page to pick a person, tokens, keys, signing out, and control calls."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.people.showing import everybody
from sandbox.signin.model import ANSATTPORTEN, ENTRA, Provider, SignInError
from sandbox.signin.providers import Providers
from sandbox.tenant.cloud import Cloud
from sandbox.views.render import page

MOST_SHOWN = 60
"""People on the page at once; the field finds the others."""
TITLES = {ENTRA: "Microsoft Entra ID", ANSATTPORTEN: "Ansattporten"}


def routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the addresses of both providers, below the tenant's id and below /ansattporten."""
    calls, tenant = _Calls(cloud), f"/{cloud.seed.tenant_id}"
    return [
        Route(f"{tenant}/v2.0/.well-known/openid-configuration", calls.discovery(ENTRA), methods=["GET"]),
        Route(f"{tenant}/oauth2/v2.0/authorize", calls.authorize(ENTRA), methods=["GET"]),
        Route(f"{tenant}/oauth2/v2.0/token", calls.token(ENTRA), methods=["POST"]),
        Route(f"{tenant}/discovery/v2.0/keys", calls.keys, methods=["GET"]),
        Route(f"{tenant}/oauth2/v2.0/logout", calls.logout(ENTRA), methods=["GET"]),
        Route("/ansattporten/.well-known/openid-configuration", calls.discovery(ANSATTPORTEN), methods=["GET"]),
        Route("/ansattporten/authorize", calls.authorize(ANSATTPORTEN), methods=["GET"]),
        Route("/ansattporten/token", calls.token(ANSATTPORTEN), methods=["POST"]),
        Route("/ansattporten/jwks", calls.keys, methods=["GET"]),
        Route("/ansattporten/logout", calls.logout(ANSATTPORTEN), methods=["GET"]),
        Route("/_sandbox/sign-in/claims", calls.set_claims, methods=["POST"]),
        Route("/_sandbox/sign-in/subject", calls.set_subject, methods=["POST"]),
        Route("/_sandbox/sign-in/teams", calls.teams, methods=["POST"]),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


class _Calls:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._providers = Providers(cloud)

    def _provider(self, name: str, request: Request) -> Provider:
        return self._providers.all_at(str(request.base_url).rstrip("/"))[name]

    def discovery(self, name: str) -> Endpoint:
        async def call(request: Request) -> Response:
            found = self._provider(name, request)
            return JSONResponse(
                {
                    "issuer": found.issuer,
                    "authorization_endpoint": found.authorize,
                    "token_endpoint": found.token,
                    "jwks_uri": found.keys,
                    "end_session_endpoint": found.logout,
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["pairwise"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": list(found.methods),
                    "code_challenge_methods_supported": ["S256"],
                    **({"acr_values_supported": list(found.acr_values)} if found.acr_values else {}),
                }
            )

        return call

    def authorize(self, name: str) -> Endpoint:
        """Show everybody who can sign in; each name leads back to the service as that person."""

        async def call(request: Request) -> Response:
            query, found = dict(request.query_params), self._provider(name, request)
            try:
                self._providers.check_request(found, query)
                if query.get("as"):
                    code = self._providers.give_code(found, query, query["as"])
                    return _back(query, {"code": code, "state": query["state"]})
            except SignInError as error:
                return page("problem.html", status=error.status, message=f"{error.error}: {error}")
            return self._choice(name, query)

        return call

    def _choice(self, name: str, query: dict[str, str]) -> Response:
        words = query.pop("q", "").strip().casefold()
        people = [each for each in everybody(self._cloud.tenant) if name != ENTRA or each["kind"] != "outside"]
        fitting = [each for each in people if words in f"{each['name']} {each['email']}".casefold()]
        fitting.sort(key=lambda each: str(each["name"]).casefold())
        shown = [(each, f"?{urlencode({**query, 'as': each['email']})}") for each in fitting[:MOST_SHOWN]]
        return page(
            "sign_in.html",
            title=TITLES[name],
            people=shown,
            hidden=len(fitting) - len(shown),
            query=query,
            words=words,
            cancel=_address(query, {"error": "access_denied", "state": query["state"]}),
        )

    def token(self, name: str) -> Endpoint:
        async def call(request: Request) -> Response:
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
            try:
                return JSONResponse(self._providers.redeem(self._provider(name, request), form))
            except SignInError as error:
                return JSONResponse({"error": error.error, "error_description": str(error)}, error.status)

        return call

    async def keys(self, request: Request) -> Response:
        return JSONResponse(self._providers.keys())

    def logout(self, name: str) -> Endpoint:
        """End the session at the provider, and lead back to the address that the client has registered for that."""

        async def call(request: Request) -> Response:
            query, found = request.query_params, self._provider(name, request)
            back = query.get("post_logout_redirect_uri", "")
            if query.get("client_id") == found.client_id and back.endswith("/logg-ut"):
                return RedirectResponse(back, 303)
            return page("problem.html", status=200, message="You are signed out of the sandbox's accounts.")

        return call

    async def set_claims(self, request: Request) -> Response:
        self._cloud.sign_ins.wrong_claims = dict(await request.json())
        return JSONResponse(self._cloud.sign_ins.wrong_claims)

    async def set_subject(self, request: Request) -> Response:
        asked = await request.json()
        self._cloud.sign_ins.subjects[str(asked["email"]).lower()] = str(asked["subject"])
        return JSONResponse(self._cloud.sign_ins.subjects)

    async def teams(self, request: Request) -> Response:
        asked = await request.json()
        base_url = str(request.base_url).rstrip("/")
        try:
            token = self._providers.teams_token(base_url, str(asked["email"]), asked.get("claims", {}))
        except SignInError as error:
            return JSONResponse({"error": str(error)}, error.status)
        return JSONResponse({"token": token})


def _back(query: dict[str, str], answer: dict[str, str]) -> Response:
    return RedirectResponse(_address(query, answer), 303)


def _address(query: dict[str, str], answer: dict[str, str]) -> str:
    return f"{query['redirect_uri']}?{urlencode(answer)}"
