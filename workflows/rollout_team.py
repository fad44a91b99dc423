"""The part of a rollout that makes people, group, team, app, channels and tabs, and opens the site."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from config.programme import Person, TabSpec
from workflows.errors import Conflict, Invalid, Permanent
from workflows.place_ports import CatalogApp, Channel, ChannelKind, Group, GroupSpec, OperationState, Site
from workflows.ports import Account, AccountKind
from workflows.rollout_plan import Item, State, WantedChannel, compare, plan_memberships, plan_named, plan_people
from workflows.rollout_ports import Resource
from workflows.rollout_walk import NotYet, Walk

POLL = timedelta(seconds=40)
"""Microsoft asks for more than 30 s between looks at a team's operation."""
LONGEST_POLL = timedelta(minutes=5)
PATIENCE = timedelta(hours=24)
"""How long a team may take before somebody must look."""
SITE_ROLE = "manage"


class TeamSteps:
    """Makes what people meet in Teams, and the door to the site."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    async def take(self, accounts: Mapping[str, Account]) -> Site | None:
        """Every step that comes after the people, in its order; the site, if there is one."""
        group = await self._group(accounts)
        if group is None and self._walk.apply:
            return None
        await self._members(group, accounts)
        team_id = await self._team(group)
        has_app = await self._app(team_id, accounts)
        site = await self._site(group)
        with self._walk.looking("channels"):
            if has_app:
                await self._channels(team_id, accounts)
        return site

    async def people(self) -> Mapping[str, Account]:
        """Who has an account, guests invited just now included, by lower-case address."""
        members = self._walk.wanted.members
        accounts = dict(await self._walk.read(self._walk.ports.directory.find_accounts, self._walk.emails))
        guests = frozenset(person.key for person in members if self._walk.programme.is_guest(person))
        by_key = {f"person:{person.key}": person for person in members}
        for item in plan_people(self._walk.wanted, accounts, guests=guests, permitted=self._walk.permitted):
            person = by_key[item.key]
            if not self._walk.begins(item):
                if item.to_do:  # A plan goes on as if the guest were there.
                    email = person.email.lower()
                    accounts[email] = Account(id="", email=email, kind=AccountKind.GUEST, redeemed=False)
                continue
            try:
                account = await self._walk.ports.invitations.invite(
                    person.email, name=person.name, redirect_url=self._walk.ports.public_url
                )
            except Invalid as error:
                # An agreement between two organisations is missing: a person must talk to a person.
                blocked = replace(item, state=State.BLOCKED, reason="invitation_refused", detail=str(error))
                self._walk.items[-1] = blocked
                continue
            accounts[person.email.lower()] = account
            await self._walk.history.note("rollout.invited", person=person.key)
        if self._walk.apply:
            await self._walk.ports.accounts.remember(list(accounts.values()))
        return accounts

    async def _group(self, accounts: Mapping[str, Account]) -> Group | None:
        spec = self._walk.wanted.spec
        group = await self._walk.read(self._walk.ports.groups.find_group, spec.unique_name)
        owner_ids = [
            accounts[owner.email.lower()].id
            for owner in self._walk.wanted.owners
            if owner.key in self._walk.permitted and owner.email.lower() in accounts
        ]
        if group is None and not owner_ids:
            # No account, or left out by a rehearsal's allow-list. A group without an owner may never get a site.
            self._walk.items.append(Item(key="group", state=State.PENDING, reason="no_usable_owner"))
            return None
        noted = self._walk.known.get("group")
        written = dict(noted.details) if noted else {}
        name, description = spec.name, spec.description
        items = [
            compare(
                "group",
                wanted=name,
                seen=group.display_name if group else None,
                written=written.get("name"),
                layer=self._walk.wanted.layer("name"),
            ),
            compare(
                "group.description",
                wanted=description,
                seen=group.description if group else None,
                written=written.get("description"),
                layer=self._walk.wanted.layer("description"),
            ),
        ]
        begun = [self._walk.begins(item) for item in items]
        if any(begun):
            if group is not None:  # What people changed stays as they have it.
                name = group.display_name if items[0].state is State.LOCAL else name
                description = group.description if items[1].state is State.LOCAL else description
            wanted = GroupSpec(
                unique_name=spec.unique_name,
                display_name=name,
                description=description,
                mail_nickname=spec.mail_nickname,
            )
            group = await self._walk.ports.groups.ensure_group(wanted, owner_ids=owner_ids)
            await self._walk.history.note("rollout.group_made", group=group.id)
        if items[0].state is not State.LOCAL:
            written["name"] = spec.name
        if items[1].state is not State.LOCAL:
            written["description"] = spec.description
        if group is not None and self._walk.apply and (noted is None or noted.details != written):
            await self._walk.keep(Resource(key="group", external_id=group.id, details=written))
        return group

    async def _members(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        owners = await self._walk.read(self._walk.ports.groups.list_owners, group.id) if group else ()
        by_key = {person.key: person for person in self._walk.wanted.members}
        present = {account.id for account in owners}
        permitted = self._walk.permitted
        for item in plan_memberships("owner", self._walk.wanted.owners, accounts, present, permitted=permitted):
            if self._walk.begins(item) and group:
                await self._walk.ports.groups.add_owner(group.id, self._account(item, by_key, accounts).id)
        members = await self._walk.read(self._walk.ports.memberships.list_members, group.id) if group else ()
        present = {account.id for account in members}
        for item in plan_memberships("member", self._walk.wanted.members, accounts, present, permitted=permitted):
            if self._walk.begins(item) and group:
                account = self._account(item, by_key, accounts)
                with self._walk.alone(item):
                    await self._walk.ports.memberships.add_member(group.id, account)
                    await self._walk.keep(Resource(key=item.key, external_id=account.id))
                    await self._walk.history.note("rollout.member_added", person=item.key.partition(":")[2])

    async def _team(self, group: Group | None) -> str | None:
        there = group is not None and (group.has_team or await self._walk.ports.teams.has_team(group.id))
        begins = self._walk.begins(Item(key="team", state=State.SAME if there else State.MISSING))
        if group is None:
            return None
        if there:
            if self._walk.apply and "team" not in self._walk.known:
                await self._walk.keep(Resource(key="team", external_id=group.id))
                await self._walk.ports.resources.forget(self._walk.place, "team.operation")
            return group.id
        if begins:
            await self._make_team(group.id)
        return None

    async def _make_team(self, group_id: str) -> None:
        """Begin, or look how far Teams has come. Always raises NotYet, or Permanent when it has taken too long."""
        now = self._walk.ports.clock.now()
        begun = self._walk.known.get("team.operation")
        if begun is None:
            begun = Resource(key="team.operation", external_id="", details={"begun": now.isoformat()})
            await self._walk.keep(begun)
        elif now > datetime.fromisoformat(begun.details["begun"]) + PATIENCE:
            raise Permanent(f"make the team of {self._walk.place}", f"Teams has not finished {begun.external_id}")
        if begun.external_id:
            if await self._walk.ports.teams.operation(begun.external_id) is OperationState.FAILED:
                await self._walk.keep(replace(begun, external_id=""))
        else:
            # A second team of the same group cannot be: an earlier try that came through is a conflict.
            with suppress(Conflict):
                path = await self._walk.ports.teams.start_team(group_id)
                await self._walk.keep(replace(begun, external_id=path))
                await self._walk.history.note("rollout.team_begun", group=group_id)
        raise NotYet(_next_look(begun, now), "team_in_the_making")

    async def _app(self, team_id: str | None, accounts: Mapping[str, Account]) -> bool:
        """Whether the team has our app, or will have: what follows is done with the consent that comes with it."""
        external_id = self._walk.ports.app.external_id
        app = await self._walk.read(self._walk.ports.teams.find_catalog_app, external_id)
        if app is None:
            self._walk.items.append(Item(key="app", state=State.PENDING, reason="app_not_in_catalogue"))
            return False
        installed = (
            await self._walk.read(self._walk.ports.teams.find_team_app, team_id, external_id) if team_id else None
        )
        if self._walk.begins(Item(key="app", state=State.SAME if installed else State.MISSING)) and team_id:
            await self._walk.ports.teams.install_in_team(team_id, app, permissions=self._walk.ports.app.permissions)
            await self._walk.history.note("rollout.app_installed", team=team_id)
        if self._walk.apply and "app" not in self._walk.known:
            await self._walk.keep(Resource(key="app", external_id=app.id))
        await self._personal_apps(app, accounts)
        return True

    async def _personal_apps(self, app: CatalogApp, accounts: Mapping[str, Account]) -> None:
        for person in self._walk.wanted.members:
            account = accounts.get(person.email.lower())
            if account is None or account.kind is AccountKind.GUEST or not account.enabled:
                continue
            if person.key not in self._walk.permitted:
                continue
            key = f"app:{person.key}"
            known = self._walk.known.get(key)
            find = self._walk.ports.teams.find_user_app
            has_it = await self._walk.read(find, account.id, app.external_id) is not None
            gone = Item(key=key, state=State.LOCAL if known else State.MISSING, reason="removed" if known else "")
            item = Item(key=key, state=State.SAME) if has_it else gone
            if self._walk.begins(item):
                with self._walk.alone(item):
                    await self._walk.ports.teams.install_for_user(account.id, app)
                    has_it = True
            if has_it and self._walk.apply and known is None:
                await self._walk.keep(Resource(key=key, external_id=app.id))

    async def _site(self, group: Group | None) -> Site | None:
        site = await self._walk.read(self._walk.ports.sites.find_site, group.id) if group is not None else None
        if site is None:
            self._walk.begins(Item(key="site", state=State.MISSING))
            if self._walk.apply:
                raise NotYet(await self._next_look_for_site(), "site_in_the_making")
            return None
        self._walk.items.append(Item(key="site", state=State.SAME))
        hands_id = self._walk.ports.hands_id
        granted = SITE_ROLE in await self._walk.read(self._walk.ports.sites.granted_roles, site.id, hands_id)
        if self._walk.begins(Item(key="site.access", state=State.SAME if granted else State.MISSING)):
            async with self._walk.once("site.access"):
                await self._walk.ports.sites.grant(site.id, app_id=hands_id, app_name="hands", role=SITE_ROLE)
        if self._walk.apply and "site" not in self._walk.known:
            await self._walk.keep(Resource(key="site", external_id=site.id, url=site.url))
            await self._walk.ports.resources.forget(self._walk.place, "site.wait")
        return site

    async def _next_look_for_site(self) -> datetime:
        now = self._walk.ports.clock.now()
        begun = self._walk.known.get("site.wait")
        if begun is None:
            begun = Resource(key="site.wait", external_id="", details={"begun": now.isoformat()})
            await self._walk.keep(begun)
        return _next_look(begun, now)

    async def _channels(self, team_id: str | None, accounts: Mapping[str, Account]) -> None:
        channels = await self._walk.read(self._walk.ports.channels.list_channels, team_id) if team_id else ()
        there = {channel.id: channel for channel in channels}
        by_id = {channel.id: channel.name for channel in there.values()}
        for wanted in self._walk.wanted.channels:
            key = f"channel:{wanted.key}"
            known = self._walk.known.get(key)
            item, id_ = plan_named(
                key,
                wanted.name,
                by_id=by_id,
                known_id=known.external_id if known else None,
                layer=self._walk.wanted.layer(f"channels.{wanted.spec.key}"),
            )
            channel = there.get(id_) if id_ else None
            if self._walk.begins(item) and team_id is not None:
                channel = await self._create_channel(team_id, item, wanted, accounts)
            if channel is not None and self._walk.apply and known is None:
                await self._walk.keep(Resource(key=key, external_id=channel.id, url=channel.url))
            # The tabs of a channel that people removed went with it.
            if channel is not None or (item.to_do and not self._walk.apply):
                await self._tabs(team_id, channel, wanted)

    async def _create_channel(
        self, team_id: str, item: Item, wanted: WantedChannel, accounts: Mapping[str, Account]
    ) -> Channel | None:
        """The channel; None when the name is taken or not accepted, which the item says then."""
        private = wanted.spec.kind == "private"
        usable = (accounts.get(p.email.lower()) for p in self._walk.wanted.owners if p.key in self._walk.permitted)
        owner_id = next((account.id for account in usable if account is not None), None) if private else None
        with self._walk.alone(item):
            try:
                channel = await self._walk.ports.channels.create_channel(
                    team_id,
                    name=wanted.name,
                    description=wanted.description,
                    kind=ChannelKind.PRIVATE if private else ChannelKind.STANDARD,
                    owner_id=owner_id,
                )
            except Conflict:
                await self._walk.taken(item)
                return None
            await self._walk.history.note("rollout.channel_made", channel=wanted.key)
            return channel
        return None

    async def _tabs(self, team_id: str | None, channel: Channel | None, wanted: WantedChannel) -> None:
        if not wanted.spec.tabs:
            return
        look = self._walk.ports.channels.list_tabs
        tabs = await self._walk.read(look, team_id, channel.id) if team_id and channel else ()
        by_id = {tab.id: tab.name for tab in tabs}
        for spec in wanted.spec.tabs:
            key = f"tab:{wanted.key}/{spec.key}"
            known = self._walk.known.get(key)
            layer = self._walk.wanted.layer(f"channels.{wanted.spec.key}")
            known_id = known.external_id if known else None
            item, id_ = plan_named(key, spec.name, by_id=by_id, known_id=known_id, layer=layer)
            if self._walk.begins(item) and team_id and channel:
                id_ = await self._create_tab(team_id, channel, wanted, spec)
            if id_ is not None and self._walk.apply and known is None:
                await self._walk.keep(Resource(key=key, external_id=id_))

    async def _create_tab(self, team_id: str, channel: Channel, wanted: WantedChannel, spec: TabSpec) -> str:
        address = await self._walk.address(spec.page)
        async with self._walk.once(f"tab:{wanted.key}/{spec.key}"):
            tab = await self._walk.ports.channels.create_tab(
                team_id,
                channel.id,
                name=spec.name,
                app=self._walk.known["app"].external_id,
                entity_id=f"{self._walk.place}/{wanted.key}/{spec.key}",
                content_url=address,
            )
        return tab.id

    @staticmethod
    def _account(item: Item, by_key: Mapping[str, Person], accounts: Mapping[str, Account]) -> Account:
        return accounts[by_key[item.key.partition(":")[2]].email.lower()]


def _next_look(begun: Resource, now: datetime) -> datetime:
    """Less often the longer it takes: what is looked for an hour need not be found within the minute."""
    waited = now - datetime.fromisoformat(begun.details["begun"])
    return now + min(max(POLL, waited / 10), LONGEST_POLL)
