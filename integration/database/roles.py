"""Roles that end: written into the register's documents, from where `export` writes them back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.shapes import with_municipality
from config.values import Role
from integration.database.register import SQLRegister
from workflows.ports.units import Clock, DueUnit
from workflows.register.model import Act

SECTION = "assignments"
ENDED = "role.ended"


@dataclass(frozen=True)
class SQLRoles:
    """Ends roles in the register."""

    register: SQLRegister
    clock: Clock

    async def end_roles(
        self,
        person: str,
        role: Role,
        *,
        municipality: str | None,
        last_day: date,
        by: str = "",
        then: Sequence[DueUnit] = (),
    ) -> int:
        """
        The person's roles of that kind there (None: in the programme itself) end on that day; how many did.

        A role that began later ends on its first day. A repeat is harmless. *by*: the person on whose word. *then*
        becomes due together with it.
        """

        def end(documents: dict[str, Any]) -> int:
            ended = 0
            for document in documents.values():
                for entry in list(_running(documents, document, (person, role), municipality, last_day)):
                    entry["until"] = max(last_day.isoformat(), str(entry.get("since") or ""))
                    ended += 1
            return ended

        act = Act(by=by, kind=ENDED, at=self.clock.now())
        return await self.register.change(end, act, then=then)


def _running(
    documents: Mapping[str, Any], document: Any, who: tuple[str, Role], municipality: str | None, last_day: date
) -> Iterator[dict[str, Any]]:
    """The entries of a document for *who* there (a person's role) that hold after that day."""
    packages = {
        package["key"]: with_municipality("work_packages", package, each)["municipality"]
        for each in documents.values()
        for package in each.get("work_packages", ())
    }
    for entry in document.get(SECTION, ()):
        whole = with_municipality(SECTION, entry, document)
        where = packages.get(whole.get("work_package", ""), whole.get("municipality"))
        until = entry.get("until")
        is_theirs = (entry["person"], entry["role"]) == who and where == municipality
        if is_theirs and (until is None or str(until) > last_day.isoformat()):
            yield entry
