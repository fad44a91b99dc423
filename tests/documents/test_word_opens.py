"""Word files as LibreOffice Writer opens them, where it is installed: `apt-get install libreoffice-writer`."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from documents.document import Document
from documents.look import Look
from documents.word import word_file
from tests.documents.test_word import AGENDA, CREATED, HOSTILE
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.agendas.rendering import agenda_document
from workflows.papers.reports.rendering import document_of

OFFICE = shutil.which("soffice")
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>'
PAPERS = {
    "report": document_of(samples.FULL, "nb"),
    "attack": document_of(samples.ATTACK, "nb"),
    "agenda": agenda_document(AGENDA, "nn"),
    "hostile": agenda_document(HOSTILE, "en"),
}


def written(folder: Path, name: str, document: Document) -> Path:
    path = folder / f"{name}.docx"
    look = Look(colour="#005F73", owner="Fjordvik fylkeskommune", logo=LOGO)
    path.write_bytes(word_file(document, created_at=CREATED, look=look))
    return path


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_every_kind_of_paper_opens_and_shows_its_title_and_its_owner(tmp_path: Path) -> None:
    assert OFFICE is not None
    files = [written(tmp_path, name, document) for name, document in PAPERS.items()]
    # A profile of its own: another LibreOffice on the machine would take the work, or refuse it.
    arguments = [
        OFFICE,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]

    subprocess.run([*arguments, "--outdir", tmp_path, *files], check=True, capture_output=True, timeout=120)

    for name, document in PAPERS.items():
        pages = PdfReader(io.BytesIO((tmp_path / f"{name}.pdf").read_bytes())).pages
        first = " ".join(pages[0].extract_text().split())
        assert "Fjordvik fylkeskommune" in first, name
        assert " ".join(document.title.split()) in first, name
