"""Retention: rules of the programme say what ends when; a person's data goes when their last role has ended."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import texts
from config.programme import Programme
from config.retention import RetentionKind, RetentionRule
from config.values import Assignment, Person
from workflows.messages.model import MessageState
from workflows.papers.archive.ports import HandoverStore
from workflows.papers.archive.receipts import without_receipt
from workflows.papers.record import PaperRecord
from workflows.ports.units import Clock
from workflows.privacy.former import FORMER, Former, forgotten
from workflows.privacy.model import Decide, PrivacyAct, RecordRow, RecordRows, RowChange
from workflows.privacy.subject import Subject, grown, is_about, person_subject

ACTION = "privacy.retention"
OF_A_MEETING = (
    "report",
    "report_review",
    "agenda",
    "agenda_proposal",
    "minutes",
    "status_request",
    "status_round",
)
"""Tables whose rows belong to a meeting, and end with its papers."""
LEFT = (MessageState.SENT, MessageState.FAILED, MessageState.DROPPED)


@dataclass(frozen=True, kw_only=True)
class RetentionLine:
    """A rule, and the data that it ends today: so many rows, or people."""

    rule: RetentionRule
    count: int
    waiting: int = 0
    """Meetings whose papers are old enough, and stay until the archive has a receipt for each."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Ends what the rules say. Each rule, and each person, is a transaction: it may stop anywhere and run again."""

    programme: Callable[[], Awaitable[Programme]]
    rows: RecordRows
    papers: PaperRecord
    handovers: HandoverStore
    clock: Clock

    async def preview(self) -> Sequence[RetentionLine]:
        """Tell what would end today, changing nothing."""
        programme = await self.programme()
        lines = []
        for rule in programme.retention:
            if rule.kind is RetentionKind.PEOPLE:
                lines.append(RetentionLine(rule=rule, count=len(await self._expired(programme, rule))))
            else:
                decide, waiting = await self._decide(programme, rule)
                found = [row async for row in self.rows.read() if decide(row) is not None]
                lines.append(RetentionLine(rule=rule, count=len(found), waiting=waiting))
        return lines

    async def apply(self, *, by: str = "") -> Sequence[RetentionLine]:
        """End it. A repeat on the same day ends nothing more."""
        programme = await self.programme()
        lines = []
        for rule in programme.retention:
            if rule.kind is RetentionKind.PEOPLE:
                lines.append(RetentionLine(rule=rule, count=await self._forget(rule, by)))
                continue
            decide, waiting = await self._decide(programme, rule)
            count = await self.rows.rewrite(decide, self._act(by, rule.kind))
            lines.append(RetentionLine(rule=rule, count=count, waiting=waiting))
        return lines

    async def _decide(self, programme: Programme, rule: RetentionRule) -> tuple[Decide, int]:
        """Return the decision about each row, and the number of meetings that wait for the archive's receipt."""
        if rule.kind is RetentionKind.PAPERS:
            return await self._decide_papers(programme, rule)
        opened: dict[str, datetime] = {}
        if rule.kind is RetentionKind.DRAFTS:
            async for row in self.rows.read(tables=["status_request"]):
                opened[row.values["id"]] = row.values["opened_at"]
        return ending(rule.kind, self.clock.now() - timedelta(days=rule.days), opened), 0

    async def _decide_papers(self, programme: Programme, rule: RetentionRule) -> tuple[Decide, int]:
        before = programme.today(self.clock.now()) - timedelta(days=rule.days)
        old, requests, questions = set[str](), dict[str, str](), dict[str, str]()
        async for row in self.rows.read(tables=["meeting", "status_request", "escalation"]):
            values = row.values
            match row.rule.table:
                case "meeting" if values["ends_local"].date() < before:
                    old.add(values["key"])
                case "status_request":
                    requests[values["id"]] = values["meeting"]
                case "escalation":
                    questions[values["id"]] = requests.get(values["request"], "")
        records = [await self.papers.of_body(body.key) for body in programme.bodies]
        open_meetings = without_receipt(records, await self.handovers.handovers())
        ended = old - open_meetings.keys()
        return ending_papers(ended, requests, questions), len(old & open_meetings.keys())

    # --------------------------------------------------------------------------------------------------------- people

    async def _expired(self, programme: Programme, rule: RetentionRule) -> Sequence[Person]:
        removed: dict[str, date] = {}
        async for row in self.rows.read(tables=["register_change"]):
            old, new = row.values["old"], row.values["new"]
            if row.values["section"] == "assignments" and isinstance(old, dict) and new is None:
                removed[str(old.get("person"))] = programme.today(row.values["at"])
        return expired_people(programme, removed, programme.today(self.clock.now()) - timedelta(days=rule.days))

    async def _forget(self, rule: RetentionRule, by: str) -> int:
        """Forget everybody whose time is over, one after the other; each is read of a register without the last one."""
        count = 0
        while expired := await self._expired(programme := await self.programme(), rule):
            subject = await self._with_accounts(person_subject(expired[0]))
            former = Former(
                number=1 + sum(item.key.startswith(FORMER) for item in programme.people),
                name=texts.say("retention.former", programme.language),
                domain=programme.organisation_of(expired[0]).domain,
            )
            act = PrivacyAct(by=by, action=ACTION, subject=former.key, at=self.clock.now())
            await self.rows.rewrite(partial(forgotten, subject=subject, former=former), act)
            count += 1
        return count

    async def _with_accounts(self, subject: Subject) -> Subject:
        """Return the person with the addresses and ids of their accounts."""
        async for row in self.rows.read(tables=["account", "guest"]):
            if is_about(row, subject):
                subject = grown(row, subject)
        return subject

    def _act(self, by: str, kind: RetentionKind) -> PrivacyAct:
        return PrivacyAct(by=by, action=ACTION, subject=kind, at=self.clock.now())


def ending(kind: RetentionKind, before: datetime, opened: Mapping[str, datetime]) -> Decide:
    """Return the decision about each row by the rule for *kind*: what is older than *before* ends."""

    def decide(row: RecordRow) -> RowChange | None:
        values = row.values
        match row.rule.table, kind:
            case "session", RetentionKind.SESSIONS:
                return _removed(row, values["ends_at"], before)
            case "link", RetentionKind.LINKS:
                # One without an end that was revoked stays: a new one of its kind is told from it by its number.
                return _removed(row, values["expires_at"], before)
            case "status_draft", RetentionKind.DRAFTS:
                return _removed(row, opened.get(values["request"]), before)
            case "event", RetentionKind.HISTORY:
                return _removed(row, values["at"], before)
            case "message", RetentionKind.MESSAGES if values["state"] in LEFT:
                return _emptied(row, values["sent_at"] or values["due_at"], before)
        return None

    return decide


def ending_papers(ended: Collection[str], requests: Mapping[str, str], questions: Mapping[str, str]) -> Decide:
    """
    Return the decision about each row of *ended* meetings: their papers go, with the answers that they were made of.

    *requests*, *questions*: the meeting of each. Decisions stay, as do the meetings themselves.
    """

    def decide(row: RecordRow) -> RowChange | None:
        table, values = row.rule.table, row.values
        match table:
            case "status_answer" | "status_draft":
                meeting = requests.get(values["request"])
            case "escalation":
                meeting = questions.get(values["id"])
            case "question_step":
                meeting = questions.get(values["question"])
            case _ if table in OF_A_MEETING:
                meeting = values["meeting"]
            case _:
                return None
        return RowChange(row=row, removed=True) if meeting in ended else None

    return decide


def _removed(row: RecordRow, at: datetime | None, before: datetime) -> RowChange | None:
    return RowChange(row=row, removed=True) if at is not None and at < before else None


def _emptied(row: RecordRow, at: datetime, before: datetime) -> RowChange | None:
    """Return a message without its words: the row stays, so that it is never sent again."""
    content = {name: type(value)() for name, value in row.values["content"].items()}
    values: dict[str, Any] = {"content": content, "failure": ""}
    is_empty = all(row.values[name] == value for name, value in values.items())
    return RowChange(row=row, values=values) if at < before and not is_empty else None


def expired_people(programme: Programme, removed: Mapping[str, date], before: date) -> Sequence[Person]:
    """
    Return the people whose last role ended before that day.

    *removed*: the day on which the last of a person's roles was taken out of the register, for those without any.
    Nobody goes who holds a role without an end, or never had one.
    """
    found = []
    for person in programme.people:
        ends = [_end_of(programme, item) for item in programme.assignments_of(person.key)] or [removed.get(person.key)]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends) and max(known) < before and not person.key.startswith(FORMER):
            found.append(person)
    return found


def _end_of(programme: Programme, item: Assignment) -> date | None:
    """Return the last day of a role: its own, its package's or its municipality's, the earliest; None without one."""
    municipality = item.municipality
    days = [item.until]
    if item.work_package is not None:
        package = programme.work_package(item.work_package)
        municipality = package.municipality
        days.append(package.until)
    if municipality is not None:
        days.append(programme.municipality(municipality).until)
    return min((day for day in days if day is not None), default=None)
