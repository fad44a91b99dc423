"""The plan of a place: what it should consist of, and how it differs from what is there. Pure: values in, values
out."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, get_args

from config.channel_names import channel_name
from config.fields import Language
from config.place_template import ChannelSpec, Layer, PlaceSpec
from config.programme import Programme
from config.values import Person, WorkPackage
from workflows.ports.accounts import Account, AccountKind
from workflows.rollout.list_rows import NO_RECORD, PlaceRecord, rows_of


class State(StrEnum):
    """The state of a thing against the plan."""

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
RESTORABLE = frozenset({"", "removed", "moved"})
"""The reason of a thing that people changed. Things that the template no longer knows, or that people made, are
theirs alone."""
GROUP_REMOVED = "group_removed"
"""The reason of a place whose group people deleted: with it went everything, so a person must say what is to come."""
INVITATION_REFUSED = "invitation_refused"
"""The reason of a blocked guest. Nobody is invited again at once: a partner's settings change when somebody changes
them."""
NOT_REDEEMED = "not_redeemed"
"""The reason of an invited guest who has not come yet."""
APP_NOT_IN_CHANNEL = "app_not_in_channel"
"""The reason of what waits until a person has added our app to a private channel: no app may do that itself."""
UNANSWERED = frozenset(
    {"address_taken", "address_in_use", "same_name", "ambiguous", "name_taken", GROUP_REMOVED, "restore_unknown"}
    | {"adopt_no_group", "adopt_no_room", "adopt_of_another_place", "adopt_has_own"}
    | {"refused", "naming_policy", "no_usable_owner", "team_overdue", "site_overdue"}
)
"""The reasons of things that stay undone until a person has answered. Other pending ones come by themselves."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing of a place. *old* and *new* are what stands there and what should; *layer* is who wants it."""

    key: str
    state: State
    old: str = ""
    new: str = ""
    layer: str = "template"
    reason: str = ""
    """The reason for another state than `same`, as the end of a text's key: `rollout.reason_…`."""
    detail: str = ""
    """The service's own words with their request id, for IT."""

    todo: str = ""
    """The step that a person must take: a command, or whom to call."""

    @property
    def to_do(self) -> bool:
        return self.state in TO_DO

    @property
    def can_be_restored(self) -> bool:
        """Tell whether the template's value could replace a local change, if somebody orders that."""
        return self.reason in {GROUP_REMOVED, INVITATION_REFUSED} or (
            self.state is State.LOCAL and self.reason in RESTORABLE
        )

    @property
    def unseen(self) -> bool:
        """Tell whether it could not be read. The language of a site is good to know, and no more."""
        return self.state is State.UNKNOWN and self.reason != "language_not_known"

    @property
    def asks(self) -> bool:
        """Tell whether an order that leaves it like this has failed."""
        stopped = self.state is State.PENDING and self.reason in UNANSWERED
        return stopped or self.unseen or self.state is State.BLOCKED


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
    people: tuple[Person, ...] = ()
    """Of a private channel: who may read it."""


@dataclass(frozen=True, kw_only=True)
class WantedPlace:
    """A place as template, county and municipality want it on a day."""

    spec: PlaceSpec
    owners: tuple[Person, ...]
    members: tuple[Person, ...]
    """Everybody who belongs to it, owners included."""
    channels: tuple[WantedChannel, ...]
    folders: tuple[str, ...]
    """Paths, each after the folder it lies in."""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    """By list key: one mapping of column names to values each, `Key` among them."""

    @property
    def channel_kinds(self) -> frozenset[str]:
        """The kinds of its channels."""
        return frozenset(channel.spec.kind for channel in self.channels)

    def layer(self, path: str) -> str:
        """Return the layer that has the last word on *path* or on something in it: template, county or municipality."""
        layers = self.spec.layers
        below = [layer for known, layer in layers.items() if known == path or known.startswith(f"{path}.")]
        if below:
            return max(below, key=get_args(Layer).index)
        above = path.rpartition(".")[0]
        return self.layer(above) if above and above in layers else "template"


def wanted_place(programme: Programme, spec: PlaceSpec, *, on: date, record: PlaceRecord = NO_RECORD) -> WantedPlace:
    """The place *spec* on that day: its people, a channel per running package, its folders and its lists' rows."""
    packages = programme.running_packages(spec.municipality, on=on) if spec.municipality else ()
    owners = tuple(programme.owners(spec, on))
    others = tuple(person for person in programme.place_people(spec, on) if person not in owners)
    return WantedPlace(
        spec=spec,
        owners=owners,
        members=owners + others,
        channels=tuple(_with_people(programme, spec, _channels(spec.channels, packages, programme.language), on)),
        folders=tuple(dict.fromkeys(_with_parents(_folders(spec, packages, programme)))),
        rows={wanted.key: tuple(rows_of(programme, spec, wanted, record, on=on)) for wanted in spec.lists},
    )


def _channels(
    specs: Iterable[ChannelSpec], packages: Sequence[WorkPackage], language: Language
) -> Iterable[WantedChannel]:
    for spec in specs:
        if spec.per is None:
            yield WantedChannel(key=spec.key, name=spec.name, description=spec.description, spec=spec)
            continue
        for package in packages:
            name = channel_name(spec.name, package, language)
            description = spec.description.replace("{work_package}", package.name)
            yield WantedChannel(key=f"{spec.key}/{package.key}", name=name, description=description, spec=spec)


def _with_people(
    programme: Programme, spec: PlaceSpec, channels: Iterable[WantedChannel], on: date
) -> Iterable[WantedChannel]:
    for channel in channels:
        if channel.spec.kind != "private":
            yield channel
            continue
        inner = spec.model_copy(update={"members": channel.spec.members or spec.members})
        people = dict.fromkeys((*programme.owners(spec, on), *programme.place_people(inner, on)))
        yield replace(channel, people=tuple(people))


def _folders(spec: PlaceSpec, packages: Sequence[WorkPackage], programme: Programme) -> Iterable[str]:
    years = range(programme.first_day.year, programme.last_day.year + 1)
    for folder in spec.folders:
        if "{work_package}" in folder:
            yield from (folder.replace("{work_package}", _folder_name(package.name)) for package in packages)
        elif "{year}" in folder:
            yield from (folder.replace("{year}", str(year)) for year in years)
        else:
            yield folder


def _folder_name(name: str) -> str:
    """A work package's name without what SharePoint takes in no folder's name."""
    return re.sub(r'["*:<>?/\\|]+', " ", name).strip(" .") or "-"


def _with_parents(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        names = path.split("/")
        yield from ("/".join(names[: depth + 1]) for depth in range(len(names)))


# ------------------------------------------------------------------------------------------------------------ compare


def plan_people(
    wanted: WantedPlace, accounts: Mapping[str, Account], *, guests: frozenset[str], permitted: frozenset[str]
) -> list[Item]:
    """Plan people: accounts there are, guests to invite (*guests*: keys of people), and those a person must look
    into."""

    def item(person: Person) -> Item:
        account = accounts.get(person.email.lower())
        item = Item(key=f"person:{person.key}", state=State.PENDING, layer="register")
        if account is not None and not account.enabled:
            return replace(item, reason="account_disabled")
        if account is not None and account.kind is AccountKind.GUEST and not account.redeemed:
            return replace(item, reason=NOT_REDEEMED)
        if account is not None:
            return replace(item, state=State.SAME)
        if person.key not in guests:
            return replace(item, reason="account_missing")
        if person.key not in permitted:
            return replace(item, reason="held_by_allow_list")
        return replace(item, state=State.MISSING)

    return [item(person) for person in wanted.members]


def plan_memberships(
    prefix: str,
    people: Sequence[Person],
    accounts: Mapping[str, Account],
    present: Iterable[str],
    *,
    permitted: frozenset[str],
) -> list[Item]:
    """List those of *people* who must be put into a group whose account ids *present* are in it already."""
    there = set(present)

    def item(person: Person) -> Item:
        account = accounts.get(person.email.lower())
        item = Item(key=f"{prefix}:{person.key}", state=State.PENDING, layer="register")
        if account is None or not account.enabled:
            return replace(item, reason="no_usable_account")
        if account.id in there:
            return replace(item, state=State.SAME)
        if person.key not in permitted:
            return replace(item, reason="held_by_allow_list")
        return replace(item, state=State.MISSING)

    return [item(person) for person in people]


class Given(Protocol):
    """The note of something given: the account that got it."""

    @property
    def external_id(self) -> str: ...


def plan_leavers(
    prefix: str, people: Sequence[Person], known: Mapping[str, Given], present: Container[str]
) -> list[Item]:
    """List people whom we let in (noted below *prefix*), who are still there and have no role that lets them in."""
    stay = {f"{prefix}:{person.key}" for person in people}
    gone = [key for key in known if key.startswith(f"{prefix}:") and key not in stay]
    return [
        Item(key=key, state=State.DIFFERS, layer="register", reason="role_ended")
        for key in gone
        if known[key].external_id in present
    ]


def plan_strangers(
    prefix: str,
    people: Sequence[Person],
    accounts: Mapping[str, Account],
    known: Mapping[str, Given],
    present: Iterable[str],
) -> list[Item]:
    """List those whom people let in, by account id: theirs, and kept."""
    ours = {accounts[person.email.lower()].id for person in people if person.email.lower() in accounts}
    ours |= {thing.external_id for key, thing in known.items() if key.startswith(f"{prefix}:")}
    return [
        Item(key=f"{prefix}:{account_id}", state=State.LOCAL, layer="register", reason="added_by_people")
        for account_id in present
        if account_id not in ours
    ]
