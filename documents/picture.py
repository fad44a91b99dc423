"""Small drawings of our own for papers: how an indicator has gone, and how a package's light has gone."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import texts
from documents.document import Picture

LINE_COLOUR = "#2F80D6"
TARGET_COLOUR = "#76808C"
"""Both have 3:1 against white and against the dark page."""
LIGHT_COLOURS: Mapping[str, str] = {
    "green": "#067D16",
    "yellow": "#9A5900",
    "red": "#C01B1B",
    "grey": "#4A5768",
    "done": "#4A5768",
    "missing": "#4A5768",
}
"""The colours of lights on paper; each can be read as text on white and on a table's header, and has its own shape."""

WIDTH, HEIGHT = 120, 36
"""Size of a trend's canvas; four units are a millimetre."""
EDGE = 5
UNITS_PER_MM = 4
LIGHT = 20
"""Side of a light's square on its canvas."""
_SHAPES = {
    "green": '<circle cx="10" cy="10" r="7" fill="{colour}"/>',
    "yellow": '<path d="M10 3L18 17H2Z" fill="{colour}"/>',
    "red": '<rect x="3.5" y="3.5" width="13" height="13" fill="{colour}"/>',
    "grey": '<rect x="3" y="8" width="14" height="4" fill="{colour}"/>',
    "done": '<path d="M10 2L18 10L10 18L2 10Z" fill="{colour}"/>',
    "missing": '<circle cx="10" cy="10" r="6" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="3 2"/>',
}


@dataclass(frozen=True, kw_only=True)
class TrendLine:
    """An indicator's numbers with their days, the oldest first; a round without a number is left out."""

    points: Sequence[tuple[date, float]]
    target: float | None = None
    baseline: float | None = None


def trend_picture(trend: TrendLine, language: str) -> Picture | None:
    """Draw the trend as a line with its target dashed; None for fewer than two numbers, which are no line."""
    if len(trend.points) < 2:
        return None
    values = [value for _, value in trend.points]
    scale = [*values, *(number for number in (trend.target, trend.baseline) if number is not None)]
    low, high = min(scale), max(scale)
    dots = [(_across(index, len(values)), _up(value, low, high)) for index, value in enumerate(values)]
    parts = []
    if trend.target is not None:
        height = _up(trend.target, low, high)
        parts.append(
            f'<path d="M{EDGE} {height:.1f}H{WIDTH - EDGE}" stroke="{TARGET_COLOUR}" stroke-width="1.5"'
            ' stroke-dasharray="4 3"/>'
        )
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in dots)
    x, y = dots[-1]
    parts.append(f'<path d="M{line}" fill="none" stroke="{LINE_COLOUR}" stroke-width="2"/>')
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{LINE_COLOUR}"/>')
    return _picture(parts, WIDTH, HEIGHT, trend_words(trend, language))


def trend_words(trend: TrendLine, language: str) -> str:
    """Say everything that the trend's picture shows: every number with its day, and the target."""
    points = [
        texts.say("documents.trend_point", language, day=texts.short_date(day, language), value=value)
        for day, value in trend.points
    ]
    said = texts.say("documents.trend", language, points=texts.join(points, language))
    if trend.target is None:
        return said
    return f"{said} {texts.say('documents.trend_target', language, target=trend.target)}"


def lights_picture(lights: Sequence[tuple[date, str]], language: str) -> Picture | None:
    """Draw a package's lights beside each other, the oldest first, each with its own shape; None for no light."""
    if not lights:
        return None
    parts = [
        f'<g transform="translate({index * LIGHT} 0)">{_SHAPES[kind].format(colour=LIGHT_COLOURS[kind])}</g>'
        for index, (_, kind) in enumerate(lights)
    ]
    said = [
        texts.say(
            "documents.light_point",
            language,
            day=texts.short_date(day, language),
            word=texts.say(f"light.{kind}", language),
        )
        for day, kind in lights
    ]
    return _picture(parts, LIGHT * len(lights), LIGHT, ", ".join(said) + ".")


def data_address(picture: Picture) -> str:
    """Return a picture as the address of an image, which holds it whole."""
    return f"data:image/svg+xml;base64,{b64encode(picture.svg.encode()).decode()}"


def _picture(parts: Sequence[str], width: int, height: int, words: str) -> Picture:
    """Put drawn parts on a canvas. They hold numbers only, so that nothing people write can be drawn."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    return Picture(svg=svg, words=words, width_mm=width / UNITS_PER_MM, height_mm=height / UNITS_PER_MM)


def _across(index: int, count: int) -> float:
    return EDGE + (WIDTH - 2 * EDGE) * index / (count - 1)


def _up(value: float, low: float, high: float) -> float:
    return HEIGHT / 2 if high == low else HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / (high - low)
