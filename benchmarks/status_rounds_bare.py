"""The floor of `benchmarks.status_rounds`: a plain client that opens the same chats and posts the same cards.

One token, no limits but a pause between two cards, no retries, nothing stored and nothing drawn.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import select

from config.settings import Settings
from integration.database import tables
from integration.database.connection import create_database
from integration.identity import Identities

CARD = "application/vnd.microsoft.card.adaptive"


async def send(url: str, kind: str, scope: str, permitted: int) -> float:
    """Send every card of *kind* in the database at *url* once more; returns the processor time, in seconds."""
    settings, contents = Settings(), await _contents(url, kind)
    identities = Identities()
    token = await identities.token(settings.bot_id, scope)
    await identities.close()
    address = f"{settings.bot_service_url}/v3/conversations"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False) as http:
        started = time.process_time()
        for content in contents:
            await _post(http, address, settings, content)
            # Two requests: within the permitted rate however quick the answers are.
            await asyncio.sleep(2.1 / permitted)
        return time.process_time() - started


async def _contents(url: str, kind: str) -> Sequence[dict[str, Any]]:
    database = create_database(url)
    async with database.read() as connection:
        query = select(tables.message.c.content).where(tables.message.c.kind == kind)
        found = (await connection.execute(query)).scalars().all()
    await database.close()
    return found


async def _post(http: httpx.AsyncClient, address: str, settings: Settings, content: dict[str, Any]) -> None:
    chat = {
        "bot": {"id": f"28:{settings.bot_id}"},
        "members": [{"id": content["address"]}],
        "tenantId": settings.tenant_id,
        "channelData": {"tenant": {"id": settings.tenant_id}},
        "isGroup": False,
    }
    opened = (await http.post(address, json=chat)).raise_for_status().json()
    card = {"contentType": CARD, "content": content["card"]}
    message = {"type": "message", "summary": content["subject"], "attachments": [card]}
    (await http.post(f"{address}/{opened['id']}/activities", json=message)).raise_for_status()
