"""The programme's end on a page: `GET /fylket/avslutning` tells how far it is, and which command comes next.

The end itself is carried out by a command: it needs the Builder, which is switched off otherwise, and files for the
archive. In Azure a command only orders it: no identity that Microsoft 365 asks for is where commands are typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from config.settings import Settings
from web.access.gate import RunsProgramme
from web.shell.page import shell_page
from workflows.operations.closing_outlook import ClosingOutlook
from workflows.operations.own_checks import on_database

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


def router(desk: Outlooks, settings: Settings) -> APIRouter:
    """Return the route of the programme's end, with the commands of where the service runs."""
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
            steps=closing_steps(outlook, settings, language),
            noted=_by_place("noted", settings, language),
        )

    return routes


def closing_steps(outlook: ClosingOutlook, settings: Settings, language: str) -> list[ClosingStep]:
    """Return the steps of the end in their order: the first that is not done waits, those after it come later."""
    return [
        _last_day(outlook, language),
        _archive(outlook, settings, language),
        _end(outlook, settings, language),
        ClosingStep(
            tone="wait" if outlook.is_ended and outlook.has_receipts else "none",
            heading=texts.say("oversight.closing_proof", language),
            text=_by_place("proof_what", settings, language),
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


def _archive(outlook: ClosingOutlook, settings: Settings, language: str) -> ClosingStep:
    papers, missing = outlook.tally.papers, outlook.tally.papers_missing
    return ClosingStep(
        tone="ok" if outlook.has_receipts else "wait",
        heading=texts.say("oversight.closing_archive", language, kept=papers - missing, of=papers),
        text=texts.say("oversight.closing_archive_what", language),
        commands=[on_database(settings, f"papers {what}") for what in ("archive ut", "receipts inn")],
    )


def _end(outlook: ClosingOutlook, settings: Settings, language: str) -> ClosingStep:
    counts = {"meetings": outlook.meetings, "rounds": outlook.tally.rounds, "links": outlook.tally.links}
    still = [texts.say(f"oversight.closing_{name}", language, count=count) for name, count in counts.items() if count]
    if outlook.places:
        still.append(texts.say("oversight.closing_places", language, names=texts.join(outlook.places, language)))
    if not outlook.is_paused:
        still.append(texts.say("oversight.closing_sending", language))
    waits = outlook.is_over and outlook.has_receipts
    order = " --no-wait" if settings.in_azure else ""
    return ClosingStep(
        tone="ok" if outlook.is_ended else "wait" if waits else "none",
        heading=texts.say("oversight.closing_end", language),
        text=_by_place("end_what", settings, language),
        open=still or [texts.say("oversight.closing_nothing_open", language)],
        commands=[on_database(settings, f"close{apply}{order}") for apply in ("", " --apply")],
    )


def _by_place(name: str, settings: Settings, language: str) -> str:
    """Return a text that is another one in Azure."""
    return texts.say(f"oversight.closing_{name}{'_azure' if settings.in_azure else ''}", language)
