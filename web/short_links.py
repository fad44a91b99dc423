"""Pages around a short-lived link: offered, on its way, and over."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse

import texts
from web.pages import page
from workflows.messages.short_links import LINK_LIFE


def offer_link(request: Request, heading: str, language: str, *, action: str, why: str = "links.why") -> HTMLResponse:
    """
    Explain why what follows needs a link of its own. *action*: the address whose button has it mailed.

    *why*: the text that says so; it takes the hours that the link works.
    """
    return page(
        request,
        "short_link.html",
        language=language,
        heading=heading,
        paragraphs=[texts.say(why, language, hours=LINK_LIFE // timedelta(hours=1))],
        kept=[],
        action=action,
        field="",
    )


def link_sent(request: Request, until: datetime, language: str) -> HTMLResponse:
    """Say that the link is on its way. *until*: local time. The address that it goes to is told to nobody."""
    heading, sent = texts.say("links.sent_heading", language), texts.say("links.sent", language, until=until)
    return page(request, "plain.html", language=language, heading=heading, paragraphs=[sent])


def link_over(
    request: Request, until: datetime, language: str, *, action: str, typed: Mapping[str, str]
) -> HTMLResponse:
    """Say when the link ended, offer another at *action*, and give back every sentence that was typed."""
    words = texts.say("links.over", language, until=until)
    return _over(request, 403, words, language, action=action, field="", typed=typed)


def link_replaced(
    request: Request, words: str, language: str, *, action: str, typed: Mapping[str, str]
) -> HTMLResponse:
    """Say in *words* that the link was replaced, offer another with the field `again`, and give back what was typed."""
    return _over(request, 410, words, language, action=action, field="again", typed=typed)


def _over(
    request: Request, status: int, words: str, language: str, *, action: str, field: str, typed: Mapping[str, str]
) -> HTMLResponse:
    return page(
        request,
        "short_link.html",
        status=status,
        language=language,
        heading=texts.say("links.over_heading", language),
        paragraphs=[words],
        kept=[value for value in typed.values() if len(value.split()) > 1],
        action=action,
        field=field,
    )
