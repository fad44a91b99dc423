"""The part of the web where people answer: the bot's endpoint, the form behind a link, and health.

An application of its own with the same pieces, because it is made in a fraction of the time of all pages: a person who
presses a button in Teams may be the first visitor of a new worker.
"""

from typing import TYPE_CHECKING

from web.app import Around, create_app
from web.status import answer
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from integration.bot_endpoint import BotEndpoint

ADDRESSES = ("/api/messages", "/svar/", "/healthz", "/readyz")
"""Beginnings of the addresses that are answered here."""


def create_answers(outside: Outside, jobs: Jobs, *, around: Around) -> "FastAPI":
    """Return the application for ADDRESSES. *around* is entered for each request."""
    return create_app(
        answer_routers(outside, jobs),
        ready=outside.record.not_ready,
        around=around,
        telemetry=outside.telemetry,
        statement_url=outside.settings.accessibility_statement,
    )


def answer_routers(outside: Outside, jobs: Jobs) -> "list[APIRouter]":
    """Return the routers of the bot and of the form."""
    routers = [
        answer.router(
            desk=jobs.status.answering,
            links=outside.record.links,
            short=jobs.messages.short_links,
            public_url=outside.settings.public_url,
        )
    ]
    if outside.settings.bot_id:
        from web.bot import routes as bot

        # First, because routes are tried in their order, and buttons come by the thousand.
        routers.insert(0, bot.router(_bot_endpoint(outside, jobs).handle))
    return routers


def _bot_endpoint(outside: Outside, jobs: Jobs) -> "BotEndpoint":
    from integration.bot_endpoint import BotEndpoint
    from web.bot.actions import StatusActions
    from web.bot.listener import BotListener

    settings = outside.settings
    return BotEndpoint(
        BotListener(actions=StatusActions(jobs.status.answering), desk=jobs.bot.commands),
        bot_id=settings.bot_id,
        tenant_id=settings.tenant_id,
        service_url=settings.bot_service_url,
        metadata_url=settings.bot_metadata_url,
    )
