"""The people that the demo offers to be, once it was played."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.loading import load_programme
from config.values import Role
from demo.run import people_to_be
from workflows.access.rules import reader_of

VESTFOLD = load_programme(Path(__file__).parents[2] / "config" / "vestfold")


@pytest.mark.parametrize("month", [9, 11], ids=["at its beginning", "at its end"])
def test_everybody_it_offers_can_sign_in_then(month: int) -> None:
    """A package ends in between: its lead has no role after that, and would be turned away."""
    now = datetime(2026, month, 24, 9, tzinfo=UTC)

    offered = dict(people_to_be(VESTFOLD, now))

    assert list(offered) == [Role.COUNTY_LEAD, Role.LOCAL_LEAD, Role.WORK_PACKAGE_LEAD]
    for role, name in offered.items():
        person = next(item.key for item in VESTFOLD.people if item.name == name)
        reader = reader_of(VESTFOLD, person, VESTFOLD.today(now))
        assert reader is not None
        assert role in {held.role for held in reader.roles}
