"""The one retry policy of the project: what may be sent again, how often, and how long that may take.

Retrying happens here and nowhere else: the SDKs' own retries are switched off. What this policy gives up on goes to the
engine, which parks the unit instead of keeping a process waiting.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar

import structlog
import tenacity

from workflows.errors import OutcomeUnknown, Throttled, Transient
from workflows.ports.units import Clock

log = structlog.get_logger()

T = TypeVar("T")

LONGEST_PAUSE = timedelta(hours=1)
"""The longest wait that a service's word gives; one asked for beyond it is cut to this."""
CREDIBLE_PAUSE = timedelta(days=1)
"""A wait beyond this is no wait but a mistake, and our own pause takes its place."""


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
    Repeats a repeatable call after a Transient error, capped in attempts and in total time; a bare create only after
    Throttled, which says that it was not done.

    A wait that the service asks for is honoured in full or, when it does not fit into what is left of *total*, not at
    all: then Throttled goes to the caller at once. Sleeps through *clock*, so that simulated time stays simulated.
    """

    clock: Clock
    attempts: int = 4
    total: timedelta = timedelta(seconds=60)
    first_wait: timedelta = timedelta(seconds=1)

    async def __call__(self, action: str, call: Call, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run *attempt*, again where *call* may be repeated; its last error comes through unchanged."""
        started = self.clock.now()
        try:
            # Almost every call succeeds at once, and does without the machinery of repeats.
            return await attempt()
        except Transient as error:
            if not _worth_another_try(call, error):
                raise
            failed = [error]

        async def next_attempt() -> T:
            if failed:
                # The attempt that was made counts as the first.
                raise failed.pop()
            return await attempt()

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
            retry=tenacity.retry_if_exception(partial(_worth_another_try, call)),
            wait=self._wait,
            stop=enough,
            before_sleep=say,
            reraise=True,
        )
        return await retrying(next_attempt)

    async def _sleep(self, seconds: float) -> None:
        await self.clock.sleep_until(self.clock.now() + timedelta(seconds=seconds))

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = _error(state)
        first = self.first_wait.total_seconds()
        own = tenacity.wait_exponential_jitter(initial=first, max=20 * first, jitter=first)(state)
        if not isinstance(error, Throttled):
            return own
        # All who were told the same wait would come back in the same moment. A service that names the same second
        # again and again is given more time each time.
        asked = error.retry_after.total_seconds() + tenacity.wait_random(0, 1)(state)
        return asked if state.attempt_number == 1 else max(asked, own)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """
    Return the wait that an answer asks for (*headers*: names in lower case), None where our own pause applies.

    Seconds, also with decimals, or a date, which is held against the answer's own Date. What cannot be read, lies in
    the past or is beyond belief is no wait.
    """
    text = headers.get("retry-after", "").strip()
    try:
        if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
            pause = timedelta(seconds=float(text))
        else:
            pause = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return min(pause, LONGEST_PAUSE) if timedelta(0) < pause <= CREDIBLE_PAUSE else None


def _worth_another_try(call: Call, error: BaseException) -> bool:
    if not call.repeatable:
        return isinstance(error, Throttled)
    return isinstance(error, Transient) and not isinstance(error, OutcomeUnknown)


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
