from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sandbox.platform.throttling import DIRECTORY, SHAREPOINT, TEAM, TEAM_MEMBERS, Bucket, Throttle

NOW = datetime(2026, 8, 17, 6, tzinfo=UTC)


def second(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def test_a_bucket_fills_evenly() -> None:
    throttle, args = Throttle(), {"team": "1"}
    assert [throttle.draw((TEAM_MEMBERS(),), app="a", args=args, now=NOW) is None for _ in range(5)] == [True] * 4 + [
        False
    ]

    refusal = throttle.draw((TEAM_MEMBERS(),), app="a", args=args, now=second(5))

    assert refusal is not None
    assert refusal.retry_after == 10
    assert throttle.draw((TEAM_MEMBERS(),), app="a", args=args, now=second(15)) is None


def test_teams_and_apps_have_buckets_of_their_own() -> None:
    throttle = Throttle()
    for _ in range(4):
        throttle.draw((TEAM(),), app="a", args={"team": "1"}, now=NOW)

    assert throttle.draw((TEAM(),), app="a", args={"team": "1"}, now=NOW)
    assert throttle.draw((TEAM(),), app="a", args={"team": "2"}, now=NOW) is None
    assert throttle.draw((TEAM(),), app="b", args={"team": "1"}, now=NOW) is None


def test_a_refused_call_takes_nothing_from_any_bucket() -> None:
    throttle, small, large = Throttle(), Bucket("small", 1, 1), Bucket("large", 2, 1)
    throttle.draw((large(), small()), app="a", args={}, now=NOW)

    assert throttle.draw((large(), small()), app="a", args={}, now=NOW)
    assert throttle.draw((large(),), app="a", args={}, now=NOW) is None


def test_an_answer_tells_its_cost_and_when_the_limit_is_near() -> None:
    throttle = Throttle()
    throttle.draw((SHAREPOINT(1000), DIRECTORY(2)), app="a", args={}, now=NOW)

    told = throttle.headers((SHAREPOINT(1000), DIRECTORY(2)), app="a", args={}, now=NOW)

    assert told == {
        "x-ms-resource-unit": "2",
        "RateLimit-Limit": "1250",
        "RateLimit-Remaining": "250",
        "RateLimit-Reset": "48",
    }


@given(st.lists(st.floats(min_value=0, max_value=5), max_size=60))
def test_no_more_leaves_a_bucket_than_it_held_and_was_filled(pauses: list[float]) -> None:
    throttle, now, taken = Throttle(), 0.0, 0
    for pause in pauses:
        now += pause
        taken += throttle.draw((TEAM(),), app="a", args={"team": "1"}, now=second(now)) is None

    assert taken <= TEAM.amount + now * TEAM.amount / TEAM.seconds + 1e-3
