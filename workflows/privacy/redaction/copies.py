"""Copies outside the record, brought in order one by one: taken away with their versions, and made anew from it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.errors import Permanent
from workflows.meetings import events
from workflows.meetings.model import MeetingStore
from workflows.messages.model import Messages
from workflows.papers.agendas.ports import AgendaStore
from workflows.papers.file_copies import UNFINISHED, meeting_folder
from workflows.papers.reports.ports import ReportStore
from workflows.papers.reports.site_copy import file_path, page_name
from workflows.ports.accounts import Recipients
from workflows.ports.bot import Bot
from workflows.ports.calendar import Calendar
from workflows.ports.links import Links
from workflows.ports.place import SiteContent
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.privacy.redaction.model import LeftKind, Redaction, Redactions, RedactionStep, StepKind
from workflows.rollout.folder_paths import folder_now
from workflows.rollout.ports import Resource, Resources

AGAIN = timedelta(minutes=15)
"""The time after which copies are taken away once more: a unit that was running at the redaction, and had read the old
words, is over by then."""
PAPER_UNITS = {
    "agenda": "agenda.publish",
    "draft": "minutes.prepare",
    "minutes": "minutes.publish",
}
"""The unit that writes each of a meeting's files."""


class SiteRemovals(Protocol):
    """Takes copies off a site, with their versions. Hands; needs Sites.Selected with the role `manage` there."""

    async def delete_file(self, site_id: str, file_id: str) -> None: ...
    async def delete_page(self, site_id: str, page_id: str) -> None: ...
    async def delete_list_item(self, site_id: str, list_id: str, item_id: str) -> None:
        """Each: with its versions. A repeat is harmless."""
        ...


@dataclass(frozen=True, kw_only=True)
class CopyPorts:
    """Everything that copies outside are reached by."""

    programme: Callable[[], Awaitable[Programme]]
    redactions: Redactions
    reports: ReportStore
    agendas: AgendaStore
    meetings: MeetingStore
    messages: Messages
    resources: Resources
    links: Links
    content: SiteContent
    removals: SiteRemovals
    bot: Bot
    calendar: Calendar
    recipients: Recipients
    clock: Clock
    public_url: str


@dataclass(kw_only=True)
class StepOutcome:
    """Units that make a copy anew, and copies that were found to be somebody else's."""

    then: list[str]
    left: dict[LeftKind, int]


@dataclass(frozen=True, kw_only=True)
class _Site:
    """A place's site, and everything that was noted of the place."""

    place: PlaceSpec
    id: str
    things: Mapping[str, Resource]


class RedactedCopies:
    """The handler of the unit `privacy.redact`. It may stop anywhere: what was done is noted step by step."""

    def __init__(self, ports: CopyPorts) -> None:
        self._ports = ports
        self._take: Mapping[StepKind, Callable[[RedactionStep, StepOutcome], Awaitable[None]]] = {
            StepKind.REPORT: self._report,
            StepKind.PAPERS: self._papers,
            StepKind.LIST_ROW: self._list_row,
            StepKind.CARD: self._card,
            StepKind.EVENT: self._event,
        }

    async def redact(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `privacy.redact` [number]: bring every copy in order, and some of them twice."""
        number = int(unit.subject) if unit.subject.isdecimal() else 0
        redaction = await self._ports.redactions.find(number)
        if redaction is None:
            return Done(note="no such redaction")
        first = [step for step in redaction.steps if not step.taken]
        second = [step for step in redaction.steps if step.taken and not step.is_done]
        now = self._ports.clock.now()
        if not first and second and now < redaction.at + AGAIN:
            return Parked(until=redaction.at + AGAIN, note="looks once more")
        for step in first or second:
            await self._bring_in_order(redaction, step, history)
        if first and (second or any(not replace(step, taken=step.taken + 1).is_done for step in first)):
            return Parked(until=max(now, redaction.at + AGAIN), note="looks once more")
        await self._ports.redactions.finish(redaction.number, now)
        return Done(note="every copy that is reached is in order")

    async def _bring_in_order(self, redaction: Redaction, step: RedactionStep, history: History) -> None:
        taken = StepOutcome(then=[], left={})
        await self._take[step.kind](step, taken)
        now = self._ports.clock.now()
        then = [DueUnit(key=key, due_at=now) for key in taken.then]
        left = {kind: redaction.left.get(kind, 0) + count for kind, count in taken.left.items()}
        await self._ports.redactions.note_step(redaction.number, step, left=left, then=then)
        await history.note("privacy.copy_redacted", kind=step.kind, key=step.key, again=step.taken)

    # ----------------------------------------------------------------------------------------------------------- sites

    async def _report(self, step: RedactionStep, taken: StepOutcome) -> None:
        """Take PDF, page and row of a report away, and forget them, so that its unit makes them anew."""
        programme, meeting, content = await self._ports.programme(), step.key, self._ports.content
        site = await self._site_of(programme, meeting.partition("/")[0])
        newest = await self._ports.reports.newest(meeting)
        if site is None or newest is None:
            return
        day, language = meeting.rpartition("/")[2], texts.choose(programme.language)
        folder = await folder_now(content, site.id, site.things, site.place.report_folder)
        file = await content.find_file(site.id, file_path(folder, day, language))
        if file is not None:
            await self._ports.removals.delete_file(site.id, file.id)
        page = await content.find_page(site.id, page_name(day))
        if page is not None:
            await self._ports.removals.delete_page(site.id, page.id)
        kept = next((f"list:{item.key}" for item in site.place.lists if item.source == "reports"), "")
        rows: Sequence[str] = (*step.details.get("rows", ()), *_noted_row(newest.published))
        if kept in site.things:
            for row in dict.fromkeys(rows):
                await self._ports.removals.delete_list_item(site.id, site.things[kept].external_id, row)
        await self._ports.reports.note_published(newest, {}, finished=False)
        taken.then.append(f"report.publish:{meeting}")

    async def _papers(self, step: RedactionStep, taken: StepOutcome) -> None:
        """Take a meeting's Word files away; those that people made their own stay, and are theirs to redact."""
        programme, content = await self._ports.programme(), self._ports.content
        site = await self._site_of(programme, step.key.partition("/")[0])
        agenda = await self._ports.agendas.find_agenda(step.key)
        if site is None or agenda is None or not site.place.meeting_folder:
            return
        folder = await meeting_folder(content, site.place, site.id, site.things, step.key)
        gone: dict[str, Any] = {}
        for part, noted in agenda.published.items():
            file = await content.find_file(site.id, f"{folder}/{noted['name']}.docx")
            if file is not None and noted["by"] not in (UNFINISHED, file.changed_by):
                taken.left[LeftKind.FILES] = taken.left.get(LeftKind.FILES, 0) + (not step.taken)
                continue
            if file is not None:
                await self._ports.removals.delete_file(site.id, file.id)
            gone[part] = None
            taken.then.append(f"{PAPER_UNITS[part]}:{step.key}")
        await self._ports.agendas.note_published(step.key, gone)

    async def _list_row(self, step: RedactionStep, taken: StepOutcome) -> None:
        """Take a row of a list away, and forget it, so that the lists' unit adds it anew."""
        place, _, key = step.key.partition("|")
        site = await self._site_of(await self._ports.programme(), place)
        if site is None or key not in site.things:
            return
        kept = f"list:{key.partition(':')[2].partition('/')[0]}"
        if kept in site.things:
            await self._ports.removals.delete_list_item(
                site.id, site.things[kept].external_id, site.things[key].external_id
            )
        await self._ports.resources.forget(place, key)
        taken.then.append(f"rollout.lists:{place}")

    async def _site_of(self, programme: Programme, key: str) -> _Site | None:
        place = programme.find_place(key)
        things = await self._ports.resources.of(place.key) if place is not None else {}
        if place is None or "site" not in things:
            return None
        return _Site(place=place, id=things["site"].external_id, things=things)

    # ----------------------------------------------------------------------------------------------- Teams and Outlook

    async def _card(self, step: RedactionStep, taken: StepOutcome) -> None:
        """Put the redacted card in the place of the one that was sent; a request's card is then drawn as it is now."""
        message = next(iter(await self._ports.messages.list_messages(keys=[step.key])), None)
        if message is None or message.posted is None:
            return
        try:
            card, summary = message.content.card, message.content.subject
            await self._ports.bot.update_card(message.posted, card, summary=summary)
        except Permanent:
            # The chat or the app is gone: whoever sees it still has to ask for it.
            taken.left[LeftKind.CARDS] = 1
            return
        if message.request is not None:
            shown = {name: value for name, value in message.reference.items() if name != "shows"}
            await self._ports.messages.note_reference(message.key, shown)
            taken.then.append(f"status.refresh:{message.request}")

    async def _event(self, step: RedactionStep, taken: StepOutcome) -> None:
        """Write place, subject and body of a meeting anew, also of one that is over; Outlook tells its attendees."""
        programme = await self._ports.programme()
        meeting = await self._ports.meetings.find_meeting(step.key)
        body = programme.find_body(meeting.body) if meeting else None
        if meeting is None or body is None:
            return
        there = await self._ports.calendar.find_events(meeting.organizer, [meeting.key])
        event = there.get(meeting.key)
        if event is None or not meeting.stands:
            return
        if events.is_held(event, self._ports.recipients):
            taken.left[LeftKind.EVENTS] = 1
            return
        spec = events.event_of(programme, body, meeting, self._ports.recipients)
        address = f"{self._ports.public_url}/moter/{await self._ports.links.issue('papers', meeting.key)}"
        written = {
            "subject": spec.subject,
            "location": spec.location,
            "body_html": events.invitation(programme, body, meeting, address),
        }
        await self._ports.calendar.update(meeting.organizer, event.id, written)
        taken.then.append(f"meetings.book:{meeting.body}")


def _noted_row(published: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(published["row"]),) if "row" in published else ()
