"""Calendar feeds that people subscribe to by a secret address."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Annotated, Protocol

from fastapi import APIRouter, Header, HTTPException, Response

import texts
from config.programme import Programme
from config.values import Body
from integration.ics import FeedItem, feed
from workflows.meetings.model import Meeting, MeetingStore
from workflows.meetings.personal import PERSON
from workflows.meetings.rendering import explain_change
from workflows.ports.links import Link, LinkPurpose
from workflows.ports.units import Clock


class FeedLinks(Protocol):
    async def issue_all(self, purpose: LinkPurpose, subjects: Collection[str]) -> Mapping[str, str]:
        """Return a token for each of *subjects*; looking again writes nothing, since calendars look every few hours."""
        ...

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token; None when it is forged, expired, revoked or for another purpose."""
        ...


def router(
    *,
    meetings: MeetingStore,
    links: FeedLinks,
    programme: Callable[[], Awaitable[Programme]],
    public_url: str,
    clock: Clock,
) -> APIRouter:
    """
    `GET /kalender/{token}.ics`; the token is a link with the purpose `feed` to a body's key or to `person:<key>`.

    Whoever holds the address reads the meetings; revoking the link's subject ends it. A person whose last role has
    ended subscribes to nothing any more: the calendar is empty and says so, since calendars keep what a missing one
    last held.
    """
    routes = APIRouter()
    base = public_url.rstrip("/")

    @routes.get("/kalender/{token}.ics", summary="A body's or a person's meetings as an iCalendar feed")
    async def calendar_feed(token: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        link = await links.resolve(token, "feed")
        known = await programme()
        on = known.today(clock.now())
        name = None if link is None else _name(known, link.subject, on)
        if link is None or name is None:
            raise HTTPException(404)
        found = [] if _is_over(known, link.subject, on) else await listed(known, link.subject)
        tokens = await links.issue_all("papers", [meeting.key for _, meeting in found])
        language = _language(known, link.subject)
        items = [item(body, meeting, tokens[meeting.key], language) for body, meeting in found]
        content = feed(name=name, source=f"{base}/kalender/{token}.ics", items=items)
        etag = f'"{sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=900"}
        if if_none_match is not None and _names(if_none_match, etag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    async def listed(known: Programme, subject: str) -> list[tuple[Body, Meeting]]:
        if subject.startswith(PERSON):
            return meetings_of(known, subject.removeprefix(PERSON), await meetings.list_meetings())
        body = _body(known, subject)
        return [] if body is None else [(body, meeting) for meeting in await meetings.list_meetings(body.key)]

    def item(body: Body, meeting: Meeting, token: str, language: str) -> FeedItem:
        address = f"{base}/moter/{token}"
        lines = explain_change(meeting, language)
        if not meeting.booked_by_us:
            lines.append(texts.say("meetings.feed_theirs", language))
        lines.append(texts.say("meetings.feed_description", language, address=address))
        summary = texts.say("meetings.subject", language, body=body.name)
        return FeedItem(meeting=meeting, summary=summary, description="\n".join(lines), address=address)

    return routes


def meetings_of(programme: Programme, person: str, meetings: Sequence[Meeting]) -> list[tuple[Body, Meeting]]:
    """List the meetings that a person is expected at or invited to, of every body."""
    own = tuple(item for item in programme.assignments if item.person == person)
    mine = programme.model_copy(update={"assignments": own})
    bodies = {body.key: body for body in programme.bodies}
    found = ((bodies[meeting.body], meeting) for meeting in meetings if meeting.body in bodies)
    return [(body, meeting) for body, meeting in found if mine.board_people(body, meeting.day)]


def _language(programme: Programme, subject: str) -> str:
    """Return the person's own language in their feed, else the programme's."""
    key = subject.removeprefix(PERSON) if subject.startswith(PERSON) else None
    own = programme.language_of(key)
    return texts.choose(own, programme.language)


def _is_over(programme: Programme, subject: str, on: date) -> bool:
    """Tell whether a feed is of a person whose last role has ended."""
    if not subject.startswith(PERSON):
        return False
    roles = programme.assignments_of(subject.removeprefix(PERSON))
    return all(item.until is not None and item.until < on for item in roles)


def _name(programme: Programme, subject: str, on: date) -> str | None:
    """Return a feed's name; None when its body or person is gone."""
    language = _language(programme, subject)
    if subject.startswith(PERSON):
        if programme.find_person(subject.removeprefix(PERSON)) is None:
            return None
        key = "meetings.feed_over" if _is_over(programme, subject, on) else "meetings.feed_of_person"
        return texts.say(key, language, programme=programme.name)
    body = _body(programme, subject)
    return None if body is None else texts.say("meetings.feed_name", language, body=body.name)


def _body(programme: Programme, key: str) -> Body | None:
    return programme.find_body(key)


def _names(if_none_match: str, etag: str) -> bool:
    """Tell whether the header names *etag*; compared weakly, as RFC 9110 has it."""
    named = {value.strip().removeprefix("W/") for value in if_none_match.split(",")}
    return etag in named or "*" in named
