"""Rules of retention: how long kinds of data are kept, with the county's reasons."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from config.fields import Text, Value


class RetentionKind(StrEnum):
    """Kinds of data that a retention rule may end, and the day that its days are counted from."""

    SESSIONS = "sessions"
    """Stays of people on our pages: from their end."""
    LINKS = "links"
    """Personal links: from the day they expired."""
    MESSAGES = "messages"
    """Text, address and name of messages that left, failed or were dropped: from that day."""
    DRAFTS = "drafts"
    """Drafts of answers: from the day their round opened."""
    HISTORY = "history"
    """Steps of the service's work: from their day."""
    PAPERS = "papers"
    """Reports, agendas and minutes of a meeting, and the answers behind them: from the meeting's day. Nothing of a
    meeting ends before the archive has a receipt for each of its papers."""
    PEOPLE = "people"
    """People: from the day their last role ended."""


class RetentionRule(Value):
    """The county's rule of how long a kind of data is kept, with its reason."""

    kind: RetentionKind
    days: Annotated[int, Field(ge=30, le=36500)]
    reason: Text
