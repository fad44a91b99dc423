"""A document as a PDF that is kept: PDF/A-2a and PDF/UA-1 (tagged, with its fonts inside), the same bytes each time."""

import json
import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import typst

import texts
from config.plain_text import clean
from documents.columns import PDF_PAGE, PICTURE_SCALE, column_widths, has_long_word, number_columns
from documents.document import Block, Bullets, Cell, Document, Facts, Paragraph, Picture, Table, kind_of
from documents.look import PLAIN, Look
from documents.pdf_packing import packed
from documents.picture import LIGHT_COLOURS

_LAYOUT = Path(__file__).parent / "report.typ"
# What the typesetter's own fonts can show; a document that is to be kept may not lack a single sign.
_SHOWN = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x391, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x1E00, 0x1EFF),
    (0x2002, 0x200A),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x202F, 0x202F),
    (0x2030, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2260, 0x2265),
)
UNSHOWN = "\u25a1"
"""Stands in the PDF for a sign its fonts lack, such as an emoji; the page and the record keep the sign itself."""
_LONG_WORD = re.compile(r"\S{40}")
"""The beginning of a word that may leave a line half empty, or run over its end: such words are broken."""
_UNSHOWN_SIGN = re.compile(f"[^\n{''.join(f'{chr(first)}-{chr(last)}' for first, last in _SHOWN)}]")


def report_pdf(document: Document, *, created_at: datetime, look: Look = PLAIN) -> bytes:
    """
    Return the document as PDF. *created_at* is its date and the only moment in it. Fonts of the machine are not used.
    """
    # Words go in as data and never as markup, so nothing that people write can be a command.
    words = json.dumps({**_showable(_as_data(document)), **_frame(document.language, look)}, ensure_ascii=False)
    created = created_at.astimezone(UTC)
    typeset = _thread.typesetter.compile(
        format="pdf",
        sys_inputs={"document": words, "day": created.date().isoformat()},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(created.timestamp()),
    )
    assert isinstance(typeset, bytes)  # Nothing is written to a file, and a PDF is one.
    return packed(typeset)


def showable(text: str) -> str:
    """Return *text* with every sign that cannot be shown replaced; line breaks stay."""
    return _UNSHOWN_SIGN.sub(UNSHOWN, text)


def _as_data(document: Document) -> dict[str, Any]:
    """Return the document as plain data: every block with its kind, every table with its columns."""
    return {
        "language": document.language,
        "title": document.title,
        "lead": [_block(block) for block in document.lead],
        "sections": [
            {
                "heading": item.heading,
                "level": item.level,
                "on_new_page": item.on_new_page,
                "blocks": [_block(block) for block in item.blocks],
            }
            for item in document.sections
        ],
    }


def _frame(language: str, look: Look) -> dict[str, Any]:
    """Return the parts around the text: the county's look, the colours of lights, and the words beside page numbers."""
    logo = None
    if look.logo:
        # Text for a drawing, the bytes' numbers for pixels: both are what the typesetter takes.
        logo = look.logo.decode() if look.logo_format == "svg" else list(look.logo)
    return {
        "look": {"colour": look.colour, "owner": showable(look.owner), "logo": logo, "logo_format": look.logo_format},
        "colours": dict(LIGHT_COLOURS),
        "picture_scale": PICTURE_SCALE,
        "page_words": texts.say("common.page_of_pages", language, page="\0", pages="\0"),
    }


def _block(block: Block) -> dict[str, Any]:
    return {"block": kind_of(block), **vars(block), **_layout(block)}


def _layout(block: Block) -> dict[str, Any]:
    """Return whether words may be broken in a block; of a table, its columns' widths and which of them hold numbers."""
    lines: Sequence[str] = ()
    match block:
        case Table():
            widths = column_widths(block, PDF_PAGE)
            breaks = has_long_word(block, PDF_PAGE, widths)
            return {"widths": widths, "numbers": number_columns(block), "breaks": breaks}
        case Paragraph():
            lines = (block.text,)
        case Facts():
            lines = [words for _, words in block.rows]
        case Bullets():
            lines = block.items
    return {"breaks": any(map(_LONG_WORD.search, lines))}


def _showable(data: Any) -> Any:
    """Return *data* with every text made showable, and cells and pictures as plain data."""
    match data:
        case str():
            # Most texts are shown as they are, and looking is quicker than copying.
            return showable(clean(data)) if _UNSHOWN_SIGN.search(data) else data
        case dict():
            return {key: _showable(value) for key, value in data.items()}
        case list() | tuple():
            return [_showable(value) for value in data]
        case Cell() | Picture():
            return _showable(vars(data))
    return data


@cache
def _fonts() -> typst.Fonts:
    """Return the typesetter's own fonts, which are read once."""
    return typst.Fonts(include_system_fonts=False)


class _Thread(threading.local):
    """A thread's typesetter with our layout, which it keeps from one document to the next."""

    @cached_property
    def typesetter(self) -> typst.Compiler:
        return typst.Compiler(str(_LAYOUT), font_paths=_fonts(), ignore_system_fonts=True)


_thread = _Thread()
