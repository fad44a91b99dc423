"""The desk stores an edit with its history and what follows from it, once, however many edit at a time."""

import pytest

from config.values import Role
from tests.clocks import NOON, StillClock
from tests.workflows.register.shelf import DAL, DAL_FILE, LATER, SOR_A, ShelfRegister
from workflows.ports.units import DueUnit
from workflows.register.editing import NoSuchAct, RegisterDesk
from workflows.register.edits.people import ChangePerson, ReplaceLead, RoleSeat
from workflows.register.model import ChangedMeanwhile, NotTheirs

SWEEP = DueUnit(key="sweep.all:unge", due_at=NOON)


def title(words: str, person: str = "sjef") -> ChangePerson:
    return ChangePerson(person=person, values={"title": words})


@pytest.fixture
def shelf() -> ShelfRegister:
    return ShelfRegister()


@pytest.fixture
def desk(shelf: ShelfRegister) -> RegisterDesk:
    return RegisterDesk(store=shelf, clock=StillClock())


async def test_an_edit_is_stored_with_who_and_when_and_makes_the_sweep_due(
    desk: RegisterDesk, shelf: ShelfRegister
) -> None:
    saved = await desk.edit(title("Sjef"), by="lokal", seen=1, within=DAL)

    assert saved.version == shelf.now.version == 2
    (act,) = shelf.acts
    assert (act.act.by, act.act.kind, act.act.at, act.act.undoes) == ("lokal", "person.changed", NOON, None)
    assert act.changes == saved.changes
    assert shelf.due == [SWEEP]


async def test_a_repeat_changes_nothing_and_makes_no_version(desk: RegisterDesk, shelf: ShelfRegister) -> None:
    await desk.edit(title("Sjef"), by="lokal")

    again = await desk.edit(title("Sjef"), by="lokal", seen=1)

    assert (again.version, again.changes, len(shelf.acts)) == (2, (), 1)


async def test_somebody_faster_is_planned_around(desk: RegisterDesk, shelf: ShelfRegister) -> None:
    shelf.slips.append(title("Leder", person="leder"))

    saved = await desk.edit(title("Sjef"), by="lokal", seen=1)

    programme = await shelf.programme()
    assert saved.version == 3
    assert (programme.person("sjef").title, programme.person("leder").title) == ("Sjef", "Leder")


async def test_somebody_faster_with_the_same_value_is_told(desk: RegisterDesk, shelf: ShelfRegister) -> None:
    shelf.slips.append(title("Deres"))

    with pytest.raises(ChangedMeanwhile):
        await desk.edit(title("Min"), by="lokal", seen=1)

    assert (await shelf.programme()).person("sjef").title == "Deres"


async def test_an_act_is_undone_once_with_its_number_in_the_log(desk: RegisterDesk, shelf: ShelfRegister) -> None:
    first = await desk.edit(
        ReplaceLead(seat=RoleSeat(role=Role.LOCAL_LEAD, municipality=DAL), person="sjef", first_day=LATER), by="lokal"
    )

    undone = await desk.undo(first.version, by="sjef", within=DAL)
    again = await desk.undo(first.version, by="sjef", within=DAL)

    assert (undone.version, again.changes) == (3, ())
    assert [(item.act.kind, item.act.undoes, item.act.by) for item in shelf.acts][-1] == ("undone", 2, "sjef")
    assert [item.until for item in (await shelf.programme()).assigned(Role.LOCAL_LEAD, None, DAL)] == [None]


async def test_what_is_another_municipality_s_is_neither_edited_nor_undone(
    desk: RegisterDesk, shelf: ShelfRegister
) -> None:
    saved = await desk.edit(title("Sjef"), by="lokal")

    with pytest.raises(NotTheirs):
        await desk.edit(title("X"), by="lokal-sor-a", within=SOR_A)
    with pytest.raises(NotTheirs):
        await desk.undo(saved.version, by="lokal-sor-a", within=SOR_A)
    with pytest.raises(NoSuchAct):
        await desk.undo(99, by="lokal")
    assert len(shelf.acts) == 1


async def test_the_log_has_the_latest_first_of_all_or_of_one_document(desk: RegisterDesk) -> None:
    for words in ("En", "To"):
        await desk.edit(title(words), by="lokal")
    await desk.edit(title("Tre", person="leder"), by="leder")

    assert [item.version for item in await desk.log()] == [4, 3, 2]
    assert [item.version for item in await desk.log(document=DAL_FILE)] == [3, 2]
    assert [item.version for item in await desk.log(before=4, most=1)] == [3]


async def test_a_page_reads_the_documents_it_shows_and_those_alone(desk: RegisterDesk) -> None:
    county, programme = await desk.page(None)
    dal, _ = await desk.page(DAL)
    called_otherwise, _ = await desk.page(SOR_A)

    assert DAL_FILE not in county.documents
    assert DAL_FILE in dal.documents
    assert "municipalities/sor-a.yaml" not in dal.documents
    assert "municipalities/sor-a.yaml" in called_otherwise.documents
    assert programme.key == "unge"


async def test_an_act_is_found_by_its_version_and_only_where_it_touched_something(desk: RegisterDesk) -> None:
    saved = await desk.edit(title("En"), by="lokal")

    assert await desk.find_act(saved.version, document=DAL_FILE) == await desk.find_act(saved.version)
    assert await desk.find_act(saved.version, document="municipalities/sor-a.yaml") is None
    assert await desk.find_act(99) is None
