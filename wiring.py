"""The one place that decides what is real, from settings.

`wiring_outside.py` makes time, record and the doors to other systems, `wiring_workflows.py` the jobs that need them;
here they become a process: an engine that runs units, a web that people reach, or both.
"""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from config.settings import Part, Settings
from engine.logs import configure_logs
from engine.units import Engine, Handler
from wiring_outside import NotInThisPart
from wiring_workflows import Workflows
from workflows.ports.units import DueUnit
from workflows.sweep import Sweep, sweep_unit

if TYPE_CHECKING:
    from fastapi import FastAPI

    from integration.bot_endpoint import BotEndpoint

__all__ = ["NotInThisPart", "SchemaOutdated", "Services", "create_services"]

POLL = timedelta(seconds=5)
SIMULATED_POLL = timedelta(hours=6)
"""In simulated time a look costs as much real time whether seconds or hours lie between."""


class SchemaOutdated(RuntimeError):
    """The database must be migrated first; at deployment, not by whoever comes first."""


class Services(Workflows):
    """Everything a process is made of. Close it when the process ends."""

    def __init__(self, settings: Settings, *, name: str) -> None:
        super().__init__(settings, name=name)
        self._preparing = asyncio.Lock()
        self._prepared = False

    # --------------------------------------------------------------------------------------------------------- engine

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(
            units=self.units,
            programme=self.find_programme,
            planners=[
                self._plan_meetings,
                self._plan_readings,
                self.clash_notices.plan,
                self._plan_rounds,
                self._plan_reports,
                self._plan_agendas,
                self.rollout.due_units,
                self.wind_down.due_units,
                self.leaving.due_units,
                self.guest_review.due_units,
                self.drift.due_units,
            ],
            clock=self.clock,
        )

    @cached_property
    def handlers(self) -> Mapping[str, Handler]:
        """Every kind of unit, and what runs it."""
        self.only_in(Part.HANDS, "engine")
        return {
            "sweep.all": self.sweep.all,
            "meetings.read": self.their_calendars.read,
            "rollout.place": self.rollout.place,
            "rollout.lists": self.rollout.lists,
            "rollout.welcome": self.welcome.send,
            "people.leave": self.leaving.place,
            "leads.mail": self.lead_mail.send,
            "guests.review": self.guest_review.review,
            "guests.end": self.guest_desk.end,
            "drift.look": self.drift.look,
            "wind_down.place": self.wind_down.place,
            "wind_down.package": self.wind_down.package,
            "meetings.book": self.meeting_desk.book,
            "meetings.quorum": self.quorum_watch.warn,
            "meetings.own_link": self.own_links.send,
            **self.status_rounds.handlers,
            "bot.reply": self.bot_replies.reply,
            "report.compile": self.reports.compile,
            "report.release": self.reports.release,
            "report.publish": self.reports.publish,
            "report.owner": self.reports.owner,
            "agenda.publish": self.agendas.publish,
            "minutes.prepare": self.agendas.prepare,
            "minutes.publish": self.agendas.publish_minutes,
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

    async def make_sweep_due(self) -> None:
        """Look again for everything that should be due."""
        programme = await self.find_programme()
        if programme is not None:
            await self.units.make_due([sweep_unit(programme.key, self.clock.now())])

    async def _plan_meetings(self) -> Sequence[DueUnit]:
        await self.meeting_desk.plan()
        return ()

    async def _plan_readings(self) -> Sequence[DueUnit]:
        from workflows.meetings.external_feeds import reading_units

        return reading_units(await self.register.programme(), self.clock.now())

    async def _plan_rounds(self) -> Sequence[DueUnit]:
        return await self.status_rounds.due_units()

    async def _plan_reports(self) -> Sequence[DueUnit]:
        return await self.reports.due_units()

    async def _plan_agendas(self) -> Sequence[DueUnit]:
        return await self.agendas.due_units()

    # ------------------------------------------------------------------------------------------------------------ web

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
        self.only_in(Part.DOOR, "web")
        from web import agenda, answer, bot, feeds, guests, minutes, own_meetings, papers, reports, tabs
        from web.app import create_app

        programme, public_url, links = self.register.programme, self.settings.public_url, self.links
        meetings, store = self.meetings, self.report_store
        routers = [
            answer.router(desk=self.status_desk, links=links, public_url=public_url),
            feeds.router(meetings=meetings, links=links, programme=programme, public_url=public_url),
            papers.router(meetings=meetings, reports=store, agendas=self.agenda_desk, links=links, programme=programme),
            guests.router(desk=self.guest_desk, links=links, public_url=public_url),
            agenda.router(desk=self.agenda_desk, links=links, public_url=public_url),
            minutes.router(desk=self.agenda_desk, links=links, public_url=public_url),
            own_meetings.router(
                own_meetings.Doors(
                    own=self.own_meetings,
                    moves=self.meeting_moves,
                    links=links,
                    programme=programme,
                    clock=self.clock,
                    public_url=public_url,
                    to_record=self.agenda_desk.to_record,
                )
            ),
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
            # First, because routes are tried in their order, and buttons and forms come by the thousand.
            routers.insert(0, bot.router(self.bot_endpoint.handle))
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

    # -------------------------------------------------------------------------------------------------------- database

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


def create_services(settings: Settings, *, name: str | None = None, log_level: str | None = None) -> Services:
    """The services of this process. *name*: as whom it takes part in a simulated clock, the same after a restart."""
    configure_logs(log_level or settings.log_level)
    # A thread of the database has little to do: whoever answers people must not wait five milliseconds for each turn.
    sys.setswitchinterval(0.001)
    return Services(settings, name=name or f"{settings.part}-{os.getpid()}")
