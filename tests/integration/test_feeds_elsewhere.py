"""Feeds read by others: two more parsers and a CalDAV server agree with the plan to the minute."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Timezone

from integration.ics import OSLO, FeedItem, feed
from sandbox.serve import listening
from workflows.meetings.model import Meeting, MeetingState

ROOT = Path(__file__).parents[2]
ICAL_JS = ROOT / "node_modules/ical.js"
DAYS = {
    "2026-03-27T09:00": "the last workday of winter time",
    "2026-03-30T09:00": "the first of summer time",
    "2026-10-23T12:30": "the last workday of summer time",
    "2026-10-26T12:30": "the first of winter time",
    "2026-12-30T09:00": "week 53",
    "2027-01-01T08:00": "week 53 in the next year",
    "2027-05-18T09:00": "after the 17 May that is Whit Monday",
    "2028-02-29T14:00": "a leap day",
}
OSLO_ZONE = ZoneInfo("Europe/Oslo")
SCRIPT = """
const ICAL = require(process.argv[1]);
const text = require("fs").readFileSync(0, "utf8");
const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = calendar.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
const unix = (time) => time.toUnixTime();
console.log(JSON.stringify(events.map((event) => [event.uid, unix(event.startDate), unix(event.endDate)])));
"""


def planned() -> list[Meeting]:
    return [
        Meeting(
            key=f"a-dal/{starts[:10]}",
            body="a-dal",
            state=MeetingState.CANCELLED if "leap" in what else MeetingState.BOOKED,
            starts_local=datetime.fromisoformat(starts),
            ends_local=datetime.fromisoformat(starts) + timedelta(hours=2),
            timezone="Europe/Oslo",
            changed_at=datetime(2026, 1, 5, 8, tzinfo=UTC),
            booked_by_us=True,
            location="Rådhuset",
        )
        for starts, what in DAYS.items()
    ]


Times = dict[str, tuple[datetime, datetime]]


def plan_times() -> Times:
    return {f"{item.key}@vaare-unge-365": (item.starts_at, item.ends_at) for item in planned()}


def our_feed() -> bytes:
    items = [
        FeedItem(
            meeting=item, summary="Møte: Styret i Å-dal", description="Saker; «og» mer", address="https://s.example"
        )
        for item in planned()
    ]
    return feed(name="Å-dal: møter", source="https://service.example/kalender/abc.ics", items=items)


def times_in(calendar: Calendar) -> Times:
    events: list[Any] = calendar.walk("VEVENT")
    return {
        str(event["UID"]): (event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in events
    }


def test_recurring_ical_events_finds_each_meeting_on_its_day() -> None:
    found = recurring_ical_events.of(Calendar.from_ical(our_feed())).between((2026, 1, 1), (2029, 1, 1))

    assert {str(event["UID"]): event["DTSTART"].dt.astimezone(UTC) for event in found} == {
        uid: starts for uid, (starts, _) in plan_times().items()
    }
    assert {event["DTSTART"].dt.astimezone(OSLO_ZONE).isoformat()[:16] for event in found} == set(DAYS)


@pytest.mark.skipif(not ICAL_JS.exists() or shutil.which("node") is None, reason="needs node and ical.js")
def test_ical_js_reads_the_same_times() -> None:
    module = ICAL_JS / "dist/ical.es5.cjs"
    ran = subprocess.run(["node", "-e", SCRIPT, str(module)], input=our_feed(), capture_output=True, check=True)

    read = {
        uid: (datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC))
        for uid, starts, ends in json.loads(ran.stdout)
    }
    assert read == plan_times()


@pytest.fixture
async def caldav(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A CalDAV server of this test's own."""
    pytest.importorskip("radicale")
    with listening() as listener:
        port = listener.getsockname()[1]
    options = [f"--server-hosts=127.0.0.1:{port}", f"--storage-filesystem-folder={tmp_path}", "--auth-type=none"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "radicale", "--config", "", "--logging-level=error", *options),
        stderr=asyncio.subprocess.PIPE,
    )
    auth = ("meetings", "none")
    transport = httpx.AsyncHTTPTransport(retries=8)
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, auth=auth, transport=transport, timeout=30) as client:
        try:
            yield client
        finally:
            process.kill()
            await process.communicate()


async def test_a_caldav_server_stores_the_events_and_serves_them_back(caldav: httpx.AsyncClient) -> None:
    (await caldav.request("MKCALENDAR", "/meetings/board/")).raise_for_status()
    for number, event in enumerate(Calendar.from_ical(our_feed()).walk("VEVENT")):
        alone = Calendar()
        alone.add("prodid", "-//test//NO")
        alone.add("version", "2.0")
        alone.add_component(Timezone.from_ical(OSLO))
        alone.add_component(event)
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        (await caldav.put(f"/meetings/board/{number}.ics", content=alone.to_ical(), headers=headers)).raise_for_status()

    served = Calendar.from_ical((await caldav.get("/meetings/board/")).content)

    assert times_in(served) == plan_times()
    assert [str(event["STATUS"]) for event in served.walk("VEVENT")].count("CANCELLED") == 1


async def test_a_caldav_server_takes_the_whole_feed(caldav: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "text/calendar; charset=utf-8"}
    (await caldav.put("/meetings/feed/", content=our_feed(), headers=headers)).raise_for_status()

    served = Calendar.from_ical((await caldav.get("/meetings/feed/")).content)

    assert times_in(served) == plan_times()
