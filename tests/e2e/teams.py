"""A round in the sandbox's Teams: the small world's people have accounts there, and its bot speaks for itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from integration.bot import SCOPE, GetToken, TeamsBot
from integration.database.connection import Database
from teams_app import package
from tests.clocks import StillClock
from tests.sandbox.conftest import TENANT
from tests.sandbox.walk import install, make_group, refer, start_team, user_id
from tests.support.bot import API
from tests.support.doors import doors, served
from tests.support.sandbox import RunningSandbox, sandbox_process
from tests.workflows.status.rounds import OPENS, World
from workflows.ports.accounts import Account, AccountKind, Recipients

LEAD = "home.lead@county.example"
SEED = {
    "tenant": TENANT,
    "organisations": """
organisations:
  - {key: county, name: Fylket, kind: county, tenant: home, domain: county.example}
""",
    "people": f"""
people:
  - {{key: home-lead, name: Leder arena, email: {LEAD}, organisation: county}}
  - {{key: stranger, name: En annen, email: stranger@county.example, organisation: county}}
  - {{key: lead, name: Rolle lead, email: lead@county.example, organisation: county}}
""",
}


@dataclass(frozen=True)
class Teams:
    """The world, the sandbox its cards go to, and where its form is."""

    world: World
    sandbox: RunningSandbox
    form_url: str

    def page_of(self, email: str) -> str:
        """Return the page that a person sees."""
        return f"{self.sandbox.url}/people/{quote(email)}"

    async def install_for(self, email: str) -> None:
        """Give a person the app; Teams then opens their chat with the bot."""
        apps = await self.sandbox.graph(
            "GET", "/appCatalogs/teamsApps", params={"$filter": "distributionMethod eq 'organization'"}
        )
        bind = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{apps.json()['value'][0]['id']}"
        user = await user_id(self.sandbox, email)
        body = {"teamsApp@odata.bind": bind}
        answer = await self.sandbox.graph("POST", f"/users/{user}/teamwork/installedApps", body)
        assert answer.status_code == 201, answer.text

    async def team_of(self, *emails: str) -> str:
        """Give the municipality a team of these people with the app in it; returns its general channel."""
        owner, *members = [await user_id(self.sandbox, email) for email in emails]
        group = await make_group(self.sandbox, owner)
        for member in members:
            await refer(self.sandbox, group, member)
        assert (await start_team(self.sandbox, group)).status_code == 202
        assert (await install(self.sandbox, group, list(package.permissions()))).status_code == 201
        channels = await self.sandbox.graph("GET", f"/teams/{group}/channels", app="hands")
        return str(channels.json()["value"][0]["id"])

    async def seen_by(self, email: str) -> list[dict[str, Any]]:
        """The messages of the channels that a person sees."""
        chats = await self.sandbox.control("GET", f"people/{email}/chats")
        return [message for chat in chats if chat["kind"] == "channel" for message in chat["messages"]]

    async def press(self, email: str, message: Mapping[str, Any], verb: str, **data: Any) -> dict[str, Any]:
        """Press a button of a card in a channel as a person; what they see then."""
        body = {"conversation": message["thread"], "activity": message["activity"], "verb": verb, "data": data}
        answer: dict[str, Any] = await self.sandbox.control("POST", f"people/{email}/act", body)
        return answer


@asynccontextmanager
async def teams_world(database: Database, folder: Path) -> AsyncIterator[Teams]:
    """*folder*: where the sandbox's seed is written."""
    for name, text in SEED.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    # In a process of its own: the SDK looks keys up synchronously, and a server on this loop could not answer.
    async with sandbox_process(seed=folder) as sandbox:
        env = sandbox.env
        bot = TeamsBot(
            bot_id=env["VAREUNGE_BOT_ID"],
            tenant_id=env["VAREUNGE_TENANT_ID"],
            service_url=env["VAREUNGE_BOT_SERVICE_URL"],
            token=_token(sandbox),
            # Of its own: who waits for a limit must not move the world's time.
            clock=StillClock(OPENS),
            recipients=Recipients(None),
        )
        world = World(database, teams=bot)
        emails = [LEAD, "stranger@county.example", "lead@county.example"]
        world.accounts.accounts = [
            Account(id=await user_id(sandbox, email), email=email, kind=AccountKind.MEMBER) for email in emails
        ]
        app = doors(
            world,
            bot_id=env["VAREUNGE_BOT_ID"],
            tenant_id=env["VAREUNGE_TENANT_ID"],
            service_url=env["VAREUNGE_BOT_SERVICE_URL"],
            metadata_url=env["VAREUNGE_BOT_METADATA_URL"],
        )
        async with served(app) as url:
            await sandbox.control("PUT", "bot", {"endpoint": f"{url}/api/messages"})
            try:
                yield Teams(world, sandbox, url)
            finally:
                await bot.close()


def _token(sandbox: RunningSandbox) -> GetToken:
    async def token(client_id: str, scope: str, *, fresh: bool = False) -> str:
        del client_id, fresh
        assert scope == SCOPE
        answer = await sandbox.ask_token("bot", API)
        return str(answer.json()["access_token"])

    return token
