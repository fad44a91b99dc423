"""The register's pages below a municipality and below the county: tables, and one address for every form."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from config.problems import InvalidInput
from web.access.gate import LooksAfter, RunsProgramme, Visit, sign_in_address
from web.forms import typed_in
from web.register import subject_pages
from web.register.accounts import ANSWERS, LOOK_UP, look_up
from web.register.calendar_page import calendar_page
from web.register.forms.form import EditForm, FormContext
from web.register.forms.registry import COUNTY_FORMS, MUNICIPALITY_FORMS, Builder
from web.register.people_page import people_page
from web.register.programme_pages import organisations_page, programme_page
from web.register.reading import RegisterDoors
from web.register.tables import RegisterPage, base_of, version_of
from web.register.template_page import standard_page, template_page
from web.shell.page import shell_page
from workflows.free_text import InvalidText
from workflows.register.answers import read_answers, words_of
from workflows.register.look_up import LookUp
from workflows.register.model import ChangedMeanwhile, NotTheirs
from workflows.register.rendering import RegisterWords
from workflows.words import Words

SEEN, SAVED, BACK = "sett", "lagret", "til"
"""The field with the version that the form showed; the parameters with the version that was stored, and with the form
to go on with afterwards."""

Show = Callable[[FormContext], RegisterPage]
_EVERYWHERE: Mapping[str, Show] = {
    "folk": people_page,
    "samarbeid": subject_pages.cooperation_page,
    "okonomi": subject_pages.money_page,
    "plan": subject_pages.plan_page,
    "kalender": calendar_page,
}
MUNICIPALITY_PAGES: Mapping[str, Show] = {
    **_EVERYWHERE,
    "arbeidspakker": subject_pages.packages_page,
    "malen": template_page,
}
COUNTY_PAGES: Mapping[str, Show] = {
    **_EVERYWHERE,
    "kommuner": subject_pages.municipalities_page,
    "programmet": programme_page,
    "organisasjoner": organisations_page,
    "standard": standard_page,
}


def router(doors: RegisterDoors) -> APIRouter:
    """Return the routes of the register's tables and forms."""
    routes = APIRouter()
    for name, show in MUNICIPALITY_PAGES.items():
        _add_municipality_page(routes, doors, name, show)
    for name, show in COUNTY_PAGES.items():
        _add_county_page(routes, doors, name, show)
    _add_forms(routes, doors)
    return routes


def _add_municipality_page(routes: APIRouter, doors: RegisterDoors, name: str, show: Show) -> None:
    @routes.get(f"/kommune/{{slug}}/{name}", response_class=HTMLResponse, summary=f"A municipality: {name}")
    async def page(request: Request, visit: LooksAfter, slug: str, lagret: str = "") -> HTMLResponse:
        del slug
        return await _table_page(request, doors, visit, show, lagret)


def _add_county_page(routes: APIRouter, doors: RegisterDoors, name: str, show: Show) -> None:
    @routes.get(f"/fylket/{name}", response_class=HTMLResponse, summary=f"The programme: {name}")
    async def page(request: Request, visit: RunsProgramme, lagret: str = "", av: str = "") -> HTMLResponse:
        return await _table_page(request, doors, visit, show, lagret, about=av)


async def _table_page(
    request: Request, doors: RegisterDoors, visit: Visit, show: Show, saved: str, *, about: str = ""
) -> HTMLResponse:
    context, _ = await doors.open(visit, about)
    asked = {name: request.query_params.get(name, "") for name in ("sort", "side", "q")}
    # Beside the loop: the lists of a country take longer than others should wait.
    page = await asyncio.to_thread(_shown, show, context, asked, request.url.path)
    return shell_page(
        request,
        "register/tables.html",
        visit,
        crumbs=[(page.heading, "")],
        page=page,
        base=base_of(context),
        q=asked["q"],
        done="",
        saved=version_of(saved),
    )


def _shown(show: Show, context: FormContext, asked: Mapping[str, str], path: str) -> RegisterPage:
    page = show(context)
    return replace(
        page, tables=[item.asked_for(asked, number, path) for number, item in enumerate(page.tables, start=1)]
    )


def _add_forms(routes: APIRouter, doors: RegisterDoors) -> None:
    @routes.get("/kommune/{slug}/rediger/{form}", response_class=HTMLResponse, summary="A form of a municipality")
    async def show_local(request: Request, visit: LooksAfter, slug: str, form: str, av: str = "") -> Response:
        del slug
        return await _show(request, doors, visit, MUNICIPALITY_FORMS.get(form), av)

    @routes.post("/kommune/{slug}/rediger/{form}", summary="Store what a form of a municipality says")
    async def store_local(request: Request, visit: LooksAfter, slug: str, form: str, av: str = "") -> Response:
        del slug
        return await _store(request, doors, visit, MUNICIPALITY_FORMS.get(form), av)

    @routes.get("/fylket/rediger/{form}", response_class=HTMLResponse, summary="A form of the programme")
    async def show_common(request: Request, visit: RunsProgramme, form: str, av: str = "") -> Response:
        return await _show(request, doors, visit, COUNTY_FORMS.get(form), av)

    @routes.post("/fylket/rediger/{form}", summary="Store what a form of the programme says")
    async def store_common(request: Request, visit: RunsProgramme, form: str, av: str = "") -> Response:
        return await _store(request, doors, visit, COUNTY_FORMS.get(form), av)


async def _show(request: Request, doors: RegisterDoors, visit: Visit, build: Builder | None, about: str) -> Response:
    context, version = await doors.open_form(visit, about)
    return _form_page(request, visit, context, _built(build, context), seen=version)


async def _store(request: Request, doors: RegisterDoors, visit: Visit, build: Builder | None, about: str) -> Response:
    """Make the edit that the answers mean, or show the form again with what was typed and what is to be changed."""
    context, version = await doors.open_form(visit, about)
    typed = dict(typed_in(request))
    form = _built(build, context)
    given = version_of(typed.get(SEEN, ""))
    seen = min(given, version) if given else version
    if form.looks_up and typed.get("act") == LOOK_UP:
        accounts = await look_up(doors, visit, typed)
        return _form_page(request, visit, context, form, seen=seen, typed=typed, accounts=accounts)
    try:
        edit = form.edit(read_answers(form.fields, typed))
        saved = await doors.desk.edit(edit, by=visit.reader.person, seen=seen, within=context.scope)
    except InvalidText as exc:
        return _form_page(request, visit, context, form, seen=seen, typed=typed, wrong=exc)
    except InvalidInput as exc:
        wrong = words_of(exc.problems, form.fields)
        return _form_page(request, visit, context, form, seen=seen, typed=typed, wrong=wrong)
    except ChangedMeanwhile as exc:
        # The version they have been told about by now: sent once more, it is their decision.
        return _form_page(request, visit, context, form, seen=version, typed=typed, clash=exc)
    except NotTheirs:
        raise HTTPException(404) from None
    stored = saved.version if saved.changes else ""
    back = _asked_back(request, context) or f"{base_of(context)}{form.back}"
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{SAVED}={stored}", 303)


def _asked_back(request: Request, context: FormContext) -> str:
    """Return the address of the form that a reader left to add somebody; empty when they came from no form of ours."""
    asked = request.query_params.get(BACK, "")
    return asked if asked.startswith(f"{base_of(context)}/rediger/") else ""


def _here(request: Request) -> str:
    """Return the address of the form that is shown, without the word that something was stored."""
    about = request.query_params.get("av", "")
    return request.url.path + (f"?{urlencode({'av': about})}" if about else "")


def _built(build: Builder | None, context: FormContext) -> EditForm:
    """Return the form, or answer 404: there is none of that name, or nothing that it is about."""
    try:
        if build is not None:
            return build(context)
    except (LookupError, ValueError, StopIteration):
        pass
    raise HTTPException(404)


def _form_page(
    request: Request,
    visit: Visit,
    context: FormContext,
    form: EditForm,
    *,
    seen: int,
    typed: Mapping[str, str] | None = None,
    wrong: InvalidText | None = None,
    clash: ChangedMeanwhile | None = None,
    accounts: Sequence[LookUp] = (),
) -> Response:
    words = RegisterWords(context.documents, context.language)
    problems = wrong.problems if wrong else {}
    return shell_page(
        request,
        "register/form.html",
        visit,
        status=409 if clash else 400 if wrong else 200,
        crumbs=[(form.heading, "")],
        below=f"{base_of(context)}{form.back.partition('?')[0]}",
        form=form,
        labels={field.name: field.label for field in form.fields},
        back=_asked_back(request, context) or f"{base_of(context)}{form.back}",
        new_person=f"{base_of(context)}/rediger/person-ny?{urlencode({BACK: _here(request)})}",
        base=base_of(context),
        saved=version_of(request.query_params.get(SAVED, "")),
        values={field.name: typed.get(field.name, "") if typed is not None else field.value for field in form.fields},
        problems={name: _said(context, each) for name, each in problems.items()},
        confirm=wrong.confirm if wrong else "",
        seen=seen,
        accounts=accounts,
        look_at=f"{base_of(context)}/{ANSWERS}",
        sign_in=sign_in_address(request),
        clashes=[
            {
                "field": words.field(each.path) or words.entry(each.address),
                "theirs": words.value(each.theirs),
                "yours": words.value(each.yours),
                "by": words.person(each.by),
                "at": context.programme.local_time(each.at) if each.at else None,
            }
            for each in (clash.clashes if clash else ())
        ],
    )


def _said(context: FormContext, words: Words) -> str:
    return texts.say(words.key, context.language, **words.values)
