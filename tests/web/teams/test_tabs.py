"""The pages of a place's tabs in Teams."""

from dataclasses import dataclass
from datetime import datetime

import httpx
import pytest

from config.programme import Programme
from config.values import PlanActivity
from tests.clocks import StillClock
from tests.web.meeting_store import Meetings, Tokens, register
from tests.web.papers.test_reports import stored
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.papers.reports.test_handlers import place
from web.app import create_app
from web.teams.tabs import router
from workflows.papers.reports.model import StoredReport


@dataclass
class Record:
    report: StoredReport | None = None

    async def newest_released(self, body: str, *, before_local: datetime | None = None) -> StoredReport | None:
        return self.report if self.report and self.report.meeting.startswith(body) else None


async def programme() -> Programme:
    activities = (
        PlanActivity(key="A26-01", years=(2026, 2027), level="municipality", text="Lage en lokal plan", responsible=""),
        PlanActivity(key="A26-02", years=(2026,), level="county", text="Samle fylket"),
    )
    places = (place(), place("umbrella", None))
    return (await register()).model_copy(update={"places": places, "activities": activities})


def client(report: StoredReport | None = None) -> httpx.AsyncClient:
    routes = router(
        meetings=Meetings(),
        reports=Record(report),
        links=Tokens(),
        programme=programme,
        public_url="https://service.example",
        clock=StillClock(),
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app([routes])), base_url="http://service.example")


async def test_the_report_tab_shows_the_latest_in_short_and_leads_to_it() -> None:
    response = await client(stored(samples.FULL)).get("/fane/tab.a-dal_report")

    assert "3 av 4 arbeidspakker har gitt status." in response.text
    assert 'href="https://service.example/rapport/report.a-dal_2026-09-08"' in response.text
    assert "Alt er klart" not in response.text


async def test_the_owner_boards_tab_shows_its_summary() -> None:
    assert "Saker som trenger en avgjørelse: 0" not in (await client().get("/fane/tab.a-dal_report")).text
    assert "Det er ingen rapport ennå." in (await client().get("/fane/tab.a-dal_report")).text


async def test_the_plan_tab_shows_the_activities_of_that_level() -> None:
    text = (await client().get("/fane/tab.a-dal_plan")).text

    assert "Lage en lokal plan" in text
    assert "2026, 2027" in text
    assert "Samle fylket" not in text


async def test_the_calendar_tab_shows_the_dates_and_the_feed() -> None:
    text = (await client().get("/fane/tab.a-dal_calendar")).text

    assert "tirsdag 13. oktober 2026 kl. 09.00–11.00" in text
    assert "https://service.example/kalender/feed.a-dal.ics" in text


async def test_the_calendar_tab_shows_the_year_as_a_wheel_and_in_words() -> None:
    text = (await client().get("/fane/tab.a-dal_calendar")).text

    assert '<svg class="year-wheel"' in text
    assert "Hjulet viser møter (1), statusrunder (1) og skoleferier (6)." in text
    assert "Lage en lokal plan" in text


async def test_only_tabs_may_be_framed_and_only_by_teams() -> None:
    response = await client().get("/fane/tab.a-dal_plan")

    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors https://teams.microsoft.com" in policy
    assert "frame-ancestors 'none'" in (await client().get("/healthz")).headers["Content-Security-Policy"]


@pytest.mark.parametrize("subject", ["a-dal_secrets", "elsewhere_report", "report", "a-dal"])
async def test_a_bad_token_finds_nothing(subject: str) -> None:
    assert (await client().get(f"/fane/tab.{subject}")).status_code == 404
    assert (await client().get("/fane/forged")).status_code == 404
