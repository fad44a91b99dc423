"""Teams, channels, tabs, installations and operations."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.protocol.errors import GraphError

LONGEST_NAME = 50
_FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|^[_.]|\.$")


@dataclass(kw_only=True, eq=False)
class Tab:
    id: str
    name: str
    app_id: str
    configuration: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address that the tab leads to."""
        return str(self.configuration.get("websiteUrl") or self.configuration.get("contentUrl") or "")


@dataclass(kw_only=True, eq=False)
class Channel:
    id: str
    name: str
    created_at: datetime
    description: str | None = None
    kind: str = "standard"
    members: dict[str, list[str]] = field(default_factory=dict)
    """Of a private or shared channel: user id → roles."""
    tabs: dict[str, Tab] = field(default_factory=dict)
    apps: set[str] = field(default_factory=set)
    """Of a private or shared channel: catalogue ids of the apps that a person added to it."""
    archived_at: datetime | None = None
    """By itself; with its team it is archived as well."""

    @property
    def is_closed(self) -> bool:
        """True for a private or shared channel, which an app of the team does not reach by itself."""
        return self.kind != "standard"

    def get_tab(self, tab_id: str) -> Tab:
        if tab_id not in self.tabs:
            raise GraphError(404, "NotFound", f"Tab {tab_id} was not found.")
        return self.tabs[tab_id]


@dataclass(kw_only=True, eq=False)
class Installation:
    id: str
    app_id: str
    """The catalogue's id."""
    created_at: datetime
    consented: frozenset[str] = frozenset()


@dataclass(kw_only=True, eq=False)
class TeamOperation:
    """Of a team, or of one that was not made."""

    id: str
    team_id: str
    kind: str
    created_at: datetime
    ready_at: datetime
    error: dict[str, str] | None = None
    polls: int = 0


@dataclass(kw_only=True, eq=False)
class Team:
    id: str
    created_at: datetime
    ready_at: datetime
    channels: dict[str, Channel] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    """Users added through the team itself: no sync is waited for."""
    archived_at: datetime | None = None

    def rename_channel(self, channel: Channel, name: str) -> None:
        """Give a channel another name; 400 for General, and for a name that is taken."""
        if channel is next(iter(self.channels.values())):
            raise GraphError(400, "BadRequest", "The General channel cannot be renamed here.")
        self.check_free(name, channel)
        channel.name = name

    def check_free(self, name: str, renamed: Channel | None = None) -> None:
        """Refuse with 400 a name that another channel than the one to be *renamed* has."""
        if any(other.name.lower() == name.lower() for other in self.channels.values() if other is not renamed):
            message = "Channel name already existed, please use other name."
            extra = {"innerError": {"code": "NameAlreadyExists", "message": message}}
            raise GraphError(400, "BadRequest", message, extra=extra)


def check_channel_name(name: Any) -> None:
    """Refuse with 400 a text that cannot be a channel's name."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or _FORBIDDEN.search(name):
        raise GraphError(400, "BadRequest", f"Channel name is invalid: {name!r}.")
