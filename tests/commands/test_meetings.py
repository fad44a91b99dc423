"""Meetings at the terminal: every date with its reason, and those that could not be found."""

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from commands.meetings import meetings
from commands.session import DID_NOT_HOLD, DONE, Usage
from config.values import AgendaEntry, Body, BodyKind, Meetings, Role
from integration.database.connection import Database
from integration.database.links import SQLLinks
from integration.database.units import SQLUnits
from tests.clocks import StillClock
from tests.workflows.programme import body, municipality, programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.personal import own_address
from workflows.meetings.plan import plan_meetings
from workflows.papers.agendas.model import Agenda
from workflows.papers.agendas.plan import draft_agenda
from workflows.papers.minutes.model import Matters
from workflows.ports.accounts import Recipients
from workflows.working_days import days

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
BUSY = tuple(days(date(2026, 10, 1), date(2026, 12, 20)))
PEOPLE = tuple(person.model_copy(update={"blocked_dates": BUSY}) for person in programme().people)
AGENDA = (AgendaEntry(key="any-other", title="Eventuelt"),)
PROGRAMME = programme(bodies=(body("a-dal"), body("b-vik", agenda=AGENDA)), people=PEOPLE)
PLAN = plan_meetings(PROGRAMME, [], now=NOW)


class Services(SimpleNamespace):
    """As much of the services as the command asks for."""

    async def find_programme(self) -> Any:
        return PROGRAMME

    async def plan(self) -> Any:
        self.done.append("plan")
        return PLAN

    def now(self) -> datetime:
        return NOW

    async def current(self, meeting: Meeting) -> Agenda:
        return draft_agenda(PROGRAMME, meeting, report=None, proposals=(), matters=Matters(), last_number=11)

    async def run_due(self, only: Sequence[str]) -> int:
        self.done += only
        return 0

    async def move(self, key: str, starts: datetime, reason: str) -> Meeting:
        self.done.append(f"move {key} {starts.isoformat()} {reason}")
        return next(meeting for meeting in PLAN.new if meeting.key == key)

    async def cancel(self, key: str, reason: str) -> Meeting:
        self.done.append(f"cancel {key} {reason}")
        return next(meeting for meeting in PLAN.new if meeting.key == key)

    async def list_meetings(self, body: str | None = None) -> list[Meeting]:
        return [meeting for meeting in PLAN.new if body in (None, meeting.body)]


async def run(of: Mapping[str, Any] = MappingProxyType({}), done: list[str] | None = None, **arguments: Any) -> int:
    """Run the command; *done* gets what it did."""
    services: Any = Services(**{"done": [] if done is None else done, "recipients": Recipients(), **of})
    services.engine = services.clock = services.record = services.meetings = services.register = services
    services.outside = services
    services.jobs = SimpleNamespace(
        meetings=SimpleNamespace(booking=services, moves=services), papers=SimpleNamespace(agenda_editing=services)
    )
    given = {
        "municipality": None,
        "json": False,
        "move": None,
        "cancel": None,
        "reason": "",
        "feed": None,
        "renew": False,
        "agenda": False,
        "book": False,
        "yes": False,
    }
    return await meetings(services, Namespace(**given | arguments))


async def test_dates_are_told_with_their_reasons_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run()

    told = capsys.readouterr()
    assert code == DID_NOT_HOLD
    assert len(told.out.splitlines()) == len(PLAN.new)
    assert "Flyttet fra " in told.out
    assert "har ingen ledig dag fra" in told.err
    assert "dagen passer ikke for alle (" in told.err


async def test_listing_plans_books_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    async def none_yet(body: str | None = None) -> list[Meeting]:
        return []

    await run({"list_meetings": none_yet}, done)

    assert done == []
    assert "(planlagt)" in capsys.readouterr().out, "shown as they would be planned"


class Terminal(StringIO):
    """A terminal with a person who answers."""

    def isatty(self) -> bool:
        return True


BOOKED = ["plan", "meetings.book:a-dal", "meetings.book:b-vik"]


@pytest.mark.parametrize("answer", ["j\n", "Ja\n", "yes\n"])
async def test_booking_shows_the_mails_and_how_many_get_them_and_asks(
    answer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    done: list[str] = []

    await run({}, done, book=True)

    asked = capsys.readouterr().err
    ours = [meeting for meeting in PLAN.new if meeting.booked_by_us]
    assert "onsdag 30. september 2026 kl. 09.00–11.00  Styret i a-dal: ny innkalling (3)" in asked
    counts = f"{len(ours)} innkallinger, endringer og avlysninger sendes til 3 personer."
    assert f"\n{counts}\nSkal de sendes? [j/N] " in asked
    assert done == BOOKED


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "kanskje\n"])
async def test_without_a_yes_nothing_is_booked(
    answer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    done: list[str] = []

    code = await run({}, done, book=True)

    assert (code, done) == (DID_NOT_HOLD, [])
    assert capsys.readouterr().err.endswith("Ingenting ble gjort.\n")


async def test_with_nobody_to_ask_nothing_is_booked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("ja\n"))
    done: list[str] = []

    with pytest.raises(Usage, match="--yes"):
        await run({}, done, book=True)

    assert done == []
    assert "ny innkalling" in capsys.readouterr().err, "what it would have done is shown"


async def test_programs_book_with_yes_and_get_the_list_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    done: list[str] = []

    await run({}, done, book=True, yes=True, json=True)

    assert done == BOOKED
    assert json.loads(capsys.readouterr().out)["meetings"]


async def test_one_municipality_s_meetings_are_booked_alone() -> None:
    done: list[str] = []

    await run({}, done, book=True, yes=True, municipality="a-dal")

    assert done == ["plan", "meetings.book:a-dal"]


async def test_nobody_is_asked_about_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The municipality calls its own meetings, so no mail goes out."""
    monkeypatch.setattr("sys.stdin", Terminal())
    done: list[str] = []

    await run({}, done, book=True, municipality="b-vik")

    assert done == ["plan", "meetings.book:b-vik"]
    assert "Skal de sendes?" not in capsys.readouterr().err


async def test_a_moved_meeting_is_told_to_its_own_people(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    await run({}, done, move=["b-vik/2026-10-15", "2026-10-16T09:00"], reason="Salen er opptatt")
    await run({}, done, cancel="b-vik/2026-10-15", reason="Ingen saker")

    assert done == [
        "move b-vik/2026-10-15 2026-10-16T09:00:00 Salen er opptatt",
        "meetings.book:b-vik",
        "cancel b-vik/2026-10-15 Ingen saker",
        "meetings.book:b-vik",
    ]


async def test_a_municipality_is_told_of_its_own_meetings_only(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run(municipality="b-vik", json=True)

    told = json.loads(capsys.readouterr().out)
    assert code == DONE
    assert {meeting["body"] for meeting in told["meetings"]} == {"b-vik"}
    assert told["problems"] == []


async def test_programs_get_the_problems_counted(capsys: pytest.CaptureFixture[str]) -> None:
    await run(json=True)

    (problem, *_) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["body"] == "a-dal"
    assert problem["reasons"][0]["reason"] == "meetings.blocked"
    assert problem["reasons"][0]["days"] > 0


async def test_a_meeting_without_a_link_into_teams_is_told_with_what_it_can_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waits = {"no_link_since": (NOW - timedelta(hours=2)).isoformat()}
    meeting = next(item for item in PLAN.new if item.body == "b-vik")
    booked = replace(meeting, state=MeetingState.BOOKED, event_id="event", organizer="moter@county.example")

    async def listed(body: str | None = None) -> list[Meeting]:
        return [replace(booked, booked=waits)]

    code = await run({"list_meetings": listed}, municipality="b-vik")
    told = capsys.readouterr()
    await run({"list_meetings": listed}, municipality="b-vik", json=True)

    assert code == DID_NOT_HOLD
    assert "har ikke fått lenke til Teams. Be IT sjekke at moter@county.example har lisens" in told.err
    assert json.loads(capsys.readouterr().out)["without_link"] == [meeting.key]


async def test_a_calendar_of_theirs_that_cannot_be_read_is_a_problem(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = municipality("b-vik", meetings=Meetings.THEIRS, meeting_feed="https://b-vik.example/styret.ics")
    known = programme(municipalities=(municipality("a-dal"), feed))
    units = SQLUnits(database)
    for why, number in (("all_day", 2), ("no_zone", 1)):
        await units.note("meetings.read:b-vik", "meetings.left_out", at=NOW, values={"why": why, "events": number})

    async def find_programme() -> Any:
        return known

    services = {"find_programme": find_programme, "database": database}
    code = await run(services, municipality="b-vik")
    told = capsys.readouterr()
    await run(services, municipality="b-vik", json=True)
    rows = json.loads(capsys.readouterr().out)["problems"]
    await run(services, municipality="a-dal")

    assert code == DID_NOT_HOLD
    assert told.err.splitlines() == [
        "2 avtaler er ikke lest i møtekalenderen til b-vik: klokkeslettet mangler.",
        "1 avtale er ikke lest i møtekalenderen til b-vik: tidssonen mangler.",
    ]
    assert rows == [
        {"body": "b-vik", "calendar": "all_day", "events": 2},
        {"body": "b-vik", "calendar": "no_zone", "events": 1},
    ]
    assert "møtekalenderen" not in capsys.readouterr().err


async def test_the_next_agenda_of_a_board_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run(municipality="b-vik", agenda=True)

    told = capsys.readouterr().out.splitlines()
    assert code == DONE
    assert told == ["Saksliste: Styret i b-vik, torsdag 15. oktober 2026", "Sak 12/26: Eventuelt"]


async def test_programs_get_the_agenda_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    await run(municipality="b-vik", agenda=True, json=True)

    told = json.loads(capsys.readouterr().out)
    assert told["meeting"]["key"] == "b-vik/2026-10-15"
    assert [item["number"] for item in told["items"]] == [12]


async def test_the_owner_board_s_agenda_is_shown_when_no_municipality_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    owners = Body(key="owners", kind=BodyKind.OWNER_BOARD, name="Eierstyret", members=(Role.OWNER_BOARD_MEMBER,))
    known = programme(bodies=(*PROGRAMME.bodies, owners))
    met = next(item for item in PLAN.new if item.body == "b-vik")

    async def find_programme() -> Any:
        return known

    async def listed(of: str) -> list[Meeting]:
        return [replace(met, body="owners")] if of == "owners" else []

    async def current(meeting: Meeting) -> Agenda:
        return draft_agenda(known, meeting, report=None, proposals=(), matters=Matters(), last_number=11)

    services = {"find_programme": find_programme, "list_meetings": listed, "current": current}

    assert await run(services, agenda=True) == DONE
    assert capsys.readouterr().out.startswith("Saksliste: Eierstyret, ")
    with pytest.raises(Usage, match="a-dal: ingen møter er planlagt"):
        await run(services, municipality="a-dal", agenda=True)


async def test_a_local_time_that_is_none_moves_nothing() -> None:
    done: list[str] = []

    with pytest.raises(Usage, match=r"--move: i morgen er ikke et tidspunkt. Skriv det slik: 2026-09-08T09:00"):
        await run({}, done, move=["b-vik/2026-10-15", "i morgen"], reason="Salen er opptatt")

    assert done == []


async def test_only_people_and_bodies_have_feeds() -> None:
    with pytest.raises(Usage, match="utopia er verken en person eller et organ"):
        await run(feed="utopia")


async def test_a_body_s_renewed_feed_ends_its_old_address(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    links = SQLLinks(database, StillClock())
    services = {"links": links, "settings": SimpleNamespace(public_url="https://service.example")}
    await run(services, feed="a-dal")
    old = capsys.readouterr().out.strip()

    await run(services, feed="a-dal", renew=True)

    new = capsys.readouterr().out.strip()
    tokens = [address.rpartition("/")[2].removesuffix(".ics") for address in (old, new)]
    found = [await links.resolve(token, "feed") for token in tokens]
    assert found[0] is None
    assert found[1] is not None


async def test_a_renewed_feed_ends_the_person_s_old_addresses(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = StillClock()
    links = SQLLinks(database, clock)
    services = {"links": links, "settings": SimpleNamespace(public_url="https://service.example")}
    page = await own_address(links, "https://service.example", "chair", clock.now())
    await run(services, feed="chair")
    old = capsys.readouterr().out.strip()

    await run(services, feed="chair", renew=True)

    new = capsys.readouterr().out.strip()
    assert new.startswith("https://service.example/kalender/")
    assert new != old
    assert await links.resolve(old.rpartition("/")[2].removesuffix(".ics"), "feed") is None
    assert await links.resolve(page.rpartition("/")[2], "own_meetings") is None
