"""The origin of an act: the surface it came from and its sign-in, for as long as a request or a command lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class ActSurface(StrEnum):
    """A way in which people's acts reach the service."""

    PAGE = "page"
    TEAMS_TAB = "teams_tab"
    BOT = "bot"
    TERMINAL = "terminal"
    SERVICE = "service"
    """The service by itself."""


BY_LINK = "link"
"""The sign-in of a mailed link, which is as good as the mailbox that it was sent to."""
BY_TEAMS = "teams"
"""The sign-in that Teams vouches for when it hands a person's press or message to the bot."""


@dataclass(frozen=True, kw_only=True)
class ActOrigin:
    """The surface and the sign-in that an act comes from."""

    surface: ActSurface = ActSurface.SERVICE
    sign_in: str = ""
    """Issuer that the person signed in with, `link` or `teams`; empty without any."""
    on_behalf: str = ""
    """The municipality whose people the act is done for by somebody of the county; empty: for themselves."""


_BY_ITSELF = ActOrigin()
_ORIGIN: ContextVar[ActOrigin] = ContextVar("origin", default=_BY_ITSELF)


def origin() -> ActOrigin:
    """Return where the present task's acts come from."""
    return _ORIGIN.get()


def note_origin(found: ActOrigin) -> None:
    """Let acts come from *found* until the surrounding `coming_from` ends."""
    _ORIGIN.set(found)


@contextmanager
def coming_from(found: ActOrigin) -> Iterator[None]:
    """Let all acts within the body come from *found*."""
    token = _ORIGIN.set(found)
    try:
        yield
    finally:
        _ORIGIN.reset(token)
