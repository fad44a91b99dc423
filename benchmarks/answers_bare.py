"""The least that an answer could cost, for `benchmarks.answers`: what somebody would write by hand for it.

`bare` inserts the row and checks nothing. `checked` takes what the Doors take, form and card, and holds it against the
same: the link's signature or the Bot Framework's, the link's end, the account, the round, the package's leads, each
field, and personal numbers in what was written. Then it writes the next version in one transaction, and sends a receipt
of the same kind and size. Neither knows drafts, decisions, questions to lift, last time's answer, an audit, units,
languages, limits of time and size, or failures that people can read.

FastAPI, SQLAlchemy's own engine, pydantic, PyJWT, itsdangerous and Jinja2, and nothing of ours but the tables, the
privacy guard and the programme, which is read once.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import httpx
import jwt
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, Signer
from jinja2 import Environment
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from sqlalchemy import Column, MetaData, Table, bindparam, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from benchmarks.answers_client import BOT, TENANT, Client, Job, post
from integration.database import tables
from workflows.privacy_guard import doubts, holds_national_id

ISSUER = "https://api.botframework.com"
WORDS = {"light": "green", "done": "Svar nummer 1", "next": "Vi går videre.", "indicators": {"antall": 1}}
"""An answer's content, as long as those that the Doors are sent."""
MOST = 1000
"""Characters of a text."""
_METADATA = MetaData()
_BARE = Table(
    "bare_answer",
    _METADATA,
    *(
        Column(each.name, each.type, primary_key=each.primary_key, nullable=each.nullable)
        for each in tables.status_answer.columns
    ),
)


# ----------------------------------------------------------------------------------------------------------------- bare


class BareClient(Client):
    """A client that has a row inserted by each request."""

    def _next(self) -> tuple[bytes, Job, str]:
        self._sent += 1
        # Any answer by form: what comes back is looked at in the same way.
        job = next(job for job in self._jobs if job.token)
        return post(f"/answers/{self._sent}", json.dumps(WORDS).encode(), "application/json"), job, str(self._sent)


async def prepare_bare(database_url: str) -> None:
    """Make the table that bare inserts go to."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_METADATA.create_all)
    await engine.dispose()


def create_bare(database_url: str) -> FastAPI:
    """Return the application: a route that inserts a row and commits."""
    engine, app = create_async_engine(database_url), FastAPI()

    @app.post("/answers/{version}")
    async def answer(version: int, content: dict[str, Any]) -> dict[str, str]:
        row = {"request": "bare", "version": version, "at": datetime.now(UTC), "by": "person", "surface": "form"}
        async with engine.begin() as connection:
            await connection.execute(insert(_BARE).values(**row, on_behalf=False, content=content))
        return {"status": "ok"}

    return app


# -------------------------------------------------------------------------------------------------------------- checked


def _guarded(text: str) -> str:
    if holds_national_id(text) or doubts(text):
        raise ValueError("a person's data")
    return text.strip()


Text = Annotated[str, StringConstraints(max_length=MOST), AfterValidator(_guarded)]


class Content(BaseModel):
    """An answer's fields."""

    light: Literal["green", "yellow", "red", "grey"]
    done: Text = ""
    next: Text = ""
    hinders: Text = ""
    question: Text = ""
    proposal: Text = ""
    lesson: Text = ""
    outlook: Text = ""
    indicators: dict[str, Annotated[float, Field(ge=0, lt=1e12)]] = {}


class _Identified(BaseModel):
    id: str


class _Sender(BaseModel):
    object_id: str = Field(alias="aadObjectId")


class _ChannelData(BaseModel):
    tenant: _Identified


class _Action(BaseModel):
    type: Literal["Action.Execute"]
    verb: Literal["answer_status"]
    data: dict[str, str]


class _Value(BaseModel):
    action: _Action


class Activity(BaseModel):
    """A button that was pressed."""

    type: Literal["invoke"]
    name: Literal["adaptiveCard/action"]
    channel_id: Literal["msteams"] = Field(alias="channelId")
    service_url: str = Field(alias="serviceUrl")
    sender: _Sender = Field(alias="from")
    conversation: _Identified
    channel_data: _ChannelData = Field(alias="channelData")
    value: _Value


@dataclass(frozen=True)
class Known:
    """Keys of links and of the Bot Framework, and what the programme says; read once."""

    links: Signer
    bot: Any
    people: Mapping[str, str]
    """Persons by address."""
    leads: Mapping[str, frozenset[str]]
    """Persons by package."""
    numbers: Mapping[str, frozenset[str]]
    """Keys of numbers by package."""


_request, _round, _link, _account = tables.status_request, tables.status_round, tables.link, tables.account
_ASKED = (
    _request.c.id,
    _request.c.work_package,
    _request.c.state,
    _request.c.latest_version,
    _round.c.state.label("round"),
    _round.c.deadline_at,
)
_BY_LINK = (
    select(*_ASKED, _link.c.person)
    .join(_round, _round.c.meeting == _request.c.meeting)
    .join(_link, _link.c.subject == _request.c.id)
    .where(_link.c.id == bindparam("of"), _link.c.purpose == "answer", _link.c.revoked_at.is_(None))
    .where(_link.c.expires_at.is_(None) | (_link.c.expires_at > bindparam("now")))
    .with_for_update(of=_request)
)
_BY_ACCOUNT = (
    select(*_ASKED, _account.c.email)
    .join(_round, _round.c.meeting == _request.c.meeting)
    .join(_account, _account.c.object_id == bindparam("object_id"))
    .where(_request.c.id == bindparam("of"), _account.c.enabled)
    .with_for_update(of=_request)
)
_INSERT = insert(tables.status_answer)
_ANSWERED = (
    update(_request)
    .where(_request.c.id == bindparam("of"))
    .values(state="answered", latest_version=bindparam("version"))
)
_RECEIPT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""<!doctype html>
<html lang="nb" data-color-scheme="auto">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Takk, statusen er lagret – {{ product }}</title>
  <link rel="stylesheet" href="/static/vendor/designsystemet/theme.css?v=0123456789ab">
  <link rel="stylesheet" href="/static/vendor/designsystemet/index.css?v=0123456789ab">
  <link rel="stylesheet" href="/static/app.css?v=0123456789ab">
  <link rel="icon" href="/static/icon.png?v=0123456789ab" type="image/png">
</head>
<body>
  <a class="ds-skip-link" href="#main">Gå til innholdet</a>
  <header class="page-header">
    <p class="page-name">{{ product }}</p>
    <p class="page-home"><a class="ds-link" href="/">Til forsiden</a></p>
  </header>
  <main id="main" tabindex="-1">
    <h1 class="ds-heading" data-size="lg">Takk, statusen er lagret</h1>
    <p class="ds-paragraph"><strong>{{ package }}</strong></p>
    <div class="ds-alert" data-color="success">
      <p class="ds-paragraph">Du kan endre svaret til {{ until }}.</p>
    </div>
    <p class="ds-paragraph"><a class="ds-link" href="{{ again }}">Endre svaret</a></p>
    <p class="ds-paragraph"><a class="ds-link" href="/pakke/{{ package }}">Se arbeidspakken</a></p>
    <h2 class="ds-heading" data-size="md">Lagret {{ at }}</h2>
    <dl class="answer-rows">
      {% for name, value in rows %}
      <dt>{{ name }}</dt>
      <dd>{{ value or "Ikke svart" }}</dd>
      {% endfor %}
    </dl>
  </main>
  <footer class="page-footer">
    <p>Personopplysninger skal ikke stå i svarene.</p>
    <ul>
      <li><a class="ds-link" href="/hjelp">Hjelp</a></li>
      <li><a class="ds-link" href="/tilgjengelighet">Tilgjengelighet</a></li>
      <li><a class="ds-link" href="/personvern">Personvern</a></li>
    </ul>
  </footer>
</body>
</html>
""")


async def create_checked(database_url: str, shift: timedelta, keys_url: str) -> FastAPI:
    """Return the application that takes forms and cards; its time is *shift* away."""
    engine, app, known = _writing_engine(database_url), FastAPI(), await _known(database_url, shift, keys_url)

    @app.post("/svar/{token}")
    async def form(token: str, request: Request) -> HTMLResponse:
        try:
            link = known.links.unsign(token).decode()
        except BadSignature:
            raise HTTPException(404) from None
        fields, now = (
            dict(parse_qsl((await request.body()).decode(), keep_blank_values=True)),
            datetime.now(UTC) + shift,
        )
        async with engine.begin() as connection:
            asked = (await connection.execute(_BY_LINK, {"of": link, "now": now})).one_or_none()
            if asked is None:
                raise HTTPException(404)
            content = _checked(known, asked, asked.person, fields, now)
            await _store(connection, asked, asked.person, content, now, surface="form")
        page = _RECEIPT.render(
            product="Våre unge 365",
            package=asked.work_package,
            until=f"{asked.deadline_at:%d.%m.%Y %H.%M}",
            at=f"{now:%d.%m.%Y %H.%M}",
            again=request.url.path,
            rows=[*content.model_dump(exclude={"indicators"}).items(), *content.indicators.items()],
        )
        return HTMLResponse(page)

    @app.post("/api/messages")
    async def card(activity: Activity, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        if activity.channel_data.tenant.id != TENANT:
            raise HTTPException(403)
        try:
            token = authorization.removeprefix("Bearer ")
            claims = jwt.decode(token, known.bot, algorithms=["RS256"], audience=BOT, issuer=ISSUER)
        except jwt.PyJWTError:
            raise HTTPException(401) from None
        if claims["serviceurl"] != activity.service_url:
            raise HTTPException(401)
        fields, now = activity.value.action.data, datetime.now(UTC) + shift
        who = {"of": fields.get("request_id", ""), "object_id": activity.sender.object_id}
        async with engine.begin() as connection:
            asked = (await connection.execute(_BY_ACCOUNT, who)).one_or_none()
            if asked is None:
                raise HTTPException(404)
            person = known.people.get(asked.email.lower(), "")
            content = _checked(known, asked, person, fields, now)
            await _store(connection, asked, person, content, now, surface="card")
        return {
            "statusCode": 200,
            "type": "application/vnd.microsoft.card.adaptive",
            "value": _receipt_card(asked, content, now),
        }

    return app


def _checked(known: Known, asked: Any, person: str, fields: Mapping[str, str], now: datetime) -> Content:
    if person not in known.leads.get(asked.work_package, ()):
        raise HTTPException(403)
    if asked.state not in ("open", "answered") or asked.round != "open" or now >= asked.deadline_at:
        raise HTTPException(410)
    numbers = {name.partition(":")[2]: value for name, value in fields.items() if name.startswith("indicator:")}
    if not numbers.keys() <= known.numbers.get(asked.work_package, frozenset()):
        raise HTTPException(422)
    try:
        return Content.model_validate({**fields, "indicators": numbers})
    except ValidationError:
        raise HTTPException(422) from None


async def _store(
    connection: AsyncConnection, asked: Any, person: str, content: Content, now: datetime, *, surface: str
) -> None:
    version = asked.latest_version + 1
    row = {"request": asked.id, "version": version, "at": now, "by": person, "surface": surface, "on_behalf": False}
    await connection.execute(_INSERT, {**row, "content": content.model_dump()})
    await connection.execute(_ANSWERED, {"of": asked.id, "version": version})


def _receipt_card(asked: Any, content: Content, now: datetime) -> dict[str, Any]:
    facts = [*content.model_dump(exclude={"indicators"}).items(), *content.indicators.items()]
    button = {"type": "Action.Execute", "title": "Endre svaret", "verb": "open_status"}
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": "nb",
        "body": [
            {
                "type": "TextBlock",
                "text": "Takk, statusen er lagret",
                "size": "Large",
                "weight": "Bolder",
                "wrap": True,
            },
            {"type": "TextBlock", "text": asked.work_package, "wrap": True},
            {"type": "TextBlock", "text": f"Lagret {now:%d.%m.%Y %H.%M}.", "isSubtle": True, "wrap": True},
            {"type": "TextBlock", "text": f"Du kan endre svaret til {asked.deadline_at:%d.%m.%Y}.", "wrap": True},
            {
                "type": "FactSet",
                "facts": [{"title": name, "value": str(value) or "Ikke svart"} for name, value in facts],
            },
        ],
        "actions": [{**button, "data": {"request_id": asked.id}}],
        "msteams": {"width": "Full"},
    }


def _writing_engine(database_url: str) -> AsyncEngine:
    """Return an engine whose transactions write from their first statement on."""
    engine = create_async_engine(database_url)
    if database_url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


async def _known(database_url: str, shift: timedelta, keys_url: str) -> Known:
    """Read what does not change while the answers come."""
    from benchmarks.status_rounds_stage import ShiftedClock
    from integration.database.connection import create_database
    from integration.database.register import SQLRegister
    from integration.database.switches import secret
    from workflows.status.plan import package_leads

    database, clock = create_database(database_url), ShiftedClock(shift)
    programme = await SQLRegister(database, clock).programme()
    key = await secret(database, "links", now=clock.now())
    await database.close()
    async with httpx.AsyncClient(trust_env=False) as http:
        published = (await http.get(keys_url)).raise_for_status().json()
    today = programme.today(clock.now())
    return Known(
        links=Signer(key, salt="links", key_derivation="hmac", digest_method=hashlib.sha256),
        bot=jwt.PyJWK(published["keys"][0]).key,
        people={person.email.lower(): person.key for person in programme.people},
        leads={
            package.key: frozenset(person.key for person in package_leads(programme, package.key, today))
            for package in programme.work_packages
        },
        numbers={
            package.key: frozenset(item.key for item in package.indicators) for package in programme.work_packages
        },
    )
