"""The terminal door: reads what a person wants, hands over, and says in plain lines how it went.

Exit codes: 0 done, 1 something did not hold, 2 wrong use or invalid input. Everything is imported only when a command
needs it, so that `vareunge --help` answers at once.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.programme import Programme
    from wiring import Services

DONE, DID_NOT_HOLD, WRONG_USE = 0, 1, 2
PATIENCE = timedelta(minutes=2)
"""How far ahead a unit may park itself while somebody at the terminal waits for it."""


class Usage(Exception):
    """The command cannot be meant like this."""


Command = Callable[["Services", argparse.Namespace], Awaitable[int]]


# ------------------------------------------------------------------------------------------------------------ commands


def sandbox(arguments: argparse.Namespace) -> int:
    """Microsoft 365 in a box, alone."""
    from sandbox.serve import run

    run(arguments.port, arguments.latency, arguments.seed)
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Only validate a programme's YAML."""
    from config.loading import load_programme

    programme = load_programme(arguments.folder)
    print(f"{arguments.folder}: {len(programme.municipalities)} municipalities, no problems")
    return DONE


def demo(arguments: argparse.Namespace) -> int:
    """Play one whole loop against the sandbox and check the result."""
    from demo.run import run_demo

    return asyncio.run(run_demo(out=arguments.out, keep=arguments.keep))


def serve(arguments: argparse.Namespace) -> int:
    """The service alone, embedded engine included."""
    from config.settings import Settings
    from web.serving import serve as serve_until_stopped
    from wiring import create_services

    # The name outlives a restart: simulated time waits for a service that was killed.
    services = create_services(Settings(), name="service")
    asyncio.run(serve_until_stopped(services, host=arguments.host, port=arguments.port))
    return DONE


async def migrate(services: "Services", arguments: argparse.Namespace) -> int:
    """Bring the database to the current schema."""
    await services.database.migrate()
    print("the database has the current schema")
    return DONE


async def import_(services: "Services", arguments: argparse.Namespace) -> int:
    """Replace the register by a programme's YAML."""
    from config.loading import load_documents, load_programme
    from workflows.sweep import sweep_unit

    # Loaded as a whole first: its errors know file and line.
    programme = load_programme(arguments.folder)
    sweep = sweep_unit(programme.key, services.clock.now())
    await services.register.save(load_documents(arguments.folder), then=(sweep,))
    await _hint(services)
    print(f"imported {len(programme.municipalities)} municipalities from {arguments.folder}")
    return DONE


async def export(services: "Services", arguments: argparse.Namespace) -> int:
    """Write the register as YAML."""
    from config.export import export_documents

    await _programme(services)
    export_documents(await services.register.documents(), arguments.folder)
    print(f"exported to {arguments.folder}")
    return DONE


async def plan(services: "Services", arguments: argparse.Namespace) -> int:
    """Show how places differ from what is wanted."""
    places = _places(await _programme(services), arguments.municipality)
    return DID_NOT_HOLD if await _show_plans(services, arguments, places) is None else DONE


async def drift(services: "Services", arguments: argparse.Namespace) -> int:
    """Report how all places differ, changing nothing."""
    places = [place.key for place in (await _programme(services)).places]
    return DONE if await _show_plans(services, arguments, places) == 0 else DID_NOT_HOLD


async def rollout(services: "Services", arguments: argparse.Namespace) -> int:
    """Make places so."""
    programme = await _programme(services)
    if bool(arguments.municipality) is arguments.all:
        raise Usage("rollout: name municipalities, or --all")
    places = [place.key for place in programme.places] if arguments.all else _places(programme, arguments.municipality)
    keys = [f"rollout.place:{place}" for place in places]
    if arguments.no_wait:
        await _make_due(services, keys)
        await _hint(services)
        print("\n".join(f"{key}  ordered" for key in keys))
        return DONE
    await _see_that_somebody_answers(services)
    return await _run_units(services, keys)


async def meetings(services: "Services", arguments: argparse.Namespace) -> int:
    """Plan and book meetings, and list them; before that move or cancel one."""
    from workflows.meeting_plan import as_data, describe, explain_missing, missing_as_data

    programme = await _programme(services)
    if arguments.feed:
        return await _feed(services, arguments)
    if arguments.move:
        await services.meeting_desk.move(arguments.move[0], _local_time(arguments.move[1]), arguments.reason)
    if arguments.cancel:
        await services.meeting_desk.cancel(arguments.cancel, arguments.reason)
    bodies = [body.key for body in programme.bodies]
    if arguments.municipality is not None:
        _known(programme, arguments.municipality)
        bodies = [body.key for body in programme.bodies if body.municipality == arguments.municipality]
    found = await services.meeting_desk.plan()
    await services.engine.run_due([f"meetings.book:{body}" for body in bodies])
    listed = [meeting for body in bodies for meeting in await services.meetings.list_meetings(body)]
    problems = [problem for problem in found.problems if problem.body in bodies]
    if arguments.json:
        _print(arguments, {"meetings": as_data(listed), "problems": missing_as_data(problems)}, [])
    else:
        _print(arguments, [], describe(programme, listed))
        for problem in problems:
            print(explain_missing(programme, problem), file=sys.stderr)
    return DID_NOT_HOLD if problems else DONE


async def _feed(services: "Services", arguments: argparse.Namespace) -> int:
    """The secret address of a body's or a person's calendar feed; a new one when the old one leaked."""
    from web.feeds import PERSON

    programme = await _programme(services)
    people = {person.key: f"{PERSON}{person.key}" for person in programme.people}
    subjects = people | {body.key: body.key for body in programme.bodies}
    if arguments.feed not in subjects:
        raise Usage(f"{arguments.feed}: expected the key of a person or of a body")
    subject = subjects[arguments.feed]
    if arguments.renew:
        # Of a body, this ends the links for its feed and nothing else: only feeds have a body's key as subject.
        await services.links.revoke(subject)
    token = await services.links.issue("feed", subject)
    print(f"{services.settings.public_url.rstrip('/')}/kalender/{token}.ics")
    return DONE


async def status(services: "Services", arguments: argparse.Namespace) -> int:
    """A status round by hand."""
    meeting = await _meeting(services, arguments.municipality, upcoming=arguments.action == "open")
    subject = f"{meeting}/{arguments.number}" if arguments.action == "remind" else meeting
    return await _run_units(services, [f"status.{arguments.action}:{subject}"])


async def report(services: "Services", arguments: argparse.Namespace) -> int:
    """Bring the newest report as far as its time allows: compile, release, publish."""
    if bool(arguments.municipality) is arguments.owner_board:
        raise Usage("report: name a municipality, or --owner-board")
    programme = await _programme(services)
    if arguments.owner_board:
        meeting = await _next_meeting(services, programme.owner_board().key)
        steps = ["owner", "publish"]
    else:
        meeting = await _reported_meeting(services, arguments.municipality)
        steps = ["compile", "release", "publish"]
    codes = [await _run_units(services, [f"report.{step}:{meeting}"]) for step in steps]
    return max(codes)


async def tick(services: "Services", arguments: argparse.Namespace) -> int:
    """Run whatever is due, once."""
    if arguments.now is not None:
        if services.settings.clock_url is None:
            raise Usage("tick: --now needs VAREUNGE_CLOCK_URL, the clock of a sandbox")
        await services.clock.set_to(arguments.now)
    print(f"{await services.engine.run_due()} units ran")
    return DONE


async def pause(services: "Services", arguments: argparse.Namespace) -> int:
    """Stop sending."""
    await _check_scope(services, arguments.municipality)
    await services.switches.pause(arguments.municipality)
    print(f"sending is paused for {arguments.municipality or 'everybody'}")
    return DONE


async def resume(services: "Services", arguments: argparse.Namespace) -> int:
    """Start sending again."""
    await _check_scope(services, arguments.municipality)
    await services.switches.resume(arguments.municipality)
    await _hint(services)
    still = await services.switches.is_paused(arguments.municipality)
    print("still paused: everybody is" if still else f"sending goes on for {arguments.municipality or 'everybody'}")
    return DONE


async def outbox(services: "Services", arguments: argparse.Namespace) -> int:
    """What would go out next, to whom, with its text."""
    from workflows.outbox import preview

    waiting = [*await services.outbox.waiting()]
    if await services.find_programme() is not None:
        waiting += await services.status_rounds.upcoming()
    rows = [
        {
            "at": item.at.isoformat(timespec="minutes"),
            "to": item.to,
            "surface": item.surface,
            "kind": item.kind,
            "state": item.state,
            "subject": item.subject,
            "text": item.text,
            "why_held": item.why_held,
        }
        for item in preview(waiting)
    ]
    lines = [f"{row['at']}  {row['surface']:<8} {row['to']}  {row['subject']}\n{_indent(row['text'])}" for row in rows]
    _print(arguments, rows, lines)
    return DONE


async def doctor(services: "Services", arguments: argparse.Namespace) -> int:
    """Say what is missing in the tenant, changing nothing."""
    from dataclasses import asdict

    from sqlalchemy.exc import SQLAlchemyError

    from config.settings import bot_is_open
    from workflows.doctor import check_record, check_settings

    settings = services.settings
    try:
        current = await services.database.is_current()
    except SQLAlchemyError:
        current = False
    programme = await services.find_programme() if current else None
    paused = await services.switches.list_paused() if current else []
    found = [
        *check_settings(settings, open_bot=bot_is_open()),
        *check_record(current=current, programme=programme, paused=paused, timezone=settings.timezone),
        *await services.doctor.examine(programme),
    ]
    lines = [f"{item.verdict:<9} {item.what}" + (f"  → {item.todo}" if item.todo else "") for item in found]
    _print(arguments, [asdict(item) for item in found], lines)
    return DID_NOT_HOLD if any(item.fails for item in found) else DONE


# ------------------------------------------------------------------------------------------------- shared by commands


async def _programme(services: "Services") -> "Programme":
    programme = await services.find_programme()
    if programme is None:
        raise Usage("no programme was imported yet: vareunge import DIR")
    return programme


def _known(programme: "Programme", slug: str) -> None:
    slugs = sorted(item.slug for item in programme.municipalities)
    if slug not in slugs:
        raise Usage(f"{slug}: unknown municipality: expected one of {', '.join(slugs)}")


def _places(programme: "Programme", slugs: Sequence[str]) -> list[str]:
    common = {place.key for place in programme.places if place.municipality is None}
    for slug in slugs:
        if slug not in common:
            _known(programme, slug)
        if programme.place(slug) is None:
            raise Usage(f"{slug}: has no place of ours, so there is nothing to roll out")
    return list(dict.fromkeys(slugs))


async def _check_scope(services: "Services", municipality: str | None) -> None:
    if municipality is not None:
        _known(await _programme(services), municipality)


async def _meeting(services: "Services", municipality: str, *, upcoming: bool) -> str:
    """The meeting whose round is meant: the next one to open, or the one that is open."""
    from zoneinfo import ZoneInfo

    from workflows.status_values import RoundState

    programme = await _programme(services)
    _known(programme, municipality)
    if not upcoming:
        rounds = await services.rounds.list_rounds(state=RoundState.OPEN)
        open_rounds = [item.meeting for item in rounds if item.municipality == municipality]
        if not open_rounds:
            raise Usage(f"{municipality}: no status round is open")
        return open_rounds[0]
    local = services.clock.now().astimezone(ZoneInfo(programme.timezone)).replace(tzinfo=None)
    board = programme.local_board(municipality).key
    ahead = await services.rounds.list_meetings(bodies=[board], after_local=local)
    if not ahead:
        raise Usage(f"{municipality}: no board meeting is planned: vareunge meetings {municipality}")
    return ahead[0].key


async def _reported_meeting(services: "Services", municipality: str) -> str:
    """The meeting whose report is in work: that of the open round, else of the one that closed last."""
    from workflows.status_values import RoundState

    _known(await _programme(services), municipality)
    for state in (RoundState.OPEN, RoundState.CLOSED):
        rounds = await services.rounds.list_rounds(state=state)
        mine = [item.meeting for item in rounds if item.municipality == municipality]
        if mine:
            return mine[-1]
    raise Usage(f"{municipality}: no status round was opened yet")


async def _next_meeting(services: "Services", body: str) -> str:
    now = services.clock.now()
    ahead = [item for item in await services.meetings.list_meetings(body) if item.stands and item.starts_at > now]
    if not ahead:
        raise Usage(f"{body}: no meeting is planned: vareunge meetings")
    return ahead[0].key


async def _show_plans(services: "Services", arguments: argparse.Namespace, places: Sequence[str]) -> int | None:
    """Print how places differ; returns how many things do, None when the Builder is closed and nobody can see it."""
    from dataclasses import asdict

    from workflows.errors import IdentityClosed
    from workflows.rollout_text import plan_lines

    try:
        plans = [await services.rollout.plan(place) for place in places]
    except IdentityClosed:
        await _show_orders(services, arguments, places)
        return None
    language = (await _programme(services)).language
    lines = [line for item in plans for line in plan_lines(item, language=language)]
    _print(arguments, [asdict(item) for item in plans], lines)
    return sum(entry.state != "same" for item in plans for entry in item.items)


async def _show_orders(services: "Services", arguments: argparse.Namespace, places: Sequence[str]) -> None:
    """Print which places wait for the Builder to be opened, and who opens it how."""
    from integration.database.units import UnitState

    waiting = await services.units.list_units(states=[UnitState.WAITING], kind="rollout.place")
    ordered = {unit.key.partition(":")[2] for unit in waiting}
    todo = _waiting_for_it(services)
    rows = [{"place": place, "state": "unknown", "ordered": place in ordered, "todo": todo} for place in places]
    _print(
        arguments, rows, [f"{place}  {'ordered' if place in ordered else 'not ordered'}  {todo}" for place in places]
    )


def _waiting_for_it(services: "Services") -> str:
    """The state of a place whose Builder is closed, and the command that IT runs."""
    from texts import say
    from workflows.doctor import open_builder

    return f"{say('rollout.waiting_for_it')}: {open_builder(services.settings.builder_id)}"


async def _see_that_somebody_answers(services: "Services") -> None:
    """Raise at once, instead of trying for minutes, when not even the identity's token can be had."""
    from contextlib import suppress

    from integration.identity import GRAPH_SCOPE
    from workflows.errors import IdentityClosed

    # A closed Builder is no obstacle: the order waits for it.
    with suppress(IdentityClosed):
        await services.identities.token(services.settings.builder_id, GRAPH_SCOPE)


async def _make_due(services: "Services", keys: Sequence[str]) -> None:
    from workflows.ports import DueUnit

    now = services.clock.now()
    await services.units.make_due([DueUnit(key=key, due_at=now) for key in keys])


async def _run_units(services: "Services", keys: Sequence[str]) -> int:
    """Make units due and run them, waiting while they wait for something that takes a moment only."""
    from integration.database.units import UnitState
    from workflows.rollout import BUILDER_CLOSED

    await _make_due(services, keys)
    while True:
        await services.engine.run_due(keys)
        units = [unit for unit in await services.units.list_units() if unit.key in keys]
        soon = services.clock.now() + PATIENCE
        moments = [unit.due_at for unit in units if unit.state is UnitState.WAITING and unit.due_at <= soon]
        if not moments:
            break
        # At least a second: a unit that is due but held by the running service is waited for.
        await services.clock.sleep_until(max(min(moments), services.clock.now() + timedelta(seconds=1)))
    for unit in units:
        if unit.note == BUILDER_CLOSED:
            print(f"{unit.key}  {_waiting_for_it(services)}")
            continue
        until = f" until {unit.due_at.isoformat(timespec='minutes')}" if unit.state is UnitState.WAITING else ""
        print(f"{unit.key}  {unit.state}{until}" + (f"  {unit.note}" if unit.note else ""))
    return DONE if all(unit.state is UnitState.DONE for unit in units) else DID_NOT_HOLD


async def _hint(services: "Services") -> None:
    """Let a service on this machine look for work now; any request does that. Without one, its next look finds it."""
    import httpx

    from config.settings import is_loopback

    if is_loopback(services.settings.public_url):
        async with httpx.AsyncClient(base_url=services.settings.public_url, trust_env=False, timeout=2) as http:
            try:
                await http.get("/healthz")
            except httpx.HTTPError:
                return


def _print(arguments: argparse.Namespace, rows: Any, lines: Sequence[str]) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines))


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


# ------------------------------------------------------------------------------------------------------------- the door


@asynccontextmanager
async def session(*, prepared: bool = True) -> AsyncIterator["Services"]:
    """The services of one command, taking part in a shared clock, on a database with the current schema."""
    from config.settings import Settings
    from wiring import create_services

    # What a command has to say it prints; events in between are for those who run a service.
    services = create_services(Settings(), log_level="ERROR")
    try:
        async with services.clock.busy():
            await services.clock.join()
            try:
                if prepared:
                    await services.prepare_database()
                yield services
            finally:
                await services.clock.leave()
    finally:
        await services.close()


def with_services(command: Command) -> Callable[[argparse.Namespace], int]:
    """The command as the parser calls it: with services of its own, in a loop of its own."""

    async def in_session(arguments: argparse.Namespace) -> int:
        async with session(prepared=command not in (migrate, doctor)) as services:
            return await command(services, arguments)

    @wraps(command)
    def run(arguments: argparse.Namespace) -> int:
        return asyncio.run(in_session(arguments))

    return run


def create_parser() -> argparse.ArgumentParser:
    """The commands and their options; a command's docstring is its help."""
    parser = argparse.ArgumentParser(
        prog="vareunge", description="Runs the collaboration machinery of a programme in Microsoft 365."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run, json=False)
        return command

    _add_processes(add)
    _add_register(add)
    _add_work(add)
    return parser


Add = Callable[[str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def _add_processes(add: Add) -> None:
    command = add("demo", demo)
    command.add_argument("--keep", action="store_true", help="leave it running and print the addresses")
    command.add_argument("--out", type=Path, metavar="DIR", help="keep traffic, reports, feed and database there")
    command = add("sandbox", sandbox)
    command.add_argument("--port", type=int, default=8365)
    command.add_argument("--latency", choices=("none", "fast", "real"), default="none")
    command.add_argument("--seed", type=Path, metavar="DIR", help="the programme whose people it knows")
    command = add("serve", serve)
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--host", default="127.0.0.1")
    add("migrate", with_services(migrate))
    add("doctor", with_services(doctor)).add_argument("--json", action="store_true")


def _add_register(add: Add) -> None:
    add("check", check).add_argument("folder", type=Path, metavar="DIR")
    command = add("import", with_services(import_))
    command.add_argument("folder", type=Path, metavar="DIR")
    command = add("export", with_services(export))
    command.add_argument("folder", type=Path, metavar="DIR")


def _add_work(add: Add) -> None:
    command = add("plan", with_services(plan))
    command.add_argument("municipality", nargs="+", metavar="M")
    command.add_argument("--json", action="store_true")
    command = add("rollout", with_services(rollout))
    command.add_argument("municipality", nargs="*", metavar="M")
    command.add_argument("--all", action="store_true")
    command.add_argument("--no-wait", action="store_true", help="only order it: the running service carries it out")
    command = add("drift", with_services(drift))
    command.add_argument("--json", action="store_true")
    command = add("meetings", with_services(meetings))
    command.add_argument("municipality", nargs="?", metavar="M")
    change = command.add_mutually_exclusive_group()
    change.add_argument(
        "--move", nargs=2, metavar=("KEY", "ISO"), help="to another local time, such as 2026-09-08T09:00"
    )
    change.add_argument("--cancel", metavar="KEY")
    change.add_argument("--feed", metavar="KEY", help="show the secret address of a person's or body's calendar feed")
    command.add_argument("--reason", default="", help="told to its people, once")
    command.add_argument("--renew", action="store_true", help="with --feed: end the old address and give a new one")
    command.add_argument("--json", action="store_true")
    command = add("status", with_services(status))
    command.add_argument("action", choices=("open", "send", "remind", "close"))
    command.add_argument("municipality", metavar="M")
    command.add_argument("--number", type=int, default=1, help="which reminder (1 is the first)")
    command = add("report", with_services(report))
    command.add_argument("municipality", nargs="?", metavar="M")
    command.add_argument("--owner-board", action="store_true")
    command = add("tick", with_services(tick))
    command.add_argument("--now", type=_moment, metavar="ISO", help="set the sandbox's clock first")
    command = add("outbox", with_services(outbox))
    command.add_argument("--json", action="store_true")
    add("pause", with_services(pause)).add_argument("municipality", nargs="?", metavar="M")
    add("resume", with_services(resume)).add_argument("municipality", nargs="?", metavar="M")


def _local_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Usage(f"--move: {text}: expected a local time such as 2026-09-08T09:00") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: a moment needs its zone, such as 2026-09-08T07:00:00Z")
    return moment


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. Wrong use ends with exit code 2."""
    arguments = create_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except (KeyboardInterrupt, BrokenPipeError):
        return DID_NOT_HOLD
    except Exception as exc:
        code, lines = _explain(exc)
        if not lines:
            raise
        print("\n".join(lines), file=sys.stderr)
    return code


def _explain(exc: Exception) -> tuple[int, list[str]]:
    """Exit code and lines for an error that people can do something about; no lines for any other."""
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from config.problems import InvalidInput
    from wiring import NotInThisPart, SchemaOutdated
    from workflows.errors import OutsideError

    match exc:
        case InvalidInput():
            return WRONG_USE, [str(problem) for problem in exc.problems]
        case Usage():
            return WRONG_USE, [str(exc)]
        case ValidationError() if exc.title == "Settings":
            return WRONG_USE, [str(error["msg"]).removeprefix("Value error, ") for error in exc.errors()]
        case OutsideError() | NotInThisPart() | SchemaOutdated():
            return DID_NOT_HOLD, [str(exc)]
        case SQLAlchemyError():
            return DID_NOT_HOLD, [f"the database does not answer as it should ({type(exc).__name__})"]
    return DID_NOT_HOLD, []


if __name__ == "__main__":
    sys.exit(main())
