"""«rull ut A-dal»: for the county's lead, what a rollout would make there, and how it is started."""

import texts
from config.values import Municipality, Place
from workflows.bot.command import Asker, BotReply, Command
from workflows.rollout.plan import wanted_place


async def answer(asker: Asker, rest: str) -> BotReply:
    """Show what would be made in the municipality that *rest* names. Nothing is started."""
    if not asker.is_county_lead:
        return BotReply(lines=[asker.say("bot.rollout_not_yours")])
    municipalities = asker.programme.municipalities
    found = next((item for item in municipalities if rest in (item.name.casefold(), item.slug)), None)
    if found is None:
        names = texts.join([item.name for item in municipalities], asker.language)
        return BotReply(lines=[asker.say("bot.rollout_which", municipalities=names)])
    if found.place is not Place.OURS:
        key = "bot.rollout_theirs" if found.place is Place.THEIRS else "bot.rollout_none"
        return BotReply(lines=[asker.say(key, municipality=found.name)])
    return await _plan(asker, found)


async def _plan(asker: Asker, municipality: Municipality) -> BotReply:
    """List what would be made, from the register alone: how it differs from what is there, only Hands could read."""
    spec = asker.programme.place(municipality.slug)
    wanted = wanted_place(asker.programme, spec, on=asker.today)
    channels = texts.join([channel.name for channel in wanted.channels], asker.language)
    lines = [
        asker.say("bot.rollout_intro", municipality=municipality.name),
        asker.say("bot.rollout_team", name=spec.name, people=len(wanted.members)),
        asker.say("bot.rollout_channels", channels=channels),
    ]
    if await asker.ports.places.of(spec.key):
        lines.append(asker.say("bot.rollout_made"))
    lines.append(asker.say("bot.rollout_start", slug=municipality.slug))
    return BotReply(lines=lines)


# Only the county's lead gets more than a refusal, so nobody else is offered it.
ROLLOUT = Command(
    key="rollout", answer=answer, takes_more=True, is_offered=lambda asker: asker.is_county_lead, in_menu=False
)
