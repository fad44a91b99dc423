"""Everything that the end of the programme counts and ends in the record, all at once."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, cast, func, or_, select, union_all, update

from integration.database.connection import Database, insert_into
from integration.database.paper_tables import archive_handover
from integration.database.privacy_tables import redaction
from integration.database.reports import RELEASED
from integration.database.switches import CLOSED
from integration.database.tables import agenda, link, minutes, report, status_round, switch
from workflows.operations.closing_outlook import ClosingTally
from workflows.papers.archive.model import HandoverState
from workflows.papers.archive.plan import entry_key
from workflows.papers.record import PaperKind
from workflows.ports.units import Clock
from workflows.status.model import RoundState

_KEPT = select(archive_handover.c.key).where(archive_handover.c.state == HandoverState.KEPT)
_OPEN_ROUNDS = select(func.count()).select_from(status_round).where(status_round.c.state == RoundState.OPEN)


class SQLOpenLinks:
    """The workflows' `OpenLinks`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def count_open(self) -> int:
        async with self._database.read() as connection:
            return int((await connection.execute(_open_links(self._clock.now()))).scalar_one())

    async def end_all(self, *, at: datetime) -> int:
        ended = update(link).where(link.c.revoked_at.is_(None)).values(revoked_at=at)
        async with self._database.begin() as connection:
            closed = insert_into(connection, switch).values(name=CLOSED, set_at=at)
            await connection.execute(closed.on_conflict_do_nothing())
            return int((await connection.execute(ended)).rowcount)


class SQLRoundsToEnd:
    """The workflows' `RoundsToEnd`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_open(self) -> int:
        async with self._database.read() as connection:
            return int((await connection.execute(_OPEN_ROUNDS)).scalar_one())


class SQLClosingCounts:
    """The workflows' `ClosingCounts`: few statements, however long the history."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tally(self) -> ClosingTally:
        released = _released_papers().subquery()
        lacking = select(func.count()).select_from(released).where(released.c.entry.not_in(_KEPT))
        async with self._database.read() as connection:
            redacted = Counter(
                key for papers in (await connection.execute(select(redaction.c.papers))).scalars() for key in papers
            )
            entries = [entry_key(key, count) for key, times in redacted.items() for count in (0, times)]
            kept = set((await connection.execute(_KEPT.where(archive_handover.c.key.in_(entries)))).scalars())
            missing = (await connection.execute(lacking)).scalar_one()
            return ClosingTally(
                rounds=(await connection.execute(_OPEN_ROUNDS)).scalar_one(),
                links=(await connection.execute(_open_links(self._clock.now()))).scalar_one(),
                papers=(await connection.execute(select(func.count()).select_from(released))).scalar_one(),
                papers_missing=missing + missing_for_redaction(redacted, kept),
            )


def missing_for_redaction(redacted: Mapping[str, int], kept: Collection[str]) -> int:
    """Return how many more papers the archive lacks, since each that was redacted is an entry of its own."""
    lacking = sum(entry_key(key, times) not in kept for key, times in redacted.items())
    return lacking - sum(entry_key(key, 0) not in kept for key in redacted)


def _open_links(now: datetime) -> Select[int]:
    holds = or_(link.c.expires_at.is_(None), link.c.expires_at > now)
    return select(func.count()).select_from(link).where(link.c.revoked_at.is_(None), holds)


def _released_papers() -> CompoundSelect[tuple[str]]:
    """Return the archive's keys of all released papers, as `entry_key` writes those that nobody redacted."""
    with_agenda = minutes.c.meeting.in_(select(agenda.c.meeting))
    return union_all(
        select(_entry(report.c.meeting, PaperKind.REPORT, report.c.version)).where(report.c.state.in_(RELEASED)),
        select(_entry(agenda.c.meeting, PaperKind.AGENDA, None)),
        select(_entry(minutes.c.meeting, PaperKind.MINUTES, minutes.c.version)).where(
            minutes.c.approved_at.is_not(None), with_agenda
        ),
    )


def _entry(meeting: ColumnElement[str], kind: PaperKind, version: ColumnElement[int] | None) -> ColumnElement[str]:
    """Return the key of a paper; an agenda has one version."""
    number = "1" if version is None else cast(version, String)
    return (entry_key("", 0) + meeting + f"/{kind}/" + number).label("entry")
