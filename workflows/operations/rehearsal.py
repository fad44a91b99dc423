"""Rehearsal: what an allow-list of recipients leaves undone."""

from collections.abc import Collection
from datetime import datetime

from config.programme import Programme
from config.settings import variable
from workflows.operations.findings import Finding, Verdict


def check_rehearsal(programme: Programme | None, allowed: Collection[str] | None, *, now: datetime) -> list[Finding]:
    """
    Return the places that a rehearsal for the *allowed* addresses leaves unmade: Teams makes no team without an owner.

    *allowed*: None where everybody may receive what the service sends.
    """
    if programme is None or allowed is None:
        return []
    listed, today = {address.lower() for address in allowed}, programme.today(now)
    ownerless = [
        place.name
        for place in programme.places
        if not any(owner.email.lower() in listed for owner in programme.owners(place, today))
    ]
    if not ownerless:
        return []
    values = {"places": ", ".join(ownerless), "variable": variable("allowed_recipients")}
    return [Finding(verdict=Verdict.MISSING, rule="rehearsal_ownerless", values=values, todo="list_owner")]
