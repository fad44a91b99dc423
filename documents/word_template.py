"""
The template of Word files: the one that we make, and the check of one that a county has made of it.

A template is an ordinary Word file. Its styles, its margins, its page header and footer are the county's to change.
`{{ title }}`, `{{ owner }}`, `{{ date }}`, `{{ page_word }}` and `{{ of_word }}` may stand anywhere;
`{{ content }}` stands alone in the paragraph where the paper's text begins.
"""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as WordSection
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from config.problems import Phrase, Unusable, phrase
from documents.document import Picture
from documents.look import LOGO_HEIGHT_MM, Look
from documents.raster import png_of

CONTENT = "\ue000"
"""Stands in the filled template where the text begins; no text of ours or of people's holds it."""
FIELDS = ("title", "owner", "date", "page_word", "of_word", "content")
STYLES = ("Normal", "Heading 1", "Heading 2", "Heading 3", "List Bullet")
"""Styles that papers are written in."""
KEPT_STYLES = frozenset(
    (*STYLES, "Header", "Footer", "Table Grid", "Normal Table", "No List", "Default Paragraph Font")
)
"""Styles of the library's own template that ours keeps. It has 150 more, which every paper would carry."""
TABLE_STYLE = "Paper Table"
"""Style of tables; a template without it has Word's own grid."""
TABLE_TEXT = "Table Text"
"""Style of the text in tables, smaller than other text; a template without it has its ordinary text there."""
TEXT_SIZE, TABLE_TEXT_SIZE, SMALL_SIZE = Pt(10.5), Pt(9.5), Pt(9.5)
"""Sizes of the text, of the text in tables, and of what stands above and below it on each page."""
QUIET = RGBColor(0x4A, 0x57, 0x68)
"""Colour of what stands above and below the text on each page."""
_HEADINGS = (("Heading 1", 15, 0, 6), ("Heading 2", 13, 9, 3), ("Heading 3", 11.5, 9, 3))
"""Size of each heading's text, and the room above and below it, in points."""
PAGE_WIDTH, PAGE_HEIGHT, PAGE_MARGIN = Cm(21), Cm(29.7), Cm(2)
ABOVE, BELOW, TO_EDGE = Cm(1.9), Cm(1.6), Cm(0.9)
"""The margins above and below the text, and how far from the edge the page's header and number stand."""
LONGEST_PLACE = 80
"""Characters of a template's text that tell where a field stands."""
REMEMBERED = 64
"""Parts of templates that are kept read: one has about eight with a field in it."""
_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_KNOWN = re.compile(rf"\{{\{{ *(?:{'|'.join(FIELDS)}) *\}}\}}")
_SAMPLE = dict.fromkeys(FIELDS, "x") | {"content": CONTENT}
_TABLE = """
<w:style {namespace} w:type="table" w:customStyle="1" w:styleId="PaperTable">
  <w:name w:val="Paper Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:tblPr><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>
    <w:top w:val="single" w:sz="8" w:space="0" w:color="{colour}"/>
    <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{colour}"/>
    <w:insideH w:val="single" w:sz="4" w:space="0" w:color="AAB2BC"/>
  </w:tblBorders><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>
    <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{colour}"/></w:tcBorders>
    <w:shd w:val="clear" w:color="auto" w:fill="F1F3F5"/></w:tcPr></w:tblStylePr>
</w:style>"""

_LINE = """
<w:pBdr {namespace}><w:bottom w:val="single" w:sz="8" w:space="4" w:color="{colour}"/></w:pBdr>"""


class BadTemplate(Unusable):
    """A file that papers cannot be made from."""


def filled(template: bytes, values: Mapping[str, str]) -> WordFile:
    """Return the template with its fields filled. What people wrote is never read as a template."""
    file = DocxTemplate(io.BytesIO(template))
    file.render({**values, "content": CONTENT}, _Fields(), autoescape=True)
    word: WordFile = file.docx
    return word


class _Fields(SandboxedEnvironment):
    """Jinja's sandbox, which reads the same template once and not for each paper."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        return _read_template(source)


@lru_cache(maxsize=REMEMBERED)
def _read_template(source: str) -> Template:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined).from_string(source)


def place_of_content(file: WordFile) -> WordParagraph | None:
    """Return the paragraph of the filled template in whose place the text comes."""
    return next((paragraph for paragraph in file.paragraphs if paragraph.text.strip() == CONTENT), None)


def checked_template(content: bytes) -> bytes:
    """Return a template that papers can be made from. Raises BadTemplate with everything that is wrong."""
    try:
        file = filled(content, _SAMPLE)
    except TemplateError as exc:
        # A field that is not closed is none that could be named.
        otherwise = phrase("template_fields", names=", ".join(map(_field, FIELDS)))
        raise BadTemplate(*(list(_strange(content)) or [otherwise])) from exc
    except (ValueError, KeyError, OSError, BadZipFile) as exc:
        raise BadTemplate(phrase("word_file")) from exc
    if lacking := list(_lacking(file)):
        raise BadTemplate(*lacking)
    return content


def _strange(content: bytes) -> Iterator[Phrase]:
    """Give each field of a template that papers have no value for, with the text in which it stands."""
    known = ", ".join(map(_field, FIELDS))
    for text in dict.fromkeys(_texts(docx.Document(io.BytesIO(content)))):
        for field in _MARK.findall(text):
            if not _KNOWN.fullmatch(field):
                yield phrase("template_field", field=field, text=text.strip()[:LONGEST_PLACE], names=known)


def _texts(file: WordFile) -> Iterator[str]:
    """Give the text of each paragraph: in the text, in its tables, above and below it."""
    cells = chain.from_iterable(row.cells for table in file.tables for row in table.rows)
    edges = (
        edge
        for section in file.sections
        for edge in (section.header, section.first_page_header, section.footer, section.first_page_footer)
    )
    for part in (file, *cells, *edges):
        for paragraph in part.paragraphs:
            yield paragraph.text


def _field(name: str) -> str:
    return f"{{{{ {name} }}}}"


def _lacking(file: WordFile) -> Iterator[Phrase]:
    if place_of_content(file) is None:
        yield content_alone()
    known = {style.name for style in file.styles}
    if missing := [name for name in STYLES if name not in known]:
        yield phrase("template_styles", names=", ".join(missing))


def content_alone() -> Phrase:
    """Return the expectation of a template that has no place for the text."""
    return phrase("template_content", field=_field("content"))


@lru_cache(maxsize=4)
def standard_template(look: Look) -> bytes:
    """Return the template that papers are made from when a county has none of its own: the same bytes each time."""
    file = docx.Document()
    _styles(file, look)
    page = file.sections[0]
    page.page_width, page.page_height = PAGE_WIDTH, PAGE_HEIGHT
    page.left_margin = page.right_margin = PAGE_MARGIN
    page.top_margin, page.bottom_margin = ABOVE, BELOW
    page.header_distance = page.footer_distance = TO_EDGE
    _headers(page, look)
    for footer in (page.first_page_footer, page.footer):
        _number(footer.paragraphs[0])
    file.add_paragraph("{{ title }}", style="Heading 1")
    file.add_paragraph("{{ content }}")
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _styles(file: WordFile, look: Look) -> None:
    for style in list(file.styles):
        if style.name not in KEPT_STYLES:
            file.styles.element.remove(style.element)
    colour = RGBColor.from_string(look.colour[1:].upper())
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", TEXT_SIZE
    normal.paragraph_format.space_after = Pt(4)
    for name, size, above, below in _HEADINGS:
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), colour
        # The theme's own font and colour would win over these.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[attribute]
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)
    text = file.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH)
    text.base_style, text.font.size = normal, TABLE_TEXT_SIZE
    text.paragraph_format.space_before = text.paragraph_format.space_after = Pt(2)
    text.paragraph_format.line_spacing = 1.0
    table = _TABLE.format(namespace=nsdecls("w"), colour=look.colour[1:].upper())
    file.styles.element.append(parse_xml(table))


def _headers(page: WordSection, look: Look) -> None:
    """Put the county's name and logo above the first page, and the title above the others."""
    page.different_first_page_header_footer = True
    _quiet(page.header.paragraphs[0], "{{ title }}")
    first = page.first_page_header.paragraphs[0]
    first.paragraph_format.space_after = Pt(14)
    for stop in list(page.first_page_header.paragraphs[0].style.paragraph_format.tab_stops):
        # The library's header has stops for three columns of its own.
        first.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    first.paragraph_format.tab_stops.add_tab_stop(PAGE_WIDTH - 2 * PAGE_MARGIN, WD_TAB_ALIGNMENT.RIGHT)
    if look.logo:
        shape = first.add_run().add_picture(io.BytesIO(_logo_png(look)), height=Mm(LOGO_HEIGHT_MM))
        shape._inline.docPr.set("descr", look.owner)
    if look.owner:
        _quiet(first, "\t{{ owner }}")
    if look.owner or look.logo:
        line = parse_xml(_LINE.format(namespace=nsdecls("w"), colour=look.colour[1:].upper()))
        # In the order of the schema: Word refuses another.
        first._p.get_or_add_pPr().insert_element_before(line, "w:shd", "w:tabs", "w:spacing", "w:jc")


def _quiet(paragraph: WordParagraph, words: str) -> Run:
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb = SMALL_SIZE, QUIET
    return run


def _number(foot: WordParagraph) -> None:
    """Write «Side 1 av 3»; the numbers are counted by Word itself."""
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for word, counter in (("{{ page_word }} ", "PAGE"), (" {{ of_word }} ", "NUMPAGES")):
        _quiet(foot, word)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), counter)
        # A number to begin with, in the words' own size: what counts it keeps that.
        quiet = _quiet(foot, "1")
        field.append(quiet._r)
        foot._p.append(field)


def _logo_png(look: Look) -> bytes:
    if look.logo_format == "png":
        return look.logo
    return png_of(
        Picture(svg=look.logo.decode(), words=look.owner, width_mm=4 * LOGO_HEIGHT_MM, height_mm=LOGO_HEIGHT_MM)
    )
