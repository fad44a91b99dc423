"""What is sent again, how often, and how long that may take."""

from datetime import timedelta

import pytest

from integration.retry import Call, Retry
from tests.clocks import NOON, StillClock
from workflows.errors import Conflict, OutcomeUnknown, OutsideError, Throttled, Transient


class Flaky:
    """Fails with each of *errors* in turn, then succeeds."""

    def __init__(self, *errors: OutsideError) -> None:
        self.errors = list(errors)
        self.tries = 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def busy() -> Transient:
    return Transient("try", "busy")


def throttled(seconds: float) -> Throttled:
    return Throttled("try", "slow down", retry_after=timedelta(seconds=seconds))


@pytest.mark.parametrize("call", [Call.READ, Call.KEYED])
async def test_a_repeatable_call_is_tried_again(call: Call) -> None:
    work = Flaky(busy(), busy())

    assert await Retry(clock=StillClock())("try", call, work) == "done"
    assert work.tries == 3


async def test_a_bare_create_is_tried_once() -> None:
    work = Flaky(busy())

    with pytest.raises(Transient):
        await Retry(clock=StillClock())("try", Call.CREATE, work)

    assert work.tries == 1


@pytest.mark.parametrize("error", [Conflict("try", "there"), OutcomeUnknown("try", "lost")])
async def test_what_another_try_cannot_mend_comes_through_at_once(error: OutsideError) -> None:
    work = Flaky(error)

    with pytest.raises(type(error)) as caught:
        await Retry(clock=StillClock())("try", Call.READ, work)

    assert (caught.value, work.tries) == (error, 1)


async def test_attempts_are_capped() -> None:
    work = Flaky(*(busy() for _ in range(9)))

    with pytest.raises(Transient):
        await Retry(clock=StillClock(), attempts=3)("try", Call.READ, work)

    assert work.tries == 3


async def test_the_pause_asked_for_is_honoured_on_the_clock_given() -> None:
    clock = StillClock()

    await Retry(clock=clock)("try", Call.READ, Flaky(throttled(7)))

    assert timedelta(seconds=7) <= clock.now() - NOON <= timedelta(seconds=8)


async def test_no_wait_is_begun_that_does_not_fit_into_the_total_time() -> None:
    clock, work = StillClock(), Flaky(throttled(25), throttled(40))

    with pytest.raises(Throttled) as caught:
        await Retry(clock=clock, total=timedelta(seconds=60))("try", Call.READ, work)

    assert caught.value.retry_after == timedelta(seconds=40)
    assert clock.now() - NOON < timedelta(seconds=27)


async def test_waits_without_a_named_pause_grow() -> None:
    clock = StillClock()

    await Retry(clock=clock)("try", Call.READ, Flaky(busy(), busy(), busy()))

    assert timedelta(seconds=7) <= clock.now() - NOON <= timedelta(seconds=10)
