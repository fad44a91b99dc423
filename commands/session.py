"""Parts of every command: an exit code, services of its own while it runs, and ways to tell how it went."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commands.words import TerminalWords
    from wiring.process import Services

DONE, DID_NOT_HOLD, WRONG_USE = 0, 1, 2
MAX_SUBJECT = 200
"""Characters of the municipalities that a command is noted with."""

Command = Callable[["Services", argparse.Namespace], Awaitable[int]]


class Usage(Exception):
    """A command that cannot be meant like this."""


class Stopped(Exception):
    """A command that something outside ended, in words for the person at the terminal."""


@asynccontextmanager
async def session(*, prepared: bool = True) -> AsyncIterator["Services"]:
    """Yield the services of one command, taking part in a shared clock, on a database with the current schema."""
    from config.settings import Settings
    from wiring.process import create_services

    # What a command has to say it prints; events in between are for those who run a service.
    services = create_services(Settings(), log_level="ERROR")
    try:
        async with services.clock.busy():
            await services.clock.join()
            try:
                if prepared:
                    await services.prepare_database()
                yield services
            finally:
                await services.clock.leave()
    finally:
        await services.close()


def _changes_nothing(arguments: argparse.Namespace) -> bool:
    del arguments
    return False


def with_services(
    command: Command, *, prepared: bool = True, acts: Callable[[argparse.Namespace], bool] = _changes_nothing
) -> Callable[[argparse.Namespace], int]:
    """Return the command as the parser calls it: with services of its own, in a loop of its own.

    *prepared*: it needs a database with the current schema. *acts*: whether it is noted in the audit; what the stores
    note by themselves, such as a pause, is not noted twice.
    """

    async def in_session(arguments: argparse.Namespace) -> int:
        from commands.outside import explain_outside
        from config.problems import InvalidInput
        from integration.database.sqlite import DatabaseGone
        from wiring.outside import NotInThisPart
        from workflows.errors import OutsideError
        from workflows.origin import ActOrigin, ActSurface, coming_from

        async with session(prepared=prepared) as services:
            try:
                with coming_from(ActOrigin(surface=ActSurface.TERMINAL)):
                    code = await command(services, arguments)
                    if acts(arguments):
                        await _note(services, command, arguments)
                    return code
            except InvalidInput as exc:
                if not exc.language:
                    exc.language = (await _words(services)).language
                raise
            except DatabaseGone:
                raise
            except (OutsideError, NotInThisPart) as exc:
                words = await _words(services)
                if services.settings.names_no_tenant:
                    raise Usage(_name_settings(words)) from exc
                raise Stopped("\n".join(explain_outside(exc, words))) from exc

    @wraps(command)
    def run(arguments: argparse.Namespace) -> int:
        return asyncio.run(in_session(arguments))

    return run


async def _note(services: "Services", command: Command, arguments: argparse.Namespace) -> None:
    """Note a command that was understood, so that all it names is known: keys, never a reason that somebody typed."""
    named = getattr(arguments, "municipality", None) or []
    keys = [named] if isinstance(named, str) else named
    now = services.clock.now()
    await services.record.audit.note(f"command.{command.__name__}", ", ".join(keys)[:MAX_SUBJECT], at=now)


async def _words(services: "Services") -> "TerminalWords":
    """Return the words in which this terminal is answered; in bokmål while no register can be read."""
    from commands.words import TerminalWords
    from integration.database.register import CorruptRegister

    try:
        return TerminalWords(await services.record.register.find_programme())
    except CorruptRegister:
        return TerminalWords()


def _name_settings(words: "TerminalWords") -> str:
    """Return the sentence for a person who has set nothing: what to set, or how to use the sandbox instead."""
    from config.settings import variable
    from workflows.operations.own_checks import NEEDED

    return words.say("no_settings", names=", ".join(variable(name) for name in NEEDED))


def tell(*lines: str) -> None:
    """Print lines for the person at the terminal."""
    print("\n".join(lines))  # noqa: T201


def complain(*lines: str) -> None:
    """Print lines about what is wrong, apart from those that a program may read."""
    if lines:
        print("\n".join(lines), file=sys.stderr, flush=True)  # noqa: T201


def show(arguments: argparse.Namespace, rows: Any, lines: Sequence[str]) -> None:
    """Print *rows* as JSON for a program that asked with `--json`, *lines* for a person."""
    tell(json.dumps(rows, ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines))
