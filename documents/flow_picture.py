"""Parts and the data that goes between them, as a picture: columns of boxes with numbered arrows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from documents.document import Picture

BOX_WIDTH, BOX_HEIGHT, GAP = 190, 46, 22
COLUMN_GAP = 150
HEADING = 34
EDGE = 12
LANE = 9
"""Distance between arrows that begin or end at the same box."""
NEAR, MIDDLE, FAR = 0.3, 0.5, 0.7
"""Place of a number along its arrow: 0 is the beginning."""
LOOP, LOOP_SHARE = 18, 0.3
"""How far an arrow within a column goes aside: at least, and by its length."""
UNITS_PER_MM = 5.6
"""So that it is as wide as a page's text."""
LINE_CHARACTERS = 24
INK, QUIET, LINE, GROUND = "#1E2B3C", "#F1F3F5", "#2F5D8A", "#FFFFFF"
ACROSS = 3
"""Columns: people, the service, the outside."""
_ARROW = (
    f'<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    f'<path d="M0 0L8 4L0 8Z" fill="{LINE}"/></marker>'
)


@dataclass(frozen=True, kw_only=True)
class FlowBox:
    """A box. *column*: 0 is the leftmost."""

    key: str
    name: str
    column: int


@dataclass(frozen=True, kw_only=True)
class FlowArrow:
    """An arrow from one box to another, with its number in the picture and the words that stand in the table."""

    number: int
    source: str
    target: str
    words: str


@dataclass(frozen=True, kw_only=True)
class FlowChart:
    """Boxes in their columns, each with its heading, and arrows between them."""

    headings: Sequence[str]
    boxes: Sequence[FlowBox]
    arrows: Sequence[FlowArrow]


def flow_picture(chart: FlowChart, words: str) -> Picture:
    """Draw the chart. *words*: its text alternative, which says all that it shows."""
    corners = _corners(chart)
    width = 2 * EDGE + ACROSS * BOX_WIDTH + (ACROSS - 1) * COLUMN_GAP
    height = max(y for _, y in corners.values()) + BOX_HEIGHT + EDGE
    parts = [f'<rect width="{width}" height="{height}" fill="{GROUND}"/>', f"<defs>{_ARROW}</defs>"]
    parts += [
        f'<text x="{EDGE + column * (BOX_WIDTH + COLUMN_GAP) + BOX_WIDTH / 2:g}" y="{EDGE + 12}" text-anchor="middle"'
        f' font-size="15" font-weight="bold" fill="{INK}">{escape(heading)}</text>'
        for column, heading in enumerate(chart.headings)
    ]
    parts += _arrows(chart, corners)
    parts += [_box(box, *corners[box.key]) for box in chart.boxes]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' font-family="Inter, Segoe UI, sans-serif">{"".join(parts)}</svg>'
    )
    return Picture(svg=svg, words=words, width_mm=width / UNITS_PER_MM, height_mm=height / UNITS_PER_MM)


def _corners(chart: FlowChart) -> Mapping[str, tuple[int, int]]:
    """Return the upper left corner of each box; columns are filled from above."""
    filled, corners = [0] * ACROSS, {}
    for box in chart.boxes:
        x = EDGE + box.column * (BOX_WIDTH + COLUMN_GAP)
        corners[box.key] = (x, EDGE + HEADING + filled[box.column] * (BOX_HEIGHT + GAP))
        filled[box.column] += 1
    return corners


def _box(box: FlowBox, x: int, y: int) -> str:
    lines = _wrapped(box.name)
    first = y + BOX_HEIGHT / 2 + 5 - (len(lines) - 1) * 8
    said = "".join(
        f'<text x="{x + BOX_WIDTH / 2:g}" y="{first + number * 16:g}" text-anchor="middle" font-size="14"'
        f' fill="{INK}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    frame = f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5" fill="{QUIET}" stroke="{INK}"/>'
    return frame + said


def _wrapped(name: str) -> list[str]:
    """Return a name on one line, or on two that are about as long."""
    words = name.split()
    if len(name) <= LINE_CHARACTERS or len(words) == 1:
        return [name]
    cut = min(range(1, len(words)), key=lambda at: max(len(" ".join(words[:at])), len(" ".join(words[at:]))))
    return [" ".join(words[:cut]), " ".join(words[cut:])]


def _arrows(chart: FlowChart, corners: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return the arrows; those at one side of a box lie beside each other, in the order of their other ends."""
    columns = {box.key: box.column for box in chart.boxes}
    ends: dict[tuple[str, bool], list[FlowArrow]] = {}
    for arrow in chart.arrows:
        to_right = columns[arrow.target] > columns[arrow.source]
        same = columns[arrow.target] == columns[arrow.source]
        ends.setdefault((arrow.source, to_right), []).append(arrow)
        ends.setdefault((arrow.target, not to_right and not same), []).append(arrow)

    def height(key: str, side: bool, arrow: FlowArrow) -> float:
        beside = sorted(
            ends[key, side],
            key=lambda item: (corners[item.target if item.source == key else item.source][1], item.number),
        )
        return corners[key][1] + BOX_HEIGHT / 2 + (beside.index(arrow) - (len(beside) - 1) / 2) * LANE

    drawn = []
    for arrow in chart.arrows:
        same = columns[arrow.target] == columns[arrow.source]
        to_right = columns[arrow.target] > columns[arrow.source]
        y1 = height(arrow.source, to_right, arrow)
        y2 = height(arrow.target, not to_right and not same, arrow)
        x1 = corners[arrow.source][0] + (BOX_WIDTH if to_right else 0)
        x2 = corners[arrow.target][0] + (0 if to_right or same else BOX_WIDTH)
        # Within a column the arrow goes around, on the left, and the farther the longer it is.
        bend = x1 - LOOP - abs(y2 - y1) * LOOP_SHARE if same else (x1 + x2) / 2
        path = f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
        drawn.append(f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="1.4" marker-end="url(#arrow)"/>')
        # On the left of the service, numbers keep clear of the arrows within its column.
        along = MIDDLE if same else FAR if columns[arrow.target] == 0 else NEAR
        drawn.append(_number(arrow.number, *_on_curve(x1, y1, bend, x2, y2, along)))
    return drawn


def _on_curve(x1: float, y1: float, bend: float, x2: float, y2: float, at: float) -> tuple[float, float]:
    """Return a point of an arrow's curve; 0 is its beginning."""
    left = 1 - at
    weights = (left**3, 3 * left**2 * at, 3 * left * at**2, at**3)
    xs, ys = (x1, bend, bend, x2), (y1, y1, y2, y2)
    return sum(w * x for w, x in zip(weights, xs, strict=True)), sum(w * y for w, y in zip(weights, ys, strict=True))


def _number(number: int, x: float, y: float) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{GROUND}" stroke="{LINE}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" fill="{INK}">{number}</text>'
    )
