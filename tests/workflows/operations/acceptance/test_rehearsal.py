"""The acceptance run, rehearsed against the sandbox over HTTP: all the same, and nothing left but what it says."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.acceptance import acceptance
from commands.session import DID_NOT_HOLD, DONE, Usage
from demo.reached import who_was_reached
from tests.support.rollout import Bench, bench, small
from wiring.jobs.acceptance import create_acceptance
from workflows.errors import Permanent
from workflows.operations.acceptance.model import AcceptanceReport, AcceptanceResult, AcceptanceTarget
from workflows.operations.acceptance.suite import CLAIMS, Acceptance

OWNER, GUEST = "programradgiver@vestfoldfylke.example", "kommunalsjef.oppvekst@sandefjord.example"
GROUP = "vareunge-acceptance-prove"


@pytest.fixture
async def made(database_file: Path) -> AsyncIterator[Bench]:
    async with bench(database_file, documents=small(), allowed_recipients=(OWNER, GUEST)) as made:
        yield made


async def run(made: Bench, **ports: Any) -> AcceptanceReport:
    """Run the suite; *ports*: instead of the real ones."""
    suite = create_acceptance(made.services.outside)
    organizer = made.services.settings.organizer[0]
    target = AcceptanceTarget(slug="prove", owner=OWNER, guest=GUEST, organizer=organizer)
    async with made.services.clock.busy():
        return await Acceptance(replace(suite._ports, **ports)).run(target)


def results(report: AcceptanceReport) -> dict[str, AcceptanceResult]:
    return {check.key: check.result for check in report.checks}


async def assert_cleaned_up(made: Bench) -> None:
    """The guest is out of the group, its team is archived, and no meeting stands in the mailbox."""
    ports, organizer = create_acceptance(made.services.outside)._ports, made.services.settings.organizer[0]
    year = made.services.clock.now().year + 1
    keys = [f"{GROUP}/{year}-{day}/{number}" for day in ("03-20", "04-10") for number in (1, 2, 3)]
    async with made.services.clock.busy():
        group = await ports.groups.find_group(GROUP)
        assert group is not None
        (owner,) = await ports.memberships.list_owner_ids(group.id)
        assert set(await ports.memberships.list_member_ids(group.id)) == {owner}
        assert await ports.archive.is_team_archived(group.id)
        assert await ports.calendar.find_events(organizer, keys) == {}


async def test_everything_is_the_same_twice_and_nobody_else_is_reached(made: Bench) -> None:
    for _ in range(2):
        report = await run(made)

        assert results(report) == dict.fromkeys((key for key, _, _ in CLAIMS), AcceptanceResult.SAME)
        assert report.held
        assert report.left[0].startswith("the group ")
        await assert_cleaned_up(made)

    har = await made.sandbox.control("GET", "har")
    reached = {found.who for found in who_was_reached(har["log"]["entries"])}
    assert reached <= {OWNER, GUEST, *made.services.settings.organizer}
    assert {OWNER, GUEST} <= reached


class Broken:
    """A calendar that books once, and then fails as *error* says."""

    def __init__(self, calendar: Any, error: BaseException) -> None:
        self._calendar = calendar
        self._error = error

    async def book(self, *arguments: Any) -> Any:
        return await self._calendar.book(*arguments)

    async def find_events(self, *arguments: Any) -> Any:
        raise self._error

    async def cancel(self, *arguments: Any) -> None:
        await self._calendar.cancel(*arguments)


async def test_an_error_is_a_difference_and_what_was_made_is_taken_away(made: Bench) -> None:
    broken = Broken(made.services.outside.calendar, Permanent("find events", "something else", request_id="7c1f"))

    report = await run(made, calendar=broken)

    assert results(report)["calendar"] is AcceptanceResult.DIFFERENT
    assert "something else (request-id 7c1f)" in report.checks[-1].seen
    assert not report.held
    await assert_cleaned_up(made)


async def test_an_interrupted_run_cleans_up_as_well(made: Bench) -> None:
    with pytest.raises(asyncio.CancelledError):
        await run(made, calendar=Broken(made.services.outside.calendar, asyncio.CancelledError()))

    await assert_cleaned_up(made)


async def test_the_command_rehearses_and_writes_its_report(
    made: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.md"
    given = Namespace(slug="prove", owner=OWNER, guest=GUEST, report=report)

    async with made.services.clock.busy():
        assert await acceptance(made.services, given) == DONE

    said = "Øvd i sandkassen: 12 av 12 var som ventet. Ingenting er prøvd i en leietaker."
    assert f"{said} Rapporten ligger i {report}" in capsys.readouterr().out
    assert "| calendar | 4 |" in report.read_text("utf-8")

    async with made.services.clock.busy():
        before = len(await made.calls())
        with pytest.raises(Usage, match="sandefjord står i registeret"):
            await acceptance(made.services, Namespace(slug="sandefjord", owner=OWNER, guest=GUEST, report=report))
        assert len(await made.calls()) == before


async def test_the_command_does_not_hold_when_something_is_missing(made: Bench, tmp_path: Path) -> None:
    """An owner without an account: what builds on it is not tried."""
    unknown = "ukjent@vestfoldfylke.example"
    await made.restart(allowed_recipients=(unknown, GUEST))
    report = tmp_path / "report.md"

    async with made.services.clock.busy():
        given = Namespace(slug="prove", owner=unknown, guest=GUEST, report=report)
        assert await acceptance(made.services, given) == DID_NOT_HOLD

    written = report.read_text("utf-8")
    assert "not tried | the owner has no account of the home tenant |" in written
    assert "not tried | the team is missing |" in written
