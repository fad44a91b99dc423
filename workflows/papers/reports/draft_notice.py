"""Messages to a lead about the draft of a report: a mail, and a card for who has a chat with the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import cards
import texts
from config.programme import Programme
from config.values import Person
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import CARD_BESIDE, Content, Message, Surface
from workflows.papers.reports.model import BoardReport, ReportContent
from workflows.ports.accounts import Account

DRAFT = "report_draft"


@dataclass(frozen=True, kw_only=True)
class DraftNotice:
    """Messages to one lead: the local lead about their board's report, the county lead about the owner board's."""

    programme: Programme
    content: ReportContent
    person: Person
    public_url: str
    release_at: datetime
    held_until: datetime

    def messages(self, account: Account | None, now: datetime) -> Sequence[Message]:
        """Return the mail, and the card for who has a chat with the bot."""
        messages = [self._mail(now)]
        if account is not None and account.sees_teams:
            messages.append(self._card(account, now))
        return messages

    @property
    def _language(self) -> str:
        return texts.choose(self.person.language, self.programme.language)

    @property
    def _municipality(self) -> str | None:
        return self.content.municipality if isinstance(self.content, BoardReport) else None

    @property
    def _url(self) -> str:
        page = f"/kommune/{self._municipality}/rapport" if self._municipality else "/fylket/sammendrag"
        return f"{self.public_url.rstrip('/')}{page}"

    @property
    def _subject(self) -> str:
        key = "review.draft_subject" if self._municipality else "review.owner_subject"
        return self._say(key, day=self.content.meeting.starts_local.date())

    def _say(self, key: str, **values: object) -> str:
        return texts.say(key, self._language, **values)

    def _moment(self, moment: datetime) -> str:
        return texts.long_moment(self.programme.local_time(moment), self._language)

    def _counted(self) -> tuple[int, int]:
        """Return how many have answered of how many: packages, or municipalities with a report."""
        if isinstance(self.content, BoardReport):
            return len(self.content.packages) - len(self.content.missing), len(self.content.packages)
        lines = self.content.municipalities
        return sum(bool(line.report_meeting) for line in lines), len(lines)

    @property
    def _key(self) -> str:
        return f"{DRAFT}/{self.content.meeting.key}/{Surface.EMAIL}/{self.person.key}"

    def _mail(self, now: datetime) -> Message:
        answered, total = self._counted()
        release = self._moment(self.release_at)
        if self._municipality:
            paragraphs = [
                self._say("review.draft_answered", answered=answered, total=total),
                self._say("review.draft_asks", release=release),
                self._say("review.draft_otherwise", release=release, held=self._moment(self.held_until)),
            ]
        else:
            paragraphs = [
                self._say("review.owner_answered", answered=answered, total=total),
                self._say("review.owner_asks", release=release),
            ]
        content = mail_content(
            self.person,
            subject=self._subject,
            paragraphs=paragraphs,
            language=self._language,
            button=(self._say("review.draft_button"), self._url),
        )
        municipality = self._municipality
        return mail_message(self.person, content, key=self._key, kind=DRAFT, due_at=now, municipality=municipality)

    def _card(self, account: Account, now: datetime) -> Message:
        subject = self._subject
        answered, total = self._counted()
        values = {"title": subject, "answered": answered, "total": total, "release": self._moment(self.release_at)}
        card = cards.render(DRAFT, language=self._language, values={**values, "url": self._url})
        email, name = self.person.email, self.person.name
        return Message(
            key=f"{self._key}{CARD_BESIDE}",
            kind=DRAFT,
            surface=Surface.PERSONAL,
            due_at=now,
            content=Content(email=email, name=name, address=account.id, subject=subject, text=subject, card=card),
            municipality=self._municipality,
            person=self.person.key,
        )
