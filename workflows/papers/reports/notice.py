"""Tells a board that its report is ready: a card where its people see it, e-mail to everybody else."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import cards
import texts
from config.programme import Programme
from config.values import Body, Person
from workflows.meetings.model import Meeting
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import Content, Message, MessageState, Surface
from workflows.papers.links import personal_address
from workflows.papers.reports.model import LIGHTS, BoardReport, OwnerSummary, ReportContent, StoredReport, edition_of
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.rendering import title_of
from workflows.papers.reports.words import ReportWords
from workflows.ports.accounts import Account
from workflows.ports.units import Done, Outcome, Parked
from workflows.working_days import WorkCalendar

NOTICE = "report_notice"


async def tell_board(ports: ReportPorts, report: StoredReport, meeting: Meeting) -> Outcome:
    """Tell the board of its released report, each person and channel once; of a corrected one after its meeting too."""
    programme = await ports.programme()
    body = programme.find_body(meeting.body)
    if body is None or (meeting.starts_at <= ports.clock.now() and edition_of(report.content) == 1):
        return Done(note="released")
    return await Notices(ports, programme, report, body).send() or Done(note="released, the board was told")


class Notices:
    """The messages about one released report. A repeat sends to nobody twice."""

    def __init__(self, ports: ReportPorts, programme: Programme, report: StoredReport, body: Body) -> None:
        self._ports = ports
        self._programme = programme
        self._report = report
        self._body = body
        edition = edition_of(report.content)
        self._key = f"{NOTICE}/{report.meeting}" + (f"/{edition}" if edition > 1 else "")

    async def send(self) -> Parked | None:
        """Tell everybody who was not told yet; Parked while it is no time to send, or sending is paused."""
        now = self._ports.clock.now()
        if parked := park_outside_hours(WorkCalendar(self._programme, self._body.municipality), now):
            return parked
        delivery = Delivery(self._ports.outbox, self._ports.clock)
        url = await report_url(self._ports, self._report.meeting)
        things = await self._ports.places.of(self._body.key)
        channel = things.get("channel:board")
        in_channel = False
        if channel is not None:
            (posted,) = await self._deliver(delivery, [self._channel_message(channel.external_id, url, now)])
            in_channel = posted.state is MessageState.SENT or posted.is_paused
        people = await self._by_mail(now, in_channel=in_channel)
        await self._deliver(delivery, [await self._mail_message(person, url, now) for person in people])
        return delivery.parked

    async def _deliver(self, delivery: Delivery, messages: Sequence[Message]) -> list[Message]:
        """Deliver each message once. Which of them are there is looked up by their keys: notices are kept for ever."""
        keys = [message.key for message in messages]
        there = {item.key: item for item in await self._ports.messages.list_messages(keys=keys)}
        delivered = []
        for message in messages:
            known = there.get(message.key)
            is_new = known is None or known.state in (MessageState.PLANNED, MessageState.HELD)
            if is_new:
                await self._ports.outbox.plan([message])
            delivered.append(await delivery.deliver(message if is_new or known is None else known))
        return delivered

    async def _by_mail(self, now: datetime, *, in_channel: bool) -> Sequence[Person]:
        """Everybody on the board; with a card in its channel, only those who do not see it there."""
        day = self._programme.today(now)
        people = [person for person, _ in self._programme.board_people(self._body, day)]
        if not in_channel:
            return people
        accounts = await self._ports.accounts.find_accounts([person.email for person in people])
        return [person for person in people if not _sees_teams(accounts.get(person.email.lower()))]

    def _channel_message(self, channel: str, url: str, now: datetime) -> Message:
        content, language = self._report.content, self._programme.paper_language(self._body.key)
        title = title_of(content, language)
        card = cards.render(
            NOTICE, language=language, values={"title": title, "url": url, **in_short(content, language)}
        )
        return Message(
            key=f"{self._key}/{Surface.CHANNEL}",
            kind=NOTICE,
            surface=Surface.CHANNEL,
            due_at=now,
            # For nobody by name: a rehearsal's allow-list holds it, and the mails go out instead.
            content=Content(email="", name=self._body.name, address=channel, subject=title, text=title, card=card),
            municipality=self._body.municipality,
        )

    async def _mail_message(self, person: Person, url: str, now: datetime) -> Message:
        content, language = self._report.content, texts.choose(person.language, self._programme.language)
        title = title_of(content, language)
        paragraphs = [
            texts.say("reports.notice_greeting", language, name=person.name),
            _intro(content, language),
            *_standing(content, language),
        ]
        if decisions := decisions_in(content):
            paragraphs.append(texts.say("reports.notice_decisions", language, decisions=decisions))
        mail = mail_content(
            person,
            subject=title,
            paragraphs=paragraphs,
            language=language,
            button=(texts.say("reports.notice_button", language), self._page_in(language, url)),
            also=[(texts.say("reports.notice_pdf", language), f"{url}.pdf"), *await self._agenda(person, language)],
            note=texts.say("reports.notice_note", language),
        )
        key = f"{self._key}/{Surface.EMAIL}/{person.key}"
        return mail_message(person, mail, key=key, kind=NOTICE, due_at=now, municipality=self._body.municipality)

    def _page_in(self, language: str, url: str) -> str:
        """Return the address of the report's page in the reader's language; the PDF is kept in the body's alone."""
        return url if language == self._programme.paper_language(self._body.key) else f"{url}?sprak={language}"

    async def _agenda(self, person: Person, language: str) -> list[tuple[str, str]]:
        """The reader's own way to the agenda, which is sent together with the report; nothing where there is none."""
        if not self._body.agenda:
            return []
        ports = self._ports
        url = await personal_address(ports.links, ports.public_url, "agenda", self._report.meeting, person.key)
        return [(texts.say("agenda.notice", language), url)]


def _intro(content: ReportContent, language: str) -> str:
    day = content.meeting.starts_local.date()
    if edition_of(content) == 1 or not isinstance(content, BoardReport):
        return texts.say("reports.notice_intro", language, day=day)
    return texts.say("reports.notice_corrected", language, day=day, why=content.corrected_because)


def _standing(content: ReportContent, language: str) -> Iterator[str]:
    """Write how many packages have answered and how they stand, as the card says it; nothing where there is none."""
    short = in_short(content, language)
    if short["total"]:
        yield texts.say("reports.answered", language, answered=short["answered"], total=short["total"])
        yield str(short["stands"])


async def report_url(ports: ReportPorts, meeting: str) -> str:
    """The stable address of a meeting's report."""
    return f"{ports.public_url.rstrip('/')}/rapport/{await ports.links.issue('report', meeting)}"


def decisions_in(content: ReportContent) -> int:
    """Count the questions that wait for the board."""
    return len(content.passed_on if isinstance(content, OwnerSummary) else content.wanted)


def in_short(content: ReportContent, language: str) -> dict[str, int | str]:
    """Return the lines of a report that matter: how many have answered, how they stand, and what is to be decided."""
    if isinstance(content, BoardReport):
        counts, missing = content.counts, len(content.missing)
    else:
        lines = content.municipalities
        counts = {light: sum(line.counts.get(light, 0) for line in lines) for light in LIGHTS}
        missing = sum(len(line.missing) for line in lines)
    total = sum(counts.values())
    stands = ReportWords(language).stands(counts)
    return {"answered": total - missing, "total": total, "stands": stands, "decisions": decisions_in(content)}


def _sees_teams(account: Account | None) -> bool:
    return account is not None and account.sees_teams
