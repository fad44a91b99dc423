"""
Every write of a rollout, met by every fault: in the end everything is as if nothing had gone wrong.

The story has three chapters: a place is made; the template and the people change and it is rolled out again; the mails
leave. Run it with `python -m tests.exhaustive.rollout_faults [--reads] [--one-each] [--jobs N] [part …]`.
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from tests.exhaustive.faults import Chapter, main
from tests.support.rollout import PLACE, START, Bench, Documents, small

END = START + timedelta(days=30)


def _changed() -> Documents:
    """Other words, one channel, tab, column and folder more or otherwise, one who comes and one who leaves."""
    documents = small()
    template = documents["template.yaml"]["places"]["municipality"]
    template["description"] = "Et nytt ord om rommet i {municipality}."
    template["landing_intro"] = "Nye ord om de unge i {municipality}."
    template["channels"][0]["tabs"][0]["name"] = "Rapport til styret"
    template["channels"].append({"key": "events", "name": "Arrangementer"})
    template["lists"][0]["columns"].append({"name": "Remark", "label": "Merknad"})
    template["folders"] = [*template["folders"][:-1], "Maler"]
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    municipality["work_packages"][0]["summary"] = "Sagt på en annen måte."
    held = {item["person"] for item in municipality["assignments"]}
    new = next(person["key"] for person in municipality["people"] if person["key"] not in held)
    chief = next(item for item in municipality["assignments"] if item["role"] == "board_chair")
    chief["person"] = new
    return documents


async def _import(documents: Callable[[], Documents], bench: Bench) -> None:
    await bench.import_(documents())


def _make(bench: Bench) -> Awaitable[object]:
    return bench.made(PLACE)


def _send_mails(bench: Bench) -> Awaitable[object]:
    return bench.run_all(until=END)


CHAPTERS = (
    Chapter(before=partial(_import, small), work=_make),
    Chapter(before=partial(_import, _changed), work=_make),
    Chapter(work=_send_mails),
)

if __name__ == "__main__":
    sys.exit(main(CHAPTERS, module="tests.exhaustive.rollout_faults", description=__doc__))
