"""The local lead's review of a report: an assessment, sentences changed or left out, a hold, an early release.

The answers stay as they were given. A review is applied to a report's values when they are shown and when they are
released; an edit belongs to the sentence it was written for, and is void once the package's lead has written another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from workflows.digest import digest
from workflows.papers.reports.model import BoardReport, OwnerSummary
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.parts import CorrectedText
from workflows.sentences import SENTENCE_GAP, split_sentences

MAX_ASSESSMENT = 600
"""Characters in the assessment: three sentences that a board reads first."""
MAX_SENTENCES = 3
MAX_SENTENCE = 1000
EDITABLE = ("done", "next", "hinders", "lesson")
"""The texts of a package that a lead may edit. A question to the board is its asker's own and goes another way."""


@dataclass(frozen=True, kw_only=True)
class SentenceEdit:
    """One sentence of a package's text, and the words that stand instead; empty words leave it out."""

    package: str
    field: str
    original: str
    text: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.package, self.field, self.original


@dataclass(frozen=True, kw_only=True)
class Review:
    """A local lead's review of one meeting's report. *version*: 0 until something is stored."""

    meeting: str
    version: int = 0
    by: str = ""
    """Key of the person who changed it last."""
    at: datetime | None = None
    assessment: str = ""
    assessed_by: str = ""
    """Key of the person who wrote the assessment."""
    edits: tuple[SentenceEdit, ...] = ()
    held: bool = False
    """True while the report is to wait for the lead beyond its time."""
    send_now: bool = False
    """True when the lead releases it before its time."""
    correction: str = ""
    """The reason for the corrected version that was asked for last."""

    @property
    def is_gone_through(self) -> bool:
        """Tell whether the lead has said or done something about the report."""
        return bool(self.assessment or self.edits or self.send_now)

    def to_data(self) -> dict[str, Any]:
        """Plain data for the record, but for what has columns of its own; `from_data` reads it back."""
        data = asdict(self)
        return {name: value for name, value in data.items() if name not in ("meeting", "version", "by", "at")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], **own: Any) -> Self:
        edits = tuple(SentenceEdit(**item) for item in data.get("edits", ()))
        return cls(**{**data, "edits": edits}, **own)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a report's text as a lead edits it. *id*: the same as long as its words are."""

    id: str
    field: str
    original: str
    text: str


def sentences_of(package: PackageReport, edits: Iterable[SentenceEdit]) -> tuple[Sentence, ...]:
    """List the sentences of a package's texts, each with the words that stand for it now."""
    known = {edit.place: edit.text for edit in edits}
    return tuple(
        Sentence(
            id=f"{name}-{digest(original)[:12]}",
            field=name,
            original=original,
            text=known.get((package.key, name, original), original),
        )
        for name in EDITABLE
        for original in dict.fromkeys(split_sentences(getattr(package, name)))
    )


def reviewed(report: BoardReport, review: Review, *, names: Mapping[str, str]) -> BoardReport:
    """Return *report* as the lead wants it. *names*: people as readers know them, by key."""
    return replace(
        report,
        assessment=review.assessment,
        assessed_by=names.get(review.assessed_by, "") if review.assessment else "",
        packages=tuple(_edited(package, review.edits) for package in report.packages),
    )


def released_content(draft: BoardReport, review: Review, *, names: Mapping[str, str]) -> BoardReport:
    """Return the content that a release fixes; it says so when the lead has not gone through it."""
    return replace(reviewed(draft, review, names=names), as_is=not review.is_gone_through)


def summed_up(summary: OwnerSummary, review: Review, *, names: Mapping[str, str]) -> OwnerSummary:
    """Return the owner board's summary with the county lead's summing up."""
    by = names.get(review.assessed_by, "") if review.assessment else ""
    return replace(summary, summing_up=review.assessment, summed_by=by)


def corrected_content(released: BoardReport, review: Review, *, names: Mapping[str, str]) -> BoardReport:
    """Return the version that corrects *released*; *released* itself when the review changes nothing in it."""
    new = reviewed(released, review, names=names)
    corrected = [
        CorrectedText(package=now.name, field=name)
        for now, before in zip(new.packages, released.packages, strict=True)
        for name in EDITABLE
        if getattr(now, name) != getattr(before, name)
    ]
    if new.assessment != released.assessment:
        corrected.insert(0, CorrectedText(package="", field="assessment"))
    if not corrected:
        return released
    return replace(
        new,
        as_is=released.as_is and not new.assessment,
        edition=released.edition + 1,
        corrected_because=review.correction,
        corrected=tuple(corrected),
    )


def changed_texts(report: BoardReport, review: Review) -> Mapping[str, tuple[SentenceEdit, ...]]:
    """Return the edits that change something, by package: one of words that are there no longer changes nothing."""
    found: dict[str, tuple[SentenceEdit, ...]] = {}
    for package in report.packages:
        there = {(item.field, item.original) for item in sentences_of(package, ())}
        edits = tuple(
            item for item in review.edits if item.package == package.key and (item.field, item.original) in there
        )
        if edits:
            found[package.key] = edits
    return found


def _edited(package: PackageReport, edits: Iterable[SentenceEdit]) -> PackageReport:
    own = {(edit.field, edit.original): edit.text for edit in edits if edit.package == package.key}
    if not own:
        return package
    texts: dict[str, Any] = {name: _edited_text(getattr(package, name), name, own) for name in EDITABLE}
    new = replace(package, **texts)
    return package if new == package else replace(new, edited=True)


def _edited_text(text: str, name: str, edits: Mapping[tuple[str, str], str]) -> str:
    if not any((name, sentence) in edits for sentence in split_sentences(text)):
        return text
    # The gaps between sentences stay as they were written, so that lines stay lines.
    kept, at = "", 0
    for gap in [*SENTENCE_GAP.finditer(text), None]:
        sentence = text[at : gap.start() if gap else len(text)].strip()
        words = edits.get((name, sentence), sentence)
        if words:
            kept += words + (gap.group() if gap else "")
        at = gap.end() if gap else at
    return kept.strip()
