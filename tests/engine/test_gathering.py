"""Work that was begun together is awaited until each has asked, and no longer."""

import asyncio

import pytest

from engine.gathering import Gathering
from engine.together import together
from tests.clocks import StillClock


async def test_one_that_is_expected_is_awaited_until_it_has_asked() -> None:
    gathering = Gathering()

    with gathering.expect():
        assert not gathering.is_complete
        gathering.arrive()
        assert gathering.is_complete


async def test_one_that_never_asks_is_awaited_until_it_ends() -> None:
    gathering = Gathering()

    with gathering.expect():
        assert not gathering.is_complete

    assert gathering.is_complete


async def test_the_question_of_a_task_is_that_of_the_one_that_began_it() -> None:
    gathering = Gathering()

    async def ask() -> None:
        gathering.arrive()

    with gathering.expect():
        await asyncio.create_task(ask())
        assert gathering.is_complete


async def test_somebody_else_asking_meets_no_expectation_of_ours() -> None:
    gathering = Gathering()
    gathering.expect()

    gathering.arrive()

    assert not gathering.is_complete


async def test_all_that_begin_together_are_awaited_before_the_first_of_them_runs() -> None:
    gathering, complete = Gathering(), list[bool]()

    async def ask() -> None:
        gathering.arrive()
        complete.append(gathering.is_complete)

    await together(StillClock(), ask(), ask(), ask(), gathering=gathering)

    assert complete == [False, False, True]


async def test_the_bell_rings_when_the_last_has_asked() -> None:
    gathering, bell = Gathering(), StillClock().alarm()
    first, second = gathering.expect(), gathering.expect()

    with gathering.ringing(bell):
        first.arrive()
        waiting = asyncio.create_task(bell.wait(None))
        await asyncio.sleep(0)
        assert not waiting.done()
        second.arrive()
        await waiting


async def test_those_that_are_stopped_before_they_began_are_not_awaited() -> None:
    gathering = Gathering()

    async def never() -> None:
        raise AssertionError

    work = [never(), never()]
    task = asyncio.create_task(together(StillClock(), *work, gathering=gathering))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for item in work:
        item.close()

    assert gathering.is_complete
