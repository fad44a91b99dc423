"""`vareunge demo`: raise the stage, play, check, and say where to look."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from integration.database.reports import SQLReports
from rich.console import Console
from rich.table import Table

from config.loading import load_programme
from demo.checks import Check, Entry, Evidence, check_all
from demo.people import Story, load_story
from demo.play import Director, Played, opened
from demo.stage import Stage, StageError, raised_stage
from integration.clock import SystemClock
from integration.database.links import SQLLinks

STORY = Path(__file__).parent / "story.yaml"


async def run_demo(*, out: Path | None = None, keep: bool = False, overrides: Mapping[str, str] | None = None) -> int:
    """
    Play the whole loop once; returns 0 only if every check held.

    *out*: a folder that gets the traffic, the reports, a feed and the database. *keep*: stay until interrupted.
    """
    console = Console(soft_wrap=True, highlight=False)
    story = load_story(STORY)
    with tempfile.TemporaryDirectory(prefix="vareunge-demo-") as name:
        folder = Path(name)
        try:
            return await _play(console, story, folder, out=out, keep=keep, overrides=overrides or {})
        except StageError as error:
            console.print(f"The demo could not be played: {error}", style="red")
            _keep_logs(folder, out)
            return 1


async def _play(
    console: Console, story: Story, folder: Path, *, out: Path | None, keep: bool, overrides: Mapping[str, str]
) -> int:
    zone = ZoneInfo(load_programme(story.programme).timezone)
    console.print(f"Sandbox and service start; simulated time begins {story.starts:%Y-%m-%d %H:%M} ({zone.key}).")
    starts_at = story.starts.replace(tzinfo=zone)
    async with raised_stage(folder, story.programme, starts_at=starts_at, overrides=overrides) as stage:
        played = await Director(stage, story, Teller(console)).play()
        checks = check_all(await gather(stage, story, played))
        _show(console, stage, played, checks)
        if out is not None:
            await _keep_everything(stage, played, out)
            console.print(f"Traffic, reports, feed, database and logs: {out}")
        if keep:
            console.print("Everything keeps running. Ctrl-C ends it.")
            with suppress(asyncio.CancelledError, KeyboardInterrupt):
                await asyncio.Event().wait()
    return 0 if all(check.held for check in checks) else 1


async def gather(stage: Stage, story: Story, played: Played) -> Evidence:
    """Everything there is to look at; rolls everything out once more to see that this changes nothing."""
    first = await traffic(stage)
    code, printed = await stage.run("rollout", "--all")
    if code:
        raise StageError(printed)
    whole = await traffic(stage)
    state = await stage.control("GET", "state", params={"canonical": "1"})
    return Evidence(played=played, story=story, state=state, traffic=first, repeated=whole[len(first) :])


async def traffic(stage: Stage) -> Sequence[Entry]:
    """What went over the wire so far."""
    entries: Sequence[Entry] = (await stage.control("GET", "har"))["log"]["entries"]
    return entries


class Teller:
    """Prints what happened, under the simulated day it happened on."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, when: datetime, line: str) -> None:
        self._console.print(f"[dim]{when:%Y-%m-%d}[/dim]  {line}")


def _show(console: Console, stage: Stage, played: Played, checks: Sequence[Check]) -> None:
    ledger = played.ledger
    made = Table(title="What was made", title_justify="left")
    made.add_column("what")
    made.add_column("how much")
    for line in ledger.lines:
        made.add_row(*line.split(": ", 1))
    console.print(made)
    looks = Table(title="Where to look (with --keep)", title_justify="left")
    looks.add_column("what")
    looks.add_column("address")
    looks.add_row("Microsoft 365 as everybody sees it", stage.sandbox_url)
    looks.add_row("The service", f"{stage.service_url}/healthz")
    console.print(looks)
    table = Table(title="Checks", title_justify="left")
    table.add_column("")
    table.add_column("what")
    table.add_column("found")
    for check in checks:
        table.add_row("[green]held[/green]" if check.held else "[red]FAILED[/red]", check.what, check.found)
    console.print(table)
    days = (played.ended_at - played.began_at).days
    console.print(f"{days} days passed. {sum(check.held for check in checks)} of {len(checks)} checks held.")


async def _keep_everything(stage: Stage, played: Played, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "traffic.har").open("wb") as har:
        async with stage.http.stream("GET", f"{stage.sandbox_url}/_sandbox/har") as response:
            async for chunk in response.aiter_bytes():
                har.write(chunk)
    state = await stage.control("GET", "state", params={"canonical": "1"})
    (out / "state.json").write_text(json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True))
    async with opened(stage) as database:
        for meeting, version, pdf in await SQLReports(database).list_pdfs():
            target = out / "reports" / f"{meeting.replace('/', '-')}-v{version}.pdf"
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(pdf)
        links = SQLLinks(database, SystemClock())
        token = await links.issue("feed", played.programme.owner_board().key)
        feed = await stage.http.get(f"{stage.service_url}/kalender/{token}.ics")
        (out / "feed.ics").write_bytes(feed.content)
    shutil.copyfile(stage.folder / "vareunge.db", out / "vareunge.db")
    _keep_logs(stage.folder, out)


def _keep_logs(folder: Path, out: Path | None) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copyfile(log, out / log.name)
