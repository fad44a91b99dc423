"""Tables of the register's pages, as values in words: rows, states, and the ways to their forms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from web.register.forms.form import FormContext

Link = tuple[str, str]
"""Words and address."""


@dataclass(frozen=True, kw_only=True)
class RegisterCell:
    """A cell's words; with *tone* a state, in *note* what stands small below."""

    text: str
    tone: str = ""
    note: str = ""
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    cells: Sequence[RegisterCell]
    actions: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True)
class RegisterTable:
    """A table under its heading. *empty*: the words that stand there instead while it has no rows."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[RegisterRow]
    empty: str
    add: Sequence[Link] = ()
    numeric: Sequence[int] = ()
    """Numbers of the columns with numbers."""
    intro: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterPage:
    """A page of the register: tables under a heading."""

    heading: str
    intro: str
    tables: Sequence[RegisterTable] = field(default_factory=tuple)


def base_of(context: FormContext) -> str:
    """Return the beginning of the page's addresses."""
    return "/fylket" if context.scope is None else f"/kommune/{context.scope}"


def to_form(context: FormContext, form: str, label: str, about: str = "") -> Link:
    """Return the way to a form, named by the register's text *label*."""
    query = f"?{urlencode({'av': about})}" if about else ""
    return context.say(label), f"{base_of(context)}/rediger/{form}{query}"
