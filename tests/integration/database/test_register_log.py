"""The register's log has every change, whoever made it, and replays to what the register says now."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from benchmarks.country import write_country
from config.loading import load_documents
from config.values import Role
from integration.database.connection import Database, create_database
from integration.database.register import SQLRegister
from integration.database.register_tables import register as register_table
from integration.database.roles import SQLRoles
from integration.database.schema import MIGRATIONS
from integration.database.tables import audit
from integration.database.units import SQLUnits
from tests.clocks import NOON, StillClock
from workflows.register.changes import apply
from workflows.register.editing import RegisterDesk
from workflows.register.edits.people import ChangePerson
from workflows.register.importing import IMPORT
from workflows.register.model import ChangedMeanwhile, EntryAddress
from workflows.register.rendering import MOST_LINES

FOLDER = Path(__file__).parents[3] / "config" / "vestfold"
LEAD, OTHER = "leder-sandefjord", "skolesjef-sandefjord"
DOCUMENT = "municipalities/sandefjord.yaml"


def title(words: str, person: str = LEAD) -> ChangePerson:
    return ChangePerson(person=person, values={"title": words})


@pytest.fixture
async def register(database: Database) -> SQLRegister:
    found = SQLRegister(database, StillClock())
    await found.save(load_documents(FOLDER))
    return found


@pytest.fixture
def desk(register: SQLRegister) -> RegisterDesk:
    return RegisterDesk(store=register, clock=StillClock())


async def replayed(register: SQLRegister) -> object:
    acts = await register.acts_since(0)
    assert [act.version for act in acts] == list(range(1, (await register.state()).version + 1)), "no gap"
    return apply({}, [change for act in acts for change in act.changes])


async def test_the_log_replays_to_the_register_whoever_changed_it(register: SQLRegister, desk: RegisterDesk) -> None:
    documents = load_documents(FOLDER)
    await register.set_language(LEAD, "nn")
    await register.set_blocked_dates(OTHER, [date(2027, 3, 2)])
    await SQLRoles(register, StillClock()).end_roles(
        LEAD, Role.LOCAL_LEAD, municipality="sandefjord", last_day=date(2026, 12, 31), by="leder-vestfold"
    )
    saved = await desk.edit(title("Lokal leder"), by=LEAD)
    await desk.undo(saved.version, by=LEAD)
    documents["people.yaml"]["people"].pop(-1)
    documents["municipalities/horten.yaml"]["assignments"].reverse()
    assert await replayed(register) == await register.documents()

    acts = await register.acts_since(1)
    assert [(act.act.kind, act.act.by) for act in acts] == [
        ("own", LEAD),
        ("own", OTHER),
        ("role.ended", "leder-vestfold"),
        ("person.changed", LEAD),
        ("undone", LEAD),
    ]


async def test_an_import_is_in_the_log_and_one_that_says_the_same_is_no_change(register: SQLRegister) -> None:
    documents = load_documents(FOLDER)
    documents["programme.yaml"]["programme"]["vision"] = "Alle er med"
    await register.save(documents, by="leder-vestfold")
    before = (await register.state()).version
    await register.save(documents)

    assert (await register.state()).version == before == 2
    act = await register.find_act(2)
    assert act is not None
    assert (act.act.kind, act.act.by) == (IMPORT, "leder-vestfold")
    assert [change.address for change in act.changes] == [EntryAddress("programme.yaml", "programme")]
    assert await replayed(register) == await register.documents()
    assert await register.find_act(99) is None


async def test_the_audit_has_who_did_it_and_no_words(desk: RegisterDesk, database: Database) -> None:
    await desk.edit(title("Hemmelig tittel"), by=LEAD)

    async with database.read() as connection:
        rows = (await connection.execute(sa.select(audit).order_by(audit.c.id))).all()
    last = rows[-1]
    assert (last.actor, last.action, last.subject, last.at) == (LEAD, "register.person.changed", DOCUMENT, NOON)
    assert last.details == {"version": 2, "entries": 1}


async def test_an_edit_makes_the_sweep_due_with_it(desk: RegisterDesk, database: Database) -> None:
    await desk.edit(title("Lokal leder"), by=LEAD)

    assert [unit.key for unit in await SQLUnits(database).list_units()] == ["sweep.all:vaare-unge-vestfold"]


async def test_many_who_edit_at_once_all_get_theirs(register: SQLRegister, desk: RegisterDesk) -> None:
    programme = await register.programme()
    people = [person.key for person in programme.people][:8]

    await asyncio.gather(*(desk.edit(title(f"Tittel {key}", key), by=key, seen=1) for key in people))

    after = await register.programme()
    assert [after.person(key).title for key in people] == [f"Tittel {key}" for key in people]
    assert (await register.state()).version == 1 + len(people)
    assert await replayed(register) == await register.documents()


async def test_of_many_who_change_one_value_at_once_one_does_and_the_others_are_told(
    register: SQLRegister, desk: RegisterDesk
) -> None:
    wanted = [f"Tittel {number}" for number in range(5)]

    ended = await asyncio.gather(
        *(desk.edit(title(words), by=LEAD, seen=1) for words in wanted), return_exceptions=True
    )

    told = [result for result in ended if isinstance(result, ChangedMeanwhile)]
    assert len(told) == len(wanted) - 1
    kept = (await register.programme()).person(LEAD).title
    assert {clash.theirs for error in told for clash in error.clashes} == {kept}


async def test_an_import_names_what_it_would_overwrite(register: SQLRegister, desk: RegisterDesk) -> None:
    documents = load_documents(FOLDER)
    assert await register.overwritten(documents) == ()
    await desk.edit(title("Lokal leder"), by="leder-vestfold")
    await register.set_language(OTHER, "nn")

    (found,) = await register.overwritten(documents)

    assert (found.address, found.path) == (EntryAddress(DOCUMENT, "people", LEAD), ("title",))
    assert (found.now, found.wanted, found.by) == ("Lokal leder", None, "leder-vestfold")
    await register.save(documents)
    assert await register.overwritten(documents) == ()


async def test_what_a_lead_says_of_a_person_goes_before_what_they_said_themselves(
    register: SQLRegister, desk: RegisterDesk
) -> None:
    await register.set_language(LEAD, "nn")
    await desk.edit(ChangePerson(person=LEAD, values={"language": "en"}), by="leder-vestfold")

    again = await register.save(load_documents(FOLDER))

    assert again.person(LEAD).language == "en"


async def test_the_log_of_one_document_is_read_page_by_page(register: SQLRegister, desk: RegisterDesk) -> None:
    for words in ("En", "To", "Tre"):
        await desk.edit(title(words), by=LEAD)
    await desk.edit(title("X", "leder-vestfold"), by="leder-vestfold")

    first = await register.latest_acts(document=DOCUMENT, before=None, most=2)
    rest = await register.latest_acts(document=DOCUMENT, before=first[-1].version, most=9)

    assert [act.version for act in first] == [4, 3]
    assert [act.version for act in rest] == [2, 1]
    assert [act.version for act in await register.latest_acts(document=None, before=None, most=1)] == [5]


async def test_of_an_import_the_log_reads_the_first_changes_and_counts_the_others(
    database: Database, tmp_path: Path
) -> None:
    register = SQLRegister(database, StillClock())
    write_country(tmp_path, MOST_LINES + 5)
    await register.save(load_documents(tmp_path))

    (listed,) = await register.latest_acts(document=None, before=None, most=1)
    whole = await register.find_act(listed.version)

    assert whole is not None
    assert listed.act.kind == IMPORT
    assert listed.changes == whole.changes[:MOST_LINES]
    assert len(listed.changes) + listed.more == len(whole.changes) > MOST_LINES


async def test_a_register_from_before_the_log_is_its_first_version(tmp_path: Path) -> None:
    documents = load_documents(FOLDER)
    # Past `Database`, which leaves a database of an older schema alone.
    older = sa.create_engine(f"sqlite:///{tmp_path / 'older.db'}")
    with older.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        rows = [{"kind": "document", "key": path, "position": 0, "data": data} for path, data in documents.items()]
        connection.execute(sa.insert(register_table), [*rows, {"kind": "version", "key": "", "position": 7, "data": 0}])

    older.dispose()
    database = create_database(f"sqlite+aiosqlite:///{tmp_path / 'older.db'}")

    await database.migrate()

    register = SQLRegister(database, StillClock())
    (act,) = await register.acts_since(0)
    assert (act.version, act.act.kind) == (7, IMPORT)
    assert apply({}, act.changes) == await register.documents() == documents
    await database.close()
