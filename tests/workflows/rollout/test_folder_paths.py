"""Files for a folder go to the place where people have moved it."""

import pytest

from tests.workflows.papers.reports.site import FakeSite
from workflows.rollout.folder_paths import folder_now
from workflows.rollout.ports import Resource

THINGS = {key: Resource(key=key, external_id=key) for key in ("folder:Styremøter", "folder:Styremøter/2026")}


@pytest.mark.parametrize(
    ("moved", "path", "now"),
    [
        pytest.param({}, "Rapporter", "Rapporter", id="not known: where the template has it"),
        pytest.param({"folder:Styremøter": "Arkiv/Møter"}, "Styremøter", "Arkiv/Møter", id="moved"),
        pytest.param({"folder:Styremøter": "Møter"}, "Styremøter/2027", "Møter/2027", id="the one above it was moved"),
        pytest.param({"folder:Styremøter/2026": "2026"}, "Styremøter/2026", "2026", id="moved out of the one above"),
        pytest.param({}, "Styremøter/2026", "Styremøter/2026", id="removed: made again"),
    ],
)
async def test_a_folder_is_found_where_it_lies_now(moved: dict[str, str], path: str, now: str) -> None:
    assert await folder_now(FakeSite(moved=moved), "site", THINGS, path) == now
