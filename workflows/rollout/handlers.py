"""Rollout: a place gets its group, team, channels, tabs, app and site, as often as anybody likes.

Order (each step needs the one before): whose group it is, accounts and guests, group with owners, everybody into the
group, team, app, site, channels and tabs, folders, lists and pages. Each step reads what is there, plans the
difference, and does it. `Rollout.plan` takes the same walk without doing anything.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.digest import digest, is_digest_of
from workflows.errors import IdentityClosed, NotFound
from workflows.ports.accounts import Account
from workflows.ports.place import Group, Site
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.rollout.group_ownership import Question
from workflows.rollout.list_rows import PlaceRecord
from workflows.rollout.orders import ASKS, BUILDER_CLOSED, adopt_order, restore_key, restore_orders
from workflows.rollout.plan import OPEN, Item, PlacePlan, State, WantedPlace, wanted_place
from workflows.rollout.plan_log import NotYet
from workflows.rollout.ports import Resource, RolloutPorts
from workflows.rollout.prefetch import look_ahead
from workflows.rollout.preview import PREVIEW, RESULT, seen_note
from workflows.rollout.rendering import result_text
from workflows.rollout.steps.channels import ChannelSteps
from workflows.rollout.steps.group import GroupSteps
from workflows.rollout.steps.lists import ListSteps
from workflows.rollout.steps.members import MEMBERS, OWNERS, MemberSteps
from workflows.rollout.steps.people import PeopleSteps
from workflows.rollout.steps.site import SiteSteps
from workflows.rollout.steps.team import TeamSteps
from workflows.rollout.waiting import MADE, wait_on, waiting_note
from workflows.rollout.walk import Walk
from workflows.rollout.welcome_mail import Welcome

CLOSED_AGAIN = timedelta(minutes=10)

WOUND_DOWN = Item(key="place", state=State.PENDING, reason="wound_down", layer="municipality")
COPIES = "copies"
"""Under which it is noted what the lists hold."""


class _NoHistory:
    async def note(self, what: str, **values: str | int) -> None:
        """A plan does nothing that would be worth a note."""


class Rollout:
    """Makes places so, and says how they differ."""

    def __init__(self, ports: RolloutPorts, welcome: Welcome) -> None:
        self._ports = ports
        self._welcome = welcome

    async def place(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `rollout.place`: make the place so. A repeat writes nothing when nothing differs.

        What goes wrong ends its own step and what depends on it. Parks while Microsoft 365 is still making a team or a
        site, and while the Builder is closed. Raises Transient, after all else was done, for what may work later.
        """
        with self._ports.expect():
            return await self._make(unit.subject, history)

    async def _make(self, place: str, history: History) -> Outcome:
        walk = await self._walk(place, history, apply=True)
        if walk is None:
            return Done(note="no place of ours")
        if _is_wound_down(walk):
            walk.log.note(WOUND_DOWN)
            return await _ended(walk, made=0)
        try:
            if (parked := await wait_on(walk)) is not None:
                return parked
            accounts = await _take(walk)
            await self._welcome_guests(walk, accounts)
        except Question as question:
            walk.log.replace(question.item)
            return await _ended(walk, made=0)
        except IdentityClosed:
            return Parked(until=self._ports.clock.now() + CLOSED_AGAIN, note=BUILDER_CLOSED)
        made = int(walk.known[MADE].details["number"]) if MADE in walk.known else 0
        made += _made(walk)
        if walk.log.trouble.unfinished:
            return await _waits(walk, made)
        if walk.log.trouble.refused and "group" not in walk.known:
            # Nothing could be made: that is no result.
            raise walk.log.trouble.refused[0]
        for item in _unmet(walk):
            walk.log.replace(item)
        if not walk.log.trouble.refused:
            await _note_copies(walk)
        return await _ended(walk, made=made)

    async def plan(self, place: str) -> PlacePlan:
        """Compare the place with its template. Writes nothing. Raises NotFound for a place that is not ours."""
        walk = await self._walk(place, _NoHistory(), apply=False)
        if walk is None:
            raise NotFound(f"plan {place}", "it is no place of ours")
        if _is_wound_down(walk):
            return PlacePlan(place=place, items=(WOUND_DOWN,))
        try:
            await _take(walk)
        except Question as question:
            walk.log.replace(question.item)
        return PlacePlan(place=place, items=tuple(walk.log.items))

    async def restore(self, place: str, keys: Sequence[str], *, look: bool = True) -> None:
        """
        Order that the next rollout brings these local edits of *place* back to the template.

        Raises InvalidInput for a key that the plan does not offer. Without a *look*, and while the Builder is closed,
        there is no plan: then the order is noted, and looked into when it is carried out.
        """
        offered: Sequence[str] = keys
        if look:
            with suppress(IdentityClosed):
                offered = [item.key for item in (await self.plan(place)).items if item.can_be_restored]
        if orders := restore_orders(place, keys, offered):
            await self._ports.resources.keep(place, *orders)

    async def adopt(self, place: str, group_id: str) -> None:
        """
        Order that the next rollout takes a group that people made for the group of *place*, if it can be that.

        Raises InvalidInput for what is no id at all.
        """
        await self._ports.resources.keep(place, adopt_order(place, group_id))

    # ------------------------------------------------------------------------------------------ copies of the record

    async def lists(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `rollout.lists` [place]: bring the copies in the lists of a place up to date, and nothing else of it.

        Done by the Hands alone, so that the Builder can stay closed.
        """
        walk = await self._walk(unit.subject, history, apply=True)
        if walk is None or "site" not in walk.known or _is_wound_down(walk):
            return Done(note="no site of ours")
        site = walk.known["site"]
        await ListSteps(Site(id=site.external_id, url=site.url), rows_only=True).take(walk)
        for reason in walk.log.trouble.unfinished:
            if isinstance(reason, NotYet):
                return Parked(until=reason.until, note=reason.note)
            raise reason
        if not walk.log.trouble.refused:
            await _note_copies(walk)
        return Done(note=result_text(walk.log.items, made=_made(walk), language=walk.programme.language))

    async def due_units(self) -> Sequence[DueUnit]:
        """A unit for each place whose lists do not hold what the record says now. Asks nobody outside."""
        now, programme = self._ports.clock.now(), await self._ports.programme()
        noted = await self._ports.resources.with_keys(COPIES)
        places = [spec for spec in programme.places if spec.key in noted]
        records = await self._ports.records(places)
        # Beside the loop: it writes down the lists of a country, and the loop also answers people.
        return await asyncio.to_thread(_outdated_copies, programme, places, records, noted, now)

    async def _welcome_guests(self, walk: Walk, accounts: Mapping[str, Account]) -> None:
        """Once there is something to come to. A channel's address names the tenant, which lets guests accept there."""
        channels = (walk.known.get(f"channel:{channel.key}") for channel in walk.wanted.channels)
        url = next((channel.url for channel in channels if channel is not None and channel.url), None)
        if url is not None and (planned := await self._welcome.plan(walk.wanted, accounts, url=url)):
            await walk.history.note("rollout.welcomes_planned", messages=planned)

    async def _walk(self, place: str, history: History, *, apply: bool) -> Walk | None:
        programme = await self._ports.programme()
        spec = programme.find_place(place)
        if spec is None:
            return None
        today = programme.today(self._ports.clock.now())
        record = (await self._ports.records([spec]))[spec.key]
        wanted = wanted_place(programme, spec, on=today, record=record)
        known = dict(await self._ports.resources.of(place))
        return Walk(self._ports, programme, wanted, known, history, apply=apply)


def lists_unit(place: str, at: datetime) -> DueUnit:
    """The unit that brings the copies in a place's lists up to date."""
    return DueUnit(key=f"rollout.lists:{place}", due_at=at)


def _made(walk: Walk) -> int:
    return sum(item.to_do for item in walk.log.items)


async def _waits(walk: Walk, made: int) -> Parked:
    """Note what the order waits for. Raises Transient when only others did not answer."""
    parked = _comes_again(walk)
    await walk.keep(waiting_note(walk, made, parked.until if parked is not None else None))
    if parked is None:
        raise walk.log.trouble.unfinished[0]
    return parked


def _comes_again(walk: Walk) -> Parked | None:
    """Return when things that are still being made are looked at again; None when only others did not answer."""
    waits = [each for each in walk.log.trouble.unfinished if isinstance(each, NotYet)]
    if not waits:
        return None
    first = min(waits, key=lambda wait: wait.until)
    return Parked(until=first.until, note=first.note)


def _unmet(walk: Walk) -> list[Item]:
    """List the orders to restore that nobody could look into, and that cannot be met."""
    items = {item.key: item for item in walk.log.items}
    ordered = [key.removeprefix(restore_key("")) for key in walk.known if key.startswith(restore_key(""))]
    left = [key for key in ordered if key not in items or items[key].state is State.LOCAL]
    return [Item(key=key, state=State.PENDING, reason="restore_unknown") for key in left]


async def _ended(walk: Walk, *, made: int) -> Done:
    """The order is carried out as far as it can be; what it leaves to people is noted with it."""
    await walk.forget(MADE)
    await walk.forget_orders()
    # It shows as to be made what is made by now.
    await walk.forget(PREVIEW)
    await walk.keep(seen_note(RESULT, _open_items(walk), at=walk.ports.clock.now()))
    asked = sum(item.asks for item in walk.log.items)
    if not asked:
        await walk.forget(ASKS)
    elif walk.known.get(ASKS) != (asks := Resource(key=ASKS, external_id="", details={"number": asked})):
        await walk.keep(asks)
    return Done(note=result_text(walk.log.items, made=made, language=walk.programme.language))


def _open_items(walk: Walk) -> list[Item]:
    return [item for item in walk.log.items if item.state in OPEN]


def _outdated_copies(
    programme: Programme,
    places: Sequence[PlaceSpec],
    records: Mapping[str, PlaceRecord],
    noted: Mapping[str, Mapping[str, Resource]],
    now: datetime,
) -> list[DueUnit]:
    """List a unit for each of *places* whose lists, as they are *noted*, do not hold its record."""
    today = programme.today(now)
    return [
        lists_unit(spec.key, now)
        for spec in places
        if not _are_noted(noted[spec.key], wanted_place(programme, spec, on=today, record=records[spec.key]))
    ]


def _copies(wanted: WantedPlace) -> str:
    """Return the rows that the record wants in the lists of the place, as one text."""
    rows = {key: [dict(row) for row in rows] for key, rows in wanted.rows.items()}
    return json.dumps(rows, sort_keys=True)


def _are_noted(known: Mapping[str, Resource], wanted: WantedPlace) -> bool:
    return COPIES in known and is_digest_of(known[COPIES].fingerprint, _copies(wanted))


async def _note_copies(walk: Walk) -> None:
    copies = Resource(key=COPIES, external_id="", fingerprint=digest(_copies(walk.wanted)))
    if not _are_noted(walk.known, walk.wanted) and "site" in walk.known:
        await walk.keep(copies)


def _is_wound_down(walk: Walk) -> bool:
    """Tell whether the place's municipality has left: an archived place is not changed."""
    return not walk.programme.takes_part(walk.wanted.spec.municipality, walk.today)


async def _take(walk: Walk) -> Mapping[str, Account]:
    """
    Every step in its order; the accounts that were found or made. A plan shows what cannot be there as missing.

    Teams and SharePoint take their time, each its own: neither waits for the other.
    """
    await look_ahead(walk)
    people, members = PeopleSteps(walk), MemberSteps(walk)
    accounts, group = dict[str, Account](), None
    looked_up = False
    with walk.log.step("people"):
        accounts |= await people.find()
        looked_up = True
    walk.accounts_known = looked_up
    if not walk.accounts_known:
        await walk.note_unseen(people.unknown)
    with walk.log.step("group"):
        group = await GroupSteps(walk, members).take(accounts)
    if group is None and not walk.accounts_known:
        # Whom it would belong to is not known.
        walk.log.replace(Item(key="group", state=State.UNKNOWN, reason="above_unknown"))
    if walk.log.is_unknown("group"):
        await walk.note_unseen(
            lambda unseen: MemberSteps(unseen).take(None, accounts),
            TeamSteps(None, accounts, may_begin=False).take,
            SiteSteps(None).take,
        )
        return accounts
    if group is None and walk.apply:
        return accounts
    if walk.accounts_known:
        await members.take(group, accounts)
    else:
        await walk.note_unseen(lambda unseen: MemberSteps(unseen).take(None, accounts))
    complete = walk.accounts_known and not any(item.key in (OWNERS, MEMBERS) for item in walk.log.items)
    await walk.take_side_by_side(partial(_team, group, accounts, complete), SiteSteps(group).take)
    return accounts


async def _team(group: Group | None, accounts: Mapping[str, Account], complete: bool, walk: Walk) -> None:
    """The team and what is in it. *complete*: whether everybody is in the group whom we can put there."""
    nothing = TeamSteps(None, accounts, may_begin=False)
    if not complete and not (group is not None and group.has_team):
        await walk.note_unseen(nothing.take)
        return
    begun = walk.apply and "team.wait" in walk.known
    await TeamSteps(group, accounts, may_begin=complete).take(walk)
    if begun:
        # The order that has waited for it has made it.
        team = walk.log.find("team")
        if team is not None:
            walk.log.replace(replace(team, state=_if_made(team)))
    if walk.log.is_unknown("team"):
        walk.log.keep_only("team")
        await walk.note_unseen(nothing.take)
    elif walk.log.is_unknown("app"):
        await walk.note_unseen(_personal_apps, ChannelSteps(None, accounts).take)
    elif not walk.accounts_known:
        await walk.note_unseen(_personal_apps)


def _if_made(item: Item) -> State:
    return State.MISSING if item.state is State.SAME else item.state


async def _personal_apps(walk: Walk) -> None:
    """Plan the app for people, as if it and they could be seen."""
    colleagues = [person for person in walk.wanted.members if not walk.programme.is_guest(person)]
    walk.log.note(*[Item(key=f"app:{person.key}", state=State.MISSING) for person in colleagues])
