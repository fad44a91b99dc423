"""Charts of ours: places on a small canvas, worked out here and drawn by `shell/charts.html`, with their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import texts
from workflows.overview.model import Trend
from workflows.status.model import adds_to_name

WIDTH, HEIGHT = 320, 96
LEFT, RIGHT, TOP, BOTTOM = 8, 312, 14, 74


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """A line of an indicator's numbers, its target, and all of it in words."""

    name: str
    unit: str
    words: str
    newest: str
    line: str
    """The path of the line; empty for fewer than two numbers."""
    dots: Sequence[tuple[float, float]]
    target: float | None
    """Height of the target's line."""
    first_label: str
    last_label: str
    tone: str
    """ok, warn or none: how the newest number stands to the target."""
    target_words: str


def trend_chart(trend: Trend, language: str) -> TrendChart:
    """Return the chart of a trend."""
    values = [value for _, value in trend.points]
    scale = [*values, *(number for number in (trend.target, trend.baseline) if number is not None)]
    low, high = min(scale, default=0.0), max(scale, default=1.0)
    dots = [(_across(number, len(values)), _height(value, low, high)) for number, value in enumerate(values)]
    target_words = (
        ""
        if trend.target is None
        else texts.say("overview.trend_target", language, target=_number(trend.target, language))
    )
    return TrendChart(
        name=trend.name,
        unit=trend.unit if adds_to_name(trend.unit, trend.name) else "",
        words=_words(trend, language),
        newest=_number(values[-1], language) if values else "",
        line="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in dots) if len(dots) > 1 else "",
        dots=dots,
        target=None if trend.target is None else _height(trend.target, low, high),
        first_label=_label(trend.points, 0, language),
        last_label=_label(trend.points, -1, language) if len(values) > 1 else "",
        tone=_tone(trend),
        target_words=target_words,
    )


def _tone(trend: Trend) -> str:
    if trend.target is None or not trend.points:
        return "none"
    newest = trend.points[-1][1]
    reached = newest >= trend.target if trend.better == "higher" else newest <= trend.target
    return "ok" if reached else "none"


def _words(trend: Trend, language: str) -> str:
    """Say every number of the picture, the oldest first."""
    if not trend.points:
        return texts.say("overview.trend_none", language)
    numbers = [
        texts.say(
            "overview.trend_point", language, number=_number(value, language), day=texts.short_date(day, language)
        )
        for day, value in trend.points
    ]
    return texts.join(numbers, language)


def _number(value: float, language: str) -> str:
    return texts.number(value, language)


def _label(points: Sequence[tuple[date, float]], index: int, language: str) -> str:
    return texts.day_and_month(points[index][0], language) if points else ""


def _across(number: int, count: int) -> float:
    return (LEFT + RIGHT) / 2 if count < 2 else LEFT + (RIGHT - LEFT) * number / (count - 1)


def _height(value: float, low: float, high: float) -> float:
    return (TOP + BOTTOM) / 2 if high == low else BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)
