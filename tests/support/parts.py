"""
Door and Hands, each in a process of its own as in Azure, on the sandbox's time: `python -m tests.support.parts`.

The Hands are our triggers and the part of the Functions host that reads queues. The queue's time is real, and the
story's simulated: a message that is hidden until its unit is due would stay hidden for months. So whoever of the Hands
wakes when a unit is due sends its message anew, as the timer does, and both parts let no simulated time pass before
what is due was taken.
"""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from config.settings import Part, Settings
from engine.logs import configure_logs
from tests.support.azurite import POISON, UNITS, Deliver, QueueHost
from web.serving import serve
from wiring import triggers
from wiring.process import Services
from workflows.errors import Transient

AT_ONCE = 6
"""Units at once, as `host.json` has it: `batchSize` and `newBatchThreshold`."""
HIDDEN = 3
"""Seconds after which the message of a killed worker is seen again."""
LOOK = 0.05
"""Seconds between two looks."""
LONG_LOOK = 1.0
"""Seconds between two looks for what was given up."""
SHOWN_ANEW = 0.5
"""Seconds until a message that nobody took is sent once more; twice as long each time that still nobody took it, or
more messages than a slow machine can read would pile up."""
PATIENCE = 15.0
"""Seconds for which time stands still for one moment's units: all Hands may be full of units that sleep."""
LONGEST_SLEEP = timedelta(days=1)


class Taken:
    """Tells whether all that is due was taken, or has been waited for long enough."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._moment: datetime | None = None
        self._since = 0.0
        self.next: datetime | None = None
        """When something is next to be taken, as of the last look."""

    async def is_so(self) -> bool:
        now = self._services.clock.now()
        self.next = await self._services.record.units.next_moment()
        if self.next is None or self.next > now:
            return True
        if self._moment != now:
            self._moment, self._since = now, time.monotonic()
        return time.monotonic() - self._since > PATIENCE


class Door(Services):
    """The Door, which holds the time until the Hands have taken what a request made due."""

    def __init__(self, settings: Settings, *, name: str) -> None:
        super().__init__(settings, name=name)
        self._holding: set[asyncio.Task[None]] = set()

    async def prepare_database(self) -> None:
        await super().prepare_database()
        # One that was killed after a commit and before its messages.
        await self._hold()

    @asynccontextmanager
    async def around_request(self) -> AsyncIterator[None]:
        async with super().around_request():
            try:
                yield
            finally:
                await self._hold()

    async def _hold(self) -> None:
        began = asyncio.Event()
        task = asyncio.create_task(self._until_taken(began))
        self._holding.add(task)
        task.add_done_callback(self._holding.discard)
        # Also where the clock does not hear of it, and it ends before it began.
        task.add_done_callback(lambda _: began.set())
        await began.wait()

    async def _until_taken(self, began: asyncio.Event) -> None:
        async with self.clock.busy():
            began.set()
            taken = Taken(self)
            while not await taken.is_so():  # noqa: ASYNC110 - Other processes take it.
                await asyncio.sleep(LOOK)


class Timer:
    """Sends the messages of what is due, and lets no simulated time pass before they were taken."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._alarm = services.clock.alarm()

    def look(self) -> None:
        """Look at once: something may be due sooner than at the last look."""
        self._alarm.ring()

    async def run(self) -> None:
        """Send the messages of what is due now, and sleep until something is; until cancelled."""
        clock, taken = self._services.clock, Taken(self._services)
        shown, pause = 0.0, SHOWN_ANEW
        async with clock.busy():
            while True:
                if await taken.is_so():
                    now, pause = clock.now(), SHOWN_ANEW
                    upcoming = max(taken.next or now + LONGEST_SLEEP, now + timedelta(seconds=1))
                    await self._alarm.wait(min(upcoming, now + LONGEST_SLEEP))
                elif time.monotonic() - shown > pause:
                    await self._send_due()
                    shown, pause = time.monotonic(), 2 * pause
                else:
                    await asyncio.sleep(LOOK)  # The queue's time is real.

    async def _send_due(self) -> None:
        queue, now = self._services.record.queue, self._services.clock.now()
        assert queue is not None, "the Hands have a queue"
        due = await self._services.record.units.list_lost(now=now, grace=timedelta(), ahead=timedelta(), limit=1_000)
        try:
            await queue.send(due)
        except Transient:
            sys.stderr.write("the queue did not take the messages of what is due\n")


class Hands:
    """One worker of the Hands. `work` until told to stop."""

    def __init__(self, services: Services, queue_url: str) -> None:
        self._services = services
        self._timer = Timer(services)
        run, set_aside = partial(triggers.run_named, services), partial(triggers.set_aside, services)
        self._host = QueueHost(queue_url, {UNITS: self._looking_after(run), POISON: set_aside}, hidden=HIDDEN)

    async def work(self, stop: asyncio.Event) -> None:
        async with self._services.clock.busy():
            await self._services.clock.join()
            await self._services.prepare_database()
            # All readers together look once in LOOK.
            tasks = [asyncio.create_task(self._read(UNITS, LOOK * AT_ONCE, number * LOOK)) for number in range(AT_ONCE)]
            tasks += [asyncio.create_task(self._read(POISON, LONG_LOOK)), asyncio.create_task(self._timer.run())]
        ended = asyncio.create_task(stop.wait())
        # A reader that ends has failed: then the process does.
        await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await self._services.clock.leave()
        await self._host.close()
        await self._services.close()
        failed = [result for result in results if isinstance(result, Exception)]
        if failed:
            raise failed[0]

    def _looking_after(self, run: Deliver) -> Deliver:
        async def run_and_look(message: bytes) -> None:
            async with self._services.clock.busy():
                try:
                    await run(message)
                finally:
                    # It may have made others due: no time passes before that was looked at.
                    self._timer.look()

        return run_and_look

    async def _read(self, name: str, pause: float, first: float = 0) -> None:
        await asyncio.sleep(first)
        while True:
            if not await self._host.deliver_one(name):
                await asyncio.sleep(pause)


async def be_hands(name: str) -> None:
    """Work as one of the Hands until SIGTERM."""
    settings = Settings(part=Part.HANDS)
    configure_logs(settings.log_level)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Hands(Services(settings, name=name), settings.queue_url).work(stop)


async def be_door(port: str) -> None:
    """Serve as the Door until SIGTERM."""
    settings = Settings(part=Part.DOOR)
    configure_logs(settings.log_level)
    await serve(Door(settings, name="service"), host="127.0.0.1", port=int(port))


PARTS: dict[str, Callable[[str], Awaitable[None]]] = {"door": be_door, "hands": be_hands}


async def main(part: str, value: str) -> None:
    await PARTS[part](value)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
