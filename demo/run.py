"""`vareunge demo`: raise the stage, play, check, and say where to look."""

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.loading import load_programme
from config.programme import Programme
from config.values import Role
from demo.any_story import story_for
from demo.checks import check_all
from demo.evidence import Check, Entry, Evidence
from demo.people import Story, load_story
from demo.play import Director, Played, opened, pass_time, peoples_time
from demo.stage import Stage, StageError, raised_stage
from integration.clock import SystemClock
from integration.database.links import SQLLinks
from workflows.access.rules import reader_of

DONE, DID_NOT_HOLD = 0, 1
STORY = Path(__file__).parent / "story.yaml"


async def run_demo(
    *,
    programme: Path | None = None,
    out: Path | None = None,
    keep: bool = False,
    overrides: Mapping[str, str] | None = None,
) -> int:
    """
    Play the whole loop once; returns 0 only if every check held.

    *programme*: the folder of another programme than the shipped one; its story is made for it. *out*: a folder that
    gets the traffic, a feed, the database, every paper below `reports`, the messages to the archive below `archive`,
    the data set for research below `research`, and the county's papers below `governance`.
    *keep*: stay until interrupted. *overrides*: further settings of the service.
    """
    console = Console(soft_wrap=True, highlight=False)
    story = load_story(STORY) if programme is None else story_for(load_programme(programme), programme)
    folder = Path(tempfile.mkdtemp(prefix="vareunge-demo-"))
    _end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        return await _play(console, story, folder, out=out, keep=keep, overrides=overrides or {})
    except StageError as error:
        console.print(f"The demo could not be played: {error}", style="red", markup=False)
        logs = out or Path(tempfile.mkdtemp(prefix="vareunge-logs-"))
        _keep_logs(folder, logs)
        console.print(f"Logs: {logs}", markup=False)
        return DID_NOT_HOLD
    except asyncio.CancelledError:
        console.print("Interrupted; everything that was started has ended.")
        return DID_NOT_HOLD
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_on(*signals: signal.Signals) -> None:
    """End every process that was started when one of these comes. Only the first counts: Ctrl-C often comes twice,
    from the terminal and passed on by who started us, and would break off the ending."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def end() -> None:
        for number in signals:
            loop.add_signal_handler(number, lambda: None)
        if task is not None:
            task.cancel()

    for number in signals:
        loop.add_signal_handler(number, end)


async def _play(
    console: Console, story: Story, folder: Path, *, out: Path | None, keep: bool, overrides: Mapping[str, str]
) -> int:
    zone = ZoneInfo(load_programme(story.programme).timezone)
    console.print(f"Sandbox and service start; simulated time begins {story.starts:%Y-%m-%d %H:%M} ({zone.key}).")
    starts_at = story.starts.replace(tzinfo=zone)
    async with raised_stage(folder, story.programme, starts_at=starts_at, overrides=overrides) as stage:
        evidence = await perform(stage, story, Teller(console))
        checks = check_all(evidence)
        _show(console, stage, evidence.played, checks, keep=keep)
        if out is not None:
            await _keep_everything(stage, evidence, out)
            console.print(f"Traffic, reports, feed, database and logs: {out}")
        if keep:
            await _stay(console, stage)
    return DONE if all(check.held for check in checks) else DID_NOT_HOLD


async def perform(stage: Stage, story: Story, say: Callable[[datetime, str], None]) -> Evidence:
    """Play the loop, end the service, and gather what there is to look at; *say* as in `Director`."""
    async with peoples_time(stage) as clock:
        played = await Director(stage, story, say).play(clock)
        feed = await _feed(stage, played.programme)
        await stage.stop_service()
    first = await traffic(stage)
    code, printed = await stage.run("rollout", "--all")
    if code:
        raise StageError(f"the second rollout ended with {code}: {printed}")
    whole = await traffic(stage)
    state = await stage.control("GET", "state", params={"canonical": "1"})
    return Evidence(
        played=played,
        story=story,
        state=state,
        traffic=first,
        repeated=whole[len(first) :],
        feed=feed,
        allowed=stage.allowed,
        senders=stage.senders,
    )


async def _stay(console: Console, stage: Stage) -> None:
    """Start the service again and let its day go on until somebody interrupts."""
    async with peoples_time(stage) as clock:
        await stage.start_service()
        console.print("Everything runs, and the simulated day goes on. Ctrl-C ends it.")
        with suppress(asyncio.CancelledError):
            await pass_time(stage, clock)


async def traffic(stage: Stage) -> Sequence[Entry]:
    """Return the recorded exchanges so far."""
    entries: Sequence[Entry] = (await stage.control("GET", "har"))["log"]["entries"]
    return entries


class Teller:
    """Prints what happened, under the simulated day it happened on."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, when: datetime, line: str) -> None:
        self._console.print(Text.assemble((f"{when:%a %Y-%m-%d}", "dim"), "  ", line))


def _show(console: Console, stage: Stage, played: Played, checks: Sequence[Check], *, keep: bool) -> None:
    _list(console, "What was made", [tuple(line.split(": ", 1)) for line in played.ledger.lines])
    if keep:
        offered = people_to_be(load_programme(stage.programme), played.ended_at)
        places = [
            ("Microsoft 365 as everybody sees it", stage.sandbox_url),
            ("Let days and weeks pass", f"{stage.sandbox_url}/#clock"),
            ("Sign in; then pick a person, such as", f"{stage.service_url}/logg-inn"),
            *((f"  the {role.replace('_', ' ')}", name) for role, name in offered),
        ]
        _list(console, "Where to look", places)
    rows = [("held" if check.held else "FAILED", check.what, check.found) for check in checks]
    _list(console, "Checks", rows)
    days = (played.ended_at - played.began_at).days
    console.print(f"{days} days passed. {sum(check.held for check in checks)} of {len(checks)} checks held.")


def people_to_be(programme: Programme, now: datetime) -> Iterator[tuple[Role, str]]:
    """Give the first holder of each role that has pages of its own: of those who still hold it, as sign-in asks."""
    today = programme.today(now)
    for role in (Role.COUNTY_LEAD, Role.LOCAL_LEAD, Role.WORK_PACKAGE_LEAD):
        readers = (reader_of(programme, item.person, today) for item in programme.assignments if item.role is role)
        holders = (reader for reader in readers if reader and role in {held.role for held in reader.roles})
        yield from islice(((role, reader.name) for reader in holders), 1)


def _list(console: Console, title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table in a terminal; elsewhere, and without colours, a plain line for each row."""
    if not console.is_terminal or console.no_color:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        console.print(f"\n{title}", markup=False)
        for row in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            console.print(f"  {line.rstrip()}", markup=False)
        return
    table = Table(title=title, title_justify="left", show_header=False)
    for row in rows:
        colour = {"held": "green", "FAILED": "red"}.get(row[0])
        table.add_row(*(Text(cell, style=colour or "") if cell == row[0] else Text(cell) for cell in row))
    console.print(table)


async def _keep_everything(stage: Stage, evidence: Evidence, out: Path) -> None:
    _keep_logs(stage.folder, out)
    (out / "feed.ics").write_bytes(evidence.feed)
    (out / "state.json").write_text(_pretty(evidence.state))
    with (out / "traffic.har").open("wb") as har:
        async with stage.http.stream("GET", f"{stage.sandbox_url}/_sandbox/har") as response:
            async for chunk in response.aiter_bytes():
                har.write(chunk)
    kinds = ("files", "reports"), ("archive", "archive"), ("research", "research"), ("governance", "governance")
    for what, folder in kinds:
        code, printed = await stage.run("papers", what, str(out / folder))
        if code:
            raise StageError(f"vareunge papers {what} ended with {code}: {printed}")
    shutil.copy(stage.folder / "vareunge.db", out / "vareunge.db")


async def _feed(stage: Stage, programme: Programme) -> bytes:
    """Return the calendar feed of the uppermost board, as a calendar that subscribes to it reads it."""
    board = programme.find_owner_board() or programme.bodies[0]
    async with opened(stage) as database:
        token = await SQLLinks(database, SystemClock()).issue("feed", board.key)
    return (await stage.http.get(f"{stage.service_url}/kalender/{token}.ics")).content


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _keep_logs(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        shutil.copyfile(log, target / log.name)
