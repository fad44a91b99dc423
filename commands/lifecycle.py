"""Life after the rollout: things that are gone, guests, open partners, places and packages that have ended."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from commands.confirm import is_confirmed
from commands.session import DID_NOT_HOLD, DONE, show
from commands.subjects import imported_programme
from commands.units import order_units, run_units
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.operations.drift import PlaceDrift
    from workflows.operations.guest_review import GuestLine


async def drift(services: "Services", arguments: argparse.Namespace) -> int:
    """Report what of ours is gone, changing nothing; how places differ otherwise, `plan` shows."""
    words = TerminalWords(await imported_programme(services))
    found = await services.jobs.operations.drift.report()
    lines = [f"{words.name(place.place)}: {_drift_words(words, place)}" for place in found]
    show(arguments, [asdict(place) for place in found], lines or [words.say("no_place_yet")])
    return DID_NOT_HOLD if any(place.gone or place.unknown for place in found) else DONE


def _drift_words(words: TerminalWords, place: "PlaceDrift") -> str:
    parts = [("drift_gone", words.things(place.place, place.gone))] if place.gone else []
    parts += [("drift_unknown", words.things(place.place, place.unknown))] if place.unknown else []
    return "; ".join(words.say(key, things=things) for key, things in parts) or words.say("drift_nothing")


async def guests(services: "Services", arguments: argparse.Namespace) -> int:
    """List the guests, who answered for them when, and the accounts that IT can delete by hand."""
    words = TerminalWords(await imported_programme(services))
    by_scope, leftovers = await services.jobs.operations.guest_desk.overview()
    here = [(scope, line) for scope, found in by_scope.items() for line in found]
    rows = [
        *({"scope": scope, **_guest_data(line)} for scope, line in here),
        *({"person": gone.person, "todo": gone.command} for gone in leftovers),
    ]
    lines = [
        *(f"{words.name(scope)}  {_guest_words(words, line)}" for scope, line in here),
        *(f"{words.say('guest_without_role')}  {words.person(gone.person)}  → {gone.command}" for gone in leftovers),
    ]
    show(arguments, rows, lines or [words.say("no_guests")])
    return DONE


def _guest_data(line: "GuestLine") -> dict[str, object]:
    return {
        "person": line.person,
        "roles": list(line.roles),
        "since": line.since.date().isoformat(),
        "confirmed": line.confirmed_at.date().isoformat() if line.confirmed_at else "",
        "asked": line.asked_at.date().isoformat() if line.asked_at else "",
    }


def _guest_words(words: TerminalWords, line: "GuestLine") -> str:
    roles = ", ".join(words.role(role) for role in line.roles)
    state = words.say("guest_new")
    if line.asked_at:
        state = words.say("guest_asked", day=words.day(line.asked_at))
    elif line.confirmed_at:
        state = words.say("guest_confirmed", day=words.day(line.confirmed_at))
    return f"{line.name}  {roles}  {words.say('guest_since', day=words.day(line.since))}  {state}"


async def partners(services: "Services", arguments: argparse.Namespace) -> int:
    """List the organisations with guests: what must be open between their directory and ours, and whom to call."""
    from workflows.rollout.partners import checklist

    programme = await imported_programme(services)
    words, checks = TerminalWords(programme), checklist(programme)
    lines = []
    for check in checks:
        people = words.say("partner_people", count=check.guests)
        tenant = words.say("partner_tenant", tenant=check.tenant_id or words.say("partner_unknown"))
        settings = [words.say(f"partner_{way}", state=words.say(f"partner_{state}")) for way, state in check.settings]
        contact = check.contact or words.say("partner_no_contact")
        lines.append("  ".join([check.name, check.domain, people, tenant, *settings, contact]))
        lines += [f"    {todo}" for todo in check.todo]
    show(arguments, [asdict(check) for check in checks], lines or [words.say("no_partners")])
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
        show(arguments, [], [words.say("nothing_to_wind_down")])
        return DONE
    previews = await wind_down.preview(units)
    mails = [mail for preview in previews for mail in preview.mails]
    counts = words.say("wind_down_counts", mails=len(mails), people=len(people_of(mails)))
    lines = [*preview_lines(programme, previews, language=words.language), counts]
    if not is_confirmed(arguments, words, lines, question=words.say("wind_down_question")):
        return DID_NOT_HOLD
    keys = [unit.key for unit in units]
    return await (order_units(services, words, keys) if arguments.no_wait else run_units(services, arguments, keys))
