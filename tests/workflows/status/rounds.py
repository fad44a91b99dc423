"""A small world for status rounds: an invented programme, a real database, and fakes of Teams and mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.programme import Programme
from config.values import Assignment, Indicator, Organisation, PackageState, Person, Role, Tenant, WorkPackage
from integration.database import tables
from integration.database.chats import SQLChats
from integration.database.connection import Database
from integration.database.links import SQLLinks
from integration.database.messages import SQLMessages
from integration.database.status import SQLStatus
from integration.database.switches import SQLSwitches
from integration.database.units import SQLUnits, UnitState
from tests.clocks import StillClock
from tests.workflows import programme as base
from workflows.errors import RecipientNotAllowed
from workflows.messages.outbox import Outbox
from workflows.messages.short_links import ShortLinks
from workflows.ports.accounts import Account, AccountKind, Recipients
from workflows.ports.bot import Bot, Conversation, Posted
from workflows.ports.links import Link
from workflows.ports.mail import Mail
from workflows.ports.units import DueUnit, Outcome
from workflows.status.answering import ByLink, Receipt, StatusDesk
from workflows.status.model import AnswerSurface, OpenDecision, StatusRound
from workflows.status.plan import request_id
from workflows.status.ports import RecipientPorts, Standing, StatusPorts
from workflows.status.rounds import StatusRounds
from workflows.status.upcoming import UpcomingMessages

MEETING = "a-dal/2026-11-17"
STARTS = datetime(2026, 11, 17, 9, 0)  # noqa: DTZ001 - a local wall time
HOME, GUEST, ORPHAN = "arena", "bro", "laft"
"""Packages: led by somebody of the home tenant, by a guest, by nobody (the local lead is asked)."""
OPENS = datetime(2026, 10, 27, 7, 0, tzinfo=UTC)
PUBLIC = "https://vareunge.example"


def programme(**changes: Any) -> Programme:
    small = base.programme()
    people = (
        *small.people,
        Person(key="home-lead", name="Leder arena", email="home.lead@county.example", organisation="county"),
        Person(key="guest-lead", name="Leder bro", email="guest.lead@nav.example", organisation="nav"),
        Person(key="stranger", name="En annen", email="stranger@county.example", organisation="county"),
    )
    values: dict[str, Any] = {
        "organisations": (
            *small.organisations,
            Organisation(key="nav", name="NAV", kind="nav", tenant=Tenant.GUEST, domain="nav.example"),
        ),
        "people": people,
        "assignments": (
            *small.assignments,
            Assignment(person="home-lead", role=Role.WORK_PACKAGE_LEAD, work_package=HOME),
            Assignment(person="guest-lead", role=Role.WORK_PACKAGE_LEAD, work_package=GUEST),
        ),
        "work_packages": (
            package(HOME, indicators=(Indicator(key="plasser", name="Praksisplasser", unit="antall", target=40),)),
            package(GUEST),
            package(ORPHAN),
            package("ferdig", state=PackageState.ENDED),
        ),
    }
    return small.model_copy(update={**values, **changes})


def package(key: str, **changes: Any) -> WorkPackage:
    return WorkPackage(**{"key": key, "municipality": "a-dal", "name": f"Pakken {key}", **changes})


@dataclass
class FakeBot:
    """Teams as far as cards go. *faults*: raised by the call of that name."""

    chats: list[str] = field(default_factory=list)
    posted: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)
    updated: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """The chat list's line of each card that was updated."""
    faults: dict[str, list[BaseException]] = field(default_factory=dict)
    rehearsal: bool = False
    down: Exception | None = None
    """Raised by every call."""

    async def open_chat(self, user_id: str) -> Conversation:
        self._fault("open_chat")
        self.chats.append(user_id)
        return Conversation(id=f"chat:{user_id}", service_url="https://teams.example")

    async def post_card(
        self, conversation: Conversation, card: Mapping[str, Any], *, summary: str, recipient: str
    ) -> Posted:
        del recipient
        return self._post("post_card", conversation.id, card, summary)

    async def post_in_channel(self, channel_id: str, card: Mapping[str, Any], *, summary: str) -> Posted:
        if self.rehearsal:
            raise RecipientNotAllowed("post in a channel", "an allow-list is set")
        return self._post("post_in_channel", channel_id, card, summary)

    async def update_card(self, posted: Posted, card: Mapping[str, Any], *, summary: str) -> None:
        self._fault("update_card")
        self.updated.append((posted.conversation.id, card))
        self.notices.append(summary)

    def _post(self, call: str, where: str, card: Mapping[str, Any], summary: str) -> Posted:
        fault = [self.down] if self.down else self.faults.get(call, [])
        # A fault that is an answer lost on the way back: the card is there all the same.
        if not fault or getattr(fault[0], "after", False):
            self.posted.append((where, card, summary))
        self._fault(call)
        conversation = Conversation(id=where, service_url="https://teams.example")
        return Posted(conversation=conversation, activity_id=f"activity-{len(self.posted)}")

    def _fault(self, call: str) -> None:
        if self.down is not None:
            raise self.down
        if self.faults.get(call):
            raise self.faults[call].pop(0)


@dataclass
class FakeMailer:
    """Sends each key once, as the real one does. *faults*: raised for mails to that address, for ever."""

    sent: dict[str, Mail] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Exception] = field(default_factory=dict)
    down: Exception | None = None
    """Raised for every mail."""

    async def send(self, sender: str, mail: Mail) -> str:
        if self.down is not None:
            raise self.down
        if mail.to.email in self.faults:
            raise self.faults[mail.to.email]
        self.senders[mail.key] = sender
        self.sent.setdefault(mail.key, mail)
        return f"mail-{list(self.sent).index(mail.key)}"

    def to(self, email: str) -> list[Mail]:
        return [mail for mail in self.sent.values() if mail.to.email == email]


@dataclass
class FakeAccounts:
    accounts: list[Account]

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        wanted = {email.lower() for email in emails}
        return {item.email: item for item in self.accounts if item.email in wanted}

    async def find_by_object_id(self, object_id: str) -> Account | None:
        return next((item for item in self.accounts if item.id == object_id), None)


@dataclass(frozen=True)
class Thing:
    external_id: str


@dataclass
class FakePlaces:
    things: dict[str, Thing] = field(default_factory=dict)

    async def of(self, place: str) -> Mapping[str, Thing]:
        return self.things if place == "a-dal" else {}


@dataclass
class FakeDecisions:
    """The board's decisions, by the package that reports on them."""

    open: dict[str, list[OpenDecision]] = field(default_factory=dict)

    async def open_decisions(
        self, status_round: StatusRound, work_packages: Sequence[str]
    ) -> Mapping[str, Sequence[OpenDecision]]:
        del status_round
        return {package: self.open.get(package, ()) for package in work_packages}


@dataclass
class FakeHistory:
    notes: list[str] = field(default_factory=list)

    async def note(self, what: str, **values: str | int) -> None:
        del values
        self.notes.append(what)


class WorldRounds(SQLStatus):
    """Rounds in the database, whose people and decisions are no rows but fakes beside it."""

    def __init__(self, database: Database, accounts: FakeAccounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def find_standing(self, request: str, *, object_id: str = "") -> Standing | None:
        standing = await super().find_standing(request, object_id=object_id)
        if standing is None:
            return None
        account = await self._accounts.find_by_object_id(object_id)
        return replace(standing, account=account, may_report=True)


class WorldLinks(SQLLinks):
    """Links beside the same fakes."""

    async def resolve_answer(self, token: str) -> tuple[Link, Standing | None] | None:
        found = await super().resolve_answer(token)
        if found is None or found[1] is None:
            return found
        return found[0], replace(found[1], may_report=True)


class World:
    """Everything of a round, with handles to look at and to turn."""

    def __init__(
        self,
        database: Database,
        *,
        allowed: frozenset[str] | None = None,
        teams: Bot | None = None,
        clock: StillClock | None = None,
        organizers: Sequence[str] = ("organizer@county.example",),
    ) -> None:
        """*teams*: whom cards go to instead of the fake."""
        self.database = database
        self.clock = clock or StillClock(OPENS)
        self.programme = programme()
        self.bot = FakeBot(rehearsal=allowed is not None)
        self.mailer = FakeMailer()
        self.accounts = FakeAccounts(
            [
                Account(id="home-id", email="home.lead@county.example", kind=AccountKind.MEMBER),
                Account(id="guest-id", email="guest.lead@nav.example", kind=AccountKind.GUEST),
                Account(id="stranger-id", email="stranger@county.example", kind=AccountKind.MEMBER),
                Account(id="lead-id", email="lead@county.example", kind=AccountKind.MEMBER),
            ]
        )
        self.places = FakePlaces({"channel:board": Thing("19:board")})
        self.decisions = FakeDecisions()
        self.history = FakeHistory()
        self.store = WorldRounds(database, self.accounts)
        self.messages = SQLMessages(database)
        self.switches = SQLSwitches(database, self.clock)
        self.links = WorldLinks(database, self.clock)
        self.units = SQLUnits(database)
        self.chats = SQLChats(database, self.clock)
        self.short = ShortLinks(links=self.links, messages=self.messages, clock=self.clock, public_url=PUBLIC)
        self.outbox = Outbox(
            messages=self.messages,
            mailer=self.mailer,
            bot=teams or self.bot,
            chats=self.chats,
            recipients=Recipients(allowed),
            clock=self.clock,
            organizers=organizers,
        )
        written_from = RecipientPorts(
            programme=self.read_programme,
            rounds=self.store,
            messages=self.messages,
            chats=self.chats,
            accounts=self.accounts,
            places=self.places,
            links=self.links,
            clock=self.clock,
            public_url=PUBLIC,
            decisions=self.decisions,
        )
        self.rounds = StatusRounds(StatusPorts(**vars(written_from), outbox=self.outbox, bot=teams or self.bot))
        self.upcoming = UpcomingMessages(written_from)
        self.desk = StatusDesk(
            programme=self.read_programme,
            rounds=self.store,
            accounts=self.accounts,
            clock=self.clock,
            decisions=self.decisions,
            doubles=self.messages,
            units=self.units,
        )

    async def own_address(self, person: str) -> str:
        return f"{PUBLIC}/mine-moter/{person}"

    async def read_programme(self, version: int | None = None) -> Programme:
        del version
        return self.programme

    async def plan_meeting(
        self, starts: datetime = STARTS, *, key: str = MEETING, state: str = "planned", body: str = "a-dal"
    ) -> None:
        row = {
            "key": key,
            "body": body,
            "state": state,
            "starts_local": starts,
            "ends_local": starts + timedelta(hours=2),
            "timezone": "Europe/Oslo",
            "booked_by_us": True,
            "changed_at": self.clock.now(),
        }
        async with self.database.begin() as connection:
            await connection.execute(tables.meeting.delete().where(tables.meeting.c.key == key))
            await connection.execute(tables.meeting.insert().values(**row))

    async def move_meeting(self, starts: datetime, *, key: str = MEETING, state: str = "planned") -> None:
        moved = tables.meeting.update().where(tables.meeting.c.key == key)
        async with self.database.begin() as connection:
            await connection.execute(moved.values(starts_local=starts, state=state))

    async def run(self, kind: str, subject: str = MEETING) -> Outcome:
        unit = DueUnit(key=f"{kind}:{subject}", due_at=self.clock.now())
        return await self.rounds.handlers[kind](unit, self.history)

    async def open(self) -> None:
        await self.plan_meeting()
        await self.run("status.open")

    async def answer(self, package_key: str, person: str, **content: str) -> Receipt:
        return await self.desk.answer(
            request_id(MEETING, package_key),
            sender=ByLink(person),
            content={"light": "green", "proposal_asked": "1", **content},
            surface=AnswerSurface.FORM,
        )

    async def due(self) -> dict[str, datetime]:
        views = await self.units.list_units(states=[UnitState.WAITING])
        return {view.key: view.due_at for view in views}


def deadline_of(day: date) -> datetime:
    """15.00 in winter time."""
    return datetime(day.year, day.month, day.day, 14, 0, tzinfo=UTC)
