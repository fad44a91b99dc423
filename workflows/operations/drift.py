"""Drift: whether something that we made is gone. Reads only, as the Hands, so that the Builder can stay closed.

What people change is theirs, and a plan shows it. Only what is gone is told, to those who lead the place, and once.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.errors import NotFound, OutsideError
from workflows.messages.lead_mail import LeadMail, leads_of, mail_to
from workflows.ports.place import Channels, Memberships, SiteContent, SiteLayout
from workflows.ports.units import Clock, DueUnit, History, Outcome, Parked
from workflows.rollout.names import PlaceNames
from workflows.rollout.ports import Resource, Resources, Together
from workflows.rollout.steps.members import EXPIRES_SOON, EXPIRY
from workflows.working_days import WorkCalendar

KIND = "drift.look"
AT_NIGHT = time(2, 30)
"""Local time, before a working day."""
TOLD = "drift.told"
"""Key of what is noted about the things of a place that were told to be gone."""
OWNERS = "owners"


@dataclass(frozen=True, kw_only=True)
class PlaceDrift:
    """The things of a place that are gone, and those that could not be seen, by the rollout's keys."""

    place: str
    gone: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Unknown is never treated as gone."""


@dataclass(frozen=True, kw_only=True)
class DriftPorts:
    """Everything that a look reaches, as the Hands."""

    programme: Callable[[], Awaitable[Programme]]
    memberships: Memberships
    channels: Channels
    content: SiteContent
    layout: SiteLayout
    resources: Resources
    mail: LeadMail
    together: Together
    clock: Clock
    every: timedelta
    """The time between two looks; a night before a day off is left out."""


class Drift:
    """Looks whether everything is still there, and tells those who lead a place what is gone."""

    def __init__(self, ports: DriftPorts) -> None:
        self._ports = ports

    async def due_units(self) -> Sequence[DueUnit]:
        """The next look; one unit for all places."""
        programme = await self._ports.programme()
        return [DueUnit(key=f"{KIND}:{programme.key}", due_at=self._next_night(programme, timedelta(days=1)))]

    async def look(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `drift.look` [programme]: look everywhere, tell what is newly gone, and come again."""
        programme = await self._ports.programme()
        for found in await self.report():
            spec = programme.find_place(found.place)
            told = (await self._ports.resources.of(found.place)).get(TOLD)
            before = set(told.details.get("gone", ())) if told is not None else set()
            # What could not be seen this time is neither back nor gone anew.
            now = set(found.gone) | (before & set(found.unknown))
            if spec is not None and now - before:
                await self._tell(programme, spec, sorted(now - before))
                await history.note("drift.gone", place=found.place, things=len(now - before))
            if now != before:
                noted = Resource(key=TOLD, external_id="", details={"gone": sorted(now)})
                await self._ports.resources.keep(found.place, noted)
        return Parked(until=self._next_night(programme, self._ports.every), note="looks again")

    async def report(self) -> Sequence[PlaceDrift]:
        """Compare every place; all are looked at together, so that the questions travel in few batches."""
        programme = await self._ports.programme()
        found: dict[str, PlaceDrift] = {}

        async def look(spec: PlaceSpec) -> None:
            known = await self._ports.resources.of(spec.key)
            if "group" in known:
                found[spec.key] = await self._look_at(spec, known)

        await self._ports.together(*(look(spec) for spec in programme.places))
        return [found[spec.key] for spec in programme.places if spec.key in found]

    async def _look_at(self, spec: PlaceSpec, known: Mapping[str, Resource]) -> PlaceDrift:
        look = _Look()
        reads: list[Coroutine[Any, Any, None]] = [look.ask([OWNERS, "group"], self._owners(known["group"].external_id))]
        if "team" in known:
            team_id = known["team"].external_id
            private = {channel.key for channel in spec.channels if channel.kind == "private"}
            # Private channels and their tabs are the Builder's to see: a plan shows them.
            channels = [key for key in _keys(known, "channel:") if _own_key(key) not in private]
            reads.append(look.ask(channels, self._channels(team_id, known, channels)))
            for key in channels:
                tabs = _keys(known, f"tab:{key.partition(':')[2]}/")
                if tabs:
                    reads.append(look.ask(tabs, self._tabs(team_id, known[key].external_id, known, tabs)))
        if "site" in known:
            site_id = known["site"].external_id
            reads.append(look.ask(["site"], self._site(site_id)))
            reads.append(look.ask(_keys(known, "list:"), self._lists(site_id, known)))
            reads += [look.ask([key], self._folder(site_id, known, key)) for key in _keys(known, "folder:")]
            if known.get("page:landing") is not None and known["page:landing"].external_id:
                reads.append(look.ask(["page:landing"], self._page(site_id, known)))
        await self._ports.together(*reads)
        if _expires_soon(known.get(EXPIRY), self._ports.clock.now()):
            look.gone.append(EXPIRY)
        if "group" in look.unknown and "site" in look.gone:
            # Who sees nothing at all cannot say what is gone.
            look.gone.remove("site")
            look.unknown.append("site")
        gone = {key for key in look.gone if not _went_along(key, look.gone)}
        unknown = {key for key in look.unknown if key not in gone and not _went_along(key, look.gone)}
        return PlaceDrift(place=spec.key, gone=tuple(sorted(gone)), unknown=tuple(sorted(unknown)))

    # ----------------------------------------------------------------------------------------------------- what is gone

    async def _owners(self, group_id: str) -> list[str]:
        """
        Return the group when it is gone, else its owners when it has none.

        Hands learns their ids only; owners whose accounts are all switched off are seen by a plan, as the Builder.
        """
        try:
            owners = await self._ports.memberships.list_owner_ids(group_id)
        except NotFound:
            return ["group"]
        return [] if owners else [OWNERS]

    async def _site(self, site_id: str) -> list[str]:
        """Return the site when it is gone. One that does not let us in stays unknown."""
        return [] if await self._ports.layout.find_site(site_id) is not None else ["site"]

    async def _channels(self, team_id: str, known: Mapping[str, Resource], keys: Sequence[str]) -> list[str]:
        there = {channel.id for channel in await self._ports.channels.list_channels(team_id)}
        return _missing(known, keys, there)

    async def _tabs(
        self, team_id: str, channel_id: str, known: Mapping[str, Resource], keys: Sequence[str]
    ) -> list[str]:
        there = {tab.id for tab in await self._ports.channels.list_tabs(team_id, channel_id)}
        return _missing(known, keys, there)

    async def _lists(self, site_id: str, known: Mapping[str, Resource]) -> list[str]:
        return _missing(known, _keys(known, "list:"), set(await self._ports.content.list_ids(site_id)))

    async def _folder(self, site_id: str, known: Mapping[str, Resource], key: str) -> list[str]:
        return [] if await self._ports.layout.find_folder(site_id, known[key].external_id) else [key]

    async def _page(self, site_id: str, known: Mapping[str, Resource]) -> list[str]:
        page = await self._ports.layout.read_page(site_id, known["page:landing"].external_id)
        return [] if page else ["page:landing"]

    # -------------------------------------------------------------------------------------------------------- telling

    async def _tell(self, programme: Programme, spec: PlaceSpec, keys: Sequence[str]) -> None:
        now = self._ports.clock.now()
        today = programme.today(now)
        due_at = WorkCalendar(programme, spec.municipality).next_sendable(now)
        mails = []
        for lead in leads_of(programme, spec.municipality, today):
            things = texts.join([thing_name(programme, spec, key, lead.language) for key in keys], lead.language)
            subject = texts.say("drift.subject", lead.language, place=spec.name)
            paragraphs = [
                texts.say("drift.gone", lead.language, things=things, place=spec.name),
                texts.say("drift.todo", lead.language),
            ]
            key = f"drift/{spec.key}/{today.isoformat()}"
            mails.append(
                mail_to(
                    lead,
                    key=key,
                    municipality=spec.municipality,
                    due_at=due_at,
                    subject=subject,
                    paragraphs=paragraphs,
                    button=self._ports.mail.button(spec.municipality, lead.language),
                )
            )
        await self._ports.mail.plan(mails)

    def _next_night(self, programme: Programme, after: timedelta) -> datetime:
        zone, calendar = ZoneInfo(programme.timezone), WorkCalendar(programme)
        day = (self._ports.clock.now().astimezone(zone) + after).date()
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, AT_NIGHT, zone).astimezone(UTC)


@dataclass
class _Look:
    """Gathers what the questions about one place come to."""

    gone: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    async def ask(self, keys: Sequence[str], question: Awaitable[list[str]]) -> None:
        """*keys*: what stays unknown when the question is not answered."""
        try:
            self.gone += await question
        except OutsideError:
            self.unknown += keys


def thing_name(programme: Programme, spec: PlaceSpec, key: str, language: str) -> str:
    """Return the display name of the thing noted under *key*."""
    kind, _, name = key.partition(":")
    name = PlaceNames(programme, spec, language).name(key) if name else name
    text = f"drift.thing_{kind}"
    return texts.say(text, language, **({"name": name} if "name" in texts.placeholders(text, language) else {}))


def _went_along(key: str, gone: Sequence[str]) -> bool:
    """Tell whether the thing went with one that it is a part of: all with the group, tabs with their channel."""
    if key != "group" and "group" in gone:
        return True
    if key.startswith(("list:", "folder:", "page:")) and "site" in gone:
        return True
    return key.startswith(tuple(f"tab:{each.partition(':')[2]}/" for each in gone if each.startswith("channel:")))


def _keys(known: Mapping[str, Resource], prefix: str) -> list[str]:
    return [key for key, thing in known.items() if key.startswith(prefix) and thing.external_id]


def _own_key(key: str) -> str:
    """Return the template's key of a channel noted as `channel:KEY` or `channel:KEY/PACKAGE`."""
    return key.partition(":")[2].partition("/")[0]


def _missing(known: Mapping[str, Resource], keys: Sequence[str], there: set[str]) -> list[str]:
    return [key for key in keys if known[key].external_id not in there]


def _expires_soon(expiry: Resource | None, now: datetime) -> bool:
    return expiry is not None and datetime.fromisoformat(expiry.details["at"]) - now < EXPIRES_SOON
