"""All pages of the leads' acts."""

from fastapi import APIRouter

from web.municipality import guests, links, outbox, personal_ways, questions, reminders, report
from web.municipality.doors import LeadDoors


def routers(doors: LeadDoors) -> list[APIRouter]:
    """Return the routers of the leads' acts."""
    return [room.router(doors) for room in (reminders, questions, report, personal_ways, guests, links, outbox)]
