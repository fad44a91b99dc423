"""Logs as data: an event name and ids. Never anybody's name, address or words."""

import json
import logging
import sys
from collections.abc import Callable
from typing import TextIO

import structlog
from structlog.typing import EventDict

from engine.unit_names import loggable

Sink = Callable[[str, str], None]
"""Takes the level and the JSON of an event, besides what is written."""

TALKATIVE = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "authlib",
    "uvicorn.access",
    "microsoft_teams",
    "azure",
    "msal",
    "alembic",
    "aiosqlite",
    "asyncio",
)
"""Libraries whose ordinary messages hold addresses, tokens' surroundings or conversation ids."""


def configure_logs(level: str, stream: TextIO | None = None, *, sink: Sink | None = None, console: bool = True) -> None:
    """
    Write events to *stream* (standard error): lines for people on a terminal, JSON everywhere else.

    *sink* gets each event as well; without *console* it alone does, where a host would take in the lines once more.
    """
    stream = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=number, stream=stream, format="%(levelname)s %(name)s: %(message)s", force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))

    def hand_over(logger: object, method: str, event: EventDict) -> EventDict:
        del logger, method
        if sink is not None:
            sink(event["level"], json.dumps(event, sort_keys=True, ensure_ascii=False, default=repr))
            if not console:
                raise structlog.DropEvent
        return event

    lines = structlog.dev.ConsoleRenderer(colors=False)
    renderer = lines if stream.isatty() else structlog.processors.JSONRenderer(sort_keys=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            discreet,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hand_over,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def discreet(logger: object, method: str, event: EventDict) -> EventDict:
    """Put a pseudonym in the place of a person in a unit's key, and leave out what is not known."""
    del logger, method
    if isinstance(event.get("unit"), str):
        event["unit"] = loggable(event["unit"])
    return {name: value for name, value in event.items() if value is not None}
