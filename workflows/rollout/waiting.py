"""An order that only waits looks at what it waits for, and not at the whole place again.

A team takes minutes to be made, a site up to hours, and a new guest may not be known everywhere for as long. Microsoft
counts each question, and a whole look has some thirty.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from workflows.digest import digest
from workflows.errors import IdentityClosed, OutsideError, Transient
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.place import OperationState
from workflows.ports.units import Parked
from workflows.rollout.orders import ADOPT, restore_key
from workflows.rollout.plan_log import NotYet
from workflows.rollout.polling import note_waiting
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk

MADE = "order.made"
"""Under which it is noted how much an order made before it had to wait, and for what it waits."""
WHOLE_LOOK = timedelta(minutes=15)
"""After which the whole place is looked at again, so that nothing that people do meanwhile is missed for long."""
_MADE_BY_MICROSOFT = ("team", "site")


def waiting_note(walk: Walk, made: int, until: datetime | None) -> Resource:
    """Return the note of an order that has to wait: until a moment, or as long as the engine says."""
    only_waits = all(any(error is wait for wait in walk.waits.values()) for error in walk.log.trouble.unfinished)
    details: dict[str, Any] = {"number": made}
    if only_waits:
        details |= {"waits": sorted(walk.waits), "looked": walk.began.isoformat(), "wanted": _fingerprint(walk)}
        details |= {"until": until.isoformat()} if until is not None else {}
    return Resource(key=MADE, external_id="", details=details)


async def wait_on(walk: Walk) -> Parked | None:
    """
    Wait on, when all that the order waited for is still to come; None when the place is to be looked at as a whole.

    Raises Transient where a person is not known everywhere yet, and nothing else is waited for.
    """
    note = walk.known.get(MADE)
    if note is None or not _may_wait_on(walk, note.details):
        return None
    unknown: list[Transient] = []
    came: list[str] = []

    async def look(key: str) -> None:
        try:
            has_come = await _has_come(walk, key)
        except IdentityClosed:
            raise
        except Transient as error:
            # A person who is not known everywhere yet; of anything else the whole look tells.
            has_come = key in _MADE_BY_MICROSOFT
            unknown.append(error)
        except OutsideError:
            has_come = True
        if has_come:
            came.append(key)

    await walk.ports.together(*(look(key) for key in note.details["waits"]))
    if came:
        return None
    return await _parked(walk, note, unknown)


def _may_wait_on(walk: Walk, details: Mapping[str, Any]) -> bool:
    ordered = any(key == ADOPT or key.startswith(restore_key("")) for key in walk.known)
    if not details.get("waits") or ordered or "group" not in walk.known:
        return False
    # Somebody ordered it again before its time.
    ahead = "until" in details and walk.began < datetime.fromisoformat(details["until"])
    long_ago = walk.began >= datetime.fromisoformat(details["looked"]) + WHOLE_LOOK
    return not ahead and not long_ago and details["wanted"] == _fingerprint(walk)


def _has_come(walk: Walk, key: str) -> Awaitable[bool]:
    group_id = walk.known["group"].external_id
    if key == "site":
        return _is_site_there(walk, group_id)
    if key == "team":
        return _is_team_decided(walk, group_id)
    return _is_let_in(walk, group_id, key)


async def _is_site_there(walk: Walk, group_id: str) -> bool:
    return await walk.ports.sites.find_group_site(group_id) is not None


async def _is_team_decided(walk: Walk, group_id: str) -> bool:
    begun = walk.known.get("team.operation")
    if begun is None:
        return await walk.ports.teams.has_team(group_id)
    return await walk.ports.teams.operation(begun.external_id) is not OperationState.RUNNING


async def _is_let_in(walk: Walk, group_id: str, key: str) -> bool:
    """Let the person in once more, whose membership was noted before it was tried first."""
    emails = {f"member:{person.key}": person.email for person in walk.wanted.members}
    given = walk.known.get(key)
    if given is None or key not in emails:
        return True
    account = Account(id=given.external_id, email=emails[key], kind=AccountKind.GUEST)
    await walk.ports.memberships.add_member(group_id, account)
    return True


async def _parked(walk: Walk, note: Resource, unknown: list[Transient]) -> Parked | None:
    waits: list[NotYet] = []
    for key in note.details["waits"]:
        if key not in _MADE_BY_MICROSOFT:
            continue
        try:
            if await note_waiting(walk, key) is not None:
                # Waited for a day in vain: that is told with the rest of the place.
                return None
        except NotYet as wait:
            waits.append(wait)
    if not waits:
        raise unknown[0]
    first = min(waits, key=lambda wait: wait.until)
    await walk.keep(replace(note, details={**note.details, "until": first.until.isoformat()}))
    return Parked(until=first.until, note=first.note)


def _fingerprint(walk: Walk) -> str:
    """Return the fingerprint of what a change of the register would change soon."""
    wanted = walk.wanted
    people = [f"{person.key} {person.email}" for person in (*wanted.owners, *wanted.members)]
    return digest(wanted.spec.name, *people, *(f"{each.key} {each.name}" for each in wanted.channels), *wanted.folders)
