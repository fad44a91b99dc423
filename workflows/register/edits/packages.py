"""Work packages and their indicators: proposed, adopted, changed, ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from config.problems import phrase
from config.values import Indicator, PackageState, Role
from workflows.register.draft import Draft, DraftEntry, set_values
from workflows.register.edits.people import RoleSeat, end_after
from workflows.register.keys import free_key

SECTION = "work_packages"


@dataclass(frozen=True, kw_only=True)
class AddPackage:
    """
    Add a work package with its lead.

    It is a proposal until a board adopts it. A minor measure is the local lead's own: it runs at once.
    """

    kind: ClassVar[str] = "package.added"
    municipality: str
    name: str
    lead: str
    since: date
    summary: str = ""
    theme: str | None = None
    minor: bool = False

    def apply(self, draft: Draft) -> None:
        """Add the package and its lead's assignment to the municipality's document."""
        document = draft.document_of(self.municipality)
        taken = {str(entry.values.get("key")) for entry in draft.entries(SECTION)}
        key = free_key(self.name, taken, prefix=self.municipality)
        state = PackageState.RUNNING if self.minor else PackageState.PROPOSED
        values = {"key": key, "name": self.name, "summary": self.summary, "state": state, "minor": self.minor}
        draft.add(document, SECTION, {**values, "theme": self.theme, "since": self.since})
        seat = RoleSeat(role=Role.WORK_PACKAGE_LEAD, work_package=key)
        draft.add(document, "assignments", seat.values(self.lead, self.since))


@dataclass(frozen=True, kw_only=True)
class ChangePackage:
    """Change the words about a work package: its name, its channel's, its summary, its theme."""

    kind: ClassVar[str] = "package.changed"
    package: str
    values: Mapping[str, Any]

    def apply(self, draft: Draft) -> None:
        """Set the values."""
        draft.change(draft.entry(SECTION, self.package), self.values)


@dataclass(frozen=True, kw_only=True)
class ReportToBoard:
    """Let a work package report to another municipality's board too, or no more. Its own board is always told."""

    kind: ClassVar[str] = "package.board"
    package: str
    board: str
    reports: bool = True

    def apply(self, draft: Draft) -> None:
        """Set the boards, in the order in which they were named."""
        entry = draft.entry(SECTION, self.package)
        others = [board for board in entry.values.get("boards", ()) if board != self.board]
        draft.change(entry, {"boards": [*others, self.board] if self.reports else others})


@dataclass(frozen=True, kw_only=True)
class AdoptPackage:
    """Let a proposed work package run from a day on, by a decision of the board."""

    kind: ClassVar[str] = "package.adopted"
    package: str
    decision: str
    since: date

    def apply(self, draft: Draft) -> None:
        """Set its state, first day and the decision's number. Only a proposal is adopted."""
        entry = draft.entry(SECTION, self.package)
        state = entry.values.get("state", PackageState.RUNNING)
        if state not in (PackageState.PROPOSED, PackageState.ADOPTED):
            draft.refuse(entry, "state", state, phrase("proposed_package"), rule="not_proposed")
        _check_decision(draft, entry, "adopted_by", self.decision)
        draft.change(entry, {"state": PackageState.RUNNING, "adopted_by": self.decision, "since": self.since})


@dataclass(frozen=True, kw_only=True)
class EndPackage:
    """End a work package after a day, by a decision of the board; a minor measure by the local lead alone."""

    kind: ClassVar[str] = "package.ended"
    package: str
    decision: str
    last_day: date

    def apply(self, draft: Draft) -> None:
        """
        Set its last day and the decision's number, and end the roles in it.

        Its state stays: the day ends it, and until then it runs. A proposal ends as one that never ran.
        """
        entry = draft.entry(SECTION, self.package)
        _check_decision(draft, entry, "ended_by", self.decision)
        if entry.values.get("state") == PackageState.PROPOSED:
            draft.change(entry, {"state": PackageState.ENDED, "ended_by": self.decision})
            return
        draft.change(entry, {"until": self.last_day, "ended_by": self.decision})
        roles = [item for item in draft.entries("assignments") if item.values.get("work_package") == self.package]
        end_after(draft, roles, self.last_day)


@dataclass(frozen=True, kw_only=True)
class ReopenPackage:
    """Let a work package go on that was to end, by a decision of the board, with a lead."""

    kind: ClassVar[str] = "package.reopened"
    package: str
    decision: str
    lead: str
    since: date

    def apply(self, draft: Draft) -> None:
        """Take its end away and begin the lead's role anew."""
        entry = draft.entry(SECTION, self.package)
        _check_decision(draft, entry, "adopted_by", self.decision)
        values = {"state": PackageState.RUNNING, "until": None, "ended_by": None, "adopted_by": self.decision}
        draft.change(entry, values)
        seat = RoleSeat(role=Role.WORK_PACKAGE_LEAD, work_package=self.package)
        end_after(draft, seat.assignments(draft), self.since - timedelta(days=1))
        draft.add(entry.document, "assignments", seat.values(self.lead, self.since))


def _check_decision(draft: Draft, entry: DraftEntry, name: str, decision: str) -> None:
    if not decision and not entry.values.get("minor", False):
        draft.refuse(entry, name, decision, phrase("decision_number"), rule="decision")


@dataclass(frozen=True, kw_only=True)
class PutIndicator:
    """Add an indicator to a work package, or change one. Without a key it is a new one."""

    kind: ClassVar[str] = "indicator.put"
    package: str
    values: Mapping[str, Any]
    indicator: str = ""

    def apply(self, draft: Draft) -> None:
        """Set the indicator's values. The key of a new one is made of its name."""
        entry = draft.entry(SECTION, self.package)
        indicators = entry.values.setdefault("indicators", [])
        found = next((item for item in indicators if item.get("key") == self.indicator), None)
        if found is None and self.indicator:
            draft.refuse(entry, "indicators", self.indicator, phrase("still_there"), rule="gone")
        if found is None:
            key = free_key(str(self.values.get("name", "")), {item.get("key") for item in indicators})
            indicators.append(found := {"key": key})
        set_values(found, self.values, Indicator)


@dataclass(frozen=True, kw_only=True)
class RemoveIndicator:
    """Take an indicator out. What was measured with it stays in the answers."""

    kind: ClassVar[str] = "indicator.removed"
    package: str
    indicator: str

    def apply(self, draft: Draft) -> None:
        """Take it out of its package."""
        entry = draft.entry(SECTION, self.package)
        left = [item for item in entry.values.get("indicators", ()) if item.get("key") != self.indicator]
        if len(left) == len(entry.values.get("indicators", ())):
            draft.refuse(entry, "indicators", self.indicator, phrase("still_there"), rule="gone")
        draft.change(entry, {"indicators": left})
