"""The message that tells a package's lead the answer to its question: a mail, and the same as a card in Teams."""

from dataclasses import dataclass
from datetime import datetime

import cards
import texts
from config.values import Person, WorkPackage
from workflows.messages.lead_mail import mail_to
from workflows.messages.model import Message


@dataclass(frozen=True, kw_only=True)
class AnswerNotice:
    """The answer to a question, told to one reader in their language."""

    person: Person
    package: WorkPackage
    subject: str
    told: str
    """Tells in a sentence who has answered and when."""
    question: str
    answer: str
    next: str = ""
    """Tells what comes next, where something does."""

    def message(self, *, key: str, due_at: datetime, public_url: str) -> Message:
        """Return the mail with its card. *key* identifies the answer; each reader gets it once."""
        language, url = self.person.language, f"{public_url.rstrip('/')}/pakke/{self.package.key}"
        asked = texts.say("minutes.answer_question", language, question=self.question)
        return mail_to(
            self.person,
            key=key,
            municipality=self.package.municipality,
            due_at=due_at,
            subject=self.subject,
            paragraphs=[text for text in (self.told, asked, self.answer, self.next) if text],
            button=(texts.say("minutes.answer_button", language), url),
            card=cards.render(
                "question_answered",
                language=language,
                values={
                    "package": cards.short(self.package.name),
                    "told": self.told,
                    "question": self.question,
                    "answer": self.answer,
                    "next": self.next,
                    "url": url,
                },
            ),
        )
