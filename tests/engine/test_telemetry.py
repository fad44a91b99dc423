"""Traces and measurements from a unit to its calls, by OpenTelemetry's own SDK."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from structlog.testing import capture_logs

from engine.telemetry import CALL_DURATION, OLDEST_WORK, UNIT_DURATION, Telemetry
from engine.units import Engine
from integration.database.connection import Database
from integration.database.units import SQLUnits
from integration.graph.client import Graph, Query, Request
from integration.retry import Call
from tests.clocks import NOON, RestfulClock, StillClock
from tests.integration.graph.doubles import URL, OneToken, error
from workflows.ports.units import Done, DueUnit, History, Outcome

DataPoint = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint
PLACE = DueUnit(key="rollout.place:a-dal", due_at=NOON)
PERSON = DueUnit(key="links.mail:kari.nordmann", due_at=NOON)
ADDRESS = "kari.nordmann@larvik.example"


@dataclass
class Recorded:
    """Telemetry that is kept in memory."""

    telemetry: Telemetry
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.exporter.get_finished_spans()}

    def measured(self) -> dict[str, list[DataPoint]]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    traces, measurements = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(exporter))
    yield Recorded(Telemetry(traces, measurements), exporter, reader)
    traces.shutdown()
    measurements.shutdown()


@pytest.fixture
async def graph(recorded: Recorded) -> AsyncIterator[Graph]:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"id": "1"}, headers={"request-id": "graph-request-1"})
        return error(403, "Forbidden", f"Not for {ADDRESS}.", request_id="graph-request-2")

    clock = StillClock(NOON)
    transport = httpx.MockTransport(answer)
    graph = Graph(URL, "hands", OneToken(), clock, telemetry=recorded.telemetry, transport=transport)
    yield graph
    await graph.close()


async def run(database: Database, recorded: Recorded, unit: DueUnit, graph: Graph, *, method: str) -> None:
    """Let an engine run *unit*, which notes a step and calls Graph about a person."""

    async def handle(unit: DueUnit, history: History) -> Outcome:
        await history.note("step.team", name=ADDRESS)
        request = Request(
            action="read a person",
            address=lambda sdk: sdk.users.by_user_id(ADDRESS),
            method=method,
            call=Call.READ if method == "GET" else Call.KEYED,
            query=Query(select=("id",)),
            scopes=[f"mailbox:{ADDRESS}"],
        )
        await graph.send(request)
        return Done()

    store = SQLUnits(database)
    await store.make_due([unit])
    engine = Engine(store, RestfulClock(NOON), {unit.kind: handle}, owner="me", telemetry=recorded.telemetry)
    await engine.run_due()


async def test_a_call_lies_within_the_unit_that_makes_it(database: Database, recorded: Recorded, graph: Graph) -> None:
    await run(database, recorded, PLACE, graph, method="GET")

    spans = recorded.spans()
    unit, call = spans["unit rollout.place"], spans["GET /users/{user-id}"]
    assert call.parent is not None
    assert unit.context is not None
    assert call.parent.span_id == unit.context.span_id
    assert [event.name for event in unit.events] == ["step.team"]
    assert unit.attributes is not None
    assert (unit.attributes["vareunge.unit"], unit.attributes["vareunge.outcome"]) == (PLACE.key, "unit.done")
    assert call.kind is SpanKind.CLIENT
    assert call.attributes is not None
    assert call.attributes["vareunge.request_id"] == "graph-request-1"


async def test_what_fails_is_told_with_kind_status_and_request_id(
    database: Database, recorded: Recorded, graph: Graph
) -> None:
    with capture_logs() as events:
        await run(database, recorded, PLACE, graph, method="PATCH")

    unit, call = recorded.spans()["unit rollout.place"], recorded.spans()["PATCH /users/{user-id}"]
    assert call.attributes is not None
    assert (call.attributes["http.response.status_code"], call.attributes["error.type"]) == (403, "Refused")
    assert call.attributes["vareunge.request_id"] == "graph-request-2"
    assert unit.attributes is not None
    assert (unit.attributes["error.type"], unit.status.status_code) == ("Refused", StatusCode.ERROR)
    (told,) = [event for event in events if event["event"] == "unit.error"]
    assert (told["request_id"], told["tries"]) == ("graph-request-2", 1)


async def test_no_person_is_in_any_of_it(database: Database, recorded: Recorded, graph: Graph) -> None:
    await run(database, recorded, PERSON, graph, method="GET")
    await run(database, recorded, PERSON, graph, method="PATCH")

    everything = "".join(span.to_json() for span in recorded.spans().values()) + repr(recorded.measured())
    assert "unit links.mail" in everything
    assert "kari" not in everything


async def test_times_are_measured_by_kind_and_system(database: Database, recorded: Recorded, graph: Graph) -> None:
    await run(database, recorded, PLACE, graph, method="PATCH")
    recorded.telemetry.oldest_work(75)

    measured = recorded.measured()
    (unit,), (call,), (oldest,) = measured[UNIT_DURATION], measured[CALL_DURATION], measured[OLDEST_WORK]
    assert unit.attributes == {"vareunge.kind": "rollout.place"}
    assert call.attributes == {
        "peer.service": "Microsoft Graph",
        "http.request.method": "PATCH",
        "http.response.status_code": 403,
        "error.type": "Refused",
    }
    assert isinstance(oldest, NumberDataPoint)
    assert oldest.value == 75
