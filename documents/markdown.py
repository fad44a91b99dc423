"""A document read from the little Markdown that our own papers are written in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from documents.document import Block, Bullets, Cell, Document, Paragraph, Picture, Section, Table

_HEADING = re.compile(r"(#{1,3}) (.+)")
_PICTURE = re.compile(r"!\[\]\(([a-z_]+)\)")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_RULER = re.compile(r"\|(?:\s*-+\s*\|)+")


class MarkdownError(ValueError):
    """Text that is not as our papers are written; the message names the line."""


def escaped(value: str) -> str:
    r"""Return a value as it may stand in a paper's Markdown: on one line, and no end of a cell."""
    return " ".join(value.split()).replace("|", "\\|")


def document_of(markdown: str, *, language: str, pictures: Mapping[str, Picture] | None = None) -> Document:
    """
    Return the document that *markdown* writes. Raises MarkdownError.

    It knows headings of three levels (the first line is the title), paragraphs, paragraphs that are strong as a whole,
    lists, tables, and `![](name)` for one of *pictures*. Parts are separated by blank lines. Everything else is text.
    """
    title, lead, sections = "", list[Block](), list[Section]()
    heading, level, blocks, names = "", 1, lead, Counter[str]()
    for part in re.split(r"\n\s*\n", markdown.strip()):
        lines = [line.rstrip() for line in part.strip().splitlines()]
        found = _HEADING.fullmatch(lines[0])
        if found is None:
            if not title:
                raise MarkdownError(f"{lines[0]!r}: expected the title, # and its words")
            blocks.append(_by_own_name(_block(lines, heading or title, pictures or {}), names))
            continue
        if len(lines) > 1:
            raise MarkdownError(f"{lines[1]!r}: expected a blank line below a heading")
        if level > 1:
            sections.append(Section(heading=heading, blocks=tuple(blocks), level=level))
        level, heading, blocks = len(found[1]), _plain(found[2]), []
        if level == 1:
            if title:
                raise MarkdownError(f"{lines[0]!r}: expected one title")
            title, heading, blocks = heading, "", lead
    if level > 1:
        sections.append(Section(heading=heading, blocks=tuple(blocks), level=level))
    return Document(language=language, title=title, lead=tuple(lead), sections=tuple(sections), signs={})


def _by_own_name(block: Block, names: Counter[str]) -> Block:
    """Return a table by a name that no other has: on a page, tables are told apart by it. Other blocks stay."""
    if not isinstance(block, Table):
        return block
    names[block.name] += 1
    return block if names[block.name] == 1 else replace(block, name=f"{block.name} ({names[block.name]})")


def _block(lines: Sequence[str], name: str, pictures: Mapping[str, Picture]) -> Block:
    if lines[0].startswith("|"):
        return _table(lines, name)
    if lines[0].startswith("- "):
        return Bullets(items=tuple(_items(lines)))
    text = " ".join(lines)
    if picture := _PICTURE.fullmatch(text):
        if picture[1] not in pictures:
            raise MarkdownError(f"{text!r}: expected a picture among {sorted(pictures)}")
        return pictures[picture[1]]
    strong = _STRONG.fullmatch(text)
    return Paragraph(text=_plain(strong[1] if strong else text), strong=bool(strong))


def _items(lines: Sequence[str]) -> Iterator[str]:
    """Give the items of a list; a line that begins with blanks goes on."""
    item = ""
    for line in lines:
        if line.startswith("- "):
            if item:
                yield _plain(item)
            item = line.removeprefix("- ")
        elif line.startswith("  "):
            item = f"{item} {line.strip()}"
        else:
            raise MarkdownError(f"{line!r}: expected another item, or two blanks before the rest of one")
    yield _plain(item)


def _table(lines: Sequence[str], name: str) -> Table:
    if len(lines) < 2 or _RULER.fullmatch(lines[1]) is None:
        raise MarkdownError(f"{lines[0]!r}: expected a line of | --- | below a table's header")
    headers, rows = _cells(lines[0]), [_cells(line) for line in lines[2:]]
    for line, cells in zip(lines[2:], rows, strict=True):
        if len(cells) != len(headers):
            raise MarkdownError(f"{line!r}: expected {len(headers)} cells")
    return Table(name=name, headers=headers, rows=tuple(tuple(Cell(text=text) for text in row) for row in rows))


def _cells(line: str) -> tuple[str, ...]:
    if not (line.startswith("|") and line.endswith("|")):
        raise MarkdownError(f"{line!r}: expected | at both ends of a row")
    return tuple(_plain(cell.strip()) for cell in _BETWEEN_CELLS.split(line[1:-1]))


def _plain(text: str) -> str:
    return text.replace("\\|", "|")
