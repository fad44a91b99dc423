"""Planner: plans of groups, their buckets and tasks. Everything has an etag, and nothing changes without naming it."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.directory.state import Directory
from sandbox.platform.ids import Ids
from sandbox.protocol.errors import GraphError


@dataclass(kw_only=True, eq=False)
class PlannerEntry:
    """A plan, bucket or task: *values* are its properties as Graph writes them."""

    id: str
    kind: str
    values: dict[str, Any]
    version: int = 1
    shown: dict[str, Any] = field(default_factory=dict)
    """Properties that nobody sets."""

    @property
    def etag(self) -> str:
        return f'W/"{self.id}-{self.version}"'

    def to_json(self) -> dict[str, Any]:
        return {"@odata.etag": self.etag, "id": self.id, **self.values, **self.shown}


class Planner:
    """Plans, buckets and tasks by id."""

    def __init__(self, directory: Directory, ids: Ids) -> None:
        self.directory = directory
        self.ids = ids
        self.entries: dict[str, PlannerEntry] = {}
        directory.on_group_removed.append(self._group_removed)

    def _group_removed(self, group_id: str) -> None:
        plans = {
            each.id for each in self.entries.values() if each.shown.get("container", {}).get("containerId") == group_id
        }
        self.entries = {
            key: each
            for key, each in self.entries.items()
            if key not in plans and each.values.get("planId") not in plans
        }

    def add(self, kind: str, values: dict[str, Any], shown: dict[str, Any]) -> PlannerEntry:
        """Add an entry. Nothing makes a repeat harmless: it adds a second one."""
        entry = PlannerEntry(id=self.ids.new(kind), kind=kind, values=values, shown=shown)
        self.entries[entry.id] = entry
        return entry

    def get(self, kind: str, entry_id: object) -> PlannerEntry:
        entry = self.entries.get(str(entry_id))
        if entry is None or entry.kind != kind:
            raise GraphError(404, "", "The requested item is not found.")
        return entry

    def below(self, kind: str, name: str, value: str) -> list[PlannerEntry]:
        """Return the entries of a kind whose property *name* is *value*."""
        return [
            entry
            for entry in self.entries.values()
            if entry.kind == kind and value in (entry.values.get(name), entry.shown.get(name))
        ]

    def canonical(self) -> Any:
        plans = [entry for entry in self.entries.values() if entry.kind == "plan"]
        return sorted(
            (
                {
                    "group": self.directory.groups[plan.shown["container"]["containerId"]].key,
                    "title": plan.values["title"],
                    "buckets": sorted(bucket.values["name"] for bucket in self.below("bucket", "planId", plan.id)),
                    "tasks": sorted(task.values["title"] for task in self.below("task", "planId", plan.id)),
                }
                for plan in plans
            ),
            key=str,
        )
