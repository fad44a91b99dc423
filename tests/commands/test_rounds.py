"""Rounds and reports by hand: the meeting that is meant is found, or the terminal says why there is none."""

import json
import re
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.rounds import report, status
from commands.session import DID_NOT_HOLD, DONE, Usage
from commands.subjects import named_places, reported_meeting
from config.loading import load_documents
from config.settings import Settings
from tests.clocks import StillClock
from wiring.process import Services
from workflows.status.model import RoundState

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
AUTUMN = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
ONE_MUNICIPALITY = "larvik"
ORGANIZER = "moter@fylke.example"


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    """The programme with its meetings planned. Sending is paused, so that nothing outside is waited for."""
    settings = Settings(
        database_url=database_url, bot_id="bot", hands_id="hands", builder_id="builder", organizer=(ORGANIZER,)
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(AUTUMN)
    await services.record.register.save(load_documents(VESTFOLD))
    await services.record.switches.pause()
    await services.jobs.meetings.booking.plan()
    yield services
    await services.close()


def clock_of(services: Services) -> StillClock:
    clock: Any = services.outside.clock
    assert isinstance(clock, StillClock)
    return clock


def given(**arguments: Any) -> Namespace:
    return Namespace(**{"municipality": ONE_MUNICIPALITY, "package": None, "number": 1, "json": True} | arguments)


async def days_before_a_meeting(services: Services, days: int) -> str:
    """Go to so many days before the board's second meeting, which is the next one then; return its key."""
    programme = await services.record.register.programme()
    (_, second, *_) = await services.record.meetings.list_meetings(programme.local_board(ONE_MUNICIPALITY).key)
    clock_of(services).time = second.starts_at - timedelta(days=days)
    return second.key


async def opened(services: Services) -> str:
    """Go to a round's opening, and open it by hand."""
    meeting = await days_before_a_meeting(services, 20)
    assert await status(services, given(action="open")) == DONE
    return meeting


async def test_a_round_is_opened_when_its_time_has_come(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    await days_before_a_meeting(services, 30)
    assert await status(services, given(action="open")) == DID_NOT_HOLD
    capsys.readouterr()

    meeting = await opened(services)

    told = capsys.readouterr().out
    assert f'"unit": "status.open:{meeting}"' in told
    assert '"state": "done"' in told
    (found,) = await services.record.rounds.list_rounds(state=RoundState.OPEN)
    assert (found.meeting, found.municipality) == (meeting, ONE_MUNICIPALITY)


async def test_new_links_are_for_the_round_that_is_open(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    await opened(services)
    programme = await services.record.register.programme()
    (first, *_) = programme.running_packages(ONE_MUNICIPALITY, on=programme.today(services.clock.now()))
    (foreign, *_) = [item for item in programme.work_packages if item.municipality != ONE_MUNICIPALITY]
    capsys.readouterr()

    with pytest.raises(Usage, match=foreign.key):
        await status(services, given(action="renew", package=foreign.key))
    # Nobody was asked yet, so that nobody gets a new link.
    assert await status(services, given(action="renew", package=first.key)) == DONE
    assert json.loads(capsys.readouterr().out) == []


async def test_a_report_by_hand_is_that_of_the_open_round(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    meeting = await opened(services)
    capsys.readouterr()

    await report(services, given(owner_board=False))

    units = re.findall(r'"unit": "(.*?)"', capsys.readouterr().out)
    assert units == [f"report.{step}:{meeting}" for step in ("compile", "release", "publish")]
    assert await reported_meeting(services, ONE_MUNICIPALITY) == meeting


async def test_a_programme_without_an_owner_board_has_no_report_for_it(services: Services) -> None:
    documents = load_documents(VESTFOLD)
    del documents["county.yaml"], documents["template.yaml"]["bodies"]["owner-board"]
    await services.record.register.save(documents)

    with pytest.raises(Usage, match=r"^Programmet har ikke noe eierstyre\.$"):
        await report(services, given(municipality=None, owner_board=True))


async def test_the_owner_board_s_report_is_that_of_its_next_meeting(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, *_) = await services.record.meetings.list_meetings("owner-board")
    clock_of(services).time = first.starts_at - timedelta(days=1)

    await report(services, given(municipality=None, owner_board=True))

    units = re.findall(r'"unit": "(.*?)"', capsys.readouterr().out)
    assert units == [f"report.{step}:{first.key}" for step in ("owner", "publish")]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param({"action": "close"}, "ingen statusrunde er åpen", id="no round is open"),
        pytest.param({"action": "open", "municipality": "utopia"}, "utopia", id="no such municipality"),
    ],
)
async def test_the_terminal_says_why_there_is_no_round(
    services: Services, arguments: dict[str, Any], expected: str
) -> None:
    with pytest.raises(Usage, match=expected):
        await status(services, given(**arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"municipality": None, "owner_board": False}, id="of whom"),
        pytest.param({"owner_board": True}, id="of both"),
        pytest.param({"owner_board": False}, id="no round yet"),
    ],
)
async def test_the_terminal_says_why_there_is_no_report(services: Services, arguments: dict[str, Any]) -> None:
    with pytest.raises(Usage):
        await report(services, given(**arguments))


async def test_after_its_last_meeting_a_board_has_no_next_one(services: Services) -> None:
    clock_of(services).time = datetime(2030, 1, 1, tzinfo=UTC)

    with pytest.raises(Usage, match="møte"):
        await status(services, given(action="open"))
    with pytest.raises(Usage, match="møte"):
        await report(services, given(municipality=None, owner_board=True))


async def test_places_are_named_once_and_only_ours(services: Services) -> None:
    programme = await services.record.register.programme()
    ours = [place.key for place in programme.places]
    elsewhere = [item.slug for item in programme.municipalities if item.slug not in ours]

    assert named_places(programme, [ours[0], ours[0]]) == [ours[0]]
    with pytest.raises(Usage):
        named_places(programme, ["utopia"])
    for slug in elsewhere:
        with pytest.raises(Usage):
            named_places(programme, [slug])
