"""The register: the programme's documents, the programme they make, and the log of all that changed them."""

import asyncio
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from config.loading import programme_from
from config.problems import InvalidInput
from config.programme import Programme
from config.wording import without_misfits
from integration.database.connection import Database, insert_into
from integration.database.register_log import SQLRegisterLog, log_changes
from integration.database.register_tables import register
from integration.database.units import make_due
from workflows.ports.units import Clock, DueUnit
from workflows.register.changes import differences, in_order
from workflows.register.importing import IMPORT, Overwritten, overwritten_by
from workflows.register.model import Act, Change, Documents, LoggedAct, RegisterState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

DOCUMENT, VERSION, OWN = "document", "version", "own"
"""Kinds of rows. `own`: what a person said of themselves, by their key; it stays when a file is imported again."""
VERSION_NOW = select(register.c.position).where(register.c.kind == VERSION)
OWN_FIELDS = ("language", "blocked_dates")
SAID_BY_ONESELF = "own"
"""Kind of the act by which a person says something of themselves."""


LARGE = 50
"""Municipalities of a programme that it pays to spare: more than any county has."""
NEW_THINGS = 20_000
"""New things after which the garbage collector looks at those that are new."""


class CorruptRegister(InvalidInput):
    """The register in the database makes no programme, though none is ever saved that does not."""

    def __str__(self) -> str:
        first, more = self.problems[0], len(self.problems) - 1
        others = f" (and {more} more)" if more else ""
        return f"the register in the database is damaged, import it again: vareunge import DIR. {first}{others}"


def _nothing(programme: Programme) -> None:
    """Do nothing with a programme that was read."""


class SQLRegister:
    """
    One row for each document, and one that says how often the register was changed.

    Its methods are many because every change of the documents goes through here, and into the log with it.
    """

    def __init__(self, database: Database, clock: Clock, *, on_read: Callable[[Programme], object] = _nothing) -> None:
        """*on_read* is told of every programme that was read or saved here: when it is another than before."""
        self._database = database
        self._clock = clock
        self._on_read = on_read
        self._log = SQLRegisterLog(database)
        self._known: tuple[int, Programme] | None = None
        self._reading = asyncio.Lock()

    # ------------------------------------------------------------------------------------------------------- importing

    async def save(self, documents: Mapping[str, Any], *, then: tuple[DueUnit, ...] = (), by: str = "") -> Programme:
        """Replace the register, and make *then* due with it. What people said of themselves goes before the documents.

        Raises InvalidInput, and changes nothing, when the documents make no programme.
        """
        # Beside the loop: a country's programme takes a second to make, and the loop also answers people.
        programme = await asyncio.to_thread(programme_from, documents)
        async with self._database.begin() as connection:
            await _lock(connection)
            wanted, own = await _with_own(connection, documents)
            act = Act(by=by, kind=IMPORT, at=self._clock.now())
            version = await _store(connection, await _state(connection), wanted, act, then=then)
        if own:
            self._known = None
            return await self.programme()
        return self._remember(version, programme)

    async def overwritten(self, documents: Mapping[str, Any]) -> Sequence[Overwritten]:
        """Return what people edited since the last import, and an import of *documents* would replace."""
        async with self._database.read() as connection:
            now = (await _state(connection)).documents
            wanted, _ = await _with_own(connection, documents)
        return overwritten_by(now, wanted, await self._log.since_import(IMPORT))

    # --------------------------------------------------------------------------------------------------------- editing

    async def keep(
        self, was: RegisterState, documents: Documents, changes: Sequence[Change], act: Act, *, then: Sequence[DueUnit]
    ) -> bool:
        """See `RegisterStore.keep`. What somebody says of a person takes the place of what they said themselves."""
        async with self._database.begin() as connection:
            if await _lock(connection) != was.version:
                return False
            await _write(connection, was, documents, changes, act, then=then)
            for change in changes:
                await _keep_own(connection, change)
            return True

    async def change(self, change: Callable[[dict[str, Any]], int], act: Act, *, then: Sequence[DueUnit] = ()) -> int:
        """
        Make a change that needs no look at a page: of the documents given to *change*, which returns how many entries
        it changed. *then* becomes due in any case.
        """
        async with self._database.begin() as connection:
            await _lock(connection)
            was = await _state(connection)
            documents = json.loads(json.dumps(was.documents))
            changed = change(documents)
            await _store(connection, was, documents, act, then=then)
            return changed

    async def set_language(self, person: str, language: str) -> bool:
        """Write to *person* in *language* from now on; False when nobody has that key."""
        return await self._set_own(person, {"language": language})

    async def set_blocked_dates(self, person: str, days: Sequence[date], *, then: Sequence[DueUnit] = ()) -> bool:
        """From now on *person* can come to no meeting on *days*, and on no others; False when nobody has that key."""
        return await self._set_own(person, {"blocked_dates": [day.isoformat() for day in days]}, then=then)

    async def _set_own(self, person: str, values: Mapping[str, Any], *, then: Sequence[DueUnit] = ()) -> bool:
        async with self._database.begin() as connection:
            await _lock(connection)
            was = await _state(connection)
            documents = json.loads(json.dumps(was.documents))
            found = next((item for item in _people(documents) if item.get("key") == person), None)
            if found is None:
                return False
            found |= values
            await _store(connection, was, documents, self._own_act(person), then=then)
            await _remember(connection, person, values)
            return True

    def _own_act(self, person: str) -> Act:
        return Act(by=person, kind=SAID_BY_ONESELF, at=self._clock.now())

    # --------------------------------------------------------------------------------------------------------- reading

    async def state(self, paths: Sequence[str] | None = None) -> RegisterState:
        """Return the documents and their version, of one moment: those at *paths*, as far as there are, or all."""
        async with self._database.read() as connection:
            return await _state(connection, paths)

    async def documents(self) -> dict[str, Any]:
        """Path → plain data; empty before the first import."""
        return dict((await self.state()).documents)

    async def acts_since(self, version: int) -> Sequence[LoggedAct]:
        return await self._log.since(version)

    async def find_act(self, version: int) -> LoggedAct | None:
        return await self._log.find(version)

    async def latest_acts(self, *, document: str | None, before: int | None, most: int) -> Sequence[LoggedAct]:
        return await self._log.latest(document=document, before=before, most=most)

    async def is_empty(self) -> bool:
        """Tell whether nothing was imported yet."""
        async with self._database.read() as connection:
            return (await connection.execute(VERSION_NOW)).scalar_one_or_none() is None

    async def find_programme(self) -> Programme | None:
        """Return the imported programme, if there is one."""
        return None if await self.is_empty() else await self.programme()

    async def programme(self, version: int | None = None) -> Programme:
        """
        Return the programme as it stands now, in whichever process it was changed. Raises CorruptRegister.

        *version*: the register's, where it was read a moment ago along with something else; None asks for it.
        """
        if version is None:
            version = await self._database.look(_version)
        async with self._reading:
            # Everybody waits for the one who reads: a country's programme takes seconds.
            if self._known is None or self._known[0] != version:
                return self._remember(version, await self._database.scan(_read_programme))
            return self._known[1]

    @property
    def known(self) -> Programme | None:
        """The programme as it was last read here; None before anybody asked for it."""
        return self._known[1] if self._known else None

    def _remember(self, version: int, programme: Programme) -> Programme:
        self._known = (version, programme)
        _spare_collector(programme)
        self._on_read(programme)
        return programme


def _spare_collector(programme: Programme) -> None:
    """
    Take a large programme out of the garbage collector's rounds, and have fewer of them.

    With a country in it each full round stops every page for a sixth of a second, and finds nothing. The one before is
    given back first, so that none is kept for ever. Rounds over what is new come by the number of things made: as
    often as Python has them by itself, they take a sixth of what is done with a country's meetings.
    """
    if len(programme.municipalities) > LARGE:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_THINGS, *gc.get_threshold()[1:])


def _version(connection: Connection) -> int:
    """Return how often the register was changed; 0 before the first import."""
    return connection.execute(VERSION_NOW).scalar_one_or_none() or 0


def _read_programme(connection: Connection) -> Programme:
    rows = connection.execute(select(register.c.key, register.c.data).where(register.c.kind == DOCUMENT))
    try:
        return programme_from(without_misfits(in_order({row.key: row.data for row in rows})))
    except InvalidInput as error:
        raise CorruptRegister(error.problems) from error


async def _lock(connection: "AsyncConnection") -> int:
    """Return the register's version, which nobody else changes until this transaction ends."""
    version: int = (await connection.execute(VERSION_NOW.with_for_update())).scalar_one_or_none() or 0
    return version


async def _state(connection: "AsyncConnection", paths: Sequence[str] | None = None) -> RegisterState:
    version: int = (await connection.execute(VERSION_NOW)).scalar_one_or_none() or 0
    query = select(register.c.key, register.c.data).where(register.c.kind == DOCUMENT)
    if paths is not None:
        query = query.where(register.c.key.in_(paths))
    found = {row.key: row.data for row in (await connection.execute(query)).all()}
    return RegisterState(version=version, documents=in_order(found))


async def _store(
    connection: "AsyncConnection", was: RegisterState, documents: Documents, act: Act, *, then: Sequence[DueUnit]
) -> int:
    """Store *documents*, as far as they differ, and return the register's version."""
    changes = differences(was.documents, documents)
    await _write(connection, was, documents, changes, act, then=then)
    return was.version + bool(changes)


async def _write(
    connection: "AsyncConnection",
    was: RegisterState,
    documents: Documents,
    changes: Sequence[Change],
    act: Act,
    *,
    then: Sequence[DueUnit],
) -> None:
    await make_due(connection, then)
    if not changes:
        return
    touched = {change.address.document for change in changes}
    ours = register.c.kind == DOCUMENT
    await connection.execute(delete(register).where(ours, register.c.key.in_(touched)))
    rows = [
        {"kind": DOCUMENT, "key": path, "position": 0, "data": documents[path]}
        for path in sorted(touched)
        if path in documents
    ]
    if rows:
        await connection.execute(insert(register), rows)
    version = {"kind": VERSION, "key": "", "position": was.version + 1, "data": None}
    statement = insert_into(connection, register).values(**version)
    keys, newer = [register.c.kind, register.c.key], {"position": version["position"]}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=newer))
    await log_changes(connection, was.version + 1, act, changes)


async def _with_own(connection: "AsyncConnection", documents: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return plain documents with what people said of themselves, and True if anybody did."""
    wanted = in_order(_plain(documents))
    query = select(register.c.key, register.c.data).where(register.c.kind == OWN)
    own = {row.key: row.data for row in (await connection.execute(query)).all()}
    for person in _people(wanted):
        person |= own.get(person.get("key"), {})
    return wanted, bool(own)


async def _keep_own(connection: "AsyncConnection", change: Change) -> None:
    """Take along what somebody else says of a person where that person had said it themselves."""
    if change.address.section != "people" or change.old is None or change.new is None:
        return
    said = {name: change.new[name] for name in OWN_FIELDS if name in change.new}
    differs = any(change.old.get(name) != change.new.get(name) for name in OWN_FIELDS)
    mine = (register.c.kind == OWN, register.c.key == change.new.get("key"))
    if differs:
        await connection.execute(update(register).where(*mine).values(data=said))


async def _remember(connection: "AsyncConnection", person: str, values: Mapping[str, Any]) -> None:
    mine = (register.c.kind == OWN, register.c.key == person)
    before = (await connection.execute(select(register.c.data).where(*mine))).scalar_one_or_none() or {}
    row = {"kind": OWN, "key": person, "position": 0, "data": {**before, **values}}
    statement = insert_into(connection, register).values(**row)
    keys = [register.c.kind, register.c.key]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"data": row["data"]}))


def _people(documents: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Return the people that stand in the documents, to be changed in place."""
    return [person for document in documents.values() for person in document.get("people") or ()]


def _plain(data: Any) -> Any:
    """As JSON holds it: dates and times as text, which the loader reads as well."""
    return json.loads(json.dumps(data, default=_text))


def _text(value: Any) -> str:
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")
