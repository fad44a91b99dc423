"""The start of a worker: light to import, so that it is indexed at once; the service comes by the first call."""

import gc
from typing import TYPE_CHECKING

from config.settings import Part, Settings

if TYPE_CHECKING:
    from wiring.process import Services


def start_services(settings: Settings) -> "Services":
    """
    Import the service and make the part of the web that people wait for most.

    The garbage collector rests meanwhile, and leaves alone what was made: modules and routes stay for good, and its
    looks at them cost an eighth of the start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        from wiring.process import create_services

        services = create_services(settings, hosted=True)
        if settings.part is not Part.HANDS:
            _ = services.answers
    finally:
        if was_enabled:
            gc.enable()
    gc.freeze()
    return services
