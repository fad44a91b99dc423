"""Pages that say what went wrong, what to do now and whom to ask, with the reader's own menu where they are known."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import READING, Visit, known_visit
from web.pages import language_of, page
from web.shell.page import shell_of

_HEADINGS = {"": "error.heading", "unread": "error.heading", "away": "error.busy_heading"}
"""Headings of the kinds that have none of their own name."""
_KINDS = {
    400: "invalid",
    401: "signed_out",
    # Who may not see a page is not told that it is there.
    403: "not_found",
    404: "not_found",
    405: "not_allowed",
    408: "busy",
    410: "not_found",
    413: "too_large",
    422: "invalid",
    429: "busy",
    503: "away",
}
PASSING = (408, 429, 500, 503)
"""Failures after which the same address is worth another try."""


def problem(
    request: Request, status: int, *, number: str | None = None, typed: Sequence[tuple[str, str]] = ()
) -> HTMLResponse:
    """
    Return the page that says what went wrong and what to do now; *number*: the failure's name in the log.

    *typed*: the form that was not taken. It is given back whole, to be sent again; its texts are shown to be copied.
    """
    visit, kind = known_visit(request), _KINDS.get(status, "")
    if status == 403 and not typed:
        # A form from elsewhere is answered as a stranger's.
        visit = None
    language = texts.choose(visit.reader.language, visit.programme.language) if visit else language_of(request)
    if status == 403 and typed:
        kind = "signed_in_anew"
    reads = request.method in READING
    if not kind and reads:
        kind = "unread"
    heading = texts.say(_HEADINGS.get(kind, f"error.{kind}_heading"), language)
    return page(
        request,
        "problem.html",
        status=status,
        language=language,
        frame="shell/base.html" if visit else "base.html",
        heading=heading,
        explanation=texts.say(f"error.{kind}" if kind else "error.generic", language),
        number=number,
        typed=typed,
        # Keys and numbers are single words; sentences are a person's.
        sentences=[value for _, value in typed if len(value.split()) > 1],
        again=request.url.path,
        may_retry=reads and status in PASSING,
        **_framed(visit, heading, language),
    )


def _framed(visit: Visit | None, heading: str, language: str) -> dict[str, Any]:
    """Return the frame of somebody who is signed in, without a section: it may be one that they have no business at."""
    return {"visit": visit, "shell": shell_of(visit, "", [(heading, "")], language)} if visit else {}
