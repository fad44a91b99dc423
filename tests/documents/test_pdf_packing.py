"""Packed PDFs: every object as the typesetter wrote it, in half of the bytes."""

import io

import pytest
from pypdf import PdfReader
from pypdf.generic import PdfObject

from documents import pdf, pdf_packing
from documents.document import Bullets, Document
from documents.pdf_packing import TOGETHER
from tests.documents.test_report import CREATED, document
from tests.workflows.papers.reports import report_samples as samples

LONG = Document(
    language="nb",
    title="Mange punkter",
    lead=(Bullets(items=tuple(f"Punkt nummer {number}" for number in range(TOGETHER))),),
    sections=(),
    signs={},
)
DOCUMENTS = [pytest.param(document(samples.FULL), id="a report"), pytest.param(LONG, id="several streams of objects")]


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Keep the files of the typesetter as they were before they were packed."""
    kept = list[bytes]()

    def packed(data: bytes) -> bytes:
        kept.append(data)
        return pdf_packing.packed(data)

    monkeypatch.setattr("documents.pdf.packed", packed)
    return kept


def objects(data: bytes) -> list[bytes]:
    """Return the objects that the typesetter numbers, and what its trailer says of them."""
    reader = PdfReader(io.BytesIO(data), strict=True)
    # The root is the last one that it writes.
    count = reader.trailer.raw_get("/Root").idnum
    found = [reader.get_object(number) for number in range(1, count + 1)]
    return [written(item) for item in (*found, *(reader.trailer.raw_get(name) for name in ("/Root", "/Info", "/ID")))]


def written(item: PdfObject | None) -> bytes:
    assert item is not None
    stream = io.BytesIO()
    item.write_to_stream(stream)
    return stream.getvalue()


@pytest.mark.parametrize("content", DOCUMENTS)
def test_a_packed_file_has_the_objects_that_were_typeset(content: Document, typeset: list[bytes]) -> None:
    data = pdf.report_pdf(content, created_at=CREATED)

    assert objects(data) == objects(typeset[0])
    assert data.startswith(typeset[0][:9])
    assert data.count(b"/ObjStm") == -(-len(objects(data)) // TOGETHER)


@pytest.mark.parametrize("content", DOCUMENTS)
def test_a_packed_file_takes_half_of_the_bytes(content: Document, typeset: list[bytes]) -> None:
    assert len(pdf.report_pdf(content, created_at=CREATED)) < 0.55 * len(typeset[0])


def test_a_file_of_another_kind_is_refused_and_not_half_read() -> None:
    with pytest.raises(ValueError, match="no PDF as the typesetter writes it"):
        pdf_packing.packed(b"%PDF-1.7\n%%EOF")
