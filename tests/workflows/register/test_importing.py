"""An import names what people edited and it would replace, and nothing else."""

from copy import deepcopy

from tests.clocks import NOON
from tests.workflows.register.shelf import DAL_FILE, act, documents, planned, state
from workflows.register.edits.people import ChangePerson
from workflows.register.importing import IMPORT, overwritten_by
from workflows.register.model import Act, EntryAddress, LoggedAct

EDIT = ChangePerson(person="sjef", values={"title": "Sjef", "language": "nn"})


def test_what_a_person_edited_and_the_files_say_otherwise_is_named_by_field_and_editor() -> None:
    made = planned(EDIT)
    wanted = documents()
    wanted[DAL_FILE]["people"][0]["language"] = "nn"

    (found,) = overwritten_by(made.documents, wanted, [act(made.changes)])

    assert (found.address, found.path) == (EntryAddress(DAL_FILE, "people", "sjef"), ("title",))
    assert (found.now, found.wanted, found.by, found.at) == ("Sjef", None, "lokal", NOON)


def test_what_only_the_files_say_is_not_asked_about() -> None:
    wanted = deepcopy(documents())
    wanted["people.yaml"]["people"][2]["title"] = "Leder"

    assert overwritten_by(state().documents, wanted, []) == ()


def test_an_import_is_nobody_s_edit() -> None:
    made = planned(EDIT)
    imported = LoggedAct(version=2, act=Act(by="", kind=IMPORT, at=NOON), changes=made.changes)

    assert overwritten_by(made.documents, documents(), [imported]) == ()


def test_a_document_that_the_files_lack_is_named_when_somebody_edited_in_it() -> None:
    made = planned(EDIT)
    wanted = {path: data for path, data in documents().items() if path != DAL_FILE}

    (found,) = overwritten_by(made.documents, wanted, [act(made.changes)])

    assert (found.address, found.wanted) == (EntryAddress(DAL_FILE), None)
