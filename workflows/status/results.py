"""Results of a round: for the report, and for those who look after it."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from operator import itemgetter

from config.programme import Programme
from config.values import Indicator, Role
from workflows.messages.model import AGAIN, OVERDUE_TRIES, Message, MessageState
from workflows.status import plan
from workflows.status.model import (
    AnswerContent,
    IndicatorResult,
    PackageResult,
    RequestLine,
    RequestStage,
    RequestState,
    RoundOverview,
    RoundResult,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.status.plan import REMINDER, REQUEST, asked_now, name_of
from workflows.status.ports import StatusPorts


class RoundResults:
    """Reads how a round stands or ended. Changes nothing."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    async def result(self, meeting: str) -> RoundResult | None:
        """Return how a round turned out so far; None when there is none."""
        status_round = await self._rounds.find_round(meeting)
        if status_round is None:
            return None
        requests = await self._rounds.list_requests(meeting)
        answers = await self._rounds.newest_answers([request.id for request in requests])
        previous = await self._rounds.previous_answers(status_round)
        return round_result(await self._ports.programme(), status_round, requests, answers, previous)

    async def overview(self, meeting: str) -> RoundOverview | None:
        """Return who owes what in a round; None when there is none."""
        status_round = await self._rounds.find_round(meeting)
        if status_round is None:
            return None
        requests = await self._rounds.list_requests(meeting)
        ids = [request.id for request in requests]
        messages = await self._ports.messages.list_messages(requests=ids)
        programme, now = await self._ports.programme(), self._ports.clock.now()
        # By their keys: of these mails, every round leaves some for ever.
        told = await self._ports.messages.list_messages(
            states=[MessageState.SENT], keys=_told_keys(programme, status_round)
        )
        on = programme.today(min(now, status_round.deadline_at))
        return round_overview(
            programme,
            status_round,
            requests,
            messages,
            await self._rounds.newest_answers(ids),
            on=on,
            lead_told=bool(told),
            drafted=plan.begun_requests(programme, requests, await self._rounds.drafted(ids), on),
        )


def _told_keys(programme: Programme, status_round: StatusRound) -> list[str]:
    """List the keys of the mails about missing answers, to everybody who was ever local lead there."""
    leads = programme.assigned(Role.LOCAL_LEAD, municipality=status_round.municipality)
    return [f"{plan.unanswered_key(status_round)}/{item.person}" for item in leads]


def round_result(
    programme: Programme,
    status_round: StatusRound,
    requests: Sequence[StatusRequest],
    answers: Mapping[str, StatusAnswer],
    previous: Mapping[str, StatusAnswer],
) -> RoundResult:
    """
    Return a round as the report needs it, packages in the register's order.

    *answers*: the newest of this round by request. *previous*: the newest of earlier rounds by package.
    """
    asked = (request for request in requests if request.state is not RequestState.WAIVED)
    placed = [(place, item) for item in asked if (place := programme.position_of(item.work_package)) is not None]
    known = [item for _, item in sorted(placed, key=itemgetter(0))]

    def result(request: StatusRequest) -> PackageResult:
        # Whoever led it when the round closed, not who was asked when it opened.
        lead = name_of(programme, asked_now(programme, request, programme.today(status_round.deadline_at)))
        return _package_result(
            programme, request, answers.get(request.id), previous.get(request.work_package), lead=lead
        )

    return RoundResult(round=status_round, packages=tuple(map(result, known)))


def indicator_results(
    indicators: Sequence[Indicator], now: AnswerContent | None, previous: AnswerContent | None
) -> tuple[IndicatorResult, ...]:
    """Return the indicators with this round's numbers and those before; without an earlier number, the baseline."""
    return tuple(
        IndicatorResult(
            key=indicator.key,
            name=indicator.name,
            unit=indicator.unit,
            better=indicator.better,
            baseline=indicator.baseline,
            target=indicator.target,
            previous=previous.indicators.get(indicator.key, indicator.baseline) if previous else indicator.baseline,
            now=now.indicators.get(indicator.key) if now else None,
        )
        for indicator in indicators
    )


def round_overview(
    programme: Programme,
    status_round: StatusRound,
    requests: Sequence[StatusRequest],
    messages: Sequence[Message],
    answers: Mapping[str, StatusAnswer],
    *,
    on: date,
    lead_told: bool = False,
    drafted: Container[str] = (),
) -> RoundOverview:
    """
    Return a round's requests with the surfaces that reached people, and the failures on the way.

    *answers*: the newest by request. *on*: the day whose leads are meant. *lead_told*: the local lead was told who does
    not answer. *drafted*: the requests that somebody has begun to answer.
    """

    def line(request: StatusRequest) -> RequestLine:
        own = [message for message in messages if message.request == request.id]
        stage = _stage(request, own, lead_told=lead_told, drafted=request.id in drafted)
        lead = name_of(programme, asked_now(programme, request, on))
        return _line(programme, request, own, answers.get(request.id), lead, stage)

    return RoundOverview(round=status_round, lines=tuple(map(line, requests)))


def _package_result(
    programme: Programme,
    request: StatusRequest,
    answer: StatusAnswer | None,
    previous: StatusAnswer | None,
    *,
    lead: str,
) -> PackageResult:
    package = programme.work_package(request.work_package)
    content = answer.content if answer else None
    before = previous.content if previous else None
    texts = (
        {}
        if content is None
        else {
            "done": content.done,
            "next": content.next,
            "hinders": content.hinders,
            "question": content.question,
            "proposal": content.proposal,
            "lesson": content.lesson,
            "lesson_for": content.lesson_for,
            "outlook": content.outlook,
            "weight": content.weight,
        }
    )
    return PackageResult(
        request=request.id,
        work_package=package.key,
        name=package.name,
        lead=lead,
        light=content.light if content else None,
        previous=before,
        previous_on=programme.local_time(previous.at).date() if previous else None,
        indicators=indicator_results(package.indicators, content, before),
        follow_ups=content.follow_ups if content else {},
        on_behalf=answer.on_behalf if answer else False,
        **texts,
    )


def _line(
    programme: Programme,
    request: StatusRequest,
    messages: Sequence[Message],
    answer: StatusAnswer | None,
    lead: str,
    stage: RequestStage,
) -> RequestLine:
    sent = [message for message in messages if message.state is MessageState.SENT]
    failed = [message for message in messages if message.state is MessageState.FAILED or _is_overdue(message)]
    return RequestLine(
        stage=stage,
        failed_on=tuple(dict.fromkeys(message.surface.value for message in failed)),
        on_behalf=answer.on_behalf if answer else False,
        lifts=bool(answer and answer.content.question),
        request=request.id,
        work_package=request.work_package,
        name=package.name if (package := programme.find_work_package(request.work_package)) else "",
        lead=lead,
        state=request.state,
        surfaces=tuple(dict.fromkeys(message.surface.value for message in sent if message.kind == REQUEST)),
        failures=tuple(message.failure for message in messages if message.failure),
        reminders=sum(message.kind == REMINDER and AGAIN not in message.key for message in sent),
    )


def _is_overdue(message: Message) -> bool:
    """Return True when a message had not left after a working day of tries, also when its round is over."""
    return message.state is not MessageState.SENT and message.tries >= OVERDUE_TRIES


def _stage(request: StatusRequest, messages: Sequence[Message], *, lead_told: bool, drafted: bool) -> RequestStage:
    if request.state is RequestState.OPEN:
        sent = [message.kind for message in messages if message.state is MessageState.SENT]
        if drafted:
            return RequestStage.DRAFT
        if lead_told:
            return RequestStage.ESCALATED
        if REMINDER in sent:
            return RequestStage.REMINDED
        return RequestStage.SENT if sent else RequestStage.PLANNED
    if request.state is RequestState.ANSWERED and request.latest_version > 1:
        return RequestStage.CORRECTED
    return RequestStage(request.state)
