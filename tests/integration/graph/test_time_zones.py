"""Names of time zones at Graph's edge."""

from datetime import datetime

import pytest

from integration.graph.time_zones import wall_time, windows_name
from workflows.errors import Transient


@pytest.mark.parametrize(
    ("iana", "windows"),
    [
        ("Europe/Oslo", "W. Europe Standard Time"),
        ("Arctic/Longyearbyen", "W. Europe Standard Time"),
        ("Europe/Helsinki", "FLE Standard Time"),
        ("UTC", "UTC"),
    ],
)
def test_outlook_is_told_the_name_that_windows_has_for_a_zone(iana: str, windows: str) -> None:
    assert windows_name(iana) == windows


def test_a_zone_without_a_name_in_windows_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="Mars/Olympus"):
        windows_name("Mars/Olympus")


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        pytest.param("2027-03-09T09:00:00.0000000", "W. Europe Standard Time", id="as asked for"),
        pytest.param("2027-03-09T09:00:00.0000000", "Europe/Oslo", id="ours by IANA's name"),
        pytest.param("2027-03-09T09:00:00.0000000", "Romance Standard Time", id="another name of the same hours"),
        pytest.param("2027-03-09T08:00:00.0000000", "UTC", id="the zone that Exchange falls back to"),
        pytest.param("2027-03-09T08:00:00.0000000", "GMT Standard Time", id="London by Windows' name"),
        pytest.param("2027-03-09T10:00:00.0000000", "Europe/Helsinki", id="Helsinki by IANA's name"),
        pytest.param("2027-03-09T03:00:00.0000000", "Eastern Standard Time", id="New York by Windows' name"),
    ],
)
def test_a_time_told_in_any_zone_is_the_same_moment_in_ours(told: str, zone: str) -> None:
    assert wall_time(told, zone, shown_in="Europe/Oslo") == datetime.fromisoformat("2027-03-09T09:00")


def test_a_zone_that_nobody_knows_gives_no_hour_at_all() -> None:
    with pytest.raises(Transient, match="Customized Time Zone"):
        wall_time("2027-03-09T09:00:00", "Customized Time Zone", shown_in="Europe/Oslo")
