"""A story is made for any programme, out of its packages alone."""

from pathlib import Path

from config.loading import load_programme
from demo.any_story import story_for

CONFIG = Path(__file__).parents[2] / "config"


def test_its_packages_take_turns_at_all_ways_of_answering() -> None:
    folder = CONFIG / "velferd"

    story = story_for(load_programme(folder), folder)

    assert [story.part(key).how for key in story.packages] == ["prompt", "prompt", "never", "late"]
    assert [part.passed_on for part in story.packages.values() if part.question] == [False, True]
    assert story.part("another").question == ""


def test_it_starts_on_the_first_monday_with_every_package() -> None:
    folder = CONFIG / "vestfold"

    assert story_for(load_programme(folder), folder).starts.isoformat() == "2025-09-01T07:00:00"


def test_a_programme_without_a_board_above_passes_nothing_on() -> None:
    programme = load_programme(CONFIG / "velferd")
    local = [body for body in programme.bodies if body.municipality is not None]

    story = story_for(programme.model_copy(update={"bodies": tuple(local)}), CONFIG / "velferd")

    asked = [part for part in story.packages.values() if part.question]
    assert [(part.passed_on, part.solved) for part in asked] == [(False, True), (False, False)]
