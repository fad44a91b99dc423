"""Mails that a rollout lets out: to how many, and when at the earliest. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.programme import Programme
from config.values import Meetings
from workflows.rollout.plan import NOT_REDEEMED, State
from workflows.rollout.preview import SeenPlan
from workflows.working_days import WorkCalendar


class MailKind(StrEnum):
    WELCOME = "welcome"
    """Our own welcome to a guest, once there is a room to come to."""
    MEETINGS = "meetings"
    """Outlook's invitations to the board's meetings."""


@dataclass(frozen=True, kw_only=True)
class MailToCome:
    """Mails of one kind that leave after an order."""

    kind: MailKind
    people: tuple[str, ...]
    """The readers' names."""
    earliest: datetime
    """The first moment at which they may leave, in local time."""


def mails_to_come(
    programme: Programme, preview: SeenPlan, *, is_first: bool, with_meetings: bool, now: datetime
) -> Sequence[MailToCome]:
    """
    Return the mails that leave when a place is ordered now.

    *is_first*: the place was never ordered, so guests who are there from elsewhere are welcomed too. *with_meetings*:
    invitations to the board's meetings have waited for this order.
    """
    spec = programme.place(preview.place)
    guests = [
        item.key.partition(":")[2]
        for item in preview.items
        if item.key.startswith("person:")
        and (item.state is State.MISSING or (is_first and item.reason == NOT_REDEEMED))
    ]
    names = [_name(programme, key) for key in guests]
    calendar = WorkCalendar(programme, spec.municipality)
    mails = []
    if names:
        at = programme.local_time(calendar.next_sendable(now))
        mails.append(MailToCome(kind=MailKind.WELCOME, people=tuple(names), earliest=at))
    if with_meetings and spec.municipality is not None:
        board = programme.local_board(spec.municipality)
        people = tuple(person.name for person, _ in programme.board_people(board, programme.today(now)))
        if people:
            mails.append(MailToCome(kind=MailKind.MEETINGS, people=people, earliest=programme.local_time(now)))
    return mails


def has_our_meetings(programme: Programme, municipality: str) -> bool:
    """Return True for a municipality whose board is called from here."""
    found = programme.find_municipality(municipality)
    return found is not None and found.meetings is Meetings.OURS


def _name(programme: Programme, key: str) -> str:
    person = programme.find_person(key)
    return person.name if person is not None else key
