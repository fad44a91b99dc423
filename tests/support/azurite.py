"""A storage queue of this run's own: Microsoft's Azurite, and the part of the Functions host that reads queues."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.storage.queue import AccountSasPermissions, QueueMessage, ResourceTypes, generate_account_sas
from azure.storage.queue.aio import QueueClient

from tests.support.patience import PATIENCE
from tests.support.postgres import free_port

PROGRAM = Path(__file__).parents[1] / "azurite" / "node_modules" / ".bin" / "azurite-queue"
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key that every Azurite in the world has."""
UNITS, POISON = "units", "units-poison"
MOST_READS = 5
"""The host's `maxDequeueCount`."""
STARTS_WITHIN = 60

Deliver = Callable[[bytes], Awaitable[None]]


def why_missing() -> str:
    """Return why no queue can be started here, for a skipped test; empty when one can."""
    if not PROGRAM.exists() or shutil.which("node") is None:
        return "Azurite is not installed: npm ci --ignore-scripts --prefix tests/azurite"
    return ""


class Azurite:
    """A queue service in a process of its own. It may be stopped and started again, and then has forgotten all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the account's address, with a signature that lets the bearer do everything."""
        signature = generate_account_sas(
            ACCOUNT,
            KEY,
            ResourceTypes(service=True, container=True, object=True),
            AccountSasPermissions(read=True, write=True, delete=True, list=True, add=True, update=True, process=True),
            datetime.now(UTC) + timedelta(days=1),
        )
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}?{signature}"

    def start(self) -> None:
        """Start, and return when it answers."""
        options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
        command = [str(PROGRAM), "--queuePort", str(self.port), *options]
        self._process = subprocess.Popen(
            command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            assert time.monotonic() < until, "Azurite did not start"
            time.sleep(0.05)  # It is another process.

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stop at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None


@contextmanager
def running_azurite() -> Iterator[Azurite]:
    """Give a new queue service, and take it away again."""
    with tempfile.TemporaryDirectory(prefix="vareunge-azurite-") as folder:
        azurite = Azurite(Path(folder))
        azurite.start()
        try:
            yield azurite
        finally:
            azurite.stop()


class QueueHost:
    """
    The part of the Functions host that reads queues: gives each message to the function of its queue, deletes it when
    that returns, shows it again when it raises, and sets it aside after MOST_READS.

    *hidden*: how long a message is hidden while it is worked on; the host takes ten minutes. *pause*: how long after a
    failure.
    """

    def __init__(self, url: str, functions: Mapping[str, Deliver], *, hidden: int = 600, pause: int = 0) -> None:
        self._functions = functions
        self._clients = {name: QueueClient(url, name) for name in (UNITS, POISON)}
        self._hidden = hidden
        self._pause = pause

    async def create_queues(self) -> None:
        """Make the queues. A repeat is harmless."""
        for client in self._clients.values():
            with suppress(ResourceExistsError):
                await client.create_queue()

    async def put(self, body: str, *, name: str = UNITS) -> None:
        """Put a message of any kind into a queue."""
        await self._clients[name].send_message(body)

    async def waiting(self, name: str = UNITS) -> int:
        """Return how many messages a queue holds, hidden ones too."""
        return (await self._clients[name].get_queue_properties()).approximate_message_count or 0

    async def deliver_one(self, name: str = UNITS) -> bool:
        """Read one message that can be seen and have it worked on; False when there is none."""
        client = self._clients[name]
        message = await client.receive_message(visibility_timeout=self._hidden)
        if message is None:
            return False
        try:
            async with self._kept_hidden(client, message):
                await self._functions[name](message.content.encode())
        except Exception:  # noqa: BLE001 - As the host: whatever a function raises, its message comes again.
            if name == UNITS and (message.dequeue_count or 0) >= MOST_READS:
                await self._clients[POISON].send_message(message.content)
                await client.delete_message(message)
            else:
                await client.update_message(message, visibility_timeout=self._pause)
        else:
            # One that was seen again meanwhile, since this process stood still, is another reader's to delete.
            with suppress(HttpResponseError):
                await client.delete_message(message)
        return True

    @asynccontextmanager
    async def _kept_hidden(self, client: QueueClient, message: QueueMessage) -> AsyncIterator[None]:
        """Renew the time for which a message is hidden, as the host does while its function runs."""
        over = asyncio.Event()

        async def renew() -> None:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), self._hidden / 3)
                if over.is_set():
                    return
                with suppress(HttpResponseError):
                    renewed = await client.update_message(message, visibility_timeout=self._hidden)
                    message.pop_receipt = renewed.pop_receipt

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            over.set()
            await renewing

    async def deliver_all(self, name: str = UNITS) -> int:
        """Deliver until no message can be seen; returns how many that were."""
        count = 0
        while await self.deliver_one(name):
            count += 1
        return count

    async def clear(self) -> None:
        """Lose all messages."""
        for client in self._clients.values():
            await client.clear_messages()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
