"""Rounds end: at their deadline, with their municipality or their work package; and a link that went astray ends."""

from collections import Counter
from collections.abc import Sequence

from workflows.messages.lead_mail import lead_mail_unit
from workflows.messages.model import MessageState, Surface
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status import plan
from workflows.status.context import RoundContext
from workflows.status.lead_notices import LeadNotices
from workflows.status.lifecycle import bring_up_to_date, end_round
from workflows.status.model import RequestState, RoundState, StatusRound
from workflows.status.ports import StatusPorts


class RoundClosing:
    """Ends rounds, requests and links. A repeat is harmless."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    async def close(self, unit: DueUnit, history: History) -> Outcome:
        """Close the round at its deadline: unanswered requests are missing, links end, the report is compiled."""
        context = await bring_up_to_date(self._ports, unit.subject, history)
        if context is None:
            return Done(note="no such round")
        if context.takes_answers:
            return Parked(until=context.round.deadline_at, note="closes at the deadline")
        if context.round.state is RoundState.OPEN:
            await self._tell_unreached(context)
        report = plan.compile_unit(unit.subject, context.now)
        await end_round(self._ports, unit.subject, unanswered=RequestState.MISSING, history=history, then=(report,))
        return Done()

    async def _tell_unreached(self, context: RoundContext) -> None:
        """Have the local leads told of requests that no surface took, as soon as a mail gets through again."""
        mails = await LeadNotices(self._ports, context).unreached()
        if mails:
            await self._ports.outbox.plan(mails, then=[lead_mail_unit(context.programme, context.now)])

    async def call_off(self, municipality: str, history: History) -> None:
        """End a municipality's open rounds without a report; nobody owes an answer any more."""
        for status_round in await self._rounds.list_open_rounds([municipality]):
            await end_round(self._ports, status_round.meeting, unanswered=RequestState.WAIVED, history=history)

    async def count_owing(self, *, municipality: str | None = None, work_package: str | None = None) -> int:
        """Count the answers that are owed in open rounds: a municipality's, or all, and one package's, or all."""
        rounds = await self._rounds.list_rounds(state=RoundState.OPEN)
        asking = [each.meeting for each in rounds if municipality in (None, each.municipality)]
        found = await self._rounds.list_open_requests(asking)
        return sum(work_package in (None, item.work_package) for item in found)

    async def waive(self, work_package: str, history: History) -> None:
        """Release everybody from answering about a work package; what was answered stays."""
        for status_round in await self._rounds_with(work_package):
            requests = await self._rounds.list_requests(status_round.meeting)
            owing = [item for item in requests if item.work_package == work_package and item.state is RequestState.OPEN]
            if owing:
                refresh = plan.refresh_units(owing, self._ports.clock.now())
                await self._rounds.waive([item.id for item in owing], then=refresh)
                await self._ports.messages.drop([item.id for item in owing])
                for item in owing:
                    await self._ports.links.revoke(item.id)
                await history.note("status.waived", requests=len(owing))

    async def _rounds_with(self, work_package: str) -> Sequence[StatusRound]:
        """List the open rounds in which the package may be asked: of all boards when the register has lost it."""
        package = (await self._ports.programme()).find_work_package(work_package)
        if package is None:
            return await self._rounds.list_rounds(state=RoundState.OPEN)
        return await self._rounds.list_open_rounds((package.municipality, *package.boards))

    async def revoke_links(self, meeting: str, work_package: str | None = None) -> tuple[DueUnit, ...]:
        """
        End the personal links of a round, or of one package in it; return what sends new ones to those who owe.

        For a link that went astray. A repeat ends the new links as well.
        """
        requests = await self._rounds.list_requests(meeting)
        ours = [request.id for request in requests if work_package in (None, request.work_package)]
        mails = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=ours)
        had = Counter(item.request for item in mails if item.surface is Surface.EMAIL)
        for request in ours:
            await self._ports.links.revoke(request)
        now = self._ports.clock.now()
        return tuple(
            DueUnit(key=f"status.renew:{request}/{had[request]}", due_at=now) for request in ours if had[request]
        )
