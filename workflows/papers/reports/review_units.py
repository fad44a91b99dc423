"""Units of a report's review: the lead gets the draft, authors hear of edits, a corrected version is released.

The units `report.draft` and `report.correct`. Each may run twice or stop anywhere.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import texts
from config.programme import Programme
from config.values import Body, BodyKind, Person
from workflows.digest import digest
from workflows.meetings.model import Meeting
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.lead_mail import leads_of, mail_to
from workflows.messages.model import Message, Surface
from workflows.papers.reports.draft_notice import DraftNotice
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.papers.reports.notice import tell_board
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.review import SentenceEdit, changed_texts, corrected_content
from workflows.papers.reports.timing import latest_release, owner_release
from workflows.papers.reports.typesetting import SetPDF, set_pdf
from workflows.ports.units import Done, DueUnit, History, Outcome
from workflows.status.plan import package_leads
from workflows.working_days import WorkCalendar


class ReviewUnits:
    """The handlers of the units `report.draft` and `report.correct`."""

    def __init__(self, ports: ReportPorts, *, set_pdf: SetPDF = set_pdf) -> None:
        self._ports = ports
        self._store = ports.store
        self._set_pdf = set_pdf

    async def draft(self, unit: DueUnit, history: History) -> Outcome:
        """Show the lead the draft, by mail and as a card, each once; nothing once the report is released."""
        meeting = await self._ports.meetings.find_meeting(unit.subject)
        report = await self._store.newest(unit.subject)
        if meeting is None or not meeting.stands or report is None or report.is_released:
            return Done(note="no draft to show")
        programme, now = await self._ports.programme(), self._ports.clock.now()
        body = programme.find_body(meeting.body)
        release_at = await self._release_at(programme, meeting, body)
        if body is None or release_at is None:
            return Done(note="no such round")
        if parked := park_outside_hours(WorkCalendar(programme, body.municipality), now):
            return parked
        delivery = Delivery(self._ports.outbox, self._ports.clock)
        leads = leads_of(programme, body.municipality, programme.today(now))
        accounts = await self._ports.accounts.find_accounts([person.email for person in leads])
        held_until = latest_release(programme, body.municipality, release_at, meeting.starts_local)
        for person in leads:
            notice = DraftNotice(
                programme=programme,
                content=report.content,
                person=person,
                public_url=self._ports.public_url,
                release_at=release_at,
                held_until=held_until,
            )
            for message in notice.messages(accounts.get(person.email.lower()), now):
                await self._deliver(delivery, message)
        return delivery.end()

    async def _release_at(self, programme: Programme, meeting: Meeting, body: Body | None) -> datetime | None:
        if body is not None and body.kind is BodyKind.OWNER_BOARD:
            return owner_release(programme, body, meeting)
        result = await self._ports.results.result(meeting.key)
        return result.round.release_at if result else None

    async def correct(self, unit: DueUnit, history: History) -> Outcome:
        """Release the corrected version that a lead asked for, and tell the board. A repeat makes no other version."""
        meeting = await self._ports.meetings.find_meeting(unit.subject)
        released = await self._store.newest(unit.subject)
        if meeting is None or released is None or not released.is_released:
            return Done(note="nothing is released")
        programme = await self._ports.programme()
        if isinstance(released.content, BoardReport):
            review = await self._store.review(unit.subject)
            content = corrected_content(released.content, review, names=programme.names)
            if content != released.content:
                await tell_authors(self._ports, programme, released.content, changed_texts(released.content, review))
                released = await self._corrected(programme, released, content, history)
        return await tell_board(self._ports, released, meeting)

    async def _corrected(
        self, programme: Programme, released: StoredReport, content: BoardReport, history: History
    ) -> StoredReport:
        at = self._ports.clock.now().replace(microsecond=0)
        pdf = await asyncio.to_thread(self._set_pdf, content, programme.paper_language(content.meeting.body), at)
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
