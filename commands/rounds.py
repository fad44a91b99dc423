"""Status rounds and reports by hand."""

import argparse
from typing import TYPE_CHECKING

from commands.session import Usage
from commands.subjects import imported_programme, meeting_of_round, next_meeting, reported_meeting
from commands.units import run_units

if TYPE_CHECKING:
    from wiring import Services


async def status(services: "Services", arguments: argparse.Namespace) -> int:
    """A status round by hand."""
    meeting = await meeting_of_round(services, arguments.municipality, upcoming=arguments.action == "open")
    subject = f"{meeting}/{arguments.number}" if arguments.action == "remind" else meeting
    return await run_units(services, arguments, [f"status.{arguments.action}:{subject}"])


async def report(services: "Services", arguments: argparse.Namespace) -> int:
    """Bring the newest report as far as its time allows: compile, release, publish."""
    if bool(arguments.municipality) is arguments.owner_board:
        raise Usage("report: name a municipality, or --owner-board")
    programme = await imported_programme(services)
    if arguments.owner_board:
        meeting = await next_meeting(services, programme.owner_board().key)
        steps = ["owner", "publish"]
    else:
        meeting = await reported_meeting(services, arguments.municipality)
        steps = ["compile", "release", "publish"]
    codes = [await run_units(services, arguments, [f"report.{step}:{meeting}"]) for step in steps]
    return max(codes)
