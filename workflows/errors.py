"""The errors of everything outside the process, in our words.

The first fork is the one that matters to the caller: is another try worth it, or not?

    OutsideError
    ├── Transient             another try may help
    │   ├── Throttled         the service named a wait
    │   │   └── LimitReached  our own limiter did, so that the service need not
    │   └── OutcomeUnknown    a write may or may not have happened: look before writing again
    └── Permanent             another try will not help
        ├── NotFound
        ├── Conflict          it exists already, or somebody changed it meanwhile
        ├── Refused           this identity may not do it
        │   └── IdentityClosed   the identity itself is switched off (the Builder, between rollouts)
        ├── RecipientNotAllowed  the rehearsal's allow-list does not name this recipient
        └── Invalid           the service did not accept what was sent
    InvalidInput              what a person or a file gave us: every problem at once
"""

from datetime import timedelta

from config.problems import InvalidInput as InvalidInput
from config.problems import Problem as Problem


class OutsideError(Exception):
    """Something outside said no. The message names what was tried, why not, and the service's request id."""

    def __init__(self, action: str, reason: str, *, request_id: str | None = None) -> None:
        trace = f" (request-id {request_id})" if request_id else ""
        super().__init__(f"could not {action}: {reason}{trace}")
        self.action = action
        self.reason = reason
        self.request_id = request_id


class Transient(OutsideError):
    """Another try may help."""


class Throttled(Transient):
    """The service asked for a pause of *retry_after*."""

    def __init__(self, action: str, reason: str, *, retry_after: timedelta, request_id: str | None = None) -> None:
        super().__init__(action, reason, request_id=request_id)
        self.retry_after = retry_after


class LimitReached(Throttled):
    """Our own rate limiter has no permit before *retry_after* has passed, and one then."""


class OutcomeUnknown(Transient):
    """The answer of a write was lost: it may have happened. Look before writing again."""


class Permanent(OutsideError):
    """Another try will not help."""


class NotFound(Permanent):
    """There is no such thing, or not yet."""


class Conflict(Permanent):
    """It exists already, or it changed since it was read."""


class Refused(Permanent):
    """The calling identity may not do this."""


class IdentityClosed(Refused):
    """The calling identity is switched off; an administrator opens it."""


class RecipientNotAllowed(Permanent):
    """The allow-list of a rehearsal does not name this recipient."""


class Invalid(Permanent):
    """The service did not accept what was sent."""
