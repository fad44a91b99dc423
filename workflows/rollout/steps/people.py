"""The part of a rollout that is about people: who has an account, who is let in, and who is let out again."""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.values import Organisation, Person
from workflows.digest import digest, is_digest_of
from workflows.errors import Invalid
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.people import ChannelMember, Guest
from workflows.ports.place import Channel, Group
from workflows.rollout.partners import whom_to_call
from workflows.rollout.plan import (
    INVITATION_REFUSED,
    NOT_REDEEMED,
    Item,
    State,
    WantedChannel,
    plan_leavers,
    plan_memberships,
    plan_people,
    plan_strangers,
)
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk

EXPIRY = "expiry"
"""Key of what is noted about a group that the tenant's policy will end."""
EXPIRES_SOON = timedelta(days=30)
REFUSED = "refused"
"""Kind of what is noted about an invitation that another organisation refused, by person."""
INVITE_AGAIN = timedelta(weeks=1)
"""After which a refused invitation is tried again, if neither the register nor anybody says so before."""
OWNERS, MEMBERS = "owners", "members"
"""Steps, which stand in a plan when they could not be taken."""


GroupStep = Callable[["PeopleSteps", Group | None, Mapping[str, Account]], Coroutine[Any, Any, None]]


class PeopleSteps:
    """
    Looks people up, invites guests, and keeps groups and private channels as the register has them.

    What we give is noted before it is given, so that it can be taken again. Whoever was let in by people stays.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._by_key = {person.key: person for person in walk.wanted.members}
        self._came: set[str] = set()
        """Who came with a group or channel that this walk made, by the keys of their items."""

    async def find(self) -> Mapping[str, Account]:
        """
        Find the accounts of people, guests invited just now included, by the register's lower-case address.

        Who has none that can be used is told before anything is made.
        """
        walk, members = self._walk, self._walk.wanted.members
        accounts = dict(await walk.read(walk.ports.directory.find_accounts, walk.emails))
        accounts |= await self._under_another_address(accounts)
        items = self._planned(accounts)
        for item in items:
            if walk.apply and item.state is State.PENDING and item.reason != NOT_REDEEMED:
                await walk.history.note("rollout.person_unusable", person=_person(item), reason=item.reason)
        noted = await walk.ports.guests.known([person.key for person in members])
        for item in sorted(items, key=lambda item: item.to_do):
            await self._person(item, accounts, noted)
        if walk.apply:
            people = {person.email.lower(): person.key for person in members}
            await walk.ports.accounts.remember(list(accounts.values()), people=people)
        return accounts

    async def unknown(self, walk: Walk) -> None:
        """Everybody who was not looked up, as they would stand if nobody were known."""
        walk.items += self._planned({})

    def _planned(self, accounts: Mapping[str, Account]) -> list[Item]:
        walk = self._walk
        guests = frozenset(person.key for person in walk.wanted.members if walk.programme.is_guest(person))
        items = plan_people(walk.wanted, accounts, guests=guests, permitted=walk.permitted)
        return [self._still_refused(item) for item in items]

    def _still_refused(self, item: Item) -> Item:
        """*item*, a guest to be invited; but blocked, while nothing says that the invitation would be taken now."""
        walk, person = self._walk, self._by_key[_person(item)]
        refusal = walk.known.get(_refusal(person))
        if refusal is None or not item.to_do:
            return item
        organisation = walk.programme.organisation_of(person)
        again_at = datetime.fromisoformat(refusal.details["at"]) + INVITE_AGAIN
        if walk.began >= again_at or not is_digest_of(refusal.fingerprint, _entry(person, organisation)):
            return item
        whom = whom_to_call(organisation, walk.programme.language)
        said = str(refusal.details["said"])
        return walk.wished(replace(item, state=State.BLOCKED, reason=INVITATION_REFUSED, detail=said, todo=whom))

    async def _under_another_address(self, accounts: Mapping[str, Account]) -> Mapping[str, Account]:
        """Accounts of people who cannot be found by the register's address, but by the object id that they had."""
        walk = self._walk
        lost = [person for person in walk.wanted.members if person.email.lower() not in accounts]
        if not lost:
            return {}
        before = await walk.ports.accounts.of_people([person.key for person in lost])
        taken = {account.id for account in accounts.values()}
        ids = tuple(account.id for account in before.values() if account.id not in taken)
        there = await walk.read(walk.ports.directory.find_by_ids, ids) if ids else {}
        found = {}
        for person in lost:
            account = there.get(before[person.key].id) if person.key in before else None
            if account is not None:
                found[person.email.lower()] = replace(account, email=person.email.lower())
                walk.items.append(
                    Item(key=f"address:{person.key}", state=State.PENDING, reason="address_differs", layer="register")
                )
        return found

    async def _person(self, item: Item, accounts: dict[str, Account], noted: Mapping[str, Guest]) -> None:
        walk, person = self._walk, self._by_key[_person(item)]
        email = person.email.lower()
        if not walk.begins(item):
            if item.to_do:  # A plan goes on as if the guest were there.
                accounts[email] = Account(id="", email=email, kind=AccountKind.GUEST, redeemed=False)
            account, known = accounts.get(email), noted.get(person.key)
            is_guest = account is not None and account.kind is AccountKind.GUEST
            if walk.apply and account:
                await walk.forget(_refusal(person))
            if walk.apply and account and is_guest and (known is None or known.object_id != account.id):
                # With an account of before us, or one whose invitation's answer was lost.
                await self._note_guest(person, account.id, invited=known is not None and known.invited)
            return
        await self._note_guest(person, "", invited=True)
        try:
            account = await walk.ports.invitations.invite(
                person.email, name=person.name, redirect_url=walk.ports.public_url
            )
        except Invalid as error:
            # An agreement between two organisations is missing: a person must talk to a person.
            organisation, said = walk.programme.organisation_of(person), str(error)
            details = {"at": walk.ports.clock.now().isoformat(), "organisation": organisation.key, "said": said}
            entry = digest(_entry(person, organisation))
            await walk.keep(Resource(key=_refusal(person), external_id="", fingerprint=entry, details=details))
            whom = whom_to_call(organisation, walk.programme.language)
            walk.items[-1] = replace(item, state=State.BLOCKED, reason=INVITATION_REFUSED, detail=said, todo=whom)
            await walk.ports.guests.forget(person.key)
            return
        accounts[email] = account
        await walk.forget(_refusal(person))
        await self._note_guest(person, account.id, invited=True)
        await walk.history.note("rollout.invited", person=person.key)

    async def _note_guest(self, person: Person, object_id: str, *, invited: bool) -> None:
        """Note a guest whom we let in, and the reason."""
        walk = self._walk
        spec, on = walk.wanted.spec, walk.today
        roles = [
            role.value
            for role in spec.members
            if person in walk.programme.place_people(spec.model_copy(update={"members": (role,)}), on)
        ]
        await walk.ports.guests.note(
            Guest(
                person=person.key,
                object_id=object_id,
                invited=invited,
                since=walk.began,
                place=walk.place,
                roles=tuple(roles),
            )
        )

    # ---------------------------------------------------------------------------------------------------------- groups

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

    async def members(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        """Owners and members of the group: those who belong there in, those whose role has ended out."""
        await self._part(OWNERS, PeopleSteps._owners, group, accounts)
        await self._part(MEMBERS, PeopleSteps._members, group, accounts)

    async def _part(self, what: str, step: GroupStep, group: Group | None, accounts: Mapping[str, Account]) -> None:
        with self._walk.step(what):
            await step(self, group, accounts)
        if self._walk.is_unknown(what):
            await self._walk.unseen(lambda unseen: step(PeopleSteps(unseen), None, accounts))

    async def _owners(self, group: Group | None, accounts: Mapping[str, Account]) -> None:
        walk, groups = self._walk, self._walk.ports.groups
        owners = await walk.read(groups.list_owners, group.id) if group else ()
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
        present = set(await walk.read(look, group.id)) if group else set()
        for item in plan_memberships("member", walk.wanted.members, accounts, present, permitted=walk.permitted):
            if self._begins(item) and group:
                await self._into_the_group(item, group, self._account(item, accounts))
        await self._out_of_the_group("member", walk.wanted.members, group, accounts, present)

    def _begins(self, item: Item) -> bool:
        """As the walk's. Who came with what was made was missing, and needs nothing more."""
        if item.state is not State.SAME or item.key not in self._came:
            return self._walk.begins(item)
        self._walk.items.append(replace(item, state=State.MISSING))
        return False

    async def _watch(self, group: Group, owners: Sequence[Account]) -> None:
        """Warn of what ends a group by itself: nobody who could renew it, and the tenant's policy."""
        walk = self._walk
        if not any(owner.enabled for owner in owners):
            walk.items.append(Item(key="group.owners", state=State.PENDING, reason="ownerless"))
        noted = walk.known.get(EXPIRY)
        if group.expires_at is None:
            if walk.apply and noted is not None:
                await walk.forget(EXPIRY)
            return
        if group.expires_at - walk.began < EXPIRES_SOON:
            todo = f"Invoke-MgRenewGroup -GroupId {group.id}"
            walk.items.append(Item(key="group.expiry", state=State.PENDING, reason="group_expires", todo=todo))
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
        with walk.alone(item):
            await walk.ports.memberships.add_member(group.id, account)
            await walk.history.note("rollout.member_added", person=_person(item))
        refused = walk.items[-1]
        if refused.state is State.PENDING:
            if account.kind is AccountKind.GUEST and refused.reason == "refused":
                walk.amend(replace(refused, reason="guests_kept_out", todo=let_guests_in(group.id)))
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
            if walk.begins(item) and group:
                with walk.alone(item):
                    if prefix == "owner":
                        await walk.ports.groups.remove_owner(group.id, account_id)
                    else:
                        leaver = Account(id=account_id, email="", kind=AccountKind.MEMBER)
                        await walk.ports.memberships.remove_member(group.id, leaver)
                    await walk.history.note(f"rollout.{prefix}_removed", person=_person(item))
            if walk.apply and walk.items[-1].state is not State.PENDING:
                await walk.forget(item.key)
        walk.items += plan_strangers(prefix, people, accounts, walk.known, present)

    # ------------------------------------------------------------------------------------------------- private channels

    async def channel_members(
        self, team_id: str | None, channel: Channel | None, wanted: WantedChannel, accounts: Mapping[str, Account]
    ) -> None:
        """List the readers of a private channel. Only members of the team can be let in."""
        if wanted.spec.kind != "private":
            return
        walk, prefix = self._walk, f"channel-member:{wanted.key}"
        there: Sequence[ChannelMember] = ()
        if team_id and channel:
            with walk.step(prefix):
                there = await walk.read(walk.ports.seats.list_seats, team_id, channel.id)
            if walk.is_unknown(prefix) or not walk.accounts_known:
                await walk.unseen(lambda unseen: PeopleSteps(unseen).channel_members(None, None, wanted, accounts))
                return
        seats = {member.account_id: member.id for member in there}
        made = {item.key for item in walk.items if item.state is State.MISSING}
        if walk.apply and f"channel:{wanted.key}" in made:
            # Whoever owns it came with it.
            self._came |= {f"{prefix}:{person.key}" for person in wanted.people}
        for item in plan_memberships(prefix, wanted.people, accounts, seats, permitted=walk.permitted):
            if self._begins(item) and team_id and channel:
                account = accounts[self._by_key[item.key.removeprefix(f"{prefix}:")].email.lower()]
                await self._into_the_channel(item, team_id, channel, account)
        for item in plan_leavers(prefix, wanted.people, walk.known, seats):
            if walk.begins(item) and team_id and channel:
                seat = seats[walk.known[item.key].external_id]
                await walk.ports.seats.remove(team_id, channel.id, seat)
                await walk.history.note("rollout.channel_member_removed", channel=wanted.key)
            if walk.apply:
                await walk.forget(item.key)

    async def _into_the_channel(self, item: Item, team_id: str, channel: Channel, account: Account) -> None:
        walk = self._walk
        await walk.keep(Resource(key=item.key, external_id=account.id))
        with walk.alone(item):
            await walk.ports.seats.add(team_id, channel.id, account)
            name = item.key.split(":")[1]
            await walk.history.note("rollout.channel_member_added", channel=name, member=account.id)
        if walk.items[-1].state is State.PENDING:
            walk.items[-1] = replace(walk.items[-1], reason="not_in_team_yet")
            await walk.forget(item.key)

    def _account(self, item: Item, accounts: Mapping[str, Account]) -> Account:
        return accounts[self._by_key[_person(item)].email.lower()]


def _refusal(person: Person) -> str:
    return f"{REFUSED}:{person.key}"


def _entry(person: Person, organisation: Organisation) -> str:
    """Return the register's entry of the organisation and the address, as one text."""
    return f"{person.email.lower()}\n{organisation.model_dump_json()}"


def _person(item: Item) -> str:
    return item.key.partition(":")[2]


def let_guests_in(group_id: str) -> str:
    """The administrator's command that lets guests into one group, whatever the tenant says of all others."""
    body = {"templateId": _GUEST_SETTINGS, "values": [{"name": "AllowToAddGuests", "value": "true"}]}
    url = f"https://graph.microsoft.com/v1.0/groups/{group_id}/settings"
    return f"az rest --method POST --url {url} --body '{json.dumps(body)}'"


_GUEST_SETTINGS = "08d542b9-071f-4e16-94b0-74abb372e3d9"
"""Microsoft's template `Group.Unified.Guest`."""
