"""The least that an answer could cost, for `benchmarks.answers`: a bare FastAPI route that inserts the same row.

A process of its own, with uvicorn, SQLAlchemy's own engine and nothing of ours but the table's columns, on the database
that the Doors write to.
"""

import json
import socket
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, MetaData, Table, insert
from sqlalchemy.ext.asyncio import create_async_engine

from integration.database import tables

PATIENCE = 60.0
"""Seconds that one may take on a machine that is busy."""
WARM_UP = 50
"""Inserts before the time is taken."""
WORDS = {"light": "green", "done": "Svar nummer 1", "next": "Vi går videre.", "indicators": {"antall": 1}}
"""An answer's content, as long as those that the Doors are sent."""


def create_bare(database_url: str) -> FastAPI:
    """Return the application: a route that inserts a row and commits, and one that tells the processor time."""
    columns = [
        Column(each.name, each.type, primary_key=each.primary_key, nullable=each.nullable)
        for each in tables.status_answer.columns
    ]
    table = Table("bare_answer", MetaData(), *columns)
    engine = create_async_engine(database_url)
    app = FastAPI()

    @app.post("/prepare")
    async def prepare() -> dict[str, str]:
        async with engine.begin() as connection:
            await connection.run_sync(table.metadata.create_all)
        return {"status": "ok"}

    @app.post("/answers/{version}")
    async def answer(version: int, content: dict[str, Any]) -> dict[str, str]:
        row = {"request": "bare", "version": version, "at": datetime.now(UTC), "by": "person", "surface": "form"}
        async with engine.begin() as connection:
            await connection.execute(insert(table).values(**row, on_behalf=False, content=content))
        return {"status": "ok"}

    @app.get("/processor")
    async def processor() -> float:
        return time.process_time()

    return app


async def serve_bare(database_url: str, file: int) -> None:
    """Serve the application at an open socket until the process ends."""
    config = uvicorn.Config(create_bare(database_url), log_config=None, access_log=False, lifespan="off", ws="none")
    await uvicorn.Server(config).serve(sockets=[socket.socket(fileno=file)])


async def price_of_insert(address: str, inserts: int) -> float:
    """Return the milliseconds of a processor that one insert costs the server at *address*."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False) as http:
        (await http.post("/prepare")).raise_for_status()
        await _insert(http, range(WARM_UP))
        began = float((await http.get("/processor")).json())
        await _insert(http, range(WARM_UP, WARM_UP + inserts))
        return 1000 * (float((await http.get("/processor")).json()) - began) / inserts


async def _insert(http: httpx.AsyncClient, versions: Iterable[int]) -> None:
    """Insert one row after the other: what each costs does not depend on how many are on their way."""
    body = json.dumps(WORDS).encode()
    for version in versions:
        given = {"content-type": "application/json"}
        (await http.post(f"/answers/{version}", content=body, headers=given)).raise_for_status()
