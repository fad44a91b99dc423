"""Answering: the people who may, the deadline, and that acknowledged answers are stored."""

import asyncio
import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.values import Assignment, Role
from integration.database.connection import Database, create_database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, ORPHAN, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from workflows.status.answering import ByAccount, ByLink, Sender
from workflows.status.model import AnswerSurface, InvalidAnswer, NotYours, NumbersWanted, RoundOver, UnknownRequest
from workflows.status.plan import request_id

HOME_REQUEST = request_id(MEETING, HOME)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


async def test_an_answer_is_stored_before_it_is_acknowledged(world: World) -> None:
    receipt = await world.answer(HOME, "home-lead", done="Mye")

    stored = (await world.store.newest_answers([HOME_REQUEST]))[HOME_REQUEST]
    assert (stored.version, stored.content.done, stored.by) == (1, "Mye", "home-lead")
    assert receipt.changeable_until == DEADLINE


async def test_every_version_is_kept_and_the_newest_counts(world: World) -> None:
    await world.answer(HOME, "home-lead", done="Først")
    receipt = await world.answer(HOME, "home-lead", done="Så")

    assert receipt.version == 2
    form = await world.desk.form(HOME_REQUEST, sender=ByLink("home-lead"))
    assert form.asked.prefill is not None
    assert form.asked.prefill.done == "Så"


async def test_the_same_answer_again_is_the_same_version(world: World) -> None:
    assert [(await world.answer(HOME, "home-lead")).version for _ in range(2)] == [1, 1]


async def test_concurrent_answers_are_both_kept(world: World) -> None:
    receipts = await asyncio.gather(
        world.answer(HOME, "home-lead", done="Fra lederen"), world.answer(HOME, "lead", done="Fra lokal leder")
    )

    assert {receipt.version for receipt in receipts} == {1, 2}


async def test_the_local_lead_answers_on_behalf(world: World) -> None:
    assert (await world.answer(HOME, "lead")).on_behalf
    assert not (await world.answer(HOME, "home-lead", done="Selv")).on_behalf


async def test_a_package_without_a_lead_is_the_local_lead_s_own(world: World) -> None:
    assert not (await world.answer(ORPHAN, "lead")).on_behalf


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param(ByLink("stranger"), id="another person's link"),
        pytest.param(ByLink("guest-lead"), id="another package's lead"),
        pytest.param(ByLink("nobody"), id="a person who has left the register"),
        pytest.param(ByAccount("stranger-id"), id="another account"),
        pytest.param(ByAccount("unknown"), id="an unknown account"),
    ],
)
async def test_nobody_else_sees_or_answers(world: World, sender: Sender) -> None:
    with pytest.raises(NotYours):
        await world.desk.form(HOME_REQUEST, sender=sender)
    with pytest.raises(NotYours):
        await world.desk.answer(HOME_REQUEST, sender=sender, content={"light": "green"}, surface=AnswerSurface.CARD)
    assert not await world.store.newest_answers([HOME_REQUEST])


async def test_an_account_answers_as_its_person(world: World) -> None:
    await world.desk.answer(
        HOME_REQUEST, sender=ByAccount("home-id"), content={"light": "grey"}, surface=AnswerSurface.CARD
    )

    assert (await world.store.newest_answers([HOME_REQUEST]))[HOME_REQUEST].by == "home-lead"


async def test_an_unknown_request_is_refused(world: World) -> None:
    with pytest.raises(UnknownRequest):
        await world.desk.form("x" * 20, sender=ByLink("home-lead"))


async def test_the_deadline_ends_it(world: World) -> None:
    world.clock.time = DEADLINE

    with pytest.raises(RoundOver):
        await world.answer(HOME, "home-lead")
    assert not await world.store.newest_answers([HOME_REQUEST])


async def test_a_national_id_is_not_stored_anywhere(world: World) -> None:
    with pytest.raises(InvalidAnswer):
        await world.answer(HOME, "home-lead", done=f"Se {NUMBER}")

    assert not await world.store.newest_answers([HOME_REQUEST])


def everything_in(folder: Path) -> bytes:
    """The database's file, and the log it writes ahead."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("rejected", [f"Se {NUMBER} her", "Ring 41234567 nå"])
async def test_what_is_rejected_leaves_no_trace(
    database_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, rejected: str
) -> None:
    database = create_database(f"sqlite+aiosqlite:///{database_file}")
    world = World(database)
    await world.open()
    caplog.set_level(logging.DEBUG)
    with capture_logs() as entries, pytest.raises(InvalidAnswer) as caught:
        await world.answer(HOME, "home-lead", done=rejected, next=rejected)

    digits = rejected.split()[1]
    stored = everything_in(tmp_path)
    assert b"home-lead" in stored
    assert digits.encode() not in stored
    assert digits not in caplog.text + str(entries) + str(caught.value) + repr(caught.value.problems)
    await database.close()


async def test_no_change_asks_for_the_numbers_once(world: World) -> None:
    await world.answer(HOME, "home-lead", done="Sist", **{"indicator:plasser": "7"})
    later = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)
    request, sender = request_id(later, HOME), ByLink("home-lead")

    with pytest.raises(NumbersWanted):
        await world.desk.answer(request, sender=sender, content={"unchanged": "1"}, surface=AnswerSurface.CARD)
    assert not await world.store.newest_answers([request])

    content = {"unchanged": "1", "numbers_asked": "1"}
    receipt = await world.desk.answer(request, sender=sender, content=content, surface=AnswerSurface.CARD)
    assert (receipt.content.done, receipt.content.indicators) == ("Sist", {})


async def test_the_next_round_starts_with_last_time_s_words_but_not_its_question(world: World) -> None:
    await world.answer(GUEST, "guest-lead", done="Sist", question="Hvem?")
    later = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)

    form = await world.desk.form(request_id(later, GUEST), sender=ByLink("guest-lead"))

    assert form.asked.previous is not None
    assert form.asked.previous.done == "Sist"
    assert form.asked.answer is None


async def test_a_role_begins_at_local_midnight(world: World) -> None:
    """At 00:30 in Oslo it is still the day before in UTC."""
    starts_today = Assignment(
        person="stranger", role=Role.WORK_PACKAGE_LEAD, work_package=HOME, since=date(2026, 11, 3)
    )
    world.programme = world.programme.model_copy(update={"assignments": (*world.programme.assignments, starts_today)})
    world.clock.time = datetime(2026, 11, 2, 22, 59, tzinfo=UTC)
    with pytest.raises(NotYours):
        await world.answer(HOME, "stranger")

    world.clock.time = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    receipt = await world.answer(HOME, "stranger")

    assert receipt.version == 1


async def test_what_comes_while_the_round_closes_is_refused_and_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and our write."""

    async def closed_meanwhile(*arguments: object, **more: object) -> None:
        return None

    monkeypatch.setattr(world.store, "add_answer", closed_meanwhile)
    monkeypatch.setattr(world.store, "save_draft", closed_meanwhile)

    with pytest.raises(RoundOver):
        await world.answer(HOME, "home-lead", done="Mye")
    with pytest.raises(RoundOver):
        await world.desk.save_draft(HOME_REQUEST, sender=ByLink("home-lead"), content={"done": "Mye"})


async def test_without_a_local_lead_who_is_late_hears_at_least_that_it_is_over(world: World) -> None:
    world.programme = world.programme.model_copy(
        update={"assignments": tuple(item for item in world.programme.assignments if item.role is not Role.LOCAL_LEAD)}
    )
    world.clock.time = DEADLINE

    with pytest.raises(RoundOver) as over:
        await world.answer(HOME, "home-lead", done="Sent")

    assert over.value.words.key == "status.error.over"
