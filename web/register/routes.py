"""Every router of the register's pages."""

from fastapi import APIRouter

from web.register import log, pages
from web.register.reading import RegisterDoors


def routers(doors: RegisterDoors) -> list[APIRouter]:
    """Return the routers of tables, forms and the log."""
    return [log.router(doors), pages.router(doors)]
