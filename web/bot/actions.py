"""Buttons on a status card, and the effect of each."""

from collections.abc import Mapping
from typing import Any

import cards
import texts
from integration.bot_endpoint import CardAction, card_reply, error_reply, message_reply
from workflows.ports.bot import Posted
from workflows.status.answer_parsing import is_unchanged, seen_version
from workflows.status.answering import ByAccount, StatusDesk, StatusForm
from workflows.status.card_rendering import ended_card, numbers_card, question_of, receipt_card, request_card
from workflows.status.model import (
    AnsweredMeanwhile,
    AnswerRefused,
    AnswerSurface,
    InvalidAnswer,
    NotYours,
    NumbersWanted,
    RoundOver,
)
from workflows.status.request_view import Asked
from workflows.words import Words

OPEN, ANSWER, ANSWER_UNCHANGED = "open_status", "answer_status", "answer_unchanged"
VERBS = (OPEN, ANSWER, ANSWER_UNCHANGED)
INVALID_CODE = "InvalidAnswer"
"""The code of a reply that tells what must be changed first, where the form cannot be shown again with it."""


class StatusActions:
    """The verbs of status cards. Only the person who pressed sees the reply."""

    def __init__(self, desk: StatusDesk) -> None:
        self._desk = desk

    async def act(self, action: CardAction) -> dict[str, Any]:
        """Return the reply to a press; a reply in words for everything that is refused. Stores before it answers."""
        request = action.data.get("request_id")
        sender = ByAccount(action.sender_object_id)
        if action.verb not in VERBS or not isinstance(request, str):
            return _words(Words(key="status.error.unknown"), await self._desk.language(sender))
        try:
            # A refresh that Teams asks for by itself writes nothing, whatever its data say.
            if action.verb == OPEN or action.automatic:
                form = await self._desk.form(request, sender=sender)
                reply = card_reply(_opened(form))
            else:
                form, reply = await self._answer(request, sender, action)
            if not action.automatic:
                # After the answer is stored, and only for somebody who may see the request.
                await self._desk.touched(form, Posted(conversation=action.conversation, activity_id=action.activity_id))
            return reply
        except NotYours as refused:
            language = await self._desk.language(sender)
            return message_reply(texts.say(refused.words.key, language, **refused.words.values))
        except AnswerRefused as refused:
            return _words(refused.words, await self._desk.language(sender))

    async def _answer(self, request: str, sender: ByAccount, action: CardAction) -> tuple[StatusForm, dict[str, Any]]:
        """Return the request as it stands afterwards, and the reply."""
        try:
            # A question back, such as for a proposal, needs a reply that is shown.
            content = action.data if action.answerable else {**action.data, "proposal_asked": "1"}
            receipt = await self._desk.answer(request, sender=sender, content=content, surface=AnswerSurface.CARD)
        except NumbersWanted:
            form = await self._desk.form(request, sender=sender)
            return form, card_reply(numbers_card(form.asked, seen=seen_version(action.data) or 0))
        except AnsweredMeanwhile:
            form = await self._desk.form(request, sender=sender)
            if not action.answerable:
                return form, error_reply(form.asked.answered_note, code=INVALID_CODE)
            return form, card_reply(_missed(form.asked, action.data))
        except InvalidAnswer as invalid:
            form = await self._desk.form(request, sender=sender)
            problems = _problems(form.asked, invalid)
            if not action.answerable:
                # Whatever is shown later must be stored until then; what was refused must not be.
                return form, error_reply("\n".join(problems), code=INVALID_CODE)
            return form, card_reply(_again(form.asked, action.data, problems, invalid.confirm))
        except RoundOver:
            form = await self._desk.form(request, sender=sender)
            # A reply that is not shown would have to be stored first; what came too late must not be.
            return form, card_reply(ended_card(form.asked, typed=action.data if action.answerable else None))
        form = receipt.form
        if not action.answerable:
            return form, message_reply(form.asked.say("status.stored", until=form.asked.due))
        return form, card_reply(receipt_card(form.asked, editable=form.is_open))


def _problems(asked: Asked, invalid: InvalidAnswer) -> list[str]:
    """List the problems, each with its question."""
    return [_problem(asked, name, asked.say(words.key, **words.values)) for name, words in invalid.problems.items()]


def _problem(asked: Asked, name: str, problem: str) -> str:
    question = cards.short(question_of(asked, name))
    return asked.say("card.problem", question=question, problem=problem) if question else problem


def _again(asked: Asked, data: Mapping[str, Any], problems: list[str], confirm: str) -> dict[str, Any]:
    """Draw the card that was pressed, with what is wrong and what was written."""
    if is_unchanged(data, asked.previous):
        return numbers_card(asked, typed=data, problems=problems, seen=seen_version(data) or 0)
    return request_card(asked, typed=data, problems=problems, confirm=confirm, seen=seen_version(data) or 0)


def _missed(asked: Asked, data: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the form with what was written, or, where nothing was, with the answer that its reader did not know."""
    unchanged = is_unchanged(data, asked.previous)
    note = asked.say("status.missed_unchanged" if unchanged else "status.missed")
    return request_card(asked, typed=None if unchanged else data, problems=[asked.answered_note, note])


def _opened(form: StatusForm) -> dict[str, Any]:
    return request_card(form.asked, draft=form.draft) if form.is_open else ended_card(form.asked)


def _words(words: Words, language: str) -> dict[str, Any]:
    return error_reply(texts.say(words.key, language, **words.values))
