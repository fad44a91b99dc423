"""A test that waits for ever: it falls at its limit of time whatever it does, and says what its tasks wait for."""

import asyncio
import gc
import io
import signal
from collections.abc import Generator
from typing import Any

import pytest

AGAIN = 10
"""Parts of the limit after which a test that still goes on is stopped again."""
LIMIT = pytest.StashKey[Any]()
"""The settings of a test's limit."""


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, object, object]:
    """Ring more than once: a ring that comes while a task has its turn ends that one, and the test waits on."""
    timer = yield
    item.stash[LIMIT] = settings
    if settings.method == "signal":
        signal.setitimer(signal.ITIMER_REAL, settings.timeout, settings.timeout / AGAIN)
    return timer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.excinfo is None or "from pytest-timeout" not in str(call.excinfo.value):
        return (yield)
    signal.setitimer(signal.ITIMER_REAL, 0)
    report = yield
    report.sections.append(("Tasks that still wait", waiting_tasks()))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Give what the fixtures do at the end a limit of its own: a test that fell has none any more."""
    if (settings := item.stash.get(LIMIT, None)) is not None:
        item.config.pluginmanager.hook.pytest_timeout_set_timer(item=item, settings=settings)
    yield


def waiting_tasks() -> str:
    """Return where each task waits that has not ended, down to what it waits for."""
    told = io.StringIO()
    for task in [found for found in gc.get_objects() if isinstance(found, asyncio.Task)]:
        if not task.done():
            told.write(f"{task.get_name()}\n")
            waits: object = task.get_coro()
            while waits is not None:
                told.write(f"  {_place(waits)}\n")
                waits = getattr(waits, "cr_await", None) or getattr(waits, "ag_await", None)
    return told.getvalue()


def _place(waits: object) -> str:
    """Return the line at which a coroutine or an asynchronous generator stands; anything else as it is."""
    frame = getattr(waits, "cr_frame", None) or getattr(waits, "ag_frame", None)
    return f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}" if frame else repr(waits)
