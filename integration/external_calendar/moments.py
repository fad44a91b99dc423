"""Moments of events: a wall time and the zone that it is told in."""

from dataclasses import dataclass
from datetime import datetime

from integration.external_calendar.components import Property
from integration.external_calendar.values import parse_wall
from integration.external_calendar.zones import UTC_ZONE, UnknownZone, Zone, Zones


class LeftOut(Exception):
    """An event that is not used. *why* ends a key in the texts."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Moment:
    """A wall time in a zone that has such a time."""

    wall: datetime
    zone: Zone

    @property
    def utc(self) -> datetime:
        return self.zone.utc(self.wall)


def moment_of(item: Property, zones: Zones, *, default: Zone | None = None) -> Moment:
    """Return the moment that a property tells; *default*: the zone of one that names none. Raises LeftOut."""
    tzid = item.params.get("TZID")
    in_utc = item.value.endswith("Z")
    try:
        wall = parse_wall(item.value.removesuffix("Z"))
        zone = default if tzid is None else zones.get(tzid)
        if in_utc and zone is not None and tzid is not None and zone.utc(wall) != UTC_ZONE.utc(wall):
            raise ValueError("told in two zones at once")
        zone = UTC_ZONE if in_utc else zone
        if zone is None:
            raise LeftOut("no_zone")
        # It may be outside what the zone tells, or outside all time.
        zone.utc(wall)
    except UnknownZone as exc:
        raise LeftOut("unknown_zone") from exc
    except (ValueError, OverflowError) as exc:
        raise LeftOut("broken_entry") from exc
    return Moment(wall, zone)
