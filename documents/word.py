"""A document as a Word file made from a template: real headings, lists and table headers, the same bytes each time."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

from docx.document import Document as WordFile
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

import texts
from config.plain_text import clean
from documents.columns import PICTURE_SCALE, WORD_PAGE, column_widths, number_columns
from documents.document import Block, Bullets, Document, Facts, Paragraph, Picture, StatusLight, Table
from documents.look import PLAIN, Look
from documents.picture import LIGHT_COLOURS
from documents.raster import png_of
from documents.word_template import (
    PAGE_WIDTH,
    TABLE_STYLE,
    TABLE_TEXT,
    BadTemplate,
    content_alone,
    filled,
    place_of_content,
    standard_template,
)

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_PROPERTY = 255
"""Characters that a file's title may have; the paper itself has all of it."""
BETWEEN_FACTS = " \N{EM SPACE}"
"""Stands between facts beside each other; a line may end there."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def word_file(
    document: Document, *, created_at: datetime, look: Look = PLAIN, template: bytes | None = None, mark: str = ""
) -> bytes:
    """
    Return the document as a Word file. *created_at* is its date and the only moment in it.

    *template*: a county's own; without one, ours in the county's *look*. *mark*: stands in the place of the date, for a
    paper that has none. Raises BadTemplate for a template that is none.
    """
    page, _, rest = texts.say("common.page_of_pages", document.language, page="\0", pages="\0").partition("\0")
    values = {
        "title": clean(document.title),
        "owner": clean(look.owner),
        "date": clean(mark) or texts.short_date(created_at.date(), document.language),
        "page_word": page.strip(),
        "of_word": rest.partition("\0")[0].strip(),
    }
    file = filled(template or standard_template(look), values)
    place = place_of_content(file)
    if place is None:
        raise BadTemplate(content_alone())
    _set_up(file, document, created_at.astimezone(UTC).replace(tzinfo=None))
    before = set(file.element.body)
    _blocks(file, document, document.lead, beside=True)
    for section in document.sections:
        heading = file.add_heading(clean(section.heading), level=section.level)
        if section.on_new_page:
            heading.paragraph_format.page_break_before = True
        _blocks(file, document, section.blocks)
    for element in [item for item in file.element.body if item not in before]:
        place._p.addprevious(element)
    file.element.body.remove(place._p)
    kept = io.BytesIO()
    file.save(kept)
    return _without_moments(kept.getvalue())


def _set_up(file: WordFile, document: Document, created: datetime) -> None:
    properties = file.core_properties
    properties.title = clean(document.title)[:LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = created
    properties.language = LOCALES[document.language]
    # Screen readers and the spelling checker go by this.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES[document.language])
    described = file.styles["Normal"].element.get_or_add_rPr()
    for old in described.findall(qn("w:lang")):
        described.remove(old)
    described.append(language)


def _blocks(file: WordFile, document: Document, blocks: Sequence[Block], *, beside: bool = False) -> None:
    """Write *blocks*. *beside*: facts beside each other, as in a line about the meeting."""
    for block in blocks:
        match block:
            case Paragraph():
                _lines(file.add_paragraph(), block.text, bold=block.strong)
            case StatusLight():
                paragraph = file.add_paragraph()
                _sign(paragraph, block.kind, block.sign)
                _lines(paragraph, block.word, bold=True)
            case Facts() if beside:
                _facts_beside(file.add_paragraph(), block)
            case Facts():
                _facts(file, block)
            case Bullets():
                for item in block.items:
                    _lines(file.add_paragraph(style="List Bullet"), item)
            case Picture():
                _drawing(file.add_paragraph(), block)
            case Table():
                _table(file, document, block)


def _facts_beside(paragraph: WordParagraph, facts: Facts) -> None:
    for number, (name, words) in enumerate(facts.rows):
        if number:
            paragraph.add_run(BETWEEN_FACTS)
        _lines(paragraph, f"{name}: ", bold=True)
        _lines(paragraph, words)


def _facts(file: WordFile, facts: Facts) -> None:
    for number, (name, words) in enumerate(facts.rows, start=1):
        paragraph = file.add_paragraph()
        # The last one alone on the next page says nothing.
        paragraph.paragraph_format.keep_with_next = number < len(facts.rows)
        _lines(paragraph, f"{name}: ", bold=True)
        _lines(paragraph, words)


def _table(file: WordFile, document: Document, table: Table) -> None:
    style = TABLE_STYLE if TABLE_STYLE in file.styles else "Table Grid"
    made = file.add_table(rows=1 + len(table.rows), cols=len(table.headers), style=style)
    # Asked for once: looking up a cell takes as long as the table is large.
    head, *rows = grid = [row.cells for row in made.rows]
    for cell, header in zip(head, table.headers, strict=True):
        _lines(cell.paragraphs[0], header, bold=True)
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    # Repeated on every page, and read out as what names the columns.
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cells, row in zip(rows, table.rows, strict=True):
        has_picture = any(words.picture for words in row)
        for cell, words in zip(cells, row, strict=True):
            if has_picture:
                # A picture stands on the line of the words beside it: so do the others of its row.
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            if words.light:
                _sign(cell.paragraphs[0], words.light, document.signs[words.light])
            _lines(cell.paragraphs[0], words.text)
            if words.picture:
                cell.paragraphs[0].add_run(" " if words.text else "")
                _drawing(cell.paragraphs[0], words.picture, scale=PICTURE_SCALE)
    _lay_out(made, grid, table, line=_line_width(file))
    if TABLE_TEXT in file.styles:
        style_id = file.styles[TABLE_TEXT].style_id
        for cell in chain.from_iterable(grid):
            for paragraph in cell.paragraphs:
                # By its id: looking a style up takes as long as the template has styles.
                paragraph._p.style = style_id
    # Word wants a paragraph after a table; a high one at the end of a page would begin another.
    below = file.add_paragraph()
    below.paragraph_format.space_after = Pt(4)
    below.paragraph_format.line_spacing = Pt(4)


def _line_width(file: WordFile) -> int:
    """Return the width between the margins of the template's page."""
    page = file.sections[-1]
    return (page.page_width or PAGE_WIDTH) - (page.left_margin or 0) - (page.right_margin or 0)


def _sign(paragraph: WordParagraph, kind: str, sign: str) -> None:
    """Write a light's sign in its colour; the word beside it says the same."""
    run = paragraph.add_run(f"{sign} ")
    run.bold = True
    run.font.color.rgb = RGBColor.from_string(LIGHT_COLOURS[kind][1:])


def _drawing(paragraph: WordParagraph, picture: Picture, *, scale: float = 1) -> None:
    """Put a drawing into the text, with its words as what screen readers say."""
    run = paragraph.add_run()
    shape = run.add_picture(io.BytesIO(png_of(picture)), width=Mm(picture.width_mm * scale))
    shape._inline.docPr.set("descr", clean(picture.words))


def _lay_out(made: WordTable, grid: Sequence[Sequence[WordCell]], table: Table, *, line: int) -> None:
    """Give each column the width that its words need, numbers the right edge, and no row an end on another page."""
    made.autofit = False
    widths = [round(line * share) for share in column_widths(table, WORD_PAGE)]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Emu(width)
    numbers = number_columns(table)
    for cells in grid:
        for cell, width, is_number in zip(cells, widths, numbers, strict=True):
            cell.width = Emu(width)
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
