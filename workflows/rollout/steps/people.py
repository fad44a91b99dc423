"""People of a place: looked up, and guests invited."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from config.values import Organisation, Person
from workflows.digest import digest, is_digest_of
from workflows.errors import Invalid
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.people import Guest
from workflows.rollout.partners import whom_to_call
from workflows.rollout.plan import (
    INVITATION_REFUSED,
    NOT_REDEEMED,
    Item,
    State,
    plan_people,
)
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk

REFUSED = "refused"
"""Kind of what is noted about an invitation that another organisation refused, by person."""
INVITE_AGAIN = timedelta(weeks=1)
"""After which a refused invitation is tried again, if neither the register nor anybody says so before."""


class PeopleSteps:
    """
    Looks people up and invites guests.

    An invitation is noted before it is sent, so that its account is known as ours afterwards.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._by_key = {person.key: person for person in walk.wanted.members}

    async def find(self) -> Mapping[str, Account]:
        """
        Find the accounts of people, guests invited just now included, by the register's lower-case address.

        Who has none that can be used is told before anything is made.
        """
        walk, members = self._walk, self._walk.wanted.members
        accounts = dict(await walk.reads.get(walk.ports.directory.find_accounts, walk.emails))
        accounts |= await self._under_another_address(accounts)
        items = self._planned(accounts)
        for item in items:
            if walk.apply and item.state is State.PENDING and item.reason != NOT_REDEEMED:
                await walk.history.note("rollout.person_unusable", person=person_key(item), reason=item.reason)
        noted = await walk.ports.guests.known([person.key for person in members])
        for item in sorted(items, key=lambda item: item.to_do):
            await self._person(item, accounts, noted)
        if walk.apply:
            people = {person.email.lower(): person.key for person in members}
            await walk.ports.accounts.remember(list(accounts.values()), people=people)
        return accounts

    async def unknown(self, walk: Walk) -> None:
        """Everybody who was not looked up, as they would stand if nobody were known."""
        walk.log.note(*self._planned({}))

    def _planned(self, accounts: Mapping[str, Account]) -> list[Item]:
        walk = self._walk
        guests = frozenset(person.key for person in walk.wanted.members if walk.programme.is_guest(person))
        items = plan_people(walk.wanted, accounts, guests=guests, permitted=walk.permitted)
        return [self._still_refused(item) for item in items]

    def _still_refused(self, item: Item) -> Item:
        """*item*, a guest to be invited; but blocked, while nothing says that the invitation would be taken now."""
        walk, person = self._walk, self._by_key[person_key(item)]
        refusal = walk.known.get(_refusal(person))
        if refusal is None or not item.to_do:
            return item
        organisation = walk.programme.organisation_of(person)
        again_at = datetime.fromisoformat(refusal.details["at"]) + INVITE_AGAIN
        if walk.began >= again_at or not is_digest_of(refusal.fingerprint, _entry(person, organisation)):
            return item
        whom = whom_to_call(organisation, walk.programme.language)
        said = str(refusal.details["said"])
        return walk.as_ordered(replace(item, state=State.BLOCKED, reason=INVITATION_REFUSED, detail=said, todo=whom))

    async def _under_another_address(self, accounts: Mapping[str, Account]) -> Mapping[str, Account]:
        """Accounts of people who cannot be found by the register's address, but by the object id that they had."""
        walk = self._walk
        lost = [person for person in walk.wanted.members if person.email.lower() not in accounts]
        if not lost:
            return {}
        before = await walk.ports.accounts.of_people([person.key for person in lost])
        taken = {account.id for account in accounts.values()}
        ids = tuple(account.id for account in before.values() if account.id not in taken)
        there = await walk.reads.get(walk.ports.directory.find_by_ids, ids) if ids else {}
        found = {}
        for person in lost:
            account = there.get(before[person.key].id) if person.key in before else None
            if account is not None:
                found[person.email.lower()] = replace(account, email=person.email.lower())
                walk.log.note(
                    Item(key=f"address:{person.key}", state=State.PENDING, reason="address_differs", layer="register")
                )
        return found

    async def _person(self, item: Item, accounts: dict[str, Account], noted: Mapping[str, Guest]) -> None:
        walk, person = self._walk, self._by_key[person_key(item)]
        email = person.email.lower()
        if not walk.note_wanted(item):
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
            blocked = replace(item, state=State.BLOCKED, reason=INVITATION_REFUSED, detail=said, todo=whom)
            walk.log.replace(blocked)
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


def _refusal(person: Person) -> str:
    return f"{REFUSED}:{person.key}"


def _entry(person: Person, organisation: Organisation) -> str:
    """Return the register's entry of the organisation and the address, as one text."""
    return f"{person.email.lower()}\n{organisation.model_dump_json()}"


def person_key(item: Item) -> str:
    """Return the key of the person that an item such as `member:KEY` is about."""
    return item.key.partition(":")[2]
