"""Several things at once within one piece of work, without simulated time standing still for ever."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from engine.units import EngineClock

T = TypeVar("T")


async def together(clock: EngineClock, *work: Coroutine[Any, Any, T]) -> list[T]:
    """
    Do all of *work* at the same time; what each gave, in their order.

    All of it comes to an end, whatever becomes of the others; then the first error is raised. Each may sleep on
    *clock*, which counts it as work of its own and whoever waits here as asleep.
    """
    bell, begun, at_work, left = clock.alarm(), asyncio.Event(), 0, len(work)

    async def do(item: Coroutine[Any, Any, T]) -> T:
        nonlocal at_work, left
        async with clock.busy():
            at_work += 1
            if at_work == len(work):
                begun.set()
            try:
                return await item
            finally:
                left -= 1
                bell.ring()

    tasks = [asyncio.create_task(do(item)) for item in work]
    try:
        if tasks:
            # Not asleep before: with nobody at work in between, time would pass.
            await begun.wait()
        while left:
            await bell.wait(None)
        await asyncio.wait(tasks) if tasks else None
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return [task.result() for task in tasks]
