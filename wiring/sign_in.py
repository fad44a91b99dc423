"""The pages of sign-in, with the providers that the settings switch on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from web.access import binding, sign_in
from web.access.gate import Gate
from web.access.kept import Keeper
from web.access.sign_in import SignInPages
from web.teams import sign_in as teams_sign_in
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from fastapi import APIRouter

    from integration.openid.provider import OpenIDProvider


def create_gate(outside: Outside, jobs: Jobs) -> Gate:
    """Return the gate of pages behind sign-in."""
    return Gate(
        sessions=jobs.access.sessions,
        programme=outside.record.register.programme,
        clock=outside.clock,
        public_url=outside.settings.public_url,
    )


def sign_in_routers(outside: Outside, jobs: Jobs) -> "list[APIRouter]":
    """Return the pages of sign-in; the ways to providers last, because their addresses take any name."""
    record, settings = outside.record, outside.settings
    gate = create_gate(outside, jobs)
    pages = SignInPages(
        gate=gate,
        keeper=Keeper(lambda: record.switches.secret("sign_in"), is_secure=gate.is_secure),
        providers={provider.name: provider for provider in _providers(outside)},
        sign_in=jobs.access.sign_in,
        bindings=jobs.access.bindings,
    )
    routers = [sign_in.router(pages), binding.router(pages)]
    if settings.signs_in_with_entra:
        from integration.openid.entra import TeamsTokens

        tokens = TeamsTokens(
            authority=settings.authority_url,
            tenant_id=settings.tenant_id,
            app_id=settings.hands_id,
            host=urlsplit(settings.public_url).netloc,
        )
        routers.append(teams_sign_in.router(gate=gate, sign_in=jobs.access.sign_in, tokens=tokens))
    return [*routers, sign_in.provider_router(pages)]


def _providers(outside: Outside) -> "Iterator[OpenIDProvider]":
    from integration.openid.provider import OpenIDProvider

    settings = outside.settings
    if settings.signs_in_with_entra:
        from integration.openid.entra import entra_terms

        yield OpenIDProvider(
            entra_terms(
                authority=settings.authority_url,
                tenant_id=settings.tenant_id,
                client_id=settings.app_id,
                identity_id=settings.door_id,
                tokens=outside.door_identity,
            )
        )
    if settings.ansattporten_url:
        from integration.openid.ansattporten import ansattporten_terms

        yield OpenIDProvider(
            ansattporten_terms(
                issuer=settings.ansattporten_url,
                client_id=settings.ansattporten_client_id,
                key=settings.ansattporten_key.get_secret_value(),
            )
        )
