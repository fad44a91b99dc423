"""A process: an engine that runs units, a web that people reach, or both."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from config.settings import Part, Settings
from engine.logs import configure_logs
from engine.units import Engine, Handler
from integration.clock import ServiceClock
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.record import Record

if TYPE_CHECKING:
    from fastapi import FastAPI

    from integration.telemetry import Export
    from workflows.sweep import Sweep

POLL = timedelta(seconds=5)
SIMULATED_POLL = timedelta(hours=6)
"""In simulated time a look costs as much real time whether seconds or hours lie between."""


class Services:
    """Everything a process is made of. Close it when the process ends."""

    def __init__(self, settings: Settings, *, name: str, export: "Export | None" = None) -> None:
        self.settings = settings
        self.outside = Outside(settings, name=name, export=export)
        self.jobs = Jobs(self.outside)
        self._preparing = asyncio.Lock()
        self._prepared = False

    @property
    def clock(self) -> ServiceClock:
        return self.outside.clock

    @property
    def record(self) -> Record:
        return self.outside.record

    # --------------------------------------------------------------------------------------------------------- engine

    @cached_property
    def sweep(self) -> "Sweep":
        from wiring.units import create_sweep

        return create_sweep(self.outside, self.jobs)

    @cached_property
    def handlers(self) -> Mapping[str, Handler]:
        """Every kind of unit, and what runs it."""
        self.outside.only_in(Part.HANDS, "engine")
        from wiring.units import unit_handlers

        return unit_handlers(self.jobs, self.sweep)

    @cached_property
    def engine(self) -> Engine:
        """The one engine of a process that runs until it is stopped."""
        return self.create_engine()

    def create_engine(self) -> Engine:
        """Return an engine for one caller, who waits for its units and for nobody else's."""
        from wiring.units import outlasting_database

        return Engine(
            self.record.units,
            self.clock,
            outlasting_database(self.handlers),
            owner=uuid.uuid4().hex,
            poll=POLL if self.settings.clock_url is None else SIMULATED_POLL,
            telemetry=self.outside.telemetry,
        )

    async def make_sweep_due(self) -> None:
        """Look again for everything that should be due."""
        from workflows.sweep import sweep_unit

        programme = await self.record.register.find_programme()
        if programme is not None:
            await self.record.units.make_due([sweep_unit(programme.key, self.clock.now())])

    # ------------------------------------------------------------------------------------------------------------ web

    @cached_property
    def web(self) -> "FastAPI":
        self.outside.only_in(Part.DOOR, "web")
        from wiring.web import create_web

        return create_web(self.outside, self.jobs, around=self.around_request)

    @cached_property
    def answers(self) -> "FastAPI":
        """The small part of the web that answers buttons and forms, made sooner than all of it."""
        self.outside.only_in(Part.DOOR, "web")
        from wiring.answers import create_answers

        return create_answers(self.outside, self.jobs, around=self.around_request)

    def web_for(self, path: str) -> "FastAPI":
        """Return the application that answers *path*."""
        from wiring.answers import ADDRESSES

        return self.answers if path.startswith(ADDRESSES) else self.web

    @asynccontextmanager
    async def around_request(self) -> AsyncIterator[None]:
        """Hold the simulated clock while a request is answered; wake the engine, if there is one, for its units."""
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
        else:
            await self.record.database.check_schema()

    async def migrate_embedded_database(self) -> None:
        """Give a database of this process's own its tables, once. Any other gets them at deployment."""
        async with self._preparing:
            if self.settings.embedded_database and not self._prepared:
                await self.record.database.migrate()
                self._prepared = True

    async def close(self) -> None:
        """Close what was opened."""
        await self.outside.close()


def create_services(
    settings: Settings, *, name: str | None = None, log_level: str | None = None, hosted: bool = False
) -> Services:
    """
    The services of this process.

    *name*: as whom it takes part in a simulated clock, the same after a restart. *hosted*: below a host that takes in
    what is written, so that events which are exported are not written as well.
    """
    export = None
    if connection := settings.insights_connection.get_secret_value():
        # The SDK and the exporter cost a third of a second, which only those pay who use them.
        from integration.telemetry import create_export

        export = create_export(connection, client_id=settings.own_id, role=settings.part)
    sink = export.log if export is not None else None
    configure_logs(log_level or settings.log_level, sink=sink, console=not hosted)
    # A thread of the database has little to do: whoever answers people must not wait five milliseconds for each turn.
    sys.setswitchinterval(0.001)
    return Services(settings, name=name or f"{settings.part}-{os.getpid()}", export=export)
