"""Acts are told in a reader's words: entries by their names, fields by theirs, values as people read them."""

from typing import Any

import pytest

from config.values import Role
from tests.workflows.register.shelf import DAL, DAL_FILE, LATER, PACKAGE, SOR_A, act, documents, planned
from workflows.register.changes import differences
from workflows.register.edits.entries import PutEntry
from workflows.register.edits.packages import PutIndicator, ReportToBoard
from workflows.register.edits.people import ChangePerson, EndRole, GiveRole, RoleSeat
from workflows.register.edits.places import SetDaysOff, SetOverride
from workflows.register.importing import IMPORT
from workflows.register.model import Act, EntryAddress, LoggedAct
from workflows.register.plan import Edit
from workflows.register.rendering import MOST_LINES, ChangeLine, RegisterWords

LOCAL = RoleSeat(role=Role.LOCAL_LEAD, municipality=DAL)


def lines(edit: Edit, language: str = "nb") -> list[ChangeLine]:
    made = planned(edit)
    return RegisterWords(made.documents, language).lines(act(made.changes))


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        pytest.param(
            ChangePerson(person="sjef", values={"language": "nn"}),
            ("Person: Oppvekstsjef Dal", "Språk", "ingenting", "nynorsk"),
            id="a person",
        ),
        pytest.param(
            EndRole(seat=LOCAL, person="lokal", last_day=LATER),
            ("Lokal leder: Lokal leder Dal", "Til og med", "ingenting", "1. oktober 2026"),
            id="a role's end",
        ),
        pytest.param(
            GiveRole(seat=RoleSeat(role=Role.BOARD_MEMBER, municipality=DAL), person="lokal", since=LATER),
            ("Styremedlem: Lokal leder Dal", "", "", "Lagt til"),
            id="a new role",
        ),
        pytest.param(
            PutIndicator(package=PACKAGE, indicator="plasser", values={"target": 7.5}),
            ("Arbeidspakke: Verksted", "Målepunkt: plasser: Mål", "ingenting", "7,5"),
            id="an indicator",
        ),
        pytest.param(
            ReportToBoard(package=PACKAGE, board=SOR_A),
            ("Arbeidspakke: Verksted", "Styrer den også rapporterer til", "ingenting", "Sør-Å og Øvre Sjø"),
            id="a board more",
        ),
        pytest.param(
            SetDaysOff(days=[LATER]),
            ("Fridager (Kalenderen)", "", "24. desember 2026", "1. oktober 2026"),
            id="days off",
        ),
        pytest.param(
            SetOverride(municipality=DAL, part="bodies", key="local-board", path=("location",), value="Teams"),
            ("Lokale tilpasninger (Dal)", "", "", "Lagt til"),
            id="an override",
        ),
        pytest.param(
            PutEntry(
                kind="partner.put", section="partners", municipality=None, about={"organisation": "fylket"},
                values={"signs_agreement": False},
            ),
            ("Avtale: Fjordfylket", "Skal ha avtale", "ingenting", "nei"),
            id="an agreement",
        ),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(edit: Edit, told: tuple[str, str, str, str]) -> None:
    (line,) = lines(edit)

    assert (line.entry, line.field, line.old, line.new) == told


def test_what_was_taken_out_is_told_by_the_name_it_had() -> None:
    before = documents()
    after = documents()
    del after[DAL_FILE]["work_packages"][0]["indicators"]
    after[DAL_FILE]["people"].pop(0)

    told = RegisterWords(after, "nb").lines(act(differences(before, after)))

    assert told[0].entry == "Person: Oppvekstsjef Dal"
    assert (told[0].old, told[0].new) == ("Sto i registeret", "Tatt ut")


def test_an_import_of_everything_is_told_document_by_document_and_no_longer_than_a_screen() -> None:
    known = documents()
    many = {f"municipalities/m{number}.yaml": {"municipality": {"name": f"M{number}"}} for number in range(60)}
    words = RegisterWords(known | many, "nb")
    imported = LoggedAct(version=1, act=Act(by="", kind=IMPORT, at=act([]).act.at), changes=differences({}, many))

    assert len(words.lines(imported)) == MOST_LINES
    assert words.lines(imported)[0].entry == "M0"
    assert words.kind(imported) == "Lest inn fra filer"
    assert words.person("") == "Innlesing i terminalen"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "ingenting"),
        ([], "ingenting"),
        (True, "ja"),
        (1200, "1200"),
        (10000.5, "10\u00a0000,5"),
        (["2026-09-08", "x"], "8. september 2026, x"),
        ({"name": "A", "target": 2}, "Navn: A, Mål: 2"),
        ("2026-09-08T12:30:00", "tirsdag 8. september 2026 kl. 12.30"),
        ("lokal", "Lokal leder Dal"),
        ("running", "i gang"),
    ],
)
def test_values_are_written_as_people_read_them(value: Any, words: str) -> None:
    assert RegisterWords(documents(), "nb").value(value) == words


def test_what_has_no_words_is_told_by_its_key() -> None:
    words = RegisterWords(documents(), "nn")

    assert words.field(("rhythm", "unheard_of")) == "Rytme: unheard_of"
    assert words.role("king") == "king"
    assert words.entry(EntryAddress("people.yaml", "people", "gone")) == "Person: gone"
    assert words.kind(LoggedAct(version=1, act=Act(by="", kind="odd.act", at=act([]).act.at), changes=())) == "odd.act"
