"""Reports as values: a local board's report, the owner board's summary, and a report in the record.

A report's words in a language are made of these values; people's own words stand in them as they were written.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from workflows.status.model import Light

MISSING = "missing"
LIGHTS = (*(light.value for light in Light), MISSING)
"""The states of a package, in the order reports count them."""


class ReportState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    """Fixed: it changes no more."""
    PUBLISHED = "published"
    """And a copy stands on the place's site."""


@dataclass(frozen=True, kw_only=True)
class IndicatorLine:
    """One indicator; a number that nobody gave is None."""

    name: str
    unit: str
    better: str
    target: float | None = None
    previous: float | None = None
    now: float | None = None


@dataclass(frozen=True, kw_only=True)
class PackageReport:
    """One package's part of the report. *light* is `missing` when nobody answered."""

    key: str
    name: str
    lead: str
    light: str
    previous_light: str | None = None
    done: str = ""
    next: str = ""
    hinders: str = ""
    question: str = ""
    proposal: str = ""
    on_behalf: bool = False
    edited: bool = False
    """The local lead changed or left out a sentence."""
    indicators: tuple[IndicatorLine, ...] = ()

    @property
    def is_missing(self) -> bool:
        return self.light == MISSING

    @property
    def is_changed(self) -> bool:
        """Tell whether its light is another than last time; no answer is no change."""
        return not self.is_missing and self.light != self.previous_light

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        indicators = tuple(IndicatorLine(**item) for item in data["indicators"])
        return cls(**{**data, "indicators": indicators})


@dataclass(frozen=True, kw_only=True)
class FollowUpLine:
    """Something an earlier meeting decided that is not finished."""

    key: str
    """The decision's or the action item's."""
    label: str
    """The item it was decided on, «12/26»; empty when there was none."""
    text: str
    who: str = ""
    due_on: date | None = None
    words: str = ""
    """The round's word on it; empty when there is none."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "due_on": date.fromisoformat(data["due_on"]) if data["due_on"] else None})


@dataclass(frozen=True, kw_only=True)
class CorrectedText:
    """One text that a corrected version has otherwise. What stood there before is not told: it may be what was wrong.

    *package*: its name, empty for the lead's assessment. *field*: the text's name.
    """

    package: str
    field: str


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """The meeting a report is for. Moments are local wall times, as they were agreed."""

    key: str
    body: str
    starts_local: datetime
    ends_local: datetime
    location: str = ""

    def to_data(self) -> dict[str, Any]:
        moments = {"starts_local": self.starts_local.isoformat(), "ends_local": self.ends_local.isoformat()}
        return {**asdict(self), **moments}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        moments = {name: datetime.fromisoformat(data[name]) for name in ("starts_local", "ends_local")}
        return cls(**{**data, **moments})


@dataclass(frozen=True, kw_only=True)
class BoardReport:
    """A local board's report. Packages stand in the register's order."""

    meeting: MeetingFacts
    municipality: str
    """Its slug."""
    municipality_name: str
    name: str
    """The programme's part there, as readers know it."""
    packages: tuple[PackageReport, ...]
    follow_up: tuple[FollowUpLine, ...] = ()
    assessment: str = ""
    """The local lead's, in a few sentences."""
    assessed_by: str = ""
    as_is: bool = False
    """It was released at its time without the local lead having gone through it."""
    edition: int = 1
    """Above 1 for a version that corrects a released one."""
    corrected_because: str = ""
    corrected: tuple[CorrectedText, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Count the packages by light, every light named."""
        return count_lights(self.packages)

    @property
    def questions(self) -> tuple[PackageReport, ...]:
        return tuple(package for package in self.packages if package.question)

    @property
    def missing(self) -> tuple[PackageReport, ...]:
        return tuple(package for package in self.packages if package.is_missing)

    @property
    def changed(self) -> tuple[PackageReport, ...]:
        return tuple(package for package in self.packages if package.is_changed)

    @property
    def is_empty(self) -> bool:
        """Nobody answered."""
        return len(self.missing) == len(self.packages)

    def to_data(self) -> dict[str, Any]:
        return {"kind": "board", **asdict(self), "meeting": self.meeting.to_data(), **_follow_up_data(self.follow_up)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        own: dict[str, Any] = {
            "meeting": MeetingFacts.from_data(data["meeting"]),
            "packages": tuple(PackageReport.from_data(item) for item in data["packages"]),
            "follow_up": _follow_up_from(data),
            "corrected": tuple(CorrectedText(**item) for item in data.get("corrected", ())),
        }
        return cls(**{name: value for name, value in data.items() if name not in ("kind", *own)}, **own)


@dataclass(frozen=True, kw_only=True)
class LiftedQuestion:
    package: str
    question: str
    proposal: str = ""
    stands_still: bool = False
    """The package that asks is red: it cannot go on without help."""


@dataclass(frozen=True, kw_only=True)
class MunicipalityLine:
    """One municipality in the owner board's summary. Without a report, everything but its name is empty."""

    slug: str
    name: str
    report_meeting: str = ""
    """The meeting whose report this line builds on."""
    report_day: date | None = None
    is_new: bool = False
    """The last summary built on an older report, or on none."""
    counts: Mapping[str, int] = field(default_factory=dict)
    red: tuple[str, ...] = ()
    """Names of the packages that stand still."""
    questions: tuple[LiftedQuestion, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of the packages nobody answered for."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        day = data["report_day"]
        changed = {
            "report_day": date.fromisoformat(day) if day else None,
            "red": tuple(data["red"]),
            "questions": tuple(LiftedQuestion(**item) for item in data["questions"]),
            "missing": tuple(data["missing"]),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True, kw_only=True)
class OwnerSummary:
    """Every municipality on one page, by name."""

    meeting: MeetingFacts
    name: str
    """The board, as readers know it."""
    municipalities: tuple[MunicipalityLine, ...]
    is_first: bool = True
    now_red: tuple[tuple[str, str], ...] = ()
    """(municipality, package) that did not stand still in the last summary."""
    no_longer_red: tuple[tuple[str, str], ...] = ()
    follow_up: tuple[FollowUpLine, ...] = ()

    @property
    def decisions(self) -> tuple[tuple[str, LiftedQuestion], ...]:
        """(municipality, question) of the packages that stand still."""
        return tuple((place, asked) for place, asked in self.questions if asked.stands_still)

    @property
    def questions(self) -> tuple[tuple[str, LiftedQuestion], ...]:
        return tuple((line.name, asked) for line in self.municipalities for asked in line.questions)

    def to_data(self) -> dict[str, Any]:
        data = {"kind": "owner", **asdict(self), "meeting": self.meeting.to_data(), **_follow_up_data(self.follow_up)}
        for line in data["municipalities"]:
            line["report_day"] = line["report_day"].isoformat() if line["report_day"] else None
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        def pairs(name: str) -> tuple[tuple[str, str], ...]:
            return tuple((str(place), str(package)) for place, package in data[name])

        return cls(
            meeting=MeetingFacts.from_data(data["meeting"]),
            name=data["name"],
            municipalities=tuple(MunicipalityLine.from_data(item) for item in data["municipalities"]),
            is_first=data["is_first"],
            now_red=pairs("now_red"),
            no_longer_red=pairs("no_longer_red"),
            follow_up=_follow_up_from(data),
        )


def _follow_up_data(lines: tuple[FollowUpLine, ...]) -> dict[str, Any]:
    return {
        "follow_up": [{**asdict(line), "due_on": line.due_on.isoformat() if line.due_on else None} for line in lines]
    }


def _follow_up_from(data: Mapping[str, Any]) -> tuple[FollowUpLine, ...]:
    return tuple(FollowUpLine.from_data(line) for line in data.get("follow_up", ()))


ReportContent = BoardReport | OwnerSummary


def edition_of(content: ReportContent) -> int:
    """Return 1 for a report, and more for a version that corrects a released one."""
    return content.edition if isinstance(content, BoardReport) else 1


def content_from(data: Mapping[str, Any]) -> ReportContent:
    """A report's content out of the record."""
    return OwnerSummary.from_data(data) if data["kind"] == "owner" else BoardReport.from_data(data)


def checksum(content: ReportContent) -> str:
    """The same for the same content, whatever wrote it down: SHA-256 of its JSON in one canonical spelling."""
    spelled = json.dumps(content.to_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def count_lights(packages: tuple[PackageReport, ...]) -> Mapping[str, int]:
    """Count the lights of *packages*, every light named."""
    found = Counter(package.light for package in packages)
    return {light: found[light] for light in LIGHTS}


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """One version of a meeting's report in the record. *pdf*: from its release on."""

    meeting: str
    version: int
    state: ReportState
    content: ReportContent
    checksum: str
    compiled_at: datetime
    released_at: datetime | None = None
    pdf: bytes | None = None
    published: Mapping[str, Any] = field(default_factory=dict)
    """The notes of the copy in SharePoint; see `workflows.papers.reports.site_copy`."""

    @property
    def is_released(self) -> bool:
        return self.state is not ReportState.DRAFT
