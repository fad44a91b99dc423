"""A country with one place that was rolled out, and a unit of each kind and each call of the bot to be made there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.country import write_country
from benchmarks.history import meeting_day, write_history
from benchmarks.pages import SLUG
from config.loading import load_documents
from config.programme import Programme
from integration.bot_endpoint import BotMessage, CardAction, InstallChanged
from integration.database import tables
from integration.database.privacy_tables import redaction
from tests.support.rollout import Bench, identity_of
from tests.support.sandbox import running_sandbox
from web.bot.actions import VERBS, StatusActions
from web.bot.listener import BotListener
from wiring.process import Services
from workflows.bot.registry import COMMANDS, words_of
from workflows.bot.replies import reply_key
from workflows.digest import digest
from workflows.messages.short_links import LinkOrder
from workflows.ports.bot import Conversation
from workflows.ports.units import DueUnit
from workflows.privacy.redaction.model import RedactionStep, StepKind
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface, Level
from workflows.status.plan import escalation_id, request_id

NOW = datetime(2026, 9, 22, 7, 0, tzinfo=UTC)
"""A Tuesday morning, a week before the open rounds close."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UPCOMING = (NOW + 20 * DAY).date()
"""The day of a meeting whose round opens now."""
OWNER_BOARD_MEETS = (NOW + 14 * DAY).date()
LEAD, CHAIR, PACKAGE_LEAD = f"leder-{SLUG}", f"styreleder-{SLUG}", f"pakke-c-{SLUG}"
COLLEAGUE = f"rektor-{SLUG}"
"""Somebody of the home tenant, with an account and a chat."""
PACKAGE = f"{SLUG}-c"
CHAT = Conversation(id="a:1", service_url="https://teams.example")
ADDRESS = "ny@fylket.example"
ANSWER = {"light": "red", "done": "Kurset er i gang.", "question": "Kan vi få et rom?", "proposal_asked": "1"}


class NoHistory:
    """Keeps nothing of what a unit notes."""

    async def note(self, what: str, **values: str | int) -> None: ...


@dataclass
class Stage:
    """The country, and the board at whose place everything happens."""

    bench: Bench
    programme: Programme
    accounts: Mapping[str, str] = field(default_factory=dict)
    """The object ids of people who have an account."""

    @property
    def services(self) -> Services:
        return self.bench.services

    @property
    def board(self) -> str:
        return self.programme.local_board(SLUG).key

    @property
    def meeting(self) -> str:
        """The meeting of the open round."""
        return f"{self.board}/{meeting_day(0, NOW)}"

    @property
    def request(self) -> str:
        """The request of the open round that a colleague of the home tenant is asked."""
        return request_id(self.meeting, PACKAGE)

    @property
    def owner_meeting(self) -> str:
        """The meeting of the owner board whose summary is released."""
        body = self.programme.find_owner_board()
        assert body is not None
        return f"{body.key}/{OWNER_BOARD_MEETS}"

    @property
    def question(self) -> str:
        """The question to the board that the answer to the request asks."""
        return escalation_id(self.request, Level.LOCAL)

    @cached_property
    def listener(self) -> BotListener:
        """The Door's reactions to what people do with the bot."""
        jobs = self.services.jobs
        return BotListener(actions=StatusActions(jobs.status.answering), desk=jobs.bot.commands)

    async def furnish(self, rounds: int) -> None:
        """Write the history, roll out the one place, and note two meetings that are to come."""
        record, now = self.services.record, self.services.clock.now()
        await write_history(record.database, self.programme, rounds, now, unmade={SLUG})
        async with record.database.begin() as connection:
            for key in (f"{self.board}/{UPCOMING}", self.owner_meeting):
                await connection.execute(insert(tables.meeting).values(**_meeting_row(key, now)))
        await self.bench.made(SLUG)
        people = await record.accounts.of_people([COLLEAGUE, PACKAGE_LEAD])
        self.accounts = {person: account.id for person, account in people.items()}


@dataclass(frozen=True, kw_only=True)
class UnitCase:
    """A unit of one kind: its subject, the time after `NOW` at which it runs, and the work that comes before it."""

    subject: Callable[[Stage], str]
    after: timedelta = timedelta(0)
    before: Callable[[Stage], Awaitable[object]] | None = None


def _place(_: Stage) -> str:
    return SLUG


def _programme(stage: Stage) -> str:
    return stage.programme.key


def _meeting(stage: Stage) -> str:
    return stage.meeting


def _request(stage: Stage) -> str:
    return stage.request


def _lead(_: Stage) -> str:
    return LEAD


def _meeting_row(key: str, now: datetime) -> dict[str, Any]:
    body, _, day = key.rpartition("/")
    starts = datetime.combine(date.fromisoformat(day), time(9))
    values = {"location": "Rådhuset", "timezone": "Europe/Oslo", "state": "booked", "booked_by_us": True}
    return {
        "key": key,
        "body": body,
        "starts_local": starts,
        "ends_local": starts + 2 * HOUR,
        "changed_at": now,
        **values,
    }


async def _answered(stage: Stage) -> None:
    """Give the colleague's answer, which asks the board for a decision."""
    await stage.services.jobs.status.answering.answer(
        stage.request, sender=ByLink(PACKAGE_LEAD), content=ANSWER, surface=AnswerSurface.FORM
    )


async def _replied(stage: Stage) -> None:
    """Answer the question that the request asked the board."""
    desk = stage.services.jobs.papers.question_desk
    (question,) = [item for item in await desk.of_municipality(SLUG) if item.id == stage.question]
    raw = {"act": "answer", "words": "Ja, fra nyttår.", "version": str(question.version), "confirmed": "1"}
    await desk.act(question.id, person=LEAD, level=Level.LOCAL, municipality=SLUG, raw=raw)


async def _looked_up(stage: Stage) -> None:
    await stage.services.jobs.register.look_up_desk.ask(ADDRESS, by=LEAD)


async def _recorded(stage: Stage) -> None:
    """Record the minutes of the meeting and approve them."""
    desk = stage.services.jobs.papers.agenda_editing
    await desk.record(stage.meeting, LEAD, {"version": "0", f"present:{CHAIR}": "1"})
    await desk.approve(stage.meeting, CHAIR, "1")


async def _link_ordered(stage: Stage) -> None:
    person = stage.programme.person(LEAD)
    words = {"title": "Lenke", "text": "Her er lenken.", "button": "Åpne"}
    order = LinkOrder(to=person, purpose="minutes", subject=stage.meeting, path="/referat/{token}", **words)
    await stage.services.jobs.messages.short_links.send(order)


async def _address_ordered(stage: Stage) -> None:
    await stage.services.jobs.meetings.personal.send_address(stage.board, stage.programme.person(LEAD).email)


async def _resumed(stage: Stage) -> None:
    """Pause the municipality's sending and let it go on."""
    await stage.services.record.switches.pause(SLUG)
    await stage.services.jobs.messages.resuming.resume(SLUG)


async def _guests_confirmed(stage: Stage) -> None:
    """Have the lead say that one guest stays no longer."""
    await stage.services.jobs.operations.guest_desk.answer(SLUG, {f"nabo-{SLUG}": False}, by=LEAD)


async def _redacted(stage: Stage) -> None:
    """Note a redaction whose copies are to be brought in order."""
    row = {"number": 1, "at": NOW, "by": LEAD, "basis": "Artikkel 17", "found": {}, "papers": [], "left": {}}
    steps = [
        RedactionStep(kind=StepKind.REPORT, key=f"{stage.meeting}/1").to_data(),
        RedactionStep(kind=StepKind.PAPERS, key=stage.meeting).to_data(),
    ]
    async with stage.services.record.database.begin() as connection:
        await connection.execute(insert(redaction).values(**row, steps=steps))


async def _asked_the_bot(stage: Stage) -> None:
    await BOT["message status"](stage)


ANSWERED = 3 * DAY + HOUR
"""From `NOW` to the answers, which the bot takes while the round is open."""
RELEASED = 7 * DAY + HOUR
AFTERWARDS = 14 * DAY + 4 * HOUR
"""From `NOW` to the end of the meeting."""
UNITS: Mapping[str, UnitCase] = {
    "access.account": UnitCase(subject=lambda stage: stage.accounts[COLLEAGUE]),
    "people.look_up": UnitCase(subject=lambda stage: digest("people.look_up", ADDRESS), before=_looked_up),
    "links.mail": UnitCase(subject=_lead, before=_link_ordered),
    "meetings.own_link": UnitCase(subject=_lead, before=_address_ordered),
    "meetings.read": UnitCase(subject=_place),
    "meetings.book": UnitCase(subject=_place),
    "meetings.quorum": UnitCase(subject=_meeting),
    "rollout.place": UnitCase(subject=_place),
    "rollout.preview": UnitCase(subject=_place),
    "rollout.welcome": UnitCase(subject=_programme),
    "bot.reply": UnitCase(subject=lambda stage: reply_key(CHAT.id, "activity-status"), before=_asked_the_bot),
    "status.open": UnitCase(subject=lambda stage: f"{stage.board}/{UPCOMING}"),
    "status.send": UnitCase(subject=_meeting),
    "status.renew": UnitCase(subject=lambda stage: f"{stage.request}/20260922"),
    "status.remind": UnitCase(subject=lambda stage: f"{stage.meeting}/1"),
    "status.nudge": UnitCase(subject=lambda stage: f"{stage.request}/20260922"),
    "status.moved": UnitCase(subject=_meeting),
    "pause.summary": UnitCase(subject=_programme, before=_resumed),
    "status.escalate": UnitCase(subject=_meeting, after=3 * DAY),
    "status.lifted": UnitCase(subject=_request, after=ANSWERED, before=_answered),
    "status.refresh": UnitCase(subject=_request, after=ANSWERED),
    "leads.mail": UnitCase(subject=_programme, after=ANSWERED),
    "questions.tell": UnitCase(subject=lambda stage: stage.question, after=ANSWERED, before=_replied),
    "questions.follow": UnitCase(subject=_request, after=6 * DAY + HOUR),
    "status.close": UnitCase(subject=_meeting, after=6 * DAY + HOUR),
    "report.compile": UnitCase(subject=_meeting, after=6 * DAY + HOUR),
    "report.draft": UnitCase(subject=_meeting, after=6 * DAY + HOUR),
    "report.release": UnitCase(subject=_meeting, after=RELEASED),
    "report.publish": UnitCase(subject=_meeting, after=RELEASED),
    "report.correct": UnitCase(subject=_meeting, after=RELEASED),
    "report.owner": UnitCase(subject=lambda stage: stage.owner_meeting, after=RELEASED),
    "agenda.publish": UnitCase(subject=_meeting, after=RELEASED),
    "minutes.prepare": UnitCase(subject=_meeting, after=AFTERWARDS - DAY),
    "minutes.publish": UnitCase(subject=_meeting, after=AFTERWARDS, before=_recorded),
    "rollout.lists": UnitCase(subject=_place, after=AFTERWARDS),
    "privacy.redact": UnitCase(subject=lambda _: "1", after=AFTERWARDS, before=_redacted),
    "guests.review": UnitCase(subject=_place, after=AFTERWARDS),
    "guests.end": UnitCase(subject=_place, after=AFTERWARDS, before=_guests_confirmed),
    "people.leave": UnitCase(subject=_place, after=AFTERWARDS),
    "wind_down.package": UnitCase(subject=lambda _: PACKAGE, after=AFTERWARDS),
    "wind_down.place": UnitCase(subject=_place, after=AFTERWARDS),
    "doctor.look": UnitCase(subject=_programme, after=AFTERWARDS),
    "drift.look": UnitCase(subject=_programme, after=AFTERWARDS),
    "programme.close": UnitCase(subject=_programme, after=AFTERWARDS),
    "sweep.all": UnitCase(subject=_programme, after=AFTERWARDS),
}
"""A unit of every kind, in the order of a board's year."""


async def _say(stage: Stage, word: str) -> None:
    sender = stage.accounts[PACKAGE_LEAD]
    key = f"activity-{word.split()[0]}"
    await stage.listener.message(
        BotMessage(text=word, sender_object_id=sender, conversation=CHAT, activity_id=key, personal=True)
    )


async def _press(stage: Stage, verb: str) -> None:
    action = CardAction(
        verb=verb,
        data={**ANSWER, "request_id": stage.request, "seen": "0"},
        sender_object_id=stage.accounts[PACKAGE_LEAD],
        conversation=CHAT,
        activity_id="card",
    )
    await stage.listener.card_action(action)


async def _install(stage: Stage, *, added: bool) -> None:
    person = stage.accounts[PACKAGE_LEAD]
    await stage.listener.install_changed(InstallChanged(object_id=person, team_id=None, added=added, conversation=CHAT))


BOT: Mapping[str, Callable[[Stage], Awaitable[None]]] = {
    "removed": partial(_install, added=False),
    "added": partial(_install, added=True),
    **{f"message {command.key}": partial(_say, word=words_of(command, "nb")[0]) for command in COMMANDS},
    "message that is no command": partial(_say, word="hei du"),
    **{f"press {verb}": partial(_press, verb=verb) for verb in VERBS},
}
"""Every call of the bot: the words of each command, each verb of a card, and the app that comes and goes."""


Around = Callable[[str], AbstractContextManager[None]]


async def play(made: Stage, around: Around, *, leave_out: Collection[str] = ()) -> None:
    """Run a unit of each kind and make each call of the bot, each within *around* its name."""
    wanted = {kind: case for kind, case in UNITS.items() if kind not in leave_out}
    async with made.services.clock.busy():
        await _run(made, around, {kind: case for kind, case in wanted.items() if case.after < ANSWERED})
        for name, call in BOT.items():
            with around(name):
                await call(made)
        await _run(made, around, {kind: case for kind, case in wanted.items() if case.after >= ANSWERED})


async def _run(made: Stage, around: Around, cases: Mapping[str, UnitCase]) -> None:
    clock = made.services.clock
    for kind, case in cases.items():
        await clock.sleep_until(max(clock.now(), NOW + case.after))
        if case.before is not None:
            await case.before(made)
        # After each edit the register is read anew, which is the next reader's cost and no unit's.
        await made.services.record.register.programme()
        unit = DueUnit(key=f"{kind}:{case.subject(made)}", due_at=clock.now())
        with around(kind):
            await made.services.handlers[kind](unit, NoHistory())


@asynccontextmanager
async def stage(municipalities: int, rounds: int, folder: Path, database_url: str = "") -> AsyncIterator[Stage]:
    """Give a country with so many rounds behind it, and one place in it that was rolled out in a sandbox."""
    write_country(folder / "programme", municipalities, with_owner_board=True)
    async with running_sandbox(seed=folder / "programme") as sandbox:
        with identity_of(sandbox):
            await sandbox.control("POST", "clock", {"now": NOW.isoformat()})
            bench = Bench(sandbox, folder / "vareunge.db", **({"database_url": database_url} if database_url else {}))
            await bench.start()
            try:
                services = bench.services
                await services.record.database.migrate()
                programme = await services.record.register.save(load_documents(folder / "programme"))
                made = Stage(bench, programme)
                await made.furnish(rounds)
                yield made
            finally:
                await bench.stop()
