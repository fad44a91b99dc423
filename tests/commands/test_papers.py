"""Papers as files: every paper twice, and messages to the archive beside the files that they name."""

import os
from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from commands.papers import papers
from commands.session import DONE
from config.loading import load_documents
from config.settings import Settings
from tests.clocks import StillClock
from tests.workflows.papers.archive.body_records import AT, RECORD
from wiring.process import Services
from workflows.papers.record import BodyRecord

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
BODY = "larvik"


class OneBody:
    """The record of papers with those of one body."""

    async def of_body(self, body: str) -> BodyRecord:
        return RECORD if body == BODY else BodyRecord(body=body)


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    settings = Settings.model_validate({"database_url": database_url, "archive_restrictions": "minutes=UO: Offl. § 14"})
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(AT)
    services.record.__dict__["papers"] = OneBody()
    await services.record.register.save(load_documents(VESTFOLD))
    yield services
    await services.close()


def given(**arguments: Any) -> Namespace:
    return Namespace(**{"json": False} | arguments)


async def test_every_paper_is_there_as_pdf_and_word_and_the_same_twice(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        assert await papers(services, given(what="files", folder=folder)) == DONE

    names = sorted(os.listdir(one))
    stems = [f"a-dal-2026-09-08-{name}" for name in ("rapport-v1", "rapport-v2", "referat-v1", "referat-v2")]
    assert names == sorted(
        f"{stem}.{end}" for stem in [*stems, "a-dal-2026-09-08-saksliste-v1"] for end in ("docx", "pdf")
    )
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    assert (one / "a-dal-2026-09-08-rapport-v1.pdf").read_bytes() == b"%PDF kept"
    assert capsys.readouterr().out.startswith(f"5 papirer som PDF og Word i {one}.")


async def test_messages_to_the_archive_name_files_that_lie_beside_them(services: Services, tmp_path: Path) -> None:
    assert await papers(services, given(what="archive", folder=tmp_path)) == DONE

    files = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    messages: dict[str, Element] = {
        name.removesuffix(".xml"): fromstring(content) for name, content in files.items() if name.endswith(".xml")
    }
    named = {text(item) for root in messages.values() for item in elements(root, "referanseDokumentfil")}
    assert len(messages) == 7
    assert named == {name for name in files if name.endswith(".pdf")}
    entry = messages["a-dal-2026-09-08-01-rapport-v01"]
    assert [text(item) for item in elements(entry, "korrespondansepartNavn")] == [
        "Vestfold fylkeskommune",
        "Styret i Våre unge Larvik",
    ]
    shielded = [name for name, root in messages.items() if elements(root, "skjermingshjemmel")]
    assert sorted(shielded) == [f"a-dal-2026-09-08-03-referat-v0{version}" for version in (1, 2)]


def elements(root: Element, name: str) -> list[Element]:
    return [item for item in root.iter() if item.tag.endswith(f"}}{name}")]


def text(element: Element) -> str:
    return element.text or ""
