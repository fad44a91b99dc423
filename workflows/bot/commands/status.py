"""«status»: the requests that the asker answers, and how their municipality's round stands."""

from collections.abc import Iterator, Mapping, Sequence

import texts
from workflows.bot.command import Asker, BotReply, Command
from workflows.status import plan
from workflows.status.model import RequestState, StatusAnswer, StatusRequest, StatusRound


async def answer(asker: Asker, rest: str) -> BotReply:
    """List what the asker may answer in the open rounds; for a local lead also who has not answered."""
    del rest
    reply, rounds = BotReply(), asker.ports.rounds
    for status_round in await rounds.list_open_rounds(_municipalities(asker)):
        if status_round.takes_answers(asker.now):
            of_round = await rounds.list_requests(status_round.meeting)
            requests = [request for request in of_round if request.state is not RequestState.WAIVED]
            answers = await rounds.newest_answers([request.id for request in requests])
            reply.requests += _own_requests(asker, status_round, requests, answers)
            if requests and asker.is_local_lead(status_round.municipality):
                reply.lines += _round_lines(asker, status_round, requests)
    if not reply.lines and not reply.requests:
        reply.lines.append(asker.say("bot.status_none"))
    return reply


def _municipalities(asker: Asker) -> list[str]:
    """List the municipalities in whose rounds the asker may be asked or lead."""
    found: list[str] = []
    for item in asker.programme.assignments_of(asker.person.key):
        package = asker.programme.find_work_package(item.work_package or "")
        found += [item.municipality] if item.municipality else []
        found += [package.municipality, *package.boards] if package else []
    return list(dict.fromkeys(found))


def _own_requests(
    asker: Asker,
    status_round: StatusRound,
    requests: Sequence[StatusRequest],
    answers: Mapping[str, StatusAnswer],
) -> Iterator[tuple[str, str]]:
    due = asker.moment(status_round.deadline_at)
    for request in requests:
        asked = plan.find_asked(asker.programme, request, asker.today)
        if asked is None or asked.key != asker.person.key:
            continue
        package, given = asker.programme.work_package(request.work_package).name, answers.get(request.id)
        if given is None:
            yield asker.say("bot.status_missing", package=package, due=due), request.id
        else:
            light = asker.say(f"light.{given.content.light}")
            yield asker.say("bot.status_answered", package=package, light=light, due=due), request.id


def _round_lines(asker: Asker, status_round: StatusRound, requests: Sequence[StatusRequest]) -> Iterator[str]:
    owing = [request for request in requests if request.state is RequestState.OPEN]
    yield asker.say(
        "bot.status_round",
        place=asker.programme.municipality(status_round.municipality).name,
        answered=len(requests) - len(owing),
        total=len(requests),
        due=asker.moment(status_round.deadline_at),
    )
    if owing:
        names = [asker.programme.work_package(request.work_package).name for request in owing]
        yield asker.say("bot.status_owing", packages=texts.join(names, asker.language))


STATUS = Command(key="status", answer=answer)
