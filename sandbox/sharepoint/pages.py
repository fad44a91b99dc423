"""Site pages: drafts with versions, and the strictness and rewriting that their content meets."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sandbox.platform.ids import NewId
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.drives import Author, instant
from sandbox.sharepoint.html import rewrite

_TYPE = "#microsoft.graph.sitePage"
_TEXT = "#microsoft.graph.textWebPart"
_STANDARD = "#microsoft.graph.standardWebPart"
_WIDTHS: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "oneColumn": ((12,),),
    "twoColumns": ((6, 6),),
    "threeColumns": ((4, 4, 4),),
    "oneThirdLeftColumn": ((4, 8),),
    "oneThirdRightColumn": ((8, 4),),
    "fullWidth": ((12,), (0,)),
}
_EMPHASES = ("none", "neutral", "soft", "strong")
_PLAIN = ("name", "title", "description", "pageLayout", "promotionKind")
_SHOWN = ("showComments", "showRecommendedPages", "thumbnailWebUrl", "titleArea")
_SETTABLE = frozenset({*_PLAIN, *_SHOWN, "canvasLayout"})
# People, Quick Links, and further parts that the reference page lists as supported.
_STANDARD_PARTS = frozenset(
    {
        "7f718435-ee4d-431c-bdbf-9c4ff326f46e",
        "c70391ea-0b10-4ee9-b2b4-006d3fcad0cd",
        "0f087d7f-520e-42b7-89c0-496aaf979d58",
        "2161a1c6-db61-4731-b97c-3cdb303f7cbb",
        "6410b3b6-d440-4663-8744-378976dc041e",
        "8654b779-4886-46d4-8ffb-b5ed960ee986",
        "cbe7b0a9-3504-44dd-a3a3-0e5cacd07788",
        "d1d91016-032f-456d-98a4-721247c305e8",
    }
)


@dataclass(kw_only=True)
class Version:
    """The content of a page at one point; *sections* are as SharePoint rewrote them."""

    title: str
    description: str
    promotion: str
    title_area: dict[str, Any]
    sections: list[dict[str, Any]]

    def html(self) -> list[str]:
        """Return the HTML of every text web part, in order."""
        parts = (part for section in self.sections for column in section["columns"] for part in column["webparts"])
        return [part["innerHtml"] for part in parts if part["@odata.type"] == _TEXT]


@dataclass(kw_only=True)
class Page:
    id: str
    name: str
    layout: str
    draft: Version
    author: Author
    editor: Author
    created_at: datetime
    modified_at: datetime
    web_url: str
    published: Version | None = None
    major: int = 0
    minor: int = 1
    etag_number: int = 1
    earlier: list[Version] = field(default_factory=list)
    """The drafts before."""

    @property
    def is_published(self) -> bool:
        """True when readers see the newest version."""
        return self.published is not None and self.minor == 0

    @property
    def etag(self) -> str:
        return f'"{{{self.id.upper()}}},{self.etag_number}"'

    def change(self, body: Mapping[str, Any], *, editor: Author, now: datetime) -> None:
        """Make a new draft; readers see the published version until the next publish. The canvas is replaced whole."""
        _check_properties(body)
        self.earlier.append(self.draft)
        self.draft = _version(body, self.draft)
        self.editor, self.modified_at = editor, now
        self.minor += 1
        self.etag_number += 1

    def write(self, html: str, *, editor: Author, now: datetime) -> None:
        """Write as people do: *html* for the page's first text, and readers who saw the page see it at once."""
        sections = deepcopy(self.draft.sections)
        parts = (part for section in sections for column in section["columns"] for part in column["webparts"])
        first = next((part for part in parts if part["@odata.type"] == _TEXT), None)
        if first is None:
            first = {"@odata.type": _TEXT}
            sections.append({"layout": "oneColumn", "columns": [{"width": 12, "webparts": [first]}]})
        first["innerHtml"] = html
        canvas = {"horizontalSections": sections}
        self.change({"@odata.type": _TYPE, "canvasLayout": canvas}, editor=editor, now=now)
        if self.published is not None:
            self.publish(now)

    def publish(self, now: datetime) -> None:
        """Show the draft to readers as the next major version; what is published already stays as it is."""
        if self.is_published:
            return
        self.published = self.draft
        self.major, self.minor = self.major + 1, 0
        self.modified_at = now
        self.etag_number += 1

    def to_json(self, *, with_canvas: bool = False) -> dict[str, Any]:
        state: dict[str, Any] = {"level": "published", "versionId": f"{self.major}.{self.minor}"}
        if not self.is_published:
            state |= {"level": "checkout", "checkedOutBy": self.editor.identity()}
        body: dict[str, Any] = {
            "@odata.type": _TYPE,
            "@odata.etag": self.etag,
            "id": self.id,
            "eTag": self.etag,
            "name": self.name,
            "title": self.draft.title,
            "description": self.draft.description,
            "pageLayout": self.layout,
            "promotionKind": self.draft.promotion,
            "showComments": True,
            "showRecommendedPages": False,
            "titleArea": dict(self.draft.title_area),
            "publishingState": state,
            "webUrl": self.web_url,
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.modified_at),
            "createdBy": self.author.identity(),
            "lastModifiedBy": self.editor.identity(),
            "parentReference": {"siteId": self.web_url.split("/SitePages/")[0].rpartition("/")[2]},
        }
        if with_canvas:
            body["canvasLayout"] = {"horizontalSections": self.draft.sections}
        return body

    def canonical(self) -> dict[str, Any]:
        return {
            "title": self.draft.title,
            "html": self.draft.html(),
            "published": self.published.html() if self.published else None,
        }


def new_page(
    body: Mapping[str, Any],
    *,
    site_key: str,
    site_url: str,
    taken: Iterable[Page],
    author: Author,
    now: datetime,
    new_id: NewId,
) -> Page:
    """Make the draft a request describes; 400 when it is not exactly in order, 409 when the name is taken."""
    _check_properties(body)
    name = body.get("name")
    if not isinstance(name, str) or not name.endswith(".aspx") or "/" in name:
        raise GraphError(400, "invalidRequest", "A page needs a name that ends with .aspx.")
    layout = body.get("pageLayout", "article")
    if layout not in ("article", "home"):
        raise GraphError(400, "invalidRequest", f"'{layout}' is no page layout that can be made.")
    if any(page.name.casefold() == name.casefold() for page in taken):
        raise GraphError(409, "nameAlreadyExists", "A file or folder with that name already exists.")
    empty = Version(title="", description="", promotion="page", title_area={"layout": "plain"}, sections=[])
    return Page(
        id=new_id("page", f"{site_key}/{name}"),
        name=name,
        layout=layout,
        draft=_version(body, empty),
        author=author,
        editor=author,
        created_at=now,
        modified_at=now,
        web_url=f"{site_url}/SitePages/{quote(name)}",
    )


def _check_properties(body: Mapping[str, Any]) -> None:
    if body.get("@odata.type") not in (_TYPE, _TYPE.removeprefix("#")):
        raise GraphError(400, "invalidRequest", "The body must say '@odata.type': '#microsoft.graph.sitePage'.")
    unknown = {key for key in body if not key.startswith("@")} - _SETTABLE
    if unknown:
        raise GraphError(400, "invalidRequest", f"The property '{min(unknown)}' of a page cannot be set.")


def _version(body: Mapping[str, Any], before: Version) -> Version:
    sections = before.sections
    if "canvasLayout" in body:
        canvas = body["canvasLayout"]
        given = canvas.get("horizontalSections") if isinstance(canvas, Mapping) else None
        if not isinstance(given, list) or set(canvas) - {"horizontalSections", "@odata.type"}:
            raise GraphError(400, "invalidRequest", "canvasLayout must hold a list of horizontalSections.")
        sections = [_section(section, number) for number, section in enumerate(given, 1)]
    return Version(
        title=_text(body, "title", before.title),
        description=_text(body, "description", before.description),
        promotion=_text(body, "promotionKind", before.promotion),
        title_area={**before.title_area, **(body.get("titleArea") or {})},
        sections=sections,
    )


def _text(body: Mapping[str, Any], key: str, before: str) -> str:
    value = body.get(key, before)
    if not isinstance(value, str):
        raise GraphError(400, "invalidRequest", f"{key} must be text.")
    return value


def _section(section: Any, number: int) -> dict[str, Any]:
    if not isinstance(section, Mapping) or section.get("layout") not in _WIDTHS:
        raise GraphError(400, "invalidRequest", f"Horizontal section {number} has no layout that can be made.")
    emphasis = section.get("emphasis", "none")
    columns = section.get("columns")
    if emphasis not in _EMPHASES or not isinstance(columns, list):
        raise GraphError(400, "invalidRequest", f"Horizontal section {number} is malformed.")
    widths = tuple(column.get("width") if isinstance(column, Mapping) else None for column in columns)
    if widths not in _WIDTHS[section["layout"]]:
        raise GraphError(400, "invalidRequest", f"The columns of section {number} do not fit '{section['layout']}'.")
    return {
        "id": str(section.get("id") or number),
        "layout": section["layout"],
        "emphasis": emphasis,
        "columns": [_column(column, number, place) for place, column in enumerate(columns, 1)],
    }


def _column(column: Mapping[str, Any], section: int, place: int) -> dict[str, Any]:
    parts = column.get("webparts", [])
    if not isinstance(parts, list):
        raise GraphError(400, "invalidRequest", f"Column {place} of section {section} has no list of web parts.")
    kept = [_part(part, f"{section}-{place}-{number}") for number, part in enumerate(parts, 1)]
    return {"id": str(column.get("id") or place), "width": column["width"], "webparts": kept}


def _part(part: Any, place: str) -> dict[str, Any]:
    kind = str(part.get("@odata.type", "")) if isinstance(part, Mapping) else ""
    kind = kind if kind.startswith("#") else f"#{kind}"
    if kind == _TEXT:
        html = part.get("innerHtml")
        if not isinstance(html, str):
            raise GraphError(400, "invalidRequest", f"The text web part at {place} has no innerHtml.")
        return {"@odata.type": _TEXT, "id": part.get("id") or f"text-{place}", "innerHtml": rewrite(html)}
    if kind == _STANDARD:
        if str(part.get("webPartType", "")).lower() not in _STANDARD_PARTS:
            raise GraphError(400, "invalidRequest", f"The web part at {place} is not supported.")
        return {"id": f"standard-{place}", **part, "@odata.type": _STANDARD}
    raise GraphError(400, "invalidRequest", f"The web part at {place} does not say which kind it is.")


def find_page(pages: Iterable[Page], page_id: str) -> Page:
    """Return a page by id; 404 when there is none."""
    for page in pages:
        if page.id.casefold() == page_id.casefold():
            return page
    raise GraphError(404, "itemNotFound", "Item not found")
