"""An answer asks the database few questions, and no more after years: people wait, and each costs processor time."""

from collections.abc import AsyncIterator
from math import inf
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from benchmarks.country import write_country
from benchmarks.history import meeting_day, write_history
from benchmarks.pages import counted_statements
from config.loading import load_documents
from config.settings import Part, Settings
from integration.bot_endpoint import CardAction
from integration.database import connection
from tests.clocks import StillClock
from tests.wiring.test_sweep_cost import NOW
from web.bot.actions import ANSWER, StatusActions
from wiring.process import Services
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.bot import Conversation
from workflows.status.plan import package_leads, request_id

STATEMENTS = {"sqlite": 9, "postgresql": 4}
"""Statements of an answer, `BEGIN` and `COMMIT` aside: what stands, with the link of a form; the lock of the request;
the writes with the audit's head (on PostgreSQL one, on SQLite five); and its entry (one and two)."""
PUBLIC = "https://samordning.example"


class Answering:
    """A service with an open round, of which one request is answered again and again."""

    def __init__(self, services: Services, request: str, token: str) -> None:
        self._request = request
        self._path = f"/svar/{token}"
        self._web = httpx.AsyncClient(transport=httpx.ASGITransport(services.answers), base_url=PUBLIC)
        self._actions = StatusActions(services.jobs.status.answering)
        self._written = 0

    async def by_form(self, **more: str) -> int:
        """Return the number of statements of an answer."""
        body = urlencode(self._words(more)).encode()
        with counted_statements() as statements:
            answer = await self._web.post(
                self._path, content=body, headers={"content-type": "application/x-www-form-urlencoded"}
            )
        assert answer.status_code == 200
        return len(statements)

    async def by_card(self, **more: str) -> int:
        """Return the number of statements of a press."""
        press = CardAction(
            verb=ANSWER,
            data={**self._words(more), "request_id": self._request},
            sender_object_id="lead-id",
            conversation=Conversation(id="a:1", service_url=PUBLIC),
            activity_id="1",
        )
        with counted_statements() as statements:
            reply = await self._actions.act(press)
        assert reply["statusCode"] == 200
        return len(statements)

    def _words(self, more: dict[str, str]) -> dict[str, str]:
        self._written += 1
        return {"light": "green", "done": f"Svar nummer {self._written}", "next": "Vi går videre.", **more}


@pytest.fixture
async def services(either_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    """A service whose first write looks at the schema, and no later one, however long the test takes."""
    monkeypatch.setattr(connection, "SCHEMA_CHECK_INTERVAL", inf)
    services = Services(Settings(part=Part.DOOR, database_url=either_url, public_url=PUBLIC), name="test")
    services.outside.__dict__["clock"] = StillClock(NOW)
    yield services
    await services.close()


async def answering(services: Services, folder: Path, *, rounds: int) -> Answering:
    """Return the open round of a small country, the newest of *rounds*; what is read once was read."""
    write_country(folder, 2)
    record = services.record
    programme = await record.register.save(load_documents(folder))
    await write_history(record.database, programme, rounds, NOW)
    package = next(item for item in programme.work_packages if item.municipality == programme.municipalities[0].slug)
    meeting = f"{programme.local_board(package.municipality).key}/{meeting_day(0, NOW)}"
    request, person = request_id(meeting, package.key), package_leads(programme, package.key, NOW.date())[0]
    await record.accounts.remember([Account(id="lead-id", email=person.email, kind=AccountKind.MEMBER)])
    found = Answering(services, request, await record.links.issue("answer", request, person.key))
    await found.by_form()
    await found.by_card()
    return found


async def test_an_answer_asks_the_database_few_questions(services: Services, tmp_path: Path) -> None:
    answers = await answering(services, tmp_path, rounds=1)
    dialect = services.settings.database_url.partition("+")[0]

    assert await answers.by_form() == STATEMENTS[dialect]
    assert await answers.by_card() == STATEMENTS[dialect]


async def test_an_answer_asks_as_often_after_many_rounds_as_after_few(services: Services, tmp_path: Path) -> None:
    few = await answering(services, tmp_path, rounds=2)
    cost = await few.by_form(), await few.by_card()
    many = await answering(services, tmp_path, rounds=12)

    assert (await many.by_form(), await many.by_card()) == cost
