"""The closed list of what can be written to the bot, and how it is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import texts
from workflows.bot.command import Asker, BotReply, Command
from workflows.bot.commands.language import LANGUAGE
from workflows.bot.commands.meetings import MEETINGS
from workflows.bot.commands.packages import PACKAGES
from workflows.bot.commands.rollout import ROLLOUT
from workflows.bot.commands.status import STATUS

MAX_READ = 200
"""Characters that are looked at. A command is much shorter."""


async def _help(asker: Asker, rest: str) -> BotReply:
    """List what the asker can write."""
    del rest
    offered = [asker.say(f"bot.{command.key}_help") for command in COMMANDS if command.is_offered(asker)]
    return BotReply(lines=[asker.say("bot.help_intro"), *offered])


HELP = Command(key="help", answer=_help)
COMMANDS = (STATUS, PACKAGES, MEETINGS, LANGUAGE, ROLLOUT, HELP)
"""In the order of the help and of the menu in Teams. A new command is a module in `commands/` and a name here."""


@dataclass(frozen=True)
class Understood:
    """A command and what followed it; no command when nothing was understood."""

    command: Command | None
    rest: str = ""


def understand(text: str) -> Understood:
    """Find the command in *text*, untrusted input; a mention of the bot before it is left out."""
    words = re.sub(r"<at>[^<]{0,100}</at>|&nbsp;|<[^>]{0,100}>", " ", text[: MAX_READ * 2])
    bare = " ".join(words[:MAX_READ].casefold().replace(":", " ").split())
    # Question marks alone ask for help.
    spoken = bare.strip(" /.,;!?«»\"'") or bare[:1]
    for beginning, command in _spoken():
        if spoken == beginning:
            return Understood(command)
        if command.takes_more and spoken.startswith(f"{beginning} "):
            return Understood(command, spoken.removeprefix(beginning).strip())
    return Understood(None)


def words_of(command: Command, language: str) -> list[str]:
    """Return how a command is written in *language*, first the one that people are shown."""
    return [word.strip() for word in texts.say(f"bot.{command.key}_words", language).split(",")]


@cache
def _spoken() -> tuple[tuple[str, Command], ...]:
    """Return the words of every language, whatever the reader's own is."""

    def pairs() -> Iterator[tuple[str, Command]]:
        for command in COMMANDS:
            for language in texts.languages():
                yield from ((word.casefold(), command) for word in words_of(command, language))

    return tuple(dict.fromkeys(pairs()))
