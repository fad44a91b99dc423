"""Logs as data: an event name and ids. Never anybody's name, address or words."""

import logging
import sys
from typing import TextIO

import structlog

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


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Write events to *stream* (standard error): lines for people on a terminal, JSON everywhere else."""
    stream = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=number, stream=stream, format="%(levelname)s %(name)s: %(message)s", force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    lines = structlog.dev.ConsoleRenderer(colors=False)
    renderer = lines if stream.isatty() else structlog.processors.JSONRenderer(sort_keys=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
