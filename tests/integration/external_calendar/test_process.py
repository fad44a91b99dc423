"""The process that reads one calendar, as it stands alone: `python -m integration.external_calendar`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.integration.external_calendar.files import FIRST, LAST, OSLO, calendar_of, read
from workflows.ports.external_calendar import Reading

ROOT = Path(__file__).parents[3]
GOOD = ("UID:good", "DTSTART:20270309T080000Z")
NEVER = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


def run(content: bytes) -> dict[str, Any]:
    """Return what the process says of *content*; it ends well whatever that was."""
    done = subprocess.run(
        [sys.executable, "-m", "integration.external_calendar", OSLO, FIRST.isoformat(), LAST.isoformat()],
        input=content,
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert not done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def uids(said: dict[str, Any]) -> list[str]:
    return [uid for _, _, uid in said["dates"]]


def test_a_calendar_s_meetings_are_said_as_data() -> None:
    reading: Reading = read(calendar_of(GOOD))

    said = run(calendar_of(GOOD))

    assert said["dates"] == [[reading.dates[0].starts.isoformat(), None, "good"]]
    assert (said["left_out"], said["called_off"]) == ({}, [])


def test_what_is_no_calendar_is_said_with_its_reason() -> None:
    said = run(b"<html>")

    assert said["why"] == "not_a_calendar"
    assert said["reason"]


def test_a_slow_series_is_left_out_and_the_others_still_have_their_time() -> None:
    weekly = ("UID:weekly", "DTSTART:20270309T080000Z", "RRULE:FREQ=WEEKLY;COUNT=2")

    said = run(calendar_of(GOOD, ("UID:never", "DTSTART:20260101T080000Z", f"RRULE:{NEVER}"), weekly))

    assert said["left_out"] == {"slow_series": 1}
    assert "good" in uids(said)
    assert len(uids(said)) == 3
