"""The one retry policy of the project: what may be sent again, how often, and how long that may take.

Retrying happens here and nowhere else: the SDKs' own retries are switched off. What this policy gives up on goes to the
engine, which parks the unit instead of keeping a process waiting.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import structlog
import tenacity

from workflows.errors import OutcomeUnknown, Throttled, Transient
from workflows.ports.units import Clock

log = structlog.get_logger()

T = TypeVar("T")


class Call(StrEnum):
    """The effect of a repeated call at the service."""

    READ = "read"
    KEYED = "keyed"
    """A write that carries a key or ends in the same place when repeated: PUT, PATCH, DELETE, an upsert."""
    CREATE = "create"
    """A write that happens once more when it is sent once more."""

    @property
    def repeatable(self) -> bool:
        return self is not Call.CREATE


@dataclass(frozen=True, kw_only=True)
class Retry:
    """
    Repeats a repeatable call after a Transient error, capped in attempts and in total time.

    A wait that the service asks for is honoured in full or, when it does not fit into what is left of *total*, not at
    all: then Throttled goes to the caller at once. Sleeps through *clock*, so that simulated time stays simulated.
    """

    clock: Clock
    attempts: int = 4
    total: timedelta = timedelta(seconds=60)
    first_wait: timedelta = timedelta(seconds=1)

    async def __call__(self, action: str, call: Call, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run *attempt*, again if *call* may be repeated; its last error comes through unchanged."""
        if not call.repeatable:
            return await attempt()
        started = self.clock.now()

        def enough(state: tenacity.RetryCallState) -> bool:
            end_of_wait = self.clock.now() + timedelta(seconds=state.upcoming_sleep)
            return state.attempt_number >= self.attempts or end_of_wait - started > self.total

        def say(state: tenacity.RetryCallState) -> None:
            error = _error(state)
            log.info(
                "retry",
                action=action,
                attempt=state.attempt_number,
                wait=round(state.upcoming_sleep, 2),
                error=type(error).__name__,
                request_id=getattr(error, "request_id", None),
            )

        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            retry=tenacity.retry_if_exception(_worth_another_try),
            wait=self._wait,
            stop=enough,
            before_sleep=say,
            reraise=True,
        )
        return await retrying(attempt)

    async def _sleep(self, seconds: float) -> None:
        await self.clock.sleep_until(self.clock.now() + timedelta(seconds=seconds))

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = _error(state)
        if isinstance(error, Throttled):
            # Everybody who was told the same wait would come back in the same moment.
            return error.retry_after.total_seconds() + tenacity.wait_random(0, 1)(state)
        first = self.first_wait.total_seconds()
        return tenacity.wait_exponential_jitter(initial=first, max=20 * first, jitter=first)(state)


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, Transient) and not isinstance(error, OutcomeUnknown)


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
