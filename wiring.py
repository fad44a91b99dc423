"""The one place that decides what is real, from settings.

Nothing is made at import, and each piece only at its first use: a command that needs the database opens no Graph
client, and the Door, which may do nothing in Graph, has none to open.
"""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from config.programme import Programme
from config.settings import Part, Settings
from engine.logs import configure_logs
from engine.together import together
from engine.units import Engine, Handler
from integration.clock import ServiceClock, create_clock
from integration.database.accounts import SQLAccounts
from integration.database.chats import SQLChats
from integration.database.connection import Database, create_database
from integration.database.intents import SQLIntents
from integration.database.links import SQLLinks
from integration.database.meetings import SQLMeetings
from integration.database.messages import SQLMessages
from integration.database.register import SQLRegister
from integration.database.reports import SQLReports
from integration.database.resources import SQLResources
from integration.database.status import SQLStatus
from integration.database.switches import SQLSwitches
from integration.database.units import SQLUnits
from workflows.ports import DueUnit, Recipients
from workflows.sweep import Sweep, sweep_unit

if TYPE_CHECKING:
    from fastapi import FastAPI

    from integration.bot import TeamsBot
    from integration.bot_endpoint import BotEndpoint
    from integration.graph.calendar import GraphCalendar
    from integration.graph.client import Graph
    from integration.graph.mail import GraphMailer
    from integration.identity import Identities
    from workflows.bot_commands import BotDesk, BotReplies
    from workflows.doctor import Doctor, Permissions, Tenant
    from workflows.meetings import MeetingDesk
    from workflows.outbox import Outbox
    from workflows.quorum import QuorumWatch
    from workflows.reports import Reports
    from workflows.rollout import Rollout
    from workflows.rollout_ports import TeamsApp
    from workflows.rollout_welcome import Welcome
    from workflows.status import StatusRounds
    from workflows.status_desk import StatusDesk
    from workflows.their_calendars import TheirCalendars

POLL = timedelta(seconds=5)
SIMULATED_POLL = timedelta(hours=6)
"""In simulated time a look costs as much real time whether seconds or hours lie between."""


class NotInThisPart(RuntimeError):
    """This deployment does not have that piece, so that it cannot be used by mistake."""


class SchemaOutdated(RuntimeError):
    """The database must be migrated first; at deployment, not by whoever comes first."""


class Services:
    """Everything a process is made of. Close it when the process ends."""

    def __init__(self, settings: Settings, *, name: str) -> None:
        self.settings = settings
        self.name = name
        self._preparing = asyncio.Lock()
        self._prepared = False

    # ----------------------------------------------------------------------------------------------- time and record

    @cached_property
    def clock(self) -> ServiceClock:
        return create_clock(self.settings.clock_url, self.name)

    @cached_property
    def database(self) -> Database:
        return create_database(self.settings.database_url)

    @cached_property
    def units(self) -> SQLUnits:
        return SQLUnits(self.database)

    @cached_property
    def register(self) -> SQLRegister:
        return SQLRegister(self.database)

    @cached_property
    def links(self) -> SQLLinks:
        return SQLLinks(self.database, self.clock)

    @cached_property
    def switches(self) -> SQLSwitches:
        return SQLSwitches(self.database, self.clock)

    @cached_property
    def intents(self) -> SQLIntents:
        return SQLIntents(self.database, self.clock)

    @cached_property
    def accounts(self) -> SQLAccounts:
        return SQLAccounts(self.database, self.clock)

    @cached_property
    def resources(self) -> SQLResources:
        return SQLResources(self.database, self.clock)

    @cached_property
    def meetings(self) -> SQLMeetings:
        return SQLMeetings(self.database)

    @cached_property
    def rounds(self) -> SQLStatus:
        return SQLStatus(self.database)

    @cached_property
    def messages(self) -> SQLMessages:
        return SQLMessages(self.database)

    @cached_property
    def report_store(self) -> SQLReports:
        return SQLReports(self.database)

    @cached_property
    def chats(self) -> SQLChats:
        return SQLChats(self.database, self.clock)

    @cached_property
    def recipients(self) -> Recipients:
        allowed = self.settings.allowed_recipients
        return Recipients(None if allowed is None else frozenset(address.lower() for address in allowed))

    # ------------------------------------------------------------------------------------------ Microsoft 365 (Hands)

    @cached_property
    def identities(self) -> "Identities":
        self._only(Part.HANDS, "identities")
        from integration.identity import Identities

        return Identities()

    @cached_property
    def hands(self) -> "Graph":
        return self._graph(self.settings.hands_id, "VAREUNGE_HANDS_ID")

    @cached_property
    def builder(self) -> "Graph":
        return self._graph(self.settings.builder_id, "VAREUNGE_BUILDER_ID")

    @cached_property
    def calendar(self) -> "GraphCalendar":
        from integration.graph.calendar import GraphCalendar

        return GraphCalendar(self.hands, self.recipients, timezone=self.settings.timezone)

    @cached_property
    def mailer(self) -> "GraphMailer":
        from integration.graph.mail import GraphMailer

        return GraphMailer(self.hands, self.recipients)

    @cached_property
    def bot(self) -> "TeamsBot":
        self._only(Part.HANDS, "bot's own voice")
        from integration.bot import TeamsBot

        return TeamsBot(
            bot_id=self.settings.bot_id,
            tenant_id=self.settings.tenant_id,
            service_url=self.settings.bot_service_url,
            token=self.identities.token,
            clock=self.clock,
            recipients=self.recipients,
        )

    # -------------------------------------------------------------------------------------------- workflows (Hands)

    @cached_property
    def rollout(self) -> "Rollout":
        from integration.graph.groups import GraphGroups, GraphMemberships
        from integration.graph.people import GraphDirectory, GraphInvitations
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.rollout import Rollout
        from workflows.rollout_ports import RolloutPorts

        return Rollout(
            RolloutPorts(
                programme=self.register.programme,
                directory=GraphDirectory(self.builder),
                invitations=GraphInvitations(self.hands, self.recipients),
                groups=GraphGroups(self.builder),
                memberships=GraphMemberships(self.hands, self.recipients),
                teams=GraphTeamBuilder(self.builder),
                channels=GraphChannels(self.hands),
                sites=GraphSiteAccess(self.builder),
                content=GraphSiteContent(self.hands),
                resources=self.resources,
                accounts=self.accounts,
                links=self.links,
                intents=self.intents,
                clock=self.clock,
                together=partial(together, self.clock),
                recipients=self.recipients,
                app=teams_app(),
                hands_id=self.settings.hands_id,
                public_url=self.settings.public_url,
            ),
            self.welcome,
        )

    @cached_property
    def welcome(self) -> "Welcome":
        from workflows.rollout_welcome import Welcome, WelcomePorts

        return Welcome(
            WelcomePorts(
                programme=self.register.programme, messages=self.messages, outbox=self.outbox, clock=self.clock
            )
        )

    @cached_property
    def doctor(self) -> "Doctor":
        from workflows.doctor import Doctor, DoctorPorts

        return Doctor(
            DoctorPorts(
                settings=self.settings,
                lists=permission_lists(),
                roles=self.identities,
                tenant=self._tenant() if self.settings.hands_id and self.settings.builder_id else None,
                resources=self.resources,
                app=teams_app(),
            )
        )

    @cached_property
    def meeting_desk(self) -> "MeetingDesk":
        from workflows.meetings import MeetingDesk

        return MeetingDesk(
            store=self.meetings,
            calendar=self.calendar,
            links=self.links,
            clock=self.clock,
            programme=self.register.programme,
            organizers=self.settings.organizer,
            public_url=self.settings.public_url,
            recipients=self.recipients,
        )

    @cached_property
    def quorum_watch(self) -> "QuorumWatch":
        from workflows.quorum import QuorumPorts, QuorumWatch

        return QuorumWatch(
            QuorumPorts(
                programme=self.register.programme,
                meetings=self.meetings,
                messages=self.messages,
                outbox=self.outbox,
                clock=self.clock,
            )
        )

    @cached_property
    def outbox(self) -> "Outbox":
        from workflows.outbox import Outbox

        return Outbox(
            messages=self.messages,
            mailer=self.mailer,
            bot=self.bot,
            chats=self.chats,
            pauses=self.switches,
            recipients=self.recipients,
            clock=self.clock,
            sender=self._organizer,
        )

    @cached_property
    def status_rounds(self) -> "StatusRounds":
        from workflows.status import StatusRounds
        from workflows.status_ports import StatusPorts

        return StatusRounds(
            StatusPorts(
                programme=self.register.programme,
                rounds=self.rounds,
                messages=self.messages,
                outbox=self.outbox,
                bot=self.bot,
                accounts=self.accounts,
                places=self.resources,
                links=self.links,
                clock=self.clock,
                public_url=self.settings.public_url,
            )
        )

    @cached_property
    def reports(self) -> "Reports":
        from integration.graph.site_content import GraphSiteContent
        from workflows.report_ports import ReportPorts
        from workflows.reports import Reports

        return Reports(
            ReportPorts(
                programme=self.register.programme,
                store=self.report_store,
                meetings=self.meetings,
                results=self.status_rounds,
                rounds=self.rounds,
                content=GraphSiteContent(self.hands),
                places=self.resources,
                accounts=self.accounts,
                messages=self.messages,
                outbox=self.outbox,
                links=self.links,
                clock=self.clock,
                public_url=self.settings.public_url,
            )
        )

    @cached_property
    def bot_replies(self) -> "BotReplies":
        from workflows.bot_commands import BotReplies

        return BotReplies(messages=self.messages, outbox=self.outbox, clock=self.clock)

    @cached_property
    def their_calendars(self) -> "TheirCalendars":
        from integration.their_calendar import TheirCalendar
        from workflows.their_calendars import TheirCalendars

        return TheirCalendars(
            feeds=TheirCalendar(self.clock),
            store=self.meetings,
            clock=self.clock,
            programme=self.register.programme,
        )

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(
            units=self.units,
            programme=self.find_programme,
            planners=[self._plan_meetings, self._plan_readings, self._plan_rounds, self._plan_reports],
            clock=self.clock,
        )

    @cached_property
    def handlers(self) -> Mapping[str, Handler]:
        """Every kind of unit, and what runs it."""
        self._only(Part.HANDS, "engine")
        rounds = self.status_rounds
        return {
            "sweep.all": self.sweep.all,
            "meetings.read": self.their_calendars.read,
            "rollout.place": self.rollout.place,
            "rollout.welcome": self.welcome.send,
            "meetings.book": self.meeting_desk.book,
            "meetings.quorum": self.quorum_watch.warn,
            "status.open": rounds.open,
            "status.send": rounds.send,
            "status.remind": rounds.remind,
            "status.moved": rounds.moved,
            "status.escalate": rounds.escalate,
            "status.lifted": rounds.lifted,
            "status.close": rounds.close,
            "status.refresh": rounds.refresh,
            "bot.reply": self.bot_replies.reply,
            "report.compile": self.reports.compile,
            "report.release": self.reports.release,
            "report.publish": self.reports.publish,
            "report.owner": self.reports.owner,
        }

    @cached_property
    def engine(self) -> Engine:
        """The one engine of a process that runs until it is stopped."""
        return self.create_engine()

    def create_engine(self) -> Engine:
        """An engine for one caller: who waits for its units must not wait for anybody else's."""
        return Engine(
            self.units,
            self.clock,
            self.handlers,
            owner=uuid.uuid4().hex,
            poll=POLL if self.settings.clock_url is None else SIMULATED_POLL,
        )

    # -------------------------------------------------------------------------------------------- what people reach

    @cached_property
    def status_desk(self) -> "StatusDesk":
        from workflows.status_desk import StatusDesk

        return StatusDesk(
            programme=self.register.programme, rounds=self.rounds, accounts=self.accounts, clock=self.clock
        )

    @cached_property
    def bot_desk(self) -> "BotDesk":
        from workflows.bot_commands import BotDesk, BotPorts

        return BotDesk(
            BotPorts(
                programme=self.register.programme,
                rounds=self.rounds,
                accounts=self.accounts,
                messages=self.messages,
                chats=self.chats,
                places=self.resources,
                languages=self.register,
                clock=self.clock,
                public_url=self.settings.public_url,
            )
        )

    @cached_property
    def bot_endpoint(self) -> "BotEndpoint":
        from integration.bot_endpoint import BotEndpoint
        from web.bot_listener import BotListener
        from web.status_actions import StatusActions

        return BotEndpoint(
            BotListener(actions=StatusActions(self.status_desk), desk=self.bot_desk),
            bot_id=self.settings.bot_id,
            tenant_id=self.settings.tenant_id,
            service_url=self.settings.bot_service_url,
            metadata_url=self.settings.bot_metadata_url,
        )

    @cached_property
    def web(self) -> "FastAPI":
        self._only(Part.DOOR, "web")
        from web import answer, bot, feeds, papers, reports, tabs
        from web.app import create_app

        programme, public_url, links = self.register.programme, self.settings.public_url, self.links
        meetings, store = self.meetings, self.report_store
        routers = [
            answer.router(desk=self.status_desk, links=links, public_url=public_url),
            feeds.router(meetings=meetings, links=links, programme=programme, public_url=public_url),
            papers.router(meetings=meetings, reports=store, links=links, programme=programme),
            reports.router(reports=store, links=links, programme=programme),
            tabs.router(
                meetings=meetings,
                reports=store,
                links=links,
                programme=programme,
                public_url=public_url,
                clock=self.clock,
            ),
        ]
        if self.settings.bot_id:
            routers.append(bot.router(self.bot_endpoint.handle))
        return create_app(routers, ready=self.register.is_empty, around=self.around_request)

    @asynccontextmanager
    async def around_request(self) -> AsyncIterator[None]:
        """Time stands still while a request is answered; what it made due runs at once where there is an engine."""
        async with self.clock.busy():
            try:
                yield
            finally:
                if self.settings.part is Part.ALL:
                    self.engine.poke()

    # ------------------------------------------------------------------------------------------------------- the rest

    async def prepare_database(self) -> None:
        """See that the schema is current: an embedded database is migrated, another one only looked at."""
        if self.settings.embedded_database:
            await self.migrate_embedded_database()
        elif not await self.database.is_current():
            raise SchemaOutdated("the database has another schema than this version: vareunge migrate")

    async def migrate_embedded_database(self) -> None:
        """Give a database of this process's own its tables, once. Any other gets them at deployment."""
        async with self._preparing:
            if self.settings.embedded_database and not self._prepared:
                await self.database.migrate()
                self._prepared = True

    async def find_programme(self) -> Programme | None:
        """The imported programme, if there is one."""
        return None if await self.register.is_empty() else await self.register.programme()

    async def make_sweep_due(self) -> None:
        """Look again for everything that should be due."""
        programme = await self.find_programme()
        if programme is not None:
            await self.units.make_due([sweep_unit(programme.key, self.clock.now())])

    async def close(self) -> None:
        """Close what was opened."""
        for name in ("hands", "builder", "bot", "identities", "database"):
            # Only what was made: asking for it would make it.
            piece = self.__dict__.get(name)
            if piece is not None:
                await piece.close()

    def _tenant(self) -> "Tenant":
        from integration.graph.mailboxes import GraphMailboxes
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.doctor import Tenant

        return Tenant(
            mailboxes=GraphMailboxes(self.hands),
            channels=GraphChannels(self.hands),
            content=GraphSiteContent(self.hands),
            teams=GraphTeamBuilder(self.builder),
            sites=GraphSiteAccess(self.builder),
        )

    @property
    def _organizer(self) -> str:
        return next(iter(self.settings.organizer), "")

    async def _plan_meetings(self) -> Sequence[DueUnit]:
        await self.meeting_desk.plan()
        return ()

    async def _plan_readings(self) -> Sequence[DueUnit]:
        from workflows.their_calendars import reading_units

        return reading_units(await self.register.programme(), self.clock.now())

    async def _plan_rounds(self) -> Sequence[DueUnit]:
        return await self.status_rounds.due_units()

    async def _plan_reports(self) -> Sequence[DueUnit]:
        return await self.reports.due_units()

    def _graph(self, client_id: str, variable: str) -> "Graph":
        self._only(Part.HANDS, "Graph client")
        if not client_id:
            raise NotInThisPart(f"{variable} is not set: it names the identity that speaks with Graph")
        from integration.graph.client import Graph
        from integration.graph.limits import Limiter, limits_of

        # Microsoft counts by application, so each identity has limits of its own.
        limiter = Limiter(self.clock, limits_of(self.settings.licences))
        return Graph(self.settings.graph_url, client_id, self.identities, self.clock, limiter=limiter)

    def _only(self, part: Part, piece: str) -> None:
        if self.settings.part not in (part, Part.ALL):
            raise NotInThisPart(f"part {self.settings.part} has no {piece}")


def teams_app() -> "TeamsApp":
    """Our Teams app, as the rollout installs it."""
    from workflows.rollout_ports import TeamsApp

    manifest = json.loads((Path(__file__).parent / "teams_app" / "manifest.json").read_text("utf-8"))
    permissions = manifest.get("authorization", {}).get("permissions", {}).get("resourceSpecific", [])
    return TeamsApp(external_id=manifest["id"], permissions=tuple(item["name"] for item in permissions))


def permission_lists() -> "Mapping[str, Permissions]":
    """What each identity is meant to be allowed, by its name."""
    from workflows.doctor import permissions_of

    folder = Path(__file__).parent / "infra" / "permissions"
    return {name: permissions_of((folder / f"{name}.txt").read_text("utf-8")) for name in ("hands", "builder", "door")}


def create_services(settings: Settings, *, name: str | None = None, log_level: str | None = None) -> Services:
    """The services of this process. *name*: as whom it takes part in a simulated clock, the same after a restart."""
    configure_logs(log_level or settings.log_level)
    return Services(settings, name=name or f"{settings.part}-{os.getpid()}")
