"""Governance papers of an installation, each as a page and a Word file; the same installation makes the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from documents.document import Document, Paragraph
from documents.markdown import document_of, escaped
from workflows.governance.bill_of_materials import bill_of_materials
from workflows.governance.flows import chart_of, flows_of, picture_of
from workflows.governance.model import Installation
from workflows.governance.values import FOLDER, LANGUAGE, PaperValues

BILL = "sbom.cdx.json"
OVERVIEW = "index.html"
TO_FILL_IN = "[fyll ut"
"""Begins a field that is the county's to fill in."""

PutFile = Callable[[str, bytes], None]
MakeWord = Callable[[Document, datetime, str], bytes]
"""Returns a document as a Word file, of a moment, with a mark in the place of its date."""
MakePage = Callable[[Document, Sequence[tuple[str, str]]], bytes]
"""Returns a document as a page of its own, with the words and names of files that it leads to."""


@dataclass(frozen=True, kw_only=True)
class GovernancePaper:
    """A finished paper. *open_fields*: how many are left for the county to fill in."""

    name: str
    document: Document
    open_fields: int


def governance_papers(installation: Installation) -> Sequence[GovernancePaper]:
    """Return every paper of the installation, in their order."""
    values = PaperValues(installation)
    pictures = {"flow": picture_of(chart_of(flows_of(installation), values.words), values.words)}
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        # Markdown, which `escaped` keeps whole; the pages made of it escape everything.
        autoescape=select_autoescape(enabled_extensions=()),
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    given = values.all()
    papers = []
    for name in paper_names():
        written = environment.get_template(f"{name}.md").render(given)
        document = document_of(written, language=LANGUAGE, pictures=pictures)
        papers.append(GovernancePaper(name=name, document=document, open_fields=written.count(TO_FILL_IN)))
    return papers


def paper_names() -> Sequence[str]:
    """Return the papers' names, in their order."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def put_papers(installation: Installation, put: PutFile, *, make_page: MakePage, make_word: MakeWord) -> int:
    """Put every paper as a page and as a Word file, the bill of materials, and a page that leads to them all."""
    values, papers = PaperValues(installation), governance_papers(installation)
    words, (moment, mark) = values.words, stamp_of(installation)
    for paper in papers:
        put(f"{paper.name}.html", make_page(paper.document, ()))
        put(f"{paper.name}.docx", make_word(paper.document, moment, mark))
    put(BILL, bill_of_materials(installation))
    said = values.all()["about"]()
    lead = (Paragraph(text=words["overview"]["lead"]), Paragraph(text=said))
    overview = Document(language=LANGUAGE, title=words["overview"]["title"], lead=lead, sections=(), signs={})
    put(OVERVIEW, make_page(overview, tuple(_links(papers, words["overview"]))))
    return len(papers)


def stamp_of(installation: Installation) -> tuple[datetime, str]:
    """
    Return the moment of an installation's Word files, and the mark in the place of their date.

    A file must have a moment, and the papers may not change from day to day: they have the programme's first day.
    """
    values = PaperValues(installation)
    moment = datetime.combine(installation.programme.first_day, time(12), tzinfo=UTC)
    return moment, values.words["marked"].format(fingerprint=values.fingerprint)


def _links(papers: Sequence[GovernancePaper], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for paper in papers:
        title = paper.document.title
        link = words["link"] if paper.open_fields else words["link_complete"]
        yield link.format(title=title, count=paper.open_fields), f"{paper.name}.html"
        yield words["word"].format(title=title), f"{paper.name}.docx"
    yield words["bill"], BILL


def _finalize(value: Any) -> Any:
    return escaped(value) if isinstance(value, str) else value
