"""Recorded minutes become versions of decisions and action items, and only of changed ones."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.papers.agendas.agenda_world import THERE
from tests.workflows.papers.agendas.test_plan import PROGRAMME, decision, draft, meeting, proposal
from workflows.free_text import InvalidText
from workflows.papers.minutes.model import Matter, Matters, MatterState, Minutes, Recorded
from workflows.papers.minutes.plan import MOST_LINES, Desk, people_to_name, prepared_minutes, record

AGENDA = draft(
    proposal(), proposal(number=2, title="Lokaler"), matters=Matters(decisions=(decision(1),)), last_number=6
)
EARLIER = Matters(decisions=(decision(1), decision(2, state=MatterState.DONE)))
PREPARED = prepared_minutes(PROGRAMME, meeting(), AGENDA)
PEOPLE = people_to_name(PROGRAMME, meeting())


def desk(minutes: Minutes = PREPARED, matters: Matters = EARLIER) -> Desk:
    return Desk(agenda=AGENDA, minutes=minutes, matters=matters, people=PEOPLE)


def after(old: Desk, said: Recorded) -> Desk:
    """The desk once *said* is stored."""
    decisions = {item.key: item for item in (*old.matters.decisions, *said.decisions)}
    actions = {item.key: item for item in (*old.matters.actions, *said.actions)}
    matters = Matters(decisions=tuple(decisions.values()), actions=tuple(actions.values()))
    return replace(old, minutes=said.minutes, matters=matters)


TEXTS = st.text(alphabet="Vi gjør det. <&>\n\x00\u202e", max_size=40)
FIELDS = st.one_of(
    st.sampled_from(
        ["others", "present:chair", "present:nobody", "version", "state:a-dal/2026/1", "state:a-dal/2026/2"]
    ),
    st.builds(
        "{}:{}".format, st.sampled_from(["decision", "follow", "what", "who", "due", "about"]), st.integers(0, 70)
    ),
)
VALUES = st.one_of(TEXTS, st.sampled_from(["1", "chair", "lead", "2026-12-01", "done", "dropped", "open", "8"]))


@given(st.dictionaries(FIELDS, VALUES, max_size=30))
def test_whatever_is_sent_is_recorded_or_refused_in_words(raw: dict[str, str]) -> None:
    try:
        said = record(desk(), raw)
    except InvalidText:
        return
    assert Minutes.from_data(said.minutes.to_data()) == said.minutes
    assert all(line.line <= MOST_LINES for line in said.minutes.actions)
    assert {item.number for item in said.minutes.items} == {item.number for item in AGENDA.items}
    # Only the board's own matters can change, and what was open is never lost.
    known = {item.key for item in EARLIER.all}
    matters: tuple[Matter, ...] = (*said.decisions, *said.actions)
    assert all(item.key in known or item.meeting == PREPARED.meeting.key for item in matters)


@given(st.dictionaries(FIELDS, VALUES, max_size=30))
def test_the_same_once_more_changes_nothing(raw: dict[str, str]) -> None:
    try:
        said = record(desk(), raw)
    except InvalidText:
        return
    stored = after(desk(), said)

    again = record(stored, {name: value for name, value in raw.items() if not name.startswith("state:")})

    assert again == Recorded(minutes=said.minutes)


def test_what_somebody_asked_for_is_followed_up_unless_the_recorder_says_otherwise() -> None:
    follow_up = {item.title: item.follow_up for item in PREPARED.items}

    assert follow_up["Skyss"]
    assert not follow_up["Godkjenning av saksliste"]


def test_following_up_can_begin_with_a_correction_and_a_finished_decision_stays_finished() -> None:
    number = AGENDA.items[0].number
    first = after(desk(), record(desk(), {**THERE, f"decision:{number}": "Godkjent."}))
    assert first.matters.decisions[-1].state is MatterState.DONE

    opened = after(first, record(first, {**THERE, f"decision:{number}": "Godkjent.", f"follow:{number}": "1"}))
    assert opened.matters.decisions[-1].state is MatterState.OPEN

    done = replace(opened.matters.decisions[-1], state=MatterState.DONE)
    later = replace(opened, matters=replace(opened.matters, decisions=(*opened.matters.decisions[:-1], done)))
    corrected = record(later, {**THERE, f"decision:{number}": "Godkjent nå.", f"follow:{number}": "1"})
    assert [(item.text, item.state) for item in corrected.decisions] == [("Godkjent nå.", MatterState.DONE)]


def test_what_the_form_did_not_have_stays_as_it_was() -> None:
    number = AGENDA.items[0].number
    stored = after(desk(), record(desk(), {**THERE, f"decision:{number}": "Godkjent.", "what:1": "Ringe"}))

    assert record(stored, {**THERE, "what:2": "Skrive"}).minutes.items == stored.minutes.items
    assert [line.what for line in record(stored, {**THERE, "what:2": "Skrive"}).minutes.actions] == ["Ringe", "Skrive"]


def test_somebody_named_before_who_has_left_keeps_their_line() -> None:
    named = after(desk(), record(desk(), {"what:1": "Ringe", "who:1": "chair"}))
    without = replace(named, people=tuple(person for person in PEOPLE if person.key != "chair"))

    again = record(without, {"what:1": "Ringe i dag", "who:1": "chair"})

    assert [(line.person, line.who) for line in again.minutes.actions] == [("chair", "Rolle chair")]


def test_lines_keep_their_number_when_one_before_is_taken_out() -> None:
    two = after(desk(), record(desk(), {"what:1": "Ringe", "what:2": "Skrive", "due:2": "2026-12-01"}))

    left = record(two, {"what:1": "", "what:2": "Skrive", "due:2": "2026-12-01"})

    assert [(line.line, line.what) for line in left.minutes.actions] == [(2, "Skrive")]
    assert [(item.line, item.state) for item in left.actions] == [(1, MatterState.DROPPED)]


def test_who_can_be_named_are_the_board_and_the_people_of_its_packages() -> None:
    assert {person.key for person in PEOPLE} == {"chair", "member", "lead", "home-lead", "guest-lead"}
