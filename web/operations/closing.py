"""The programme's end on a page: `GET /fylket/avslutning` tells how far it is, and which command comes next.

The end itself is carried out by a command: it needs the Builder, which is switched off otherwise, and files for the
archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from web.access.gate import RunsProgramme
from web.shell.page import shell_page
from workflows.operations.closing_outlook import ClosingOutlook

PATH = "/fylket/avslutning"


class Outlooks(Protocol):
    async def outlook(self, programme: Programme) -> ClosingOutlook:
        """Return how far everything is, changing nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClosingStep:
    """A step of the end: how it stands (`ok`, `wait` or `none`), and what there is to do about it."""

    tone: str
    heading: str
    text: str
    open: Sequence[str] = ()
    """What stands open, in words."""
    commands: Sequence[str] = ()
    link: tuple[str, str] | None = None
    """Address and words."""


def router(desk: Outlooks) -> APIRouter:
    """Return the route of the programme's end."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="How far the programme's end is, and what to do next")
    async def show(request: Request, visit: RunsProgramme) -> HTMLResponse:
        language = texts.choose(visit.reader.language, visit.programme.language)
        outlook = await desk.outlook(visit.programme)
        return shell_page(
            request,
            "operations/closing.html",
            visit,
            crumbs=[(texts.say("oversight.closing", language), "")],
            outlook=outlook,
            steps=closing_steps(outlook, language),
        )

    return routes


def closing_steps(outlook: ClosingOutlook, language: str) -> list[ClosingStep]:
    """Return the steps of the end in their order: the first that is not done waits, those after it come later."""
    return [
        _last_day(outlook, language),
        _archive(outlook, language),
        _end(outlook, language),
        ClosingStep(
            tone="wait" if outlook.is_ended and outlook.has_receipts else "none",
            heading=texts.say("oversight.closing_proof", language),
            text=texts.say("oversight.closing_proof_what", language),
            commands=["vareunge close --proof bevis"],
        ),
        ClosingStep(
            tone="none",
            heading=texts.say("oversight.closing_hands", language),
            text=texts.say("oversight.closing_hands_what", language),
        ),
    ]


def _last_day(outlook: ClosingOutlook, language: str) -> ClosingStep:
    return ClosingStep(
        tone="ok" if outlook.is_over else "wait",
        heading=texts.say("oversight.closing_last_day", language, day=outlook.last_day),
        text=texts.say(f"oversight.closing_{'over' if outlook.is_over else 'goes_on'}", language),
        link=("/fylket/rediger/programmet", texts.say("oversight.closing_change_day", language)),
    )


def _archive(outlook: ClosingOutlook, language: str) -> ClosingStep:
    papers, missing = outlook.tally.papers, outlook.tally.papers_missing
    return ClosingStep(
        tone="ok" if outlook.has_receipts else "wait",
        heading=texts.say("oversight.closing_archive", language, kept=papers - missing, of=papers),
        text=texts.say("oversight.closing_archive_what", language),
        commands=["vareunge papers archive ut", "vareunge papers receipts inn"],
    )


def _end(outlook: ClosingOutlook, language: str) -> ClosingStep:
    counts = {"meetings": outlook.meetings, "rounds": outlook.tally.rounds, "links": outlook.tally.links}
    still = [texts.say(f"oversight.closing_{name}", language, count=count) for name, count in counts.items() if count]
    if outlook.places:
        still.append(texts.say("oversight.closing_places", language, names=texts.join(outlook.places, language)))
    if not outlook.is_paused:
        still.append(texts.say("oversight.closing_sending", language))
    waits = outlook.is_over and outlook.has_receipts
    return ClosingStep(
        tone="ok" if outlook.is_ended else "wait" if waits else "none",
        heading=texts.say("oversight.closing_end", language),
        text=texts.say("oversight.closing_end_what", language),
        open=still or [texts.say("oversight.closing_nothing_open", language)],
        commands=["vareunge close", "vareunge close --apply"],
    )
