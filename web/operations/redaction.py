"""Redaction on pages: `/fylket/sladding` finds a text, shows what would happen, and takes it out.

The text travels in forms alone, never in an address, and is kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import SEE_OTHER, RunsProgramme, Visit
from web.forms import typed_in
from web.shell.page import shell_page
from workflows.errors import Invalid
from workflows.ports.units import Clock
from workflows.privacy.redaction.model import Redaction, RedactionPlan
from workflows.privacy.redaction.redacting import Redacting, ReservedText
from workflows.privacy.redaction.rendering import copy_lines, found_lines, left_lines

PATH = "/fylket/sladding"
LONGEST_TEXT, LONGEST_BASIS = 1_000, 500
MOST_DIGITS = 6


class KeptRedactions(Protocol):
    """The markers that stay."""

    async def find(self, number: int) -> Redaction | None: ...
    async def list_all(self) -> Sequence[Redaction]: ...


@dataclass(frozen=True, kw_only=True)
class RedactionDoors:
    """Ports of the pages of redaction. *backup_days*: how long a backup of the database is kept."""

    redacting: Redacting
    kept: KeptRedactions
    clock: Clock
    backup_days: int


@dataclass(frozen=True, kw_only=True)
class TypedRedaction:
    """A form as it was sent."""

    text: str = ""
    basis: str = ""
    parts: bool = False


def router(doors: RedactionDoors) -> APIRouter:
    """Return the routes of redaction."""
    routes = APIRouter()
    pages = _Pages(doors)

    @routes.get(PATH, response_class=HTMLResponse, summary="Texts that were taken out, and the form to find another")
    async def show(request: Request, visit: RunsProgramme) -> HTMLResponse:
        return await pages.overview(request, visit, TypedRedaction(), {})

    @routes.post(f"{PATH}/se", response_class=HTMLResponse, summary="See where a text stands; changes nothing")
    async def look(request: Request, visit: RunsProgramme) -> HTMLResponse:
        return await pages.look(request, visit, _typed(request))

    @routes.post(PATH, summary="Take a text out")
    async def redact(request: Request, visit: RunsProgramme) -> Response:
        return await pages.redact(request, visit, _typed(request))

    @routes.get(f"{PATH}/{{number}}", response_class=HTMLResponse, summary="A redaction, and how its copies stand")
    async def marker(request: Request, visit: RunsProgramme, number: str) -> HTMLResponse:
        is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
        found = await doors.kept.find(int(number)) if is_number else None
        if found is None:
            raise HTTPException(404)
        return pages.marker(request, visit, found)

    return routes


def _typed(request: Request) -> TypedRedaction:
    form = dict(typed_in(request))
    text, basis = form.get("text", "").strip(), form.get("basis", "").strip()
    return TypedRedaction(text=text[:LONGEST_TEXT], basis=basis, parts="parts" in form)


class _Pages:
    """The pages of redaction."""

    def __init__(self, doors: RedactionDoors) -> None:
        self._doors = doors

    async def overview(
        self, request: Request, visit: Visit, typed: TypedRedaction, problems: Mapping[str, str]
    ) -> HTMLResponse:
        """Return the form, below it the markers of earlier redactions."""
        return shell_page(
            request,
            "operations/redaction.html",
            visit,
            status=422 if problems else 200,
            crumbs=[(_say(visit, "redaction"), "")],
            typed=typed,
            problems=problems,
            earlier=[self._line(visit, item) for item in await self._doors.kept.list_all()],
            path=PATH,
        )

    async def look(
        self,
        request: Request,
        visit: Visit,
        typed: TypedRedaction,
        problems: Mapping[str, str] | None = None,
        *,
        again: bool = False,
    ) -> HTMLResponse:
        """Return where the text stands and what would happen; *again*: somebody wrote it anew meanwhile."""
        try:
            plan = await self._doors.redacting.preview(typed.text, parts=typed.parts)
        except Invalid as exc:
            return await self.overview(request, visit, typed, {"text": _reason(visit, exc)})
        return shell_page(
            request,
            "operations/redaction_preview.html",
            visit,
            status=422 if problems else 200,
            crumbs=[(_say(visit, "redaction"), PATH), (_say(visit, "redaction_result"), "")],
            typed=typed,
            problems=problems or {},
            count=plan.total,
            again=again,
            lines=self._lines(visit, plan),
            path=PATH,
        )

    async def redact(self, request: Request, visit: Visit, typed: TypedRedaction) -> Response:
        """Take the text out and lead to its marker, or show again what keeps it from being taken out."""
        if problem := _wrong_basis(visit, typed.basis):
            return await self.look(request, visit, typed, {"basis": problem})
        redacting = self._doors.redacting
        try:
            done = await redacting.redact(typed.text, basis=typed.basis, by=visit.reader.person, parts=typed.parts)
            left = await redacting.preview(typed.text, parts=typed.parts)
        except Invalid as exc:
            return await self.overview(request, visit, typed, {"text": _reason(visit, exc)})
        if done is None or left.total:
            return await self.look(request, visit, typed, again=done is not None)
        return RedirectResponse(f"{PATH}/{done.number}", SEE_OTHER)

    def marker(self, request: Request, visit: Visit, found: Redaction) -> HTMLResponse:
        """Return a redaction as it stands."""
        number = texts.say("oversight.redaction_number", visit.reader.language, number=found.number)
        return shell_page(
            request,
            "operations/redaction_marker.html",
            visit,
            crumbs=[(_say(visit, "redaction"), PATH), (number, "")],
            line=self._line(visit, found),
            is_going_on=bool(found.steps) and found.finished_at is None,
            lines=self._lines(visit, found),
            here=f"{PATH}/{found.number}",
        )

    def _lines(self, visit: Visit, found: Redaction | RedactionPlan) -> Mapping[str, Sequence[str]]:
        language, on = visit.reader.language, self._doors.clock.now().date()
        return {
            "in_record": found_lines(found, language),
            "copies": copy_lines(found, language),
            "left": left_lines(found, language, on=on, backup_days=self._doors.backup_days),
        }

    def _line(self, visit: Visit, found: Redaction) -> Mapping[str, object]:
        person = visit.programme.find_person(found.by)
        return {
            "number": found.number,
            "at": visit.programme.local_time(found.at),
            "by": person.name if person else found.by or _say(visit, "redaction_by_command"),
            "basis": found.basis,
            "count": found.total,
            "is_finished": found.finished_at is not None,
            "done": sum(step.is_done for step in found.steps),
            "of": len(found.steps),
        }


def _wrong_basis(visit: Visit, basis: str) -> str:
    if not basis:
        return _say(visit, "redaction_basis_missing")
    if len(basis) > LONGEST_BASIS:
        return texts.say("oversight.redaction_basis_long", visit.reader.language, most=LONGEST_BASIS)
    return ""


def _reason(visit: Visit, exc: Invalid) -> str:
    """Return why a text cannot be taken out."""
    if isinstance(exc, ReservedText):
        return texts.say("terminal.redact_reserved", visit.reader.language, word=exc.word)
    return texts.say("terminal.redact_short", visit.reader.language)


def _say(visit: Visit, key: str) -> str:
    return texts.say(f"oversight.{key}", visit.reader.language)
