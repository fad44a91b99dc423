"""Edits are planned on what their editor saw, merged with what others did, and checked by the rules of `check`."""

from typing import Any

import pytest

from config.problems import InvalidInput
from config.values import Role
from tests.clocks import NOON
from tests.workflows.register.shelf import DAL, DAL_FILE, LATER, PACKAGE, act, documents, planned, state
from workflows.register.changes import apply, differences, value_at
from workflows.register.edits.packages import PutIndicator, RemoveIndicator
from workflows.register.edits.people import AddPerson, ChangePerson, EndRole, GiveRole, RoleSeat
from workflows.register.model import ChangedMeanwhile, EntryAddress, NotTheirs, RegisterState
from workflows.register.plan import Edit, plan_edit, plan_undo

SJEF = EntryAddress(DAL_FILE, "people", "sjef")


def renamed(**values: Any) -> Edit:
    return ChangePerson(person="sjef", values=values)


def after(*edits: Edit) -> tuple[RegisterState, list[Any]]:
    """Return the register after *edits* of somebody else, and the acts."""
    now, acts = state(), []
    for edit in edits:
        made = planned(edit, on=now)
        now = RegisterState(version=now.version + 1, documents=made.documents)
        acts.append(act(made.changes, version=now.version, by="leder"))
    return now, acts


def test_an_edit_is_told_by_entry_with_old_and_new() -> None:
    made = planned(renamed(title="Oppvekstsjef"))

    (change,) = made.changes
    assert change.address == SJEF
    assert (change.old.get("title"), change.new["title"]) == (None, "Oppvekstsjef")
    assert made.programme.person("sjef").title == "Oppvekstsjef"


def test_an_edit_that_says_the_same_changes_nothing() -> None:
    assert planned(renamed(name="Oppvekstsjef Dal", title="", language="nb")).changes == ()


@pytest.mark.parametrize(
    ("edit", "where", "rule"),
    [
        pytest.param(renamed(email="sjef@elsewhere.example"), "people[sjef].email", "domain", id="another domain"),
        pytest.param(renamed(email="sjef"), "people[sjef].email", "email", id="no address"),
        pytest.param(renamed(email="lokal@dal.example"), "people[lokal].email", "taken", id="somebody else's"),
        pytest.param(
            GiveRole(seat=RoleSeat(role=Role.LOCAL_LEAD, municipality=DAL), person="sjef", since=LATER),
            "assignments[3].person",
            "one_at_a_time",
            id="a second local lead",
        ),
        pytest.param(
            GiveRole(seat=RoleSeat(role=Role.BOARD_MEMBER, municipality=DAL), person="ingen", since=None),
            "assignments[3].person",
            "unknown",
            id="nobody we know",
        ),
    ],
)
def test_the_rules_of_check_stand_against_an_edit(edit: Edit, where: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(edit)

    assert [(f"{DAL_FILE}: {where}", rule)] == [(problem.where, problem.rule) for problem in caught.value.problems]


def test_what_is_gone_is_told_and_no_exception_of_a_dictionary() -> None:
    with pytest.raises(InvalidInput, match="still there"):
        planned(ChangePerson(person="ingen", values={"name": "X"}))
    with pytest.raises(InvalidInput, match="a municipality"):
        planned(AddPerson(municipality="ingen", name="X", email="x@dal.example", organisation="dal-kommune"))


def test_two_people_who_change_different_fields_of_one_entry_both_get_theirs() -> None:
    now, acts = after(renamed(title="Sjef"))

    made = plan_edit(now, renamed(language="nn"), since=acts)

    person = made.programme.person("sjef")
    assert (person.title, person.language) == ("Sjef", "nn")


def test_two_people_who_change_different_indicators_of_one_package_both_get_theirs() -> None:
    now, acts = after(PutIndicator(package=PACKAGE, values={"name": "Bedrifter"}))

    made = plan_edit(now, PutIndicator(package=PACKAGE, indicator="plasser", values={"target": 4.0}), since=acts)

    indicators = made.programme.work_package(PACKAGE).indicators
    assert [(item.key, item.target) for item in indicators] == [("plasser", 4.0), ("bedrifter", None)]


def test_the_second_who_changes_the_same_value_is_told_both_values_and_nothing_is_lost() -> None:
    now, acts = after(renamed(title="Deres"))

    with pytest.raises(ChangedMeanwhile) as caught:
        plan_edit(now, renamed(title="Min", language="nn"), since=acts)

    (clash,) = caught.value.clashes
    assert (clash.address, clash.path) == (SJEF, ("title",))
    assert (clash.seen, clash.theirs, clash.yours) == (None, "Deres", "Min")
    assert (clash.by, clash.at) == ("leder", NOON)


def test_two_people_who_want_the_same_are_no_clash() -> None:
    now, acts = after(renamed(title="Sjef"))

    assert plan_edit(now, renamed(title="Sjef"), since=acts).changes == ()


def test_changing_what_somebody_took_out_is_a_clash() -> None:
    now, acts = after(RemoveIndicator(package=PACKAGE, indicator="plasser"))

    with pytest.raises(ChangedMeanwhile) as caught:
        plan_edit(now, PutIndicator(package=PACKAGE, indicator="plasser", values={"target": 4.0}), since=acts)

    (clash,) = caught.value.clashes
    assert (clash.path[0], clash.theirs) == ("indicators", None)


def test_changing_what_stood_in_a_document_that_is_gone_is_a_clash() -> None:
    before = documents()
    (gone,) = differences(before, {path: data for path, data in before.items() if path != DAL_FILE})
    now = RegisterState(version=2, documents=apply(before, [gone]))

    with pytest.raises(ChangedMeanwhile) as caught:
        plan_edit(now, renamed(title="Sjef"), since=[act([gone])])

    assert [(clash.theirs, clash.by) for clash in caught.value.clashes] == [(None, "lokal")]


def test_a_local_lead_reaches_no_further_than_the_municipality() -> None:
    reach = ChangePerson(person="leder", values={"title": "X"})

    with pytest.raises(NotTheirs):
        plan_edit(state(), reach, within=DAL)
    with pytest.raises(NotTheirs):
        plan_edit(state(), renamed(title="X"), within="sor-a-og-ovre-sjo")
    assert plan_edit(state(), renamed(title="X"), within=DAL).changes


def test_undo_sets_back_what_an_act_changed_and_leaves_what_came_after() -> None:
    now, acts = after(renamed(title="Ny", language="nn"), renamed(first_name="Kim"))

    made = plan_undo(now, acts[0], since=acts[1:])

    person = made.programme.person("sjef")
    assert (person.title, person.language, person.first_name) == ("", "nb", "Kim")


def test_undo_refuses_when_somebody_changed_the_value_since() -> None:
    now, acts = after(renamed(title="Ny"), renamed(title="Nyere"))

    with pytest.raises(ChangedMeanwhile) as caught:
        plan_undo(now, acts[0], since=acts[1:])

    (clash,) = caught.value.clashes
    assert (clash.seen, clash.theirs, clash.yours) == ("Ny", "Nyere", None)


def test_undo_is_checked_like_any_edit() -> None:
    add = AddPerson(municipality=DAL, name="Ny", email="ny@dal.example", organisation="dal-kommune")
    give = GiveRole(seat=RoleSeat(role=Role.BOARD_MEMBER, municipality=DAL), person="ny", since=None)
    now, acts = after(add, give)

    with pytest.raises(InvalidInput, match="assignments"):
        plan_undo(now, acts[0], since=acts[1:])


def test_undo_twice_changes_nothing_and_undoing_an_undo_makes_it_so_again() -> None:
    end = EndRole(seat=RoleSeat(role=Role.LOCAL_LEAD, municipality=DAL), person="lokal", last_day=LATER)
    now, acts = after(end)
    undone = plan_undo(now, acts[0], since=[])
    back = RegisterState(version=3, documents=undone.documents)
    undo = act(undone.changes, version=3)

    assert back.documents == state().documents
    assert plan_undo(back, acts[0], since=[undo]).changes == ()
    again = plan_undo(back, undo, since=[])
    assert again.documents == now.documents
    assert (
        value_at(again.documents, EntryAddress(DAL_FILE, "assignments", "lokal/local_lead///"))["until"] == "2026-10-01"
    )
