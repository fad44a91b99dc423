"""A test that waits for ever falls, and says where."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WAITS = """
import asyncio

async def answer():
    await asyncio.Event().wait()

async def test_it():
    await asyncio.create_task(answer(), name="the answer")
"""
WORKS = """
import asyncio, time

async def restless():
    while True:
        time.sleep(0.001)
        await asyncio.sleep(0)

async def test_it():
    tasks = [asyncio.create_task(restless()) for _ in range(5)]
    await asyncio.Event().wait()
"""
LEAVES = """
import asyncio, pytest

@pytest.fixture
async def server():
    yield
    await asyncio.Event().wait()

async def test_it(server):
    await asyncio.Event().wait()
"""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        pytest.param(WAITS, "test_it.py:5 answer", id="it waits for a task"),
        pytest.param(WORKS, "from pytest-timeout", id="its tasks have something to do all the time"),
        pytest.param(LEAVES, "1 failed, 1 error", id="its fixture waits as well"),
    ],
)
def test_a_test_that_does_not_end_falls_and_says_where(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "test_it.py").write_text(source, encoding="utf-8")
    options = ["-q", "--asyncio-mode=auto", "--timeout=2", "--timeout-method=signal", "-p", "tests.support.stuck"]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", "-c", "/dev/null", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == 1, ran.stdout
    assert told in ran.stdout
