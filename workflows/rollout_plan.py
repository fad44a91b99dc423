"""What a place should consist of, and how that differs from what is there. Pure: values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from html import escape
from typing import Any

import texts
from config.programme import ChannelSpec, Person, PlaceSpec, Programme, Role, WorkPackage
from workflows.ports import Account


class State(StrEnum):
    """How a thing stands against the plan."""

    SAME = "same"
    DIFFERS = "differs"
    MISSING = "missing"
    LOCAL = "local"
    """Made, changed or removed by people: theirs, and kept."""
    PENDING = "pending"
    """Waits for something we cannot do."""
    BLOCKED = "blocked by partner"
    UNKNOWN = "unknown"


TO_DO = frozenset({State.MISSING, State.DIFFERS})
OPEN = frozenset({State.PENDING, State.BLOCKED, State.UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing of a place. *old* and *new* are what stands there and what should; *layer* is who wants it."""

    key: str
    state: State
    old: str = ""
    new: str = ""
    layer: str = "template"
    reason: str = ""
    """Why it is not `same`, as the end of a text's key: `rollout.reason_…`."""
    detail: str = ""
    """What the service said, with its request id, for IT."""

    @property
    def to_do(self) -> bool:
        return self.state in TO_DO


@dataclass(frozen=True, kw_only=True)
class PlacePlan:
    """Everything a place consists of, in the order it is made."""

    place: str
    items: tuple[Item, ...]

    @property
    def to_do(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.to_do)


@dataclass(frozen=True, kw_only=True)
class WantedChannel:
    """A channel with the words of its place filled in."""

    key: str
    name: str
    description: str
    spec: ChannelSpec


@dataclass(frozen=True, kw_only=True)
class WantedPlace:
    """A place as template, county and municipality want it on a day."""

    spec: PlaceSpec
    owners: tuple[Person, ...]
    members: tuple[Person, ...]
    """Everybody who belongs to it, owners included."""
    channels: tuple[WantedChannel, ...]
    folders: tuple[str, ...]
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    """By list key: one mapping of column names to values each, `Key` among them."""

    def layer(self, path: str) -> str:
        """Who wants the value at *path*: template, county or municipality."""
        layers = self.spec.layers
        while path and path not in layers:
            path = path.rpartition(".")[0]
        return layers.get(path, "template")


def wanted_place(programme: Programme, spec: PlaceSpec, *, on: date) -> WantedPlace:
    """The place *spec* on that day: its people, a channel per running package, its folders and its lists' rows."""
    packages = programme.running_packages(spec.municipality, on=on) if spec.municipality else ()
    owners = tuple(programme.owners(spec, on))
    others = tuple(person for person in programme.place_people(spec, on) if person not in owners)
    return WantedPlace(
        spec=spec,
        owners=owners,
        members=owners + others,
        channels=tuple(_channels(spec.channels, packages)),
        folders=tuple(_folders(spec, packages, programme)),
        rows={wanted.key: tuple(_rows(programme, spec, wanted.source, on)) for wanted in spec.lists},
    )


def _channels(specs: Iterable[ChannelSpec], packages: Sequence[WorkPackage]) -> Iterable[WantedChannel]:
    for spec in specs:
        if spec.per is None:
            yield WantedChannel(key=spec.key, name=spec.name, description=spec.description, spec=spec)
            continue
        for package in packages:
            name = spec.name.replace("{work_package}", package.name)[:50].rstrip()
            description = spec.description.replace("{work_package}", package.name)
            yield WantedChannel(key=f"{spec.key}/{package.key}", name=name, description=description, spec=spec)


def _folders(spec: PlaceSpec, packages: Sequence[WorkPackage], programme: Programme) -> Iterable[str]:
    years = range(programme.first_day.year, programme.last_day.year + 1)
    for folder in spec.folders:
        if "{work_package}" in folder:
            yield from (folder.replace("{work_package}", package.name) for package in packages)
        elif "{year}" in folder:
            yield from (folder.replace("{year}", str(year)) for year in years)
        else:
            yield folder


def _rows(programme: Programme, spec: PlaceSpec, source: str, on: date) -> Iterable[Mapping[str, Any]]:
    wanted = next(item for item in spec.lists if item.source == source)
    columns = {column.name for column in wanted.columns} | {"Title"}
    for row in _SOURCES.get(source, _nothing)(programme, spec, on):
        yield {name: value for name, value in row.items() if name in columns and value is not None}


def _work_packages(programme: Programme, spec: PlaceSpec, on: date) -> Iterable[dict[str, Any]]:
    for package in _packages(programme, spec):
        leads = programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=package.key)
        yield {
            "Key": package.key,
            "Title": package.name,
            "Municipality": programme.municipality(package.municipality).name,
            "Lead": texts.join([lead.name for lead in leads], programme.language) if leads else None,
            "State": texts.say(f"rollout.package_{package.state}", programme.language),
            "Summary": package.summary or None,
        }


def _indicators(programme: Programme, spec: PlaceSpec, on: date) -> Iterable[dict[str, Any]]:
    for package in _packages(programme, spec):
        for indicator in package.indicators:
            yield {
                "Key": f"{package.key}/{indicator.key}",
                "Title": indicator.name,
                "WorkPackage": package.name,
                "Unit": indicator.unit or None,
                "Baseline": indicator.baseline,
                "Target": indicator.target,
                "Better": texts.say(f"rollout.better_{indicator.better}", programme.language),
            }


def _plan_activities(programme: Programme, spec: PlaceSpec, on: date) -> Iterable[dict[str, Any]]:
    levels = {"municipality", "both", "not_stated"} if spec.municipality else {"county", "both", "not_stated"}
    for activity in programme.activities:
        if activity.level in levels:
            yield {
                "Key": activity.key,
                "Title": activity.text[:255],
                "Years": ", ".join(str(year) for year in activity.years),
                "Level": texts.say(f"rollout.level_{activity.level}", programme.language),
                "Responsible": activity.responsible or None,
            }


def _nothing(programme: Programme, spec: PlaceSpec, on: date) -> Iterable[dict[str, Any]]:
    """Lists that fill as the programme goes: released reports and decisions."""
    return ()


def _packages(programme: Programme, spec: PlaceSpec) -> Iterable[WorkPackage]:
    return (item for item in programme.work_packages if spec.municipality in (None, item.municipality))


_SOURCES = {"work_packages": _work_packages, "indicators": _indicators, "plan_activities": _plan_activities}


def landing_html(wanted: WantedPlace, links: Sequence[tuple[str, str]], *, language: str) -> tuple[str, ...]:
    """The landing page: what this place is, and links (text, address) to our stable addresses."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(text)}</a></li>' for text, address in links)
    note = escape(texts.say("rollout.copy_note", language))
    return (f"<p>{escape(wanted.spec.landing_intro)}</p>", f"<ul>{items}</ul>", f"<p>{note}</p>")


# ------------------------------------------------------------------------------------------------------------ compare


def compare(
    key: str, *, wanted: str, seen: str | None, written: str | None, layer: str = "template", shown: bool = True
) -> Item:
    """
    One value three ways: as wanted now, as it stands, as we last wrote it (None: we never did).

    What stands otherwise than we wrote it was changed by people and stays theirs; so does what stood there before us.
    """
    old, new = (seen or "", wanted) if shown else ("", "")
    if seen is None:
        state = State.MISSING
    elif seen == wanted:
        state = State.SAME
    elif seen == written:
        state = State.DIFFERS
    else:
        state = State.LOCAL
    return Item(key=key, state=state, old=old, new=new, layer=layer)


def plan_people(
    wanted: WantedPlace, accounts: Mapping[str, Account], *, guests: frozenset[str], permitted: frozenset[str]
) -> list[Item]:
    """Who has an account, whom we invite (*guests*: keys of people), and who must be looked into by a person."""

    def item(person: Person) -> Item:
        account = accounts.get(person.email.lower())
        key = f"person:{person.key}"
        if account is not None and not account.enabled:
            return Item(key=key, state=State.PENDING, reason="account_disabled")
        if account is not None:
            return Item(key=key, state=State.SAME)
        if person.key not in guests:
            return Item(key=key, state=State.PENDING, reason="account_missing")
        if person.key not in permitted:
            return Item(key=key, state=State.PENDING, reason="held_by_allow_list")
        return Item(key=key, state=State.MISSING)

    return [item(person) for person in wanted.members]


def plan_memberships(
    prefix: str,
    people: Sequence[Person],
    accounts: Mapping[str, Account],
    present: Iterable[str],
    *,
    permitted: frozenset[str],
) -> list[Item]:
    """Who of *people* must be put into a group whose account ids *present* are in it already."""
    there = set(present)

    def item(person: Person) -> Item:
        account = accounts.get(person.email.lower())
        key = f"{prefix}:{person.key}"
        if account is None or not account.enabled:
            return Item(key=key, state=State.PENDING, reason="no_usable_account")
        if account.id in there:
            return Item(key=key, state=State.SAME)
        if person.key not in permitted:
            return Item(key=key, state=State.PENDING, reason="held_by_allow_list")
        return Item(key=key, state=State.MISSING)

    return [item(person) for person in people]


def plan_named(
    key: str, name: str, *, by_id: Mapping[str, str], known_id: str | None, layer: str = "template"
) -> tuple[Item, str | None]:
    """
    A channel, tab or list: found by the id we know, else by its name (adopted), else missing.

    *by_id*: id → name of what is there. Renamed by people: theirs. Known to us and gone: people removed it, so it
    stays away. Returns the item and the id it has, if any.
    """
    if known_id is not None:
        if known_id not in by_id:
            return Item(key=key, state=State.LOCAL, new=name, layer=layer, reason="removed"), None
        seen = by_id[known_id]
        state = State.SAME if seen.casefold() == name.casefold() else State.LOCAL
        return Item(key=key, state=state, old=seen, new=name, layer=layer), known_id
    found = next((id_ for id_, seen in by_id.items() if seen.casefold() == name.casefold()), None)
    if found is not None:
        return Item(key=key, state=State.SAME, old=by_id[found], new=name, layer=layer), found
    return Item(key=key, state=State.MISSING, new=name, layer=layer), None


def row_changes(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a list row that must be written. SharePoint returns whole numbers as decimals."""

    def same(left: Any, right: Any) -> bool:
        if isinstance(left, int | float) and isinstance(right, int | float):
            return float(left) == float(right)
        return bool(left == right)

    return {name: value for name, value in wanted.items() if not same(value, seen.get(name))}
