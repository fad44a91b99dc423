"""Redactions ordered by people: looked for first, then carried out at once in the record and step by step outside."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import texts
from config.programme import Programme
from workflows.errors import Conflict, Invalid
from workflows.papers.reports.model import ReportContent, checksum
from workflows.ports.units import Clock
from workflows.privacy.model import PrivacyAct, RecordRows
from workflows.privacy.redaction.model import Redaction, RedactionPlan, Redactions
from workflows.privacy.redaction.plan import RedactionReader, SetReport, reserved_word
from workflows.privacy.redaction.slipped import SlippedText

ACTION = "privacy.redaction"
TRIES = 3
"""Tries while somebody else redacts at the same moment."""


class ReservedText(Invalid):
    """A text that is a key of the register, or names a person in it. *word*: the one it would take away."""

    def __init__(self, word: str) -> None:
        super().__init__("redact a text", "the register has it as a key or a person's name")
        self.word = word


class RegisterDocuments(Protocol):
    async def documents(self) -> Mapping[str, Any]:
        """Return the register as documents."""
        ...


@dataclass(frozen=True, kw_only=True)
class Redacting:
    """Looks for a text, and takes it out. Raises Invalid for a text that says too little, ReservedText for a key."""

    programme: Callable[[], Awaitable[Programme]]
    register: RegisterDocuments
    rows: RecordRows
    redactions: Redactions
    set_report: Callable[[ReportContent, str, datetime], bytes]
    clock: Clock

    async def preview(self, text: str, *, parts: bool = False) -> RedactionPlan:
        """Tell where a text stands, and what a redaction would do, changing nothing."""
        slipped = await self._checked(text, parts=parts)
        programme, number = await self.programme(), await self.redactions.next_number()
        reader = self._reader(programme, slipped, number, lambda content, at: b"")
        async for row in self.rows.read():
            reader.take(row)
        return reader.plan()

    async def redact(self, text: str, *, basis: str, by: str = "", parts: bool = False) -> Redaction | None:
        """Take a text out of the record at once, and make the unit due that follows outside; None where it is not."""
        slipped = await self._checked(text, parts=parts)
        programme = await self.programme()
        for _ in range(TRIES - 1):
            with suppress(Conflict):
                return await self._carry_out(programme, slipped, basis=basis, by=by)
        return await self._carry_out(programme, slipped, basis=basis, by=by)

    async def _carry_out(self, programme: Programme, slipped: SlippedText, *, basis: str, by: str) -> Redaction | None:
        """Raises Conflict when somebody else takes the number meanwhile."""
        number = await self.redactions.next_number()
        files = _ReportFiles(self.set_report, texts.choose(programme.language))
        # Set beforehand: the typesetter takes its time, and meanwhile others write.
        before = self._reader(programme, slipped, number, files.note)
        async for row in self.rows.read():
            before.take(row)
        await asyncio.to_thread(files.set_noted)
        reader = self._reader(programme, slipped, number, files.set)
        now = self.clock.now()
        marker = Redaction(number=number, at=now, by=by, basis=slipped.without(basis, reader.marker), found={})
        act = PrivacyAct(by=by, action=ACTION, subject=str(number), at=now)
        return await self.redactions.carry_out(reader, number, partial(_marked, marker), act)

    async def _checked(self, text: str, *, parts: bool) -> SlippedText:
        slipped = SlippedText(text=text, parts=parts)
        programme = await self.programme()
        word = reserved_word(programme, await self.register.documents(), slipped)
        marker = texts.say("redaction.marker", programme.language, number=1)
        if word or slipped.count(marker):
            raise ReservedText(word or marker)
        return slipped

    def _reader(self, programme: Programme, slipped: SlippedText, number: int, set_pdf: SetReport) -> RedactionReader:
        return RedactionReader(
            slipped=slipped,
            marker=texts.say("redaction.marker", programme.language, number=number),
            now=self.clock.now(),
            set_pdf=set_pdf,
        )


def _marked(marker: Redaction, plan: RedactionPlan) -> Redaction:
    """Return the marker with what the redaction came to."""
    return replace(marker, found=plan.found, papers=plan.papers, steps=plan.steps, left=plan.left)


class _ReportFiles:
    """The PDFs of reports that change, set before the record is held."""

    def __init__(self, set_report: Callable[[ReportContent, str, datetime], bytes], language: str) -> None:
        self._set_report = set_report
        self._language = language
        self._noted: dict[str, tuple[ReportContent, datetime]] = {}
        self._files: dict[str, bytes] = {}

    def note(self, content: ReportContent, at: datetime) -> bytes:
        """Remember a report whose PDF will be asked for."""
        self._noted[_name(content, at)] = (content, at)
        return b""

    def set_noted(self) -> None:
        """Set the PDFs that were noted."""
        self._files = {
            name: self._set_report(content, self._language, at) for name, (content, at) in self._noted.items()
        }

    def set(self, content: ReportContent, at: datetime) -> bytes:
        """Return a report's PDF, set now if it was compiled a moment ago."""
        return self._files.get(_name(content, at)) or self._set_report(content, self._language, at)


def _name(content: ReportContent, at: datetime) -> str:
    return f"{checksum(content)} {at.isoformat()}"
