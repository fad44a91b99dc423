"""Several things at once within one piece of work, without simulated time standing still for ever."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from engine.gathering import Expected, Gathering
from engine.units import EngineClock

T = TypeVar("T")


async def together(clock: EngineClock, *work: Coroutine[Any, Any, T], gathering: Gathering | None = None) -> list[T]:
    """
    Do all of *work* at the same time; what each gave, in their order.

    All of it comes to an end, whatever becomes of the others; then the first error is raised. Each may sleep on
    *clock*, which counts it as work of its own and whoever waits here as asleep. *gathering*: awaits each until it has
    asked, so none may wait for another's answer before it asks.
    """
    bell, begun, at_work, left = clock.alarm(), asyncio.Event(), 0, len(work)
    # All of them before the first begins: its question may wait for those of the others.
    expected = [(gathering or Gathering()).expect() for _ in work]

    async def do(item: Coroutine[Any, Any, T], own: Expected) -> T:
        nonlocal at_work, left
        async with AsyncExitStack() as stack:
            try:
                try:
                    await stack.enter_async_context(clock.busy())
                finally:
                    # Also where the clock does not hear of it: nobody may wait for one that will not begin.
                    at_work += 1
                    if at_work == len(work):
                        begun.set()
                with own:
                    return await item
            finally:
                item.close()
                left -= 1
                bell.ring()

    tasks = [asyncio.create_task(do(item, own)) for item, own in zip(work, expected, strict=True)]
    try:
        if tasks:
            # Not asleep before: with nobody at work in between, time would pass.
            await begun.wait()
        while left:
            await bell.wait(None)
        await asyncio.wait(tasks) if tasks else None
    finally:
        for task, own in zip(tasks, expected, strict=True):
            task.cancel()
            # One that is stopped before it began never entered it.
            own.arrive()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return [task.result() for task in tasks]
