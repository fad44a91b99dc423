"""Data flow of an installation: the boxes and arrows that its settings call for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.document import Picture
from documents.flow_picture import FlowArrow, FlowBox, FlowChart, flow_picture
from workflows.governance.model import Installation
from workflows.governance.parts import reads_their_calendars

PEOPLE, SERVICE, OUTSIDE = range(3)
_COLUMNS: Mapping[str, int] = {
    **dict.fromkeys(("participants", "operators", "their_calendars", "archive", "research"), PEOPLE),
    **dict.fromkeys(("door", "queue", "database", "hands", "builder"), SERVICE),
    **dict.fromkeys(("entra", "ansattporten", "teams", "mail", "sites", "insights"), OUTSIDE),
}
"""Boxes from above in their columns. Arrows are short where neighbours speak with each other."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Data that goes from one box to another. *words*: the key of its text."""

    source: str
    target: str
    words: str


def flows_of(installation: Installation) -> Sequence[Flow]:
    """Return the flows of an installation; a part that is not in use has none."""
    return [Flow(source=source, target=target, words=words) for source, target, words in _flows(installation)]


def _flows(installation: Installation) -> Iterator[tuple[str, str, str]]:
    deployment = installation.deployment
    yield "participants", "door", "pages"
    yield "door", "participants", "feeds"
    yield "operators", "database", "operators"
    yield "door", "database", "door_database"
    if deployment.has_queue:
        yield "door", "queue", "door_queue"
        yield "queue", "hands", "queue_hands"
    yield "hands", "database", "hands_database"
    yield "builder", "database", "builder_database"
    if deployment.signs_in_with_entra:
        yield "entra", "door", "entra"
    if deployment.signs_in_with_ansattporten:
        yield "ansattporten", "door", "ansattporten"
    yield "teams", "door", "bot_in"
    yield "hands", "teams", "bot_out"
    yield "hands", "mail", "mail"
    yield "mail", "hands", "mail_people"
    yield "hands", "sites", "sites"
    yield "builder", "sites", "builder_sites"
    if deployment.has_insights:
        yield "door", "insights", "insights"
        yield "hands", "insights", "insights"
    if reads_their_calendars(installation):
        yield "their_calendars", "hands", "their_calendars"
    yield "database", "archive", "archive"
    if deployment.has_research:
        yield "database", "research", "research"


def chart_of(flows: Sequence[Flow], words: Mapping[str, Any]) -> FlowChart:
    """Return the flows as a chart: the boxes that they name, and numbered arrows. *words*: those of the papers."""
    named = {flow.source for flow in flows} | {flow.target for flow in flows}
    return FlowChart(
        headings=words["columns"],
        boxes=[
            FlowBox(key=key, name=words["boxes"][key], column=column)
            for key, column in _COLUMNS.items()
            if key in named
        ],
        arrows=[
            FlowArrow(number=number, source=flow.source, target=flow.target, words=words["flows"][flow.words])
            for number, flow in enumerate(flows, 1)
        ],
    )


def picture_of(chart: FlowChart, words: Mapping[str, Any]) -> Picture:
    """Return the chart as a picture, with all of its arrows in its text alternative."""
    names = {box.key: box.name for box in chart.boxes}
    said = [
        words["flow"]["arrow"].format(
            number=arrow.number, source=names[arrow.source], target=names[arrow.target], words=arrow.words
        )
        for arrow in chart.arrows
    ]
    return flow_picture(chart, words["flow"]["words"].format(count=len(said), flows="; ".join(said)))
