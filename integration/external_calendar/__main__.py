"""Read one calendar in a process of its own, with limits on its work: `python -m integration.external_calendar`.

The calendar comes on the standard input, the arguments are time zone, first and last day; the reading, or the reason
why there is none, goes out as JSON.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

from integration.external_calendar.reading import read_calendar
from integration.external_calendar.transfer import to_data
from integration.external_calendar.zones import TookTooLong
from workflows.ports.external_calendar import UnreadableCalendar

MOST_MEMORY = 512 * 1024 * 1024
MOST_SECONDS = 5
"""Of work on one file; the process is ended past it."""
SERIES_SECONDS, ALL_SERIES_SECONDS = 0.2, 2.0
"""Of work on one series or zone, and on all of them: the ones past it are left out."""
STOP_AGAIN_SECONDS = 0.05
"""Until work that went on past its share is stopped once more."""


class WorkBudget:
    """Work on the series and zones of one file: each has its share, and all of them together no more than there is."""

    def __init__(self, total: float = ALL_SERIES_SECONDS, each: float = SERIES_SECONDS) -> None:
        self._left = total
        self._each = each
        signal.signal(signal.SIGVTALRM, _stop)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Raise TookTooLong out of work that takes longer than its share."""
        share, began = min(self._each, self._left), time.process_time()
        if share <= 0:
            raise TookTooLong
        # Again and again: Python drops what is raised in a finalizer or in the callback of a weak reference.
        signal.setitimer(signal.ITIMER_VIRTUAL, share, STOP_AGAIN_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._left -= time.process_time() - began


def main() -> int:
    """Read, and print the reading."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    timezone, first, last = sys.argv[1:]
    content = sys.stdin.buffer.read()
    try:
        reading = read_calendar(
            content, timezone, first=date.fromisoformat(first), last=date.fromisoformat(last), limit=WorkBudget()
        )
    except UnreadableCalendar as error:
        json.dump({"why": error.why, "reason": error.reason}, sys.stdout)
    else:
        json.dump(to_data(reading), sys.stdout)
    return 0


def _stop(signum: int, frame: FrameType | None) -> None:
    raise TookTooLong


if __name__ == "__main__":
    sys.exit(main())
