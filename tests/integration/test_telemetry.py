"""Telemetry on its way to Application Insights, by Azure's own exporter, taken in by a server of this test's own."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from engine.logs import configure_logs
from engine.units import Engine
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from integration.database.units import SQLUnits
from integration.telemetry import Export, create_export
from tests.clocks import NOON, RestfulClock
from tests.support.insights import QUIET, Insights, running_insights
from web import health
from web.app import create_app
from workflows.errors import Refused
from workflows.operations.examination import KeptFindings
from workflows.operations.findings import Finding, Verdict
from workflows.ports.units import DueUnit, History, Outcome

INFRA = Path(__file__).parents[2] / "infra"
TOKEN = "geheime-token-123"
PERSON = "kari.nordmann@larvik.example"
WORKBOOK = json.loads((INFRA / "workbook.json").read_text("utf-8"))["items"]
LACKS_A_ROLE = Finding(verdict=Verdict.MISSING, rule="role_missing", values={"identity": "Hands", "role": "A"})
SEND = DueUnit(key="status.send:larvik/2026-09-08", due_at=NOON)


async def no_database() -> str:
    return "database"


@pytest.fixture
def insights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Insights]:
    for name in QUIET:
        monkeypatch.setenv(name, "true")
    with running_insights() as found:
        yield found


@pytest.fixture
async def export(insights: Insights) -> AsyncIterator[Export]:
    export = create_export(insights.connection, client_id="", role="door")
    yield export
    await export.close()


async def visit(export: Export) -> None:
    """Open a page behind a link, and one that fails with a person's words."""
    routes = APIRouter()

    @routes.get("/svar/{token}")
    async def form(token: str) -> str:
        return token

    @routes.get("/fails/{token}")
    async def fails(token: str) -> str:
        raise RuntimeError(f"{token} of {PERSON}")

    app = create_app([routes], telemetry=export.telemetry)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door.test") as http:
        assert (await http.get(f"/svar/{TOKEN}?hvem={PERSON}")).status_code == 200
        assert (await http.get(f"/fails/{TOKEN}")).status_code == 500


async def fail(export: Export, database: Database, unit: DueUnit) -> None:
    """Let an engine run a unit whose call to Graph is refused."""

    async def handle(unit: DueUnit, history: History) -> Outcome:
        await history.note("card.sent")
        with export.telemetry.call("Microsoft Graph", "POST", "/users/{user-id}/sendMail"):
            raise Refused("send to somebody", f"not for {PERSON}", request_id="graph-request")

    store = SQLUnits(database)
    await store.make_due([unit])
    await Engine(store, RestfulClock(NOON), {unit.kind: handle}, owner="me", telemetry=export.telemetry).run_due()


async def test_requests_calls_units_and_events_arrive_joined_and_without_a_person(
    insights: Insights, export: Export, database: Database
) -> None:
    configure_logs("INFO", sink=export.log, console=False)

    await visit(export)
    await fail(export, database, SEND)
    await fail(export, database, DueUnit(key=f"links.mail:{PERSON}", due_at=NOON))
    await export.close()

    assert [(item["name"], item["responseCode"]) for item in insights.data("RequestData")] == [
        ("GET /svar/{token}", "200"),
        ("GET /fails/{token}", "500"),
    ]
    (call, _) = [item for item in insights.data("RemoteDependencyData") if "sendMail" in item["name"]]
    assert (call["name"], call["target"], call["success"]) == (
        "POST /users/{user-id}/sendMail",
        "Microsoft Graph",
        False,
    )
    assert call["properties"]["vareunge.error"] == "Refused"
    assert call["properties"]["vareunge.request_id"] == "graph-request"
    told = [event for event in insights.events() if event["event"] == "unit.error"]
    assert [(event["unit"], event["step"], event["request_id"], event["tries"]) for event in told[:1]] == [
        (SEND.key, "card.sent", "graph-request", 1)
    ]
    assert {item["tags"]["ai.cloud.role"] for item in insights.envelopes} == {"vareunge-door"}
    operation = "ai.operation.id"
    traces = {
        item["data"]["baseType"]: item["tags"].get(operation)
        for item in insights.envelopes
        if SEND.key in json.dumps(item)
    }
    assert traces["MessageData"]
    assert traces["MessageData"] == traces["RemoteDependencyData"]
    everything = json.dumps(insights.envelopes)
    assert TOKEN not in everything
    assert "kari" not in everything


async def test_dashboard_and_alerts_ask_for_what_is_sent(
    insights: Insights, export: Export, database: Database
) -> None:
    """The columns of each table, and the fields of the events, that the queries read are there."""
    configure_logs("INFO", sink=export.log, console=False)
    await visit(export)
    await fail(export, database, SEND)
    await health.missing(no_database)
    await SQLFindings(database).keep(KeptFindings(at=NOON, findings=(LACKS_A_ROLE,)))
    await export.close()
    queries = "".join((INFRA / name).read_text("utf-8") for name in ("modules/alerts.bicep", "workbook.json"))

    (error,) = [event for event in insights.events() if event["event"] == "unit.error"]
    told = {event["event"]: event.keys() for event in insights.events()}
    read = set(re.findall(r"\bline\.(\w+)", queries)) | set(re.findall(r'\bline\[\\"(\w+)', queries))
    assert read <= error.keys() | told["web.not_ready"] | told["doctor.finding"]
    assert {"verdict", "rule"} <= told["doctor.finding"]
    assert "missing" in told["web.not_ready"]
    assert "AppTraces" in queries
    assert insights.data("MessageData")
    assert error["unit"].startswith(re.findall(r'unit startswith "([^"]+)"', queries)[0])
    (role,) = set(re.findall(r'AppRoleName == "([^"]+)"', queries))
    assert role in {item["tags"]["ai.cloud.role"] for item in insights.envelopes}
    assert {"responseCode", "duration", "name"} <= insights.data("RequestData")[0].keys()
    assert {"target", "success"} <= insights.data("RemoteDependencyData")[0].keys()


async def test_a_unit_that_fails_is_no_call_to_microsoft_and_a_call_tells_its_request(
    insights: Insights, export: Export, database: Database
) -> None:
    """The workbook leaves out what goes on within a process, and shows the id by which Microsoft finds a request."""
    await fail(export, database, SEND)
    await export.close()

    failed = [item for item in insights.data("RemoteDependencyData") if not item["success"]]
    assert {item["name"]: item.get("type") == "InProc" for item in failed} == {
        "unit status.send": True,
        "POST /users/{user-id}/sendMail": False,
    }
    calls = [item["content"]["query"] for item in WORKBOOK if "AppDependencies" in item["content"].get("query", "")]
    assert len(calls) == 2
    assert all('DependencyType != "InProc"' in query for query in calls)
    (shown,) = set(re.findall(r'Properties\["([^"]+)"\]', "".join(calls)))
    assert [item["properties"].get(shown) for item in failed if item.get("type") != "InProc"] == ["graph-request"]


def test_visits_are_counted_once() -> None:
    """The host tells of each visit besides, and the Hands' host of every message and timer."""
    visits = [item["content"]["query"] for item in WORKBOOK if "AppRequests" in item["content"].get("query", "")]

    assert visits
    assert all('AppRoleName == "vareunge-door"' in query for query in visits)


async def test_measurements_are_sent_with_routes_and_kinds(
    insights: Insights, export: Export, database: Database
) -> None:
    await visit(export)
    await fail(export, database, SEND)
    export.telemetry.oldest_work(75)
    await export.close()

    found = {item["metrics"][0]["name"]: item for item in insights.data("MetricData")}
    assert {"vareunge.unit.duration", "vareunge.call.duration", "vareunge.queue.oldest"} <= found.keys()
    assert found["vareunge.queue.oldest"]["metrics"][0]["value"] == 75
    assert found["vareunge.unit.duration"]["properties"]["vareunge.kind"] == "status.send"
    assert TOKEN not in json.dumps(insights.envelopes)
