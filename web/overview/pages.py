"""All overview pages."""

from fastapi import APIRouter

from web.overview import board, county, it, me, municipality, package, start, year_wheel
from web.overview.reading import Overviews


def routers(overviews: Overviews) -> list[APIRouter]:
    """Return the routers of the overview pages."""
    return [room.router(overviews) for room in (start, county, municipality, package, board, year_wheel, it, me)]
