"""Retries: calls that are sent again, how often, and how long that may take."""

from datetime import timedelta

import pytest

from integration.retry import Call, Retry, retry_after
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


async def test_a_create_that_was_put_off_is_tried_again_after_the_wait() -> None:
    clock, work = StillClock(), Flaky(throttled(1), throttled(1), throttled(1))

    assert await Retry(clock=clock)("try", Call.CREATE, work) == "done"
    assert clock.now() - NOON >= timedelta(seconds=1 + 2 + 4)


async def test_a_create_is_not_tried_again_once_its_outcome_is_lost() -> None:
    work = Flaky(throttled(1), OutcomeUnknown("try", "lost"))

    with pytest.raises(OutcomeUnknown):
        await Retry(clock=StillClock())("try", Call.CREATE, work)

    assert work.tries == 2


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


async def test_a_second_that_is_asked_for_again_and_again_grows() -> None:
    clock = StillClock()

    await Retry(clock=clock)("try", Call.READ, Flaky(throttled(1), throttled(1), throttled(1)))

    assert timedelta(seconds=1 + 2 + 4) <= clock.now() - NOON <= timedelta(seconds=2 + 3 + 5)


NOW = "Sat, 28 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param("2.128", timedelta(seconds=2.128), id="decimals, as in Graph's documents"),
        pytest.param("Sat, 28 Nov 2026 12:02:00 GMT", timedelta(minutes=2), id="a date"),
        pytest.param("3600", timedelta(hours=1), id="an hour"),
        pytest.param("86400", timedelta(hours=1), id="a day, cut to an hour"),
        pytest.param("", None, id="nothing"),
        pytest.param("0", None, id="no time"),
        pytest.param("soon", None, id="a word"),
        pytest.param("-5", None, id="less than no time"),
        pytest.param("NaN", None, id="no number"),
        pytest.param("inf", None, id="for ever"),
        pytest.param("99999999999", None, id="centuries"),
        pytest.param("9" * 400, None, id="digits without end"),
        pytest.param("Sat, 28 Nov 2026 11:00:00 GMT", None, id="an hour ago"),
        pytest.param("Wed, 21 Oct 2099 07:28:00 GMT", None, id="a date in 2099"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", None, id="the last date there is"),
        pytest.param("Sat, 28 Nov 2026 12:02:00 -0000", None, id="a date of no zone"),
    ],
)
def test_a_wait_is_believed_up_to_an_hour(asked: str, pause: timedelta | None) -> None:
    assert retry_after({"retry-after": asked, "date": NOW}) == pause


def test_a_date_is_held_against_the_answers_own_and_against_nothing_else() -> None:
    assert retry_after({"retry-after": "Sat, 28 Nov 2026 12:02:00 GMT"}) is None


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
