"""A new municipality: found in the register of the country, described in one form, kept; nothing is made or mailed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from config.klass import KnownMunicipality, matching
from config.problems import InvalidInput, Problem, phrase
from config.programme import Programme
from config.values import Meetings, Place, Role
from web.access.gate import RunsProgramme, Visit
from web.forms import typed_in
from web.register.reading import AccountQuestions
from web.rollout.places import BASE
from web.shell.page import shell_page
from workflows.register.answers import read_moment
from workflows.register.editing import RegisterDesk
from workflows.register.edits.people import suggest_organisation
from workflows.register.edits.places import AddMunicipality, NewPerson
from workflows.register.keys import slug_of
from workflows.register.look_up import LookUp, is_address
from workflows.rollout.desk import RolloutDesk

PATH = "/fylket/ny-kommune"
ANSWERS = f"{PATH}/kontoer"
"""The page of the answers about addresses so far."""
MUNICIPALITY_NUMBER = re.compile(r"[0-9]{4}")
SEATS: Sequence[tuple[str, Role]] = (
    ("lead", Role.LOCAL_LEAD),
    ("chair", Role.BOARD_CHAIR),
    ("member1", Role.BOARD_MEMBER),
    ("member2", Role.BOARD_MEMBER),
    ("member3", Role.BOARD_MEMBER),
)
"""Seats of the form, by the beginning of their fields' names. Others are filled on the municipality's own page."""
SEATED = ("lead_name", "lead_email", "chair_name", "chair_email")
"""Fields of those whom every municipality has."""
LOOK_UP = "look_up"
"""The value of the button that looks addresses up and keeps nothing."""


class KnownMunicipalities(Protocol):
    """The country's register of municipalities."""

    async def all(self) -> Sequence[KnownMunicipality]: ...


@dataclass(frozen=True, kw_only=True)
class NewMunicipalityPages:
    """All that the pages of a new municipality need."""

    register: RegisterDesk
    desk: RolloutDesk
    known: KnownMunicipalities
    accounts: AccountQuestions


def router(pages: NewMunicipalityPages) -> APIRouter:
    """Return the routes of a new municipality."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="A new municipality: found by number or name")
    async def show(
        request: Request, visit: RunsProgramme, q: str = "", nummer: str = "", navn: str = ""
    ) -> HTMLResponse:
        known = await pages.known.all()
        there = {item.number for item in visit.programme.municipalities}
        number, name = nummer.strip(), navn.strip()
        # One that the register has is called as it is there, whatever else was typed.
        name = next((item.name for item in known if item.number == number), name)
        if name and number not in there and MUNICIPALITY_NUMBER.fullmatch(number):
            return _form(request, visit, {"number": number, "name": name})
        return _page(
            request,
            visit,
            "rollout/find_municipality.html",
            q=q,
            found=[(item, item.number in there) for item in matching(known, q)],
            total=len(known),
            # Nobody types twice what they looked for.
            nummer=number or (q if q.isdigit() else ""),
            navn=name or ("" if q.isdigit() else q),
            problem=texts.say("rollout_pages.typed_problem", _language(visit)) if number or name else "",
        )

    @routes.get(ANSWERS, response_class=HTMLResponse, summary="The answers about addresses so far")
    async def show_accounts(request: Request, visit: RunsProgramme, id: str = "") -> HTMLResponse:  # noqa: A002
        found = [await pages.accounts.find(each) for each in id.split(",")[: len(SEATS)]]
        return _page(
            request,
            visit,
            "rollout/accounts.html",
            accounts=[item for item in found if item is not None],
            look_at=ANSWERS,
        )

    @routes.post(PATH, response_class=HTMLResponse, summary="Keep a new municipality, or look its people up")
    async def keep(request: Request, visit: RunsProgramme) -> Response:
        form = dict(typed_in(request))
        if form.get("act") == LOOK_UP:
            emails = dict.fromkeys(form.get(f"{seat}_email", "").strip() for seat, _ in SEATS)
            accounts = [
                await pages.accounts.ask(email, by=visit.reader.person) for email in emails if is_address(email)
            ]
            return _form(request, visit, form, accounts=accounts)
        problems = missing_fields(form, _language(visit)) or await _kept(pages, visit, form)
        if problems:
            return _form(request, visit, form, problems=problems, status=422)
        slug = slug_of(form["name"])
        if form["place"] == Place.OURS:
            await pages.desk.look(slug)
            return RedirectResponse(f"{BASE}/{slug}", 303)
        return RedirectResponse(f"/kommune/{slug}", 303)

    return routes


async def _kept(pages: NewMunicipalityPages, visit: Visit, form: Mapping[str, str]) -> dict[str, str]:
    """Keep the municipality of the form, and return the problems that stand against it, by field."""
    slug = slug_of(form["name"])
    held = visit.programme.find_municipality(slug) is None and form["place"] == Place.OURS
    if held:
        # Before it is kept: from then on its meetings are planned.
        await pages.desk.hold(slug)
    try:
        await pages.register.edit(new_municipality(slug, form, visit.programme), by=visit.reader.person)
    except InvalidInput as error:
        if held:
            await pages.desk.release(slug)
        return _by_field(error.problems, form, _language(visit))
    return {}


def new_municipality(slug: str, form: Mapping[str, str], programme: Programme) -> AddMunicipality:
    """
    Return the edit that adds the municipality of the form. Raises InvalidInput for a date that is none.

    People belong to the organisation of *programme* whose domain their address has, or else to the municipality: its
    boards have members from NAV and from the county.
    """
    values: dict[str, Any] = {"place": Place(form["place"]), "meetings": Meetings(form["meetings"])}
    if form["place"] == Place.THEIRS and form.get("place_url", "").strip():
        values["place_url"] = form["place_url"].strip()
    if form["meetings"] == Meetings.THEIRS:
        values["meeting_dates"] = dates_of(form.get("meeting_dates", "")) or None
        values["meeting_feed"] = form.get("meeting_feed", "").strip() or None
    return AddMunicipality(
        slug=slug,
        number=form["number"],
        name=form["name"].strip(),
        domain=form["domain"].strip().lower().removeprefix("@"),
        people=[
            NewPerson(
                role=role,
                name=form[f"{seat}_name"].strip(),
                email=email,
                organisation=known.key if (known := suggest_organisation(programme, email)) else "",
            )
            for seat, role in SEATS
            if (email := form.get(f"{seat}_email", "").strip())
        ],
        values=values,
    )


def dates_of(text: str) -> list[datetime]:
    """Return the moments written one a line, as `8.9.2026 09.00`. Raises InvalidInput for a line that is none."""
    found, problems = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.append(read_moment(line))
        except ValueError:
            problems.append(Problem(where="meeting_dates", value=line, expected=phrase("moment"), rule="moment"))
    if problems:
        raise InvalidInput(problems)
    return sorted(found)


def missing_fields(form: Mapping[str, str], language: str) -> dict[str, str]:
    """Return what is missing in the form, by field."""
    problems = {
        name: texts.say(f"rollout_pages.missing_{name}", language)
        for name in ("number", "name", "domain", "place", "meetings", *SEATED)
        if not form.get(name, "").strip()
    }
    if form.get("place") not in list(Place):
        problems["place"] = texts.say("rollout_pages.missing_place", language)
    if form.get("meetings") not in list(Meetings):
        problems["meetings"] = texts.say("rollout_pages.missing_meetings", language)
    for seat, _ in SEATS[2:]:
        if bool(form.get(f"{seat}_name", "").strip()) is not bool(form.get(f"{seat}_email", "").strip()):
            problems[f"{seat}_email"] = texts.say("rollout_pages.missing_half", language)
    return problems


def _by_field(problems: Sequence[Problem], form: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the words of each problem at the address it is about, and all others at the top."""
    seats = {email: f"{seat}_email" for seat, _ in SEATS if (email := form.get(f"{seat}_email", "").strip())}
    found: dict[str, list[str]] = {}
    for problem in problems:
        words = found.setdefault(seats.get(str(problem.value), ""), [])
        if (said := _in_words(problem, language)) not in words:
            words.append(said)
    return {field: " ".join(words) for field, words in found.items()}


def _labels(language: str) -> dict[str, str]:
    """Return the labels of the fields for people: their problems are all in the same words."""
    roles = {seat: texts.say(f"guests.role_{role}", language) for seat, role in SEATS}
    return {
        f"{seat}_{part}": texts.say(f"rollout_pages.seat_{part}", language, role=role)
        for seat, role in roles.items()
        for part in ("name", "email")
    }


def _in_words(problem: Problem, language: str) -> str:
    key = f"rollout_pages.problem_{problem.rule}"
    if problem.rule and key in texts.keys(language):
        return texts.say(key, language)
    return texts.say("rollout_pages.problem_value", language, value=problem.value)


def _form(
    request: Request,
    visit: Visit,
    form: Mapping[str, str],
    *,
    accounts: Sequence[LookUp] = (),
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    return _page(
        request,
        visit,
        "rollout/new_municipality.html",
        status=status,
        form=form,
        seats=[(seat, role.value) for seat, role in SEATS],
        labels=_labels(_language(visit)),
        accounts=accounts,
        look_at=ANSWERS,
        problems=problems or {},
    )


def _page(request: Request, visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    language = _language(visit)
    crumbs = [
        (texts.say("rollout_pages.places_heading", language), BASE),
        (texts.say("rollout_pages.new_heading", language), ""),
    ]
    return shell_page(request, template, visit, status=status, crumbs=crumbs, **context)


def _language(visit: Visit) -> str:
    return texts.choose(visit.reader.language, visit.programme.language)
