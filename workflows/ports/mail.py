"""E-mail from an organizer's mailbox."""

from dataclasses import dataclass
from typing import Protocol

from workflows.ports.calendar import Attendee


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One e-mail. *key* identifies it for ever: the same key is never sent twice."""

    key: str
    to: Attendee
    subject: str
    html: str


class Mailer(Protocol):
    """Sends mail from an organizer mailbox. Hands; needs Mail.ReadWrite and Mail.Send there by an Exchange role."""

    async def send(self, sender: str, mail: Mail) -> str:
        """Send once and return the message's id: a draft tagged with the key is looked for before one is made, and one
        that already left is not sent again. Raises RecipientNotAllowed."""
        ...
