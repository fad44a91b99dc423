"""Rows of a site's lists: copies of the register and of released records. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import texts
from config.place_template import ListSpec, PlaceSpec
from config.programme import Programme
from config.values import Role, WorkPackage


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """One decision of the place's board, as its list shows it."""

    key: str
    label: str
    """Year and number, as people refer to it."""
    decided_on: date | None
    title: str
    text: str
    work_package: str = ""
    """Its key."""


@dataclass(frozen=True, kw_only=True)
class PlaceRecord:
    """
    The record of a place that its whole group may read: nothing that is not released.

    An answer stays in the product until the report that it stands in is released.
    """

    lights: Mapping[str, str] = field(default_factory=dict)
    """By work package."""
    measured: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """By work package and the indicator's name, the newest that was given."""
    decisions: tuple[DecisionRow, ...] = ()


NO_RECORD = PlaceRecord()
Row = Mapping[str, Any]


def rows_of(programme: Programme, spec: PlaceSpec, wanted: ListSpec, record: PlaceRecord, *, on: date) -> Iterable[Row]:
    """The rows that the list *wanted* of a place should hold: a value, or None, for each of its columns."""
    columns = [column.name for column in wanted.columns]
    for row in _SOURCES[wanted.source](programme, spec, record, on):
        yield {name: row.get(name) for name in ("Title", *columns)}


def _work_packages(programme: Programme, spec: PlaceSpec, record: PlaceRecord, on: date) -> Iterable[Row]:
    language = programme.language
    for package in _packages(programme, spec):
        leads = programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=package.key)
        light = record.lights.get(package.key)
        theme = programme.find_theme(package.theme)
        yield {
            "Key": package.key,
            "Title": package.name,
            "Municipality": programme.municipality(package.municipality).name,
            "Lead": texts.join([lead.name for lead in leads], language) if leads else None,
            "Theme": theme.name if theme else None,
            "State": texts.say(f"rollout.package_{package.state}", language),
            "Light": texts.say(f"light.{light}", language) if light else None,
            "Summary": package.summary or None,
        }


def _indicators(programme: Programme, spec: PlaceSpec, record: PlaceRecord, on: date) -> Iterable[Row]:
    for package in _packages(programme, spec):
        for indicator in package.indicators:
            yield {
                "Key": f"{package.key}/{indicator.key}",
                "Title": indicator.name,
                "WorkPackage": package.name,
                "Unit": indicator.unit or None,
                "Baseline": indicator.baseline,
                "Target": indicator.target,
                "Latest": record.measured.get((package.key, indicator.name)),
                "Better": texts.say(f"rollout.better_{indicator.better}", programme.language),
            }


def _plan_activities(programme: Programme, spec: PlaceSpec, record: PlaceRecord, on: date) -> Iterable[Row]:
    levels = {"municipality", "both", "not_stated"} if spec.municipality else {"county", "both", "not_stated"}
    for activity in programme.activities:
        if activity.level in levels:
            yield {
                "Key": activity.key,
                "Title": activity.text[:255],
                "Years": ", ".join(str(year) for year in activity.years),
                "Level": texts.say(f"rollout.level_{activity.level}", programme.language),
                "Responsible": activity.responsible or None,
            }


def _decisions(programme: Programme, spec: PlaceSpec, record: PlaceRecord, on: date) -> Iterable[Row]:
    packages = {package.key: package.name for package in programme.work_packages}
    for decision in record.decisions:
        yield {
            "Key": decision.key,
            "Title": decision.title[:255],
            "Number": decision.label,
            "DecidedOn": decision.decided_on.isoformat() if decision.decided_on else None,
            "Text": decision.text or None,
            "WorkPackage": packages.get(decision.work_package),
        }


def _reports(programme: Programme, spec: PlaceSpec, record: PlaceRecord, on: date) -> Iterable[Row]:
    """None from here: a report's row is written with its page."""
    return ()


def _packages(programme: Programme, spec: PlaceSpec) -> Iterable[WorkPackage]:
    """Give the packages of a place: of a municipality those that report to its board, others' behind its own."""
    if spec.municipality is None:
        return programme.work_packages
    here = [item for item in programme.work_packages if spec.municipality in (item.municipality, *item.boards)]
    return sorted(here, key=lambda item: item.municipality != spec.municipality)


_SOURCES = {
    "work_packages": _work_packages,
    "indicators": _indicators,
    "plan_activities": _plan_activities,
    "decisions": _decisions,
    "reports": _reports,
}


def same_value(left: Any, right: Any) -> bool:
    """Tell whether two values of a list's cell are the same: SharePoint returns whole numbers as decimals, dates as
    moments, and leaves empty cells out."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) == float(right)
    if isinstance(left, str) and isinstance(right, str) and "T" in right and len(left) == len("2026-01-01"):
        return right.startswith(f"{left}T")
    return bool((left or None) == (right or None)) if not isinstance(left, int | float) else bool(left == right)


@dataclass(frozen=True)
class WrittenRow:
    """The note of a row: as it was wanted when it was last written, and as it was read back."""

    wanted: Row
    seen: Row


def row_changes(wanted: Row, seen: Row, written: WrittenRow | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """
    The cells of a row that must be written, and the names of those that people changed, which stay theirs.

    *written*: None when it is not known, and then the list counts as the copy that it is.
    """
    changes, local = {}, []
    for name, value in wanted.items():
        there = seen.get(name)
        if same_value(value, there):
            continue
        if written is not None and not same_value(written.seen.get(name), there):
            local.append(name)
        elif written is None or name not in written.wanted or not same_value(value, written.wanted[name]):
            changes[name] = value
    return changes, tuple(local)
