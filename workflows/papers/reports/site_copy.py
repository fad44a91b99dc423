"""The copy of a released report on its place's site: the PDF among the files, a page, and a row in the list.

The record is the truth and the copy is for reading. Each part is compared with what was noted of it; what people
changed is reported and written once more, because a released report says everywhere what the board was given. What lies
there and was not noted is written over: it may be anybody's. A change counts only if somebody else is named as its
author, since SharePoint rewrites by itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from documents.page import report_page
from workflows.digest import digest, is_digest_of
from workflows.papers.reports.model import ReportState, StoredReport
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.rendering import document_of, title_of
from workflows.ports.place import Page
from workflows.ports.units import History

UNFINISHED = "unfinished"
"""Stands for the fingerprint of a page, and for the author of a file, that a stopped run was writing."""
PDF = "application/pdf"
LONGEST_TITLE = 255
"""Characters in a list item's title."""


class ReportCopy:
    """Brings one released report's copy in order. A repeat writes nothing while nobody changed it."""

    def __init__(
        self,
        ports: ReportPorts,
        programme: Programme,
        place: PlaceSpec,
        report: StoredReport,
        history: History,
        *,
        folder: str,
    ) -> None:
        self._ports = ports
        self._content = ports.content
        self._place = place
        self._folder = folder
        self._report = report
        self._history = history
        self._language = programme.paper_language(report.content.meeting.body)
        self._published: dict[str, Any] = dict(report.published)
        self._day = report.meeting.rpartition("/")[2]
        """The day first announced: it names the copy for ever, even if the meeting moves."""

    async def take(self, site_id: str, list_id: str | None) -> None:
        """Write what is missing or was changed. Raises the errors of the site."""
        await self._file(site_id)
        page = await self._page(site_id)
        if list_id is not None:
            await self._row(site_id, list_id, page.url)
        await self._note(finished=True)

    async def _file(self, site_id: str) -> None:
        folder = self._folder
        path = file_path(folder, self._day, self._language)
        pdf, noted = self._report.pdf or b"", self._published.get("file", {})
        found = await self._content.find_file(site_id, path)
        # Its etag is no help: SharePoint changes that by itself. A copy from before authors were noted has none.
        as_noted = found is not None and found.size == len(pdf) and noted.get("by") in (None, found.changed_by)
        if noted and as_noted and found is not None:
            if "by" not in noted:
                await self._note(file={**noted, "by": found.changed_by})
            return
        if noted and noted.get("by") != UNFINISHED:
            await self._history.note("report.copy_changed", meeting=self._report.meeting, part="file")
        # Noted before it is written: a run that is stopped in between finds its own file, not a changed one.
        await self._note(file={"by": UNFINISHED})
        if folder:
            await self._content.ensure_folder(site_id, folder)
        stored = await self._content.put_file(site_id, path, pdf, PDF)
        await self._note(file={"url": stored.url, "by": stored.changed_by})
        await self._history.note("report.file_stored", meeting=self._report.meeting)

    async def _page(self, site_id: str) -> Page:
        name, noted = page_name(self._day), self._published.get("page", {})
        page = await self._content.find_page(site_id, name)
        if page is not None and page.published:
            if is_digest_of(noted.get("fingerprint"), page.title, page.html):
                return page
            if page.changed_by and page.changed_by == noted.get("by"):
                return await self._settled(page)
        if noted.get("fingerprint") not in (None, UNFINISHED):
            await self._history.note("report.copy_changed", meeting=self._report.meeting, part="page")
        # Noted before it is written: a run that is stopped in between finds its own half-done page, not a changed one.
        await self._note(page={"fingerprint": UNFINISHED})
        title = title_of(self._report.content, self._language)
        # Beside the loop: it is work for some milliseconds.
        html = await asyncio.to_thread(_page_of, self._report, self._language)
        if page is None:
            page = await self._content.create_page(site_id, name=name, title=title, html=html)
        else:
            page = await self._content.update_page(site_id, page.id, title=title, html=html)
        await self._content.publish_page(site_id, page.id)
        settled = await self._settled(await self._content.find_page(site_id, name) or page)
        await self._history.note("report.page_published", meeting=self._report.meeting)
        return settled

    async def _settled(self, page: Page) -> Page:
        """Note a page as it stands after SharePoint has rewritten it."""
        fingerprint = digest(page.title, page.html)
        await self._note(page={"url": page.url, "fingerprint": fingerprint, "by": page.changed_by})
        return page

    async def _row(self, site_id: str, list_id: str, url: str) -> None:
        if "row" in self._published:
            # Once written it is theirs to sort, mark or remove.
            return
        row = self._wanted_row(url)
        for item in await self._content.list_items(site_id, list_id):
            if item.fields.get("Title") == row["Title"]:
                break
        else:
            item = await self._content.add_item(site_id, list_id, row)
        await self._note(row=item.id)

    def _wanted_row(self, url: str) -> Mapping[str, Any]:
        """The row, as far as the list has columns for it."""
        wanted = next(item for item in self._place.lists if item.source == "reports")
        day = self._report.content.meeting.starts_local.date()
        values = {"Key": self._report.meeting, "MeetingDate": day.isoformat(), "Version": self._report.version}
        values |= {"Link": url}
        columns = {column.name for column in wanted.columns}
        title = title_of(self._report.content, self._language)[:LONGEST_TITLE]
        return {"Title": title, **{name: value for name, value in values.items() if name in columns}}

    async def _note(self, *, finished: bool = False, **parts: Any) -> None:
        self._published |= parts
        if parts or self._report.state is not ReportState.PUBLISHED:
            await self._ports.store.note_published(self._report, self._published, finished=finished)


def file_path(folder: str, day: str, language: str) -> str:
    """Return the path of a report's PDF in the site's library. *day*: the one first announced."""
    name = texts.say("reports.file_name", language, day=day)
    return f"{folder}/{name}" if folder else name


def page_name(day: str) -> str:
    """Return the name of a report's page."""
    return f"rapport-{day}.aspx"


def _page_of(report: StoredReport, language: str) -> Sequence[str]:
    return report_page(document_of(report.content, language))
