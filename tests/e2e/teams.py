"""A round in the sandbox's Teams: the small world's people have accounts there, and its bot speaks for itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from integration.bot import SCOPE, GetToken, TeamsBot
from integration.database.connection import Database
from tests.clocks import StillClock
from tests.sandbox.conftest import TENANT
from tests.sandbox.walk import user_id
from tests.support.bot import API
from tests.support.doors import doors, served
from tests.support.sandbox import RunningSandbox, sandbox_process
from tests.workflows.rounds import OPENS, World
from workflows.ports import Account, AccountKind, Recipients

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
        """What a person sees."""
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
    async def token(client_id: str, scope: str) -> str:
        del client_id
        assert scope == SCOPE
        answer = await sandbox.ask_token("bot", API)
        return str(answer.json()["access_token"])

    return token
