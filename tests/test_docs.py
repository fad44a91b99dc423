"""Documents: every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(document: Path) -> set[str]:
    """Return the headings of a document as links name them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(kept.replace(" ", "-"))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    wrong = []
    for link in LINK.findall(document.read_text("utf-8")):
        if ":" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name) if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)

    assert wrong == []


NOT_TRIED = re.compile(
    r"\b(?:not|nothing)\b\W+(?:(?:here|was|were|been)\W+){0,2}(?:tried|deployed|compiled|compared|seen on)\b",
    re.IGNORECASE,
)
"""Marks of a claim that was not verified on the real thing."""
PROTOCOL = ROOT / "docs" / "acceptance.md"
LINE = re.compile(r"^\| \d+ \| \[[^]]+\]\(([^)]+)\) \| «(.+?)» \|", re.MULTILINE)
"""A line of the protocol: the page and words of its mark."""
TRIED = sorted(set(ROOT.glob("docs/**/*.md")) - {PROTOCOL})


def blocks(document: Path) -> list[str]:
    """Return a document's paragraphs, list items and rows, each on one line."""
    parts = re.split(r"\n\s*\n|\n(?=[-|] ?)", document.read_text("utf-8"))
    return [" ".join(part.split()) for part in parts]


def quoted_from(document: Path) -> list[str]:
    """Return the words that the protocol quotes from a document."""
    lines = LINE.findall(PROTOCOL.read_text("utf-8"))
    return [words for page, words in lines if (PROTOCOL.parent / page) == document]


def test_everything_marked_as_not_tried_has_a_line_in_the_protocol() -> None:
    marked = [(document, block) for document in TRIED for block in blocks(document) if NOT_TRIED.search(block)]
    without = [
        f"{document.relative_to(ROOT)}: {block}"
        for document, block in marked
        if not any(words in block for words in quoted_from(document))
    ]

    assert len(marked) > 10
    assert without == []


def test_every_line_of_the_protocol_quotes_what_still_stands() -> None:
    stale = [
        words
        for document in TRIED
        for words in quoted_from(document)
        if not any(words in block for block in blocks(document))
    ]

    assert stale == []
    assert len(LINE.findall(PROTOCOL.read_text("utf-8"))) == sum(len(quoted_from(document)) for document in TRIED)
