"""The programme's own sections, and entries that others name."""

from config.values import Organisation
from tests.workflows.register.shelf import planned, state
from workflows.register.draft import Draft
from workflows.register.edits.entries import PutEntry, TakeOutEntry
from workflows.register.edits.programme import ChangeSection

HOURS = {"first": "08:00", "last": "15:00"}


def test_a_section_in_which_all_is_as_usual_is_not_written() -> None:
    draft = Draft({})

    ChangeSection(kind="calendar.sending", document="calendar.yaml", section="sending", values=HOURS).apply(draft)
    assert draft.documents == {"calendar.yaml": {}}

    later = {**HOURS, "last": "16:00"}
    ChangeSection(kind="calendar.sending", document="calendar.yaml", section="sending", values=later).apply(draft)
    assert draft.documents == {"calendar.yaml": {"sending": {"last": "16:00"}}}


def test_an_entry_about_nothing_known_is_a_new_one_however_many_there_are() -> None:
    draft = Draft({"organisations.yaml": {"organisations": []}})
    values = {"name": "Forbundet", "kind": "other", "tenant": "guest", "domain": "forbundet.example"}
    edit = PutEntry(kind="organisation.put", section="organisations", municipality=None, about={}, values=values)

    edit.apply(draft)
    edit.apply(draft)

    found = draft.documents["organisations.yaml"]["organisations"]
    assert [Organisation(**entry).key for entry in found] == ["forbundet", "forbundet-2"]


def test_what_names_an_entry_goes_with_it_and_a_repeat_is_no_fault() -> None:
    line = {"key": "B1", "years": [2026], "purpose": "Drift"}
    spending = [{"line": "B1", "year": 2026, "spent": 5}, {"line": "B2", "year": 2026, "spent": 7}]
    draft = Draft({"programme.yaml": {"budget": [line], "spending": spending}})
    edit = TakeOutEntry(
        kind="budget.removed", section="budget", municipality=None, about={"key": "B1"}, also={"spending": "line"}
    )

    edit.apply(draft)
    edit.apply(draft)

    assert draft.documents["programme.yaml"] == {"budget": [], "spending": spending[1:]}


def test_two_budget_lines_that_are_added_are_two() -> None:
    values = {"purpose": "Reise", "amount": 1, "years": (2026,), "per": "programme"}
    edit = PutEntry(kind="budget.put", section="budget", municipality=None, about={}, values=values)
    before = planned(edit, on=state()).programme.budget

    assert {line.purpose for line in before} >= {"Reise"}
    assert len(before) == len({line.key for line in before})
