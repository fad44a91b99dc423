"""Many municipalities at once: as fast as the published limits allow, without ever being told to slow down."""

from pathlib import Path

from benchmarks.rollout import TARGET, measure

MUNICIPALITIES = 8
"""As many as fit into the suite; `python -m benchmarks.rollout 357` takes all there are."""
ROUND_TRIPS = 5


async def test_a_country_is_rolled_out_within_the_limits_and_looked_at_in_few_round_trips(tmp_path: Path) -> None:
    figures = await measure(MUNICIPALITIES, tmp_path)

    assert figures.throttled == 0
    assert figures.ratio <= TARGET
    assert figures.again <= ROUND_TRIPS
