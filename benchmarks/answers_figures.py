"""Figures of `benchmarks.answers`, for people, and what in them is not as it should be."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

TARGET, POSTGRES_TARGET, FEEDS_TARGET = 250, 100, 50
"""Milliseconds that 99 of 100 answers may take, on SQLite, on PostgreSQL, and beside calendars on either."""
BARE, CHECKED = 2.0, 1.5
"""Bare inserts that one answer may cost, in processor time, and inserts with the same checks."""


@dataclass(kw_only=True)
class Figures:
    """Figures of one run. Times in milliseconds."""

    answers: int
    rate: int
    server: Sequence[float]
    """Time that each took within a Door."""
    client: Sequence[float]
    """From the moment it was due to leave until the answer was there."""
    acknowledged: int
    lost: int
    """Sent, and never acknowledged."""
    missing: int
    """Acknowledged, and not stored."""
    messages: int | None = None
    """Messages that came to the queue meanwhile, one at least for each answer; None without a queue."""
    kills: int
    processor: float
    """Seconds, of the Doors."""
    own: float
    """Seconds, of the client."""
    answer: float
    """Milliseconds of a processor that one answer costs a Door, its start left out."""
    bare: float = 0.0
    """Milliseconds that a bare insert of the same row costs; 0 when that was not measured."""
    checked: float = 0.0
    """The same for one that is held against the same checks."""
    feeds: Sequence[float] = ()
    """Time that each look at a calendar took beside them, seen by its reader."""
    target: int = TARGET
    """Milliseconds that 99 of 100 answers may take."""


def faults(figures: Figures) -> list[str]:
    """List the figures of a run without kills that are not as they should be."""
    slowest = percentile(figures.server, 0.99)
    return [
        line
        for line, wrong in (
            (f"99 of 100 answers took up to {slowest:.0f} ms", slowest >= figures.target),
            (f"{figures.lost} answers were never acknowledged", figures.lost),
            (f"{figures.missing} acknowledged answers are not stored", figures.missing),
            (
                f"{figures.acknowledged} answers sent {figures.messages} messages",
                _lacks_messages(figures),
            ),
            (f"one answer costs {figures.answer:.1f} ms", _is_dear(figures)),
        )
        if wrong
    ]


def report(figures: Figures) -> str:
    """Return the figures, for people."""
    lines = [
        f"{figures.answers} answers, {figures.rate} a second, half by form and half by card",
        f"server time         {_spread(figures.server)} (target: p99 < {figures.target} ms)",
        f"seen by the client  {_spread(figures.client)}",
        f"acknowledged        {figures.acknowledged} with those before the time was taken",
        f"not stored of them  {figures.missing}",
        f"processor time      Doors {figures.processor:.0f} s, client {figures.own:.0f} s",
        f"one answer          {figures.answer:.2f} ms of a processor",
        f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores",
    ]
    for price, most, what in _prices(figures):
        if price:
            lines.insert(
                -1, f"                    {figures.answer / price:.2f} × {what} ({price:.2f} ms; aim: {most:g} ×)"
            )
    if figures.messages is not None:
        lines.insert(-1, f"messages to a queue {figures.messages}")
    if figures.feeds:
        lines.insert(-1, f"calendars beside    {len(figures.feeds)}, {_spread(figures.feeds)}")
    if figures.kills:
        lines.insert(4, f"Doors killed        {figures.kills} times; {figures.lost} answers never acknowledged")
    return "\n".join(lines)


def _prices(figures: Figures) -> Sequence[tuple[float, float, str]]:
    return (figures.bare, BARE, "a bare insert"), (figures.checked, CHECKED, "one with the same checks")


def _lacks_messages(figures: Figures) -> bool:
    return figures.messages is not None and figures.messages < figures.acknowledged


def _is_dear(figures: Figures) -> bool:
    return any(price and figures.answer > most * price for price, most, _ in _prices(figures))


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time that *share* of *times*, sorted, do not exceed."""
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def _spread(times: Sequence[float]) -> str:
    return ", ".join(f"p{100 * share:g} {percentile(times, share):.0f} ms" for share in (0.5, 0.9, 0.99, 1))
