"""Tell beforehand what a booking sends people: new invitations, changes and withdrawals, as far as the record knows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import texts
from config.programme import Programme
from workflows.meetings.events import COMPARED, event_of, is_withdrawn, plain
from workflows.meetings.external import is_theirs
from workflows.meetings.model import Meeting
from workflows.ports.accounts import Recipients


class AnnouncementKind(StrEnum):
    """Mail that Exchange sends about an event."""

    INVITATION = "invitation"
    CHANGE = "change"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One meeting, the mail about it, and the addresses that get it."""

    meeting: Meeting
    kind: AnnouncementKind
    people: frozenset[str]


def announcements(
    programme: Programme, meetings: Iterable[Meeting], *, recipients: Recipients, now: datetime
) -> list[Announcement]:
    """
    Return the mails that booking *meetings* would send, in the order of time.

    Only what people did in Outlook since the last look is not known here: the booking follows it first.
    """
    ahead = [meeting for meeting in meetings if meeting.booked_by_us and meeting.starts_at > now]
    found = (_announcement(programme, meeting, recipients) for meeting in ahead)
    return sorted(filter(None, found), key=lambda item: (item.meeting.starts_local, item.meeting.key))


def people_of(found: Iterable[Announcement]) -> frozenset[str]:
    """Return the addresses that get any of the mails, each once."""
    return frozenset().union(*(item.people for item in found))


def describe_announcements(programme: Programme, found: Sequence[Announcement], *, language: str) -> list[str]:
    """Describe each mail in a line."""
    names = {body.key: body.name for body in programme.bodies}
    return [
        texts.say(
            "meetings.announced",
            language,
            starts=item.meeting.starts_local,
            ends=texts.end_of(item.meeting.starts_local, item.meeting.ends_local, language),
            body=names.get(item.meeting.body, item.meeting.body),
            mail=texts.say(f"meetings.announced_{item.kind}", language),
            people=len(item.people),
        )
        for item in found
    ]


def _announcement(programme: Programme, meeting: Meeting, recipients: Recipients) -> Announcement | None:
    body = programme.find_body(meeting.body)
    written = {item["email"]: item["required"] for item in meeting.booked.get("attendees", ())}
    if not all(map(recipients.permits, written)):
        # A rehearsal changes nothing that others were invited to.
        return None
    if body is None or not meeting.stands or is_theirs(programme, body):
        withdraws = bool(meeting.event_id) and not is_withdrawn(meeting)
        return _told(meeting, AnnouncementKind.WITHDRAWAL, written) if withdraws else None
    wanted = plain(event_of(programme, body, meeting, recipients))
    people = {item["email"]: item["required"] for item in wanted["attendees"]}
    if not meeting.event_id:
        return _told(meeting, AnnouncementKind.INVITATION, people)
    if any(wanted[name] != meeting.booked.get(name) for name in COMPARED):
        return _told(meeting, AnnouncementKind.CHANGE, people.keys() | written.keys())
    # Only those who come, leave, or become another kind of attendee hear of it.
    return _told(meeting, AnnouncementKind.CHANGE, {email for email, _ in people.items() ^ written.items()})


def _told(meeting: Meeting, kind: AnnouncementKind, people: Collection[str]) -> Announcement | None:
    return Announcement(meeting=meeting, kind=kind, people=frozenset(people)) if people else None
