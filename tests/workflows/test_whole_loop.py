"""Innsyn, retention, redaction and end over a whole loop's data and its copies, each stopped once in the middle.

The loop is played once for each database, and given back as it was to every test.
"""

import json
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from commands.closing import close
from commands.session import DID_NOT_HOLD, DONE
from integration.database import tables
from integration.database.record_rows import SQLRecordRows
from integration.graph.site_content import GraphSiteContent
from sandbox.sharepoint.drives import Author, Drive
from tests.support.everywhere import found_in_record, found_in_sandbox
from tests.support.loop import CHAIR, ELSEWHERE, LEAD, LEADS, PUPIL, Loop, loop_documents
from tests.support.played import PlayedLoop, PostgresDatabases, SQLiteFiles, played_loop
from tests.support.rollout import PLACE, Bench, writes
from workflows.errors import NotFound
from workflows.operations.audit import verify
from workflows.operations.closing import KIND
from workflows.papers.archive.model import ArchiveReceipt, HandoverState
from workflows.papers.reports.model import StoredReport, checksum
from workflows.privacy.model import Decide, PrivacyAct, RecordRow, RowChange
from workflows.privacy.redaction.copies import AGAIN
from workflows.privacy.redaction.model import LeftKind, Redaction

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASIS = "Personvernforordningen artikkel 17"
PAGE = "/sites/{site}/pages/{page}"
ARCHIVING = "/teams/{team}/archive"
AFTER = datetime(2026, 10, 2, 8, tzinfo=UTC)
"""The day after the programme's last one."""
YEARS_LATER = datetime(2037, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone, in the middle."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def databases(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> SQLiteFiles | PostgresDatabases:
    """Return the way to new databases: files and, where it is installed, PostgreSQL."""
    if request.param == "sqlite":
        return SQLiteFiles(migrated_file, tmp_path_factory.mktemp("loop"))
    server, migrated = map(request.getfixturevalue, ("postgres_server", "migrated_postgres"))
    return PostgresDatabases(server, migrated)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(databases: SQLiteFiles | PostgresDatabases) -> AsyncIterator[PlayedLoop]:
    """Return a loop that was played to its end, on each database."""
    async with played_loop(databases) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def loop(played: PlayedLoop) -> AsyncIterator[Loop]:
    async with played.again() as found:
        yield found


# -------------------------------------------------------------------------------------------------------------- innsyn


async def test_all_that_is_held_on_a_person_is_one_export_also_after_one_that_was_stopped(loop: Loop) -> None:
    requests = loop.bench.services.jobs.privacy.access_requests
    stopped, again = dict[str, bytes](), dict[str, bytes]()

    def killed(name: str, content: bytes) -> None:
        if stopped:
            raise Killed
        stopped[name] = content

    with pytest.raises(Killed):
        await requests.put(LEADS[ELSEWHERE], killed, by=LEAD)
    await requests.put(LEADS[ELSEWHERE], again.__setitem__, by=LEAD)

    data = f"innsyn-{LEADS[ELSEWHERE]}.json"
    assert (len(stopped), data in stopped) == (1, False)
    assert {data, data.replace("json", "pdf"), data.replace("json", "docx"), *stopped} <= set(again)
    found = json.loads(again[data])["tables"]
    kinds = {"account", "guest", "link", "message", "status_answer", "escalation", "report", "audit"}
    assert kinds <= set(found)
    assert {row["content"]["done"] for row in found["status_answer"]} == {f"Vi har snakket med {PUPIL}."}
    requested = [row["subject"] for row in found["audit"] if row["action"] == "privacy.access_request"]
    assert requested == [LEADS[ELSEWHERE]], "the one that was stopped"


async def test_all_that_is_held_on_a_case_is_one_export_from_the_question_to_the_decision(loop: Loop) -> None:
    record = loop.bench.services.record
    agenda = await record.agendas.find_agenda(loop.meeting)
    assert agenda is not None
    item = next(item for item in agenda.content.items if item.work_package == ELSEWHERE and item.question)
    files = dict[str, bytes]()

    await loop.bench.services.jobs.privacy.access_requests.put(
        f"{PLACE}/{agenda.content.year}/{item.number}", files.__setitem__, by=LEAD
    )

    case = f"innsyn-{PLACE}-{agenda.content.year}-{item.number}"
    assert {f"{case}.{kind}" for kind in ("pdf", "docx", "json")} <= set(files)
    found = json.loads(files[f"{case}.json"])["tables"]
    assert {"escalation", "question_step", "agenda", "minutes", "decision"} <= set(found)
    assert [row["id"] for row in found["escalation"]] == [item.question]
    assert {row["content"]["number"] for row in found["decision"]} == {item.number}
    with pytest.raises(NotFound):
        await loop.bench.services.jobs.privacy.access_requests.put(f"{PLACE}/2026/99", files.__setitem__)


# ----------------------------------------------------------------------------------------------------------- retention


class StoppedRows(SQLRecordRows):
    """The record's rows, of which a rewrite is killed at the second one that it changes."""

    async def rewrite(self, decide: Decide, act: PrivacyAct, *, then: Sequence[Any] = ()) -> int:
        changed = 0

        def killing(row: RecordRow) -> RowChange | None:
            nonlocal changed
            change = decide(row)
            changed += change is not None
            if changed > 1:
                raise Killed
            return change

        return await super().rewrite(killing, act, then=then)


async def test_what_the_rules_end_is_gone_and_what_they_keep_stays_also_after_a_run_that_was_stopped(
    loop: Loop,
) -> None:
    found = loop.bench
    documents = loop_documents()
    for item in documents[f"municipalities/{PLACE}.yaml"]["assignments"]:
        if item["person"] == LEADS[ELSEWHERE]:
            item["until"] = "2026-12-31"
    await found.import_(documents)
    await hand_over(found)
    async with found.services.clock.busy():
        await found.services.clock.sleep_until(YEARS_LATER)
    retention, rows = found.services.jobs.privacy.retention, SQLRecordRows(found.services.record.database)
    before = await counts(rows)
    shown = {line.rule.kind: (line.count, line.waiting) for line in await retention.preview()}

    with pytest.raises(Killed):
        await replace_rows(retention, StoppedRows(found.services.record.database)).apply(by=LEAD)
    after_kill = await counts(rows)
    ended = {line.rule.kind: (line.count, line.waiting) for line in await retention.apply(by=LEAD)}

    assert after_kill == before
    assert all(ended[kind] == line for kind, line in shown.items() if kind != "people")
    assert {kind for kind, (count, _) in ended.items() if count} >= {"messages", "papers", "links", "people"}
    assert sum(line.count for line in await retention.apply(by=LEAD)) == 0
    left = await counts(rows)
    assert not {"report", "agenda", "minutes", "status_answer", "status_round"} & set(left)
    assert {"meeting", "decision", "archive_handover", "audit", "register"} <= set(left)
    programme = await found.services.record.register.programme()
    assert programme.find_person(LEADS[ELSEWHERE]) is None
    assert programme.find_person(CHAIR) is not None
    assert (await verify(found.services.record.audit)).broken is None


def replace_rows(retention: Any, rows: SQLRecordRows) -> Any:
    return type(retention)(**{**vars(retention), "rows": rows})


async def counts(rows: SQLRecordRows) -> dict[str, int]:
    """Return the number of rows in each table that has any."""
    found = dict[str, int]()
    async for row in rows.read():
        found[row.rule.table] = found.get(row.rule.table, 0) + 1
    return found


# ----------------------------------------------------------------------------------------------------------- redaction


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


# ------------------------------------------------------------------------------------------------ the programme's end


def given(**arguments: object) -> Namespace:
    return Namespace(**{"apply": False, "proof": None, "no_wait": False, "json": False, "yes": True, **arguments})


async def run(found: Bench, arguments: Namespace) -> int:
    async with found.services.clock.busy():
        return await close(found.services, arguments)


async def hand_over(found: Bench) -> None:
    """Hand everything over, and let the archive answer that it has it."""
    services = found.services
    await services.jobs.paper_files.files.put_archive(lambda name, content: None)
    for key in await services.record.handovers.handovers():
        answer = ArchiveReceipt(key=key, state=HandoverState.KEPT, archive_id="1")
        await services.record.handovers.note_receipt(answer, at=services.clock.now())


async def test_the_programme_is_closed_and_proven_wherever_it_was_stopped(
    loop: Loop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, documents = loop.bench, loop_documents()
    documents["programme.yaml"]["programme"]["last_day"] = "2026-10-01"
    await found.import_(documents)
    assert await run(found, given(apply=True)) == DID_NOT_HOLD
    assert "Programmet varer fortsatt" in capsys.readouterr().out
    async with found.services.clock.busy():
        await found.services.clock.sleep_until(AFTER)
    assert await run(found, given(apply=True)) == DID_NOT_HOLD
    assert "Dokumenter som arkivet ikke har kvittert for: 3" in capsys.readouterr().out
    await hand_over(found)
    assert await run(found, given()) == DONE
    shown = capsys.readouterr().out
    assert "Team som ikke er arkivert: 1" in shown
    assert "Møter som ikke er avlyst" in shown

    await found.sandbox.control("POST", "faults", {"hold_at": 1, "method": "POST", "template": ARCHIVING})
    order = f"{KIND}:{(await found.services.record.register.programme()).key}"
    async with found.watching() as asked:
        assert await found.kill_at_hold(closed(loop, order))
        await found.restart()
        await found.run_all(until=found.services.clock.now() + timedelta(hours=1))

    await found.services.record.links.issue("feed", PLACE)
    state = await found.services.jobs.operations.closing.state()
    assert state.is_closed
    assert await run(found, given(proof=tmp_path)) == DONE
    proof = json.loads((tmp_path / "avslutning.json").read_bytes())
    assert (proof["is_closed"], proof["audit"]["holds"], proof["links"], proof["meetings"]) == (True, True, 0, [])
    assert {place["archived"] for place in proof["places"]} == {True, None}
    assert (tmp_path / "avslutning.pdf").read_bytes().startswith(b"%PDF")
    assert not [kind for kind in writes(asked) if kind.startswith("DELETE")]


async def closed(loop: Loop, order: str) -> None:
    """Order the end, and run all that follows for an hour."""
    services = loop.bench.services
    async with services.clock.busy():
        await loop.run(order)
    await loop.bench.run_all(until=services.clock.now() + timedelta(hours=1))
