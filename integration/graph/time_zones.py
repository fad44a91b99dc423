"""Names of time zones at Graph's edge: IANA's inside the service, Windows' in what Outlook is told.

Outlook documents Windows' names and a short list of IANA's that lacks Europe/Oslo. The table is CLDR's.
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import tz_win, win_tz

from workflows.errors import Transient


def windows_name(zone: str) -> str:
    """Return Windows' name of the IANA *zone*. Raises ValueError for one that Windows has no name for."""
    if zone not in tz_win:
        raise ValueError(f"{zone}: expected a time zone that Windows has a name for, such as Europe/Oslo")
    return tz_win[zone]


def wall_time(moment: str, zone: str, *, shown_in: str) -> datetime:
    """
    Return the time of day in *shown_in* (IANA) that Outlook told as *moment* in *zone*, by Windows' or IANA's name.

    Outlook answers in another zone than it was asked for where a mailbox does not know that one. Raises
    Transient for a zone that neither table knows: an hour that is guessed would move the meeting.
    """
    wall = datetime.fromisoformat(moment[:19])
    if zone in (shown_in, windows_name(shown_in)):
        return wall
    try:
        told_in = ZoneInfo(win_tz.get(zone, zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise Transient("read a time of Outlook's", f"its zone {zone!r} is not known") from exc
    return wall.replace(tzinfo=told_in).astimezone(ZoneInfo(shown_in)).replace(tzinfo=None)
