"""Mails to the local leads of a round: messages that did not arrive, missing answers, questions lifted to the board.

Each thing is told once; the caller sees to the hours. How long somebody took is never told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.values import Person
from documents.mail import MailItem, MailLink
from workflows.digest import digest
from workflows.messages.lead_mail import mail_to, page_button
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import NOT_ALLOWED, Message, MessageState
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.model import Escalation, RequestState, StatusRequest
from workflows.status.ports import StatusPorts
from workflows.status.recipients import RoundNotice, answer_address

FAILED, UNANSWERED, QUESTION = plan.LEAD_FAILED, plan.LEAD_UNANSWERED, plan.LEAD_QUESTION


@dataclass(frozen=True, kw_only=True)
class _LeadView:
    """A local lead, and the round in their language."""

    person: Person
    language: str
    meeting: str
    due: str
    page: MailLink
    """The button to the municipality's page."""

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
        """
        Tell what of *notice*, the messages *keys*, did not arrive where it was sent first, and what came instead.

        A message that still waits after a working day of tries is told of in a mail of its own. It goes on being tried,
        and when it has left, a mail that had not is dropped.
        """
        requests = await self._requests()
        messages = await self._ports.messages.list_messages(requests=[request.id for request in requests])
        tried = {
            request.id: [item for item in messages if item.key in keys and item.request == request.id]
            for request in requests
        }
        failed = [request for request in requests if any(map(_is_refused, tried[request.id]))]
        overdue = [request for request in requests if any(item.is_overdue for item in tried[request.id])]
        key = f"{FAILED}/{self._round.meeting}/{notice.kind}/{notice.number}"
        await self._drop_outdated(key, overdue)
        for reader in self._readers():
            told = [(key, [request for request in failed if request not in overdue])]
            told += [(f"{key}/{request.id}", [request]) for request in overdue]
            for own_key, about in told:
                items = [await self._failure(reader, request, tried[request.id]) for request in about]
                if items:
                    intro = reader.say("status.lead_failed_intro", meeting=reader.meeting)
                    subject = reader.say("status.lead_failed_subject")
                    await self._send(FAILED, own_key, reader, subject, [intro], items)

    async def unanswered(self) -> None:
        """Tell who has not answered, with the lead's own link to each form."""
        requests = await self._requests()
        owing = [request for request in requests if request.state is RequestState.OPEN]
        sent = await self._ports.messages.list_messages(
            states=[MessageState.SENT], requests=[request.id for request in owing], kind=plan.REMINDER
        )
        reminded = {(item.request, item.person) for item in sent}
        for reader in self._readers():
            items = [
                await self._missing(reader, request, reminded=(request.id, asked) in reminded)
                for request in owing
                if (asked := self._asked(request)) != reader.person.key
            ]
            if items:
                subject = reader.say("status.lead_unanswered_subject", meeting=reader.meeting)
                help_ = reader.say("status.lead_unanswered_help", due=reader.due)
                await self._send(UNANSWERED, plan.unanswered_key(self._round), reader, subject, [help_], items)

    async def unreached(self) -> Sequence[Message]:
        """Write the mails about requests that no surface took before the deadline. `leads.mail` sends them."""
        requests = [item for item in await self._requests() if item.state is RequestState.OPEN and item.person]
        messages = await self._ports.messages.list_messages(
            requests=[request.id for request in requests], kind=plan.REQUEST
        )
        missed = [
            request for request in requests if _is_unreached([item for item in messages if item.request == request.id])
        ]
        mails = []
        for reader in self._readers() if missed else ():
            said = [
                reader.say(
                    "status.lead_unreached_item",
                    package=self._package_name(request),
                    name=self._name(self._asked(request)),
                )
                for request in missed
            ]
            mail = mail_to(
                reader.person,
                key=f"status_unreached/{self._round.meeting}",
                municipality=self._round.municipality,
                due_at=self._ports.clock.now(),
                subject=reader.say("status.lead_unreached_subject", meeting=reader.meeting),
                paragraphs=[reader.say("status.lead_unreached_intro"), *said, reader.say("status.lead_unreached_help")],
                button=reader.page,
            )
            mails.append(mail)
        return mails

    async def question(self, request: StatusRequest, raised: Escalation, *, by: str) -> None:
        """Tell that an answer asks the board for a decision. *by*: who wrote it, and so knows."""
        package = self._package_name(request)
        words = digest(raised.question, raised.proposal)
        for reader in self._readers():
            if reader.person.key == by:
                continue
            proposed = reader.say("status.lead_proposal", proposal=raised.proposal) if raised.proposal else ""
            said = [
                reader.say("status.lead_question_intro", package=package, meeting=reader.meeting),
                reader.say("status.lead_question", question=raised.question),
                proposed or reader.say("status.lead_no_proposal"),
            ]
            subject = reader.say("status.lead_question_subject", package=package)
            key = f"{QUESTION}/{request.id}/{words}"
            await self._send(QUESTION, key, reader, subject, said, button=reader.page)

    async def _requests(self) -> Sequence[StatusRequest]:
        return plan.known_requests(self._programme, await self._ports.rounds.list_requests(self._round.meeting))

    # ------------------------------------------------------------------------------------------------------ the words

    async def _failure(self, reader: _LeadView, request: StatusRequest, messages: Sequence[Message]) -> MailItem:
        lost = [item for item in messages if _is_refused(item) or item.is_overdue]
        name = self._name(lost[0].person or "")
        why = " ".join(reader.say(f"status.failed_{item.surface}", name=name) for item in lost)
        sent = next((item.surface.value for item in messages if item.state is MessageState.SENT), None)
        instead = sent or ("trying" if any(item.is_overdue for item in messages) else "none")
        said = reader.say(
            "status.lead_failed_item",
            package=self._package_name(request),
            why=why,
            instead=reader.say(f"status.instead_{instead}"),
        )
        # The lead is asked to do something only where nothing arrived.
        return said, None if sent else await self._on_behalf(reader, request)

    async def _missing(self, reader: _LeadView, request: StatusRequest, *, reminded: bool) -> MailItem:
        key = "escalate.local_lead" if reminded else "escalate.local_lead_unreminded"
        said = reader.say(key, package=self._package_name(request), name=self._name(self._asked(request)))
        return said, await self._on_behalf(reader, request)

    async def _on_behalf(self, reader: _LeadView, request: StatusRequest) -> tuple[str, str]:
        """Return the button that opens the form for the lead: the words and their own address."""
        address = await answer_address(self._ports, self._round, request.id, reader.person.key)
        return reader.say("status.lead_answer_button", package=self._package_name(request)), address

    def _readers(self) -> list[_LeadView]:
        on = self._programme.today(self._ports.clock.now())
        deadline = self._round.deadline_at.astimezone(ZoneInfo(self._programme.timezone))
        readers = []
        for person in plan.local_leads(self._programme, self._round.municipality, on):
            language = texts.choose(person.language, self._programme.language)
            readers.append(
                _LeadView(
                    person=person,
                    language=language,
                    meeting=texts.long_date(self._meeting.starts_local.date(), language),
                    due=texts.long_moment(deadline, language),
                    page=page_button(self._ports.public_url, self._round.municipality, language),
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

    async def _drop_outdated(self, key: str, overdue: Sequence[StatusRequest]) -> None:
        """Drop mails about messages that left before the mail did: in an outage both wait for the same line."""
        current = {f"{key}/{request.id}" for request in overdue}
        for mail in await self._ports.messages.list_messages(kind=FAILED, states=[MessageState.PLANNED]):
            about = mail.key.rpartition("/")[0]
            if about.startswith(f"{key}/") and about not in current:
                await self._ports.messages.change(mail.key, MessageState.DROPPED)

    async def _send(
        self,
        kind: str,
        key: str,
        reader: _LeadView,
        subject: str,
        paragraphs: Sequence[str],
        items: Sequence[MailItem] = (),
        *,
        button: MailLink | None = None,
    ) -> None:
        """Send a mail once for each *key* and reader: what was sent stays as it was."""
        content = mail_content(
            reader.person,
            subject=subject,
            paragraphs=paragraphs,
            items=items,
            button=button,
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


def _is_refused(message: Message) -> bool:
    # What a rehearsal keeps back is no failure.
    return message.state is MessageState.FAILED and message.failure != NOT_ALLOWED


def _is_unreached(messages: Sequence[Message]) -> bool:
    """Return True when a request was to leave and did not; one that people held back is left out."""
    arrived = any(item.state is MessageState.SENT or item.in_doubt for item in messages)
    return not arrived and any(
        item.state in (MessageState.PLANNED, MessageState.SENDING) or _is_refused(item) for item in messages
    )
