"""The whole product in one loop, played as `vareunge demo` plays it, by processes of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from demo.checks import nobody_else_was_reached
from demo.evidence import Entry
from tests.exhaustive.kill import play
from tests.exhaustive.moments import Moment, Phase

VELFERD = Path(__file__).parents[2] / "config" / "velferd"
SLIPS = {
    "attendees": [{"emailAddress": {"address": "somebody.else@a-dal.example"}}],
    "body": {"contentType": "html", "content": "<p>Spør somebody.else@a-dal.example.</p>"},
}
"""Fields of a booking that would name somebody else."""
OWNER, LEAD = "radgiver.velferd@fjordfylket.example", "tiltak@fjordvik.example"


async def test_a_service_killed_at_writes_closes_the_loop_all_the_same() -> None:
    """Three writes of the loop; `python -m tests.exhaustive.kill` tries more and compares with an undisturbed run."""
    moments = [
        moment("/teams/{team}/channels", nth=7, phase="after"),
        moment("/users/{user}/events", nth=40, phase="before"),
        moment("/users/{user}/messages/{message}/send", nth=30, phase="after"),
    ]

    run = await play(moments)

    assert (run.failure, run.failed) == ("", [])
    assert len(run.cuts) == len(moments)


async def test_a_rehearsal_of_another_programme_closes_the_loop_and_reaches_two_people_only() -> None:
    run = await play(settings={"VAREUNGE_ALLOWED_RECIPIENTS": f"{OWNER}, {LEAD}"}, programme=VELFERD)

    assert (run.failure, run.failed) == ("", [])
    assert run.evidence is not None
    assert nobody_else_was_reached(run.evidence).found.startswith("2 of 2")
    for field, value in SLIPS.items():
        slip = replace(run.evidence, traffic=with_a_slip(run.evidence.traffic, field, value))
        assert not nobody_else_was_reached(slip).held


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process table")
async def test_an_interrupted_demo_leaves_no_process_behind() -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", "import sys, cli; sys.exit(cli.main())", "demo"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert demo.stdout is not None
    async for line in demo.stdout:
        if b"the service runs" in line:
            break
    processes = started_by(demo.pid)

    for _ in range(2):  # Who runs a command for others passes Ctrl-C on, and it comes twice.
        os.kill(demo.pid, signal.SIGINT)
    printed, _ = await demo.communicate()

    assert (demo.returncode, printed.decode().strip()) == (1, "Interrupted; everything that was started has ended.")
    assert len(processes) == 2
    assert still_there(processes) == []


def moment(template: str, *, nth: int, phase: Phase) -> Moment:
    return Moment(position=0, method="POST", template=template, nth=nth, phase=phase)


def started_by(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def still_there(processes: Sequence[int]) -> list[int]:
    return [pid for pid in processes if Path(f"/proc/{pid}").exists()]


def with_a_slip(traffic: Sequence[Entry], field: str, value: object) -> list[Entry]:
    """The traffic as it would be had the last booking named somebody else in a field."""
    booking = next(
        entry
        for entry in reversed(traffic)
        if entry["request"]["method"] == "POST" and entry["request"]["url"].endswith("/events")
    )
    slipped = deepcopy(booking)
    body = json.loads(slipped["request"]["postData"]["text"])
    slipped["request"]["postData"]["text"] = json.dumps({**body, field: value})
    return [slipped if entry is booking else entry for entry in traffic]
