"""Traces and measurements of a process's work, by OpenTelemetry's API alone.

Without providers nothing is recorded, and nothing of OpenTelemetry's SDK is imported. Attributes hold kinds, keys,
templates of addresses, status codes and request ids: never an address that was called, a name or a message.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.metrics import MeterProvider, NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider, Span, SpanKind, StatusCode, TracerProvider, get_current_span

from engine.unit_names import loggable
from workflows.errors import OutsideError
from workflows.ports.units import DueUnit

SCOPE = "vareunge"
"""Name of our own instrumentation."""
UNIT_DURATION = "vareunge.unit.duration"
CALL_DURATION = "vareunge.call.duration"
OLDEST_WORK = "vareunge.queue.oldest"
"""Seconds for which the unit that has waited longest has been due, as the timer sees it."""


class OutgoingCall:
    """A call to another system that is going on: tells how it was answered."""

    def __init__(self, span: Span, measured: dict[str, str | int]) -> None:
        """*measured*: the attributes of the call's measurement, which the answer's status is added to."""
        self._span = span
        self._measured = measured

    def answered(self, *, status: int | None = None, request_id: str | None = None) -> None:
        """Note the answer's status, where it is known, and the id by which the other side finds the request."""
        if status is not None:
            self._measured["http.response.status_code"] = status
            self._span.set_attribute("http.response.status_code", status)
        if request_id:
            self._span.set_attribute("vareunge.request_id", request_id)


class Telemetry:
    """Records what the process does, with the providers it is given; with none, nothing."""

    def __init__(self, traces: TracerProvider | None = None, measurements: MeterProvider | None = None) -> None:
        self.traces = traces
        self.measurements = measurements
        self._tracer = (traces or NoOpTracerProvider()).get_tracer(SCOPE)
        meter = (measurements or NoOpMeterProvider()).get_meter(SCOPE)
        self._units = meter.create_histogram(UNIT_DURATION, unit="s", description="Time of one run of a unit.")
        self._calls = meter.create_histogram(CALL_DURATION, unit="s", description="Time of one call to Microsoft.")
        self._oldest = meter.create_gauge(OLDEST_WORK, unit="s", description="Time since the oldest unit was due.")

    @contextmanager
    def unit(self, unit: DueUnit, run: int) -> Iterator[None]:
        """Record one run of a unit; how it ended is told by `ended`."""
        began = time.monotonic()
        attributes: dict[str, str | int] = {"vareunge.unit": loggable(unit.key), "vareunge.kind": unit.kind}
        attributes["vareunge.run"] = run
        with self._tracer.start_as_current_span(
            f"unit {unit.kind}", attributes=attributes, record_exception=False, set_status_on_exception=False
        ):
            yield
        self._units.record(time.monotonic() - began, {"vareunge.kind": unit.kind})

    def step(self, what: str) -> None:
        """Record a step of the unit that runs."""
        get_current_span().add_event(what)

    def ended(self, event: str, error: Exception | None) -> None:
        """Record how a unit's run ended: *event* as in the log, and the kind of error that ended it."""
        span = get_current_span()
        span.set_attribute("vareunge.outcome", event)
        if error is not None:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)

    @contextmanager
    def call(self, system: str, method: str, template: str) -> Iterator[OutgoingCall]:
        """Record a call. *system*: its name; *template*: the address with its variables as such, never filled in."""
        began = time.monotonic()
        measured: dict[str, str | int] = {"peer.service": system, "http.request.method": method}
        with self._tracer.start_as_current_span(
            f"{method} {template}",
            kind=SpanKind.CLIENT,
            attributes={**measured, "url.template": template},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            call = OutgoingCall(span, measured)
            try:
                yield call
            except Exception as exc:
                if isinstance(exc, OutsideError):
                    call.answered(request_id=exc.request_id)
                measured["error.type"] = type(exc).__name__
                span.set_attribute("error.type", type(exc).__name__)
                span.set_status(StatusCode.ERROR)
                raise
            finally:
                self._calls.record(time.monotonic() - began, measured)

    def oldest_work(self, seconds: float) -> None:
        """Record for how long the oldest unit has been due."""
        self._oldest.set(seconds)


NO_TELEMETRY = Telemetry()
"""Records nothing."""
