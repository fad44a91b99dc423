"""Roles that end: written into the register's documents, from where `export` writes them back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from config.shapes import with_municipality
from config.values import Role
from integration.database.connection import Database
from integration.database.register import DOCUMENT, VERSION
from integration.database.tables import register
from integration.database.units import make_due
from workflows.ports.units import DueUnit

SECTION = "assignments"


@dataclass(frozen=True)
class SQLRoles:
    """Ends roles in the register."""

    database: Database

    async def end_roles(
        self, person: str, role: Role, *, municipality: str | None, last_day: date, then: Sequence[DueUnit] = ()
    ) -> int:
        """
        The person's roles of that kind there (None: in the programme itself) end on that day; how many did.

        A role that began later ends on its first day. A repeat is harmless. *then* becomes due together with it.
        """
        query = select(register.c.key, register.c.data).where(register.c.kind == DOCUMENT).with_for_update()
        ended = 0
        async with self.database.begin() as connection:
            documents = {row.key: row.data for row in (await connection.execute(query)).all()}
            for path, data in documents.items():
                entries = list(_running(documents, data, (person, role), municipality, last_day))
                for entry in entries:
                    since = str(entry.get("since") or "")
                    entry["until"] = max(last_day.isoformat(), since)
                if entries:
                    mine = (register.c.kind == DOCUMENT, register.c.key == path)
                    await connection.execute(update(register).where(*mine).values(data=data))
                ended += len(entries)
            if ended:
                newer = update(register).where(register.c.kind == VERSION)
                await connection.execute(newer.values(position=register.c.position + 1))
            await make_due(connection, then)
        return ended


def _running(
    documents: Mapping[str, Any], document: Any, who: tuple[str, Role], municipality: str | None, last_day: date
) -> Iterator[dict[str, Any]]:
    """The entries of a document for *who* there (a person's role) that hold after that day."""
    packages = {
        package["key"]: with_municipality("work_packages", package, each)["municipality"]
        for each in documents.values()
        if isinstance(each, dict)
        for package in each.get("work_packages", ())
    }
    for entry in document.get(SECTION, ()) if isinstance(document, dict) else ():
        whole = with_municipality(SECTION, entry, document)
        where = packages.get(whole.get("work_package", ""), whole.get("municipality"))
        until = entry.get("until")
        is_theirs = (entry["person"], entry["role"]) == who and where == municipality
        if is_theirs and (until is None or str(until) > last_day.isoformat()):
            yield entry
