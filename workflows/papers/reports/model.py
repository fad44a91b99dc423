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

from workflows.papers.reports.owner_parts import (
    AgreementLine,
    CalendarLine,
    IndicatorSum,
    OwnerLesson,
    PackageLight,
    PassedOn,
    SettledBelow,
)
from workflows.papers.reports.package_report import MISSING, PackageReport, day_from, plain
from workflows.papers.reports.parts import (
    ActivityLine,
    AnsweredQuestion,
    BudgetFigure,
    CorrectedText,
    ReportChange,
    WantedDecision,
)
from workflows.status.model import Light

LIGHTS = (*(light.value for light in Light), MISSING)
"""The states of a package, in the order reports count them."""


class ReportState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    """Fixed: it changes no more."""
    PUBLISHED = "published"
    """And a copy stands on the place's site."""


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
        return cls(**{**data, "due_on": day_from(data["due_on"])})


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """The meeting a report is for. Moments are local wall times, as they were agreed."""

    key: str
    body: str
    starts_local: datetime
    ends_local: datetime
    location: str = ""

    def to_data(self) -> dict[str, Any]:
        data: dict[str, Any] = plain(asdict(self))
        return data

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
    board: str = ""
    """The board's own name; empty in reports from before it was kept."""
    packages: tuple[PackageReport, ...]
    follow_up: tuple[FollowUpLine, ...] = ()
    wanted: tuple[WantedDecision, ...] = ()
    """The questions that the board is asked; none of them is settled."""
    answered: tuple[AnsweredQuestion, ...] = ()
    """The questions that were answered elsewhere, or said to be solved or not, since the last report."""
    changes: tuple[ReportChange, ...] = ()
    previous_day: date | None = None
    """The day of the last report of the same board; None for the first."""
    budget: tuple[BudgetFigure, ...] = ()
    activities: tuple[ActivityLine, ...] = ()
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
    def is_first(self) -> bool:
        """True when no package has been told of before: there is nothing to compare with."""
        return not any(package.previous_light or package.last_light for package in self.packages)

    @property
    def is_empty(self) -> bool:
        """Nobody answered."""
        return len(self.missing) == len(self.packages)

    def to_data(self) -> dict[str, Any]:
        return {"kind": "board", **_without_empty(plain(asdict(self)), "board", "answered")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        own: dict[str, Any] = {
            "meeting": MeetingFacts.from_data(data["meeting"]),
            "packages": tuple(PackageReport.from_data(item) for item in data["packages"]),
            "follow_up": _follow_up_from(data),
            "wanted": tuple(WantedDecision(**item) for item in data.get("wanted", _asked_in(data))),
            "answered": tuple(AnsweredQuestion(**item) for item in data.get("answered", ())),
            "changes": tuple(ReportChange.from_data(item) for item in data.get("changes", ())),
            "previous_day": day_from(data.get("previous_day")),
            "budget": tuple(BudgetFigure(**item) for item in data.get("budget", ())),
            "activities": tuple(ActivityLine(**item) for item in data.get("activities", ())),
            "corrected": tuple(CorrectedText(**item) for item in data.get("corrected", ())),
        }
        return cls(**{name: value for name, value in data.items() if name not in ("kind", *own)}, **own)


def _without_empty(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return *data* without the parts *names* that are empty: a report from before they were kept keeps its
    checksum."""
    return {name: value for name, value in data.items() if value or name not in names}


def _asked_in(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the questions of a report from before they had a life of their own: its packages' own words."""
    return [
        {"package": item["key"], "question": item["question"], "proposal": item["proposal"]}
        for item in data["packages"]
        if item["question"]
    ]


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
    missing: tuple[str, ...] = ()
    """Names of the packages nobody answered for."""
    packages: tuple[PackageLight, ...] = ()
    as_is: bool = False
    """Its local lead had not gone through the report."""

    @property
    def answered(self) -> int:
        return sum(self.counts.values()) - len(self.missing)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        day = data["report_day"]
        changed = {
            "report_day": date.fromisoformat(day) if day else None,
            "red": tuple(data["red"]),
            "missing": tuple(data["missing"]),
            "packages": tuple(PackageLight(**item) for item in data.get("packages", ())),
        }
        # Summaries of earlier versions held what packages asked their local boards: no words for this level.
        return cls(**{name: value for name, value in {**data, **changed}.items() if name != "questions"})


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
    passed_on: tuple[PassedOn, ...] = ()
    """The questions that local boards have decided to pass on, and no others."""
    settled: tuple[SettledBelow, ...] = ()
    """The questions that were settled in their municipalities since the last summary."""
    sums: tuple[IndicatorSum, ...] = ()
    lessons: tuple[OwnerLesson, ...] = ()
    """Texts that their authors meant for this level, of the reports that are new."""
    agreements: tuple[AgreementLine, ...] = ()
    calendar: tuple[CalendarLine, ...] = ()
    summing_up: str = ""
    """The county lead's."""
    summed_by: str = ""

    def to_data(self) -> dict[str, Any]:
        return {"kind": "owner", **_without_empty(plain(asdict(self)), "settled")}

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
            passed_on=tuple(PassedOn.from_data(item) for item in data.get("passed_on", ())),
            settled=tuple(SettledBelow.from_data(item) for item in data.get("settled", ())),
            sums=tuple(IndicatorSum(**item) for item in data.get("sums", ())),
            lessons=tuple(OwnerLesson(**item) for item in data.get("lessons", ())),
            agreements=tuple(AgreementLine.from_data(item) for item in data.get("agreements", ())),
            calendar=tuple(CalendarLine.from_data(item) for item in data.get("calendar", ())),
            summing_up=data.get("summing_up", ""),
            summed_by=data.get("summed_by", ""),
        )


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
