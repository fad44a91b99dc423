"""«språk nb»: the language that the asker is written to in."""

from collections.abc import Mapping

import texts
from workflows.bot.command import Asker, BotReply, Command

_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("nb", "bokmål"), "nb"),
    **dict.fromkeys(("nn", "nynorsk"), "nn"),
    **dict.fromkeys(("en", "engelsk", "english"), "en"),
}


async def answer(asker: Asker, rest: str) -> BotReply:
    """Change the asker's language in the register, and say so in that language."""
    chosen = _LANGUAGES.get(rest)
    if chosen is None:
        return BotReply(lines=[asker.say("bot.language_which")])
    await asker.ports.languages.set_language(asker.person.key, chosen)
    return BotReply(lines=[texts.say("bot.language_set", chosen)], language=chosen)


LANGUAGE = Command(key="language", answer=answer, takes_more=True)
