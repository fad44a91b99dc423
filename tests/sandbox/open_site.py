"""A site that Hands was let into, for the tests of what lies on sites."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.sandbox.walk import make_group
from tests.support.sandbox import RunningSandbox


@dataclass(frozen=True)
class OpenSite:
    """Paths are relative to the site, `drive/…` ones to its library."""

    sandbox: RunningSandbox
    group: str
    id: str
    drive: str

    async def ask(self, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        """As Hands, which has nothing but the grant on this site."""
        base = f"/drives/{self.drive}" if path.startswith("/drive/") else f"/sites/{self.id}"
        return await self.sandbox.graph(method, base + path.removeprefix("/drive"), json, app="hands", **more)

    async def put(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        more = {"Content-Type": "application/octet-stream", **headers}
        return await self.ask("PUT", f"/drive/root:/{path}:/content", content=content, headers=more)


async def let_in(sandbox: RunningSandbox, site: str, role: str, app: str = "hands") -> httpx.Response:
    identity = {"application": {"id": sandbox.env[f"VAREUNGE_{app.upper()}_ID"], "displayName": app}}
    body = {"roles": [role], "grantedToIdentities": [identity]}
    return await sandbox.graph("POST", f"/sites/{site}/permissions", body)


async def open_site(sandbox: RunningSandbox) -> OpenSite:
    group = await make_group(sandbox)
    site = (await sandbox.graph("GET", f"/groups/{group}/sites/root")).json()["id"]
    assert (await let_in(sandbox, site, "manage")).status_code == 201
    drive = (await sandbox.graph("GET", f"/sites/{site}/drive", app="hands")).json()["id"]
    return OpenSite(sandbox, group, site, drive)
