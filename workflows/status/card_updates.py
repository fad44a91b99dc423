"""Cards that were posted are brought up to date, so that every one of them tells the truth."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from config.programme import Programme
from config.values import Person
from workflows.errors import Permanent
from workflows.messages.model import Message, MessageState, Surface
from workflows.ports.units import Done, DueUnit, History, Outcome
from workflows.status import plan
from workflows.status.card_rendering import card_now, summary_now
from workflows.status.context import RoundContext, find_context
from workflows.status.model import RoundState, StatusRequest, StatusRound
from workflows.status.ports import StatusPorts
from workflows.status.recipients import RoundRecipients


class CardUpdates:
    """Rewrites the cards of a request where what they show is not true any more."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    async def refresh(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the request's cards up to date."""
        request = await self._rounds.find_request(unit.subject)
        context = await find_context(self._ports, request.meeting) if request else None
        if request is None or context is None:
            return Done(note="no such request")
        if not plan.known_requests(context.programme, [request]):
            return Done(note="no such work package")
        sent = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=[request.id])
        for message in sent:
            await self._touch(message, request, context, history)
        return Done()

    async def outdated_units(self, rounds: Sequence[StatusRound]) -> Sequence[DueUnit]:
        """
        Return what refreshes the cards in chats of those whom these rounds do not ask any more.

        When somebody takes over a package, nothing but the register has changed.
        """
        programme, now = await self._ports.programme(), self._ports.clock.now()
        today = programme.today(now)
        requests = await self._rounds.list_requests(*(item.meeting for item in rounds))
        by_id = {request.id: request for request in requests}
        sent = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=list(by_id))
        # Beside the loop: it goes through a country's cards, and the loop also answers people.
        outdated = await asyncio.to_thread(_outdated, programme, by_id, sent, today)
        return plan.refresh_units([by_id[request] for request in sorted(outdated)], now)

    async def _touch(self, message: Message, request: StatusRequest, context: RoundContext, history: History) -> None:
        asked = plan.find_asked(context.programme, request, context.today)
        truth = plan.shown(request, context.round, asked)
        if message.posted is None or message.reference.get("shows") == truth:
            return
        # A channel's card is for whoever is asked now; a chat's for the one whose chat it is.
        person = None if message.surface is Surface.CHANNEL else message.person
        recipients = await RoundRecipients.of(self._ports, context, [request], also=[person] if person else [])
        recipient = recipients.find_recipient(request, context.now, person=person or request.person)
        if recipient is None:
            return
        takes_answers = context.round.state is RoundState.OPEN
        replaced_by = plan.replaced_by(context.programme, request, message.person or "", context.today)
        account = recipient.account if asked else ""
        card = card_now(recipient.asked, message, account=account, takes_answers=takes_answers, replaced_by=replaced_by)
        summary = summary_now(recipient.asked, takes_answers=takes_answers, replaced_by=replaced_by)
        try:
            await self._ports.bot.update_card(message.posted, card, summary=summary)
        except Permanent:
            # The chat or the message is gone, and with it the need.
            await history.note("status.card_gone", request=request.id, surface=message.surface)
        await self._ports.messages.note_reference(message.key, {**message.reference, "shows": truth})


def _outdated(
    programme: Programme, requests: Mapping[str, StatusRequest], sent: Sequence[Message], today: date
) -> set[str]:
    """Return the ids of the requests that somebody else is asked for today than the one whom the card was sent."""
    return {
        message.request
        for message in sent
        if message.request and not _is_for(message, plan.find_asked(programme, requests[message.request], today))
    }


def _is_for(message: Message, asked: Person | None) -> bool:
    return asked is not None and message.person == asked.key
