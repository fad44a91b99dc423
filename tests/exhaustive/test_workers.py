"""
Several workers that are killed while they play a programme: a small play of `python -m tests.exhaustive.workers`.

One municipality, its rounds, answers and reports, and the board above. The command plays more of all that, and holds it
against what one undisturbed process makes.
"""

import shutil
from pathlib import Path

import pytest

from config.loading import load_programme
from demo.any_story import story_for
from tests.exhaustive.workers import play
from tests.support import azurite, postgres
from tests.support.sandbox import ROOT

missing = postgres.why_missing() or azurite.why_missing()
ALONE = "fjordvik"


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    """The folder of a programme with one municipality alone."""
    folder = tmp_path / "programme"
    shutil.copytree(ROOT / "config" / "velferd", folder)
    for path in (folder / "municipalities").glob("*.yaml"):
        if path.stem != ALONE:
            path.unlink()
    return folder


@pytest.mark.skipif(bool(missing), reason=missing or "both are installed")
async def test_whoever_is_killed_every_check_of_the_demo_holds(programme: Path) -> None:
    run = await play(story_for(load_programme(programme), programme), kills=2, seed=1)

    assert (run.failure, run.failed) == ("", [])
    assert run.killed.total() == 2
    assert run.evidence is not None
    assert run.evidence.played.answered
