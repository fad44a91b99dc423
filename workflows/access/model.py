"""Readers, their rights, and the places that rights are held in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.values import Role


class Right(StrEnum):
    """Permission that a page behind sign-in asks for. `docs/authorisation.md` says which role has which."""

    TAKE_PART = "take_part"
    """Any role: the start page, one's own settings, logging out."""
    SEE_COUNTY = "see_county"
    """The overview of all municipalities."""
    RUN_PROGRAMME = "run_programme"
    """Rollout, the template, pausing all, every message, bindings, the log of all."""
    LOOK_AFTER = "look_after"
    """To act for a municipality: its local lead, and the county lead, whose steps are recorded as theirs."""
    SEE_MUNICIPALITY = "see_municipality"
    """A municipality's page: everybody with a role in it or in one of its packages."""
    SEE_PACKAGE = "see_package"
    """
    A package and its answers: those who work in it, and those who look after its municipality. The local lead of
    another board that it reports to sees what concerns that board, and changes nothing.
    """
    LEAD_PACKAGE = "lead_package"
    """To answer for a package: its lead, and those who look after its municipality."""
    SEE_BOARD = "see_board"
    """A body's page: its people, and those who look after its municipality (the county lead: every body)."""
    SEE_LESSONS = "see_lessons"
    """The lessons that packages share: leads of packages and of municipalities, and the county lead."""
    SEE_IT = "see_it"
    """The findings of `doctor`: owners of our groups in Entra, and the county lead."""


@dataclass(frozen=True, kw_only=True)
class HeldRole:
    """A role that is held now; in a municipality, in a package of it, or (neither) in the programme."""

    role: Role
    municipality: str | None = None
    work_package: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A person who is signed in, with the roles and seats held on that day."""

    person: str
    name: str
    language: str
    roles: frozenset[HeldRole]
    bodies: frozenset[str] = frozenset()
    """Keys of the bodies whose meetings the person belongs to, optional people among them."""

    @property
    def runs_programme(self) -> bool:
        """True for a county lead."""
        return self.has(Role.COUNTY_LEAD)

    @property
    def municipalities(self) -> frozenset[str]:
        """The municipalities in which some role is held."""
        return frozenset(held.municipality for held in self.roles if held.municipality is not None)

    @property
    def looks_after(self) -> frozenset[str]:
        """The municipalities whose local lead the person is."""
        return frozenset(
            held.municipality for held in self.roles if held.role is Role.LOCAL_LEAD and held.municipality is not None
        )

    @property
    def packages(self) -> frozenset[str]:
        """The work packages in which some role is held."""
        return frozenset(held.work_package for held in self.roles if held.work_package is not None)

    @property
    def led_packages(self) -> frozenset[str]:
        """The work packages that the person leads."""
        return frozenset(
            held.work_package
            for held in self.roles
            if held.role is Role.WORK_PACKAGE_LEAD and held.work_package is not None
        )

    def has(self, role: Role) -> bool:
        """Return True when the person holds that role anywhere."""
        return any(held.role is role for held in self.roles)


@dataclass(frozen=True, kw_only=True)
class Where:
    """The place a page is about: a municipality, a package or body in it or in the programme; or none of them."""

    municipality: str | None = None
    work_package: str | None = None
    body: str | None = None
    boards: frozenset[str] = frozenset()
    """The other municipalities whose boards the package reports to."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A person's stay on our pages, from sign-in to its end. Its token is only in the browser's cookie."""

    id: str
    """The token's hash."""
    person: str
    issuer: str
    subject: str
    """Who the issuer says it is: with the issuer the identity that was signed in with."""
    started_at: datetime
    seen_at: datetime
    """Latest use, exact to a few minutes."""
    ends_at: datetime
    """The end, however much it is used."""
