"""
Power cuts at every step that SQLite takes on its files: `python -m tests.exhaustive.power [--answers N] [--seed N]`.

People answer by the form, and requests leave as cards and mails, while every write and sync of the database is recorded
(`tests/support/power.py`). Then the power is cut at each step, again and again: the service starts on the files that
were on the disk. Every answer that was acknowledged until then must be there, every message must arrive, and one that
goes out twice must be named as in doubt.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import select, text

from integration.database import sqlite, tables
from integration.database.connection import create_database
from tests.support.power import Cut, Disk, recorded_disk
from tests.web.status.test_answer import Browser
from tests.workflows.status.rounds import GUEST, HOME, MEETING, ORPHAN, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.messages.model import MessageState
from workflows.ports.mail import Mail
from workflows.ports.units import Done
from workflows.status.plan import request_id

LEADS = {HOME: "home-lead", GUEST: "guest-lead", ORPHAN: "lead"}
FILE = "vareunge.db"
THANKS = "Takk!"


async def _open_world(folder: Path) -> World:
    database = create_database(f"sqlite+aiosqlite:///{folder / FILE}")
    await database.migrate()
    return World(database)


async def _prepare(folder: Path) -> None:
    """Make the database, with a meeting whose round is to be opened."""
    world = await _open_world(folder)
    await world.plan_meeting()
    await world.database.close()


# ------------------------------------------------------------------------------------------------------------- answers


async def record_answers(folder: Path, count: int, *, synchronous: str = sqlite.SYNCHRONOUS) -> Disk:
    """Have leads answer *count* times, in turn; each answer is marked at the moment they are thanked."""
    await _prepare(folder)
    with mock.patch.object(sqlite, "SYNCHRONOUS", synchronous), recorded_disk() as disk:
        world = await _open_world(folder)
        await world.run("status.open")
        links = {
            package: await world.links.issue("answer", request_id(MEETING, package), person, DEADLINE + DAY)
            for package, person in LEADS.items()
        }
        browsers = [Browser(world, token) for token in links.values()]
        for number in range(count):
            words, seen = f"Svar nummer {number}", str(number // len(browsers))
            page = await browsers[number % len(browsers)].post({"light": "green", "done": words, "seen": seen})
            assert THANKS in page.text
            disk.mark(words)
        await world.database.close()
    return disk


async def missing_answers(cut: Cut, folder: Path) -> set[str]:
    """Return the acknowledged answers that a service started on those files does not have."""
    cut.save(folder)
    database = create_database(f"sqlite+aiosqlite:///{folder / FILE}")
    await database.migrate()
    async with database.read() as connection:
        assert (await connection.execute(text("pragma integrity_check"))).scalars().all() == ["ok"]
        contents = (await connection.execute(select(tables.status_answer.c.content))).scalars().all()
    await database.close()
    return set(cut.seen) - {content["done"] for content in contents}


# ------------------------------------------------------------------------------------------------------------ messages


class _Cards(list[Any]):
    """The cards that are there, each marked at the moment it is."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk

    def append(self, card: Any) -> None:
        super().append(card)
        self._disk.mark(card[0])


class _Mails(dict[str, Mail]):
    """The mails that have left by their keys, each marked at the moment it has."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk

    def setdefault(self, key: str, mail: Mail) -> Mail:
        if key not in self:
            self._disk.mark(key)
        return super().setdefault(key, mail)


async def record_messages(folder: Path, *, synchronous: str = sqlite.SYNCHRONOUS) -> tuple[Disk, Mapping[str, Mail]]:
    """Open a round and send its requests; return also the mails that left."""
    await _prepare(folder)
    with mock.patch.object(sqlite, "SYNCHRONOUS", synchronous), recorded_disk() as disk:
        world = await _open_world(folder)
        world.bot.posted, world.mailer.sent = _Cards(disk), _Mails(disk)
        await _send_requests(world)
        await world.database.close()
    return disk, dict(world.mailer.sent)


async def _send_requests(world: World) -> None:
    await world.run("status.open")
    assert isinstance(await world.run("status.send"), Done)


async def wrong_messages(cut: Cut, folder: Path, mails: Mapping[str, Mail]) -> list[str]:
    """Let a service start on those files and send; list the messages that are missing, or there twice and not named."""
    cut.save(folder)
    world = await _open_world(folder)
    world.bot.posted = [(seen, {}, "") for seen in cut.seen if seen not in mails]
    world.mailer.sent = {seen: mails[seen] for seen in cut.seen if seen in mails}
    await _send_requests(world)
    cards = Counter(where for where, _, _ in world.bot.posted)
    named = Counter(f"chat:{message.content.address}" for message in await world.outbox.in_doubt())
    unsent = [message.key for message in await world.messages.list_messages() if message.state is not MessageState.SENT]
    await world.database.close()
    twice = [where for where, count in cards.items() if count > 1 + named[where]]
    return [*unsent, *twice, *(mails.keys() - world.mailer.sent)]


# ---------------------------------------------------------------------------------------------------------- the command


async def walk(folder: Path, *, answers: int, seed: int) -> list[str]:
    """Cut the power at every step of both stories; return a line for everything that did not hold."""
    dice, wrong, began = random.Random(seed), list[str](), time.monotonic()
    disk = await record_answers(folder, answers)
    cuts = 0
    for cuts, cut in enumerate(disk.cuts(dice), start=1):
        wrong += [f"cut {cuts}: «{words}» is missing" for words in await missing_answers(cut, folder / "cut")]
    _say(f"{answers} answers acknowledged, {cuts} cuts: {len(wrong)} acknowledged answers missing", began)
    (folder / FILE).unlink()
    sending, began = len(wrong), time.monotonic()
    disk, mails = await record_messages(folder)
    for cuts, cut in enumerate(disk.cuts(dice), start=1):
        wrong += [f"cut {cuts}: {line}" for line in await wrong_messages(cut, folder / "cut", mails)]
    _say(f"{len(LEADS)} requests sent, {cuts} cuts: {len(wrong) - sending} messages missing or twice unnamed", began)
    return wrong


def _say(line: str, began: float) -> None:
    sys.stdout.write(f"{line}, in {time.monotonic() - began:.0f} s\n")
    sys.stdout.flush()


def main() -> int:
    """The command; exit code 0 only if every cut held."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.power", description=__doc__)
    parser.add_argument("--answers", type=int, default=119)
    parser.add_argument("--seed", type=int, default=365)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = asyncio.run(walk(Path(folder), answers=given.answers, seed=given.seed))
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
