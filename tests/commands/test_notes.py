"""Notes of units at the terminal: all that a command can end with is said in the programme's language."""

import re
from pathlib import Path

import pytest

import texts
from commands.notes import COUNTED, HELD, NOTES, note_at_terminal
from commands.units import side_by_side

ROOT = Path(__file__).parents[2]
SEEN_AT_THE_TERMINAL = ("status/*", "papers/reports/*", "meetings/booking", "rollout/handlers", "messages/delivery")
"""Where units keep their notes that a command makes due and waits for, below `workflows/`."""
NOTE = re.compile(r'\bnote="([^"]+)"')


def test_every_note_that_a_command_can_end_with_is_said_in_words() -> None:
    files = [file for place in SEEN_AT_THE_TERMINAL for file in (ROOT / "workflows").glob(f"{place}.py")]
    files.append(ROOT / "engine" / "units.py")
    notes = {note for file in files for note in NOTE.findall(file.read_text("utf-8"))}

    assert len(notes) > 30
    assert not notes - NOTES.keys()


@pytest.mark.parametrize("language", texts.languages())
def test_every_note_has_its_text(language: str) -> None:
    said = {*(f"note_{key}" for key in (*NOTES.values(), *COUNTED.values())), *HELD.values()}

    assert not {f"terminal.{key}" for key in said} - texts.keys(language)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("is released later", "frigis senere"),
        ("version 2, draft", "versjon 2, utkast"),
        ("failed: 3 meetings have got no link into Teams", "møter uten lenke til Teams: 3"),
        ("paused", "utsendingen er stoppet"),
        ("took too long", "det tok for lang tid"),
        ("could not book a meeting: 503", "could not book a meeting: 503"),
    ],
)
def test_a_note_is_said_in_words_and_an_error_as_it_is(note: str, said: str) -> None:
    assert note_at_terminal(note, "nb") == said


@pytest.mark.parametrize(
    ("note", "line"),
    [
        pytest.param("venter på sendetiden", "Avvikle: Horten  ferdig  venter på sendetiden", id="with a note"),
        pytest.param("", "Avvikle: Horten  ferdig", id="without one"),
    ],
)
def test_a_line_holds_only_what_there_is_to_say(note: str, line: str) -> None:
    assert side_by_side("Avvikle: Horten", "ferdig", note) == line
