"""Notices of minutes: of each new version to the others who may record them, and of approved minutes to the board and
to those who asked it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import texts
from config.programme import Programme
from config.values import Body, Person
from workflows.messages.lead_mail import mail_to
from workflows.messages.model import Message
from workflows.papers.agendas.model import Agenda, AgendaItem, item_label
from workflows.papers.agendas.plan import recorders
from workflows.papers.agendas.ports import AgendaPorts
from workflows.papers.links import personal_address
from workflows.papers.minutes.model import Minutes, MinutesItem, StoredMinutes
from workflows.papers.minutes.review import minutes_changes
from workflows.papers.questions.answer_notice import AnswerNotice
from workflows.status.plan import package_leads
from workflows.working_days import WorkCalendar


async def minutes_notices(
    ports: AgendaPorts, programme: Programme, body: Body, minutes: StoredMinutes
) -> list[Message]:
    """Write a mail about this version to everybody who may record the minutes, but not to its recorder."""
    now = ports.clock.now()
    due_at = WorkCalendar(programme, body.municipality).next_sendable(now)
    by = programme.find_person(minutes.by)
    day = minutes.content.meeting.starts_local.date()
    mails = []
    for person in recorders(programme, body, programme.today(now)):
        if person.key == minutes.by:
            continue
        language = person.language
        name = by.name if by else texts.say("agenda.recorded_somebody", language)
        address = await personal_address(ports.links, ports.public_url, "agenda", minutes.meeting, person.key)
        mails.append(
            mail_to(
                person,
                key=f"minutes/{minutes.meeting}/{minutes.version}",
                municipality=body.municipality,
                due_at=due_at,
                subject=texts.say("agenda.recorded_subject", language, day=day, version=minutes.version),
                paragraphs=[
                    texts.say(
                        "agenda.recorded_text", language, name=name, body=body.name, day=day, version=minutes.version
                    ),
                    texts.say("agenda.recorded_why", language),
                ],
                button=(texts.say("agenda.recorded_button", language), address),
            )
        )
    return mails


@dataclass(frozen=True)
class ApprovedMinutes:
    """Approved minutes on their way to their readers. *before*: the version that was approved before them."""

    programme: Programme
    body: Body
    agenda: Agenda
    minutes: StoredMinutes
    before: Minutes | None = None

    def answers(self) -> Iterator[tuple[MinutesItem, AgendaItem]]:
        """Give the items, and what they are about, that answer a question otherwise than the version before."""
        said = {item.number: (item.decision, item.outcome) for item in self.before.items} if self.before else {}
        for item in self.minutes.content.items:
            about = self.agenda.item(item.number)
            if about and about.question and item.decision and said.get(item.number) != (item.decision, item.outcome):
                yield item, about

    def told(self, on: date) -> tuple[int, int]:
        """Count the mails that the approval sends: to the board's people, and to the leads of packages that asked."""
        asked = sum(len(package_leads(self.programme, about.work_package, on)) for _, about in self.answers())
        return len(self.programme.board_people(self.body, on)), asked


async def approved_notices(ports: AgendaPorts, notice: ApprovedMinutes) -> list[Message]:
    """Write the mails about approved minutes: to everybody of the board, and to the leads of packages that asked."""
    now = ports.clock.now()
    due_at = WorkCalendar(notice.programme, notice.body.municipality).next_sendable(now)
    key = f"minutes/{notice.minutes.meeting}/{notice.minutes.version}"
    today, mails = notice.programme.today(now), []
    for person, _ in notice.programme.board_people(notice.body, today):
        language, day = person.language, _day(notice)
        address = await personal_address(ports.links, ports.public_url, "agenda", notice.minutes.meeting, person.key)
        mails.append(
            mail_to(
                person,
                key=f"{key}/approved",
                municipality=notice.body.municipality,
                due_at=due_at,
                subject=texts.say("minutes.approved_subject", language, body=notice.body.name, day=day),
                paragraphs=_approved_paragraphs(notice, language),
                button=(texts.say("agenda.recorded_button", language), address),
            )
        )
    for item, about in notice.answers():
        mails += [
            _answer(ports, notice, (item, about), person, key=f"{key}/answer/{item.number}", due_at=due_at)
            for person in package_leads(notice.programme, about.work_package, today)
        ]
    return mails


def _approved_paragraphs(notice: ApprovedMinutes, language: str) -> list[str]:
    minutes = notice.minutes.content
    said = [texts.say("minutes.approved_text", language, body=notice.body.name, day=_day(notice))]
    if notice.before is not None:
        changes = minutes_changes(notice.before, minutes)
        said.append(texts.say("minutes.approved_changed", language))
        said += [texts.say(change.key, language, **change.values) for change in changes]
    decided = [_decided(minutes, item, language) for item in minutes.items if item.decision]
    said.append(texts.say("minutes.approved_decided" if decided else "minutes.approved_nothing", language))
    return said + decided


def _decided(minutes: Minutes, item: MinutesItem, language: str) -> str:
    """Write a decision in a sentence or two: what, who and until when."""
    label = item_label(minutes.year, item.number)
    decided = texts.say("minutes.decided", language, label=label, title=item.title, text=item.decision)
    return " ".join([decided, *_carried_out(item, language)])


def _carried_out(item: MinutesItem, language: str) -> Sequence[str]:
    if item.who and item.due_on:
        return [texts.say("minutes.carried_until", language, name=item.who, day=item.due_on)]
    return [texts.say("minutes.carried", language, name=item.who)] if item.who else []


def _answer(
    ports: AgendaPorts,
    notice: ApprovedMinutes,
    answered: tuple[MinutesItem, AgendaItem],
    person: Person,
    *,
    key: str,
    due_at: datetime,
) -> Message:
    """Write the answer to a question, to a lead of the package that asked it."""
    item, about = answered
    language = person.language
    package = notice.programme.work_package(about.work_package)
    values = {"package": package.name, "body": notice.body.name, "day": _day(notice)}
    told = AnswerNotice(
        person=person,
        package=package,
        subject=texts.say("minutes.answer_subject", language, package=package.name),
        told=texts.say(f"minutes.answer_{item.outcome}", language, **values),
        question=about.text,
        answer=_decided(notice.minutes.content, item, language),
        next=texts.say("minutes.answer_next", language),
    )
    return told.message(key=key, due_at=due_at, public_url=ports.public_url)


def _day(notice: ApprovedMinutes) -> date:
    return notice.minutes.content.meeting.starts_local.date()
