"""The doctor comes every night by itself, writes nothing in the tenant, and tells the log what an alert asks it for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from engine.logs import configure_logs
from sandbox.tenant.state import Tenant
from tests.support.rollout import Bench, writes
from workflows.operations.examination import AT_NIGHT
from workflows.ports.units import DueUnit
from workflows.sweep import sweep_unit

OSLO = ZoneInfo("Europe/Oslo")
DAY = timedelta(days=1)


def tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


async def sweep(found: Bench) -> None:
    """Let the planners make due what should be, as they do once a week and after an import."""
    services = found.services
    unit = sweep_unit((await services.record.register.programme()).key, services.clock.now())
    await services.record.units.make_due([unit])
    await services.engine.run_due([unit.key])


async def nights(found: Bench, days: int) -> list[datetime]:
    """Let days pass, with a sweep on each of them; returns the local moments at which the doctor looked."""
    services = found.services
    looked = []
    async with services.clock.busy():
        ends = services.clock.now() + days * DAY
        while services.clock.now() < ends:
            await sweep(found)
            for _ in range(6):
                await services.clock.sleep_until(services.clock.now() + timedelta(hours=4))
                before = await services.record.findings.find()
                await services.engine.run_due([key for key in await waiting(found) if key.startswith("doctor.")])
                after = await services.record.findings.find()
                if after is not None and after != before:
                    looked.append(after.at.astimezone(OSLO))
    return looked


async def waiting(found: Bench) -> Mapping[str, datetime]:
    return {unit.key: unit.due_at for unit in await found.services.record.units.list_units()}


def findings_of(entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(entry["rule"], entry["verdict"]) for entry in entries if entry["event"] == "doctor.finding"]


async def night(found: Bench) -> list[tuple[str, str]]:
    """Let one night pass, and return what an alert would hear of."""
    # Whatever was granted or taken away stands in the next token.
    await found.services.outside.identities.close()
    configure_logs("WARNING", StringIO())
    with capture_logs() as entries:
        await nights(found, 1)
    return findings_of(entries)


async def test_the_doctor_is_due_in_the_night_once_the_service_has_a_programme(made: Bench) -> None:
    async with made.services.clock.busy():
        await sweep(made)
        (due,) = [at.astimezone(OSLO) for key, at in (await waiting(made)).items() if key.startswith("doctor.")]

    today = made.services.clock.now().astimezone(OSLO).date()
    assert (due.date(), due.time()) == (today + DAY, AT_NIGHT)


async def test_the_doctor_comes_every_night_and_not_twice_however_often_it_is_planned(made: Bench) -> None:
    looked = await nights(made, 4)

    dates = [moment.date() for moment in looked]
    assert dates == [dates[0] + number * DAY for number in range(4)]


async def test_a_look_that_somebody_asks_for_does_not_take_the_place_of_the_night_s(made: Bench) -> None:
    services = made.services
    async with services.clock.busy():
        await sweep(made)
        (key,) = [key for key in await waiting(made) if key.startswith("doctor.")]
        await services.record.units.make_due([DueUnit(key=key, due_at=services.clock.now())])
        await services.engine.run_due([key])
        at = (await waiting(made))[key].astimezone(OSLO)

    kept = await services.record.findings.find()
    assert kept is not None
    assert (at.date(), at.time()) == (kept.at.astimezone(OSLO).date() + DAY, AT_NIGHT)


async def test_a_night_s_look_writes_nothing_and_asks_for_nothing_beyond_the_lists(made: Bench) -> None:
    async with made.watching() as asked:
        told = await night(made)

    assert told == []
    assert writes(asked) == []


@pytest.mark.parametrize(
    ("identity", "role", "taken"),
    [
        pytest.param("hands", "User.Invite.All", True, id="a consent ends"),
        pytest.param("builder", "AppCatalog.Read.All", True, id="the Builder's"),
        pytest.param("hands", "Mail.Send", False, id="a consent too much"),
        pytest.param("door", "Group.Read.All", False, id="the Door gets one"),
    ],
)
async def test_a_permission_that_changes_is_told_by_the_next_morning_and_until_it_is_mended(
    made: Bench, identity: str, role: str, taken: bool
) -> None:
    """The alert `tenant-changed` asks the log for it; nobody presses a button."""
    held = tenant(made).identities.named(identity)
    before = held.granted
    held.granted = before - {role} if taken else before | {role}

    first, second = await night(made), await night(made)
    held.granted = before
    mended = await night(made)

    rule = ("role_missing", "missing") if taken else ("role_too_much", "too much")
    assert rule in first
    assert first == second
    assert mended == []
