"""Calendar feeds that people subscribe to by a secret address."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Annotated, Protocol

from fastapi import APIRouter, Header, HTTPException, Response

import texts
from config.programme import Programme
from integration import ics
from integration.ics import FeedItem
from web.meetings.written_feeds import WrittenEvent, WrittenFeed, WrittenFeeds
from workflows.meetings.body_names import tell_apart
from workflows.meetings.feed import FeedMark, FeedMeetings, feed_spans, is_over
from workflows.meetings.model import Meeting
from workflows.meetings.personal import PERSON
from workflows.meetings.rendering import explain_change
from workflows.meetings.seats import Span
from workflows.ports.links import Link, LinkPurpose
from workflows.ports.units import Clock


class FeedLinks(Protocol):
    async def issue_all(self, purpose: LinkPurpose, subjects: Collection[str]) -> Mapping[str, str]:
        """Return a token for each of *subjects*; looking again writes nothing, since calendars look every few hours."""
        ...

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token; None when it is forged, expired, revoked or for another purpose."""
        ...


@dataclass(frozen=True, kw_only=True)
class FeedDoors:
    """The feeds' ports."""

    meetings: FeedMeetings
    links: FeedLinks
    programme: Callable[[], Awaitable[Programme]]
    public_url: str
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A calendar that somebody asks for."""

    name: str
    source: str
    language: str
    base: str
    names: Mapping[str, str]
    """The names of its bodies, by their keys, told apart."""


def router(doors: FeedDoors) -> APIRouter:
    """
    `GET /kalender/{token}.ics`; the token is a link with the purpose `feed` to a body's key or to `person:<key>`.

    Whoever holds the address reads the meetings; revoking the link's subject ends it. A person whose last role has
    ended subscribes to nothing any more: the calendar is empty and says so, since calendars keep what a missing one
    last held.
    """
    routes = APIRouter()
    base = doors.public_url.rstrip("/")
    writer, written = FeedWriter(doors), WrittenFeeds()

    @routes.get("/kalender/{token}.ics", summary="A body's or a person's meetings as an iCalendar feed")
    async def calendar_feed(token: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        link = await doors.links.resolve(token, "feed")
        known = await doors.programme()
        on = known.today(doors.clock.now())
        name = None if link is None else _name(known, link.subject, on)
        if link is None or name is None:
            raise HTTPException(404)
        spans = feed_spans(known, link.subject, on)
        bodies = [known.body(key) for key in sorted({key for span in spans for key in span.bodies})]
        language = _language(known, link.subject)
        asked = _Asked(
            name=name,
            source=f"{base}/kalender/{token}.ics",
            language=language,
            base=base,
            names=tell_apart(known, bodies, language),
        )
        words, mark = _words(asked, spans), await doors.meetings.mark(spans)
        etag = _etag(words, mark)
        headers = {"ETag": etag, "Cache-Control": "private, max-age=900"}
        if if_none_match is not None and _names(if_none_match, etag):
            return Response(status_code=304, headers=headers)
        feed = written.find(asked.source)
        if feed is None or (feed.words, feed.mark) != (words, mark):
            feed = await writer.written(asked, words, mark, spans, feed)
            written.keep(asked.source, feed)
        content = await asyncio.to_thread(lambda: feed.content)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return routes


@dataclass(frozen=True)
class FeedWriter:
    """
    Writes calendars, beside the loop: a county lead's has thousands of meetings, and the loop also takes answers.

    One that was written before is gone on with: only the meetings that changed since are read.
    """

    doors: FeedDoors

    async def written(
        self, asked: _Asked, words: str, mark: FeedMark, spans: Sequence[Span], before: WrittenFeed | None
    ) -> WrittenFeed:
        """Return the calendar as it is now; *before*: as this process wrote it last."""
        if before is not None and before.may_go_on(words, mark) and before.mark.changed_at is not None:
            changed = await self.doors.meetings.list_shown(spans, changed_since=before.mark.changed_at)
            events = await self._events(asked, changed)
            found = await asyncio.to_thread(before.going_on, mark, spans, events)
            if found.adds_up:
                return found
        events = await self._events(asked, await self.doors.meetings.list_shown(spans))
        frame = await asyncio.to_thread(partial(ics.frame, name=asked.name, source=asked.source))
        empty = WrittenFeed(words=words, mark=mark, frame=frame, events={})
        return await asyncio.to_thread(empty.going_on, mark, spans, events)

    async def _events(self, asked: _Asked, meetings: Sequence[Meeting]) -> Mapping[str, WrittenEvent]:
        tokens = await self.doors.links.issue_all("papers", [meeting.key for meeting in meetings])
        return await asyncio.to_thread(_write, asked, meetings, tokens)


def _words(asked: _Asked, spans: Sequence[Span]) -> str:
    """Return all that a calendar shows besides its meetings."""
    words = [texts.say(key, asked.language, **values) for key, values in _WORDS.items()]
    # The first span begins a year before today: only where others begin tells something.
    parts = [(number and span.first, sorted(span.bodies)) for number, span in enumerate(spans)]
    return repr((asked.name, asked.source, asked.language, words, sorted(asked.names.items()), parts))


def _etag(words: str, mark: FeedMark) -> str:
    """
    Return the mark of a calendar as it would be written now, without writing it.

    All that it shows is named in *words*, or noted in *mark*.
    """
    return f'"{sha256(repr((words, mark)).encode()).hexdigest()[:32]}"'


_WORDS: Mapping[str, Mapping[str, str]] = {
    "meetings.subject": {"body": ""},
    "meetings.feed_theirs": {},
    "meetings.feed_description": {"address": ""},
    "meetings.page_cancelled": {},
    "meetings.told_moved": {"was": ""},
    "meetings.told_moved_time": {},
    "meetings.notice_reason": {"reason": ""},
}
"""The texts that every calendar is written with: another version may have other words."""


def _write(asked: _Asked, meetings: Sequence[Meeting], tokens: Mapping[str, str]) -> Mapping[str, WrittenEvent]:
    subjects = {key: texts.say("meetings.subject", asked.language, body=name) for key, name in asked.names.items()}
    return {
        meeting.key: WrittenEvent.of(
            meeting,
            ics.event(_item(asked, meeting, subjects[meeting.body], f"{asked.base}/moter/{tokens[meeting.key]}")),
        )
        for meeting in meetings
    }


def _item(asked: _Asked, meeting: Meeting, summary: str, address: str) -> FeedItem:
    lines = explain_change(meeting, asked.language)
    if not meeting.booked_by_us:
        lines.append(texts.say("meetings.feed_theirs", asked.language))
    lines.append(texts.say("meetings.feed_description", asked.language, address=address))
    return FeedItem(meeting=meeting, summary=summary, description="\n".join(lines), address=address)


def _language(programme: Programme, subject: str) -> str:
    """Return the person's own language in their feed, else the programme's."""
    key = subject.removeprefix(PERSON) if subject.startswith(PERSON) else None
    own = programme.language_of(key)
    return texts.choose(own, programme.language)


def _name(programme: Programme, subject: str, on: date) -> str | None:
    """Return a feed's name; None when its body or person is gone."""
    language = _language(programme, subject)
    if subject.startswith(PERSON):
        if programme.find_person(subject.removeprefix(PERSON)) is None:
            return None
        key = "meetings.feed_over" if is_over(programme, subject, on) else "meetings.feed_of_person"
        return texts.say(key, language, programme=programme.name)
    body = programme.find_body(subject)
    return None if body is None else texts.say("meetings.feed_name", language, body=body.name)


def _names(if_none_match: str, etag: str) -> bool:
    """Tell whether the header names *etag*; compared weakly, as RFC 9110 has it."""
    named = {value.strip().removeprefix("W/") for value in if_none_match.split(",")}
    return etag in named or "*" in named
