"""Ledger of the service's work so far, read from its database: for following the demo and for checking it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from integration.database.audit import SQLAudit
from integration.database.connection import Database
from integration.database.paper_tables import question_step
from integration.database.tables import (
    decision,
    escalation,
    meeting,
    message,
    report,
    status_answer,
    status_request,
    status_round,
    unit,
)
from workflows.operations.audit import Verified, verify
from workflows.papers.decisions.plan import matters_in_order
from workflows.papers.minutes.model import Decision, Matters


@dataclass(frozen=True, kw_only=True)
class CorrectedReport:
    """A report that was released once more, corrected."""

    meeting: str
    why: str
    kept: int
    """Released editions of it that the record holds."""
    told: int
    """Messages that told its board of the newest one."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Counts at one moment."""

    places: int
    """Places that are made."""
    booked: int
    """Meetings that stand in calendars."""
    rounds: Counter[str]
    """Status rounds by state."""
    requests: Mapping[str, str]
    """Work package and meeting → state of its request, by `meeting/package`."""
    answers: int
    surfaces: Counter[str]
    """Answers by where they were written."""
    sent: Counter[str]
    """Messages that left, by surface."""
    mails: Counter[tuple[str, str]]
    """Mails that left, by address and subject."""
    told: Counter[str]
    """Messages that left, by whom they are for."""
    cards: Counter[str]
    """Cards in personal chats, by whom they are for."""
    doubtful: tuple[str, ...]
    """Messages that may have left twice, because a run was cut off while they left."""
    doubted: Counter[str]
    """Cards among them: in personal chats by whom they are for, all others as «channel»."""
    reports: Mapping[str, str]
    """Meeting → state of its newest report."""
    corrected: tuple[CorrectedReport, ...]
    assessed: tuple[str, ...]
    """Meetings whose released report has its lead's assessment, or the county lead's summing up."""
    series: Mapping[str, tuple[str, ...]]
    """Work package → the bodies whose released reports have it."""
    questions: Mapping[str, tuple[str, ...]]
    """Work package → the states its question went through."""
    late: tuple[str, ...]
    """Decisions to follow up as their board's page lists them, as far as they are late, the first ones."""
    failed: tuple[str, ...]
    """Units that gave up, with why."""
    audit: Verified
    """The outcome of a look at the whole chain of acts."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the ledger in lines, one for each kind of thing."""
        reports = Counter(self.reports.values())
        return (
            f"places made: {self.places}",
            f"meetings booked: {self.booked}",
            f"status rounds: {_listed(self.rounds) or 'none'}",
            f"messages sent: {_listed(self.sent) or 'none'}",
            f"answers: {_listed(self.surfaces) or 'none'}",
            f"reports: {_listed(reports) or 'none'}",
        )


def happened(before: Ledger, now: Ledger) -> tuple[str, ...]:
    """Return the events between two looks, in the order of the loop."""
    missing = Counter(now.requests.values())["missing"] - Counter(before.requests.values())["missing"]
    closed = now.rounds["closed"] - before.rounds["closed"]
    done = Counter(now.reports.values())
    done.subtract(Counter(before.reports.values()))
    told = (
        (now.places - before.places, "places made", ""),
        (now.booked - before.booked, "meetings booked", ""),
        (now.rounds.total() - before.rounds.total(), "rounds opened", ""),
        (now.sent.total() - before.sent.total(), "messages sent", _listed(now.sent - before.sent)),
        (now.answers - before.answers, "answers", _listed(now.surfaces - before.surfaces)),
        (closed, "rounds closed", f"{missing} without an answer" if missing > 0 else ""),
        (len(now.reports) - len(before.reports), "reports compiled", ""),
        (done["released"] + done["published"], "reports released", ""),
        (len(now.corrected) - len(before.corrected), "reports corrected", ""),
        (done["published"], "reports published", ""),
    )
    return tuple(f"{count} {what}" + (f" ({how})" if how else "") for count, what, how in told if count > 0)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


_STEPS = (
    select(status_request.c.work_package, question_step.c.content)
    .join_from(question_step, escalation, escalation.c.id == question_step.c.question)
    .join(status_request, status_request.c.id == escalation.c.request)
    .order_by(question_step.c.question, question_step.c.number)
)


def _lives(steps: Iterable[tuple[Any, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return the states that each package's question went through."""
    found: dict[str, tuple[str, ...]] = {}
    for package, content in steps:
        found[package] = (*found.get(package, ()), str(content["state"]))
    return found


_EDITIONS = (
    select(
        report.c.meeting, report.c.content["edition"].as_integer(), report.c.content["corrected_because"].as_string()
    )
    .where(report.c.state != "draft")
    .order_by(report.c.meeting, report.c.version)
)


def _corrected(editions: Iterable[tuple[Any, ...]], sent: Iterable[str]) -> tuple[CorrectedReport, ...]:
    """Return the reports with more than one released edition. *sent*: keys of messages that left."""
    released = list(editions)
    kept = Counter(meeting for meeting, _, _ in released)
    newest = {meeting: (edition, why) for meeting, edition, why in released if edition and edition > 1}
    notices = {meeting: f"report_notice/{meeting}/{edition}/" for meeting, (edition, _) in newest.items()}
    return tuple(
        CorrectedReport(
            meeting=meeting,
            why=why,
            kept=kept[meeting],
            told=sum(key.startswith(notices[meeting]) for key in sent),
        )
        for meeting, (_, why) in newest.items()
    )


_RELEASED = select(report.c.meeting, report.c.content).where(report.c.state != "draft").order_by(report.c.meeting)


def _assessed(released: Iterable[tuple[Any, ...]]) -> tuple[str, ...]:
    """Return the meetings of reports that a lead has assessed or summed up."""
    found = [key for key, content in released if content.get("assessment") or content.get("summing_up")]
    return tuple(dict.fromkeys(found))


def _series(released: Iterable[tuple[Any, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return the bodies that got reports of each package."""
    found: dict[str, dict[str, None]] = {}
    for key, content in released:
        for package in content.get("packages", ()):
            found.setdefault(package["key"], {})[key.partition("/")[0]] = None
    return {package: tuple(bodies) for package, bodies in found.items()}


def _late(contents: Iterable[tuple[Any, ...]], today: date) -> tuple[str, ...]:
    """Return the newest decisions that are late on *today*, as a body's page lists them, with their body."""
    newest = {item.key: item for (content,) in contents for item in [Decision.from_data(content)]}
    listed, _ = matters_in_order(Matters(decisions=tuple(newest.values())), today)
    late = [item for item in listed if item.is_late(today)]
    return tuple(f"{item.body}: {item.label}" for item in late if item in listed[: len(late)])


async def read_ledger(database: Database, *, today: date = date.max) -> Ledger:
    """Return the ledger as it stands now. *today*: the day on which decisions are late or not."""
    audit = await verify(SQLAudit(database))
    async with database.read() as connection:

        async def rows(query: object) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in await connection.execute(query)]  # type: ignore[call-overload]

        newest = select(report.c.meeting, func.max(report.c.version).label("version")).group_by(report.c.meeting)
        last = newest.subquery()
        of_last = (report.c.meeting == last.c.meeting) & (report.c.version == last.c.version)
        requests = await rows(select(status_request.c.meeting, status_request.c.work_package, status_request.c.state))
        places = await rows(select(unit.c.key).where(unit.c.kind == "rollout.place", unit.c.state == "done"))
        surfaces = await rows(select(status_answer.c.surface))
        sent = (await connection.execute(select(message).where(message.c.state == "sent"))).all()
        to = [(row.surface, str(row.content["email"]).lower(), str(row.content["subject"])) for row in sent]
        doubtful = await rows(select(message.c.key).where(message.c.in_doubt).order_by(message.c.key))
        doubted = (await connection.execute(select(message).where(message.c.in_doubt))).all()
        released = await rows(_RELEASED)
        failed = await rows(select(unit.c.key, unit.c.note).where(unit.c.state == "failed").order_by(unit.c.key))
        return Ledger(
            places=len(places),
            booked=len(await rows(select(meeting.c.key).where(meeting.c.event_id != ""))),
            rounds=Counter(state for (state,) in await rows(select(status_round.c.state))),
            requests={f"{where}/{package}": state for where, package, state in requests},
            answers=len(surfaces),
            surfaces=Counter(surface for (surface,) in surfaces),
            sent=Counter(surface for surface, _, _ in to),
            mails=Counter((email, subject) for surface, email, subject in to if surface == "email"),
            told=Counter(email for _, email, _ in to),
            cards=Counter(email for surface, email, _ in to if surface == "personal"),
            doubtful=tuple(key for (key,) in doubtful),
            doubted=Counter(
                str(row.content["email"]).lower() if row.surface == "personal" else "channel"
                for row in doubted
                if row.surface != "email"
            ),
            reports=dict(await rows(select(report.c.meeting, report.c.state).join(last, of_last))),
            corrected=_corrected(await rows(_EDITIONS), [row.key for row in sent]),
            assessed=_assessed(released),
            series=_series(released),
            questions=_lives(await rows(_STEPS)),
            late=_late(await rows(select(decision.c.content).order_by(decision.c.key, decision.c.version)), today),
            failed=tuple(f"{key}: {note}" for key, note in failed),
            audit=audit,
        )
