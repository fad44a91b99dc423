"""The pages of the leads' acts, all together."""

from fastapi import APIRouter

from web.municipality import guests, links, outbox, questions, reminders, report, summary, to_record
from web.municipality.doors import LeadDoors


def routers(doors: LeadDoors) -> list[APIRouter]:
    """Return the routers of the leads' acts."""
    return [room.router(doors) for room in (reminders, questions, report, summary, to_record, guests, links, outbox)]
