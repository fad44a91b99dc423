"""A command of the bot: the person who wrote it, the reply, and the words it is known by."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Person, Role
from workflows.bot.ports import BotPorts
from workflows.status import plan


@dataclass(frozen=True, kw_only=True)
class Asker:
    """The person who wrote to the bot, with the roles of the register as they are *now*, and their language."""

    ports: BotPorts
    programme: Programme
    person: Person
    language: str
    now: datetime

    @property
    def today(self) -> date:
        return self.programme.today(self.now)

    @property
    def is_county_lead(self) -> bool:
        return self._is_one_of(self.programme.holders(Role.COUNTY_LEAD, on=self.today))

    def is_local_lead(self, municipality: str) -> bool:
        return self._is_one_of(plan.local_leads(self.programme, municipality, self.today))

    def leads_package(self, work_package: str) -> bool:
        return self._is_one_of(plan.package_leads(self.programme, work_package, self.today))

    def say(self, key: str, **values: Any) -> str:
        return texts.say(key, self.language, **values)

    def moment(self, moment: datetime) -> str:
        return texts.long_moment(self.local(moment), self.language)

    def local(self, moment: datetime) -> datetime:
        """Return the moment in the programme's zone."""
        return moment.astimezone(ZoneInfo(self.programme.timezone))

    def _is_one_of(self, people: tuple[Person, ...]) -> bool:
        return any(person.key == self.person.key for person in people)


@dataclass
class BotReply:
    """The bot's answer: lines, requests that can be opened, an address."""

    lines: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    """A line and the id of the request that its button opens."""
    url: str | None = None
    language: str | None = None
    """The language of the lines where it is not the asker's."""


def everybody(asker: Asker) -> bool:
    """Offer a command to all whom the register knows."""
    del asker
    return True


@dataclass(frozen=True, kw_only=True)
class Command:
    """
    One thing that can be written to the bot. *key*: names its texts, in each language:

    `bot.<key>_words` (how it is written, first the one that is shown, parted by commas), `bot.<key>_help` (its line in
    the help) and `bot.<key>_menu` (its line in the menu of Teams).
    """

    key: str
    answer: Callable[[Asker, str], Awaitable[BotReply]]
    """Gets what was written after the command, which is empty unless the command *takes_more*."""
    takes_more: bool = False
    is_offered: Callable[[Asker], bool] = everybody
    """False leaves it out of a person's help."""
    in_menu: bool = True
    """The menu of Teams is the same for everybody."""
