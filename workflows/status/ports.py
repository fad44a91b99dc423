"""Ports of status rounds."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from config.programme import Programme
from workflows.messages.model import Chats, Message, Messages
from workflows.ports.accounts import Account, KnownAccounts
from workflows.ports.bot import Bot
from workflows.ports.links import EndedLinks, Link, Links
from workflows.ports.units import Clock, DueUnit
from workflows.status.model import (
    AnswerContent,
    AnswerSurface,
    Escalation,
    OpenDecision,
    RequestState,
    RoundState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)

if TYPE_CHECKING:
    from workflows.messages.outbox import Outbox
    from workflows.ports.place import Places

MAX_DECISIONS = 4
"""Decisions that a form asks about; the oldest. The rest stands in the minutes all the same."""

REMEMBERED = timedelta(days=400)
"""The time for which an answer is its package's previous one, and the surface that reached a person is known: what is
read for a round grows no further with the years."""


@dataclass(frozen=True, kw_only=True)
class BoardMeeting:
    """A meeting as far as its round needs it. *starts_local*: naive wall time in the programme's zone."""

    key: str
    body: str
    starts_local: datetime
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class NewAnswer:
    """An answer on its way into the record."""

    request: str
    at: datetime
    by: str
    surface: AnswerSurface
    on_behalf: bool
    content: AnswerContent


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A request and everything that stands about it at one moment."""

    request: StatusRequest
    round: StatusRound
    meeting: BoardMeeting
    answer: StatusAnswer | None
    """The newest of this round."""
    previous: StatusAnswer | None
    """The package's newest of earlier rounds."""
    drafts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Drafts that are not sent: by person, then by input name."""
    account: Account | None = None
    """The account that was asked for; None also when nobody knows it."""
    programme_version: int = 0
    """The register's version at that moment."""
    may_report: bool = True
    """False where no decisions need be read: the board has made none, and answered no question of the package's."""
    has_lost_card: bool = True
    """False where no card about the request need be looked for: the place of each that left is known."""


class FindRound(Protocol):
    async def find_round(self, meeting: str) -> StatusRound | None: ...


class RoundRecord(Protocol):
    """The record of meetings and their rounds. Every method is atomic."""

    async def find_meeting(self, key: str) -> BoardMeeting | None: ...
    async def list_meetings(
        self, *, bodies: Sequence[str], after_local: datetime, before_local: datetime | None = None
    ) -> Sequence[BoardMeeting]:
        """List the meetings of *bodies* that start after one moment, before the other, and stand; by their start."""
        ...

    async def find_round(self, meeting: str) -> StatusRound | None: ...
    async def list_rounds(self, *, state: RoundState) -> Sequence[StatusRound]: ...
    async def list_open_rounds(self, municipalities: Collection[str]) -> Sequence[StatusRound]:
        """List the open rounds of *municipalities*, the first deadline first."""
        ...

    async def list_rounds_before(self, meetings: Sequence[str]) -> Sequence[StatusRound]:
        """List the rounds of *meetings*, in any state."""
        ...

    async def open_round(
        self,
        status_round: StatusRound,
        requests: Sequence[StatusRequest],
        messages: Sequence[Message],
        *,
        then: Sequence[DueUnit] = (),
    ) -> bool:
        """Add all of it; False, and nothing written, when the round is there already."""
        ...

    async def move_round(self, status_round: StatusRound, *, then: Sequence[DueUnit] = ()) -> None:
        """Give an open round the moments of *status_round*."""
        ...

    async def close_round(self, meeting: str, *, unanswered: RequestState, then: Sequence[DueUnit] = ()) -> bool:
        """Close an open round and mark its unanswered requests; False, and nothing written, when it is not open."""
        ...

    async def waive(self, requests: Sequence[str], *, then: Sequence[DueUnit] = ()) -> None:
        """Release everybody from these answers, where they are still owed."""
        ...


class AnswerRecord(Protocol):
    """The record of requests, answers, drafts and lifted questions. Every method is atomic."""

    async def find_request(self, request: str) -> StatusRequest | None: ...
    async def find_standing(self, request: str, *, object_id: str = "") -> Standing | None:
        """Return a request as it stands. *object_id*: reads the account of the person who asks along with it."""
        ...

    async def list_requests(self, *meetings: str) -> Sequence[StatusRequest]: ...
    async def list_open_requests(self, meetings: Sequence[str]) -> Sequence[StatusRequest]:
        """List the requests of *meetings* that wait for an answer."""
        ...

    async def newest_answers(self, requests: Sequence[str]) -> Mapping[str, StatusAnswer]:
        """Return the newest version by request; a request without an answer is left out."""
        ...

    async def previous_answers(self, status_round: StatusRound) -> Mapping[str, StatusAnswer]:
        """Return the newest answer of every package of the municipality in the earlier rounds of some 400 days, by
        package."""
        ...

    async def add_answer(
        self,
        answer: NewAnswer,
        *,
        escalation: Escalation | None,
        then: Sequence[DueUnit] = (),
        known: StatusAnswer | None = None,
    ) -> StatusAnswer | None:
        """
        Store the next version; None, and nothing written, when the round takes no answers at *answer.at*.

        *known*: the version that was the newest a moment ago; it is not read again while it still is.

        The same person's same words again are the version that is stored. *escalation*: what the answer lifts; without
        one, what earlier versions lifted is withdrawn.
        """
        ...

    async def save_draft(self, request: str, person: str, draft: Mapping[str, str], *, at: datetime) -> bool:
        """
        Keep what *person* has written so far; an empty draft is none.

        False, and nothing written, when the round takes no answers at *at*. It ends with that person's answer, and with
        the round.
        """
        ...

    async def drafted(self, requests: Sequence[str]) -> Mapping[str, Collection[str]]:
        """Return the people with a draft, by the request."""
        ...

    async def list_escalations(self, meeting: str) -> Sequence[Escalation]: ...


class AnswerLinks(EndedLinks, Protocol):
    """Links that lead to a request's form."""

    async def resolve_answer(self, token: str) -> tuple[Link, Standing | None] | None:
        """
        Return the link of a form that was opened by it, whose use is noted already, and the request as it stands.

        None where `resolve` gives none. One question to the record, because people wait for what they sent.
        """
        ...


class Rounds(RoundRecord, AnswerRecord, Protocol):
    """The whole record of status rounds."""


class ProgrammeAt(Protocol):
    async def __call__(self, version: int | None = None) -> Programme:
        """Return the programme as it stands now. *version*: the register's, where it was read a moment ago."""
        ...


class OpenDecisions(Protocol):
    async def open_decisions(
        self, status_round: StatusRound, work_packages: Sequence[str]
    ) -> Mapping[str, Sequence[OpenDecision]]:
        """Return the decisions that each package reports on to the board that meets, the oldest first."""
        ...


async def open_decisions(
    decisions: OpenDecisions | None, status_round: StatusRound, work_packages: Sequence[str]
) -> Mapping[str, Sequence[OpenDecision]]:
    """By package, at most as much as a card has room for. None: no minutes are kept."""
    if decisions is None:
        return {}
    found = await decisions.open_decisions(status_round, work_packages)
    return {package: items[:MAX_DECISIONS] for package, items in found.items()}


@dataclass(frozen=True, kw_only=True)
class RecipientPorts:
    """All that the messages of a round are written from. Nothing here sends."""

    programme: Callable[[], Awaitable[Programme]]
    rounds: Rounds
    messages: Messages
    chats: Chats
    accounts: KnownAccounts
    places: "Places"
    links: Links
    clock: Clock
    public_url: str
    decisions: OpenDecisions | None = None
    """None where no minutes are kept."""


@dataclass(frozen=True, kw_only=True)
class StatusPorts(RecipientPorts):
    """Everything a status round reaches."""

    outbox: "Outbox"
    bot: Bot
