"""Resources of rollouts: the tenant's ids of things made or adopted, and our last writes there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select

from integration.database.connection import Database, insert_into
from integration.database.tables import resource
from workflows.ports.units import Clock
from workflows.rollout.ports import Resource

_COLUMNS = ("key", "external_id", "url", "fingerprint", "details")
# Built once: each round that is opened or sent asks it.
_OF_PLACE = select(*(resource.c[name] for name in _COLUMNS)).where(resource.c.place == bindparam("of"))


@dataclass(frozen=True)
class SQLResources:
    """The `Resources` of the rollout in the database."""

    database: Database
    clock: Clock
    columns: tuple[str, ...] = field(default=_COLUMNS, init=False)

    async def of(self, place: str) -> Mapping[str, Resource]:
        """Everything of a place, by key."""
        rows = await self.database.look(
            lambda connection: connection.execute(_OF_PLACE, {"of": place}).mappings().all()
        )
        return {row["key"]: Resource(**row) for row in rows}

    async def with_keys(self, *keys: str) -> Mapping[str, Mapping[str, Resource]]:
        """Return what is noted under these keys, by place."""
        query = select(resource.c.place, *(resource.c[name] for name in self.columns)).where(resource.c.key.in_(keys))

        def read(connection: Connection) -> dict[str, dict[str, Resource]]:
            found: dict[str, dict[str, Resource]] = {}
            for row in connection.execute(query).mappings():
                thing = Resource(**{name: row[name] for name in self.columns})
                found.setdefault(row["place"], {})[thing.key] = thing
            return found

        return await self.database.scan(read)

    async def keys_beginning(self, *beginnings: str) -> Mapping[str, Collection[str]]:
        """Return the keys of all places that begin so, by place."""
        begin = or_(*(resource.c.key.startswith(text, autoescape=True) for text in beginnings))
        query = select(resource.c.place, resource.c.key).where(begin)

        def read(connection: Connection) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for row in connection.execute(query):
                found.setdefault(row.place, []).append(row.key)
            return found

        return await self.database.scan(read)

    async def keep(self, place: str, *things: Resource) -> None:
        """Note them, in one go; a repeat replaces what was noted."""
        now = self.clock.now()

        def keep(connection: Connection) -> None:
            for thing in things:
                values: dict[str, Any] = {name: getattr(thing, name) for name in self.columns}
                values["details"] = dict(thing.details)
                insert = insert_into(connection, resource).values(place=place, made_at=now, **values)
                changed = {name: values[name] for name in self.columns if name != "key"}
                connection.execute(
                    insert.on_conflict_do_update(index_elements=[resource.c.place, resource.c.key], set_=changed)
                )

        await self.database.write(keep)

    async def forget(self, place: str, *keys: str) -> None:
        """Note no longer, all in one go. A repeat is harmless."""
        async with self.database.begin() as connection:
            await connection.execute(delete(resource).where(resource.c.place == place, resource.c.key.in_(keys)))

    async def holders(self, key: str, external_id: str) -> Sequence[str]:
        """The places that have noted this thing under *key*."""
        query = select(resource.c.place).where(resource.c.key == key, resource.c.external_id == external_id)
        return await self.database.look(lambda connection: connection.execute(query).scalars().all())
