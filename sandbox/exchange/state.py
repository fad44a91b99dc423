"""
Exchange: mailboxes and calendars.

Every recipient of mail has a mailbox here, outside the tenant too, so that all that leaves can be seen. Through Graph
only members' mailboxes can be reached. Meeting mail is made by Exchange itself, as in the real service.
"""

from typing import Any

from sandbox.directory.state import Directory
from sandbox.exchange.calendars import Calendars
from sandbox.exchange.mailboxes import Mailboxes
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.variants import Variants


class Exchange:
    """The mailboxes and calendars of the tenant."""

    def __init__(self, directory: Directory, *, clock: Clock, ids: Ids, latency: Latency, variants: Variants) -> None:
        self.variants = variants
        new_id = CountedIds(ids)
        self.mailboxes = Mailboxes(directory, clock=clock, new_id=new_id, latency=latency)
        self.calendars = Calendars(self.mailboxes, new_id)

    def addresses(self) -> list[str]:
        """Return the addresses that have had mail or an event."""
        return sorted(self.mailboxes.addresses() | self.calendars.addresses())

    def canonical(self) -> Any:
        """Return each address's mail by folder and its events, sorted; nothing depends on when mail was carried."""
        return {
            key: {**self.mailboxes.canonical(key), "calendar": self.calendars.canonical(key)}
            for key in self.addresses()
        }
