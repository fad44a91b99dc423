"""Checks of what is the service's own, for the doctor: settings, database, booked meetings, work that stopped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from config.programme import Programme
from config.settings import OPEN_BOT, Settings, variable
from workflows.meetings.events import link_failed
from workflows.meetings.model import Meeting
from workflows.operations.findings import Finding, Verdict
from workflows.operations.stopped import StoppedWork, place_in_words

NEEDED = ("tenant_id", "app_id", "bot_id", "hands_id", "builder_id", "organizer")
"""Settings without which something does not work."""
SHOW_TEAMS = "Get-CsOnlineUser -Identity {} | Select-Object AccountEnabled, AssignedPlan, TeamsMeetingPolicy"
"""Shows whether an organizer account has Teams and may make meetings there."""
WORK_RUNS, WORK_STOPPED = "work_runs", "work_stopped"
MOST_NAMED = 5
"""Places that are named where work stands still in many."""
DATABASE_SCRIPT = "infra/scripts/database.sh --apply"
"""Brings the database in Azure to this version's schema, or runs a command of ours on it."""


def on_database(settings: Settings, command: str) -> str:
    """Return a command of ours as it is typed where this service runs: in Azure the database is behind a script."""
    return f"{DATABASE_SCRIPT} -- {command}" if settings.in_azure else f"vareunge {command}"


def migration(settings: Settings) -> str:
    """Return the command that brings the database to this version's schema."""
    return DATABASE_SCRIPT if settings.in_azure else "vareunge migrate"


def check_settings(settings: Settings, *, open_bot: bool) -> list[Finding]:
    """Return findings about the settings. *open_bot*: the environment asks for an unchecked bot."""
    found = [_unset(variable(name)) for name in NEEDED if not getattr(settings, name)]
    if not found:
        found.append(Finding(verdict=Verdict.OK, rule="settings_whole"))
    if open_bot:
        unset = {"variable": OPEN_BOT}
        found.append(Finding(verdict=Verdict.TOO_MUCH, rule="bot_open", values=unset, todo="unset_variable"))
    address = {"address": settings.public_url, "variable": variable("public_url")}
    if settings.public_url.startswith("https://") or settings.sandboxed:
        found.append(Finding(verdict=Verdict.OK, rule="public_address", values=address))
    else:
        plain = Finding(verdict=Verdict.MISSING, rule="public_address_plain", values=address, todo="set_variable")
        found.append(plain)
    found.append(Finding(verdict=Verdict.OK, rule="time_zone", values={"zone": settings.timezone}))
    allowed = settings.allowed_recipients
    if allowed is None:
        found.append(Finding(verdict=Verdict.OK, rule="recipients_all"))
    else:
        found.append(Finding(verdict=Verdict.OK, rule="recipients_listed", values={"number": len(allowed)}))
    return found


def check_record(
    settings: Settings, *, current: bool | None, programme: Programme | None, paused: Sequence[str]
) -> list[Finding]:
    """
    Return findings about the database and its content.

    *current*: it has this version's schema; None where it does not answer. *paused*: municipalities, the empty string
    for everybody.
    """
    if current is None:
        values = {"variable": variable("database_url")}
        return [Finding(verdict=Verdict.MISSING, rule="database_silent", values=values, todo="check_database")]
    if not current:
        return [Finding(verdict=Verdict.MISSING, rule="schema_old", command=migration(settings))]
    found = [Finding(verdict=Verdict.OK, rule="schema_current")]
    if programme is None:
        take_in = on_database(settings, "import DIR")
        return [*found, Finding(verdict=Verdict.MISSING, rule="programme_missing", command=take_in)]
    if programme.timezone != settings.timezone:
        zones = {"zone": programme.timezone, "other": settings.timezone, "variable": variable("timezone")}
        found.append(Finding(verdict=Verdict.MISSING, rule="zone_differs", values=zones, todo="set_zone"))
    for municipality in paused:
        named = programme.find_municipality(municipality)
        found.append(
            Finding(
                verdict=Verdict.OK,
                rule="sending_paused" if municipality else "sending_paused_all",
                values={"municipality": named.name if named else municipality},
                command=on_database(settings, f"resume {municipality}".strip()),
            )
        )
    if not paused:
        found.append(Finding(verdict=Verdict.OK, rule="sending_runs"))
    return found


def check_meetings(meetings: Iterable[Meeting], *, now: datetime) -> list[Finding]:
    """Return the booked meetings to which Exchange makes no link into Teams, by the mailbox that holds them."""
    without = Counter(meeting.organizer for meeting in meetings if link_failed(meeting, now))
    return [
        Finding(
            verdict=Verdict.MISSING,
            rule="join_links_missing",
            values={"address": organizer, "number": number},
            todo="license_organizer",
            command=SHOW_TEAMS.format(organizer),
        )
        for organizer, number in sorted(without.items())
    ] or [Finding(verdict=Verdict.OK, rule="join_links_there")]


def check_stopped(settings: Settings, work: StoppedWork, programme: Programme | None) -> list[Finding]:
    """Return a finding about what stands still; nothing where there is no programme to name its places."""
    if programme is None:
        return []
    if not work.units:
        return [Finding(verdict=Verdict.OK, rule=WORK_RUNS)]
    places = list(dict.fromkeys(place_in_words(unit.key, programme) for unit in work.units))
    number = str(len(work.units)) if work.is_all else f"{len(work.units)}+"
    return [
        Finding(
            verdict=Verdict.MISSING,
            rule=WORK_STOPPED,
            values={
                "number": number,
                "places": ", ".join([*places[:MOST_NAMED], *(["…"] * (len(places) > MOST_NAMED))]),
            },
            todo="order_again",
            command=on_database(settings, "stopped"),
        )
    ]


def _unset(name: str) -> Finding:
    return Finding(verdict=Verdict.MISSING, rule="setting_missing", values={"variable": name}, todo="set_variable")
