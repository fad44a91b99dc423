"""Forms of ours: read within bounds, and only from our own pages."""

from urllib.parse import parse_qsl, urlsplit

from fastapi import HTTPException, Request

MAX_FIELDS = 100
NO_SIGN = "\N{REPLACEMENT CHARACTER}"


async def read_pairs(request: Request, *, most: int, fields: int = MAX_FIELDS) -> list[tuple[str, str]]:
    """
    Return the form's fields in their order. Refuses more than *most* bytes before all of it is read; at most *fields*.

    What is no sign of a text arrives as U+FFFD: a byte that makes none, and NUL, which PostgreSQL does not take.

    They are kept with the request, so that the page of a failure can give them back (`typed_in`).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    try:
        text = body.decode("ascii").replace("%00", NO_SIGN).replace("\0", NO_SIGN)
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=fields)
    except ValueError:
        raise HTTPException(400) from None
    keep_typed(request, pairs)
    return pairs


def keep_typed(request: Request, pairs: list[tuple[str, str]]) -> None:
    """Keep the fields that the page of a failure gives back."""
    request.state.typed = pairs


def typed_in(request: Request) -> list[tuple[str, str]]:
    """Return the fields that were read of this request's form; none when it had no form or was not read."""
    pairs: list[tuple[str, str]] = getattr(request.state, "typed", [])
    return pairs


async def read_form(request: Request, *, most: int, fields: int = MAX_FIELDS) -> dict[str, str]:
    """Return the same where each name comes once."""
    return dict(await read_pairs(request, most=most, fields=fields))


def is_from_us(request: Request, public_url: str) -> bool:
    """Tell whether the form was sent from our own page. Old browsers say nothing, and then the secret token must do."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    # Our pages send no referrer, and browsers then name no origin either.
    if origin in (None, "null"):
        return True
    try:
        return urlsplit(str(origin))[:2] == urlsplit(public_url)[:2]
    except ValueError:
        return False
