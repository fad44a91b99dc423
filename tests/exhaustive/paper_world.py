"""A board's papers for the walk that kills between close and copy: one process's world, and what came of a story."""

import hashlib
import os
import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from engine.units import Engine, Handler
from integration.database import tables
from integration.database.connection import create_database
from integration.database.paper_tables import question_step
from integration.database.units import SQLUnits
from tests.clocks import RestfulClock
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING, OPENS
from workflows.papers.reports.handlers import Reports
from workflows.papers.reports.model import ReportContent, checksum
from workflows.papers.reports.review_units import ReviewUnits
from workflows.ports.units import Done, DueUnit, History, Outcome
from workflows.status.model import StatusRound

WATCHED = {
    "site": ("ensure_folder", "put_file", "add_item", "create_page", "update_page", "publish_page"),
    "bot": ("open_chat", "post_card", "post_in_channel", "update_card"),
    "mailer": ("send",),
}
"""The writes to the world outside, by what takes them."""
OUTSIDE = {
    "site": ("pages", "files", "rows", "folders"),
    "bot": ("chats", "posted", "updated", "notices"),
    "mailer": ("sent", "senders"),
}
"""Everything that stands outside and outlasts a process."""
AFTER_RELEASE, JUST_BEFORE = timedelta(days=1), timedelta(seconds=1)


class World(AgendaWorld):
    """A process on a database, whose round is answered, in the world outside that *stands* from an earlier one."""

    def __init__(self, url: str, stands: bytes = b"") -> None:
        super().__init__(create_database(url), clock=RestfulClock(OPENS))
        self.reports = Reports(self.report_ports, set_pdf=_pdf)
        self.reviews = ReviewUnits(self.report_ports, set_pdf=_pdf)
        if stands:
            now, there = pickle.loads(stands)
            self.clock.time = now
            for owner, parts in there.items():
                vars(getattr(self, owner)).update(parts)

    def outside(self) -> bytes:
        """Return the world outside as it stands, with the time."""
        parts = {owner: {name: getattr(getattr(self, owner), name) for name in OUTSIDE[owner]} for owner in OUTSIDE}
        return pickle.dumps((self.clock.now(), parts))

    def watch(self, *, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Call *before* and *after* around each write to the world outside."""
        for owner, names in WATCHED.items():
            thing = getattr(self, owner)
            for name in names:
                setattr(thing, name, partial(_watched, getattr(thing, name), before, after))

    async def answered(self) -> None:
        """Open the round and have it answered, up to its deadline."""
        await self.open()
        await self.answer(HOME, "home-lead", light="red", done="Alt er klart.", question="Får vi lokaler?")
        await self._run_until((await self._round()).deadline_at - JUST_BEFORE)

    async def go_on(self) -> None:
        """Run every unit at its time until the papers have long been out."""
        await self._run_until((await self._round()).release_at + AFTER_RELEASE)

    async def _round(self) -> StatusRound:
        found = await self.store.find_round(MEETING)
        assert found is not None
        return found

    async def _run_until(self, until: datetime) -> None:
        store = SQLUnits(self.database)
        engine = Engine(store, self.clock, self._handlers(), owner=f"process-{os.getpid()}")
        while (due_at := await store.next_moment()) is not None and due_at <= until:
            self.clock.time = max(self.clock.time, due_at)
            await engine.run_due()

    def _handlers(self) -> Mapping[str, Handler]:
        return {
            **self.rounds.handlers,
            "report.compile": self.reports.compile,
            "report.draft": self.reviews.draft,
            "report.release": self.reports.release,
            "report.publish": self.reports.publish,
            "agenda.publish": self.papers.publish,
            "minutes.prepare": self.papers.prepare,
            "questions.follow": self.question_follow_up.follow,
            "leads.mail": self.lead_mail.send,
            "rollout.lists": _nothing,
        }


def _pdf(content: ReportContent, language: str, at: datetime) -> bytes:
    """Stand for the PDF: the typesetter writes nothing, and takes longer than all the rest."""
    return f"%PDF {checksum(content)} {language} {at.isoformat()}".encode()


async def _nothing(unit: DueUnit, history: History) -> Outcome:
    del unit, history
    return Done()


async def _watched(
    write: Callable[..., Any], before: Callable[[], None], after: Callable[[], None], *args: Any, **values: Any
) -> Any:
    before()
    result = await write(*args, **values)
    after()
    return result


# ------------------------------------------------------------------------------------------------------ what came of it


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The end of a story, as readers and the record have it."""

    reports: Sequence[tuple[int, str, str]]
    """Version, state and checksum of each version of the report."""
    copies: Mapping[str, Any]
    """Pages, files and rows of the site; of the PDF, whether it is the record's."""
    mails: Sequence[str]
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Cards by the chat or channel they lie in and what they are about."""
    doubted: Counter[str] = field(default_factory=Counter)
    """Those that the service itself names as perhaps there twice, by their chat or channel."""
    agendas: int = 0
    steps: Sequence[str] = ()
    """The states that the question went through."""
    wrong: Sequence[str] = ()
    """Units that gave up, and changes of a copy that nobody made."""


async def ending_of(world: World) -> Ending:
    """Read how everything stands."""
    async with world.database.read() as connection:
        reports = (await connection.execute(select(tables.report).order_by(tables.report.c.version))).all()
        agendas = (await connection.execute(select(tables.agenda.c.meeting))).all()
        steps = (await connection.execute(select(question_step.c.content).order_by(question_step.c.number))).scalars()
        failed = (await connection.execute(select(tables.unit.c.key).where(tables.unit.c.state == "failed"))).scalars()
        changed = await connection.execute(
            select(tables.event.c.unit).where(tables.event.c.what == "report.copy_changed")
        )
        doubted = [item.content.address for item in await world.outbox.in_doubt()]
        pdfs = [row.pdf for row in reports if row.pdf]
        files = {path: "the record's PDF" if data in pdfs else _short(data) for path, data in world.site.files.items()}
        pages = {name: (page.title, page.html, page.published) for name, page in world.site.pages.items()}
        return Ending(
            reports=[(row.version, row.state, row.checksum) for row in reports],
            copies={"pages": pages, "files": files, "rows": [dict(row) for row in world.site.rows.values()]},
            mails=sorted(f"{mail.to.email}: {key}" for key, mail in world.mailer.sent.items()),
            cards=Counter((where, summary) for where, _, summary in world.bot.posted),
            doubted=Counter(where if ":" in where else f"chat:{where}" for where in doubted),
            agendas=len(agendas),
            steps=[content["state"] for content in steps],
            wrong=[*failed, *changed.scalars()],
        )


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def problems(expected: Ending, found: Ending) -> list[str]:
    """List what is not as in the undisturbed story. A card too many is excused where the service names it."""
    told = [
        name for name in ("reports", "copies", "mails", "agendas", "steps", "wrong") if _differ(name, expected, found)
    ]
    lines = [f"{name}: {getattr(found, name)} instead of {getattr(expected, name)}" for name in told]
    lines += [f"no card: {where}" for where in expected.cards - found.cards]
    more = Counter[str]()
    for (where, _), count in (found.cards - expected.cards).items():
        more[where] += count
    return [*lines, *(f"a card too many: {where}" for where in more - found.doubted)]


def _differ(name: str, expected: Ending, found: Ending) -> bool:
    return bool(getattr(expected, name) != getattr(found, name))
