"""Notes that units and messages keep in English, in the words of the person at the terminal."""

import re
from collections.abc import Mapping

NOTES: Mapping[str, str] = {
    "opens later": "opens_later",
    "the deadline had passed": "deadline_passed",
    "closes at the deadline": "closes_later",
    "the meeting is cancelled": "meeting_cancelled",
    "no such meeting": "no_meeting",
    "no such meeting, or it is cancelled": "no_meeting",
    "no local board's meeting": "no_local_meeting",
    "no owner board's meeting": "no_owner_meeting",
    "no such round": "no_round",
    "no such round, or its meeting is cancelled": "no_round",
    "no such request": "no_request",
    "no such work package": "no_package",
    "no such reminder": "no_reminder",
    "reminds later": "reminds_later",
    "a later reminder is due": "later_reminder",
    "the round takes no answers": "takes_no_answers",
    "the round takes no answers any more": "takes_no_answers",
    "gives people time to answer": "gives_time",
    "somebody takes over then": "taken_over",
    "waits for sending hours": "sending_hours",
    "sending is paused": "sending_paused",
    "the round closes first": "round_closes_first",
    "the local lead wrote meanwhile": "lead_wrote",
    "the county lead wrote meanwhile": "county_lead_wrote",
    "is held by the local lead": "held_by_lead",
    "is released later": "released_later",
    "not released": "not_released",
    "no draft to show": "no_draft",
    "no local board's report": "no_local_report",
    "nothing is released": "not_released",
    "released": "released",
    "released, the board was told": "board_told",
    "the copy is in order": "copy_in_order",
    "the place is not made yet": "no_place_yet",
    "no place of ours": "no_place",
    "no site of ours": "no_place",
    "nothing of ours to book": "nothing_to_book",
    "no meeting of ours stands": "nothing_booked",
    "nobody to ask": "nobody_to_ask",
    "took too long": "took_too_long",
}
"""Whole notes, and the texts `terminal.note_…` that say the same to people."""
COUNTED: Mapping[str, str] = {
    r"version (?P<version>\d+), draft": "version_draft",
    r"version (?P<version>\d+), released": "version_released",
    r"version (?P<version>\d+), published": "version_published",
    r"(?P<number>\d+) meetings stand": "meetings_stand",
    r"(?P<number>\d+) meetings are not found in the calendar": "meetings_gone",
    r"failed: (?P<number>\d+) meetings have got no link into Teams": "meetings_unlinked",
}
"""Notes with a number in them."""
HELD: Mapping[str, str] = {"paused": "held_paused", "not on the allow-list": "held_not_allowed"}
"""Reasons why a message is held back."""


def note_at_terminal(note: str, language: str) -> str:
    """Return a note of ours in the reader's words; as it is where it was written for people, or tells an error."""
    from texts import say
    from workflows.rollout.rendering import reason_in_words

    if note in HELD:
        return say(f"terminal.{HELD[note]}", language)
    if note in NOTES:
        return say(f"terminal.note_{NOTES[note]}", language)
    for pattern, key in COUNTED.items():
        counted = re.fullmatch(pattern, note)
        if counted:
            return say(f"terminal.note_{key}", language, **counted.groupdict())
    return reason_in_words(note, language) or note
