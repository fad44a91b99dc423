"""Steps that hold the event loop, which meanwhile answers nobody."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

LONGEST_HOLD = 5.0
"""Milliseconds of its own processor time that a step may take on the loop."""


@dataclass(frozen=True)
class Hold:
    """A step of the loop: milliseconds of its thread's processor time, and the coroutine or callback that took it."""

    milliseconds: float
    where: str


@contextmanager
def noted_holds(longest: float = LONGEST_HOLD) -> Iterator[list[Hold]]:
    """
    Note each step of an event loop that takes more than *longest* milliseconds meanwhile.

    The time is the processor time of the loop's own thread: neither other processes nor other threads count.
    """
    noted: list[Hold] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        taken = (time.thread_time() - began) * 1000
        if taken > longest:
            noted.append(Hold(taken, _where(handle)))

    with patch.object(asyncio.Handle, "_run", timed):
        yield noted


def _where(handle: Any) -> str:
    """Return the coroutines that a task waits in, the outermost first, or the callback's name."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return repr(handle._callback)
    names: list[str] = []
    inner: Any = task.get_coro()
    while hasattr(inner, "cr_await"):
        names.append(inner.__qualname__)
        inner = inner.cr_await
    return " > ".join(names)
