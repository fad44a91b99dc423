"""Messages to a storage queue, as its interface takes them, from a server on this machine."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from aiohttp import web

from integration import unit_queue
from integration.clock import SystemClock
from integration.unit_queue import UnitQueue
from tests.support.aiohttp_server import serving
from workflows.errors import Transient
from workflows.ports.units import DueUnit

HOUR = timedelta(hours=1)
WEEKS = 14 * 24 * 3600
NOW = DueUnit(key="status.send:<larvik> & co/2026-09-08", due_at=datetime(2026, 9, 8, 7, tzinfo=UTC))


class Storage:
    """The account's queues, and the endpoint that gives tokens: `taken` is what came, `status` what is answered."""

    def __init__(self) -> None:
        self.address = ""
        self.taken: list[web.Request] = []
        self.keys: list[str] = []
        self.status = 201
        self.tokens = 0

    async def put(self, request: web.Request) -> web.Response:
        self.taken.append(request)
        text = ElementTree.fromstring(await request.text()).findtext("MessageText")
        self.keys.append(json.loads(text or "")["unit"])
        return web.Response(status=self.status, headers={"x-ms-error-code": "QueueNotFound"})

    async def describe(self, request: web.Request) -> web.Response:
        count = {"units": 3, "units-poison": 1}[request.match_info["queue"]]
        assert request.query["comp"] == "metadata"
        return web.Response(headers={"x-ms-approximate-messages-count": str(count)})

    async def give_token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        assert (request.query["client_id"], request.query["resource"]) == ("door", "https://storage.azure.com")
        ends = int((datetime.now(UTC) + HOUR).timestamp())
        given = {"access_token": "token", "expires_on": str(ends), "resource": "storage", "token_type": "Bearer"}
        return web.json_response(given)


@pytest.fixture
async def storage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storage]:
    storage = Storage()
    app = web.Application()
    app.router.add_get("/msi/token", storage.give_token)
    app.router.add_post("/account/units/messages", storage.put)
    app.router.add_get("/account/{queue}", storage.describe)
    async with serving(app) as here:
        storage.address = f"{here}/account"
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{here}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "secret")
        yield storage


@pytest.fixture
async def queue(storage: Storage) -> AsyncIterator[UnitQueue]:
    """The queue, sent to by the Door's identity."""
    queue = UnitQueue(storage.address, "door", SystemClock())
    yield queue
    await queue.close()


async def test_a_message_names_its_unit_and_lives_longer_than_it_is_hidden(storage: Storage, queue: UnitQueue) -> None:
    await queue.send([NOW])

    [taken] = storage.taken
    assert storage.keys == [NOW.key]
    assert (taken.query["visibilitytimeout"], taken.query["messagettl"]) == ("0", str(WEEKS))
    sent_at = parsedate_to_datetime(taken.headers["x-ms-date"])
    assert abs(datetime.now(UTC) - sent_at) < HOUR
    assert taken.headers["x-ms-version"] >= "2017-11-09", "the first that takes an identity's token"


async def test_a_message_is_hidden_for_whole_seconds_until_its_unit_is_due(storage: Storage, queue: UnitQueue) -> None:
    await queue.send([DueUnit(key="sweep:x", due_at=datetime.now(UTC) + HOUR)])
    await queue.send([NOW], not_before=timedelta(milliseconds=1500))

    hidden = [int(taken.query["visibilitytimeout"]) for taken in storage.taken]
    assert hidden == [3600, 2]


async def test_the_identity_sends_with_one_token(storage: Storage, queue: UnitQueue) -> None:
    await queue.send([NOW])
    await queue.send([NOW] * 3)

    assert {taken.headers["Authorization"] for taken in storage.taken} == {"Bearer token"}
    assert storage.tokens == 1


async def test_a_signature_goes_along_as_it_was_given(storage: Storage) -> None:
    queue = UnitQueue(f"{storage.address}?sv=2024-08-04&sig=a%2Fb%2Bc%3D", "", SystemClock())
    await queue.send([NOW])
    await queue.close()

    [taken] = storage.taken
    assert taken.raw_path.endswith("sv=2024-08-04&sig=a%2Fb%2Bc%3D")
    assert "Authorization" not in taken.headers


async def test_both_depths_are_told(queue: UnitQueue) -> None:
    assert await queue.depths() == (3, 1)


async def test_a_refusal_names_its_reason_and_what_stands_behind_is_not_tried(
    storage: Storage, queue: UnitQueue
) -> None:
    storage.status = 404

    with pytest.raises(Transient, match="the queue answered 404 QueueNotFound"):
        await queue.send([NOW] * 500)
    assert len(storage.taken) < 500


async def test_nothing_piles_up_before_a_queue_that_is_away(
    storage: Storage, queue: UnitQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.status = 503
    for _ in range(500):
        queue.announce([NOW])
    await queue.settle()
    tried = len(storage.taken)
    assert tried < 500

    storage.status = 201
    queue.announce([NOW])
    await queue.settle()
    assert len(storage.taken) == tried, "it has a rest"

    await queue.send([NOW])
    assert len(storage.taken) == tried + 1, "the timer asks it all the same"
    monkeypatch.setattr(unit_queue, "time", Later())
    queue.announce([NOW])
    await queue.settle()
    assert len(storage.taken) == tried + 2


class Later:
    """The machine's time after the rest."""

    def monotonic(self) -> float:
        return unit_queue.REST + 10**9
