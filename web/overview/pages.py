"""All overview pages."""

from fastapi import APIRouter

from web.overview import board, county, it, me, meeting, municipality, package, start, year_wheel
from web.overview.reading import Overviews


def routers(overviews: Overviews) -> list[APIRouter]:
    """Return the routers of the overview pages."""
    rooms = (start, county, municipality, package, board, meeting, year_wheel, it, me)
    return [room.router(overviews) for room in rooms]
