"""Keeping within limits, on a clock that only moves when somebody sleeps."""

from datetime import UTC, datetime, timedelta

import pytest

from integration.pace import Pace, Window
from workflows.errors import Throttled

START = datetime(2026, 9, 8, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class SleepingClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    async def sleep_until(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


async def test_no_window_ever_holds_more_calls_than_it_may() -> None:
    clock = SleepingClock()
    windows = (Window(3, SECOND), Window(4, 2 * SECOND))
    pace = Pace(clock, windows)
    moments = []

    for _ in range(12):
        await pace.turn("chat", "post")
        moments.append(clock.now())

    for window in windows:
        for index in range(len(moments) - window.count):
            assert moments[index + window.count] - moments[index] >= window.span
    assert moments[-1] - START == 5 * SECOND


async def test_keys_do_not_wait_for_each_other() -> None:
    clock = SleepingClock()
    pace = Pace(clock, (Window(1, SECOND),))

    await pace.turn("one", "post")
    await pace.turn("another", "post")

    assert clock.now() == START


async def test_a_long_wait_is_handed_back_instead_of_slept() -> None:
    clock = SleepingClock()
    pace = Pace(clock, (Window(1, timedelta(hours=1)),), patience=SECOND)
    await pace.turn("chat", "post a card")

    with pytest.raises(Throttled, match="could not post a card: our own limit") as caught:
        await pace.turn("chat", "post a card")

    assert caught.value.retry_after == timedelta(hours=1)
    assert clock.now() == START
