"""The register keeps a programme as it was imported."""

import asyncio
import gc
from datetime import date
from pathlib import Path

import pytest

from benchmarks.country import write_country
from config.loading import load_documents, load_programme
from config.problems import InvalidInput
from integration.database.connection import Database
from integration.database.register import SQLRegister
from integration.database.units import SQLUnits
from tests.clocks import NOON, StillClock
from workflows.ports.units import DueUnit

FOLDER = Path(__file__).resolve().parents[3] / "config" / "vestfold"


async def test_an_imported_programme_comes_back_as_it_was_written(database: Database) -> None:
    register = SQLRegister(database, StillClock())
    assert await register.is_empty()
    documents = load_documents(FOLDER)
    await register.save(documents, then=(DueUnit(key="sweep.all:p", due_at=NOON),))
    reader = SQLRegister(database, StillClock())
    assert not await reader.is_empty()
    assert await reader.programme() == load_programme(FOLDER)
    assert list(await reader.documents()) == list(documents)
    assert [unit.key for unit in await SQLUnits(database).list_units()] == ["sweep.all:p"]


async def test_what_is_no_programme_changes_nothing(database: Database) -> None:
    register = SQLRegister(database, StillClock())
    documents = load_documents(FOLDER)
    await register.save(documents)
    with pytest.raises(InvalidInput):
        await register.save({name: data for name, data in documents.items() if name != "people.yaml"})
    assert list(await register.documents()) == list(documents)


async def test_a_person_s_language_is_changed_and_seen_elsewhere(database: Database) -> None:
    reader, writer = SQLRegister(database, StillClock()), SQLRegister(database, StillClock())
    await writer.save(load_documents(FOLDER))
    programme = await reader.programme()
    first, last = programme.people[0].key, programme.people[-1].key

    assert await writer.set_language(first, "nn")
    assert await writer.set_language(last, "en")
    assert not await writer.set_language("ingen", "en")

    changed = await reader.programme()
    assert (changed.person(first).language, changed.person(last).language) == ("nn", "en")
    others = (person.language for person in changed.people if person.key not in (first, last))
    assert set(others) == {"nb"}


async def test_a_person_s_blocked_days_replace_those_before_and_make_the_plan_due(database: Database) -> None:
    register, days = SQLRegister(database, StillClock()), [date(2027, 3, 2), date(2027, 3, 3)]
    await register.save(load_documents(FOLDER))
    person = (await register.programme()).people[-1].key

    for wanted in (days, days[1:]):
        assert await register.set_blocked_dates(person, wanted, then=[DueUnit(key="sweep.all:p", due_at=NOON)])
    assert not await register.set_blocked_dates("ingen", days)

    assert (await SQLRegister(database, StillClock()).programme()).person(person).blocked_dates == tuple(days[1:])
    assert [unit.key for unit in await SQLUnits(database).list_units()] == ["sweep.all:p"]


async def test_what_people_said_of_themselves_stays_when_the_files_are_imported_again(database: Database) -> None:
    register, documents = SQLRegister(database, StillClock()), load_documents(FOLDER)
    before = await register.save(documents)
    first, last = before.people[0].key, before.people[-1].key
    await register.set_language(first, "nn")
    await register.set_blocked_dates(first, [date(2027, 3, 2)])

    again = await register.save(documents)

    for seen in (again, await SQLRegister(database, StillClock()).programme()):
        assert (seen.person(first).language, seen.person(first).blocked_dates) == ("nn", (date(2027, 3, 2),))
        assert seen.person(last) == before.person(last)
    assert await register.documents() != documents


async def test_a_change_made_elsewhere_is_seen(database: Database) -> None:
    reader, writer = SQLRegister(database, StillClock()), SQLRegister(database, StillClock())
    documents = load_documents(FOLDER)
    await writer.save(documents)
    before, again = await asyncio.gather(reader.programme(), reader.programme())
    assert before == again
    changed = {**documents["programme.yaml"]}
    changed["programme"] = {**changed["programme"], "vision": "Alle unge i Å-dal er med"}
    await writer.save({**documents, "programme.yaml": changed})
    assert (await reader.programme()).vision == "Alle unge i Å-dal er med"


@pytest.mark.parametrize(("municipalities", "spared"), [(2, False), (51, True)], ids=["a county", "a country"])
async def test_the_garbage_collector_passes_a_large_programme_by(
    database: Database, tmp_path: Path, municipalities: int, spared: bool
) -> None:
    write_country(tmp_path, municipalities)
    # The suite itself has what it collected passed by.
    gc.unfreeze()
    try:
        await SQLRegister(database, StillClock()).save(load_documents(tmp_path))
        assert (gc.get_freeze_count() > 0) is spared
    finally:
        gc.unfreeze()
