"""A document as one HTML file of its own: readable, printable, and with nothing to fetch."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from config.plain_text import clean
from documents.columns import number_columns
from documents.document import Document, kind_of
from documents.look import PLAIN, Look
from documents.picture import data_address


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


_PAGE = Environment(
    autoescape=True, finalize=_clean, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
).from_string((Path(__file__).parent / "standalone_page.html").read_text("utf-8"))


def standalone_page(document: Document, *, look: Look = PLAIN, links: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the document as an HTML file. *links*: words and names of files beside it, which it leads to."""
    page = _PAGE.render(
        document=document,
        look=look,
        links=links,
        kind_of=kind_of,
        number_columns=number_columns,
        data_address=data_address,
    )
    return page.lstrip().encode()
