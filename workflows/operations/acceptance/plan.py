"""The conditions of an acceptance run: it is refused unless every one holds, before anything is asked of a tenant."""

from collections.abc import Collection, Sequence

from config.problems import Phrase, phrase
from config.programme import Programme
from config.settings import variable
from workflows.operations.acceptance.model import AcceptanceTarget


def refusals(
    target: AcceptanceTarget,
    programme: Programme | None,
    *,
    allowed: Collection[str] | None,
    is_sandboxed: bool,
    tenant_id: str,
    acceptance_tenant: str,
) -> Sequence[Phrase]:
    """Return the reasons against a run, each as a text's key with its values; none: it may begin."""
    return [
        *_of_people(target, allowed),
        *_of_place(target, programme),
        *_of_tenant(is_sandboxed=is_sandboxed, tenant_id=tenant_id, acceptance_tenant=acceptance_tenant),
    ]


def _of_people(target: AcceptanceTarget, allowed: Collection[str] | None) -> list[Phrase]:
    if allowed is None:
        return [phrase("acceptance_no_list", variable=variable("allowed_recipients"))]
    listed = {address.lower() for address in allowed}
    others = [address for address in (target.owner, target.guest) if address.lower() not in listed]
    if others:
        return [phrase("acceptance_not_listed", address=address) for address in others]
    if target.owner.lower() == target.guest.lower():
        return [phrase("acceptance_one_person")]
    return [] if target.organizer else [phrase("acceptance_no_mailbox", variable=variable("organizer"))]


def _of_place(target: AcceptanceTarget, programme: Programme | None) -> list[Phrase]:
    """Nothing that the register knows may be touched."""
    if programme is None:
        return []
    known = {item.slug for item in programme.municipalities} | {place.key for place in programme.places}
    return [phrase("acceptance_in_register", name=target.slug)] if target.slug in known else []


def _of_tenant(*, is_sandboxed: bool, tenant_id: str, acceptance_tenant: str) -> list[Phrase]:
    """A tenant is tried only when it is named a second time, as the one for tests."""
    if is_sandboxed or (tenant_id and tenant_id == acceptance_tenant):
        return []
    return [phrase("acceptance_no_tenant", variable=variable("acceptance_tenant"), name=tenant_id or "–")]
