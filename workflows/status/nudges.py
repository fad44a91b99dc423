"""Reminders that a local lead sends by hand: who of a round can be reminded now, and why somebody cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.programme import Programme
from workflows.messages.model import Message, MessageState
from workflows.ports.units import DueUnit
from workflows.status import plan
from workflows.status.delivery import REMINDER_GAP
from workflows.status.model import RequestState, StatusRequest

KIND = "status.nudge"


class Obstacle(StrEnum):
    """A reason why a person is not reminded now."""

    NOBODY = "nobody"
    """The package has no lead today."""
    NOT_ASKED = "not_asked"
    """No request has reached the person yet: a reminder must not be the first word."""
    ORDERED = "ordered"
    """A reminder is asked for already, and on its way."""
    JUST_WRITTEN = "just_written"
    """Something was sent to the person less than a day ago."""


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """A request without an answer, and the reminder that it could get."""

    request: str
    package: str
    person: str
    """The name of the person asked today; empty without one."""
    heard_at: datetime | None
    """When the person last got a message about it."""
    obstacle: Obstacle | None = None


def plan_nudges(
    programme: Programme,
    requests: Iterable[StatusRequest],
    messages: Sequence[Message],
    *,
    now: datetime,
    waiting_units: Iterable[str] = (),
) -> tuple[Nudge, ...]:
    """
    List the requests of a round that wait for an answer, by the package's name.

    *waiting_units*: keys of the reminders by hand that have not left yet.
    """
    ordered = frozenset(key.partition(":")[2].rpartition("/")[0] for key in waiting_units)
    today = programme.today(now)
    waiting = [item for item in plan.known_requests(programme, list(requests)) if item.state is RequestState.OPEN]
    found = [_nudge(programme, item, messages, now=now, today=today, ordered=item.id in ordered) for item in waiting]
    return tuple(sorted(found, key=lambda nudge: nudge.package))


def nudge_unit(request: str, *, today: date, now: datetime) -> DueUnit:
    """Return the unit that reminds of a request: one a day, however often it is asked for."""
    return DueUnit(key=f"{KIND}:{request}/{today:%Y%m%d}", due_at=now)


def chosen(nudges: Sequence[Nudge], typed: Sequence[tuple[str, str]]) -> tuple[Nudge, ...]:
    """Return those of *nudges* that a form asks for by `request`; whoever cannot be reminded is left out."""
    wanted = {value for name, value in typed if name == "request"}
    return tuple(nudge for nudge in nudges if nudge.request in wanted and nudge.obstacle is None)


def _nudge(
    programme: Programme,
    request: StatusRequest,
    messages: Sequence[Message],
    *,
    now: datetime,
    today: date,
    ordered: bool,
) -> Nudge:
    asked = plan.find_asked(programme, request, today)
    sent = _sent_at(messages, request.id, asked.key if asked else "")
    heard_at = max(sent.values(), default=None)
    obstacle = None
    if asked is None:
        obstacle = Obstacle.NOBODY
    elif plan.REQUEST not in sent:
        obstacle = Obstacle.NOT_ASKED
    elif heard_at is not None and heard_at > now - REMINDER_GAP:
        obstacle = Obstacle.JUST_WRITTEN
    elif ordered:
        obstacle = Obstacle.ORDERED
    return Nudge(
        request=request.id,
        package=programme.work_package(request.work_package).name,
        person=asked.name if asked else "",
        heard_at=heard_at,
        obstacle=obstacle,
    )


def _sent_at(messages: Sequence[Message], request: str, person: str) -> Mapping[str, datetime]:
    """Return when each kind of message about a request last left for a person."""
    found: dict[str, datetime] = {}
    for item in messages:
        if (item.request, item.person) == (request, person) and item.state is MessageState.SENT and item.sent_at:
            found[item.kind] = max(item.sent_at, found.get(item.kind, item.sent_at))
    return found
