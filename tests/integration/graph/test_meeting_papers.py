"""A meeting's files in a SharePoint that rewrites them, as the sandbox has it."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from integration.graph.site_content import GraphSiteContent
from sandbox.sharepoint.drives import Author
from tests.integration.graph.test_contract import Place, Tenant, place, tenant
from tests.workflows.papers.agendas.test_plan import draft
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import FakeHistory
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.agendas.rendering import agenda_document
from workflows.papers.file_copies import MeetingPapers, make_word_file

__all__ = ["place", "tenant"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = datetime(2026, 11, 10, 7, 0, tzinfo=UTC)
FOLDER = "Styremøter/2026/2026-11-17"


class Noted:
    """The notes of the copies, as the record keeps them."""

    def __init__(self) -> None:
        agenda = draft(report=samples.FULL)
        self.agenda = StoredAgenda(meeting="a-dal/2026-11-17", content=agenda, released_at=AT)

    async def note_published(self, meeting: str, published: Any) -> None:
        del meeting
        self.agenda = replace(self.agenda, published=dict(published))


async def test_a_file_is_ours_however_sharepoint_rewrites_it_until_somebody_else_writes_it(
    tenant: Tenant,
    place: Place,
) -> None:
    ours, app = GraphSiteContent(tenant.hands), tenant.sandbox.app
    assert app is not None
    drive = app.tenant.sharepoint.site(place.site.id).drive
    store, history, site = Noted(), FakeHistory(), place.site.id
    ports: Any = SimpleNamespace(content=ours, store=store)
    path = f"{FOLDER}/Referat.docx"

    async def put(version: int) -> int:
        papers = MeetingPapers(ports, FOLDER, store.agenda, history, make_file=make_word_file)
        document = agenda_document(store.agenda.content, "nb")
        await papers.put(site, "minutes", "Referat", document, at=AT, version=version)
        found = await ours.find_file(site, path)
        assert found is not None
        return found.size

    sent = len(make_word_file(agenda_document(store.agenda.content, "nb"), AT))
    first = await put(1)
    second = await put(2)
    drive.replace(drive.at(path), b"rettet av noen andre", author=Author("somebody", "Noen"), now=AT)
    third = await put(3)

    assert first == second != sent
    assert third == len(b"rettet av noen andre")
    assert history.notes == ["agenda.file_stored", "agenda.file_stored", "agenda.file_is_theirs"]
