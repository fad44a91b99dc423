"""
Every kind of write of meetings, sending and papers, met by every fault: in the end everything is as undisturbed.

The story goes on where a rollout ended. Its chapters: meetings are booked; one is moved and one called off; a round
opens, and its requests and reminders leave as cards and mails; people answer, and report, agenda and minutes follow.
Run it with `python -m tests.exhaustive.work_faults [--one-each] [--reads] [--jobs N] [part …]`.
"""

import sys
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import partial

from tests.exhaustive.faults import Chapter, main
from tests.support.rollout import PLACE, START, Bench, Documents, vestfold
from workflows.meetings.model import Meeting
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface

GUEST, HOME = "pakkeleder-sandefjord", "avdelingsleder-sandefjord"
BOOKED = START + timedelta(days=2)
CHANGED = START + timedelta(days=9)
ASKED = START + timedelta(days=31, hours=3)
REPORTED = START + timedelta(days=45)


def one_place() -> Documents:
    """Return the programme with one municipality alone: chair, local lead, a member, and two leads, one at home."""
    documents = vestfold()
    for path in [path for path in documents if path.startswith("municipalities/") and PLACE not in path]:
        del documents[path]
    schools = documents["schools.yaml"]
    schools["schools"] = [school for school in schools["schools"] if school["municipality"] == PLACE]
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    people = {"kommunalsjef-sandefjord", "leder-sandefjord", "rektor-sandefjord", GUEST, HOME}
    municipality["assignments"] = [item for item in municipality["assignments"] if item["person"] in people]
    led = {item["work_package"] for item in municipality["assignments"] if "work_package" in item}
    municipality["work_packages"] = [item for item in municipality["work_packages"] if item["key"] in led]
    return documents


async def _roll_out(bench: Bench) -> None:
    await bench.import_(one_place())
    await bench.made(PLACE)


async def _sweep(bench: Bench) -> None:
    await bench.services.make_sweep_due()


def _until(moment: datetime, bench: Bench) -> Awaitable[object]:
    return bench.run_all(until=moment)


async def _meetings(bench: Bench) -> list[Meeting]:
    board = (await bench.services.record.register.programme()).local_board(PLACE).key
    found = await bench.services.record.meetings.list_meetings(board)
    return sorted(found, key=lambda meeting: meeting.starts_local)


async def _change_meetings(bench: Bench) -> None:
    """Move the board's second meeting by a day, and call its third off."""
    moves = bench.services.jobs.meetings.moves
    _, second, third, *_ = await _meetings(bench)
    await moves.move(second.key, second.starts_local + timedelta(days=1), "Rådhuset er opptatt.")
    await moves.cancel(third.key, "Kommunestyret møtes den dagen.")


async def _answer(bench: Bench) -> None:
    """Let both leads answer; one has a question to the board."""
    services = bench.services
    first, *_ = await _meetings(bench)
    for request in await services.record.rounds.list_requests(first.key):
        content = {"light": "yellow", "done": "To møter er holdt.", "next": "Vi inviterer flere."}
        if request.person == HOME:
            content |= {"question": "Hvem følger opp i januar?", "proposal": "Skolen gjør det."}
        await services.jobs.status.answering.answer(
            request.id, sender=ByLink(request.person), content=content, surface=AnswerSurface.FORM
        )


CHAPTERS = (
    Chapter(work=_roll_out, walked=False),
    Chapter(before=_sweep, work=partial(_until, BOOKED)),
    Chapter(before=_change_meetings, work=partial(_until, CHANGED)),
    Chapter(work=partial(_until, ASKED)),
    Chapter(before=_answer, work=partial(_until, REPORTED)),
)

if __name__ == "__main__":
    sys.exit(main(CHAPTERS, module="tests.exhaustive.work_faults", description=__doc__))
