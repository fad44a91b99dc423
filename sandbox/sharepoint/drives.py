"""A document library: folders, files and their versions, and upload sessions."""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sandbox.platform.ids import NewId
from sandbox.protocol.errors import GraphError, check_match
from sandbox.sharepoint import office
from sandbox.sharepoint.digests import digest

_FORBIDDEN = re.compile(r'["*:<>?/\\|]')
SMALL_UPLOAD_BYTES = 250 * 1024 * 1024


def instant(moment: datetime) -> str:
    """Return a moment as SharePoint writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Author:
    """The app that wrote something, or the person."""

    id: str
    name: str
    person: bool = False

    def identity(self) -> dict[str, Any]:
        return {"user" if self.person else "application": {"id": self.id, "displayName": self.name}}


@dataclass(kw_only=True)
class Item:
    """A file (content is bytes) or a folder (content is None)."""

    id: str
    guid: str
    name: str
    parent: "Item | None"
    content: bytes | None
    mime_type: str
    author: Author
    created_at: datetime
    modified_at: datetime
    version: int = 1
    content_version: int = 1
    children: dict[str, "Item"] = field(default_factory=dict)
    earlier: list[bytes] = field(default_factory=list)
    """Content of the versions before, which only the deletion of the whole file takes away."""

    @property
    def is_folder(self) -> bool:
        return self.content is None

    @property
    def path(self) -> str:
        """From the library's root, without a leading slash; empty for the root."""
        if self.parent is None:
            return ""
        return f"{self.parent.path}/{self.name}".lstrip("/")

    @property
    def etag(self) -> str:
        return f'"{{{self.guid.upper()}}},{self.version}"'

    @property
    def ctag(self) -> str:
        return f'"c:{{{self.guid.upper()}}},{self.content_version}"'

    def size(self) -> int:
        return len(self.content) if self.content is not None else sum(child.size() for child in self.children.values())

    def sha1(self) -> str:
        return hashlib.sha1(self.content or b"", usedforsecurity=False).hexdigest().upper()


class Drive:
    """The default document library of a site. Its name depends on the site's language."""

    def __init__(
        self, *, site_id: str, site_url: str, name: str, url_name: str, owner: str, now: datetime, new_id: NewId
    ) -> None:
        self.site_id = site_id
        self.name = name
        self.owner = owner
        self.web_url = f"{site_url}/{quote(url_name)}"
        self.created_at = now
        self.id = "b!" + _url_safe(new_id("drive", site_id), new_id("library", site_id))
        self._new_id = new_id
        self._items: dict[str, Item] = {}
        self.root = self._make(None, "root", None, Author("", "SharePoint"), now)

    # ------------------------------------------------------------------------------------------------------------ look

    def item(self, item_id: str) -> Item:
        """Return an item by id, or the root by its name."""
        if item_id.lower() == "root":
            return self.root
        if item_id not in self._items:
            raise _not_found()
        return self._items[item_id]

    def find(self, path: str, below: Item | None = None) -> Item | None:
        current = below or self.root
        for name in (part for part in path.split("/") if part):
            child = current.children.get(name.casefold())
            if child is None:
                return None
            current = child
        return current

    def at(self, path: str, below: Item | None = None) -> Item:
        item = self.find(path, below)
        if item is None:
            raise _not_found()
        return item

    def walk(self, folder: Item | None = None) -> Iterator[Item]:
        """Yield everything below, folders before their content, by name."""
        for _, child in sorted((folder or self.root).children.items()):
            yield child
            yield from self.walk(child)

    # ----------------------------------------------------------------------------------------------------------- write

    def make_folder(self, parent: Item, name: str, *, conflict: str, author: Author, now: datetime) -> Item:
        """Make a folder; `replace` returns an existing one, with its content."""
        check_item_name(name)
        if not parent.is_folder:
            raise GraphError(400, "invalidRequest", "Children can only be made below a folder.")
        existing = parent.children.get(name.casefold())
        if existing is not None:
            if conflict == "rename":
                name = _free_name(parent, name)
            elif conflict == "replace" and existing.is_folder:
                return existing
            else:
                raise _taken()
        return self._make(parent, name, None, author, now)

    def ensure_folder(self, path: str, *, author: Author, now: datetime, below: Item | None = None) -> Item:
        """Return the folder at *path*, made with those above it where they are missing."""
        current = below or self.root
        for name in (part for part in path.split("/") if part):
            current = current.children.get(name.casefold()) or self.make_folder(
                current, name, conflict="fail", author=author, now=now
            )
        return current

    def put(
        self,
        parent: Item,
        path: str,
        content: bytes,
        *,
        author: Author,
        now: datetime,
        mime_type: str = "",
        conflict: str = "replace",
        if_match: str | None = None,
    ) -> tuple[Item, bool]:
        """Create or replace the file at *path* below *parent*; missing folders are made. Second: whether it is new."""
        folders, _, name = path.strip("/").rpartition("/")
        check_item_name(name)
        folder = self.ensure_folder(folders, author=author, now=now, below=parent)
        existing = folder.children.get(name.casefold())
        if existing is not None and conflict == "rename":
            name, existing = _free_name(folder, name), None
        if existing is None:
            if if_match is not None:
                raise _not_found()
            kept = office.stored(name, content)
            return self._make(folder, name, kept, author, now, mime_type), True
        if conflict == "fail" or existing.is_folder:
            raise _taken()
        self.replace(existing, content, author=author, now=now, if_match=if_match)
        return existing, False

    def replace(
        self, item: Item, content: bytes, *, author: Author, now: datetime, if_match: str | None = None
    ) -> None:
        """Put new content into a file: always a new version, also when the bytes are the same."""
        if item.is_folder:
            raise GraphError(400, "invalidRequest", "A folder has no content.")
        check_match(item.etag, if_match)
        item.earlier.append(item.content or b"")
        item.content = office.stored(item.name, content)
        item.author, item.modified_at = author, now
        item.version += 1
        item.content_version += 1

    def move(
        self,
        item: Item,
        parent: Item | None,
        name: str,
        *,
        now: datetime,
        if_match: str | None = None,
        author: Author | None = None,
    ) -> None:
        """Give another name, another folder, or both. All inside goes along."""
        check_item_name(name)
        if item.parent is None or parent is None or not parent.is_folder or parent in (item, *self.walk(item)):
            raise GraphError(400, "invalidRequest", "It cannot be moved there.")
        check_match(item.etag, if_match)
        if parent.children.get(name.casefold()) not in (None, item):
            raise _taken()
        del item.parent.children[item.name.casefold()]
        item.parent, item.name, item.modified_at = parent, name, now
        item.author = author or item.author
        item.version += 1
        parent.children[name.casefold()] = item

    def delete(self, item: Item, *, if_match: str | None = None) -> None:
        if item.parent is None:
            raise GraphError(403, "accessDenied", "The root folder cannot be deleted.")
        check_match(item.etag, if_match)
        for below in [*self.walk(item), item]:
            del self._items[below.id]
        del item.parent.children[item.name.casefold()]

    def _make(
        self, parent: Item | None, name: str, content: bytes | None, author: Author, now: datetime, mime_type: str = ""
    ) -> Item:
        guid = self._new_id("item", f"{self.site_id}/{parent.path if parent else ''}/{name}")
        item = Item(
            id="01" + base64.b32encode(bytes.fromhex(guid.replace("-", ""))).decode().rstrip("="),
            guid=guid,
            name=name,
            parent=parent,
            content=content,
            mime_type=mimetypes.guess_type(name)[0] or mime_type or "application/octet-stream",
            author=author,
            created_at=now,
            modified_at=now,
        )
        self._items[item.id] = item
        if parent is not None:
            parent.children[name.casefold()] = item
            parent.modified_at = now
        return item

    def canonical(self) -> dict[str, Any]:
        """Return path → digest of a file's content, or None for a folder."""
        return {item.path: None if item.content is None else digest(item.content) for item in self.walk()}


def check_item_name(name: str) -> None:
    """Refuse with 400 a text that cannot be the name of a file or folder."""
    if not name or _FORBIDDEN.search(name) or name != name.strip() or name.endswith("."):
        raise GraphError(400, "invalidRequest", "The provided name cannot be used for a file or folder.")


def _free_name(folder: Item, name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    number = 1
    while True:
        candidate = f"{stem} {number}{dot}{ending}" if dot else f"{name} {number}"
        if candidate.casefold() not in folder.children:
            return candidate
        number += 1


def _not_found() -> GraphError:
    return GraphError(404, "itemNotFound", "The resource could not be found.")


def _taken() -> GraphError:
    return GraphError(409, "nameAlreadyExists", "The specified item name already exists.")


def _url_safe(*guids: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex("".join(guids).replace("-", ""))).decode().rstrip("=")
