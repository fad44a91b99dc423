"""Counts of the programme's end: they agree with the archive's own reckoning, also after a redaction."""

from datetime import timedelta

from sqlalchemy import insert, update

from integration.database.archive import SQLHandovers
from integration.database.closing import SQLClosingCounts, missing_for_redaction
from integration.database.connection import Database, create_database
from integration.database.paper_record import SQLPaperRecord
from integration.database.paper_tables import archive_handover
from integration.database.privacy_tables import redaction
from integration.database.tables import link, minutes, status_round
from tests.clocks import StillClock
from tests.support.whole_record import AT, BODY, MEETING, write_whole_record
from workflows.operations.closing_outlook import ClosingTally
from workflows.papers.archive.receipts import without_receipt

CLOCK = StillClock(AT)


async def missing(database: Database) -> int:
    """Return how many papers the archive lacks, as `vareunge close` counts them."""
    records = [await SQLPaperRecord(database).of_body(BODY)]
    return sum(map(len, without_receipt(records, await SQLHandovers(database).handovers()).values()))


async def tally(database: Database) -> ClosingTally:
    return await SQLClosingCounts(database, CLOCK).tally()


async def take(database: Database, *keys: str) -> None:
    """Note that the archive has the entries of these keys."""
    rows = [
        {"key": key, "name": key, "checksum": "", "state": "kept", "sent_at": AT, "answered_at": AT, "answer": {}}
        for key in keys
    ]
    async with database.begin() as connection:
        await connection.execute(insert(archive_handover), rows)


async def test_papers_are_missed_as_the_archive_reckons(either_url: str) -> None:
    database = create_database(either_url)
    await write_whole_record(database)
    report, agenda = f"paper:{MEETING}/report/1", f"paper:{MEETING}/agenda/1"

    counted = [await tally(database)]
    reckoned = [await missing(database)]
    await take(database, report, agenda)
    counted.append(await tally(database))
    reckoned.append(await missing(database))
    async with database.begin() as connection:
        papers = [f"{MEETING}/report/1"]
        await connection.execute(update(redaction).values(papers=papers))
    counted.append(await tally(database))
    reckoned.append(await missing(database))
    await take(database, f"{report}/redacted/1")
    counted.append(await tally(database))
    reckoned.append(await missing(database))
    async with database.begin() as connection:
        # Minutes in work are nobody's to hand out.
        await connection.execute(update(minutes).values(approved_at=None))
    counted.append(await tally(database))
    reckoned.append(await missing(database))

    await database.close()
    assert [item.papers for item in counted] == [3, 3, 3, 3, 2]
    assert [item.papers_missing for item in counted] == reckoned == [3, 1, 2, 1, 0]


async def test_open_rounds_and_links_are_counted(database: Database) -> None:
    await write_whole_record(database)
    before = await tally(database)

    async with database.begin() as connection:
        await connection.execute(update(status_round).values(state="open"))
        await connection.execute(update(link).values(revoked_at=None, expires_at=AT + timedelta(days=1)))

    after = await tally(database)
    assert (before.rounds, before.links) == (0, 0)
    assert (after.rounds, after.links) == (1, 1)


def test_a_paper_that_was_redacted_twice_is_missed_once() -> None:
    paper = "a-dal/2026-11-17/report/1"

    assert missing_for_redaction({paper: 2}, set()) == 0
    assert missing_for_redaction({paper: 2}, {f"paper:{paper}"}) == 1
    assert missing_for_redaction({paper: 2}, {f"paper:{paper}", f"paper:{paper}/redacted/2"}) == 0
