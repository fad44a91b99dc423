"""The way of traces, measurements and events to Application Insights: OpenTelemetry's SDK with Azure's exporter.

Imported only where a connection string is set. Providers of our own, not the process's global ones: what libraries
would record by themselves (whole addresses, messages of errors) has nowhere to go. Of FastAPI's own spans only what
is listed here is kept.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from azure.monitor.opentelemetry.exporter import (
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Status

from engine.telemetry import SCOPE, Telemetry

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

KEPT = frozenset({
    "error.type", "http.request.method", "http.response.status_code", "http.route", "peer.service", "url.template",
    "vareunge.kind", "vareunge.outcome", "vareunge.request_id", "vareunge.run", "vareunge.unit",
})  # fmt: skip
"""Attributes that leave the process. Addresses of requests are not among them: they hold tokens."""
TEMPLATE_HOST = "template.invalid"
"""The host of addresses that are templates; the system's name stands beside them."""
MEASURED = frozenset({"http.request.method", "http.route", "http.response.status_code", "error.type"})
"""What the time of our own answers is told apart by."""
SEVERITIES = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
PERIOD = 60_000
"""Milliseconds between two reports of measurements."""
PATIENCE = 5_000
"""Milliseconds that the last report may take when the process ends."""


class DiscreetExporter(SpanExporter):
    """Hands spans on with the attributes in KEPT, names of steps, and no text that an error brought."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([discreet(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = PATIENCE) -> bool:
        return self._exporter.force_flush(timeout_millis)


def discreet(span: ReadableSpan) -> ReadableSpan:
    """Return *span* with nothing in it that could tell of a person."""
    ours = span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in KEPT}
    if template := attributes.get("url.template"):
        # Azure's exporter names a call by its whole address and by nothing else: the template stands for it.
        attributes["url.full"] = f"https://{TEMPLATE_HOST}{template}"
    if error := attributes.get("error.type"):
        # It keeps no attribute of this name either.
        attributes["vareunge.error"] = error
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=span.events if ours else (),
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


class Export:
    """A process's providers, with what they send to. Close it when the process ends, or the last minute is lost."""

    def __init__(
        self,
        *,
        spans: Callable[[TracerProvider], SpanExporter],
        measurements: MetricExporter,
        events: LogRecordExporter,
        role: str,
    ) -> None:
        """*spans*: makes the exporter of a provider's spans. *role*: the part that they come from."""
        resource = Resource({"service.name": f"vareunge-{role}"})
        # A stranger's header must not decide that a request is not recorded.
        self._traces = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._traces.add_span_processor(BatchSpanProcessor(DiscreetExporter(spans(self._traces))))
        self._measurements = MeterProvider(
            [PeriodicExportingMetricReader(measurements, export_interval_millis=PERIOD)],
            resource=resource,
            shutdown_on_exit=False,
            views=[View(instrument_name="http.server.request.duration", attribute_keys=set(MEASURED))],
        )
        self._events = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self._events.add_log_record_processor(BatchLogRecordProcessor(events))
        self._logger = self._events.get_logger(SCOPE)
        self._closed = False
        self.telemetry = Telemetry(self._traces, self._measurements)

    def log(self, level: str, line: str) -> None:
        """Send an event of the log, as the JSON that is its message; within a span it is joined to it."""
        severity = SEVERITIES[level]
        self._logger.emit(LogRecord(body=line, severity_number=severity, severity_text=level.upper()))

    async def close(self) -> None:
        """Send what waits, and stop. Whoever does not take it in time goes without."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._traces.shutdown()
        self._measurements.shutdown(PATIENCE)
        self._events.shutdown()


def create_export(connection: str, *, client_id: str, role: str) -> Export:
    """Return the export to the Application Insights of *connection*, signed in as the identity *client_id*."""
    # Each request of the exporter would be told in the log that it sends.
    logging.getLogger("azure.monitor").setLevel(logging.ERROR)
    credential: TokenCredential | None = None
    if client_id:
        from azure.identity import ManagedIdentityCredential

        credential = ManagedIdentityCredential(client_id=client_id)
    given = {"connection_string": connection, "credential": credential, "disable_offline_storage": True}
    return Export(
        spans=lambda provider: AzureMonitorTraceExporter(tracer_provider=provider, **given),
        measurements=AzureMonitorMetricExporter(**given),
        events=AzureMonitorLogExporter(**given),
        role=role,
    )
