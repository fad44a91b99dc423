"""Notices to the local lead about a round: failed deliveries with reasons, missing answers, lifted questions.

By e-mail, each thing once; the caller sees to the hours. How long somebody took is never told.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.values import Person
from workflows.digest import digest
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import AGAIN, NOT_ALLOWED, Message, MessageState
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.model import Escalation, RequestState, StatusRequest
from workflows.status.ports import StatusPorts
from workflows.status.recipients import RoundNotice

FAILED, UNANSWERED, QUESTION = plan.LEAD_FAILED, plan.LEAD_UNANSWERED, plan.LEAD_QUESTION
SAID_OUTRIGHT = 2
"""With that many reminders, which is the ordinary case, the text says how many they were."""


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """A local lead, and the round in their language."""

    person: Person
    language: str
    meeting: str
    due: str

    def say(self, key: str, **values: Any) -> str:
        return texts.say(key, self.language, **values)


class LeadNotices:
    """Writes and sends what the local leads of one round hear."""

    def __init__(self, ports: StatusPorts, context: RoundContext) -> None:
        self._ports = ports
        self._programme = context.programme
        self._round = context.round
        self._meeting = context.meeting

    async def failed(self, notice: RoundNotice, keys: Collection[str]) -> None:
        """Tell what of *notice*, the messages *keys*, did not arrive where it was sent first, and what came instead."""
        requests = await self._requests()
        messages = await self._ports.messages.list_messages(requests=[request.id for request in requests])
        for reader in self._readers():
            said = []
            for request in requests:
                tried = [message for message in messages if message.key in keys and message.request == request.id]
                said += self._failure(reader, request, tried)
            if said:
                intro = reader.say("status.lead_failed_intro", meeting=reader.meeting)
                key = f"{FAILED}/{self._round.meeting}/{notice.kind}/{notice.number}"
                await self._send(FAILED, key, reader, reader.say("status.lead_failed_subject"), [intro, *said])

    async def unanswered(self) -> None:
        """Tell who has not answered the reminders."""
        requests = await self._requests()
        owing = [request for request in requests if request.state is RequestState.OPEN]
        sent = await self._ports.messages.list_messages(
            states=[MessageState.SENT], requests=[request.id for request in owing], kind=plan.REMINDER
        )
        reminded = Counter((item.request, item.person) for item in sent if AGAIN not in item.key)
        for reader in self._readers():
            said = [
                self._reminded(reader, request, reminded[request.id, asked])
                for request in owing
                if (asked := self._asked(request)) != reader.person.key
            ]
            if said:
                subject = reader.say("status.lead_unanswered_subject", meeting=reader.meeting)
                said.append(reader.say("status.lead_unanswered_help", due=reader.due))
                key = plan.unanswered_key(self._round)
                await self._send(UNANSWERED, key, reader, subject, said)

    async def question(self, request: StatusRequest, raised: Escalation, *, by: str) -> None:
        """Tell that an answer asks the board for a decision. *by*: who wrote it, and so knows."""
        package = self._package_name(request)
        words = digest(raised.question, raised.proposal)
        for reader in self._readers():
            if reader.person.key == by:
                continue
            said = [
                reader.say("status.lead_question_intro", package=package, meeting=reader.meeting),
                reader.say("status.lead_question", question=raised.question),
            ]
            if raised.proposal:
                said.append(reader.say("status.lead_proposal", proposal=raised.proposal))
            subject = reader.say("status.lead_question_subject", package=package)
            await self._send(QUESTION, f"{QUESTION}/{request.id}/{words}", reader, subject, said)

    async def _requests(self) -> Sequence[StatusRequest]:
        return plan.known_requests(self._programme, await self._ports.rounds.list_requests(self._round.meeting))

    # ------------------------------------------------------------------------------------------------------ the words

    def _failure(self, reader: _Reader, request: StatusRequest, messages: Sequence[Message]) -> list[str]:
        # What a rehearsal keeps back is no failure.
        failed = [item for item in messages if item.state is MessageState.FAILED and item.failure != NOT_ALLOWED]
        if not failed:
            return []
        name = self._name(failed[0].person or "")
        why = " ".join(reader.say(f"status.failed_{item.surface}", name=name) for item in failed)
        instead = next((item.surface.value for item in messages if item.state is MessageState.SENT), "none")
        said = reader.say(
            "status.lead_failed_item",
            package=self._package_name(request),
            why=why,
            instead=reader.say(f"status.instead_{instead}"),
        )
        return [said]

    def _reminded(self, reader: _Reader, request: StatusRequest, times: int) -> str:
        several = "escalate.local_lead" if times == SAID_OUTRIGHT else "escalate.local_lead_other"
        key = several if times else "escalate.local_lead_unreminded"
        return reader.say(key, package=self._package_name(request), name=self._name(self._asked(request)))

    def _readers(self) -> list[_Reader]:
        on = self._programme.today(self._ports.clock.now())
        deadline = self._round.deadline_at.astimezone(ZoneInfo(self._programme.timezone))
        readers = []
        for person in plan.local_leads(self._programme, self._round.municipality, on):
            language = texts.choose(person.language, self._programme.language)
            readers.append(
                _Reader(
                    person=person,
                    language=language,
                    meeting=texts.long_date(self._meeting.starts_local.date(), language),
                    due=texts.long_moment(deadline, language),
                )
            )
        return readers

    def _asked(self, request: StatusRequest) -> str:
        package = self._programme.work_package(request.work_package)
        asked = plan.who_is_asked(self._programme, package, self._programme.today(self._ports.clock.now()))
        return asked.key if asked else request.person

    def _name(self, person: str) -> str:
        return known.name if (known := self._programme.find_person(person)) else ""

    def _package_name(self, request: StatusRequest) -> str:
        return self._programme.work_package(request.work_package).name

    # ------------------------------------------------------------------------------------------------------- sending

    async def _send(self, kind: str, key: str, reader: _Reader, subject: str, paragraphs: Sequence[str]) -> None:
        """Each *key* leaves once for each reader: what was sent stays as it was."""
        content = mail_content(
            reader.person,
            subject=subject,
            paragraphs=paragraphs,
            heading=reader.say(f"status.{kind}_heading"),
            language=reader.language,
            note=reader.say("status.lead_note"),
        )
        message = mail_message(
            reader.person,
            content,
            key=f"{key}/{reader.person.key}",
            kind=kind,
            due_at=self._ports.clock.now(),
            municipality=self._round.municipality,
        )
        await self._ports.outbox.plan([message])
        there = await self._ports.messages.list_messages(keys=[message.key])
        await self._ports.outbox.deliver(there[0] if there else message)
