"""Calendar feeds that people subscribe to by a secret address."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Response

import texts
from config.programme import Body, Programme
from integration.ics import FeedItem, feed
from workflows.meeting_plan import Meeting
from workflows.meetings import MeetingStore
from workflows.ports import Links


def router(
    *, meetings: MeetingStore, links: Links, programme: Callable[[], Awaitable[Programme]], public_url: str
) -> APIRouter:
    """`GET /kalender/{token}.ics`; the token is a link with the purpose `feed` to a body's key."""
    routes = APIRouter()
    base = public_url.rstrip("/")

    @routes.get("/kalender/{token}.ics", summary="A body's meetings as an iCalendar feed")
    async def calendar_feed(token: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        link = await links.resolve(token, "feed")
        body = None if link is None else _body(await programme(), link.subject)
        if body is None:
            raise HTTPException(404)
        items = [await item(body, meeting) for meeting in await meetings.list_meetings(body.key)]
        name = texts.say("meetings.feed_name", body=body.name)
        content = feed(name=name, source=f"{base}/kalender/{token}.ics", items=items)
        etag = f'"{sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=900"}
        if if_none_match is not None and _names(if_none_match, etag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    async def item(body: Body, meeting: Meeting) -> FeedItem:
        address = f"{base}/moter/{await links.issue('papers', meeting.key)}"
        description = texts.say("meetings.feed_description", address=address)
        if not meeting.booked_by_us:
            description = f"{texts.say('meetings.feed_theirs')}\n{description}"
        summary = texts.say("meetings.subject", body=body.name)
        return FeedItem(meeting=meeting, summary=summary, description=description, address=address)

    return routes


def _body(programme: Programme, key: str) -> Body | None:
    return next((body for body in programme.bodies if body.key == key), None)


def _names(if_none_match: str, etag: str) -> bool:
    """Whether the header names *etag*; compared weakly, as RFC 9110 has it."""
    named = {value.strip().removeprefix("W/") for value in if_none_match.split(",")}
    return etag in named or "*" in named
