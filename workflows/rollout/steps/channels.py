"""The part of a rollout that makes the channels of a team and our tabs in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from config.place_template import TabSpec
from workflows.errors import Conflict
from workflows.ports.accounts import Account
from workflows.ports.place import Channel, ChannelKind, Tab
from workflows.rollout.compare import compare, plan_dropped, plan_named, written
from workflows.rollout.plan import APP_NOT_IN_CHANNEL, Item, State, WantedChannel
from workflows.rollout.ports import Resource
from workflows.rollout.steps.channel_members import ChannelMemberSteps
from workflows.rollout.walk import Walk


class ChannelSteps:
    """Makes channels side by side; in each, first the channel, then who may read it, then its tabs."""

    def __init__(self, team_id: str | None, accounts: Mapping[str, Account]) -> None:
        self._team_id = team_id
        self._accounts = accounts

    async def take(self, walk: Walk) -> None:
        """Without a team (a plan before anything is made) everything is missing."""
        there: Mapping[str, Channel] = {}
        if self._team_id is not None:
            with walk.log.step("channels"):
                lister = walk.ports.channels_of(*walk.wanted.channel_kinds)
                channels = await walk.reads.get(lister.list_channels, self._team_id)
                there = {channel.id: channel for channel in channels}
            if walk.log.is_unknown("channels"):
                await walk.note_unseen(ChannelSteps(None, self._accounts).take)
                return
        await walk.take_side_by_side(*(partial(self._channel, wanted, there) for wanted in walk.wanted.channels))
        await self._note_way_in(walk)
        keys = {f"channel:{wanted.key}" for wanted in walk.wanted.channels}
        walk.log.note(*plan_dropped("channel:", walk.known, keys, {id_: each.name for id_, each in there.items()}))

    @staticmethod
    async def _note_way_in(walk: Walk) -> None:
        """Keep the address of the first open channel as the team's: that of the team itself would take a read."""
        open_channels = (wanted for wanted in walk.wanted.channels if wanted.spec.kind != "private")
        made = (walk.known.get(f"channel:{wanted.key}") for wanted in open_channels)
        address = next((channel.url for channel in made if channel is not None and channel.url), "")
        team = walk.known.get("team")
        if walk.apply and team is not None and address and team.url != address:
            await walk.keep(replace(team, url=address))

    # --------------------------------------------------------------------------------------------------------- channel

    async def _channel(self, wanted: WantedChannel, there: Mapping[str, Channel], walk: Walk) -> None:
        key = f"channel:{wanted.key}"
        known, layer = walk.known.get(key), walk.wanted.layer(f"channels.{wanted.spec.key}.name")
        by_id = {id_: channel.name for id_, channel in there.items()}
        item, id_ = plan_named(key, wanted.name, by_id=by_id, known=known, layer=layer)
        item, channel = walk.as_ordered(item), there.get(id_ or "")
        with walk.log.step(key):
            if channel is not None:
                await self._bring_in_order(walk, item, wanted, channel)
            elif item.to_do and wanted.spec.kind == "private" and not walk.accounts_known:
                # It would be made without its owner.
                walk.log.note(replace(item, state=State.UNKNOWN, reason="above_unknown"))
            elif walk.note_wanted(item) and self._team_id is not None:
                channel = await self._create(walk, self._team_id, item, wanted)
            # What is in a channel that people removed went with it.
            if channel is not None or (item.to_do and not walk.apply):
                await ChannelMemberSteps(walk, wanted).take(self._team_id, channel, self._accounts)
                if wanted.spec.kind == "private":
                    await self._app(walk, channel, wanted)
                await self._tabs(walk, channel, wanted)
        if walk.log.is_unknown(key):
            await walk.note_unseen(lambda unseen: ChannelSteps(None, self._accounts)._channel(wanted, {}, unseen))

    async def _bring_in_order(self, walk: Walk, item: Item, wanted: WantedChannel, channel: Channel) -> None:
        known = walk.known.get(item.key)
        description = compare(
            f"{item.key}.description",
            wanted=wanted.description,
            seen=channel.description,
            written=written(known, "description"),
            layer=walk.wanted.layer(f"channels.{wanted.spec.key}.description"),
        )
        items = {"name": item, "description": walk.as_ordered(description)}
        words = {"name": wanted.name, "description": wanted.description}
        changes = {name: words[name] for name, each in items.items() if walk.note_wanted(each)}
        if changes and self._team_id:
            try:
                await walk.ports.teams.change_channel(self._team_id, channel.id, changes)
            except Conflict as error:
                walk.log.replace(replace(item, state=State.PENDING, reason="name_taken", detail=str(error)))
                return
            await walk.history.note("rollout.channel_changed", channel=wanted.key)
        seen = {"name": channel.name, "description": channel.description} | changes
        await walk.keep_values(_thing(item, channel), {name: (items[name], words[name], seen[name]) for name in words})

    async def _create(self, walk: Walk, team_id: str, item: Item, wanted: WantedChannel) -> Channel | None:
        """The channel; None when the name is taken or not accepted, which the item says then."""
        private = wanted.spec.kind == "private"
        usable = (self._accounts.get(p.email.lower()) for p in walk.wanted.owners if p.key in walk.permitted)
        owner_id = next((account.id for account in usable if account is not None), None) if private else None
        with walk.log.alone(item):
            try:
                channel = await walk.ports.channels.create_channel(
                    team_id,
                    name=wanted.name,
                    description=wanted.description,
                    kind=ChannelKind.PRIVATE if private else ChannelKind.STANDARD,
                    owner_id=owner_id,
                )
            except Conflict:
                await walk.creates.note_name_taken(item)
                return None
            values = {
                "name": (item, wanted.name, channel.name),
                "description": (item, wanted.description, channel.description),
            }
            # Once all that were made together are noted, their tabs are looked for together.
            with walk.ports.expect():
                await walk.history.note("rollout.channel_made", channel=wanted.key)
                await walk.keep_values(_thing(item, channel), values)
            return channel
        return None

    async def _app(self, walk: Walk, channel: Channel | None, wanted: WantedChannel) -> None:
        """Note whether a person has added our app to a private channel."""
        item = Item(key=f"channel-app:{wanted.key}", state=State.PENDING, reason=APP_NOT_IN_CHANNEL)
        with walk.log.step(item.key):
            if self._team_id and channel:
                teams, app = walk.ports.teams, walk.ports.app.external_id
                if await walk.reads.get(teams.is_app_in_channel, self._team_id, channel.id, app):
                    item = replace(item, state=State.SAME, reason="")
            walk.log.note(item)

    # ------------------------------------------------------------------------------------------------------------ tabs

    async def _tabs(self, walk: Walk, channel: Channel | None, wanted: WantedChannel) -> None:
        prefix = f"tab:{wanted.key}/"
        if not wanted.spec.tabs and not any(key.startswith(prefix) for key in walk.known):
            return
        tabs: Sequence[Tab] = ()
        if self._team_id and channel:
            look = f"tab:{wanted.key}"
            with walk.log.step(look):
                tabs = await walk.reads.get(
                    walk.ports.channels_of(wanted.spec.kind).list_tabs, self._team_id, channel.id
                )
            if walk.log.is_unknown(look):
                await walk.note_unseen(lambda unseen: self._tabs(unseen, None, wanted))
                return
        there = {tab.id: tab for tab in tabs}
        for spec in wanted.spec.tabs:
            with walk.log.step(f"{prefix}{spec.key}"):
                await self._tab(walk, channel, wanted, spec, there)
        keys = {f"{prefix}{spec.key}" for spec in wanted.spec.tabs}
        walk.log.note(*plan_dropped(prefix, walk.known, keys, {tab.id: tab.name for tab in tabs}))

    async def _tab(
        self, walk: Walk, channel: Channel | None, wanted: WantedChannel, spec: TabSpec, there: Mapping[str, Tab]
    ) -> None:
        key, entity_id = f"tab:{wanted.key}/{spec.key}", f"{walk.place}/{wanted.key}/{spec.key}"
        known, layer = walk.known.get(key), walk.wanted.layer(f"channels.{wanted.spec.key}.tabs.{spec.key}")
        if known is None:
            # From before the database was lost: our own name for it does not change with the one that people read.
            ours = next((tab for tab in there.values() if tab.entity_id == entity_id), None)
            known = Resource(key=key, external_id=ours.id) if ours else None
        by_id = {id_: tab.name for id_, tab in there.items()}
        item, id_ = plan_named(key, spec.name, by_id=by_id, known=known, layer=layer)
        item = walk.as_ordered(item)
        if walk.note_wanted(item) and self._team_id and channel:
            if id_ is None and walk.log.is_pending(f"channel-app:{wanted.key}"):
                id_ = await self._create_tab_without_app(walk, channel, item, spec, entity_id)
            elif id_ is None:
                id_ = await self._create_tab(walk, channel, item, spec, entity_id)
            else:
                await walk.ports.teams.rename_tab(self._team_id, channel.id, id_, spec.name)
                await walk.history.note("rollout.tab_renamed", tab=key.removeprefix("tab:"))
        if id_ is not None and walk.apply:
            seen = spec.name if item.to_do else there[id_].name
            await walk.keep_values(Resource(key=key, external_id=id_), {"name": (item, spec.name, seen)})

    async def _create_tab(self, walk: Walk, channel: Channel, item: Item, spec: TabSpec, entity_id: str) -> str:
        assert self._team_id is not None
        # Those of other channels, whose intents are noted just now, share a batch with it.
        with walk.ports.expect():
            address = await walk.address(spec.page)
            async with walk.creates.once(item.key):
                tab = await walk.ports.channels_of(channel.kind).create_tab(
                    self._team_id,
                    channel.id,
                    name=spec.name,
                    app=walk.known["app"].external_id,
                    entity_id=entity_id,
                    content_url=address,
                )
        await walk.history.note("rollout.tab_made", tab=item.key.removeprefix("tab:"))
        return tab.id

    async def _create_tab_without_app(
        self, walk: Walk, channel: Channel, item: Item, spec: TabSpec, entity_id: str
    ) -> str | None:
        """Try it in a private channel that our app is not in; None when that is refused, and the tab waits for it."""
        with walk.log.alone(item):
            return await self._create_tab(walk, channel, item, spec, entity_id)
        refused = walk.log.find(item.key) or item
        walk.log.replace(replace(refused, reason=APP_NOT_IN_CHANNEL))
        return None


def _thing(item: Item, channel: Channel) -> Resource:
    return Resource(key=item.key, external_id=channel.id, url=channel.url)
