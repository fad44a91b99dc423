"""Pasted notes become a proposal for minutes: what is understood, what is left as text, and that no line is lost."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.papers.agendas.agenda_world import THERE
from tests.workflows.papers.minutes.test_plan import AGENDA as PLAN_AGENDA
from tests.workflows.papers.minutes.test_plan import desk
from tests.workflows.papers.reports.report_samples import HOSTILE
from workflows.free_text import InvalidText, clean_text
from workflows.papers.agendas.model import Agenda, AgendaItem, ItemKind
from workflows.papers.minutes.model import Minutes
from workflows.papers.minutes.notes import ItemNotes, NotesDraft, read_notes
from workflows.papers.minutes.notes_words import find_person, only_due_day, parse_day
from workflows.papers.minutes.plan import record
from workflows.papers.reports.model import MeetingFacts

DAY = date(2026, 12, 9)
AGENDA = Agenda(
    meeting=MeetingFacts(
        key="a-dal/2026-12-09",
        body="a-dal",
        starts_local=datetime.fromisoformat("2026-12-09T09:00"),
        ends_local=datetime.fromisoformat("2026-12-09T11:00"),
    ),
    name="Styret i Å-dal",
    year=2026,
    items=tuple(
        AgendaItem(key=f"i{number}", kind=ItemKind.STANDING, title=title, number=number)
        for number, title in ((12, "Skyss til bedriftene"), (13, "Lokaler"), (14, "Eventuelt"))
    ),
)
BOARD = {"chair": "Oppvekstsjef Å-dal", "nav": "NAV-leder Å-dal", "rektor": "Rektor Å-dal", "kari": "Kari Fjell Moe"}
PEOPLE = {**BOARD, "leder": "Leder arena", "annen": "Leder bro"}

NOTES = """\
Styremøte 9. desember

Til stede: Oppvekstsjef Å-dal, Kari, Rektor Å-dal (fylket) og Ordfører i Nabo
Forfall:
- NAV-leder Å-dal
Møteleder: Oppvekstsjef Å-dal
Referent: Leder arena

# Sak 12/26: Skyss til bedriftene
Vi snakket lenge om bussen.
* Kommunen kan ikke betale alt.
**Vedtak:** Kommunen dekker skyss ut skoleåret.
Det meldes til skolene.
Ansvarlig: Leder arena. Frist: 15. januar

13/2026 Lokaler
- Ingen har funnet noe.
Vedtak: ingen

3. Eventuelt
Ansvarlig: Kari
Takk for møtet!
"""


def read(notes: str) -> NotesDraft:
    return read_notes(notes, AGENDA, attendance=BOARD, people=PEOPLE)


def test_messy_notes_become_a_proposal() -> None:
    draft = read(NOTES)

    assert (draft.present, draft.absent, draft.others) == (("chair", "kari", "rektor"), ("nav",), ("Ordfører i Nabo",))
    assert (draft.chair, draft.secretary) == ("chair", "leder")
    assert draft.remarks == "Styremøte 9. desember"
    assert draft.items == (
        ItemNotes(
            number=12,
            text="Vi snakket lenge om bussen.\n* Kommunen kan ikke betale alt.",
            decision="Kommunen dekker skyss ut skoleåret.\nDet meldes til skolene.",
            person="leder",
            due_on=date(2027, 1, 15),
        ),
        ItemNotes(number=13, text="- Ingen har funnet noe.\nVedtak: ingen"),
        ItemNotes(number=14, text="Ansvarlig: Kari\nTakk for møtet!"),
    )
    assert "**Vedtak:** Kommunen dekker skyss ut skoleåret." in draft.read
    assert "3. Eventuelt" in draft.read


@pytest.mark.parametrize(
    ("line", "number"),
    [
        pytest.param("Sak 12/26", 12, id="number and year"),
        pytest.param("sak 12", 12, id="number alone, called an item"),
        pytest.param("SAK NR. 13: Lokaler", 13, id="in capitals"),
        pytest.param("## 12/2026 – Skyss til bedriftene", 12, id="a heading with the whole year"),
        pytest.param("5) Lokaler:", 13, id="a title under another number"),
        pytest.param("Sak 13: Vi fant et rom", 13, id="an item and what was said"),
        pytest.param("Sak 12/25", 0, id="an item of another year"),
        pytest.param("Sak 99", 0, id="an item that is not on the agenda"),
        pytest.param("12 elever kom", 0, id="a number that is none of an item"),
        pytest.param("12", 0, id="a bare number"),
        pytest.param("Sak 12/26 ble nevnt av rektor", 0, id="an item in a sentence"),
        pytest.param("Lokaler er et problem", 0, id="a title in a sentence"),
    ],
)
def test_an_item_begins_where_the_notes_name_it(line: str, number: int) -> None:
    draft = read(f"{line}\nVedtak: Ja.")

    assert [item.number for item in draft.items] == ([number] if number else [])
    if not number:
        assert draft.remarks == f"{line}\nVedtak: Ja.", "a decision on nothing is none"


@pytest.mark.parametrize(
    ("below", "decision", "text"),
    [
        pytest.param("Vedtak: Ja.\nOg mer.\n\nSå dette.", "Ja.\nOg mer.", "Så dette.", id="until an empty line"),
        pytest.param("Vedtak:\n- Ett\n- To", "- Ett\n- To", "", id="a list below its label"),
        pytest.param("Beslutning: Ja.\nVedtak: Nei.", "Ja.\nNei.", "", id="two of them"),
        pytest.param("Vi vedtok ingenting.", "", "Vi vedtok ingenting.", id="a sentence about it"),
        pytest.param("Vedtak:", "", "", id="a label alone"),
        pytest.param("Vedtak: -", "", "Vedtak: -", id="none"),
    ],
)
def test_a_decision_is_what_stands_under_its_label(below: str, decision: str, text: str) -> None:
    (item,) = read(f"Sak 13\n{below}").items

    assert (item.decision, item.text) == (decision, text)


@pytest.mark.parametrize(
    ("lines", "person", "due_on", "left"),
    [
        pytest.param("Ansvarlig: Kari", "kari", None, "", id="a first name that one has"),
        pytest.param("Ansvarleg: Leder arena; frist: 1.2.", "leder", date(2027, 2, 1), "", id="both in a line"),
        pytest.param("Frist: tirsdag 15. desember", "", date(2026, 12, 15), "", id="a weekday before it"),
        pytest.param("Ansvarlig: Leder", "", None, "Ansvarlig: Leder", id="a name that several have"),
        pytest.param("Ansvarlig: Ola", "", None, "Ansvarlig: Ola", id="somebody unknown"),
        pytest.param("Frist: snart", "", None, "Frist: snart", id="no day"),
        pytest.param("Ansvarlig: Kari. Frist: snart", "", None, "Ansvarlig: Kari. Frist: snart", id="half of a line"),
        pytest.param(
            "Ansvarlig: Kari\nAnsvarlig: Leder bro", "kari", None, "Ansvarlig: Leder bro", id="a second person"
        ),
        pytest.param("Frist: 1.2.\nFrist: 2.2.", "", date(2027, 2, 1), "Frist: 2.2.", id="a second day"),
    ],
)
def test_who_and_until_when_are_taken_where_they_are_certain(
    lines: str, person: str, due_on: date | None, left: str
) -> None:
    (item,) = read(f"Sak 13\nVedtak: Ja.\n{lines}").items

    assert (item.decision, item.person, item.due_on, item.text) == ("Ja.", person, due_on, left)


def test_a_decision_s_own_words_say_who_and_until_when_and_stay_whole() -> None:
    (item,) = read("Sak 13\nVedtak: Vi leier rommet innen 15. januar. Ansvarlig: Kari.").items

    assert (item.person, item.due_on) == ("kari", date(2027, 1, 15))
    assert item.decision == "Vi leier rommet innen 15. januar. Ansvarlig: Kari."


@pytest.mark.parametrize(
    ("notes", "present", "absent", "remarks"),
    [
        pytest.param("Til stede:\n- Kari\n- Rektor\n\nKari sa ja.", ("kari", "rektor"), (), "Kari sa ja.", id="a list"),
        pytest.param("Til stede: Kari\nMøtet begynte sent", ("kari",), (), "Møtet begynte sent", id="then a sentence"),
        pytest.param("Forfall: Kari, Ola", (), ("kari",), "Forfall: Kari, Ola", id="an absent stranger stays in words"),
        pytest.param("Til stede: Kari\nForfall: Kari", ("kari",), (), "", id="both: who came was there"),
        pytest.param("Referent: Leder", (), (), "Referent: Leder", id="a secretary who may be two"),
    ],
)
def test_attendance_is_read_from_lists_of_names(
    notes: str, present: tuple[str, ...], absent: tuple[str, ...], remarks: str
) -> None:
    draft = read(notes)

    assert (draft.present, draft.absent, draft.remarks) == (present, absent, remarks)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("15. januar", date(2027, 1, 15)),
        ("9. desember", date(2026, 12, 9)),
        ("8. desember", date(2027, 12, 8)),
        ("15. jan.", date(2027, 1, 15)),
        ("15.01.2028", date(2028, 1, 15)),
        ("15/1/27", date(2027, 1, 15)),
        ("2026-12-24", date(2026, 12, 24)),
        ("fredag den 15. januar 2027", date(2027, 1, 15)),
        ("15 January", date(2027, 1, 15)),
        ("31. februar", None),
        ("29. februar", None),
        ("15.13.", None),
        ("neste styremøte", None),
        ("15. januar eller så", None),
        ("", None),
    ],
)
def test_a_day_without_a_year_is_the_first_from_the_meeting_on(words: str, day: date | None) -> None:
    assert parse_day(words, DAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Rommet leies innen fredag 15. januar.", date(2027, 1, 15)),
        ("Frist 1.2.2027.", date(2027, 2, 1)),
        ("Senest 1. mars, og innen 1.3.", date(2027, 3, 1)),
        ("Innen 1. mars, senest 1. april.", None),
        ("Vi møtes 15. januar.", None),
        ("Innen påske.", None),
    ],
)
def test_a_due_day_in_a_sentence_stands_behind_a_word_for_it_and_is_one(text: str, day: date | None) -> None:
    assert only_due_day(text, DAY) == day


@pytest.mark.parametrize("words", ["", "Å-dal", "x" * 500, "()", "Kari Annen"])
def test_a_name_that_is_nobody_s_or_several_people_s_is_nobody(words: str) -> None:
    assert find_person(words, PEOPLE) == ""


# --------------------------------------------------------------------------------------------------- nothing is lost

PARTS = st.sampled_from(
    [
        "Til stede: Kari, Ukjent og Rektor", "Forfall: NAV-leder", "Møteleder: Kari", "Referent: hvem?", "Sak 12/26",
        "Sak 12/26: Lenge", "13/26 Lokaler", "1. Eventuelt", "Vedtak: Ja innen 15. januar", "Vedtak:", "Vedtak: ingen",
        "- Ansvarlig: Kari. Frist: 1.2.", "Ansvarlig: ?", "Frist: 31. februar", "**Decision:** Yes", "---", "* * *",
        "()", "- [x] Gjort", "", " ", "\t", HOSTILE, "=1+1", "٣٤/٢٦", "Ráđđehus", "\N{SMILING FACE WITH OPEN MOUTH}",
    ]
)  # fmt: skip
LINES = st.one_of(PARTS, st.text(max_size=30), st.builds("{} {}".format, PARTS, PARTS))
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=25))
def test_each_line_of_any_notes_is_found_again_and_nothing_is_added(written: list[tuple[str, str]]) -> None:
    notes = "".join(line + end for line, end in written)
    draft = read(notes)

    kept = [draft.remarks, *(text for item in draft.items for text in (item.text, item.decision))]
    whole = "\n".join([*kept, *draft.read])
    lines = [line.strip() for line in clean_text(notes).split("\n")]
    assert all(line in whole for line in lines)
    assert all(line in "\n".join(lines) for text in (*kept, *draft.read) for line in text.split("\n"))
    assert {item.number for item in draft.items} <= {item.number for item in AGENDA.items}
    assert {*draft.present, *draft.absent} <= set(BOARD)
    assert all(name in clean_text(notes) for name in draft.others)
    assert all(item.decision or not (item.person or item.due_on) for item in draft.items)


# ---------------------------------------------------------------------------------------------- a person confirms it


def test_a_decision_out_of_notes_is_none_before_somebody_says_so() -> None:
    number = PLAN_AGENDA.items[0].number
    raw = {**THERE, f"decision:{number}": "Ja.", f"proposed:{number}": "1"}

    with pytest.raises(InvalidText) as refused:
        record(desk(), raw)
    assert {name: words.key for name, words in refused.value.problems.items()} == {
        f"decision:{number}": "minutes.error_unconfirmed"
    }
    (decision,) = record(desk(), {**raw, f"decided:{number}": "1"}).decisions
    assert decision.text == "Ja."
    assert record(desk(), {**raw, f"decision:{number}": ""}).decisions == ()


def test_a_confirmed_decision_needs_a_meeting_as_any_other() -> None:
    number = PLAN_AGENDA.items[0].number

    with pytest.raises(InvalidText) as refused:
        record(desk(), {f"decision:{number}": "Ja.", f"proposed:{number}": "1", f"decided:{number}": "1"})
    assert "present" in refused.value.problems


def test_what_was_said_is_kept_with_the_minutes_and_a_form_without_it_changes_nothing() -> None:
    number = PLAN_AGENDA.items[0].number
    said = record(desk(), {f"text:{number}": "Lenge.", f"decision:{number}": "", "remarks": "Kaffe."}).minutes

    assert (said.items[0].text, said.remarks) == ("Lenge.", "Kaffe.")
    assert Minutes.from_data(said.to_data()) == said
    again = record(replace(desk(), minutes=said), {f"decision:{number}": ""}).minutes
    assert (again.items[0].text, again.remarks) == ("Lenge.", "Kaffe.")
