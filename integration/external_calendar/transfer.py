"""Hand a reading from one process to another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.ports.external_calendar import ExternalDate, Reading


def to_data(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON holds it."""
    return {
        "dates": [
            [item.starts.isoformat(), item.ends.isoformat() if item.ends else None, item.uid] for item in reading.dates
        ],
        "left_out": dict(reading.left_out),
        "called_off": sorted(reading.called_off),
    }


def from_data(data: Mapping[str, Any]) -> Reading:
    """Return the reading that `to_data` wrote."""
    return Reading(
        dates=tuple(
            ExternalDate(
                starts=datetime.fromisoformat(starts), ends=datetime.fromisoformat(ends) if ends else None, uid=uid
            )
            for starts, ends, uid in data["dates"]
        ),
        left_out=data["left_out"],
        called_off=frozenset(data["called_off"]),
    )
