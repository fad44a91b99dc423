"""Addresses of a person's own agenda and minutes."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from workflows.meetings.model import announced_on
from workflows.ports.links import LinkPurpose, Links, PageLinks

LINK_LIFE = timedelta(days=366)
"""From the day first announced: the next year's meetings still look back at it."""


async def personal_address(links: Links, public_url: str, purpose: LinkPurpose, meeting: str, person: str) -> str:
    """The person's own address of a meeting's agenda (`agenda`) or of recording its minutes (`minutes`)."""
    return _address(public_url, purpose, await links.issue(purpose, meeting, person, _ends_at(meeting)))


async def personal_addresses(
    links: PageLinks, public_url: str, purpose: LinkPurpose, meetings: Collection[str], person: str
) -> Mapping[str, str]:
    """The address that `personal_address` gives for each of *meetings*, all asked for at once."""
    ends = {meeting: _ends_at(meeting) for meeting in meetings}
    tokens = await links.issue_all(purpose, meetings, person=person, expires_at=ends)
    return {meeting: _address(public_url, purpose, token) for meeting, token in tokens.items()}


def _ends_at(meeting: str) -> datetime:
    return datetime.combine(announced_on(meeting), datetime.min.time(), UTC) + LINK_LIFE


def _address(public_url: str, purpose: LinkPurpose, token: str) -> str:
    page = "referat" if purpose == "minutes" else "saksliste"
    return f"{public_url.rstrip('/')}/{page}/{token}"
