"""One round, read once: what a unit of work looks at before it decides."""

from dataclasses import dataclass
from datetime import date, datetime

from config.programme import Programme
from workflows.status.model import StatusRound
from workflows.status.ports import BoardMeeting, StatusPorts
from workflows.working_days import WorkCalendar


@dataclass(frozen=True, kw_only=True)
class RoundContext:
    """The round before one meeting as it stood at *now*. A long sending reads clock and requests again as it goes."""

    programme: Programme
    meeting: BoardMeeting
    round: StatusRound
    now: datetime

    @property
    def calendar(self) -> WorkCalendar:
        """The municipality's working days and sending hours."""
        return WorkCalendar(self.programme, self.round.municipality)

    @property
    def today(self) -> date:
        return self.programme.today(self.now)

    @property
    def takes_answers(self) -> bool:
        return self.round.takes_answers(self.now)


async def find_context(ports: StatusPorts, meeting: str) -> RoundContext | None:
    """Read the round of *meeting*, its key, and change nothing; None without a round or without a meeting."""
    status_round = await ports.rounds.find_round(meeting)
    found = await ports.rounds.find_meeting(meeting)
    if status_round is None or found is None:
        return None
    return RoundContext(programme=await ports.programme(), meeting=found, round=status_round, now=ports.clock.now())
