"""
The checks of an acceptance run, in their order: each tries one claim, and what it makes the next ones use.

A check returns nothing when the claim holds. It raises `Differs` with what was seen instead, or `LacksBefore` when
something that it needs is not there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Protocol, TypeVar

import texts
from workflows.errors import Conflict, NotFound, Refused, Transient
from workflows.operations.acceptance.model import AcceptanceTarget, Traces
from workflows.operations.wind_down import Archive
from workflows.ports.accounts import Account, AccountKind, Directory, Invitations
from workflows.ports.calendar import Attendee, BookedEvent, Calendar, EventSpec
from workflows.ports.place import (
    ChannelKind,
    Channels,
    Groups,
    GroupSpec,
    Memberships,
    OperationState,
    SiteAccess,
    SiteContent,
    TeamBuilder,
)
from workflows.ports.units import Clock
from workflows.rollout.ports import TeamsApp

PATIENCE = timedelta(minutes=30)
"""The longest that a check waits for what Microsoft 365 is still making."""
LOOK_EVERY = timedelta(seconds=40)
MANY_ADDRESSES = 17
"""More than one filter of the directory takes."""
OTHER_ADDRESS = "nobody-{number}@acceptance.invalid"
CHANNEL, PRIVATE_CHANNEL, TAB, PAGE = "Prøve", "Lukket prøve", "Prøve", "acceptance.aspx"
LANGUAGE = texts.DEFAULT
BEFORE_CHANGE, AFTER_CHANGE = (3, 20), (4, 10)
"""Days on either side of the change to summer time, in every year."""
WRITE, MANAGE = "write", "manage"
MOST_RUNS = 20
NINE = time(9)
"""The local time of the meetings."""

Found = TypeVar("Found")


class Differs(Exception):
    """The claim does not hold here; the message says what was seen."""


class LacksBefore(Exception):
    """Something that the check needs is not there; the message says what."""


class SiteGrants(SiteAccess, Protocol):
    """Grants on sites that are changed and ended, too."""

    async def change_role(self, site_id: str, *, app_id: str, role: str) -> None: ...
    async def take_away(self, site_id: str, *, app_id: str) -> None:
        """End what an application may do on the site. A repeat is harmless."""
        ...


@dataclass(frozen=True, kw_only=True)
class AcceptancePorts:
    """Everything that a run reaches: our own clients, with the edges and limits that they always have."""

    directory: Directory
    invitations: Invitations
    groups: Groups
    memberships: Memberships
    teams: TeamBuilder
    channels: Channels
    closed_channels: Channels
    """The same as the Builder."""
    sites: SiteGrants
    content: SiteContent
    calendar: Calendar
    archive: Archive
    clock: Clock
    app: TeamsApp
    remember: Callable[[Sequence[Account]], Awaitable[None]]
    """Makes accounts known to the edge that holds the allow-list, which lets nobody else pass."""
    hands_id: str
    public_url: str
    timezone: str


class AcceptanceChecks:
    """
    The checks themselves.

    A method for each claim is what this class is for.
    """

    def __init__(self, ports: AcceptancePorts, target: AcceptanceTarget, traces: Traces) -> None:
        self._ports = ports
        self._target = target
        self._traces = traces

    async def accounts(self) -> None:
        """Look up more addresses at once than one filter takes."""
        others = [OTHER_ADDRESS.format(number=number) for number in range(MANY_ADDRESSES)]
        found = await self._ports.directory.find_accounts([self._target.owner, self._target.guest, *others])
        if set(found) - {self._target.owner.lower(), self._target.guest.lower()}:
            raise Differs(f"{len(found)} accounts were found, those of made-up addresses among them")
        owner, guest = found.get(self._target.owner.lower()), found.get(self._target.guest.lower())
        if owner is None or owner.kind is AccountKind.GUEST:
            raise LacksBefore("the owner has no account of the home tenant")
        await self._ports.remember(list(found.values()))
        self._traces.owner_id = owner.id
        self._traces.guest_was_there = guest is not None

    async def group(self) -> None:
        """Make the group twice by its unique name."""
        owner = self._needed(self._traces.owner_id, "the owner's account")
        spec = GroupSpec(
            unique_name=self._target.unique_name,
            display_name=texts.say("acceptance.group", LANGUAGE, name=self._target.slug),
            description=texts.say("acceptance.group_what", LANGUAGE),
            mail_nickname=self._target.unique_name,
        )
        made = [await self._settled(lambda: self._ports.groups.ensure_group(spec, owner_ids=[owner])) for _ in range(2)]
        self._traces.group_id = made[0].id
        if made[0].id != made[1].id:
            raise Differs("the second time another group was made")

    async def guest(self) -> None:
        """Invite the guest twice, without Microsoft's mail."""
        invited = [
            await self._ports.invitations.invite(
                self._target.guest, name=self._target.guest, redirect_url=self._ports.public_url
            )
            for _ in range(2)
        ]
        await self._ports.remember(invited[:1])
        self._traces.guest_id = invited[0].id
        if invited[0].id != invited[1].id:
            raise Differs("the second invitation gave another account")

    async def members(self) -> None:
        """Put owner and guest into the group, twice, and read the list of members."""
        group = self._needed(self._traces.group_id, "the group")
        guest = self._needed(self._traces.guest_id, "the guest's account")
        wanted = {self._traces.owner_id: self._target.owner, guest: self._target.guest}
        for _ in range(2):
            for account_id, email in wanted.items():
                account = Account(id=account_id, email=email, kind=AccountKind.MEMBER)
                await self._settled(partial(self._ports.memberships.add_member, group, account))
        listed = await self._until(lambda: self._listed(group, set(wanted)))
        if len(listed) != len(set(listed)):
            raise Differs("the list names a member twice")
        if guest in await self._ports.memberships.list_owner_ids(group):
            raise Differs("the guest owns the group")

    async def _listed(self, group: str, wanted: set[str]) -> Sequence[str] | None:
        listed = await self._ports.memberships.list_member_ids(group)
        return listed if wanted <= set(listed) else None

    async def team(self) -> None:
        """Make a team of the group that has a guest already."""
        group, teams = self._needed(self._traces.group_id, "the group"), self._ports.teams
        if not await teams.has_team(group):
            operation = await self._settled(lambda: teams.start_team(group))
            state = await self._until(lambda: self._ended(operation))
            if state is OperationState.FAILED:
                raise Differs("making the team failed")
        await self._until(lambda: _when(teams.has_team(group)))
        self._traces.has_team = True
        if await self._ports.archive.is_team_archived(group):
            # From an earlier run.
            await self._ports.archive.set_team(group, archived=False)
            await self._until(lambda: _unless(self._ports.archive.is_team_archived(group)))

    async def _ended(self, operation: str) -> OperationState | None:
        state = await self._ports.teams.operation(operation)
        return None if state is OperationState.RUNNING else state

    async def consent(self) -> None:
        """Put our app into the team with the consent that its manifest asks for."""
        team, app = self._team(), self._ports.app
        found = await self._ports.teams.find_catalog_app(app.external_id)
        if found is None:
            raise LacksBefore("our app is not in the organisation's catalogue")
        await self._settled(lambda: self._ports.teams.install_in_team(team, found, permissions=app.permissions))
        installed = await self._until(lambda: self._ports.teams.find_team_app(team, app.external_id))
        self._traces.app_id = found.id
        if set(installed.permissions) != set(app.permissions):
            raise Differs(f"consented to {', '.join(sorted(installed.permissions)) or 'nothing'}")

    async def channel_and_tab(self) -> None:
        """Let Hands make a channel and a tab by the team's consent alone."""
        team, channels = self._team(), self._ports.channels
        app = self._needed(self._traces.app_id, "our app in the team")
        channel_id = await self._channel(channels, ChannelKind.STANDARD, CHANNEL)
        if TAB not in {tab.name for tab in await channels.list_tabs(team, channel_id)}:
            url = f"{self._ports.public_url}/fane"
            await self._settled(
                lambda: channels.create_tab(
                    team, channel_id, name=TAB, app=app, entity_id=self._target.unique_name, content_url=url
                )
            )
        await self._until(lambda: self._has_tab(team, channel_id))

    async def _has_tab(self, team: str, channel_id: str) -> bool | None:
        return TAB in {tab.name for tab in await self._ports.channels.list_tabs(team, channel_id)} or None

    async def private_channel(self) -> None:
        """See that the team's consent does not reach a private channel."""
        team = self._team()
        self._needed(self._traces.app_id, "our app in the team")
        channel_id = await self._channel(self._ports.closed_channels, ChannelKind.PRIVATE, PRIVATE_CHANNEL)
        try:
            await self._ports.channels.list_tabs(team, channel_id)
        except (Refused, NotFound):
            return
        raise Differs("Hands read the tabs of a private channel by the team's consent")

    async def _channel(self, channels: Channels, kind: ChannelKind, name: str) -> str:
        """Return the channel of that name, which is made when the team has none."""
        team = self._team()
        found = next((channel for channel in await channels.list_channels(team) if channel.name == name), None)
        if found is None:
            owner = self._traces.owner_id if kind is ChannelKind.PRIVATE else None
            found = await self._settled(
                lambda: channels.create_channel(team, name=name, description="", kind=kind, owner_id=owner)
            )
        return found.id

    async def manage(self) -> None:
        """Grant Hands `manage` on the site, make it another role and `manage` again, and read each back."""
        group, sites, hands = self._needed(self._traces.group_id, "the group"), self._ports.sites, self._ports.hands_id
        site = await self._until(lambda: sites.find_group_site(group))
        if MANAGE not in await sites.granted_roles(site.id, hands):
            await sites.grant(site.id, app_id=hands, app_name="vareunge", role=MANAGE)
        roles = await self._until(lambda: self._granted(site.id))
        self._traces.site_id = site.id
        if roles != [MANAGE]:
            raise Differs(f"{MANAGE} was granted, and {', '.join(roles)} stands")
        for role in (WRITE, MANAGE):
            await self._settled(partial(sites.change_role, site.id, app_id=hands, role=role))
            await self._until(partial(self._has_role, site.id, role))

    async def _granted(self, site_id: str) -> list[str] | None:
        return list(await self._ports.sites.granted_roles(site_id, self._ports.hands_id)) or None

    async def _has_role(self, site_id: str, role: str) -> bool | None:
        return await self._granted(site_id) == [role] or None

    async def manage_taken_away(self) -> None:
        """Take Hands' role on the site away, twice, and see that Hands reads nothing there any more."""
        site = self._needed(self._traces.site_id, "Hands' access to the site")
        for _ in range(2):
            await self._settled(partial(self._ports.sites.take_away, site, app_id=self._ports.hands_id))
        await self._until(lambda: self._is_shut_out(site))
        self._traces.site_id = ""

    async def _is_shut_out(self, site: str) -> bool | None:
        try:
            await self._ports.content.find_page(site, PAGE)
        except Refused:
            return await self._granted(site) is None or None
        return None

    async def page(self) -> None:
        """Find a page of the site by its name, through the filter, where it is and where it is not."""
        site = self._needed(self._traces.site_id, "Hands' access to the site")
        content = self._ports.content
        if await self._settled(lambda: content.find_page(site, PAGE)) is None:
            title = texts.say("acceptance.page", LANGUAGE)
            await self._settled(lambda: content.create_page(site, name=PAGE, title=title, html=[f"<p>{title}</p>"]))
        found = await self._until(lambda: content.find_page(site, PAGE))
        if found.name != PAGE:
            raise Differs(f"the filter gave the page {found.name}")
        if await content.find_page(site, f"no-{PAGE}") is not None:
            raise Differs("the filter gave a page for a name that there is not")

    async def calendar(self) -> None:
        """Book a meeting on either side of the change to summer time, twice, and read its local time."""
        for month, day in (BEFORE_CHANGE, AFTER_CHANGE):
            starts = datetime.combine(date(self._ports.clock.now().year + 1, month, day), NINE)
            first, spec = await self._first_booking(starts)
            self._traces.event_ids.append(first.id)
            second = await self._ports.calendar.book(self._target.organizer, spec)
            if second.id != first.id:
                self._traces.event_ids.append(second.id)
                raise Differs("the second booking made another meeting")
            read = await self._until(partial(self._booked, spec.key))
            if read != starts:
                raise Differs(f"booked for {starts:%H.%M} on {starts:%d.%m}, and {read:%H.%M} stands")

    async def _first_booking(self, starts: datetime) -> tuple[BookedEvent, EventSpec]:
        """
        Book under the first key that may still be used, as Exchange refuses the key of a meeting that was cancelled.

        The meeting of a run that was killed is found again so, and is cancelled with this one's.
        """
        for number in range(1, MOST_RUNS + 1):
            spec = self._meeting(starts, number)
            try:
                return await self._ports.calendar.book(self._target.organizer, spec), spec
            except Conflict:
                # Of a meeting that was cancelled.
                continue
        raise LacksBefore(f"{MOST_RUNS} runs have used every key of a meeting: take another name for the municipality")

    def _meeting(self, starts: datetime, number: int) -> EventSpec:
        return EventSpec(
            key=f"{self._target.unique_name}/{starts:%Y-%m-%d}/{number}",
            subject=texts.say("acceptance.meeting", LANGUAGE),
            body_html="",
            starts_local=starts,
            ends_local=starts + timedelta(hours=1),
            timezone=self._ports.timezone,
            location="",
            attendees=(Attendee(email=self._target.guest, name=self._target.guest),),
            online=False,
        )

    async def _booked(self, key: str) -> datetime | None:
        found = await self._ports.calendar.find_events(self._target.organizer, [key])
        return found[key].starts_local if key in found else None

    # ----------------------------------------------------------------------------------------------------- waiting

    def _team(self) -> str:
        return self._needed(self._traces.group_id if self._traces.has_team else "", "the team")

    @staticmethod
    def _needed(found: str, what: str) -> str:
        if not found:
            raise LacksBefore(f"{what} is missing")
        return found

    async def _until(self, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """Look until there is something; raises Differs when PATIENCE has passed."""
        ends = self._ports.clock.now() + PATIENCE
        while True:
            try:
                found = await look()
            except (NotFound, Transient):
                found = None
            if found is not None:
                return found
            await self._wait(ends, f"nothing was there after {PATIENCE.seconds // 60} minutes")

    async def _settled(self, work: Callable[[], Awaitable[Found]]) -> Found:
        """Do work that is harmless to repeat until what it builds on is known everywhere."""
        ends = self._ports.clock.now() + PATIENCE
        while True:
            try:
                return await work()
            except (NotFound, Transient) as exc:
                await self._wait(ends, str(exc))

    async def _wait(self, ends: datetime, seen: str) -> None:
        now = self._ports.clock.now()
        if now >= ends:
            raise Differs(seen)
        await self._ports.clock.sleep_until(now + LOOK_EVERY)


async def _when(answer: Awaitable[bool]) -> bool | None:
    return await answer or None


async def _unless(answer: Awaitable[bool]) -> bool | None:
    return not await answer or None
