"""The HTML of a text web part as SharePoint rewrites it.

Classes, styles, scripts and attributes it does not know are dropped, its own are added, and quotes, entities and
white space come out its way. Rewriting what was rewritten changes nothing more.
"""

from html import escape
from html.parser import HTMLParser

_EMPTY = frozenset({"br", "hr", "img"})
_BLOCKS = frozenset({"blockquote", "div", "figure", "h2", "h3", "h4", "li", "ol", "p", "pre", "ul"})
_INLINE = frozenset({"a", "code", "del", "em", "s", "span", "strong", "sub", "sup", "u"})
_TABLES = frozenset({"caption", "table", "tbody", "td", "th", "thead", "tr"})
_KEPT = _EMPTY | _BLOCKS | _INLINE | _TABLES
_RENAMED = {"b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4", "section": "div", "article": "div"}
_SILENT = frozenset({"script", "style", "head", "title", "iframe", "object"})
_ATTRIBUTES = {
    "a": ("href",),
    "img": ("src", "alt"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "ol": ("start",),
}
_ADDED = {
    "p": ' class="noSpacingAbove spacingBelow" data-text-type="withSpacing"',
    "h2": ' class="headingSpacingAbove headingSpacingBelow lineHeight1_2"',
    "h3": ' class="headingSpacingAbove headingSpacingBelow lineHeight1_2"',
    "h4": ' class="headingSpacingAbove headingSpacingBelow lineHeight1_2"',
    "table": ' class="bandedRowTableStyleNeutral" title="Table"',
    "a": ' data-interception="on"',
}
_WRAPPER = '<div class="tableCenterAlign tableWrapper">'
_OWN_WRAPPER = "#wrapper"  # Stands for one that came in: the table below it brings its own again.


def rewrite(html: str) -> str:
    """Return the HTML as SharePoint keeps it and gives it back."""
    writer = _Rewriter()
    writer.feed(html)
    writer.close()
    return writer.result()


class _Rewriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def result(self) -> str:
        while self._open:
            self._close(self._open.pop())
        return "".join(self._parts).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        tag = _RENAMED.get(tag, tag)
        given = dict(attrs)
        if self._silent or tag not in _KEPT:
            return
        if tag == "div" and given.get("class") == "tableCenterAlign tableWrapper":
            self._open.append(_OWN_WRAPPER)
            return
        if tag == "table":
            self._parts.append(_WRAPPER)
        kept = "".join(
            f' {name}="{escape(given[name] or "")}"' for name in _ATTRIBUTES.get(tag, ()) if given.get(name) is not None
        )
        self._parts.append(f"<{tag}{kept}{_ADDED.get(tag, '')}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        tag = _RENAMED.get(tag, tag)
        ends = (tag, _OWN_WRAPPER) if tag == "div" else (tag,)
        if self._silent or not any(end in self._open for end in ends):
            return
        while (closing := self._open.pop()) not in ends:
            self._close(closing)
        self._close(closing)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if "pre" not in self._open:
            data = _one_space(data)
            if self._parts and self._parts[-1].endswith(" "):
                data = data.lstrip(" ")  # A tag that was dropped between them leaves one text.
            if not data or (not data.strip() and (not self._parts or self._parts[-1].endswith(">"))):
                return
        self._parts.append(escape(data, quote=False).replace("\xa0", "&nbsp;"))

    def _close(self, tag: str) -> None:
        if tag != _OWN_WRAPPER:
            self._parts.append(f"</{tag}>" + ("</div>" if tag == "table" else ""))


def _one_space(text: str) -> str:
    """Make runs of plain white space one; a no-break space stays as it is."""
    words = [word for word in text.replace("\n", " ").replace("\t", " ").replace("\r", " ").split(" ") if word]
    if not words:
        return " "
    return (" " if text[0] in " \n\t\r" else "") + " ".join(words) + (" " if text[-1] in " \n\t\r" else "")
