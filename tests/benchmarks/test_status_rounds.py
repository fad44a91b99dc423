"""Status rounds of many municipalities over the sandbox's connector, in real time, with workers that are killed."""

from datetime import timedelta
from pathlib import Path

from benchmarks.status_rounds import measure

MUNICIPALITIES = 8
"""As many as fit into the suite, ten requests each; `python -m benchmarks.status_rounds` takes all there are."""
AT_ONCE = timedelta(0)
"""The rounds open while the workers start: how much is sent in a second does not matter here."""
LONG_LEASE = timedelta(minutes=2)
"""As in earnest: where nobody is killed, nobody is taken for dead however full the machine is."""


async def test_two_workers_keep_the_limits_together_and_nobody_is_missed_or_doubled(tmp_path: Path) -> None:
    figures = await measure(MUNICIPALITIES, 10, 2, tmp_path, warm_up=AT_ONCE, lease=LONG_LEASE)

    assert figures.requests == 80
    assert (figures.refused, figures.missed, figures.doubled) == (0, 0, 0)
    assert figures.calls == 2 * figures.requests


async def test_who_is_killed_misses_nobody_and_doubles_at_most_what_was_on_its_way(tmp_path: Path) -> None:
    figures = await measure(MUNICIPALITIES, 10, 2, tmp_path, kill=True, warm_up=AT_ONCE)

    assert figures.kills > 0
    assert figures.missed == 0
    assert figures.doubled <= figures.in_flight
    assert figures.refused == 0
