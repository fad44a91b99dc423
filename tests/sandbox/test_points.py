"""Every point of the list has a test that names it."""

from importlib import import_module
from pathlib import Path

from tests.sandbox.points import POINTS

HERE = Path(__file__).parent


def test_every_point_is_played_and_tried_through_http() -> None:
    tried: set[str] = set()
    for path in HERE.rglob("test_*.py"):
        module = import_module(".".join(("tests", "sandbox", *path.relative_to(HERE).with_suffix("").parts)))
        for name, test in vars(module).items():
            if name.startswith("test_"):
                tried.update(getattr(test, "points", ()))

    assert tried == set(POINTS)
