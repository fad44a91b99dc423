"""Members of a private channel, kept as the register has them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflows.ports.accounts import Account
from workflows.ports.people import ChannelMember
from workflows.ports.place import Channel
from workflows.rollout.plan import Item, State, WantedChannel, plan_leavers, plan_memberships
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk


class ChannelMemberSteps:
    """Lets people into one private channel and out of it. Only members of the team can be let in."""

    def __init__(self, walk: Walk, wanted: WantedChannel) -> None:
        self._walk = walk
        self._wanted = wanted
        self._by_key = {person.key: person for person in walk.wanted.members}

    async def take(self, team_id: str | None, channel: Channel | None, accounts: Mapping[str, Account]) -> None:
        """Compare the channel's members with the register, and let in and out. Without a channel all are missing."""
        wanted = self._wanted
        if wanted.spec.kind != "private":
            return
        walk, prefix = self._walk, f"channel-member:{wanted.key}"
        there: Sequence[ChannelMember] = ()
        if team_id and channel:
            with walk.log.step(prefix):
                there = await walk.reads.get(walk.ports.seats.list_seats, team_id, channel.id)
            if walk.log.is_unknown(prefix) or not walk.accounts_known:
                await walk.note_unseen(lambda unseen: ChannelMemberSteps(unseen, wanted).take(None, None, accounts))
                return
        seats = {member.account_id: member.id for member in there}
        made = {item.key for item in walk.log.items if item.state is State.MISSING}
        is_new = walk.apply and f"channel:{wanted.key}" in made
        for item in plan_memberships(prefix, wanted.people, accounts, seats, permitted=walk.permitted):
            if is_new and item.state is State.SAME:
                # Its owner came with it: was missing, and needs nothing more.
                walk.log.note(replace(item, state=State.MISSING))
            elif walk.note_wanted(item) and team_id and channel:
                account = accounts[self._by_key[item.key.removeprefix(f"{prefix}:")].email.lower()]
                await self._into_the_channel(item, team_id, channel, account)
        for item in plan_leavers(prefix, wanted.people, walk.known, seats):
            if walk.note_wanted(item) and team_id and channel:
                seat = seats[walk.known[item.key].external_id]
                await walk.ports.seats.remove(team_id, channel.id, seat)
                await walk.history.note("rollout.channel_member_removed", channel=wanted.key)
            if walk.apply:
                await walk.forget(item.key)

    async def _into_the_channel(self, item: Item, team_id: str, channel: Channel, account: Account) -> None:
        walk = self._walk
        await walk.keep(Resource(key=item.key, external_id=account.id))
        with walk.log.alone(item):
            await walk.ports.seats.add(team_id, channel.id, account)
            name = item.key.split(":")[1]
            await walk.history.note("rollout.channel_member_added", channel=name, member=account.id)
        refused = walk.log.find(item.key)
        if refused is not None and refused.state is State.PENDING:
            walk.log.replace(replace(refused, reason="not_in_team_yet"))
            await walk.forget(item.key)
