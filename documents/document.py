"""A document as finished words in their order; the renderings decide how each part looks, never what it says."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Picture:
    """
    A drawing of ours that lies in the text.

    *svg* is made by `documents.picture` and holds no text. *words* say everything it shows: its text alternative, and
    the sentence that stands where no drawing can.
    """

    svg: str
    words: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A table's cell. *light*: the kind of status light beside the text, if it tells one. *picture*: stands below."""

    text: str
    light: str = ""
    picture: Picture | None = None

    @property
    def words(self) -> str:
        """Return the cell's content for a place that shows no drawings."""
        return "\n".join(part for part in (self.text, self.picture.words if self.picture else "") if part)


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str
    """Line breaks are kept."""
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class StatusLight:
    """A status light: its kind, and the word that says it."""

    kind: str
    word: str
    sign: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Short questions with their answers."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """*headers* name the columns, the first cell of a row names the row."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | StatusLight | Facts | Bullets | Table | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """*level* 2 stands below the title, 3 below the section before."""

    heading: str
    blocks: tuple[Block, ...]
    level: int = 2
    on_new_page: bool = False
    """Begins a page where there are pages."""


@dataclass(frozen=True, kw_only=True)
class Document:
    language: str
    title: str
    lead: tuple[Block, ...]
    """The blocks before the first heading."""
    sections: tuple[Section, ...]
    signs: Mapping[str, str]
    """A sign for each kind of light, so that none is told by its colour alone."""


KINDS = {
    Paragraph: "paragraph",
    StatusLight: "light",
    Facts: "facts",
    Bullets: "bullets",
    Table: "table",
    Picture: "picture",
}
"""The names of blocks, as templates ask for them."""


def kind_of(block: Block) -> str:
    """Return the name of the block's kind."""
    return KINDS[type(block)]
