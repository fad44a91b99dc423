"""Runs what is due."""

from dataclasses import dataclass

from workflows.ports import DueUnit


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A unit that an engine holds under a lease. *run* tells this hold from a later one by the same owner."""

    unit: DueUnit
    owner: str
    run: int
    failures: int
