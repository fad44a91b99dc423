"""A redaction over a whole loop's data and its copies in Microsoft 365: nothing is left, wherever it was stopped."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from integration.database import tables
from integration.graph.site_content import GraphSiteContent
from sandbox.sharepoint.drives import Author, Drive
from tests.support.everywhere import found_in_record, found_in_sandbox
from tests.support.loop import LEAD, PUPIL, Loop, loop_documents
from tests.support.rollout import PLACE, Bench, bench
from workflows.operations.audit import verify
from workflows.papers.reports.model import StoredReport, checksum
from workflows.privacy.redaction.copies import AGAIN
from workflows.privacy.redaction.model import LeftKind, Redaction

BASIS = "Personvernforordningen artikkel 17"
PAGE = "/sites/{site}/pages/{page}"


@pytest.fixture
async def loop(either_url: str, database_file: Path) -> AsyncIterator[Loop]:
    """Return a loop that was played to its end, on each database."""
    async with bench(database_file, documents=loop_documents(), database_url=either_url) as found:
        await found.made(PLACE)
        loop = Loop(found)
        await loop.play()
        yield loop


async def redacted(bench: Bench) -> Redaction:
    """Order a redaction, and return its marker."""
    async with bench.services.clock.busy():
        found = await bench.services.jobs.privacy.redacting.redact(PUPIL.upper(), basis=f"{BASIS}: {PUPIL}", by=LEAD)
    assert found is not None
    return found


async def finished(bench: Bench, redaction: Redaction) -> Redaction:
    """Run what follows outside, and return the marker as it stands then."""
    await bench.run_all(until=bench.services.clock.now() + 2 * AGAIN)
    found = await bench.services.record.redactions.find(redaction.number)
    assert found is not None
    assert found.finished_at is not None
    return found


async def test_a_name_is_gone_from_every_store_and_copy_and_a_marker_stays(loop: Loop) -> None:
    """Also where the work outside was stopped in the middle, and a unit wrote back what it had read before."""
    bench, services = loop.bench, loop.bench.services
    before = await services.jobs.privacy.redacting.preview(PUPIL)
    old = await services.record.reports.newest(loop.meeting)
    drive = await drive_of(bench)
    path = next(item.path for item in drive.walk() if item.name.endswith(".pdf"))
    theirs = next(item for item in drive.walk() if item.name.startswith("Saksliste"))
    theirs.author = Author("somebody", "En person", person=True)
    assert before.total > 100
    assert len(found_in_sandbox(bench.sandbox.here, PUPIL, mail=False)) > 20

    ordered = await redacted(bench)
    await bench.sandbox.control("POST", "faults", {"hold_at": 1, "method": "DELETE", "template": PAGE})
    killed = await bench.kill_at_hold(services.engine.run_due([f"privacy.redact:{ordered.number}"]))
    await bench.restart()
    await write_back(bench, path, old)
    done = await finished(bench, ordered)

    assert killed
    assert await found_in_record(bench.services.record.database, PUPIL) == []
    # A file that people made their own is theirs to redact.
    drive.delete(theirs)
    assert found_in_sandbox(bench.sandbox.here, PUPIL, mail=False) == []
    assert (done.by, done.basis, done.total) == (LEAD, f"{BASIS}: [sladdet 1]", before.total)
    assert done.left[LeftKind.FILES] == 1
    assert {LeftKind.BACKUPS, LeftKind.DOWNLOADS, LeftKind.RECYCLE_BIN, LeftKind.MAIL} <= set(done.left)
    await check_papers(loop)
    await check_act(bench)
    assert await bench.services.jobs.privacy.redacting.redact(PUPIL, basis=BASIS) is None


async def drive_of(bench: Bench) -> Drive:
    """Return the library of the place's site."""
    things = await bench.services.record.resources.of(PLACE)
    drive: Drive = bench.sandbox.here.tenant.sharepoint.site(things["site"].external_id).drive
    return drive


async def write_back(bench: Bench, path: str, old: StoredReport | None) -> None:
    """Do the rest of what a publishing unit was doing when the record was redacted."""
    assert old is not None
    async with bench.services.clock.busy():
        await bench.services.engine.run_due()
        content = GraphSiteContent(bench.services.outside.hands)
        drive = await drive_of(bench)
        await content.put_file(drive.site_id, path, old.pdf or b"", "application/pdf")


async def check_papers(loop: Loop) -> None:
    """The report says what stands there, and is published again with the marker in it."""
    record, sandbox = loop.bench.services.record, loop.bench.sandbox.here
    report = await record.reports.newest(loop.meeting)
    assert report is not None
    assert report.checksum == checksum(report.content)
    assert report.published["page"]["url"]
    assert {"file", "page", "row"} <= report.published.keys()
    agenda = await record.agendas.find_agenda(loop.meeting)
    assert agenda is not None
    assert {"agenda", "minutes"} <= agenda.published.keys()
    # The report's PDF, page and row, both Word files, decisions, a package and a card.
    assert len(found_in_sandbox(sandbox, "sladdet 1")) > 10


async def check_act(bench: Bench) -> None:
    """The act is in the chain, which holds, and has no words in it."""
    async with bench.services.record.database.read() as connection:
        act = (await connection.execute(select(tables.audit).order_by(tables.audit.c.id.desc()).limit(1))).one()
    assert (act.actor, act.action, act.subject) == (LEAD, "privacy.redaction", "1")
    assert act.details.keys() == {"found"}
    assert (await verify(bench.services.record.audit)).broken is None
