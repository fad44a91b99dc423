"""The two ways in which a test calls our functions: what is behind `function_app.py`, or as the host has it called."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from config.settings import Part, variable
from tests.support.azurite import POISON, UNITS, Deliver
from wiring import triggers
from wiring.process import Services

if TYPE_CHECKING:
    from tests.support.functions_host import FunctionsHost


def why_missing() -> str:
    """Return why the worker library cannot be here, for a skipped test; empty when it can."""
    if sys.version_info < (3, 13):
        return "the Functions worker library needs Python 3.13, the deployment's version"
    return ""


under_the_worker = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "the worker library is here")


@dataclass(frozen=True)
class Functions:
    """The functions of the Hands. What one raises is for the host, which then gives the message once more."""

    due: Deliver
    poison: Deliver
    tick: Callable[[], Awaitable[None]]


Way = Callable[[Services], AbstractContextManager[Functions]]


@contextmanager
def directly(services: Services) -> Iterator[Functions]:
    """Give what is behind the functions, without `function_app.py`."""
    yield Functions(
        due=partial(triggers.run_named, services),
        poison=partial(triggers.set_aside, services),
        tick=partial(triggers.find_lost, services),
    )


@cache
def indexed_functions() -> "FunctionsHost":
    """Load the functions of both parts: the worker library does it once in a process."""
    from tests.support.functions_host import load

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(variable("part"), Part.ALL)
        return asyncio.run(load())


def working_with(services: Services) -> AbstractContextManager[object]:
    """Give the functions that were indexed in this process *services* to work with."""
    return patch("function_app.services_of", return_value=services)


@contextmanager
def _called_by(host: "FunctionsHost", services: Services) -> Iterator[Functions]:
    """Give the functions that the real Python worker library calls, working with *services*."""

    async def deliver(name: str, message: bytes) -> None:
        await host.queue(message.decode(), name=name)

    with working_with(services):
        yield Functions(due=partial(deliver, UNITS), poison=partial(deliver, POISON), tick=host.timer)


WORKER_LIBRARY = "by worker library"


def way_named(name: str) -> Way:
    """Return the way that a test's parameter names; skips the test where the worker library is not."""
    if not name.endswith(WORKER_LIBRARY):
        return directly
    if reason := why_missing():
        pytest.skip(reason)
    return partial(_called_by, indexed_functions())


@pytest.fixture(params=["directly", WORKER_LIBRARY])
def way(request: pytest.FixtureRequest) -> Way:
    """Return each way to the functions."""
    return way_named(request.param)


@dataclass(frozen=True)
class Ground:
    """The way and the database of a scene."""

    way: Way
    database_url: str


# Where the library is, it calls what would be called directly: once is enough on PostgreSQL, whose databases take long.
@pytest.fixture(
    params=["sqlite directly", f"postgres {WORKER_LIBRARY}", *(["postgres directly"] if why_missing() else ())]
)
def ground(request: pytest.FixtureRequest) -> Ground:
    """Return a way and a database of this test's own, migrated: by the worker library, that which Azure has."""
    return Ground(way_named(request.param), request.getfixturevalue(f"{request.param.split()[0]}_url"))
