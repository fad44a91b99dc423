"""What the record of guests holds: the half-yearly question about each, and its answer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class GuestAnswer:
    """
    The last question about one guest of a scope (a municipality, or the programme's key), and the answer to it.

    Until it is answered, *answered_at* and *keeps* are None.
    """

    scope: str
    person: str
    asked_at: datetime
    answered_at: datetime | None = None
    keeps: bool | None = None
    answered_by: str = ""
