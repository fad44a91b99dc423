"""The service and the sandbox as processes, and what looks after them."""

import argparse
import asyncio
import shlex
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from commands.findings import finding_lines
from commands.session import DID_NOT_HOLD, DONE, Usage, complain, show, tell
from commands.words import FOR_PROGRAMS, TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


def demo(arguments: argparse.Namespace) -> int:
    """Play one whole loop against the sandbox and check the result."""
    from demo.run import run_demo

    overrides = {"VAREUNGE_ALLOWED_RECIPIENTS": ",".join(arguments.allow)} if arguments.allow else {}
    return asyncio.run(
        run_demo(programme=arguments.programme, out=arguments.out, keep=arguments.keep, overrides=overrides)
    )


def sandbox(arguments: argparse.Namespace) -> int:
    """Run Microsoft 365 in a box, alone."""
    from sandbox.serve import run

    def ready(variables: Mapping[str, str]) -> None:
        if arguments.env is not None:
            write_environment(arguments.env, variables)
            complain(TerminalWords().say("env_written", file=str(arguments.env.resolve())))
        complain(TerminalWords().say("sandbox_sign_in"))

    run(arguments.port, arguments.latency, arguments.seed, ready=ready)
    return DONE


def write_environment(file: Path, variables: Mapping[str, str]) -> None:
    """Write variables for a shell that reads the file with `.`; for its owner's eyes, since one of them is a secret."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()), "utf-8")


def serve(arguments: argparse.Namespace) -> int:
    """Run the service alone, embedded engine included."""
    from config.settings import Settings
    from web.serving import serve as serve_until_stopped
    from wiring.process import create_services

    # The name outlives a restart: simulated time waits for a service that was killed.
    services = create_services(Settings(), name="service")
    asyncio.run(serve_until_stopped(services, host=arguments.host, port=arguments.port))
    return DONE


async def migrate(services: "Services", arguments: argparse.Namespace) -> int:
    """Bring the database to the current schema."""
    await services.record.database.migrate()
    tell(TerminalWords().say("schema_current"))
    return DONE


async def tick(services: "Services", arguments: argparse.Namespace) -> int:
    """Run whatever is due, once."""
    if arguments.now is not None:
        if services.settings.clock_url is None:
            raise Usage(TerminalWords().say("clock_needed"))
        await services.clock.set_to(arguments.now)
    words = TerminalWords(await services.record.register.find_programme())
    tell(words.say("ran", count=await services.engine.run_due()))
    return DONE


async def doctor(services: "Services", arguments: argparse.Namespace) -> int:
    """Say what is missing in the tenant, changing nothing."""
    from dataclasses import asdict

    from sqlalchemy.exc import SQLAlchemyError

    from config.settings import bot_is_open
    from integration.database.schema import USABLE
    from integration.database.sqlite import CannotOpen
    from workflows.operations.findings import describe
    from workflows.operations.own_checks import check_meetings, check_record, check_settings, check_stopped
    from workflows.operations.rehearsal import check_rehearsal
    from workflows.operations.stopped import StoppedWork

    settings = services.settings
    current: bool | None
    try:
        current = await services.record.database.schema() in USABLE
    except (SQLAlchemyError, CannotOpen):
        current = None
    programme = await services.record.register.find_programme() if current else None
    paused = await services.record.switches.list_paused() if current else []
    yesterday = (services.clock.now() - timedelta(days=1)).date()
    meetings = await services.record.meetings.list_meetings(since=yesterday) if current else []
    stopped = await services.jobs.operations.stopped.work() if current else StoppedWork()
    found = [
        *check_settings(settings, open_bot=bot_is_open()),
        *check_record(settings, current=current, programme=programme, paused=paused),
        *check_rehearsal(programme, settings.allowed_recipients, now=services.clock.now()),
        *check_meetings(meetings, now=services.clock.now()),
        *check_stopped(settings, stopped, programme),
        *await services.jobs.operations.look_around(),
        *await services.jobs.operations.doctor.examine(programme),
    ]
    rows = [{"verdict": item.verdict, "rule": item.rule, **asdict(describe(item, FOR_PROGRAMS))} for item in found]
    show(arguments, rows, finding_lines(found, TerminalWords(programme).language))
    return DID_NOT_HOLD if any(item.fails for item in found) else DONE
