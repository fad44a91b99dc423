"""The stage of `benchmarks.status_rounds`: the sandbox's people, the meetings, and a clock moved to their morning."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.loading import load_documents
from integration.clock import SystemClock
from integration.database.accounts import SQLAccounts
from integration.database.connection import create_database
from integration.database.meetings import SQLMeetings
from integration.database.register import SQLRegister
from workflows.meetings.model import Meeting, MeetingState
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import DueUnit

if TYPE_CHECKING:
    from sandbox.app import Sandbox

MEETING_DAY = date(2026, 11, 17)
OPENS = datetime(2026, 10, 27, 7, tzinfo=UTC)
"""The opening of the rounds before that day: a Tuesday morning."""


def with_app(sandbox: "Sandbox") -> list[Account]:
    """Give everybody of the home tenant the app, as an administrator's policy does."""
    from sandbox.teams.model import Installation

    tenant = sandbox.tenant
    app, accounts = tenant.catalog.ours, []
    for user in tenant.directory.users.values():
        installed = Installation(id=tenant.ids.new("installation"), app_id=app.id, created_at=tenant.clock.now())
        tenant.teams.personal[user.id] = {installed.id: installed}
        accounts.append(Account(id=user.id, email=user.mail, kind=AccountKind.MEMBER))
    return accounts


def count_calls(sandbox: "Sandbox") -> list[float]:
    """Return the moments at which requests drew on the bot's limits."""
    calls: list[float] = []
    draw = sandbox.tenant.throttle.draw

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(time.monotonic())
        return draw(*arguments, **named)

    sandbox.tenant.throttle.draw = counted  # type: ignore[method-assign]
    return calls


def count_cards(sandbox: "Sandbox") -> Mapping[str, int]:
    """Return the number of cards for each status request."""
    found: Counter[str] = Counter()
    for chat in sandbox.tenant.chats.chats.values():
        for message in chat.messages:
            actions = (message.card or {}).get("actions", ())
            found[next(action["data"]["request_id"] for action in actions if "data" in action)] += 1
    return found


async def prepare(programme: Path, url: str, accounts: Sequence[Account]) -> None:
    """Fill a new database with the programme, its people's accounts and a meeting of every local board."""
    database = create_database(url)
    await database.migrate()
    loaded = await SQLRegister(database, SystemClock()).save(load_documents(programme))
    await SQLAccounts(database, SystemClock()).remember(accounts)
    boards = [loaded.local_board(item.slug).key for item in loaded.municipalities]
    meetings = [_meeting(board) for board in boards]
    opening = [DueUnit(key=f"status.open:{meeting.key}", due_at=OPENS) for meeting in meetings]
    await SQLMeetings(database).add(meetings, then=opening)
    await database.close()


def _meeting(board: str) -> Meeting:
    starts = datetime.combine(MEETING_DAY, datetime.min.time()).replace(hour=9)
    return Meeting(
        key=f"{board}/{MEETING_DAY}",
        body=board,
        state=MeetingState.PLANNED,
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        changed_at=OPENS,
        booked_by_us=True,
    )


class ShiftedClock(SystemClock):
    """Real time, so many seconds away."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return super().now() + self._shift
