"""Units of a report's review: the lead gets the draft, authors hear of edits, a corrected version is released.

The units `report.draft` and `report.correct`. Each may run twice or stop anywhere.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import cards
import texts
from config.programme import Programme
from config.values import Person
from workflows.digest import digest
from workflows.meetings.model import Meeting
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.lead_mail import leads_of, mail_to
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import Content, Message, Surface
from workflows.papers.reports.model import BoardReport, PackageReport, StoredReport
from workflows.papers.reports.notice import tell_board
from workflows.papers.reports.plan import names_of
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.review import SentenceEdit, changed_texts, corrected_content
from workflows.papers.reports.timing import held_until
from workflows.papers.reports.typesetting import SetPDF, set_pdf
from workflows.ports.accounts import Account
from workflows.ports.units import Done, DueUnit, History, Outcome
from workflows.status.model import StatusRound
from workflows.status.plan import package_leads, surfaces_for
from workflows.working_days import WorkCalendar

DRAFT = "report_draft"


class ReviewUnits:
    """The handlers of the units `report.draft` and `report.correct`."""

    def __init__(self, ports: ReportPorts, *, set_pdf: SetPDF = set_pdf) -> None:
        self._ports = ports
        self._store = ports.store
        self._set_pdf = set_pdf

    async def draft(self, unit: DueUnit, history: History) -> Outcome:
        """Show the local lead the draft, by mail and as a card, each once; nothing once the report is released."""
        meeting = await self._ports.meetings.find_meeting(unit.subject)
        result = await self._ports.results.result(unit.subject)
        report = await self._store.newest(unit.subject)
        if meeting is None or not meeting.stands or result is None or report is None or report.is_released:
            return Done(note="no draft to show")
        if not isinstance(report.content, BoardReport):
            return Done(note="no local board's report")
        programme, now = await self._ports.programme(), self._ports.clock.now()
        if parked := park_outside_hours(WorkCalendar(programme, report.content.municipality), now):
            return parked
        delivery = Delivery(self._ports.outbox, self._ports.clock)
        leads = leads_of(programme, report.content.municipality, programme.today(now))
        accounts = await self._ports.accounts.find_accounts([person.email for person in leads])
        for person in leads:
            account = accounts.get(person.email.lower())
            notice = _DraftNotice(self._ports, programme, report.content, result.round, meeting, person)
            for message in notice.messages(account, now):
                await self._deliver(delivery, message)
        return delivery.end()

    async def correct(self, unit: DueUnit, history: History) -> Outcome:
        """Release the corrected version that a lead asked for, and tell the board. A repeat makes no other version."""
        meeting = await self._ports.meetings.find_meeting(unit.subject)
        released = await self._store.newest(unit.subject)
        if meeting is None or released is None or not released.is_released:
            return Done(note="nothing is released")
        programme = await self._ports.programme()
        if isinstance(released.content, BoardReport):
            review = await self._store.review(unit.subject)
            content = corrected_content(released.content, review, names=names_of(programme))
            if content != released.content:
                await tell_authors(self._ports, programme, released.content, changed_texts(released.content, review))
                released = await self._corrected(programme, released, content, history)
        return await tell_board(self._ports, released, meeting)

    async def _corrected(
        self, programme: Programme, released: StoredReport, content: BoardReport, history: History
    ) -> StoredReport:
        at = self._ports.clock.now().replace(microsecond=0)
        pdf = await asyncio.to_thread(self._set_pdf, content, texts.choose(programme.language), at)
        then = (
            DueUnit(key=f"report.publish:{released.meeting}", due_at=at),
            DueUnit(key=f"rollout.lists:{content.meeting.body}", due_at=at),
        )
        if await self._store.correct(released, content, pdf=pdf, at=at, then=then):
            await history.note("report.corrected", meeting=released.meeting, version=released.version + 1)
        return await self._store.newest(released.meeting) or released

    async def _deliver(self, delivery: Delivery, message: Message) -> None:
        await self._ports.outbox.plan([message])
        there = await self._ports.messages.list_messages(keys=[message.key])
        # A card is a kindness beside the mail: what Teams refuses waits for nobody.
        await delivery.deliver(there[0] if there else message, patient=message.surface is Surface.EMAIL)


class _DraftNotice:
    """Messages to one lead about the draft."""

    def __init__(
        self,
        ports: ReportPorts,
        programme: Programme,
        report: BoardReport,
        status_round: StatusRound,
        meeting: Meeting,
        person: Person,
    ) -> None:
        self._report = report
        self._person = person
        self._language = texts.choose(person.language, programme.language)
        calendar = WorkCalendar(programme, report.municipality)
        release_at = programme.local_time(status_round.release_at)
        held = programme.local_time(held_until(status_round, meeting.starts_local, calendar))
        self._url = f"{ports.public_url.rstrip('/')}/kommune/{report.municipality}/rapport"
        self._release = texts.long_moment(release_at, self._language)
        self._held = texts.long_moment(held, self._language)

    def messages(self, account: Account | None, now: datetime) -> Sequence[Message]:
        """Return the mail, and the card for who has a chat with the bot."""
        messages = [self._mail(now)]
        if account is not None and Surface.PERSONAL in surfaces_for(account, None):
            messages.append(self._card(account, now))
        return messages

    @property
    def _subject(self) -> str:
        return self._say("review.draft_subject", day=self._report.meeting.starts_local.date())

    def _say(self, key: str, **values: object) -> str:
        return texts.say(key, self._language, **values)

    def _mail(self, now: datetime) -> Message:
        report = self._report
        answered = len(report.packages) - len(report.missing)
        paragraphs = [
            self._say("review.draft_answered", answered=answered, total=len(report.packages)),
            self._say("review.draft_asks", release=self._release),
            self._say("review.draft_otherwise", release=self._release, held=self._held),
        ]
        content = mail_content(
            self._person,
            subject=self._subject,
            paragraphs=paragraphs,
            language=self._language,
            button=(self._say("review.draft_button"), self._url),
        )
        key = f"{DRAFT}/{report.meeting.key}/{Surface.EMAIL}/{self._person.key}"
        municipality = report.municipality
        return mail_message(self._person, content, key=key, kind=DRAFT, due_at=now, municipality=municipality)

    def _card(self, account: Account, now: datetime) -> Message:
        report, subject = self._report, self._subject
        answered = len(report.packages) - len(report.missing)
        values = {"title": subject, "answered": answered, "total": len(report.packages)}
        values |= {"release": self._release, "url": self._url}
        card = cards.render(DRAFT, language=self._language, values=values)
        person = self._person
        return Message(
            key=f"{DRAFT}/{report.meeting.key}/{Surface.PERSONAL}/{person.key}",
            kind=DRAFT,
            surface=Surface.PERSONAL,
            due_at=now,
            content=Content(
                email=person.email, name=person.name, address=account.id, subject=subject, text=subject, card=card
            ),
            municipality=report.municipality,
            person=person.key,
        )


async def tell_authors(
    ports: ReportPorts, programme: Programme, report: BoardReport, changed: Mapping[str, Sequence[SentenceEdit]]
) -> None:
    """Mail each package's lead the sentences that the local lead changed in their text."""
    now = ports.clock.now()
    today = programme.today(now)
    await ports.lead_mail.plan(
        [
            _author_mail(person, texts.choose(person.language, programme.language), report, package, edits, ports, now)
            for package in report.packages
            if (edits := changed.get(package.key))
            for person in package_leads(programme, package.key, today)
        ]
    )


def _author_mail(
    person: Person,
    language: str,
    report: BoardReport,
    package: PackageReport,
    edits: Sequence[SentenceEdit],
    ports: ReportPorts,
    now: datetime,
) -> Message:
    say = texts.say
    said = [
        say("review.author_changed", language, before=edit.original, now=edit.text)
        if edit.text
        else say("review.author_left_out", language, before=edit.original)
        for edit in edits
    ]
    intro = say("review.author_intro", language, package=package.name, day=report.meeting.starts_local.date())
    return mail_to(
        person,
        key=f"edited/{report.meeting.key}/{report.edition}/{package.key}/{digest(*said)}",
        municipality=report.municipality,
        due_at=now,
        subject=say("review.author_subject", language, package=package.name),
        paragraphs=[intro, *said, say("review.author_kept", language)],
        button=(say("review.author_button", language), f"{ports.public_url.rstrip('/')}/pakke/{package.key}"),
    )
