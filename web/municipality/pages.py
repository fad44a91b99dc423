"""All pages of the leads' acts."""

from fastapi import APIRouter

from web.municipality import draft, links, outbox, personal_ways, reminders
from web.municipality.doors import LeadDoors


def routers(doors: LeadDoors) -> list[APIRouter]:
    """Return the routers of the leads' acts."""
    return [room.router(doors) for room in (reminders, draft, personal_ways, links, outbox)]
