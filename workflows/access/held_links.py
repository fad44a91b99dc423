"""Links that people hold to pages of a municipality or of the programme: listed, and ended, by those who lead there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from config.programme import Programme
from workflows.ports.links import LinkPurpose

PREFIXES = ("person:", "own_meetings:", "guests:")
"""Beginnings of subjects that name a person or a scope, and no thing below a body or place."""


@dataclass(frozen=True, kw_only=True)
class HeldLink:
    """A link that opens something today."""

    id: str
    """Names the link and opens nothing: its token is this, signed."""
    purpose: LinkPurpose
    subject: str
    person: str | None
    """The person it acts for; None for an address that everybody in a body or team has."""
    issued_at: datetime | None
    """None for links from before this was noted."""
    used_at: datetime | None
    """Latest use, exact to a day."""
    expires_at: datetime | None
    work_package: str | None = None
    """Of an answer's link, whose subject is a request."""
    meeting: str | None = None
    """Of an answer's link."""


@dataclass(frozen=True, kw_only=True)
class LinkOwner:
    """The beginnings of subjects that belong to one municipality, or to none."""

    roots: frozenset[str]
    """Keys of its bodies and places, and its own."""
    people: frozenset[str]
    """People with a role there today."""
    packages: frozenset[str]
    """The work packages of the municipality."""

    def has(self, link: HeldLink) -> bool:
        """Return True when a link leads to something that belongs here."""
        if link.work_package is not None:
            return link.work_package in self.packages
        for prefix in PREFIXES:
            if link.subject.startswith(prefix):
                named = link.subject.removeprefix(prefix)
                return named in self.people or named in self.roots
        return link.subject.partition("/")[0] in self.roots

    @property
    def subjects(self) -> frozenset[str]:
        """The subjects that stand alone, as they are stored."""
        named = {f"{prefix}{name}" for prefix in PREFIXES for name in self.people | self.roots}
        return frozenset(self.roots | named)


class HeldLinks(Protocol):
    """The links that have not ended."""

    async def list_held(self, owner: LinkOwner) -> Sequence[HeldLink]:
        """List the links to whatever belongs to *owner*, the latest used first."""
        ...

    async def find_held(self, link_id: str) -> HeldLink | None: ...

    async def end(self, link_id: str, *, by: str) -> bool:
        """End one link, and write down who did; False when it had ended. A repeat is harmless."""
        ...


def owner_of(programme: Programme, slug: str | None, today: date) -> LinkOwner:
    """Return what belongs to a municipality, or (None) to the programme alone: its owner board, networks and places."""
    bodies = {body.key for body in programme.bodies if body.municipality == slug}
    places = {place.key for place in programme.places if place.municipality == slug}
    packages = {package.key for package in programme.work_packages if slug and package.municipality == slug}
    people = {
        item.person
        for item in programme.assignments
        if item.holds(today) and (item.work_package in packages if item.work_package else item.municipality == slug)
    }
    return LinkOwner(
        roots=frozenset({slug or programme.key, *bodies, *places}),
        people=frozenset(people),
        packages=frozenset(packages),
    )


def package_of(programme: Programme, link: HeldLink) -> str:
    """Return the name of the work package that an answer's link is about; empty for any other link."""
    package = programme.find_work_package(link.work_package) if link.work_package else None
    return package.name if package else ""


def day_of(link: HeldLink) -> date | None:
    """Return the meeting's day that a link's subject names, if it does."""
    for part in (link.meeting or link.subject).split("/")[1:]:
        try:
            return date.fromisoformat(part)
        except ValueError:
            continue
    return None
