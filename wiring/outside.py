"""The outside of a process: time, the record, and the doors to other people's systems, made from settings.

Nothing is made at import, and each piece only at its first use: a command that needs the database opens no Graph
client, and the Door, which may do nothing in Graph, has none to open.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from config.settings import Part, Settings, variable
from engine.gathering import Gathering
from engine.telemetry import NO_TELEMETRY, Telemetry
from integration.clock import ServiceClock, create_clock
from wiring.record import Record, create_queue
from workflows.messages.model import REHEARSAL
from workflows.ports.accounts import Recipients

if TYPE_CHECKING:
    from integration.allow_list import AllowList
    from integration.bot import TeamsBot
    from integration.graph.calendar import GraphCalendar
    from integration.graph.client import Graph
    from integration.graph.mail import GraphMailer
    from integration.identity import Identities
    from integration.limits.recipients import RecipientLimiter
    from integration.telemetry import Export


class NotInThisPart(RuntimeError):
    """
    This deployment does not have that piece, so that it cannot be used by mistake.

    *variable*: the setting that decides it; *value*: the one it would need, empty for any.
    """

    def __init__(self, reason: str, *, variable: str, value: str = "") -> None:
        super().__init__(reason)
        self.variable = variable
        self.value = value


class Outside:
    """
    Clock, record and Microsoft 365, as one process reaches them. Close it when the process ends.

    *export*: where traces and measurements go; None, and nothing is recorded.

    A method for each piece is what this class is for; there is no smaller cut.
    """

    def __init__(self, settings: Settings, *, name: str, export: "Export | None" = None) -> None:
        self.settings = settings
        self.name = name
        self._export = export

    @cached_property
    def clock(self) -> ServiceClock:
        return create_clock(self.settings.clock_url, self.name)

    @property
    def telemetry(self) -> Telemetry:
        return self._export.telemetry if self._export is not None else NO_TELEMETRY

    @cached_property
    def record(self) -> Record:
        from integration.database.postgres import ANSWERING, WORKING, passwords_for

        connections = WORKING if self.settings.part is Part.HANDS else ANSWERING
        url, own_id = self.settings.database_url, self.settings.own_id
        queue = create_queue(self.settings.queue_url, own_id, self.clock)
        return Record(url, self.clock, passwords=passwords_for(url, own_id), connections=connections, queue=queue)

    @cached_property
    def recipients(self) -> Recipients:
        allowed = self.settings.allowed_recipients
        return Recipients(None if allowed is None else frozenset(address.lower() for address in allowed))

    @cached_property
    def allow_list(self) -> "AllowList":
        """The edge that all calls to Microsoft 365 pass which may reach people."""
        from integration.allow_list import AllowList

        async def note(action: str, people: int) -> None:
            values: dict[str, str | int] = {"call": action, "people": people}
            await self.record.units.note(REHEARSAL, "rehearsal.withheld", at=self.clock.now(), values=values)

        return AllowList(
            self.recipients,
            ours=self.settings.organizer,
            find_account=self.record.accounts.find_by_object_id,
            find_chat_owner=self.record.chats.find_owner,
            note=note,
        )

    # ------------------------------------------------------------------------------------------ Microsoft 365 (Hands)

    @cached_property
    def identities(self) -> "Identities":
        self.only_in(Part.HANDS, "identities")
        from integration.identity import Identities, Registration

        settings = self.settings
        if not settings.hands_identity_id:
            return Identities()
        hands = Registration(
            client_id=settings.hands_id,
            identity_id=settings.hands_identity_id,
            tenant_id=settings.tenant_id,
            authority=settings.authority_url,
        )
        return Identities(hands)

    @cached_property
    def door_identity(self) -> "Identities":
        """Tokens of the Door's own identity, by which it vouches for the app that people sign in to."""
        self.only_in(Part.DOOR, "sign-in")
        from integration.identity import Identities

        return Identities()

    @cached_property
    def hands(self) -> "Graph":
        return self._graph(self.settings.hands_id, "VAREUNGE_HANDS_ID")

    @cached_property
    def builder(self) -> "Graph":
        return self._graph(self.settings.builder_id, "VAREUNGE_BUILDER_ID")

    @cached_property
    def gathering(self) -> Gathering:
        """The calls to Graph that are on their way, as either identity: work that begins together asks as both."""
        return Gathering()

    @cached_property
    def calendar(self) -> "GraphCalendar":
        from integration.graph.calendar import GraphCalendar

        return GraphCalendar(self.hands, self.recipients, timezone=self.settings.timezone, limits=self._mailbox_limits)

    @cached_property
    def mailer(self) -> "GraphMailer":
        from integration.graph.mail import GraphMailer

        return GraphMailer(self.hands, self.recipients, limits=self._mailbox_limits)

    @cached_property
    def _mailbox_limits(self) -> "RecipientLimiter":
        from integration.database.limits import SQLLimits
        from integration.limits.recipients import RecipientLimiter

        return RecipientLimiter(SQLLimits(self.record.database, self.clock), self.clock)

    @cached_property
    def bot(self) -> "TeamsBot":
        self.only_in(Part.HANDS, "bot's own voice")
        from integration.bot import TeamsBot
        from integration.database.limits import SQLReservations

        return TeamsBot(
            bot_id=self.settings.bot_id,
            tenant_id=self.settings.tenant_id,
            service_url=self.settings.bot_service_url,
            token=self.identities.token,
            clock=self.clock,
            recipients=self.recipients,
            reservations=SQLReservations(self.record.database),
            allow_list=self.allow_list,
            telemetry=self.telemetry,
        )

    async def close(self) -> None:
        """Close what was opened."""
        for name in ("hands", "builder", "bot", "identities", "door_identity", "record"):
            # Only what was made: asking for it would make it.
            piece = self.__dict__.get(name)
            if piece is not None:
                await piece.close()
        if self._export is not None:
            await self._export.close()

    def _graph(self, client_id: str, variable: str) -> "Graph":
        self.only_in(Part.HANDS, "Graph client")
        if not client_id:
            reason = f"{variable} is not set: it names the identity that speaks with Graph"
            raise NotInThisPart(reason, variable=variable)
        from integration.database.limits import SQLLimits
        from integration.graph.client import Graph
        from integration.limits.published import limits_of
        from integration.limits.rate_limiter import RateLimiter

        # Microsoft counts by application, so each identity has limits of its own, and some for the tenant besides.
        store = SQLLimits(self.record.database, self.clock)
        limits = limits_of(self.settings.licences)
        limiter = RateLimiter(self.clock, limits, store=store, memory=store, application=client_id)
        return Graph(
            self.settings.graph_url,
            client_id,
            self.identities,
            self.clock,
            limiter=limiter,
            gathering=self.gathering,
            allow_list=self.allow_list,
            telemetry=self.telemetry,
        )

    def only_in(self, part: Part, piece: str) -> None:
        """Raise when this deployment is meant to be without that piece."""
        if self.settings.part not in (part, Part.ALL):
            reason = f"part {self.settings.part} has no {piece}"
            raise NotInThisPart(reason, variable=variable("part"), value=part)
