"""Questions about addresses, and the register of municipalities."""

from datetime import timedelta

from config.klass import KnownMunicipality, shipped
from integration.database.connection import Database
from integration.database.klass import SQLKlass
from integration.database.look_ups import SQLLookUps
from integration.database.units import SQLUnits
from tests.clocks import NOON
from workflows.ports.units import DueUnit
from workflows.register.look_up import LookUp, LookUpState

DAY = timedelta(days=1)
QUESTION = LookUp(id="q1", email="ny@dal.example", asked_at=NOON, asked_by="lokal")


async def test_a_question_is_kept_with_its_unit_answered_and_forgotten(database: Database) -> None:
    store, unit = SQLLookUps(database), DueUnit(key="people.look_up:q1", due_at=NOON)
    for _ in range(2):
        await store.ask(QUESTION, forget_before=NOON - DAY, then=[unit])
    assert await store.find("q1") == QUESTION
    assert [item.key for item in await SQLUnits(database).list_units()] == [unit.key]

    await store.answer("q1", LookUpState.GUEST, NOON + DAY)
    answered = await store.find("q1")
    assert answered is not None
    assert (answered.state, answered.answered_at) == (LookUpState.GUEST, NOON + DAY)

    other = LookUp(id="q2", email="andre@dal.example", asked_at=NOON + 3 * DAY, asked_by="lokal")
    await store.ask(other, forget_before=NOON + 2 * DAY, then=[])
    assert await store.find("q1") is None


async def test_the_shipped_municipalities_count_until_others_are_imported(database: Database) -> None:
    klass, oslo = SQLKlass(database), KnownMunicipality("0301", "Oslo")
    assert await klass.all() == shipped()

    for _ in range(2):
        await klass.replace([oslo])

    assert list(await klass.all()) == [oslo]
