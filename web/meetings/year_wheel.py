"""A year wheel as pages show it."""

from dataclasses import dataclass

from markupsafe import Markup

import texts
from documents.document import Table
from documents.year_wheel import YearWheel, year_wheel_legend, year_wheel_svg, year_wheel_table


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
