"""Planner: plans of groups, their buckets and tasks. Everything has an etag, and nothing changes without naming it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.routing import GraphError

if TYPE_CHECKING:
    from sandbox.tenant import Tenant


@dataclass(kw_only=True, eq=False)
class Entry:
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

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant
        self.entries: dict[str, Entry] = {}

    def add(self, kind: str, values: dict[str, Any], shown: dict[str, Any]) -> Entry:
        """Nothing makes a repeat harmless: it adds a second one."""
        entry = Entry(id=self.tenant.new_id(kind), kind=kind, values=values, shown=shown)
        self.entries[entry.id] = entry
        return entry

    def get(self, kind: str, entry_id: object) -> Entry:
        entry = self.entries.get(str(entry_id))
        if entry is None or entry.kind != kind:
            raise GraphError(404, "", "The requested item is not found.")
        return entry

    def below(self, kind: str, name: str, value: str) -> list[Entry]:
        """The entries of a kind whose property *name* is *value*."""
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
                    "group": self.tenant.directory.groups[plan.shown["container"]["containerId"]].key,
                    "title": plan.values["title"],
                    "buckets": sorted(bucket.values["name"] for bucket in self.below("bucket", "planId", plan.id)),
                    "tasks": sorted(task.values["title"] for task in self.below("task", "planId", plan.id)),
                }
                for plan in plans
            ),
            key=str,
        )
