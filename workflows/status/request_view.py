"""A status request as one person reads it: everything that its card, its form and its mails say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Person, WorkPackage
from workflows.status.answer_parsing import kept_numbers, offered_sentences
from workflows.status.model import (
    AnswerContent,
    IndicatorResult,
    OpenDecision,
    RequestState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.status.plan import local_leads, name_of, package_leads
from workflows.status.results import indicator_results


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request with everything its texts need."""

    request: StatusRequest
    round: StatusRound
    meeting_local: datetime
    package: WorkPackage
    municipality: str
    """Its name."""
    board: str
    """The name of the board that asks."""
    person: Person
    """The reader."""
    language: str
    timezone: ZoneInfo
    lead: str = ""
    """The package's lead as readers know them; empty when there is none."""
    local_lead: str = ""
    on_behalf_of: str = ""
    """The person the reader answers for; empty when it is their own."""
    by: str = ""
    """The author of the newest answer, as readers know them."""
    answer: StatusAnswer | None = None
    """The newest answer of this round."""
    previous: AnswerContent | None = None
    """The newest answer of earlier rounds."""
    open_decisions: tuple[OpenDecision, ...] = ()
    """Decisions of the board that the package reports on."""

    @property
    def version(self) -> int:
        """The newest version that stands here; 0 while nobody has answered."""
        return self.answer.version if self.answer else 0

    @property
    def is_waived(self) -> bool:
        """Tell whether nobody needs to answer any more."""
        return self.request.state is RequestState.WAIVED

    @property
    def prefill(self) -> AnswerContent | None:
        """Return the form's first values."""
        return self.answer.content if self.answer else self.previous

    @property
    def indicators(self) -> tuple[IndicatorResult, ...]:
        return indicator_results(self.package.indicators, self.answer.content if self.answer else None, self.previous)

    @property
    def can_be_unchanged(self) -> bool:
        """Tell whether «no change since last time» can be pressed."""
        return self.answer is None and self.previous is not None

    @property
    def greeting(self) -> str:
        if self.person.first_name:
            return self.say("status.greeting", name=self.person.first_name)
        return self.say("status.greeting_plain")

    @property
    def due(self) -> str:
        return self.moment(self.round.deadline_at)

    @property
    def due_day(self) -> str:
        """The deadline where there is little room: a mail's subject, a notification."""
        return texts.day_and_month(self.round.deadline_at.astimezone(self.timezone).date(), self.language)

    @property
    def start_note(self) -> str:
        """Explain the form's first values; empty when it is empty."""
        if self.answer is None:
            return self.say("card.last_time") if self.previous else ""
        if self.answer.by != self.person.key and self.by:
            return self.say("status.form_correcting_other", name=self.by, due=self.due)
        return self.say("status.form_correcting", due=self.due)

    @property
    def answered_note(self) -> str:
        """Tell of an answer that the reader may not have seen; empty while there is none."""
        if self.answer is None:
            return ""
        light = self.say(f"light.{self.answer.content.light}")
        if self.answer.by == self.person.key:
            note = self.say("status.answered_own", light=light)
        elif self.by:
            note = self.say("status.answered_other", name=self.by, light=light)
        else:
            note = self.say("status.answered_somebody", light=light)
        question = self.answer.content.question
        return f"{note} {self.say('status.answered_question', question=question)}" if question else note

    @property
    def draft_note(self) -> str:
        """Explain that the form holds the reader's own draft."""
        return " ".join(filter(None, [self.say("status.draft_start"), self.answered_note]))

    @property
    def answered_by(self) -> str:
        """Name the author of the answer, and whom it is for; empty when it is the reader's own."""
        if self.answer is None:
            return ""
        if self.answer.by == self.person.key:
            on_behalf = self.answer.on_behalf and self.lead
            return self.say("status.receipt_on_behalf", lead=self.lead) if on_behalf else ""
        if self.answer.on_behalf and self.lead:
            return self.say("card.receipt_on_behalf", by=self.by, lead=self.lead)
        return self.say("card.receipt_by", by=self.by)

    @property
    def meeting(self) -> str:
        return texts.long_date(self.meeting_local.date(), self.language)

    def moment(self, moment: datetime) -> str:
        return texts.long_moment(moment.astimezone(self.timezone), self.language)

    def say(self, key: str, **values: Any) -> str:
        return texts.say(key, self.language, **values)


def sentences_to_keep(asked: Asked, typed: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sentences of last time that can be kept; once there is an answer, only where *typed* keeps some."""
    return () if asked.answer and not kept_numbers(typed) else offered_sentences(asked.previous)


def asked_of(
    programme: Programme,
    *,
    request: StatusRequest,
    status_round: StatusRound,
    meeting_local: datetime,
    person: Person,
    now: datetime,
    answer: StatusAnswer | None = None,
    previous: AnswerContent | None = None,
    open_decisions: Sequence[OpenDecision] = (),
) -> Asked:
    """Return the request as *person* reads it now."""
    package = programme.work_package(request.work_package)
    leads = package_leads(programme, package.key, programme.today(now))
    helpers = local_leads(programme, status_round.municipality, programme.today(now))
    municipality = programme.municipality(status_round.municipality).name
    return Asked(
        request=request,
        round=status_round,
        meeting_local=meeting_local,
        package=package,
        municipality=municipality,
        board=programme.local_board(status_round.municipality).name,
        person=person,
        language=texts.choose(person.language, programme.language),
        timezone=ZoneInfo(programme.timezone),
        lead=leads[0].name if leads else "",
        on_behalf_of=leads[0].name if leads and all(lead.key != person.key for lead in leads) else "",
        # Whoever is the local lead needs no advice to ask the local lead.
        local_lead=helpers[0].name if helpers and helpers[0].key != person.key else "",
        by=name_of(programme, answer.by) if answer else "",
        answer=answer,
        previous=previous,
        open_decisions=tuple(open_decisions),
    )
