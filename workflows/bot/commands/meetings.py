"""«møter»: the asker's next meetings, and the way to the page with all of them."""

import texts
from config.values import BodyKind
from workflows.bot.command import Asker, BotReply, Command
from workflows.meetings.body_names import tell_apart

MAX_MEETINGS = 6


async def answer(asker: Asker, rest: str) -> BotReply:
    """List the next meetings of the boards that the asker sits in; of a weekly contact only the next one."""
    del rest
    programme = asker.programme
    mine = [
        body
        for body in programme.bodies
        if any(person.key == asker.person.key for person, _ in programme.board_people(body, asker.today))
    ]
    boards = tell_apart(programme, mine, asker.language)
    local = asker.local(asker.now).replace(tzinfo=None)
    meetings = await asker.ports.rounds.list_meetings(bodies=list(boards), after_local=local)
    teams = {body.key for body in mine if body.kind is BodyKind.LEAD_TEAM}
    nearest = {item.body: item.key for item in reversed(meetings) if item.body in teams}
    shown = [item for item in meetings if nearest.get(item.body, item.key) == item.key]
    lines = [
        asker.say("bot.meeting", body=boards[item.body], at=texts.long_moment(item.starts_local, asker.language))
        for item in shown[:MAX_MEETINGS]
    ]
    url = await asker.ports.own_address(asker.person.key)
    return BotReply(lines=lines or [asker.say("bot.meetings_none")], url=url)


MEETINGS = Command(key="meetings", answer=answer)
