"""A document as a Word file (.docx): real headings, lists and table headers, the same bytes each time."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shared import Cm, Mm, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

import texts
from config.plain_text import clean
from documents.columns import column_widths, number_columns
from documents.document import Block, Bullets, Document, Facts, Paragraph, Picture, StatusLight, Table
from documents.raster import png_of

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE_WIDTH, PAGE_HEIGHT, PAGE_MARGIN = Cm(21), Cm(29.7), Cm(2.5)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def word_file(document: Document, *, created_at: datetime) -> bytes:
    """The document as a Word file. *created_at* is its date and the only moment in it."""
    file = docx.Document()
    _set_up(file, document, created_at.astimezone(UTC).replace(tzinfo=None))
    file.add_heading(clean(document.title), level=1)
    _blocks(file, document, document.lead)
    for section in document.sections:
        file.add_heading(clean(section.heading), level=section.level)
        _blocks(file, document, section.blocks)
    kept = io.BytesIO()
    file.save(kept)
    return _without_moments(kept.getvalue())


def _set_up(file: WordFile, document: Document, created: datetime) -> None:
    properties = file.core_properties
    properties.title = clean(document.title)
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = created
    properties.language = LOCALES[document.language]
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(12)
    # Screen readers and the spelling checker go by this.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES[document.language])
    normal.element.get_or_add_rPr().append(language)
    for page in file.sections:
        page.page_width, page.page_height = PAGE_WIDTH, PAGE_HEIGHT
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = PAGE_MARGIN
        _head_and_number(page, document)


def _head_and_number(page: WordSection, document: Document) -> None:
    """Put the title above each page but the first, which begins with it, and the page's number below all."""
    page.different_first_page_header_footer = True
    head = page.header.paragraphs[0]
    head.add_run(clean(document.title)).font.size = Pt(10)
    # Filled with counters by Word itself.
    counters = {"1": "PAGE", "2": "NUMPAGES"}
    numbered = texts.say("common.page_of_pages", document.language, page="{1}", pages="{2}")
    for footer in (page.first_page_footer, page.footer):
        foot = footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for part in re.split(r"\{(\d)\}", numbered):
            if part in counters:
                field = OxmlElement("w:fldSimple")
                field.set(qn("w:instr"), counters[part])
                foot._p.append(field)
            elif part:
                foot.add_run(part).font.size = Pt(10)


def _blocks(file: WordFile, document: Document, blocks: Sequence[Block]) -> None:
    for block in blocks:
        match block:
            case Paragraph():
                _lines(file.add_paragraph(), block.text, bold=block.strong)
            case StatusLight():
                _lines(file.add_paragraph(), f"{block.sign} {block.word}", bold=True)
            case Facts():
                for name, words in block.rows:
                    paragraph = file.add_paragraph()
                    _lines(paragraph, f"{name}: ", bold=True)
                    _lines(paragraph, words)
            case Bullets():
                for item in block.items:
                    _lines(file.add_paragraph(style="List Bullet"), item)
            case Picture():
                _drawing(file.add_paragraph(), block)
            case Table():
                _table(file, document, block)


def _table(file: WordFile, document: Document, table: Table) -> None:
    made = file.add_table(rows=1, cols=len(table.headers), style="Table Grid")
    for cell, header in zip(made.rows[0].cells, table.headers, strict=True):
        _lines(cell.paragraphs[0], header, bold=True)
    # Repeated on every page, and read out as what names the columns.
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        for cell, words in zip(made.add_row().cells, row, strict=True):
            sign = f"{document.signs[words.light]} " if words.light else ""
            _lines(cell.paragraphs[0], sign + words.text)
            if words.picture:
                _drawing(cell.add_paragraph() if words.text else cell.paragraphs[0], words.picture)
    _lay_out(made, table)
    # Word wants a paragraph after a table; a high one at the end of a page would begin another.
    below = file.add_paragraph()
    below.paragraph_format.space_after = Pt(4)
    below.paragraph_format.line_spacing = Pt(4)


def _drawing(paragraph: WordParagraph, picture: Picture) -> None:
    """Put a drawing into the text, with its words as what screen readers say."""
    shape = paragraph.add_run().add_picture(io.BytesIO(png_of(picture)), width=Mm(picture.width_mm))
    shape._inline.docPr.set("descr", clean(picture.words))


def _lay_out(made: WordTable, table: Table) -> None:
    """Give each column the width that its words need, numbers the right edge, and no row an end on another page."""
    made.autofit = False
    line = PAGE_WIDTH - 2 * PAGE_MARGIN
    for number, (share, is_number) in enumerate(zip(column_widths(table), number_columns(table), strict=True)):
        made.columns[number].width = round(line * share)
        for cell in made.columns[number].cells:
            cell.width = round(line * share)
            cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(3)
            if is_number:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _lines(paragraph: WordParagraph, text: str, *, bold: bool = False) -> None:
    for number, line in enumerate(clean(text).split("\n")):
        run = paragraph.add_run()
        run.bold = bold or None
        if number:
            run.add_break()
        run.add_text(line)


def _without_moments(content: bytes) -> bytes:
    """The same file with the time of day taken out of its package."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(kept, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, _EPOCH), before.read(name), zipfile.ZIP_DEFLATED)
    return kept.getvalue()
