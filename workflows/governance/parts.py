"""The parts of an installation: which are in use, and which rooms of the code belong to each."""

from collections.abc import Mapping, Sequence

from config.values import Meetings
from workflows.governance.model import Installation, ServicePart

ROOMS: Mapping[ServicePart, str] = {
    ServicePart.PAGES: (
        "workflows/overview workflows/register workflows/free_text workflows/privacy_guard workflows/national_id"
        " workflows/sensitive_words workflows/sentences workflows/words"
    ),
    ServicePart.LINKS: "web/short_links integration/redirects",
    ServicePart.SIGN_IN: (
        "web/access workflows/access integration/openid integration/signing_keys integration/surroundings"
    ),
    ServicePart.BOT: "web/bot workflows/bot integration/bot integration/bot_endpoint integration/bot_tokens",
    ServicePart.HANDS: "integration/clock integration/retry integration/limits integration/identity",
    ServicePart.BUILDER: "workflows/rollout",
    ServicePart.DATABASE: "integration/database workflows/origin",
    ServicePart.QUEUE: "integration/unit_queue",
    ServicePart.WORKSPACE: "integration/graph workflows/papers",
    ServicePart.MAIL: "workflows/messages integration/allow_list",
    ServicePart.CALENDARS: (
        "integration/external_calendar integration/their_calendar integration/ics workflows/meetings"
        " workflows/working_days"
    ),
    ServicePart.ARCHIVE: "integration/archive",
    ServicePart.PRIVACY: "workflows/privacy workflows/governance",
    ServicePart.OPERATIONS: "workflows/operations web/operations integration/telemetry",
    ServicePart.SUPPLY: "",
}
"""The rooms that make each part. A door to the outside that stands nowhere is named as not judged."""
_PART_OF: Mapping[str, ServicePart] = {room: part for part, rooms in ROOMS.items() for room in rooms.split()}
_OTHERWISE: Mapping[str, ServicePart] = {"web": ServicePart.PAGES, "workflows": ServicePart.HANDS}
"""The part of rooms that stand in no list, by their package: pages, and the work behind them."""


def part_of(room: str) -> ServicePart | None:
    """Return the part that a room belongs to; None for a door to the outside that nobody has judged."""
    return _PART_OF.get(room) or _OTHERWISE.get(room.partition("/")[0])


def rooms_of(part: ServicePart, installation: Installation) -> Sequence[str]:
    """Return the rooms of a part that the code has."""
    return [room for room in installation.rooms if part_of(room) is part]


def unjudged_rooms(installation: Installation) -> Sequence[str]:
    """Return the rooms of the code that belong to no part."""
    return [room for room in installation.rooms if part_of(room) is None]


def is_in_use(part: ServicePart, installation: Installation) -> bool:
    """Return True for a part that this installation uses."""
    deployment = installation.deployment
    match part:
        case ServicePart.SIGN_IN:
            return deployment.signs_in_with_entra or deployment.signs_in_with_ansattporten
        case ServicePart.QUEUE:
            return deployment.has_queue
    return True


def reads_their_calendars(installation: Installation) -> bool:
    """Return True when a municipality calls its board's meetings in a calendar of its own that we read."""
    return any(item.meetings is Meetings.THEIRS and item.meeting_feed for item in installation.programme.municipalities)
