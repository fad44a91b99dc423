"""The log of the register with undo: `/fylket/logg`, and of a municipality `/kommune/{slug}/logg`."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from config.problems import InvalidInput
from web.access.gate import LooksAfter, RunsProgramme, Visit
from web.forms import typed_in
from web.register.forms.form import FormContext
from web.register.forms.mails import invitations, invited_to
from web.register.reading import RegisterDoors
from web.register.tables import base_of, version_of
from web.shell.page import shell_page
from workflows.register.answers import words_of
from workflows.register.importing import IMPORT
from workflows.register.model import Change, ChangedMeanwhile, LoggedAct, NotTheirs
from workflows.register.rendering import RegisterWords

PAGE_LENGTH = 25


def router(doors: RegisterDoors) -> APIRouter:
    """Return the routes of the log and of undo."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/logg", response_class=HTMLResponse, summary="Changes of a municipality")
    async def local(request: Request, visit: LooksAfter, slug: str, foran: str = "", lagret: str = "") -> Response:
        del slug
        return await _log(request, doors, visit, foran, lagret)

    @routes.get("/fylket/logg", response_class=HTMLResponse, summary="Changes of the whole register")
    async def common(request: Request, visit: RunsProgramme, foran: str = "", lagret: str = "") -> Response:
        return await _log(request, doors, visit, foran, lagret)

    @routes.get("/kommune/{slug}/logg/{version}/angre", response_class=HTMLResponse, summary="Show what undo does")
    async def ask_local(request: Request, visit: LooksAfter, slug: str, version: str) -> Response:
        del slug
        return await _ask(request, doors, visit, version)

    @routes.get("/fylket/logg/{version}/angre", response_class=HTMLResponse, summary="Show what undo does")
    async def ask_common(request: Request, visit: RunsProgramme, version: str) -> Response:
        return await _ask(request, doors, visit, version)

    @routes.post("/kommune/{slug}/logg/{version}/angre", summary="Take a change of a municipality back")
    async def undo_local(request: Request, visit: LooksAfter, slug: str, version: str) -> Response:
        del slug
        return await _undo(request, doors, visit, version)

    @routes.post("/fylket/logg/{version}/angre", summary="Take a change back")
    async def undo_common(request: Request, visit: RunsProgramme, version: str) -> Response:
        return await _undo(request, doors, visit, version)

    return routes


async def _log(request: Request, doors: RegisterDoors, visit: Visit, before: str, saved: str) -> Response:
    context, _ = await doors.open(visit)
    document = context.document if context.scope else None
    acts = await doors.desk.log(document=document, before=version_of(before) or None, most=PAGE_LENGTH + 1)
    words = RegisterWords(context.documents, context.language)
    shown = acts[:PAGE_LENGTH]
    return shell_page(
        request,
        "register/log.html",
        visit,
        crumbs=[(context.say("page_log"), "")],
        base=base_of(context),
        acts=[_act(context, words, act) for act in shown],
        older=shown[-1].version if len(acts) > PAGE_LENGTH else None,
        saved=version_of(saved),
    )


async def _ask(request: Request, doors: RegisterDoors, visit: Visit, version: str) -> Response:
    context, _ = await doors.open(visit)
    return _undo_page(request, visit, context, await _find(doors, context, version))


async def _undo(request: Request, doors: RegisterDoors, visit: Visit, version: str) -> Response:
    typed_in(request)
    context, _ = await doors.open(visit)
    act = await _find(doors, context, version)
    try:
        saved = await doors.desk.undo(act.version, by=visit.reader.person, within=context.scope)
    except ChangedMeanwhile as exc:
        words = RegisterWords(context.documents, context.language)
        reasons = [
            context.say(
                "undo_changed_since",
                field=words.field(each.path) or words.entry(each.address),
                value=words.value(each.theirs),
                by=words.person(each.by),
            )
            for each in exc.clashes
        ]
        return _undo_page(request, visit, context, act, reasons, status=409)
    except InvalidInput as exc:
        wrong = words_of(exc.problems, ()).problems.values()
        reasons = [texts.say(each.key, context.language, **each.values) for each in wrong]
        return _undo_page(request, visit, context, act, reasons, status=400)
    except NotTheirs:
        return _undo_page(request, visit, context, act, [context.say("undo_not_yours")], status=400)
    return RedirectResponse(f"{base_of(context)}/logg?lagret={saved.version if saved.changes else ''}", 303)


async def _find(doors: RegisterDoors, context: FormContext, version: str) -> LoggedAct:
    document = context.document if context.scope else None
    act = await doors.desk.find_act(version_of(version), document=document)
    if act is None or act.act.kind == IMPORT:
        raise HTTPException(404)
    return act


def _undo_page(
    request: Request,
    visit: Visit,
    context: FormContext,
    act: LoggedAct,
    reasons: Sequence[str] = (),
    *,
    status: int = 200,
) -> Response:
    words = RegisterWords(context.documents, context.language)
    log = f"{base_of(context)}/logg"
    return shell_page(
        request,
        "register/undo.html",
        visit,
        status=status,
        crumbs=[(context.say("page_log"), log), (context.say("do_undo"), "")],
        act=_act(context, words, act),
        reasons=reasons,
        mails=_mails(context, act.changes),
        back=log,
    )


def _mails(context: FormContext, changes: Sequence[Change]) -> list[str]:
    """Return the line about people whom Outlook mails when the changes are taken back."""
    if any(change.address.section == "overrides" and _bodies(change.old) != _bodies(change.new) for change in changes):
        here = [body for body in context.programme.bodies if context.scope in (None, body.municipality)]
        return invited_to(context, here)
    roles = [change for change in changes if change.address.section == "assignments"]
    people = {entry["person"] for change in roles for entry in (change.old, change.new) if isinstance(entry, Mapping)}
    return invitations(context, len(people))


def _bodies(overrides: Any) -> Any:
    return overrides.get("bodies") if isinstance(overrides, Mapping) else None


def _act(context: FormContext, words: RegisterWords, act: LoggedAct) -> dict[str, Any]:
    lines = words.lines(act)
    return {
        "version": act.version,
        "kind": words.kind(act),
        "by": words.person(act.act.by),
        "at": context.programme.local_time(act.act.at),
        "undoes": act.act.undoes,
        "lines": lines,
        "entries": len(act.changes) + act.more,
        "can_be_undone": act.act.kind != IMPORT,
    }
