"""«møter»: the asker's next meetings, and the way to the page with all of them."""

import texts
from workflows.bot.command import Asker, BotReply, Command

MAX_MEETINGS = 6


async def answer(asker: Asker, rest: str) -> BotReply:
    """List the next meetings of the boards that the asker sits in."""
    del rest
    programme = asker.programme
    boards = {
        body.key: body.name
        for body in programme.bodies
        if any(person.key == asker.person.key for person, _ in programme.board_people(body, asker.today))
    }
    local = asker.local(asker.now).replace(tzinfo=None)
    meetings = await asker.ports.rounds.list_meetings(bodies=list(boards), after_local=local)
    lines = [
        asker.say("bot.meeting", body=boards[item.body], at=texts.long_moment(item.starts_local, asker.language))
        for item in meetings[:MAX_MEETINGS]
    ]
    url = await asker.ports.own_address(asker.person.key)
    return BotReply(lines=lines or [asker.say("bot.meetings_none")], url=url)


MEETINGS = Command(key="meetings", answer=answer)
