"""Answering: people's answers arrive here, whatever surface they were written on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import texts
from config.programme import Programme
from config.values import Person
from workflows.messages.model import Doubles
from workflows.ports.accounts import Account, KnownAccounts
from workflows.ports.bot import Posted
from workflows.ports.units import Clock, Units
from workflows.status import plan
from workflows.status.answer_parsing import is_unchanged, lacks_numbers, parse_answer, parse_draft, seen_version
from workflows.status.model import (
    AnswerContent,
    AnsweredMeanwhile,
    AnswerRefused,
    AnswerSurface,
    Escalation,
    EscalationState,
    Level,
    NotYours,
    NumbersWanted,
    OpenDecision,
    RequestState,
    RoundOver,
    StatusRequest,
    UnknownRequest,
)
from workflows.status.plan import escalation_id, is_on_behalf, lifted_unit, refresh_unit, refresh_units
from workflows.status.ports import NewAnswer, OpenDecisions, ProgrammeAt, Rounds, Standing, open_decisions
from workflows.status.request_view import Asked, asked_of
from workflows.words import Words

_MISSED = Words(key="status.missed")


@dataclass(frozen=True)
class ByAccount:
    """The person who pressed a card's button, as Teams vouches for them."""

    object_id: str


@dataclass(frozen=True)
class ByLink:
    """The holder of the link; its token vouches for them."""

    person: str


Sender = ByAccount | ByLink


@dataclass(frozen=True, kw_only=True)
class StatusForm:
    """A request as the person who opened it may see it."""

    asked: Asked
    is_open: bool
    on_behalf: bool
    has_met: bool = False
    """True when the round's meeting is over."""
    draft: Mapping[str, str] | None = None
    """The draft that is not sent, by input name."""
    has_lost_card: bool = True
    """True while a card about the request may be found whose place is not known."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """An answer was stored: what, and until when it can be changed. *form*: the request as it stands now."""

    form: StatusForm
    request: str
    version: int
    stored_at: datetime
    changeable_until: datetime
    content: AnswerContent
    on_behalf: bool


class StatusDesk:
    """Shows the form to those who may see it and stores what they send. Nothing here waits for Microsoft 365."""

    def __init__(
        self,
        *,
        programme: ProgrammeAt,
        rounds: Rounds,
        accounts: KnownAccounts,
        clock: Clock,
        decisions: OpenDecisions | None = None,
        doubles: Doubles | None = None,
        units: Units | None = None,
    ) -> None:
        """
        *decisions*: what boards have decided; None where no minutes are kept. *doubles*: cards that we may find.
        *units*: makes requests due that people ask for; None where they may not.
        """
        self._programme = programme
        self._rounds = rounds
        self._accounts = accounts
        self._clock = clock
        self._decisions = decisions
        self._doubles = doubles
        self._units = units

    async def form(self, request_id: str, *, sender: Sender, standing: Standing | None = None) -> StatusForm:
        """
        Return the form, prefilled. Changes nothing. Raises UnknownRequest and NotYours.

        *standing*: the request as it was read just now, where it was.
        """
        if standing is None:
            object_id = sender.object_id if isinstance(sender, ByAccount) else ""
            standing = await self._rounds.find_standing(request_id, object_id=object_id)
        if standing is None:
            raise UnknownRequest(Words(key="status.error.unknown"))
        programme, package = await self._programme(standing.programme_version), standing.request.work_package
        person, on_behalf = self._authorise(programme, standing, sender)
        reported = self._decisions if standing.may_report else None
        decisions = await open_decisions(reported, standing.round, [package])
        return self._form(
            programme, standing, programme.person(person), on_behalf=on_behalf, decisions=decisions.get(package, ())
        )

    def _form(
        self,
        programme: Programme,
        standing: Standing,
        person: Person,
        *,
        on_behalf: bool,
        decisions: Sequence[OpenDecision],
    ) -> StatusForm:
        now = self._clock.now()
        asked = asked_of(
            programme,
            request=standing.request,
            status_round=standing.round,
            meeting_local=standing.meeting.starts_local,
            person=person,
            now=now,
            answer=standing.answer,
            previous=standing.previous.content if standing.previous else None,
            open_decisions=decisions,
        )
        return StatusForm(
            asked=asked,
            is_open=standing.round.takes_answers(now) and not asked.is_waived,
            on_behalf=on_behalf,
            has_met=standing.meeting.starts_local <= now.astimezone(asked.timezone).replace(tzinfo=None),
            draft=standing.drafts.get(person.key),
            has_lost_card=standing.has_lost_card,
        )

    async def save_draft(
        self, request_id: str, *, sender: Sender, content: Mapping[str, Any], standing: Standing | None = None
    ) -> StatusForm:
        """
        Keep what somebody has written so far, for them alone, until they answer or the round closes.

        Raises UnknownRequest, NotYours, RoundOver and InvalidAnswer, and then nothing of *content* was stored.
        *standing*: the request as it was read just now, where it was.
        """
        form = await self.form(request_id, sender=sender, standing=standing)
        asked = form.asked
        if not form.is_open:
            raise RoundOver(over_words(asked))
        draft = parse_draft(
            content,
            indicators=asked.package.indicators,
            decisions=asked.open_decisions,
            previous=asked.previous,
            stored=asked.answer.content if asked.answer else None,
            draft=form.draft,
        )
        if not await self._rounds.save_draft(request_id, asked.person.key, draft, at=self._clock.now()):
            raise RoundOver(over_words(asked))
        return replace(form, draft=draft or None)

    async def touched(self, form: StatusForm, posted: Posted) -> None:
        """Note that a card of a request was pressed. One that was lost sight of when it left is kept up to date now."""
        if self._doubles is not None and posted.activity_id and form.has_lost_card:
            request = form.asked.request.id
            then = [refresh_unit(request, self._clock.now())]
            await self._doubles.adopt(request, posted, then=then)

    async def find_open(self, request_id: str, *, sender: Sender) -> StatusForm | None:
        """Return the package's request in the same board's open round, as the sender may see it; None else."""
        request = await self._rounds.find_request(request_id)
        programme, now = await self._programme(), self._clock.now()
        package = programme.find_work_package(request.work_package) if request else None
        asked_in = await self._rounds.find_round(request.meeting) if request else None
        if package is None or asked_in is None:
            return None
        for status_round in await self._rounds.list_open_rounds([asked_in.municipality]):
            if status_round.takes_answers(now):
                try:
                    form = await self.form(plan.request_id(status_round.meeting, package.key), sender=sender)
                except AnswerRefused:
                    continue
                if form.is_open:
                    return form
        return None

    async def ask_again(self, request_id: str, *, sender: Sender) -> StatusForm | None:
        """
        Have the open round's request sent once more, to the person who is asked; None when there is none to send.

        An ended link opens nothing, whoever holds it: the new one goes where requests go. Once a day at most.
        """
        form = await self.find_open(request_id, sender=sender)
        if form is None or form.asked.answer is not None or self._units is None:
            return None
        now = self._clock.now()
        await self._units.make_due([plan.renewal_unit(form.asked.request.id, now)])
        return form

    async def language(self, sender: Sender) -> str:
        """Return the sender's language; the programme's own when nobody knows them."""
        programme = await self._programme()
        account = None
        if isinstance(sender, ByAccount):
            account = await self._accounts.find_by_object_id(sender.object_id)
        key = _person(programme, sender, account)
        person = programme.find_person(key) if key else None
        return texts.choose(person.language, programme.language) if person else programme.language

    async def answer(
        self,
        request_id: str,
        *,
        sender: Sender,
        content: Mapping[str, Any],
        surface: AnswerSurface,
        standing: Standing | None = None,
    ) -> Receipt:
        """
        Check and store an answer; stored before it returns.

        Raises UnknownRequest, NotYours, RoundOver, NumbersWanted, AnsweredMeanwhile and InvalidAnswer, and then nothing
        of *content* was stored. The same answer once more is the same version. *content* with `numbers_asked` is not
        asked for numbers. What `seen` says is held against what stands now, not at the moment of writing: of two who
        answer within that moment, both are kept. *standing*: the request as it was read just now, where it was.
        """
        form = await self.form(request_id, sender=sender, standing=standing)
        asked = form.asked
        if not form.is_open:
            raise RoundOver(over_words(asked))
        parsed = _checked(form, content)
        now = self._clock.now()
        new = NewAnswer(
            request=asked.request.id,
            at=now,
            by=asked.person.key,
            surface=surface,
            on_behalf=form.on_behalf,
            content=parsed,
        )
        escalation = _escalation(asked.request, new)
        lifted = [lifted_unit(asked.request.id, now)] if escalation else []
        told = [plan.told_unit(asked.request.id, asked.round.deadline_at)] if parsed.solved else []
        then = [*refresh_units([asked.request], now), *lifted, *told]
        stored = await self._rounds.add_answer(new, escalation=escalation, then=then, known=asked.answer)
        if stored is None:
            # The round closed between our look and our write.
            raise RoundOver(over_words(asked))
        answered = replace(asked.request, state=RequestState.ANSWERED, latest_version=stored.version)
        form = replace(form, asked=replace(asked, request=answered, answer=stored, by=asked.person.name))
        return Receipt(
            form=form,
            request=stored.request,
            version=stored.version,
            stored_at=stored.at,
            changeable_until=asked.round.deadline_at,
            content=stored.content,
            on_behalf=stored.on_behalf,
        )

    def _authorise(self, programme: Programme, standing: Standing, sender: Sender) -> tuple[str, bool]:
        """Return the sender's key, and True where they answer for somebody else. Raises UnknownRequest and NotYours."""
        request = standing.request
        person = _person(programme, sender, standing.account)
        package = programme.find_work_package(request.work_package)
        if package is None:
            raise UnknownRequest(Words(key="status.error.unknown"))
        today = programme.today(self._clock.now())
        on_behalf = is_on_behalf(programme, package, person, today, request.meeting) if person else None
        if person is None or on_behalf is None:
            raise NotYours(Words(key="status.error.not_yours"))
        return person, on_behalf


def _person(programme: Programme, sender: Sender, account: Account | None) -> str | None:
    """Return the sender's key, as far as the programme knows them. *account*: of somebody who pressed a button."""
    if isinstance(sender, ByLink):
        return known.key if (known := programme.find_person(sender.person)) else None
    if account is None or not account.enabled:
        return None
    found = programme.find_person_by_email(account.email)
    return found.key if found else None


def _checked(form: StatusForm, content: Mapping[str, Any]) -> AnswerContent:
    """Parse the answer in *content*. Raises NumbersWanted, AnsweredMeanwhile and InvalidAnswer."""
    asked, seen = form.asked, seen_version(content)
    missed = asked.answer if seen not in (None, asked.version) else None
    indicators = asked.package.indicators
    unchanged = is_unchanged(content, asked.previous)
    if unchanged and lacks_numbers(content, indicators) and not content.get("numbers_asked"):
        raise AnsweredMeanwhile(_MISSED) if missed else NumbersWanted(Words(key="card.numbers_intro"))
    parsed = parse_answer(
        content,
        indicators=indicators,
        decisions=asked.open_decisions,
        previous=asked.previous,
        stored=asked.answer.content if asked.answer else None,
        draft=form.draft,
    )
    # The same person's same words are no second answer, however old the card is.
    if missed and (missed.by, missed.content) != (asked.person.key, parsed):
        raise AnsweredMeanwhile(_MISSED)
    return parsed


def over_words(asked: Asked) -> Words:
    """Explain why nothing more is taken, and whom to talk to."""
    if asked.is_waived:
        return Words(key="status.waived", values={"package": asked.package.name})
    if asked.local_lead:
        return Words(key="status.error.over_contact", values={"local_lead": asked.local_lead})
    return Words(key="status.error.over")


def _escalation(request: StatusRequest, answer: NewAnswer) -> Escalation | None:
    if not answer.content.question:
        return None
    return Escalation(
        id=escalation_id(request.id, Level.LOCAL),
        request=request.id,
        meeting=request.meeting,
        level=Level.LOCAL,
        question=answer.content.question,
        proposal=answer.content.proposal,
        state=EscalationState.RAISED,
        raised_at=answer.at,
    )
