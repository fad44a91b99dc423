"""A SharePoint site as far as reports need one: it rewrites pages a little, and can stop us after any write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.errors import Conflict
from workflows.ports.place import Column, ListItem, Page, SiteList, StoredFile


class Killed(BaseException):
    """The process ended after a write reached the site."""


@dataclass
class FakeSite:
    """The workflows' `SiteContent`."""

    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    authors: dict[str, str] = field(default_factory=dict)
    """The last writer of a file, if that was not us."""
    moved: dict[str, str] = field(default_factory=dict)
    """The place of a folder, by its id."""
    writes: list[str] = field(default_factory=list)
    kill_after: int | None = None
    """Stop after that many writes."""

    async def list_folders(self, site_id: str, parent: str = "") -> Sequence[str]:
        raise NotImplementedError

    async def ensure_folder(self, site_id: str, path: str) -> None:
        self.folders.add(path)
        self._wrote(f"folder {path}")

    async def folder_path(self, site_id: str, folder_id: str) -> str | None:
        return self.moved.get(folder_id)

    async def find_file(self, site_id: str, path: str) -> StoredFile | None:
        content = self.files.get(path)
        return None if content is None else self._file(path, content)

    async def put_file(self, site_id: str, path: str, content: bytes, content_type: str) -> StoredFile:
        self.folders.add(path.rpartition("/")[0])
        self.files[path] = content
        self.authors.pop(path, None)
        self._wrote(f"file {path}")
        return self._file(path, content)

    async def list_ids(self, site_id: str) -> Sequence[str]:
        raise NotImplementedError

    async def list_lists(self, site_id: str) -> Sequence[SiteList]:
        raise NotImplementedError

    async def create_list(self, site_id: str, *, name: str, description: str, columns: Sequence[Column]) -> SiteList:
        raise NotImplementedError

    async def list_items(self, site_id: str, list_id: str) -> Sequence[ListItem]:
        return [ListItem(id=key, fields=row) for key, row in self.rows.items()]

    async def add_item(self, site_id: str, list_id: str, fields: Mapping[str, Any]) -> ListItem:
        key = str(len(self.rows) + 1)
        self.rows[key] = dict(fields)
        self._wrote(f"row {key}")
        return ListItem(id=key, fields=fields)

    async def update_item(self, site_id: str, list_id: str, item_id: str, fields: Mapping[str, Any]) -> ListItem:
        raise NotImplementedError

    async def find_page(self, site_id: str, name: str) -> Page | None:
        return self.pages.get(name)

    async def create_page(self, site_id: str, *, name: str, title: str, html: Sequence[str]) -> Page:
        if name in self.pages:
            raise Conflict("create a page", "the name is taken")
        url = f"https://tenant.example/SitePages/{name}"
        self.pages[name] = Page(
            id=name, name=name, title=title, url=url, etag="1", html=_rewritten(html), changed_by="us"
        )
        self._wrote(f"page {name}")
        return self.pages[name]

    async def update_page(self, site_id: str, page_id: str, *, title: str, html: Sequence[str]) -> Page:
        self.pages[page_id] = replace(
            self.pages[page_id], title=title, html=_rewritten(html), published=False, changed_by="us"
        )
        self._wrote(f"page {page_id}")
        return self.pages[page_id]

    async def publish_page(self, site_id: str, page_id: str) -> None:
        self.pages[page_id] = replace(self.pages[page_id], published=True)
        self._wrote(f"publish {page_id}")

    def _wrote(self, what: str) -> None:
        self.writes.append(what)
        if self.kill_after is not None and len(self.writes) >= self.kill_after:
            raise Killed

    def _file(self, path: str, content: bytes) -> StoredFile:
        url, author = f"https://tenant.example/{path}", self.authors.get(path, "us")
        return StoredFile(id=path, path=path, url=url, etag="1", size=len(content), changed_by=author)


def _rewritten(html: Sequence[str]) -> str:
    return "\n".join(html).replace("<p>", '<p class="noSpacingAbove">')
