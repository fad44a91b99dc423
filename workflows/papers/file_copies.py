"""The copies of agenda and minutes on a place's site: Word files in the meeting's folder.

The record is the truth. A file that somebody else has changed is theirs and is never written again; SharePoint rewrites
Office files by itself, so a change counts only when somebody else is named as its author.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from config.place_template import PlaceSpec
from documents.document import Document
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.agendas.ports import AgendaPorts
from workflows.ports.place import Placed, SiteContent
from workflows.ports.units import History
from workflows.rollout.folder_paths import folder_now

UNFINISHED = "unfinished"
"""Stands for the author of a file that a stopped run was writing."""
LOCAL = "local"
"""Stands for the author of a file that is somebody else's."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

MakeFile = Callable[[Document, datetime], bytes]


def make_word_file(document: Document, at: datetime) -> bytes:
    """The document as a Word file."""
    # Here, because it takes a while to load and only this needs it.
    from documents.word import word_file

    return word_file(document, created_at=at)


async def meeting_folder(
    content: SiteContent, place: PlaceSpec, site_id: str, things: Mapping[str, Placed], meeting: str
) -> str:
    """Return the path of a meeting's folder as it lies now, named by the day that was first announced."""
    day = meeting.rpartition("/")[2]
    above = place.meeting_folder.replace("{year}", day[:4])
    return f"{await folder_now(content, site_id, things, above)}/{day}"


class MeetingPapers:
    """
    The files of one meeting on the site of its place.

    They lie in *folder*, named by the day that was first announced, for ever, even if the meeting moves.
    """

    def __init__(
        self,
        ports: AgendaPorts,
        folder: str,
        agenda: StoredAgenda,
        history: History,
        *,
        make_file: MakeFile,
    ) -> None:
        self._ports = ports
        self._folder = folder
        self._agenda = agenda
        self._history = history
        self._make_file = make_file

    async def put(
        self, site_id: str, part: str, name: str, document: Document, *, at: datetime, version: int | str
    ) -> None:
        """
        Write the file *part* unless this version stands there, or somebody made the file their own.

        It keeps the *name* it was first written under, as a new version in SharePoint: links to it stay good.
        """
        noted: Mapping[str, Any] = self._agenda.published.get(part, {})
        if noted.get("version") == version and noted.get("by") != UNFINISHED:
            return
        name = noted.get("name", name)
        path = f"{self._folder}/{name}.docx"
        there = await self._ports.content.find_file(site_id, path)
        if there is not None and noted.get("by") not in (UNFINISHED, there.changed_by):
            await self._note(part, {"version": version, "by": LOCAL, "url": there.url, "name": name})
            await self._history.note("agenda.file_is_theirs", meeting=self._agenda.meeting, part=part)
            return
        # Noted before it is written: a run that is stopped in between finds its own file, not somebody's.
        await self._note(part, {"version": version, "by": UNFINISHED, "name": name})
        # Beside the loop: it is work for a few hundredths of a second.
        content = await asyncio.to_thread(self._make_file, document, at)
        stored = await self._ports.content.put_file(site_id, path, content, WORD)
        await self._note(part, {"version": version, "by": stored.changed_by, "url": stored.url, "name": name})
        await self._history.note("agenda.file_stored", meeting=self._agenda.meeting, part=part)

    async def _note(self, part: str, value: Any) -> None:
        await self._ports.store.note_published(self._agenda.meeting, {part: value})
