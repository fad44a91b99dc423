"""The register of municipalities as it was imported; the shipped one until then."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from config.klass import KnownMunicipality, shipped
from integration.database.connection import Database
from integration.database.register_tables import klass_municipality


@dataclass(frozen=True)
class SQLKlass:
    """The table of numbers and names."""

    database: Database

    async def all(self) -> Sequence[KnownMunicipality]:
        """Return every known municipality, by number."""
        query = select(klass_municipality).order_by(klass_municipality.c.number)
        rows = await self.database.look(lambda connection: connection.execute(query).all())
        return [KnownMunicipality(number=row.number, name=row.name) for row in rows] or shipped()

    async def replace(self, known: Sequence[KnownMunicipality]) -> None:
        """Keep these, and no others."""
        rows = [{"number": item.number, "name": item.name} for item in known]
        async with self.database.begin() as connection:
            await connection.execute(delete(klass_municipality))
            await connection.execute(insert(klass_municipality), rows)
