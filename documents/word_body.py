"""The text of a Word file, written as XML and read once: made an element at a time, it takes three times as long."""

import io
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm
from docx.text.paragraph import Paragraph as WordParagraph

from config.plain_text import clean
from documents.columns import PICTURE_SCALE, WORD_PAGE, column_widths, number_columns
from documents.document import Block, Bullets, Cell, Document, Facts, Paragraph, Picture, StatusLight, Table
from documents.picture import LIGHT_COLOURS
from documents.raster import png_of
from documents.word_template import PAGE_WIDTH, TABLE_STYLE, TABLE_TEXT

BETWEEN_FACTS = " \N{EM SPACE}"
"""Stands between facts beside each other; a line may end there."""
_BODY = f"<w:body {nsdecls('w')}>{{}}</w:body>"
_BELOW_TABLE = '<w:p><w:pPr><w:spacing w:after="80" w:line="80" w:lineRule="exact"/></w:pPr></w:p>'
"""The paragraph that Word wants after a table; a high one at the end of a page would begin another."""
_LOOK = (
    '<w:tblW w:type="auto" w:w="0"/><w:tblLayout w:type="fixed"/><w:tblLook w:firstColumn="1" w:firstRow="1" '
    'w:lastColumn="0" w:lastRow="0" w:noHBand="0" w:noVBand="1" w:val="04A0"/>'
)
_BOLD = "<w:b/>"
_KEEP = "<w:keepNext/>"
_LET_GO = '<w:keepNext w:val="0"/>'
"""Lets a paragraph end a page, whatever its style says."""
_RIGHT = '<w:jc w:val="right"/>'
_AT_BOTTOM = '<w:vAlign w:val="bottom"/>'
_WHOLE_ROW, _HEADER_ROW = "<w:cantSplit/>", "<w:tblHeader/><w:cantSplit/>"
"""No row ends on another page; the headers are repeated on each, and read out as what names the columns."""


class WordBody:
    """The text of one document in the styles of its file. A style is looked up once, and only if the text has it."""

    def __init__(self, file: WordFile, document: Document) -> None:
        self._file = file
        self._document = document
        self._ids: dict[str, str] = {}
        self._pictures: list[tuple[Picture, float]] = []

    def put_before(self, place: WordParagraph) -> None:
        """Put the document's text before a paragraph of the file."""
        drawings = []
        for element in parse_xml(_BODY.format("".join(self._text()))):
            place._p.addprevious(element)
            drawings += element.iter(qn("w:drawing"))
        for drawing, (picture, scale) in zip(drawings, self._pictures, strict=True):
            shape = self._file.part.new_pic_inline(io.BytesIO(png_of(picture)), Mm(picture.width_mm * scale), None)
            # With its words as what screen readers say.
            shape.docPr.set("descr", clean(picture.words))
            drawing.append(shape)

    def _text(self) -> Iterator[str]:
        for block in self._document.lead:
            # Beside each other, as in a line about the meeting.
            yield _facts_beside(block) if isinstance(block, Facts) else self._block(block)
        for section in self._document.sections:
            page = "<w:pageBreakBefore/>" if section.on_new_page else ""
            yield _paragraph(_runs(section.heading), self._style(f"Heading {section.level}") + page)
            yield from map(self._block, section.blocks)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return _paragraph(_runs(block.text, _BOLD if block.strong else ""))
            case StatusLight():
                return _paragraph(_sign(block.kind, block.sign) + _runs(block.word, _BOLD))
            case Facts():
                return _facts(block)
            case Bullets():
                style = self._style("List Bullet")
                return "".join(_paragraph(_runs(item), style) for item in block.items)
            case Picture():
                return _paragraph(self._drawing(block))
            case Table():
                return self._table(block)

    def _table(self, table: Table) -> str:
        style = self._style(TABLE_STYLE if TABLE_STYLE in self._file.styles else "Table Grid", "tblStyle")
        text = self._style(TABLE_TEXT) if TABLE_TEXT in self._file.styles else ""
        line = _line_width(self._file)
        widths = [Emu(round(line * share)).twips for share in column_widths(table, WORD_PAGE)]
        edges = [_RIGHT if is_number else "" for is_number in number_columns(table)]
        rows = [_row([_runs(words, _BOLD) for words in table.headers], widths, edges, text + _KEEP, _HEADER_ROW)]
        for row in table.rows:
            # A picture stands on the line of the words beside it: so do the others of its row.
            bottom = _AT_BOTTOM if any(cell.picture for cell in row) else ""
            rows.append(_row(map(self._cell, row), widths, edges, text, _WHOLE_ROW, bottom))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        made = "".join(rows)
        return f"<w:tbl><w:tblPr>{style}{_LOOK}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>{_BELOW_TABLE}"

    def _cell(self, cell: Cell) -> str:
        sign = _sign(cell.light, self._document.signs[cell.light]) if cell.light else ""
        drawing = ""
        if cell.picture:
            drawing = (_runs(" ") if cell.text else "") + self._drawing(cell.picture, scale=PICTURE_SCALE)
        return sign + _runs(cell.text) + drawing

    def _drawing(self, picture: Picture, *, scale: float = 1) -> str:
        """Return the place of a drawing, which is put there when the text is in the file."""
        self._pictures.append((picture, scale))
        return "<w:r><w:drawing/></w:r>"

    def _style(self, name: str, kind: str = "pStyle") -> str:
        if name not in self._ids:
            self._ids[name] = escape(self._file.styles[name].style_id, {'"': "&quot;"})
        return f'<w:{kind} w:val="{self._ids[name]}"/>'


def _line_width(file: WordFile) -> int:
    """Return the width between the margins of the template's page."""
    page = file.sections[-1]
    return (page.page_width or PAGE_WIDTH) - (page.left_margin or 0) - (page.right_margin or 0)


def _row(
    cells: Iterable[str], widths: Sequence[int], edges: Sequence[str], text: str, kind: str, bottom: str = ""
) -> str:
    """Return a row of a table; *edges*: the side that each column's words stand on, if not the left one."""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{bottom}</w:tcPr>{_paragraph(runs, text + edge)}</w:tc>'
        for runs, width, edge in zip(cells, widths, edges, strict=True)
    )
    return f"<w:tr><w:trPr>{kind}</w:trPr>{made}</w:tr>"


def _facts_beside(facts: Facts) -> str:
    said = [_runs(f"{name}: ", _BOLD) + _runs(words) for name, words in facts.rows]
    return _paragraph(_runs(BETWEEN_FACTS).join(said))


def _facts(facts: Facts) -> str:
    # The last one alone on the next page says nothing.
    kept = [_KEEP] * (len(facts.rows) - 1) + [_LET_GO]
    return "".join(
        _paragraph(_runs(f"{name}: ", _BOLD) + _runs(words), keep)
        for (name, words), keep in zip(facts.rows, kept, strict=True)
    )


def _sign(kind: str, sign: str) -> str:
    """Return a light's sign in its colour; the word beside it says the same."""
    return _runs(f"{sign} ", f'{_BOLD}<w:color w:val="{LIGHT_COLOURS[kind][1:]}"/>')


def _paragraph(runs: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def _runs(text: str, properties: str = "") -> str:
    """Return a text as a run for each of its lines."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(text).split("\n"))
    return "".join(f"<w:r>{look}{'<w:br/>' if number else ''}{line}</w:r>" for number, line in enumerate(lines))
