"""Every router of the register's pages."""

from fastapi import APIRouter

from web.register import accounts, log, meetings, pages
from web.register.meetings import MeetingDoors


def routers(doors: MeetingDoors) -> list[APIRouter]:
    """Return the routers of tables, forms, meeting dates and the log."""
    return [
        log.router(doors.register),
        accounts.router(doors.register),
        pages.router(doors.register),
        meetings.router(doors),
    ]
