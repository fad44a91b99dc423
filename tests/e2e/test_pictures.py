"""The documentation's pictures: taken as people get the pages, small, and shown where they are kept."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tools.pictures import PICTURES, WIDTHS, Picture, take_all

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "pictures"
MOST = 1_500_000
"""Bytes of all pictures together."""


async def test_a_picture_is_as_wide_as_the_window_and_small(tmp_path: Path) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")

    files = await take_all(tmp_path, [picture for picture in PICTURES if picture.name == "county-lead-county"])

    widths = {}
    for file in files:
        with Image.open(file) as picture:
            widths[file.name] = picture.width
    assert widths == {
        "county-lead-county.desk.png": WIDTHS["desk"],
        "county-lead-county.desk.dark.png": WIDTHS["desk"],
        "county-lead-county.phone.png": WIDTHS["phone"],
        "county-lead-county.phone.dark.png": WIDTHS["phone"],
    }
    assert all(1_000 < file.stat().st_size < 100_000 for file in files)


async def test_a_page_that_its_person_may_not_open_is_no_picture(tmp_path: Path) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")

    with pytest.raises(RuntimeError, match="/fylket is not shown to leder-horten"):
        await take_all(tmp_path, [Picture("wrong", "leder-horten", "/fylket")])


async def test_without_a_browser_it_is_said_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        await take_all(tmp_path)


def test_the_documents_show_every_picture_that_is_kept_and_no_other() -> None:
    shown = set()
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        shown |= {Path(found).name for found in re.findall(r"pictures/[\w.-]+\.png", document.read_text("utf-8"))}
    kept = {file.name for file in KEPT.glob("*.png")}

    assert shown == kept
    assert sum(file.stat().st_size for file in KEPT.glob("*.png")) < MOST
