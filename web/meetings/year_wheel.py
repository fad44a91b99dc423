"""A year wheel: read for a page, and as pages show it."""

from dataclasses import dataclass

from markupsafe import Markup

import texts
from config.programme import Programme
from documents.document import Table
from documents.year_wheel import YearWheel, year_wheel_legend, year_wheel_svg, year_wheel_table
from workflows.meetings.model import MeetingStore
from workflows.meetings.year_wheel import year_wheel


@dataclass(frozen=True)
class ShownWheel:
    """The picture, what its rings are (colour and words), and all of it as a table."""

    heading: str
    picture: Markup
    legend: list[tuple[str, str]]
    table: Table


def shown(wheel: YearWheel, language: str = texts.DEFAULT) -> ShownWheel:
    """Return the values that a page needs to show a wheel."""
    return ShownWheel(
        heading=texts.say("meetings.wheel_title", language, name=wheel.name, year=str(wheel.year)),
        # Made by us, with every word in it escaped.
        picture=Markup(year_wheel_svg(wheel, language)),  # noqa: S704
        legend=year_wheel_legend(language),
        table=year_wheel_table(wheel, language),
    )


async def wheel_of(
    meetings: MeetingStore, programme: Programme, municipality: str | None, *, year: int, language: str
) -> YearWheel:
    """Return the year of a municipality, or (None) of what is common to the programme."""
    bodies = [item for item in programme.bodies if item.municipality == municipality]
    found = [meeting for item in bodies for meeting in await meetings.list_meetings(item.key)]
    name = programme.name if municipality is None else programme.municipality(municipality).name
    return year_wheel(programme, bodies, found, name=name, year=year, language=language)
