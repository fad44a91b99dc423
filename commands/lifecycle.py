"""Life after the rollout: things that are gone, guests, open partners, places and packages that have ended."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from commands.confirm import is_confirmed
from commands.session import DID_NOT_HOLD, DONE, show
from commands.subjects import imported_programme
from commands.units import run_units
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


async def drift(services: "Services", arguments: argparse.Namespace) -> int:
    """Report what of ours is gone, changing nothing; how places differ otherwise, `plan` shows."""
    await imported_programme(services)
    found = await services.jobs.operations.drift.report()
    lines = []
    for place in found:
        parts = [f"gone: {', '.join(place.gone)}"] if place.gone else []
        parts += [f"could not be seen: {', '.join(place.unknown)}"] if place.unknown else []
        lines.append(f"{place.place}: {'; '.join(parts) or 'nothing is gone'}")
    show(arguments, [asdict(place) for place in found], lines or ["no place was made yet"])
    return DID_NOT_HOLD if any(place.gone or place.unknown for place in found) else DONE


async def guests(services: "Services", arguments: argparse.Namespace) -> int:
    """List the guests, who answered for them when, and the accounts that IT can delete by hand."""
    await imported_programme(services)
    by_scope, leftovers = await services.jobs.operations.guest_desk.overview()
    rows: list[dict[str, object]] = []
    lines = []
    for scope, found in by_scope.items():
        for line in found:
            confirmed = line.confirmed_at.date().isoformat() if line.confirmed_at else ""
            asked = line.asked_at.date().isoformat() if line.asked_at else ""
            state = f"asked {asked}, unanswered" if asked else f"confirmed {confirmed}" if confirmed else "new"
            since = line.since.date().isoformat()
            rows.append(
                {
                    "scope": scope,
                    "person": line.person,
                    "roles": list(line.roles),
                    "since": since,
                    "confirmed": confirmed,
                    "asked": asked,
                }
            )
            lines.append(f"{scope}  {line.person}  {', '.join(line.roles)}  since {since}  {state}")
    for gone in leftovers:
        rows.append({"person": gone.person, "todo": gone.command})
        lines.append(f"no role any more  {gone.person}  → {gone.command}")
    show(arguments, rows, lines or ["no guests"])
    return DONE


async def partners(services: "Services", arguments: argparse.Namespace) -> int:
    """List the organisations with guests: what must be open between their directory and ours, and whom to call."""
    from workflows.rollout.partners import checklist

    checks = checklist(await imported_programme(services))
    lines = []
    for check in checks:
        told = f"{check.name}  {check.domain}  {check.guests} people"
        state = f"tenant {check.tenant_id or 'unknown'}  in {check.inbound}  out {check.outbound}"
        lines.append(f"{told}  {state}  {check.contact or 'no contact'}")
        lines += [f"    {todo}" for todo in check.todo]
    show(arguments, [asdict(check) for check in checks], lines or ["no organisation has guests"])
    return DONE


async def wind_down(services: "Services", arguments: argparse.Namespace) -> int:
    """Archive what has ended by the register, and take back what goes on after all, after showing what that is."""
    from workflows.meetings.announcements import people_of
    from workflows.operations.wind_down_preview import preview_lines

    programme, wind_down = await imported_programme(services), services.jobs.operations.wind_down
    words = TerminalWords(programme)
    due = await wind_down.due_units()
    # Asked after that: what is due now was made due a moment ago.
    now = services.clock.now()
    units = [unit for unit in due if unit.due_at <= now]
    if not units:
        show(arguments, [], ["nothing to wind down or to take back"])
        return DONE
    previews = await wind_down.preview(units)
    mails = [mail for preview in previews for mail in preview.mails]
    counts = words.say("wind_down_counts", mails=len(mails), people=len(people_of(mails)))
    lines = [*preview_lines(programme, previews, language=words.language), counts]
    if not is_confirmed(arguments, words, lines, question=words.say("wind_down_question")):
        return DID_NOT_HOLD
    return await run_units(services, arguments, [unit.key for unit in units])
