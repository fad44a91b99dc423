"""Connections that stay open, one for each user: to take one from SQLAlchemy's pool costs as much as what is asked."""

from collections.abc import Callable, Hashable

from sqlalchemy import Connection

from integration.database.postgres import has_ended


class KeptConnections:
    """A connection for each user, such as a thread, which has no use for two at once."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Connection] = {}

    def of(self, user: Hashable, make: Callable[[], Connection]) -> Connection:
        """Return the connection of *user*: a new one by *make* for the first time, and where the server ended it."""
        kept = self._kept.get(user)
        if kept is not None and (kept.invalidated or has_ended(kept)):
            del self._kept[user]
            kept.invalidate()
            kept.close()
            kept = None
        if kept is None:
            kept = self._kept[user] = make()
        return kept

    def close(self) -> None:
        for connection in self._kept.values():
            connection.close()
