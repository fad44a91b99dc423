"""The part of a rollout that makes people, group, team, app, channels and tabs, and opens the site."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from config.programme import Person
from workflows.errors import Conflict, Invalid, Permanent, Refused
from workflows.ports import Account, Channel, ChannelKind, Group, GroupSpec, OperationState, Site
from workflows.rollout_plan import Item, State, WantedChannel, compare, plan_memberships, plan_named, plan_people
from workflows.rollout_ports import Resource
from workflows.rollout_walk import NotYet, Walk

POLL = timedelta(seconds=40)
"""Microsoft asks for more than 30 s between looks at a team's operation."""
PATIENCE = timedelta(hours=24)
"""How long a team may take before somebody must look."""
SITE_ROLE = "manage"


class TeamSteps:
    """Makes what people meet in Teams, and the door to the site."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    async def take(self) -> Site | None:
        """Every step in its order. Without *apply*, what cannot be there yet is planned as missing."""
        accounts = await self._people()
        group = await self._group(accounts)
        if group is None and self._walk.apply:
            return None
        if group is not None:
            await self._members(group, accounts)
        team_id = await self._team(group)
        if team_id is not None and not await self._app(team_id, accounts):
            return None
        site = await self._site(group)
        await self._channels(team_id, accounts)
        return site

    async def _people(self) -> dict[str, Account]:
        members = self._walk.wanted.members
        accounts = dict(await self._walk.ports.directory.find_accounts([person.email for person in members]))
        guests = frozenset(person.key for person in members if self._walk.programme.is_guest(person))
        by_key = {f"person:{person.key}": person for person in members}
        for item in plan_people(self._walk.wanted, accounts, guests=guests, permitted=self._walk.permitted):
            if not self._walk.begins(item):
                continue
            person = by_key[item.key]
            try:
                account = await self._walk.ports.invitations.invite(
                    person.email, name=person.name, redirect_url=self._walk.ports.public_url
                )
            except (Refused, Invalid) as error:
                # The guest's own organisation, or ours, refuses invitations: a person must talk to a person.
                self._walk.items[-1] = replace(item, state=State.BLOCKED, reason=error.reason)
                continue
            accounts[person.email.lower()] = account
            await self._walk.history.note("rollout.invited", person=person.key)
        if self._walk.apply:
            await self._walk.ports.accounts.remember(list(accounts.values()))
        return accounts

    async def _group(self, accounts: Mapping[str, Account]) -> Group | None:
        spec = self._walk.wanted.spec
        group = await self._walk.ports.groups.find_group(spec.unique_name)
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
        written = noted.details if noted else {}
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
        if group is not None and self._walk.apply and (noted is None or any(begun)):
            details = {"name": spec.name, "description": spec.description}
            await self._walk.keep(Resource(key="group", external_id=group.id, details=details))
        return group

    async def _members(self, group: Group, accounts: Mapping[str, Account]) -> None:
        owners = await self._walk.ports.groups.list_owners(group.id)
        by_key = {person.key: person for person in self._walk.wanted.members}
        present = {account.id for account in owners}
        permitted = self._walk.permitted
        for item in plan_memberships("owner", self._walk.wanted.owners, accounts, present, permitted=permitted):
            if self._walk.begins(item):
                await self._walk.ports.groups.add_owner(group.id, self._account(item, by_key, accounts).id)
        members = {account.id for account in await self._walk.ports.memberships.list_members(group.id)}
        for item in plan_memberships("member", self._walk.wanted.members, accounts, members, permitted=permitted):
            if self._walk.begins(item):
                account = self._account(item, by_key, accounts)
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
        now = self._walk.ports.clock.now()
        operation = self._walk.known.get("team.operation")
        if operation is not None:
            state = await self._walk.ports.teams.operation(operation.external_id)
            if state is OperationState.FAILED:
                await self._walk.ports.resources.forget(self._walk.place, "team.operation")
            elif now > datetime.fromisoformat(operation.details["begun"]) + PATIENCE:
                raise Permanent(
                    f"make the team of {self._walk.place}", f"Teams has not finished {operation.external_id}"
                )
            raise NotYet(now + POLL, "team_in_the_making")
        try:
            path = await self._walk.ports.teams.start_team(group_id)
        except Conflict:
            raise NotYet(now + POLL, "team_in_the_making") from None
        await self._walk.keep(Resource(key="team.operation", external_id=path, details={"begun": now.isoformat()}))
        await self._walk.history.note("rollout.team_begun", group=group_id)
        raise NotYet(now + POLL, "team_in_the_making")

    async def _app(self, team_id: str, accounts: Mapping[str, Account]) -> bool:
        """Whether the team has our app: what follows is done with the consent that comes with it."""
        external_id = self._walk.ports.app.external_id
        app = await self._walk.ports.teams.find_catalog_app(external_id)
        if app is None:
            self._walk.items.append(Item(key="app", state=State.PENDING, reason="app_not_in_catalogue"))
            return False
        installed = await self._walk.ports.teams.find_team_app(team_id, external_id)
        if self._walk.begins(Item(key="app", state=State.SAME if installed else State.MISSING)):
            await self._walk.ports.teams.install_in_team(team_id, app, permissions=self._walk.ports.app.permissions)
            await self._walk.history.note("rollout.app_installed", team=team_id)
        if self._walk.apply and "app" not in self._walk.known:
            await self._walk.keep(Resource(key="app", external_id=app.id))
        for person in self._walk.wanted.members:
            account = accounts.get(person.email.lower())
            if account is None or self._walk.programme.is_guest(person) or person.key not in self._walk.permitted:
                continue
            has_it = await self._walk.ports.teams.find_user_app(account.id, external_id)
            item = Item(key=f"app:{person.key}", state=State.SAME if has_it else State.MISSING)
            if self._walk.begins(item):
                await self._walk.ports.teams.install_for_user(account.id, app)
        return installed is not None or self._walk.apply

    async def _site(self, group: Group | None) -> Site | None:
        site = await self._walk.ports.sites.find_site(group.id) if group is not None else None
        if site is None:
            self._walk.begins(Item(key="site", state=State.MISSING))
            if self._walk.apply:
                raise NotYet(self._walk.ports.clock.now() + POLL, "site_in_the_making")
            return None
        self._walk.items.append(Item(key="site", state=State.SAME))
        roles = await self._walk.ports.sites.granted_roles(site.id, self._walk.ports.hands_id)
        granted = SITE_ROLE in roles
        if self._walk.begins(Item(key="site.access", state=State.SAME if granted else State.MISSING)):
            await self._walk.ports.sites.grant(
                site.id, app_id=self._walk.ports.hands_id, app_name="hands", role=SITE_ROLE
            )
            granted = True
        if self._walk.apply and "site" not in self._walk.known:
            await self._walk.keep(Resource(key="site", external_id=site.id, url=site.url))
        return site if granted else None

    async def _channels(self, team_id: str | None, accounts: Mapping[str, Account]) -> None:
        there = {c.id: c for c in await self._walk.ports.channels.list_channels(team_id)} if team_id else {}
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
                channel = await self._create_channel(team_id, wanted, accounts)
                await self._walk.history.note("rollout.channel_made", channel=wanted.key)
            if channel is not None and self._walk.apply and known is None:
                await self._walk.keep(Resource(key=key, external_id=channel.id, url=channel.url))
            await self._tabs(team_id, channel, wanted)

    async def _create_channel(self, team_id: str, wanted: WantedChannel, accounts: Mapping[str, Account]) -> Channel:
        owner = next(accounts[p.email.lower()] for p in self._walk.wanted.owners if p.key in self._walk.permitted)
        private = wanted.spec.kind == "private"
        return await self._walk.ports.channels.create_channel(
            team_id,
            name=wanted.name,
            description=wanted.description,
            kind=ChannelKind.PRIVATE if private else ChannelKind.STANDARD,
            owner_id=owner.id if private else None,
        )

    async def _tabs(self, team_id: str | None, channel: Channel | None, wanted: WantedChannel) -> None:
        app = self._walk.known.get("app")
        tabs = (
            await self._walk.ports.channels.list_tabs(team_id, channel.id)
            if team_id and channel and wanted.spec.tabs
            else ()
        )
        ids = {tab.id: tab.name for tab in tabs}
        for spec in wanted.spec.tabs:
            key = f"tab:{wanted.key}/{spec.key}"
            known = self._walk.known.get(key)
            item, id_ = plan_named(key, spec.name, by_id=ids, known_id=known.external_id if known else None)
            if self._walk.begins(item) and team_id and channel and app:
                await self._walk.first(f"{self._walk.place}/{key}")
                tab = await self._walk.ports.channels.create_tab(
                    team_id,
                    channel.id,
                    name=spec.name,
                    app=app.external_id,
                    entity_id=f"{self._walk.place}/{wanted.key}/{spec.key}",
                    content_url=await self._walk.address(spec.page),
                )
                id_ = tab.id
                await self._walk.made(f"{self._walk.place}/{key}")
            if id_ is not None and self._walk.apply and known is None:
                await self._walk.keep(Resource(key=key, external_id=id_))

    @staticmethod
    def _account(item: Item, by_key: Mapping[str, Person], accounts: Mapping[str, Account]) -> Account:
        return accounts[by_key[item.key.partition(":")[2]].email.lower()]
