"""Meeting dates of a municipality: seen, locked, and moved with a reason, after saying how many people get mail."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.meeting_store import meeting
from tests.web.register.desk import HERE, Pages, imported
from workflows.meetings.model import Meeting, MeetingState
from workflows.ports.units import DueUnit

PLANNED = replace(meeting("2026-10-14", "horten"), state=MeetingState.PLANNED, booked={})
BOOKED = replace(meeting("2026-11-25", "horten"), booked={"starts_local": "2026-11-25T09:00:00"})
WEEKLY = replace(meeting("2026-09-14", "horten-lead-team"), state=MeetingState.PLANNED)
OVER = meeting("2026-09-01", "horten")
MOVE = {"choice": "other", "day": "2026-11-26", "time": "10:00", "reason": "Salen er opptatt"}


@pytest.fixture
async def pages(database: Database) -> Pages:
    made = await imported(database)
    await made.meetings.add([PLANNED, BOOKED, WEEKLY, OVER, meeting("2026-10-20", "larvik", booked_by_us=False)])
    return made


def to_move(key: str) -> str:
    return f"{HERE}/moteplan/flytt?mote={key.replace('/', '%2F')}"


async def test_the_board_s_dates_come_first_and_the_weekly_contact_apart(lead: Browser) -> None:
    shown = (await lead.get(f"{HERE}/moteplan")).text

    assert "onsdag 14. oktober 2026 kl. 09.00" in shown
    assert "1. september" not in shown
    assert shown.index("25. november") < shown.index("Den ukentlige kontakten står for seg")
    assert shown.count("Lås datoen") == 1, "only of a date that is planned and the board's"


async def test_a_planned_date_is_locked_and_unlocked(pages: Pages, lead: Browser) -> None:
    form = f"{HERE}/rediger/motedato-las?av=2026-10-14T09:00"
    assert "Ingen får e-post av dette" in (await lead.get(form)).text

    stored = await lead.send_form(form, {})

    assert stored.headers["location"] == f"{HERE}/moteplan?lagret=2"
    fixed = (await pages.register.programme()).local_board("horten").fixed_dates
    assert [item.isoformat() for item in fixed] == ["2026-10-14T09:00:00"]
    shown = (await lead.get(stored.headers["location"])).text
    assert "låst" in shown
    assert (await lead.get(form)).status_code == 404, "it is locked already"

    await lead.send_form(f"{HERE}/rediger/motedato-frigi?av=2026-10-14T09:00", {})
    assert (await pages.register.programme()).local_board("horten").fixed_dates == ()


async def test_moving_shows_how_many_get_mail_and_moves_only_then(pages: Pages, lead: Browser) -> None:
    assert "Flytt" in (await lead.get(to_move(BOOKED.key))).text

    preview = await lead.send_form(to_move(BOOKED.key), {**MOVE, "step": "preview"})

    programme = await pages.register.programme()
    people = len(programme.board_people(programme.local_board("horten"), BOOKED.day))
    assert preview.status_code == 200
    assert re.search(rf"\b{people}\b", preview.text)
    assert (await found(pages, BOOKED.key)).starts_local == BOOKED.starts_local

    moved = await lead.send_form(to_move(BOOKED.key), {**MOVE, "step": "move"})

    assert moved.headers["location"] == f"{HERE}/moteplan?flyttet=1"
    now = await found(pages, BOOKED.key)
    assert (now.starts_local, now.words) == (datetime.fromisoformat("2026-11-26T10:00"), "Salen er opptatt")
    assert "Møtet er flyttet" in (await lead.get(moved.headers["location"])).text


async def found(pages: Pages, key: str) -> Meeting:
    meeting = await pages.meetings.find_meeting(key)
    assert meeting is not None
    return meeting


async def test_what_stands_in_nobody_s_calendar_is_moved_without_mail(lead: Browser) -> None:
    preview = await lead.send_form(to_move(PLANNED.key), {**MOVE, "day": "2026-10-15", "step": "preview"})

    assert preview.status_code == 200
    assert ">0" in preview.text or "Ingen" in preview.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"reason": ""}, "reason", id="no reason"),
        pytest.param({"day": "i morgen"}, "day", id="no day"),
        pytest.param({"choice": ""}, "choice", id="nothing chosen"),
        pytest.param({"day": "2026-09-07"}, "day", id="a day that is over"),
        pytest.param({"reason": "Ring 912 34 567"}, "reason", id="a phone number"),
    ],
)
async def test_a_mistake_is_told_at_its_field_and_what_was_typed_stays(
    pages: Pages, lead: Browser, changes: dict[str, str], told: str
) -> None:
    answer = await lead.send_form(to_move(BOOKED.key), {**MOVE, **changes, "step": "move"})

    assert answer.status_code == 422
    assert f'href="#{told}"' in answer.text
    assert 'value="10:00"' in answer.text
    assert (await found(pages, BOOKED.key)).starts_local == BOOKED.starts_local


def seen_on(page: str) -> str:
    """Return the meeting's time as the form shows it."""
    return str(re.findall(r'name="seen" value="([^"]*)"', page)[0])


async def test_the_second_of_two_who_move_a_meeting_is_told_and_decides(pages: Pages, lead: Browser) -> None:
    mine = {**MOVE, "seen": seen_on((await lead.get(to_move(BOOKED.key))).text), "step": "move"}
    theirs = await pages.browser("leder-vestfold")
    await theirs.send_form(to_move(BOOKED.key), {**MOVE, "day": "2026-11-27", "step": "move"})

    told = await lead.send_form(to_move(BOOKED.key), mine)

    assert told.status_code == 422
    assert "Noen flyttet møtet mens du holdt på: nå er det fredag 27. november 2026 kl. 10.00" in told.text
    assert "Salen er opptatt" in told.text
    assert (await found(pages, BOOKED.key)).starts_local == datetime.fromisoformat("2026-11-27T10:00")

    await lead.send_form(to_move(BOOKED.key), {**mine, "seen": seen_on(told.text)})

    assert (await found(pages, BOOKED.key)).starts_local == datetime.fromisoformat("2026-11-26T10:00")


async def test_a_move_in_the_same_moment_is_told_too(
    pages: Pages, lead: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, other = pages.meetings.change, datetime.fromisoformat("2026-11-27T10:00")

    async def overtaken(was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        await change(
            was, replace(was, starts_local=other, ends_local=other + timedelta(hours=2), sequence=was.sequence + 1)
        )
        return await change(was, now, then, by=by)

    monkeypatch.setattr(pages.meetings, "change", overtaken)
    typed = {**MOVE, "seen": seen_on((await lead.get(to_move(BOOKED.key))).text), "step": "move"}

    told = await lead.send_form(to_move(BOOKED.key), typed)

    assert told.status_code == 422
    assert "Noen flyttet møtet mens du holdt på" in told.text
    assert (await found(pages, BOOKED.key)).starts_local == other


async def test_going_back_from_the_preview_keeps_what_was_typed(lead: Browser) -> None:
    answer = await lead.send_form(to_move(BOOKED.key), {**MOVE, "step": "choose"})

    assert answer.status_code == 200
    assert "Salen er opptatt" in answer.text


@pytest.mark.parametrize("key", [OVER.key, "larvik/2026-10-20", "ingen"])
async def test_another_municipality_s_meeting_or_one_that_is_over_is_not_moved(lead: Browser, key: str) -> None:
    assert (await lead.get(to_move(key))).status_code == 404
    assert (await lead.send_form(to_move(key), MOVE)).status_code == 404


async def test_a_board_that_calls_its_own_meetings_has_a_form_for_its_dates(pages: Pages) -> None:
    shown = (await (await pages.browser("leder-larvik")).get("/kommune/larvik/moteplan")).text

    assert "/kommune/larvik/rediger/motedatoer" in shown
    assert "20. oktober" in shown
    assert "moteplan/flytt" not in shown


def test_the_meetings_of_this_test_lie_where_it_says() -> None:
    assert OVER.starts_at < datetime(2026, 9, 8, tzinfo=UTC) < PLANNED.starts_at
