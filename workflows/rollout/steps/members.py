"""Owners and members of a place's group, kept as the register has them."""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from config.values import Person
from workflows.errors import Transient
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.place import Group
from workflows.rollout.plan import Item, State, plan_leavers, plan_memberships, plan_strangers
from workflows.rollout.ports import Resource
from workflows.rollout.steps.people import person_key
from workflows.rollout.walk import Walk

EXPIRY = "expiry"
"""The key of the note about a group that the tenant's policy will end."""
EXPIRES_SOON = timedelta(days=30)
OWNERS, MEMBERS = "owners", "members"
"""Steps, which stand in a plan when they could not be taken."""

GroupStep = Callable[["MemberSteps", Group | None, Mapping[str, Account]], Coroutine[Any, Any, None]]


class MemberSteps:
    """
    Lets people into the group and out of it.

    Each membership that we give is noted before, so that it can be taken again. Those that people gave stay.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._by_key = {person.key: person for person in walk.wanted.members}
        self._came: set[str] = set()
        """Keys of the items of those who came with a group that this walk made."""

    async def given_with_the_group(self, accounts: Mapping[str, Account]) -> None:
        """Note that the owners, and a site, will come with a group that is about to be made."""
        begun = {"begun": self._walk.ports.clock.now().isoformat()}
        await self._walk.keep(Resource(key="site.wait", external_id="", details=begun))
        for owner in self._walk.wanted.owners:
            account = accounts.get(owner.email.lower())
            if account is not None and owner.key in self._walk.permitted:
                for prefix in ("owner", "member"):
                    await self._walk.keep(Resource(key=f"{prefix}:{owner.key}", external_id=account.id))
                    self._came.add(f"{prefix}:{owner.key}")

    async def take(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        """Let those who belong to the group in, and those whose role has ended out; owners first."""
        await self._part(OWNERS, MemberSteps._owners, group, accounts)
        await self._part(MEMBERS, MemberSteps._members, group, accounts)

    async def _part(self, what: str, step: GroupStep, group: Group | None, accounts: Mapping[str, Account]) -> None:
        with self._walk.log.step(what):
            await step(self, group, accounts)
        if self._walk.log.is_unknown(what):
            await self._walk.note_unseen(lambda unseen: step(MemberSteps(unseen), None, accounts))

    async def _owners(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        walk, groups = self._walk, self._walk.ports.groups
        owners = await walk.reads.get(groups.list_owners, group.id) if group else ()
        if group is not None:
            await self._watch(group, owners)
        present = {account.id for account in owners}
        for item in plan_memberships("owner", walk.wanted.owners, accounts, present, permitted=walk.permitted):
            if self._begins(item) and group:
                account = self._account(item, accounts)
                await walk.keep(Resource(key=item.key, external_id=account.id))
                await groups.add_owner(group.id, account.id)
        await self._out_of_the_group("owner", walk.wanted.owners, group, accounts, present)

    async def _members(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        walk, look = self._walk, self._walk.ports.memberships.list_member_ids
        present = set(await walk.reads.get(look, group.id)) if group else set()
        planned = plan_memberships("member", walk.wanted.members, accounts, present, permitted=walk.permitted)
        to_let_in = [item for item in planned if self._begins(item)]
        if group is not None:
            # The first alone: while the group is not known everywhere, the others would be refused as well.
            for some in (to_let_in[:1], to_let_in[1:]):
                await walk.ports.together(
                    *(self._into_the_group(item, group, self._account(item, accounts)) for item in some)
                )
        await self._out_of_the_group("member", walk.wanted.members, group, accounts, present)

    def _begins(self, item: Item) -> bool:
        """As the walk's. Who came with what was made was missing, and needs nothing more."""
        if item.state is not State.SAME or item.key not in self._came:
            return self._walk.note_wanted(item)
        self._walk.log.note(replace(item, state=State.MISSING))
        return False

    async def _watch(self, group: Group, owners: Sequence[Account]) -> None:
        """Warn of what ends a group by itself: nobody who could renew it, and the tenant's policy."""
        walk = self._walk
        if not any(owner.enabled for owner in owners):
            walk.log.note(Item(key="group.owners", state=State.PENDING, reason="ownerless"))
        noted = walk.known.get(EXPIRY)
        if group.expires_at is None:
            if walk.apply and noted is not None:
                await walk.forget(EXPIRY)
            return
        if group.expires_at - walk.began < EXPIRES_SOON:
            todo = f"Invoke-MgRenewGroup -GroupId {group.id}"
            walk.log.note(Item(key="group.expiry", state=State.PENDING, reason="group_expires", todo=todo))
        moment = {"at": group.expires_at.isoformat()}
        if walk.apply and (noted is None or noted.details != moment):
            # The nightly look may not read it from the group: it goes by this.
            await walk.keep(Resource(key=EXPIRY, external_id=group.id, details=moment))

    async def _into_the_group(self, item: Item, group: Group, account: Account) -> None:
        walk = self._walk
        before = walk.known.get(item.key)
        if before is not None and before.external_id != account.id:
            # The same person has another account now.
            await walk.ports.memberships.remove_member(group.id, replace(account, id=before.external_id))
        await walk.keep(Resource(key=item.key, external_id=account.id))
        with walk.log.alone(item):
            try:
                await walk.ports.memberships.add_member(group.id, account)
            except Transient as error:
                walk.waits[item.key] = error
                raise
            await walk.history.note("rollout.member_added", person=person_key(item))
        refused = walk.log.find(item.key)
        if refused is not None and refused.state is State.PENDING:
            if account.kind is AccountKind.GUEST and refused.reason == "refused":
                walk.log.replace(replace(refused, reason="guests_kept_out", todo=let_guests_in(group.id)))
            await walk.forget(item.key)

    async def _out_of_the_group(
        self,
        prefix: str,
        people: Sequence[Person],
        group: Group | None,
        accounts: Mapping[str, Account],
        present: set[str],
    ) -> None:
        walk = self._walk
        for item in plan_leavers(prefix, people, walk.known, present):
            account_id = walk.known[item.key].external_id
            if walk.note_wanted(item) and group:
                with walk.log.alone(item):
                    if prefix == "owner":
                        await walk.ports.groups.remove_owner(group.id, account_id)
                    else:
                        leaver = Account(id=account_id, email="", kind=AccountKind.MEMBER)
                        await walk.ports.memberships.remove_member(group.id, leaver)
                    await walk.history.note(f"rollout.{prefix}_removed", person=person_key(item))
            if walk.apply and not walk.log.is_pending(item.key):
                await walk.forget(item.key)
        walk.log.note(*plan_strangers(prefix, people, accounts, walk.known, present))

    def _account(self, item: Item, accounts: Mapping[str, Account]) -> Account:
        return accounts[self._by_key[person_key(item)].email.lower()]


def let_guests_in(group_id: str) -> str:
    """The administrator's command that lets guests into one group, whatever the tenant says of all others."""
    body = {"templateId": _GUEST_SETTINGS, "values": [{"name": "AllowToAddGuests", "value": "true"}]}
    url = f"https://graph.microsoft.com/v1.0/groups/{group_id}/settings"
    return f"az rest --method POST --url {url} --body '{json.dumps(body)}'"


_GUEST_SETTINGS = "08d542b9-071f-4e16-94b0-74abb372e3d9"
"""Microsoft's template `Group.Unified.Guest`."""
