"""A browser between the service and the sandbox's providers, all over HTTP but for the service's own side."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from config.loading import load_documents
from config.programme import Programme
from config.settings import Settings
from config.values import Role
from integration.database.connection import Database
from integration.database.messages import SQLMessages
from tests.clocks import StillClock
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.signed_in import OURS
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web
from workflows.access.sessions import csrf_token
from workflows.ports.accounts import Account, AccountKind

VESTFOLD = Path(__file__).parents[3] / "config" / "vestfold"
OURSELVES = "http://127.0.0.1:8000"


class Journey:
    """A service beside the sandbox, and browsers that go between them."""

    def __init__(self, sandbox: RunningSandbox, outside: Outside, clock: StillClock, programme: Programme) -> None:
        self.sandbox = sandbox
        self.outside = outside
        self.clock = clock
        self.programme = programme
        self.address = OURSELVES
        self.renew()

    def renew(self) -> None:
        """Make the service anew, as after a restart."""
        self.app = create_web(self.outside, Jobs(self.outside), around=nullcontext)

    def give_programme(self, programme: Programme) -> None:
        """Have the register hold another programme."""
        self.programme = programme
        vars(self.outside.record)["register"] = _Register(programme)
        self.renew()

    def email(self, person: str) -> str:
        return self.programme.person(person).email

    def local_lead(self) -> str:
        """Return a local lead whose account is a guest's."""
        lead = next(
            item for item in self.programme.assignments if item.role is Role.LOCAL_LEAD and self._is_guest(item.person)
        )
        return lead.person

    def county_lead(self) -> str:
        return next(item.person for item in self.programme.assignments if item.role is Role.COUNTY_LEAD)

    def _is_guest(self, person: str) -> bool:
        return self.programme.is_guest(self.programme.person(person))

    async def know_account(self, person: str, **changes: Any) -> str:
        """Note the account of a person, as a rollout does; one of a guest is made first. Return its object id."""
        email = self.email(person)
        if self._is_guest(person):
            user = self.sandbox.here.tenant.directory.add_member_user(name=person, email=email)
            user.guest = True
        else:
            user = self.sandbox.here.tenant.directory.get_user(email)
        kind = AccountKind.GUEST if user.guest else AccountKind.MEMBER
        account = Account(**{"id": user.id, "email": email, "kind": kind, **changes})
        await self.outside.record.accounts.remember([account], people={email.lower(): person})
        return user.id

    def browser(self) -> "Browser":
        return Browser(self)

    async def mails(self) -> list[str]:
        """Return the addresses in the mails with a link that binds."""
        waiting = await SQLMessages(self.outside.record.database).list_messages(kind="links.mail")
        return [re.findall(r'href="([^"]+/logg-inn/knytt/[^"]+)"', item.content.html)[0] for item in waiting]

    async def wrong(self, **claims: Any) -> None:
        """Have the next token's claims replaced."""
        await self.sandbox.control("POST", "sign-in/claims", claims)


class _Register:
    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    async def programme(self) -> Programme:
        return self._programme

    async def find_programme(self) -> Programme:
        return self._programme


class Browser:
    """One person's browser: cookies of ours, and the page that is open."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.ours = httpx.AsyncClient(transport=httpx.ASGITransport(journey.app), base_url=OURSELVES)
        self.page = httpx.Response(0)
        self.addresses: list[str] = []

    async def go(self, address: str) -> httpx.Response:
        """Open an address, here or at the sandbox, and follow where it leads."""
        for _ in range(8):
            self.addresses.append(address)
            is_ours = address.startswith(("/", OURSELVES))
            self.page = await (self.ours if is_ours else self.journey.sandbox.client).get(address)
            if not self.page.has_redirect_location:
                return self.page
            address = self.page.headers["location"]
        raise AssertionError(f"in a circle: {self.addresses}")

    async def follow(self, words: str) -> httpx.Response:
        """Press a link by its words."""
        links = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.page.text, re.DOTALL)
        address = unescape(next(href for href, inner in links if words in re.sub("<[^>]+>", "", inner)))
        base = self.addresses[-1].partition("?")[0]
        return await self.go(f"{base}{address}" if address.startswith("?") else address)

    async def send(self, address: str, **form: str) -> httpx.Response:
        """Send the form of a page of ours, with its hidden fields."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.page.text))
        self.page = await self.ours.post(address, data={**hidden, **form}, headers=OURS)
        if self.page.has_redirect_location:
            return await self.go(self.page.headers["location"])
        return self.page

    async def sign_in(self, email: str, *, by: str = "Microsoft") -> httpx.Response:
        """Sign in as a person does: our page, the provider, the name, and back; then the page with one's name."""
        await self.go(f"/logg-inn?{urlencode({'til': '/meg'})}")
        await self.follow(f"Logg inn med {by}")
        page = await self.follow(email)
        return await self.go("/logg-ut") if self.session else page

    async def leave_for(self, provider: str, *, query: str = "") -> dict[str, str]:
        """Begin a sign-in, and return the request that the provider gets."""
        self.page = await self.ours.get(f"/logg-inn/{provider}{query}")
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.headers["location"]).query).items()}

    async def answer_of(self, request: dict[str, str], email: str, provider: str = "entra") -> str:
        """Return the address with which the provider sends that person back."""
        env = self.journey.sandbox.env
        place = "ansattporten" if provider == "ansattporten" else f"{env['VAREUNGE_TENANT_ID']}/oauth2/v2.0"
        answer = await self.journey.sandbox.client.get(
            f"{self.journey.sandbox.url}/{place}/authorize", params={**request, "as": email}
        )
        return str(answer.headers["location"])

    @property
    def session(self) -> str:
        """The token of the session, empty when signed out."""
        return self.ours.cookies.get("vareunge") or ""

    @property
    def csrf(self) -> str:
        return csrf_token(self.session)

    async def is_signed_in(self) -> bool:
        return "Du er logget inn som" in (await self.ours.get("/logg-ut")).text


@asynccontextmanager
async def journey(database: Database, database_url: str, *, public_url: str = OURSELVES) -> AsyncIterator[Journey]:
    """Yield a journey with the product's own programme in the register."""
    async with running_sandbox() as sandbox:
        with patch.dict(os.environ, sandbox.env):
            settings = Settings(database_url=database_url, public_url=public_url, clock_url=None)
            outside, clock = Outside(settings, name="test"), StillClock()
            vars(outside)["clock"] = clock
            await outside.record.register.save(load_documents(VESTFOLD))
            yield Journey(sandbox, outside, clock, await outside.record.register.programme())
            await outside.close()
