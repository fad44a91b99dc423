"""The answer form: `GET|POST /svar/{token}`. The link is the person's own; whoever holds it answers as them."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.forms import is_from_us, read_form
from web.pages import language_of, page
from web.status.answer_fields import answer_rows, number_fields, start_values
from web.status.replaced_links import ReplacedLinks
from workflows.messages.short_links import ShortLinks
from workflows.ports.links import Link
from workflows.status.answer_parsing import (
    MAX_FOLLOW_UP,
    MAX_LESSON,
    MAX_OUTLOOK,
    MAX_TEXT,
    is_unchanged,
    seen_version,
)
from workflows.status.answer_words import lesson_before
from workflows.status.answering import ByLink, StatusDesk, StatusForm, over_words
from workflows.status.card_rendering import LIGHTS, late_rows, solved_fields
from workflows.status.model import (
    WEIGHTS,
    AnsweredMeanwhile,
    AnswerRefused,
    AnswerSurface,
    InvalidAnswer,
    LessonLevel,
    NumbersWanted,
    RoundOver,
    RoundState,
)
from workflows.status.ports import AnswerLinks, Standing
from workflows.status.request_view import Asked, sentences_to_keep

MAX_BODY = 256_000
"""Bytes; five long texts of the widest characters, percent-encoded, are far below."""


def router(*, desk: StatusDesk, links: AnswerLinks, short: ShortLinks, public_url: str) -> APIRouter:
    """Make the routes of the form. *public_url*: our own address; a form sent from a page elsewhere is not taken."""
    routes, replaced = APIRouter(), ReplacedLinks(desk=desk, short=short)

    @routes.get("/svar/{token}", response_class=HTMLResponse, summary="The answer form; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        link = await links.resolve(token, "answer")
        if link is None or link.person is None:
            return await _dead(request, replaced, await links.find_ended(token, "answer"))
        try:
            form = await desk.form(link.subject, sender=ByLink(link.person))
        except AnswerRefused as refused:
            return _refused(request, refused, await desk.language(ByLink(link.person)))
        if not form.is_open:
            return await _over(request, desk, form)
        return _form(request, form, typed=form.draft or start_values(form.asked), problems={})

    @routes.post("/svar/{token}", response_class=HTMLResponse, summary="Store an answer")
    async def answer(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            return _notice(request, 403, "status.foreign_title", "status.foreign")
        # Read before anything is looked up: a failure gives back what was typed.
        typed = await read_form(request, most=MAX_BODY)
        link, standing = await links.resolve_answer(token) or (None, None)
        if typed.get("again"):
            return await _ask_again(request, replaced, link, await links.find_ended(token, "answer"))
        if link is None or link.person is None:
            return await _dead(request, replaced, await links.find_ended(token, "answer"), typed=typed)
        keep = _keep if typed.get("draft") else _take
        return await keep(request, desk, link, ByLink(link.person), typed, standing)

    return routes


async def _take(
    request: Request,
    desk: StatusDesk,
    link: Link,
    sender: ByLink,
    typed: Mapping[str, str],
    standing: Standing | None,
) -> HTMLResponse:
    try:
        receipt = await desk.answer(
            link.subject, sender=sender, content=typed, surface=AnswerSurface.FORM, standing=standing
        )
    except NumbersWanted:
        form = await desk.form(link.subject, sender=sender)
        return _numbers_page(request, form, typed=_seen(typed), problems={})
    except AnsweredMeanwhile:
        form = await desk.form(link.subject, sender=sender)
        unchanged = is_unchanged(typed, form.asked.previous)
        note = "status.missed_unchanged" if unchanged else "status.missed"
        return _form(request, form, typed=start_values(form.asked) if unchanged else typed, problems={}, missed=note)
    except InvalidAnswer as invalid:
        form = await desk.form(link.subject, sender=sender)
        problems = _problems(form.asked, invalid)
        if is_unchanged(typed, form.asked.previous):
            return _numbers_page(request, form, typed=typed, problems=problems)
        return _form(request, form, typed=typed, problems=problems, confirm=invalid.confirm)
    except RoundOver:
        return await _over(request, desk, await desk.form(link.subject, sender=sender), typed=typed)
    except AnswerRefused as refused:
        return _refused(request, refused, await desk.language(sender))
    asked = receipt.form.asked
    return page(
        request,
        "status/answer_receipt.html",
        language=asked.language,
        is_short=True,
        asked=asked,
        until=asked.moment(receipt.changeable_until),
        on_behalf_of=asked.lead if receipt.on_behalf else "",
        at=asked.moment(receipt.stored_at),
        rows=answer_rows(asked, receipt.content),
        again=request.url.path,
    )


async def _keep(
    request: Request,
    desk: StatusDesk,
    link: Link,
    sender: ByLink,
    typed: Mapping[str, str],
    standing: Standing | None,
) -> HTMLResponse:
    """Keep a draft, and show the form with it again."""
    try:
        form = await desk.save_draft(link.subject, sender=sender, content=typed, standing=standing)
    except InvalidAnswer as invalid:
        form = await desk.form(link.subject, sender=sender)
        problems = _problems(form.asked, invalid)
        return _form(request, form, typed=typed, problems=problems, confirm=invalid.confirm)
    except RoundOver:
        return await _over(request, desk, await desk.form(link.subject, sender=sender), typed=typed)
    except AnswerRefused as refused:
        return _refused(request, refused, await desk.language(sender))
    return _form(request, form, typed=form.draft or {}, problems={}, saved=True)


async def _ask_again(request: Request, replaced: ReplacedLinks, link: Link | None, ended: Link | None) -> HTMLResponse:
    """
    Have a new link sent where an *ended* one led to a round that is open; else the request of the round that is.

    Neither opens anything by itself.
    """
    form = await replaced.find_form(ended)
    if form is not None:
        return await replaced.send(request, form)
    link = link or ended
    if link is None or link.person is None:
        return _gone(request)
    form = await replaced.desk.ask_again(link.subject, sender=ByLink(link.person))
    if form is None:
        return _gone(request)
    asked = form.asked
    return _message(
        request,
        200,
        asked.language,
        heading=asked.say("status.again_title"),
        explanation=asked.say("status.again_sent", package=asked.package.name),
    )


async def _dead(
    request: Request, replaced: ReplacedLinks, link: Link | None, *, typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    """
    Show the page of a link that leads nowhere: the round is over, or the link was replaced, when it was ours.

    *typed*: came with it, and is not stored. What is stored is not shown any more.
    """
    if link is None or link.person is None:
        return _gone(request)
    form = await replaced.find_form(link)
    if form is not None:
        return replaced.offer(request, form, typed or {})
    try:
        form = await replaced.desk.form(link.subject, sender=ByLink(link.person))
    except AnswerRefused:
        return _gone(request)
    if form.asked.round.state is not RoundState.CLOSED and not form.asked.is_waived:
        return _gone(request)
    return await _over(request, replaced.desk, form, typed=typed, dead=True)


def _problems(asked: Asked, invalid: InvalidAnswer) -> dict[str, str]:
    return {name: asked.say(words.key, **words.values) for name, words in invalid.problems.items()}


# --------------------------------------------------------------------------------------------------- what is shown


def _form(
    request: Request,
    form: StatusForm,
    *,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    confirm: str = "",
    saved: bool = False,
    missed: str = "",
) -> HTMLResponse:
    """
    *saved*: what was typed has just been kept as a draft. *missed*: what to say to somebody who did not know the answer
    that stands. Until that is said, the form goes on saying that it was drawn without it.
    """
    asked = form.asked
    return page(
        request,
        "status/answer.html",
        status=422 if problems else 409 if missed else 200,
        language=asked.language,
        form=form,
        asked=asked,
        typed=typed,
        problems=problems,
        lights=LIGHTS,
        weights=WEIGHTS,
        levels=tuple(LessonLevel),
        kept=sentences_to_keep(asked, typed),
        solved=solved_fields(asked, typed),
        most_outlook=MAX_OUTLOOK,
        most_lesson=MAX_LESSON,
        lesson_before=lesson_before(asked),
        numbers=number_fields(asked, typed),
        most=MAX_TEXT,
        most_follow_up=MAX_FOLLOW_UP,
        confirm=confirm,
        saved=saved,
        missed=missed,
        stored=answer_rows(asked, asked.answer.content) if missed and asked.answer else [],
        seen=seen_version(typed) or 0 if problems else asked.version,
        action=request.url.path,
    )


def _numbers_page(
    request: Request, form: StatusForm, *, typed: Mapping[str, str], problems: Mapping[str, str]
) -> HTMLResponse:
    """«No change since last time» still asks for the numbers, and for nothing else."""
    return page(
        request,
        "status/answer_numbers.html",
        status=422 if problems else 200,
        language=form.asked.language,
        asked=form.asked,
        problems=problems,
        numbers=number_fields(form.asked, typed),
        seen=seen_version(typed) or 0,
        action=request.url.path,
    )


def _seen(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the version that a form was drawn from, and nothing of the words written into it."""
    return {"seen": typed["seen"]} if "seen" in typed else {}


async def _over(
    request: Request,
    desk: StatusDesk,
    form: StatusForm,
    *,
    typed: Mapping[str, str] | None = None,
    dead: bool = False,
) -> HTMLResponse:
    """
    Show that nothing is taken any more, and the way to the round that is open.

    *typed*: what came too late, to be copied. *dead*: the link opens nothing that is stored.
    """
    asked = form.asked
    answer = None if dead else asked.answer
    lost = asked.answer is None and not asked.is_waived and not dead
    return _message(
        request,
        410,
        asked.language,
        heading=asked.say("status.waived_title" if asked.is_waived else "status.over_title"),
        explanation=_why_over(form),
        missing=asked.say("status.over_missing", package=asked.package.name) if lost else "",
        rows=answer_rows(asked, answer.content) if answer else [],
        late=late_rows(asked, typed or {}),
        now_open=await desk.find_open(asked.request.id, sender=ByLink(asked.person.key)),
    )


def _why_over(form: StatusForm) -> str:
    """Say why nothing is taken, and when the board meets; after the meeting, when it met."""
    asked, words = form.asked, over_words(form.asked)
    if form.has_met and not asked.is_waived:
        return asked.say("status.over_met", meeting=asked.meeting)
    meets = "" if form.has_met else asked.say("status.over_meets", meeting=asked.meeting)
    return f"{asked.say(words.key, **words.values)} {meets}".rstrip()


def _gone(request: Request) -> HTMLResponse:
    return _notice(request, 404, "status.gone_title", "status.gone", "status.gone_help")


def _refused(request: Request, refused: AnswerRefused, language: str) -> HTMLResponse:
    words = refused.words
    return _message(
        request,
        403,
        language,
        heading=texts.say("status.gone_title", language),
        explanation=texts.say(words.key, language, **words.values),
    )


def _notice(request: Request, status: int, title: str, *explanations: str) -> HTMLResponse:
    language = language_of(request)
    return _message(
        request,
        status,
        language,
        heading=texts.say(title, language),
        explanation=" ".join(texts.say(key, language) for key in explanations),
    )


def _message(
    request: Request,
    status: int,
    language: str,
    *,
    heading: str,
    explanation: str,
    missing: str = "",
    rows: Sequence[tuple[str, str]] = (),
    late: Sequence[tuple[str, str]] = (),
    now_open: StatusForm | None = None,
) -> HTMLResponse:
    """Show a page without a form: that there is none, and what there is instead."""
    return page(
        request,
        "status/answer_over.html",
        status=status,
        language=language,
        heading=heading,
        explanation=explanation,
        missing=missing,
        rows=rows,
        late=late,
        now_open=now_open.asked if now_open else None,
        action=request.url.path,
    )
