"""Decide a redaction row by row from plain data: the rows that change, and the copies that follow."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.programme import Programme
from workflows.messages.model import MessageState, Surface
from workflows.papers.reports.model import ReportContent, ReportState, checksum, content_from
from workflows.privacy.model import Holds, RecordKind, RecordRow, RowChange
from workflows.privacy.redaction.model import LeftKind, RedactionPlan, RedactionStep, StepKind
from workflows.privacy.redaction.slipped import SlippedText
from workflows.privacy.subject import leaves

WORDED = (Holds.WORDS, Holds.ENTRIES)
SPARED = (RecordKind.AUDIT, RecordKind.SERVICE)
"""Kinds without words: the chain of acts is never rewritten."""
ANSWERED = ("status_request", "status_answer", "status_draft", "escalation", "question_step")
"""Tables whose words stand on the cards of a request, too."""
LIST_ROW = "row:"
_KEY = re.compile(r"[a-z0-9]+(?:[-_./:][a-z0-9]+)*")

SetReport = Callable[[ReportContent, datetime], bytes]
"""Returns a report as the PDF that is kept."""


def reserved_word(programme: Programme, documents: Mapping[str, Any], slipped: SlippedText) -> str:
    """
    Return a word of the register that the text would take away: a key, or a person's name or address; else empty.

    People of the register are shown by an access request and end by retention.
    """
    people = (word for person in programme.people for word in (person.name, person.email))
    keys = (leaf for leaf in leaves(documents) if _KEY.fullmatch(leaf))
    return next((word for word in (*people, *keys) if slipped.count(word)), "")


@dataclass(kw_only=True)
class RedactionReader:
    """Decides a redaction while the rows of the record pass by; see `RowReader`."""

    slipped: SlippedText
    marker: str
    now: datetime
    set_pdf: SetReport
    _found: Counter[str] = field(default_factory=Counter)
    _changes: list[RowChange] = field(default_factory=list)
    _papers: list[str] = field(default_factory=list)
    _steps: dict[tuple[StepKind, str], RedactionStep] = field(default_factory=dict)
    _left: Counter[LeftKind] = field(default_factory=Counter)
    _cards: dict[str, str] = field(default_factory=dict)
    """Cards that hang in Teams: message → request."""
    _requests: set[str] = field(default_factory=set)
    _questions: dict[str, str] = field(default_factory=dict)
    """The request that each lifted question came with."""
    _listed: dict[str, list[str]] = field(default_factory=dict)
    """Ids of the rows that reports of a meeting have in the site's list."""
    _register: RecordRow | None = None

    def take(self, row: RecordRow) -> None:
        """Look at the next row."""
        table, values = row.rule.table, row.values
        if row.rule.kind in SPARED:
            return
        if table == "register" and values["kind"] == "version":
            self._register = row
        if table == "message" and _hangs_in_teams(values):
            self._cards[values["key"]] = values["request"] or ""
        if table == "escalation":
            self._questions[values["id"]] = values["request"]
        if table == "report" and "row" in values["published"]:
            self._listed.setdefault(values["meeting"], []).append(str(values["published"]["row"]))
        worded = {name: values[name] for name in row.rule.holding(*WORDED)}
        found = sum(self.slipped.count_in(value) for value in worded.values())
        if not found:
            return
        self._found[table] += found
        changed: dict[str, Any] = {name: self.slipped.without(value, self.marker) for name, value in worded.items()}
        changed = {name: value for name, value in changed.items() if value != worded[name]}
        changed |= self._follow(table, values, changed)
        self._changes.append(RowChange(row=row, values=changed))

    def plan(self) -> RedactionPlan:
        """Return the decision, once every row was taken."""
        if self._found["register"] and self._register is not None:
            # Whoever has read the register reads it again.
            position = self._register.values["position"] + 1
            self._changes.append(RowChange(row=self._register, values={"position": position}))
        requests = {self._questions.get(key, key) for key in self._requests}
        for message, request in self._cards.items():
            if request in requests:
                self._add(StepKind.CARD, message)
        steps = [self._with_rows(step) for step in self._steps.values()]
        return RedactionPlan(
            found=dict(self._found),
            changes=self._changes,
            papers=sorted(set(self._papers)),
            steps=steps,
            left=self._left_after(steps) if self._changes else {},
        )

    # ------------------------------------------------------------------------------------------------------- by table

    def _follow(self, table: str, values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        """Note what follows outside from a changed row, and return what changes in it besides."""
        match table:
            case "report":
                return self._report(values, changed)
            case "agenda" | "minutes":
                self._paper(table, values)
            case "meeting":
                return self._meeting(values, changed)
            case "message":
                return self._message(values)
            case "archive_handover":
                self._left[LeftKind.ARCHIVE] += 1
            case "resource":
                self._resource(values)
            case _ if table in ANSWERED:
                self._requests.add(values.get("request") or values.get("question") or values["id"])
        return {}

    def _report(self, values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        """Return checksum and PDF of the other content: both say again what stands there."""
        if values["state"] != ReportState.DRAFT:
            self._add(StepKind.REPORT, values["meeting"])
            self._papers.append(f"{values['meeting']}/report/{values['version']}")
        if "content" not in changed:
            return {}
        content = content_from(changed["content"])
        follow: dict[str, Any] = {"checksum": checksum(content)}
        if values["pdf"] is not None:
            follow["pdf"] = self.set_pdf(content, values["released_at"] or values["compiled_at"])
        return follow

    def _paper(self, table: str, values: Mapping[str, Any]) -> None:
        self._add(StepKind.PAPERS, values["meeting"])
        if table == "agenda" or values["approved_at"] is not None:
            self._papers.append(f"{values['meeting']}/{table}/{values.get('version', 1)}")

    def _meeting(self, values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        """Return what makes feeds read the meeting again, and keeps its old place in Outlook from being taken over."""
        if values["event_id"] and values["booked_by_us"]:
            self._add(StepKind.EVENT, values["key"])
        booked = {name: value for name, value in changed.get("booked", values["booked"]).items() if name != "location"}
        return {"booked": booked, "sequence": values["sequence"] + 1, "changed_at": self.now}

    def _message(self, values: Mapping[str, Any]) -> dict[str, Any]:
        is_mail = values["surface"] == Surface.EMAIL
        if _hangs_in_teams(values):
            self._add(StepKind.CARD, values["key"])
        elif is_mail and values["state"] == MessageState.SENT:
            self._left[LeftKind.MAIL] += 1
        elif values["state"] == MessageState.SENDING:
            # Its words may have left already, or lie in a draft that would be sent as it is.
            self._left[LeftKind.DRAFTS if is_mail else LeftKind.CARDS] += 1
            return {"state": MessageState.DROPPED}
        return {}

    def _resource(self, values: Mapping[str, Any]) -> None:
        if str(values["key"]).startswith(LIST_ROW):
            self._add(StepKind.LIST_ROW, f"{values['place']}|{values['key']}")
        else:
            self._left[LeftKind.PLACES] += 1

    # --------------------------------------------------------------------------------------------------------- outside

    def _add(self, kind: StepKind, key: str) -> None:
        self._steps.setdefault((kind, key), RedactionStep(kind=kind, key=key))

    def _with_rows(self, step: RedactionStep) -> RedactionStep:
        if step.kind is not StepKind.REPORT:
            return step
        return RedactionStep(kind=step.kind, key=step.key, details={"rows": self._listed.get(step.key, [])})

    def _left_after(self, steps: list[RedactionStep]) -> dict[LeftKind, int]:
        """Return what nobody here reaches, however little was found."""
        left = Counter(self._left)
        left[LeftKind.RECYCLE_BIN] = sum(step.kind in (StepKind.REPORT, StepKind.PAPERS) for step in steps)
        left[LeftKind.DOWNLOADS] = len(set(self._papers))
        left[LeftKind.REGISTER_FILES] = self._found["register"] + self._found["register_change"]
        left[LeftKind.BACKUPS] = 1
        return {kind: left[kind] for kind in LeftKind if left[kind]}


def _hangs_in_teams(values: Mapping[str, Any]) -> bool:
    return values["state"] == MessageState.SENT and "activity" in (values["reference"] or {})
