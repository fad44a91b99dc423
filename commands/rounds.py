"""Status rounds and reports by hand."""

import argparse
from typing import TYPE_CHECKING

from commands.session import Usage
from commands.subjects import imported_programme, meeting_of_round, next_meeting, owner_board_of, reported_meeting
from commands.units import run_units
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


async def status(services: "Services", arguments: argparse.Namespace) -> int:
    """Run a step of a status round by hand."""
    meeting = await meeting_of_round(services, arguments.municipality, upcoming=arguments.action == "open")
    if arguments.action == "renew":
        return await _renew(services, arguments, meeting)
    subject = f"{meeting}/{arguments.number}" if arguments.action == "remind" else meeting
    return await run_units(services, arguments, [f"status.{arguments.action}:{subject}"])


async def _renew(services: "Services", arguments: argparse.Namespace, meeting: str) -> int:
    """End the personal links of a round, and send new ones to those who have not answered."""
    programme = await imported_programme(services)
    package = programme.find_work_package(arguments.package) if arguments.package else None
    here = [item for item in programme.work_packages if arguments.municipality in (item.municipality, *item.boards)]
    if arguments.package and package not in here:
        known = [item.key for item in here]
        raise Usage(
            TerminalWords(programme).say("unknown_package", given=arguments.package, known=", ".join(sorted(known)))
        )
    units = await services.jobs.status.rounds.closing.revoke_links(meeting, arguments.package)
    return await run_units(services, arguments, [unit.key for unit in units])


async def report(services: "Services", arguments: argparse.Namespace) -> int:
    """Bring the newest report as far as its time allows: compile, release, publish."""
    programme = await imported_programme(services)
    if bool(arguments.municipality) is arguments.owner_board:
        raise Usage(TerminalWords(programme).say("report_of_whom", command="report", option="--owner-board"))
    if arguments.owner_board:
        meeting = await next_meeting(services, owner_board_of(programme).key)
        steps = ["owner", "publish"]
    else:
        meeting = await reported_meeting(services, arguments.municipality)
        steps = ["compile", "release", "publish"]
    codes = [await run_units(services, arguments, [f"report.{step}:{meeting}"]) for step in steps]
    return max(codes)
