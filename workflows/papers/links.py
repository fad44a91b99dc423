"""Addresses of a person's own agenda and minutes."""

from datetime import UTC, datetime, timedelta

from workflows.meetings.model import announced_on
from workflows.ports.links import LinkPurpose, Links

LINK_LIFE = timedelta(days=366)
"""From the day first announced: the next year's meetings still look back at it."""


async def personal_address(links: Links, public_url: str, purpose: LinkPurpose, meeting: str, person: str) -> str:
    """The person's own address of a meeting's agenda (`agenda`) or of recording its minutes (`minutes`)."""
    expires_at = datetime.combine(announced_on(meeting), datetime.min.time(), UTC) + LINK_LIFE
    token = await links.issue(purpose, meeting, person, expires_at)
    page = "referat" if purpose == "minutes" else "saksliste"
    return f"{public_url.rstrip('/')}/{page}/{token}"
