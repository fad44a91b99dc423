"""Winding down: a work package ends, or a municipality leaves the programme.

What people no longer work in is archived, what they no longer owe is waived, and what lies ahead is called off. Nothing
is deleted: when the register says that it goes on after all, the same units take it back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Municipality, WorkPackage
from workflows.errors import IdentityClosed, Invalid, NotFound, Refused
from workflows.meetings.model import Meeting, MeetingStore
from workflows.meetings.moves import MeetingMoves
from workflows.operations.wind_down_preview import WindDownPreview, later_meetings, withdrawals
from workflows.ports.accounts import Recipients
from workflows.ports.links import Links
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked, Units
from workflows.rollout.handlers import CLOSED_AGAIN
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.rollout.ports import AllResources, Resource
from workflows.sweep import sweep_unit

PLACE, PACKAGE = "wind_down.place", "wind_down.package"
ENDED = "ended"
"""Key of what is noted about a municipality that was wound down; of a package `ended:<key>`."""
MORNING = time(5, 0)
"""The local time at which it begins, on the day after the last one."""


class Archive(Protocol):
    """Archives teams and channels. Builder; needs Group.ReadWrite.All and, for channels,
    ChannelSettings.ReadWrite.All."""

    async def is_team_archived(self, team_id: str) -> bool: ...
    async def set_team(self, team_id: str, *, archived: bool) -> None:
        """Teams does it some time after it has answered. A repeat is harmless."""
        ...

    async def is_channel_archived(self, team_id: str, channel_id: str) -> bool:
        """NotFound when people have removed it."""
        ...

    async def set_channel(self, team_id: str, channel_id: str, *, archived: bool) -> None:
        """A repeat is harmless. Invalid while the whole team is archived."""
        ...


class OpenWork(Protocol):
    """Requests that people still owe an answer."""

    async def call_off(self, municipality: str, history: History) -> None: ...
    async def waive(self, work_package: str, history: History) -> None: ...
    async def count_owing(self, *, municipality: str | None = None, work_package: str | None = None) -> int:
        """Count the answers that are owed: in a municipality's rounds, or in all, and one package's, or all."""
        ...


class Welcomes(Protocol):
    """Mails to new guests."""

    async def withdraw(self, municipality: str) -> int:
        """Drop those that have not left; how many. A repeat is harmless."""
        ...


@dataclass(frozen=True, kw_only=True)
class WindDownPorts:
    """Everything a wind-down reaches."""

    programme: Callable[[], Awaitable[Programme]]
    archive: Archive
    work: OpenWork
    welcomes: Welcomes
    meetings: MeetingStore
    moves: MeetingMoves
    resources: AllResources
    links: Links
    units: Units
    recipients: Recipients
    clock: Clock


class WindDown:
    """Ends what is over and takes back what goes on. A repeat does nothing."""

    def __init__(self, ports: WindDownPorts) -> None:
        self._ports = ports

    async def due_units(self) -> Sequence[DueUnit]:
        """List units for everything that ends today or later, or that ended, or goes on, otherwise than noted."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        packages = (f"{ENDED}:{item.key}" for item in programme.work_packages)
        noted = await self._ports.resources.with_keys(ENDED, *packages)
        # Beside the loop: it goes through a country's packages, and the loop also answers people.
        return await asyncio.to_thread(_due_units, programme, noted, now)

    async def preview(self, units: Sequence[DueUnit]) -> Sequence[WindDownPreview]:
        """Tell what *units* would do now: whom it concerns, and how many mails leave. Changes nothing."""
        programme, _ = await self._now()
        found = [await self._preview(programme, unit) for unit in units]
        return [preview for preview in found if preview is not None]

    async def place(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `wind_down.place` [municipality]: archive its team, or take it back, as the register has it now."""
        programme, today = await self._now()
        item = programme.find_municipality(unit.subject)
        if item is None:
            return Done(note="no such municipality")
        known = await self._ports.resources.of(item.slug)
        if programme.takes_part(item.slug, today):
            return await self._take_back(programme, item.slug, ENDED, known, history)
        await self._ports.work.call_off(item.slug, history)
        for package in programme.work_packages:
            if package.municipality == item.slug and package.boards:
                await self._ports.work.waive(package.key, history)
        if withdrawn := await self._ports.welcomes.withdraw(item.slug):
            await history.note("wind_down.welcomes_withdrawn", place=item.slug, messages=withdrawn)
        for body in programme.bodies:
            if body.municipality == item.slug:
                # Of a body, this ends its calendar feed and nothing else.
                await self._ports.links.revoke(body.key)
        await self._cancel_meetings(programme, item, history)
        return await self._archive(programme, item.slug, ENDED, known.get("team"), None, known, history)

    async def package(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `wind_down.package` [work package]: archive its channel, or take it back, as the register has it now."""
        programme, today = await self._now()
        package = programme.find_work_package(unit.subject)
        if package is None:
            return Done(note="no such work package")
        slug, noted = package.municipality, f"{ENDED}:{package.key}"
        known = await self._ports.resources.of(slug)
        if not package.has_ended(today):
            return await self._take_back(programme, slug, noted, known, history)
        await self._ports.work.waive(package.key, history)
        channel = next((known[key] for key in known if _is_channel_of(key, package)), None)
        if ENDED in known:  # With its team it is archived already, and could not be by itself.
            channel = None
        return await self._archive(programme, slug, noted, known.get("team"), channel, known, history)

    # ---------------------------------------------------------------------------------------------------------- preview

    async def _preview(self, programme: Programme, unit: DueUnit) -> WindDownPreview | None:
        item, package = programme.find_municipality(unit.subject), programme.find_work_package(unit.subject)
        if unit.kind == PLACE and item is not None:
            return await self._preview_of_place(programme, item, unit.key)
        if unit.kind == PACKAGE and package is not None:
            return await self._preview_of_package(programme, package, unit.key)
        return None

    async def _preview_of_place(self, programme: Programme, item: Municipality, key: str) -> WindDownPreview:
        now, known = self._ports.clock.now(), await self._ports.resources.of(item.slug)
        if programme.takes_part(item.slug, programme.today(now)):
            return WindDownPreview(unit=key, name=item.name, ends=False)
        meetings = later_meetings(programme, item, await self._meetings_of(programme, item.slug), now)
        return WindDownPreview(
            unit=key,
            name=item.name,
            people=sum(each.startswith("member:") for each in known),
            owing=await self._ports.work.count_owing(municipality=item.slug),
            meetings=len(meetings),
            mails=withdrawals(programme, meetings, recipients=self._ports.recipients, now=now),
        )

    async def _preview_of_package(self, programme: Programme, package: WorkPackage, key: str) -> WindDownPreview:
        ends = package.has_ended(programme.today(self._ports.clock.now()))
        return WindDownPreview(
            unit=key,
            name=package.name,
            is_package=True,
            ends=ends,
            people=len({item.person for item in programme.assignments if item.work_package == package.key}),
            owing=await self._ports.work.count_owing(work_package=package.key) if ends else 0,
        )

    # -------------------------------------------------------------------------------------------------------- archiving

    async def _archive(
        self,
        programme: Programme,
        slug: str,
        noted: str,
        team: Resource | None,
        channel: Resource | None,
        known: Mapping[str, Resource],
        history: History,
    ) -> Outcome:
        """Archive *channel* if one is given, else the team where *noted* is about the whole municipality."""
        if noted in known:
            return Done(note=known[noted].details.get("note", ""))
        thing = team if noted == ENDED else channel
        by_hand = ""
        archived = False
        if thing is not None and team is not None:
            try:
                archived = await self._set(team, None if noted == ENDED else thing, archived=True)
            except IdentityClosed:
                return Parked(until=self._ports.clock.now() + CLOSED_AGAIN, note=BUILDER_CLOSED)
            except NotFound:
                by_hand = ""
            except (Refused, Invalid):
                by_hand = _channel_by_hand(programme, team, thing) if noted != ENDED else ""
                if not by_hand:
                    raise
            if noted == ENDED and (site := known.get("site")) is not None:
                by_hand = site_lock(programme, site, locked=True)
        done = texts.say(f"wind_down.{'archived' if archived else 'ended'}", programme.language)
        note = " ".join(part for part in (done, by_hand) if part)
        details = {"archived": archived, "note": note}
        external_id = thing.external_id if thing is not None else ""
        await self._ports.resources.keep(slug, Resource(key=noted, external_id=external_id, details=details))
        await history.note("wind_down.ended", place=slug, archived=int(archived))
        return Done(note=note)

    async def _set(self, team: Resource, channel: Resource | None, *, archived: bool) -> bool:
        """Have it archived or taken back; whether that was our doing: people may have done it before."""
        archive = self._ports.archive
        if channel is None:
            if await archive.is_team_archived(team.external_id) is archived:
                return False
            await archive.set_team(team.external_id, archived=archived)
        else:
            if await archive.is_channel_archived(team.external_id, channel.external_id) is archived:
                return False
            await archive.set_channel(team.external_id, channel.external_id, archived=archived)
        return True

    async def _take_back(
        self, programme: Programme, slug: str, noted: str, known: Mapping[str, Resource], history: History
    ) -> Outcome:
        """Only what we archived is taken back: what people archived is theirs."""
        was = known.get(noted)
        if was is None:
            return Done(note="goes on")
        team = known.get("team")
        if was.details.get("archived") and team is not None:
            try:
                await self._set(team, None if noted == ENDED else was, archived=False)
            except IdentityClosed:
                return Parked(until=self._ports.clock.now() + CLOSED_AGAIN, note=BUILDER_CLOSED)
            except NotFound:
                await history.note("wind_down.gone", place=slug)
        await self._ports.resources.forget(slug, noted)
        # Its meetings and rounds are planned anew.
        await self._ports.units.make_due([sweep_unit(programme.key, self._ports.clock.now())])
        await history.note("wind_down.taken_back", place=slug)
        site = known.get("site")
        note = site_lock(programme, site, locked=False) if noted == ENDED and site is not None else ""
        return Done(note=" ".join([texts.say("wind_down.taken_back", programme.language), note]).strip())

    async def _cancel_meetings(self, programme: Programme, item: Municipality, history: History) -> None:
        meetings = await self._meetings_of(programme, item.slug)
        for meeting in later_meetings(programme, item, meetings, self._ports.clock.now()):
            reason = texts.say("wind_down.meeting_reason", programme.language)
            await self._ports.moves.cancel(meeting.key, reason)
            await history.note("wind_down.meeting_cancelled", meeting=meeting.key)

    async def _meetings_of(self, programme: Programme, municipality: str) -> Sequence[Meeting]:
        bodies = [body.key for body in programme.bodies if body.municipality == municipality]
        return [meeting for body in bodies for meeting in await self._ports.meetings.list_meetings(body)]

    async def _now(self) -> tuple[Programme, date]:
        programme = await self._ports.programme()
        return programme, programme.today(self._ports.clock.now())


def _due_units(programme: Programme, noted: Mapping[str, Mapping[str, Resource]], now: datetime) -> list[DueUnit]:
    """*noted*: by place, the notes that something was wound down."""
    found: list[DueUnit] = []
    for item in programme.municipalities:
        found += _units(programme, item, noted.get(item.slug, {}), now)
    return found


def _units(programme: Programme, item: Municipality, known: Mapping[str, Resource], now: datetime) -> Iterator[DueUnit]:
    """Plan the looks at a municipality and its packages: now when the note says otherwise, else on the day."""
    today = programme.today(now)

    def unit(key: str, noted: str, until: date | None, *, over: bool) -> Iterator[DueUnit]:
        if over is not (noted in known):
            yield DueUnit(key=key, due_at=now)
        elif until is not None and not over:
            morning = datetime.combine(until + timedelta(days=1), MORNING, ZoneInfo(programme.timezone))
            yield DueUnit(key=key, due_at=morning.astimezone(UTC))

    yield from unit(f"{PLACE}:{item.slug}", ENDED, item.until, over=not programme.takes_part(item.slug, today))
    for package in programme.packages_of(item.slug):
        key, noted = f"{PACKAGE}:{package.key}", f"{ENDED}:{package.key}"
        yield from unit(key, noted, package.until, over=package.has_ended(today))


def _is_channel_of(key: str, package: WorkPackage) -> bool:
    """A channel that stands once for each work package is noted as `channel:<channel>/<package>`."""
    kind, _, name = key.partition(":")
    return kind == "channel" and name.partition("/")[2] == package.key


def _channel_by_hand(programme: Programme, team: Resource, channel: Resource) -> str:
    command = f"Invoke-MgArchiveTeamChannel -TeamId {team.external_id} -ChannelId '{channel.external_id}'"
    return texts.say("wind_down.channel_by_hand", programme.language, command=command)


def site_lock(programme: Programme, site: Resource, *, locked: bool) -> str:
    """Return the sentence with IT's command: Graph lets no app make a team's site read-only, or writable again."""
    state = "ReadOnly" if locked else "Unlock"
    command = f"Set-SPOSite -Identity {site.url} -LockState {state}"
    return texts.say(f"wind_down.site_{'lock' if locked else 'unlock'}", programme.language, command=command)
