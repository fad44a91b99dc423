from datetime import date, datetime, time
from typing import Any

import pytest

from config.body_dates import date_problems
from config.values import Body, BodyKind, Occasion, Rhythm, Role


def body(**changes: Any) -> Body:
    values = {"key": "board", "kind": BodyKind.LEAD_NETWORK, "name": "Nettverket", "members": (Role.LOCAL_LEAD,)}
    return Body(**{**values, **changes})


def occasion(key: str, first: str, last: str, **changes: Any) -> Occasion:
    return Occasion(key=key, first=date.fromisoformat(first), last=date.fromisoformat(last), **changes)


SPRING = occasion("spring", "2027-03-01", "2027-04-30")


def test_what_a_calendar_can_follow_has_no_problems() -> None:
    fixed = (datetime.fromisoformat("2027-03-02T09:00"), datetime.fromisoformat("2027-03-09T09:00"))

    assert list(date_problems(body(rhythm=Rhythm(preferred_weekday=1), fixed_dates=fixed))) == []
    assert list(date_problems(body(occasions=(SPRING, occasion("may", "2027-05-01", "2027-05-31"))))) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        pytest.param({"rhythm": Rhythm(least_gap=50)}, ("rhythm", "wanted_gap"), id="gaps out of order"),
        pytest.param(
            {"rhythm": Rhythm(preferred_weekday=0)}, ("rhythm", "preferred_weekday"), id="a weekday it does not meet on"
        ),
        pytest.param(
            {"rhythm": Rhythm(other_starts=(time(23, 0),))}, ("rhythm", "starts"), id="a meeting past midnight"
        ),
        pytest.param({"rhythm": Rhythm(), "occasions": (SPRING,)}, ("occasions",), id="a rhythm and occasions"),
        pytest.param(
            {"occasions": (occasion("x", "2027-03-02", "2027-03-01"),)},
            ("occasions", 0, "last"),
            id="an occasion that ends before it begins",
        ),
        pytest.param(
            {"occasions": (occasion("x", "2027-03-01", "2027-03-02", starts=time(20)),)},
            ("occasions", 0, "starts"),
            id="an occasion past midnight",
        ),
        pytest.param(
            {"occasions": (SPRING, occasion("april", "2027-04-01", "2027-05-31"))},
            ("occasions", 1, "first"),
            id="occasions that overlap",
        ),
        pytest.param(
            {"fixed_dates": (datetime.fromisoformat("2027-03-02T09:00+01:00"),)},
            ("fixed_dates", 0),
            id="a fixed date with an offset",
        ),
        pytest.param(
            {"fixed_dates": tuple(map(datetime.fromisoformat, ("2027-03-02T09:00", "2027-03-02T12:00")))},
            ("fixed_dates", 1),
            id="two on one day",
        ),
    ],
)
def test_what_no_calendar_could_follow_is_named(changes: dict[str, Any], path: tuple[str | int, ...]) -> None:
    ((found, _, expected),) = date_problems(body(**changes))

    assert found == path
    assert str(expected)
