"""The county lead before the pages, with the whole service and a sandbox behind them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from config.values import Role
from integration.database.units import UnitState
from tests.support.rollout import LONGEST_WAIT, Bench, bench, small
from tests.support.signed_in import Browser
from wiring.process import Services
from wiring.sign_in import create_gate


@dataclass
class CountyLead:
    """A county lead's browser, and the service that answers it."""

    bench: Bench
    browser: Browser

    async def sign_in(self) -> None:
        """Begin a session, also anew once the one before has ended."""
        services = self.bench.services
        programme = await services.record.register.programme()
        person = programme.holders(Role.COUNTY_LEAD, on=programme.today(services.clock.now()))[0]
        gate = create_gate(services.outside, services.jobs)
        self.browser.sign_in(gate, await gate.sessions.start(person.key, issuer="test", subject=person.key))

    async def again(self) -> None:
        """Go on after a restart of the service, with the same session."""
        cookies, csrf = self.browser.cookies, self.browser.csrf
        await self.browser.aclose()
        services = self.bench.services
        self.browser = Browser(transport=httpx.ASGITransport(services.web), base_url=services.settings.public_url)
        self.browser.cookies, self.browser.csrf = cookies, csrf

    async def page(self, path: str) -> str:
        """Return the page at *path*; it has to be there."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, path
        return answer.text

    async def send(self, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        return await self.browser.send_form(path, form)

    async def press(self, path: str, form: dict[str, str] | None = None) -> str:
        """Send a form that leads to another page, and return where."""
        answer = await self.send(path, form)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def run(self, *kinds: str) -> None:
        """Let the service do what is due of these kinds, as often as it parks for a while."""
        await run_kinds(self.bench.services, *kinds)


async def run_kinds(services: Services, *kinds: str) -> None:
    """Let *services* do what is due of these kinds, as often as it parks for a while."""
    latest = services.clock.now() + LONGEST_WAIT
    async with services.clock.busy():
        while True:
            units = [unit for unit in await services.record.units.list_units() if unit.key.startswith(kinds)]
            waiting = [unit for unit in units if unit.state is UnitState.WAITING and unit.due_at <= latest]
            if not waiting:
                return
            await services.clock.sleep_until(min(unit.due_at for unit in waiting))
            await services.engine.run_due([unit.key for unit in waiting])


@pytest.fixture
async def lead(database_file: Path) -> AsyncIterator[CountyLead]:
    """The county lead of the small programme, of which nothing was made yet."""
    async with bench(database_file, documents=small()) as found:
        services = found.services
        browser = Browser(transport=httpx.ASGITransport(services.web), base_url=services.settings.public_url)
        county_lead = CountyLead(found, browser)
        await county_lead.sign_in()
        yield county_lead
        await county_lead.browser.aclose()
