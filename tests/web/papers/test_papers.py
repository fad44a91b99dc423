from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import httpx
import pytest

from config.programme import Programme
from config.values import Place, RoundTimes
from tests.web.meeting_store import Meetings, Tokens, meeting, register
from tests.workflows.papers.agendas.test_plan import asks, draft
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import HOME
from web.app import create_app
from web.papers.papers import router
from workflows.meetings.date_search import Moved
from workflows.meetings.model import MeetingState
from workflows.papers.agendas.model import Agenda, StoredAgenda

PAGE = "/moter/papers.a-dal_2026-10-13"


@dataclass
class Reports:
    address: str | None = None

    async def report_address(self, meeting: str) -> str | None:
        return self.address


@dataclass
class Agendas:
    agenda: Agenda | None = None

    async def fixed(self, meeting: str) -> StoredAgenda | None:
        if self.agenda is None:
            return None
        return StoredAgenda(meeting=meeting, content=self.agenda, released_at=datetime(2026, 10, 6, tzinfo=UTC))


def client(
    *,
    meetings: Meetings | None = None,
    address: str | None = None,
    agenda: Agenda | None = None,
    programme: Callable[[], Awaitable[Programme]] = register,
) -> httpx.AsyncClient:
    papers = router(
        meetings=meetings or Meetings(),
        reports=Reports(address),
        agendas=Agendas(agenda),
        links=Tokens(),
        programme=programme,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app([papers])), base_url="http://service.example")


async def test_the_page_tells_when_where_and_the_way_into_the_meeting_while_it_stands() -> None:
    response = await client().get(PAGE)

    assert response.status_code == 200
    assert "tirsdag 13. oktober 2026 kl. 09.00–11.00" in response.text
    assert "Rådhuset" in response.text
    assert 'href="https://teams.example' in response.text
    cancelled = Meetings([replace(meeting(), state=MeetingState.CANCELLED)])
    assert "teams.example" not in (await client(meetings=cancelled).get(PAGE)).text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param(None, "Rapporten er ikke klar ennå.", id="not released"),
        pytest.param("", "har fått lenken til den på e-post", id="released, only by mail"),
        pytest.param("https://sharepoint.example/side", 'href="https://sharepoint.example/side"', id="published"),
    ],
)
async def test_the_page_says_where_the_report_is(address: str | None, expected: str) -> None:
    assert expected in (await client(address=address).get(PAGE)).text


@pytest.mark.parametrize(
    ("rounds", "state"),
    [
        pytest.param(None, MeetingState.PLANNED, id="of a body without rounds"),
        pytest.param(RoundTimes(), MeetingState.CANCELLED, id="cancelled"),
    ],
)
async def test_a_meeting_that_gets_no_report_promises_none(rounds: RoundTimes | None, state: MeetingState) -> None:
    async def programme() -> Programme:
        known = await register()
        bodies = [item.model_copy(update={"rounds": rounds}) for item in known.bodies]
        return known.model_copy(update={"bodies": tuple(bodies)})

    held = Meetings([replace(meeting(), state=state)])

    assert "Rapport" not in (await client(meetings=held, programme=programme).get(PAGE)).text


async def test_the_page_is_in_the_language_that_its_address_asks_for() -> None:
    response = await client().get(f"{PAGE}?sprak=nn")

    assert response.headers["content-language"] == "nn"
    assert "haustferie" in response.text


async def test_whoever_holds_the_invitation_sees_the_items_and_not_what_people_wrote() -> None:
    text = (await client(agenda=draft(report=samples.FULL, questions=[asks(HOME)], last_number=11)).get(PAGE)).text

    assert "13/26" in text
    assert "Pakken arena ber om en avgjørelse" in text
    assert "Hvem betaler?" not in text
    assert "Vi har ingen lokaler" not in text


async def test_the_page_shows_the_year_in_a_picture_and_in_words() -> None:
    text = (await client().get(PAGE)).text

    assert "Årshjul 2026: a-dal" in text
    assert 'role="img"' in text
    assert "Hjulet viser møter (1), statusrunder (1)" in text
    assert "høstferie" in text
    assert "Styret i b-vik" not in text


async def test_the_page_says_from_when_a_meeting_was_moved_and_why() -> None:
    moved = replace(meeting(), moved=Moved(wanted=date(2026, 10, 6), reason="meetings.asked_for"), words="Opptatt")

    text = (await client(meetings=Meetings([moved])).get(PAGE)).text

    assert "Møtet er flyttet fra tirsdag 6. oktober 2026." in text
    assert "Grunn: Opptatt" in text


async def test_the_page_of_a_municipality_with_its_own_place_links_there() -> None:
    known = await register()
    theirs = {"place": Place.THEIRS, "place_url": "https://a-dal.example/rom"}
    changed = tuple(item.model_copy(update=theirs) for item in known.municipalities)

    async def programme() -> Programme:
        return known.model_copy(update={"municipalities": changed})

    assert 'href="https://a-dal.example/rom"' in (await client(programme=programme).get(PAGE)).text
    assert "samarbeidsrom" not in (await client().get(PAGE)).text


async def test_a_cancelled_meeting_says_so() -> None:
    cancelled = Meetings([replace(meeting(), state=MeetingState.CANCELLED)])

    assert "Møtet er avlyst." in (await client(meetings=cancelled).get(PAGE)).text


@pytest.mark.parametrize("path", ["/moter/forged", "/moter/feed.a-dal_2026-10-13", "/moter/papers.a-dal_2020-01-01"])
async def test_a_bad_token_finds_nothing(path: str) -> None:
    assert (await client().get(path)).status_code == 404
