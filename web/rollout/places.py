"""Rollouts: all places, one place with its plan, order, progress and result, and its log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from config.problems import InvalidInput
from web.access.gate import RunsProgramme, Visit
from web.forms import typed_in
from web.rollout.overrides import overridable, set_override
from web.rollout.showing import ORDER_TONES, left_over, log_lines, note_in_words, steps_in_words, tree_of
from web.shell.page import shell_page
from workflows.errors import NotFound
from workflows.operations.stopped import reason_of
from workflows.ports.units import Clock
from workflows.register.editing import RegisterDesk
from workflows.register.model import ChangedMeanwhile
from workflows.rollout.desk import PlaceFile, RolloutDesk
from workflows.rollout.names import PlaceNames
from workflows.rollout.progress import OrderState

BASE = "/fylket/utrulling"
Act = Callable[[Visit, str, list[tuple[str, str]]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class RolloutPages:
    """All that rollout pages need. *open_builder*: the command by which IT opens the Builder."""

    desk: RolloutDesk
    register: RegisterDesk
    clock: Clock
    open_builder: str


def router(pages: RolloutPages) -> APIRouter:
    """Return the routes of all places, of one, and of its log."""
    routes = APIRouter()

    @routes.get(BASE, response_class=HTMLResponse, summary="The rollouts of all places")
    async def show_all(request: Request, visit: RunsProgramme) -> HTMLResponse:
        lines = await pages.desk.lines(visit.programme)
        return shell_page(
            request,
            "rollout/places.html",
            visit,
            crumbs=[(_say(visit, "places_heading"), "")],
            lines=lines,
            tones=ORDER_TONES,
            base=BASE,
        )

    @routes.get(f"{BASE}/{{place}}", response_class=HTMLResponse, summary="The rollout of one place")
    async def show(request: Request, visit: RunsProgramme, place: str) -> HTMLResponse:
        return await _place_page(pages, request, visit, place)

    @routes.get(f"{BASE}/{{place}}/logg", response_class=HTMLResponse, summary="The log of one place's rollouts")
    async def show_log(request: Request, visit: RunsProgramme, place: str) -> HTMLResponse:
        file = await _file(pages, visit, place)
        lines = log_lines(await pages.desk.log(place), visit.programme, place, _language(visit))
        crumbs = [*_above(visit), (file.wanted.spec.name, f"{BASE}/{place}"), (_say(visit, "log_heading"), "")]
        return shell_page(
            request, "rollout/log.html", visit, crumbs=crumbs, lines=lines, name=file.wanted.spec.name, place=place
        )

    acts: dict[str, Act] = {
        "se": lambda visit, place, form: pages.desk.look(place),
        "start": lambda visit, place, form: pages.desk.order(place, by=visit.reader.person),
        "sett-tilbake": lambda visit, place, form: pages.desk.restore(
            place, [value for name, value in form if name == "key"], by=visit.reader.person
        ),
        "ta-gruppe": lambda visit, place, form: pages.desk.adopt(
            place, dict(form).get("group", "").strip(), by=visit.reader.person
        ),
        "tilpass": lambda visit, place, form: set_override(pages.register, visit, place, dict(form)),
    }

    @routes.post(f"{BASE}/{{place}}/{{act}}", response_class=HTMLResponse, summary="An order about one place")
    async def order(request: Request, visit: RunsProgramme, place: str, act: str) -> Response:
        await _file(pages, visit, place)
        if act not in acts:
            raise HTTPException(404)
        try:
            await acts[act](visit, place, typed_in(request))
        except InvalidInput as error:
            words = [_problem(visit, problem.rule) for problem in error.problems]
            problems = {"group" if act == "ta-gruppe" else "": "; ".join(dict.fromkeys(words))}
            return await _place_page(pages, request, visit, place, status=422, problems=problems)
        except ChangedMeanwhile:
            problems = {"": _say(visit, "problem_changed_meanwhile")}
            return await _place_page(pages, request, visit, place, status=409, problems=problems)
        return RedirectResponse(f"{BASE}/{place}", 303)

    return routes


async def _place_page(
    pages: RolloutPages,
    request: Request,
    visit: Visit,
    place: str,
    *,
    status: int = 200,
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    file, language, programme = await _file(pages, visit, place), _language(visit), visit.programme
    preview, order = file.preview, file.order
    names = PlaceNames(programme, file.wanted.spec, language)
    shown = file.result if order.state is not OrderState.NONE and not order.goes_on else None
    return shell_page(
        request,
        "rollout/place.html",
        visit,
        status=status,
        crumbs=[*_above(visit), (file.wanted.spec.name, "")],
        place=place,
        base=f"{BASE}/{place}",
        name=file.wanted.spec.name,
        town=file.wanted.spec.municipality,
        town_name=programme.municipality(town).name if (town := file.wanted.spec.municipality) else "",
        file=file,
        order=order,
        order_tone=ORDER_TONES[order.state],
        order_note=note_in_words(order.note, language) if order.goes_on else "",
        stopped=reason_of(order.note, language) if order.state is OrderState.FAILED else None,
        local=programme.local_time,
        steps=steps_in_words(file.steps, language),
        preview=preview,
        tree=tree_of(preview, programme, language) if preview is not None else [],
        people_left=left_over(preview, programme, language) if preview is not None and shown is None else [],
        left=left_over(shown, programme, language) if shown is not None else [],
        restorable=[(item.key, names.described(item.key)) for item in preview.restorable] if preview else [],
        mails=file.mails(programme, pages.clock.now()),
        open_builder=pages.open_builder,
        overrides=overridable(file.wanted.spec),
        own_values=sum(layer == "municipality" for layer in file.wanted.spec.layers.values()),
        version=(await pages.register.page(file.wanted.spec.municipality))[0].version,
        problems=problems or {},
    )


async def _file(pages: RolloutPages, visit: Visit, place: str) -> PlaceFile:
    try:
        return await pages.desk.file(visit.programme, place)
    except NotFound:
        raise HTTPException(404) from None


def _above(visit: Visit) -> list[tuple[str, str]]:
    return [(_say(visit, "places_heading"), BASE)]


def _problem(visit: Visit, rule: str) -> str:
    key, language = f"rollout_pages.problem_{rule}", _language(visit)
    return texts.say(key if key in texts.keys(language) else "rollout_pages.problem_invalid", language)


def _say(visit: Visit, key: str) -> str:
    return texts.say(f"rollout_pages.{key}", _language(visit))


def _language(visit: Visit) -> str:
    return texts.choose(visit.reader.language, visit.programme.language)
