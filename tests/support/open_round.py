"""An open status round in a database, without the service that would open it."""

from datetime import datetime, timedelta

from integration.database.connection import create_database
from integration.database.links import SQLLinks
from integration.database.meetings import SQLMeetings
from integration.database.register import SQLRegister
from integration.database.status import SQLStatus
from tests.clocks import StillClock
from tests.support.rollout import PLACE, START, small
from workflows.meetings.model import Meeting, MeetingState
from workflows.status.model import RoundState, StatusRound
from workflows.status.plan import new_requests

DAY = timedelta(days=1)


async def open_round(database_url: str) -> str:
    """Open a round of one request at START, and return the path of its form."""
    database = create_database(database_url)
    programme = await SQLRegister(database, StillClock(START)).save(small())
    board = programme.local_board(PLACE).key
    day = (START + 14 * DAY).date()
    starts = datetime.combine(day, datetime.min.time()).replace(hour=9)
    meeting = Meeting(
        key=f"{board}/{day}",
        body=board,
        state=MeetingState.PLANNED,
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone=programme.timezone,
        changed_at=START,
        booked_by_us=True,
    )
    await SQLMeetings(database).add([meeting])
    status_round = StatusRound(
        meeting=meeting.key,
        municipality=PLACE,
        state=RoundState.OPEN,
        opens_at=START,
        reminders_at=(),
        deadline_at=START + 7 * DAY,
        release_at=START + 10 * DAY,
    )
    (request,) = new_requests(programme, meeting.key, PLACE, START)
    await SQLStatus(database).open_round(status_round, [request], [])
    token = await SQLLinks(database, StillClock(START)).issue("answer", request.id, request.person)
    await database.close()
    return f"/svar/{token}"
