import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from config.programme import Programme
from integration.database.connection import Database
from integration.database.links import SQLLinks
from tests.clocks import NOON, StillClock
from tests.web.meeting_store import Meetings, Tokens, meeting, register
from tests.workflows.programme import programme
from web.app import create_app
from web.meetings.feeds import FeedDoors, FeedLinks, router
from web.meetings.written_feeds import WrittenEvent, WrittenFeed, WrittenFeeds
from workflows.meetings.date_search import Moved
from workflows.meetings.feed import FeedMark, FeedMeetings
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.seats import Span

FEED = "/kalender/feed.a-dal.ics"


def reading(
    programme: Callable[[], Awaitable[Programme]],
    *,
    meetings: FeedMeetings | None = None,
    links: FeedLinks | None = None,
) -> httpx.AsyncClient:
    feeds = router(
        FeedDoors(
            meetings=meetings or Meetings(),
            links=links or Tokens(),
            programme=programme,
            public_url="https://service.example/",
            clock=StillClock(),
        )
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app([feeds])), base_url="http://service.example")


@pytest.fixture
def client() -> httpx.AsyncClient:
    return reading(register)


async def test_a_feed_holds_its_bodys_meetings_and_their_stable_addresses(client: httpx.AsyncClient) -> None:
    response = await client.get(FEED)

    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Møte: Styret i a-dal"
    assert str(event["URL"]) == "https://service.example/moter/papers.a-dal_2026-10-13"


async def test_a_feed_of_their_own_meetings_says_who_calls_them(client: httpx.AsyncClient) -> None:
    response = await client.get("/kalender/feed.b-vik.ics")

    assert "Vi sender ingen innkalling til dette møtet." in response.text


async def test_an_unchanged_feed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    etag = (await client.get(FEED)).headers["etag"]

    again = await client.get(FEED, headers={"If-None-Match": f'"other", W/{etag}'})
    changed = await client.get(FEED, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/kalender/forged.ics", id="forged"),
        pytest.param("/kalender/papers.a-dal.ics", id="for another purpose"),
        pytest.param("/kalender/feed.nowhere.ics", id="of a body that is gone"),
        pytest.param("/kalender/feed.person:nobody.ics", id="of a person who is gone"),
    ],
)
async def test_a_bad_token_finds_nothing(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_persons_feed_holds_the_meetings_they_belong_to(client: httpx.AsyncClient) -> None:
    response = await client.get("/kalender/feed.person:member.ics")

    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["UID"]) == "a-dal/2026-10-13@vaare-unge-365"
    assert "Mine møter i Prøveprogrammet" in response.text


@pytest.mark.parametrize(
    ("until", "events"),
    [
        pytest.param(-1, 0, id="ended yesterday"),
        pytest.param(0, 1, id="ends today"),
    ],
)
async def test_a_feed_is_empty_and_says_why_once_its_person_s_last_role_has_ended(until: int, events: int) -> None:
    """Also of meetings that were: a calendar that is gone would stay on the screen as it last was."""
    today = programme().today(NOON)
    last = today + timedelta(days=until)
    ended = tuple(
        item.model_copy(update={"until": last}) if item.person == "member" else item for item in programme().assignments
    )

    async def known() -> Programme:
        return programme(assignments=ended)

    held = replace(meeting(), starts_local=datetime.combine(last, time(9)), ends_local=datetime.combine(last, time(11)))
    response = await reading(known, meetings=Meetings([held])).get("/kalender/feed.person:member.ics")

    calendar = Calendar.from_ical(response.content)
    assert response.status_code == 200
    assert len(calendar.walk("VEVENT")) == events
    assert ("rollen din i Prøveprogrammet er avsluttet" in str(calendar["NAME"])) is (events == 0)


@pytest.mark.parametrize(
    ("language", "name", "told"),
    [
        pytest.param("nn", "Møta mine i Prøveprogrammet", "Møtet er avlyst.", id="nynorsk"),
        pytest.param("en", "My meetings in Prøveprogrammet", "The meeting is cancelled.", id="English"),
        pytest.param("se", "Mine møter i Prøveprogrammet", "Møtet er avlyst.", id="a language we do not have"),
    ],
)
async def test_a_persons_feed_is_in_their_language(language: str, name: str, told: str) -> None:
    people = tuple(person.model_copy(update={"language": language}) for person in programme().people)

    async def known() -> Programme:
        return programme(people=people)

    off = replace(meeting(), state=MeetingState.CANCELLED)
    client = reading(known, meetings=Meetings([off]))

    calendar = Calendar.from_ical((await client.get("/kalender/feed.person:member.ics")).content)

    (event,) = calendar.walk("VEVENT")
    assert str(calendar["NAME"]) == name
    assert str(event["DESCRIPTION"]).startswith(told)


async def test_a_look_at_a_feed_writes_nothing_once_its_addresses_are_known(database: Database) -> None:
    """Subscribers look every few hours, mostly for nothing."""
    links = SQLLinks(database, StillClock())
    client = reading(register, links=links)
    address = f"/kalender/{await links.issue('feed', 'a-dal')}.ics"
    first = await client.get(address)

    async with database.begin():
        # Somebody writes for a while: who only looks does not wait for them.
        again = await asyncio.wait_for(client.get(address, headers={"If-None-Match": first.headers["etag"]}), 10)

    assert again.status_code == 304


async def test_a_feed_says_from_when_a_meeting_was_moved_and_why() -> None:
    moved = replace(
        meeting(),
        starts_local=datetime.fromisoformat("2026-10-15T09:00"),
        moved=Moved(wanted=date(2026, 10, 13), reason="meetings.asked_for"),
        words="Rådhuset er stengt",
    )
    off = replace(meeting("2026-11-24"), state=MeetingState.CANCELLED, words="Ingen saker")
    client = reading(register, meetings=Meetings([moved, off]))

    first, second = Calendar.from_ical((await client.get(FEED)).content).walk("VEVENT")

    assert str(first["DESCRIPTION"]).startswith(
        "Møtet er flyttet fra tirsdag 13. oktober 2026.\nGrunn: Rådhuset er stengt\nAlt som hører"
    )
    assert str(second["DESCRIPTION"]).startswith("Møtet er avlyst.\nGrunn: Ingen saker\n")


class Marked(Meetings):
    """Meetings of which nobody may read more than their mark."""

    async def mark(self, spans: Sequence[Span]) -> FeedMark:
        return await Meetings().mark(spans)

    async def list_shown(self, spans: Sequence[Span], *, changed_since: datetime | None = None) -> Sequence[Meeting]:
        raise AssertionError("the calendar was written for nothing")


@pytest.mark.parametrize("feed", [FEED, "/kalender/feed.person:member.ics"])
async def test_an_unchanged_feed_is_not_even_written(feed: str) -> None:
    etag = (await reading(register).get(feed)).headers["etag"]
    known = reading(register, meetings=Marked())

    assert (await known.get(feed, headers={"If-None-Match": etag})).status_code == 304
    assert (await known.get(feed)).status_code == 500, "nobody else is let off"


@dataclass
class Read(Meetings):
    """Notes the meetings that were read to write a calendar, each time."""

    read: list[list[str]] = field(default_factory=list)

    async def list_shown(self, spans: Sequence[Span], *, changed_since: datetime | None = None) -> Sequence[Meeting]:
        found = await super().list_shown(spans, changed_since=changed_since)
        self.read.append([item.key for item in found])
        return found

    async def mark(self, spans: Sequence[Span]) -> FeedMark:
        return await Meetings(self.meetings).mark(spans)


async def test_a_feed_asked_for_without_its_mark_is_written_again_only_once_it_changed() -> None:
    meetings = Read()
    client = reading(register, meetings=meetings)

    first, again = [await client.get(FEED) for _ in range(2)]
    meetings.meetings = [replace(item, sequence=1, words="Hallen er opptatt.") for item in meetings.meetings]
    changed = await client.get(FEED)

    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    assert "SEQUENCE:1" in changed.text
    assert len(meetings.read) == 2


DAYS = ("2026-10-13", "2026-11-24", "2027-01-12")
LATER = datetime(2026, 8, 21, 8, tzinfo=UTC)


FEBRUARY = datetime.fromisoformat("2027-02-01T09:00")
AT_ONCE: dict[str, Any] = {"sequence": 1, "changed_at": LATER}


@pytest.mark.parametrize(
    ("day", "change", "read"),
    [
        pytest.param(DAYS[1], {**AT_ONCE, "words": "Hallen er opptatt."}, [], id="changed"),
        pytest.param(DAYS[0], {**AT_ONCE, "starts_local": FEBRUARY, "ends_local": FEBRUARY}, [], id="moved"),
        pytest.param(DAYS[2], {**AT_ONCE, "state": MeetingState.CANCELLED}, [], id="cancelled"),
        pytest.param(DAYS[1], {"sequence": 1}, [], id="changed in the moment of the change before"),
        pytest.param(
            DAYS[1], {"sequence": 1, "changed_at": NOON - timedelta(days=99)}, [[*DAYS]], id="by a slow clock"
        ),
        pytest.param(DAYS[2], None, [[*DAYS[:2]]], id="removed"),
    ],
)
async def test_a_feed_is_gone_on_with_as_it_would_be_written_anew(
    day: str, change: dict[str, Any] | None, read: list[list[str]]
) -> None:
    """Only what changed is read; all of it where that does not add up to what the mark counts."""
    meetings = Read([meeting(day) for day in DAYS])
    client = reading(register, meetings=meetings)
    before = await client.get(FEED)
    others = [item for item in meetings.meetings if not item.key.endswith(day)]
    meetings.meetings = others if change is None else [*others, replace(meeting(day), **change)]
    meetings.meetings.sort(key=lambda item: item.key)

    after, anew = await client.get(FEED), await reading(register, meetings=Meetings(meetings.meetings)).get(FEED)

    assert after.content == anew.content != before.content
    assert after.headers["etag"] == anew.headers["etag"]
    assert [[key.partition("/")[2] for key in keys] for keys in meetings.read[2:]] == read


async def test_of_a_feed_that_was_written_only_the_meetings_that_changed_are_read() -> None:
    meetings = Read([meeting(day) for day in DAYS])
    client = reading(register, meetings=meetings)
    await client.get(FEED)
    meetings.meetings[1] = replace(meetings.meetings[1], sequence=1, changed_at=LATER)
    await client.get(FEED)
    meetings.meetings[0] = replace(meetings.meetings[0], sequence=1, changed_at=LATER + timedelta(hours=1))
    await client.get(FEED)

    assert [len(keys) for keys in meetings.read] == [3, 3, 2]


def test_the_feeds_that_were_asked_for_longest_ago_are_let_go_of_first() -> None:
    def feed(content: bytes) -> WrittenFeed:
        mark = FeedMark(meetings=1, changes=0, changed_at=None, ended_links=0)
        events = {"a": WrittenEvent.of(meeting(), content)}
        return WrittenFeed(words="", mark=mark, frame=(b"", b""), events=events, size=len(content))

    written = WrittenFeeds(most=10)
    small = feed(b"12345")
    for source in ("one", "two"):
        written.keep(source, small)
    written.find("one")

    written.keep("three", small)
    assert [written.find(source) for source in ("one", "two", "three")] == [small, None, small]

    written.keep("too large", feed(b"12345678901"))
    assert (written.find("too large"), written.find("three")) == (None, small)


async def test_a_feed_that_changed_has_another_mark() -> None:
    async def renamed() -> Programme:
        known = programme()
        return known.model_copy(update={"bodies": tuple(b.model_copy(update={"name": "Nytt"}) for b in known.bodies)})

    moved = replace(meeting(), sequence=1)
    clients = [reading(register), reading(register, meetings=Meetings([moved])), reading(renamed)]

    etags = [(await client.get(FEED)).headers["etag"] for client in clients]

    assert len(set(etags)) == 3


async def test_a_feed_looks_a_year_back_and_no_further() -> None:
    today = programme().today(NOON)
    days = [today - timedelta(days=370), today - timedelta(days=360), today + timedelta(days=300)]
    client = reading(register, meetings=Meetings([meeting(day.isoformat()) for day in days]))

    events = Calendar.from_ical((await client.get(FEED)).content).walk("VEVENT")

    assert [str(event["UID"]) for event in events] == [f"a-dal/{day}@vaare-unge-365" for day in days[1:]]
