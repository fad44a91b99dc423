"""A unit may outlive the thing that it is about: then it ends at once, asks nobody outside, and changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.loading import load_documents
from config.settings import Settings
from integration.database.units import UnitView
from tests.workflows.status.rounds import FakeHistory
from wiring.process import Services
from workflows.ports.units import Done, DueUnit

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
KINDS = (
    "meetings.read", "rollout.place", "rollout.preview", "rollout.lists", "people.leave", "people.look_up",
    "guests.end", "privacy.redact",
    "wind_down.place", "wind_down.package", "meetings.quorum", "status.open", "status.send", "status.remind",
    "status.moved", "status.nudge",
    "status.renew", "status.escalate", "status.lifted", "status.close", "status.refresh", "bot.reply",
    "report.compile", "report.release", "report.publish", "report.owner", "agenda.publish", "minutes.prepare",
    "minutes.publish", "report.draft", "report.correct", "questions.tell", "questions.follow",
)  # fmt: skip
SUBJECTS = ("gone", "gone/2026-11-17", "gone/2026-11-17/1", "gone/2026-11-17/gone")


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    settings = Settings(
        database_url=database_url,
        tenant_id="tenant",
        bot_id="bot",
        hands_id="hands",
        builder_id="builder",
        organizer=("moter@fylke.example",),
    )
    services = Services(settings, name="test")
    await services.record.register.save(load_documents(VESTFOLD))
    yield services
    await services.close()


async def state_of(services: Services) -> tuple[list[UnitView], list[Any]]:
    return list(await services.record.units.list_units()), list(await services.record.messages.list_messages())


@pytest.mark.parametrize("kind", KINDS)
async def test_a_unit_about_something_gone_is_done(services: Services, kind: str) -> None:
    """The sockets are closed: a question to Microsoft 365 would fail the test."""
    before = await state_of(services)

    for subject in SUBJECTS:
        unit = DueUnit(key=f"{kind}:{subject}", due_at=services.clock.now())
        assert isinstance(await services.handlers[kind](unit, FakeHistory()), Done), subject

    assert await state_of(services) == before


async def test_every_kind_that_is_about_one_thing_is_tried(services: Services) -> None:
    about_more = {
        "sweep.all", "rollout.welcome", "leads.mail", "pause.summary", "guests.review", "drift.look", "meetings.book",
        "meetings.own_link", "links.mail",
        "programme.close",  # about the programme
        "doctor.look",  # about the whole tenant
        "access.account",  # about an account that the directory alone knows
    }  # fmt: skip

    assert services.handlers.keys() - set(KINDS) == about_more
