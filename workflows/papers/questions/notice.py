"""Messages to a package's leads about what a lead did with their question."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import texts
from config.programme import Programme
from workflows.messages.lead_mail import LeadMail
from workflows.papers.questions.answer_notice import AnswerNotice
from workflows.papers.questions.ports import QuestionStore
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome
from workflows.status.model import EscalationState
from workflows.status.plan import package_leads
from workflows.working_days import WorkCalendar


@dataclass(frozen=True, kw_only=True)
class QuestionPorts:
    """Everything that the mails reach."""

    programme: Callable[[], Awaitable[Programme]]
    store: QuestionStore
    mail: LeadMail
    clock: Clock
    public_url: str


class QuestionNotices:
    """Tells packages what a lead answered, or sent back; what boards decide is told with their minutes."""

    def __init__(self, ports: QuestionPorts) -> None:
        self._ports = ports

    async def tell(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `questions.tell` [question]: tell the package's leads a lead's answer, or what is lacking."""
        found = (await self._ports.store.find_questions([unit.subject])).get(unit.subject)
        answer = found.answer if found else None
        programme, now = await self._ports.programme(), self._ports.clock.now()
        package = programme.find_work_package(found.work_package) if found else None
        if found is None or answer is None or answer.meeting or package is None:
            return Done(note="nothing to tell")
        by = programme.find_person(answer.by)
        kind = "sent_back" if answer.state is EscalationState.SENT_BACK else "answer"
        mails = []
        for person in package_leads(programme, package.key, programme.today(now)):
            language = person.language
            name = by.name if by else texts.say("agenda.recorded_somebody", language)
            mails.append(
                AnswerNotice(
                    person=person,
                    package=package,
                    subject=texts.say(f"questions.told_{kind}_subject", language, package=package.name),
                    told=texts.say(f"questions.told_{kind}", language, name=name),
                    question=found.question,
                    answer=answer.words,
                ).message(
                    key=f"questions/{found.id}/{found.version}",
                    due_at=WorkCalendar(programme, package.municipality).next_sendable(now),
                    public_url=self._ports.public_url,
                )
            )
        await self._ports.mail.plan(mails)
        await history.note("questions.told", question=found.id)
        return Done()
