"""Deciding on edits, without storing anything: on what the editor saw, merged with what others did since, checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from config.loading import programme_from
from config.programme import Programme
from workflows.register.changes import apply, differences, field_changes, rewind, value_at, with_field
from workflows.register.draft import Draft
from workflows.register.model import (
    Change,
    ChangedMeanwhile,
    Documents,
    EditClash,
    EntryAddress,
    FieldChange,
    LoggedAct,
    NotTheirs,
    RegisterState,
)


class Edit(Protocol):
    """An edit of the register, as a value."""

    @property
    def kind(self) -> str:
        """Return the kind of the act, for the log."""
        ...

    def apply(self, draft: Draft) -> None:
        """Make the edit on a draft. Raises InvalidInput where a rule of its own stands against it."""
        ...


@dataclass(frozen=True, kw_only=True)
class PlannedEdit:
    """An edit that can be stored. Without changes the register says it already."""

    documents: dict[str, Any]
    changes: tuple[Change, ...]
    programme: Programme
    """The programme that the documents make."""


def plan_edit(
    state: RegisterState, edit: Edit, *, since: Sequence[LoggedAct] = (), within: str | None = None
) -> PlannedEdit:
    """
    Plan an edit of a person who saw the register as it was before the acts *since*.

    What others changed meanwhile stays, and what the editor changed comes to it. Raises ChangedMeanwhile when both
    changed the same value to different ones, NotTheirs when *within* is a municipality and the edit reaches further,
    and InvalidInput with everything that `check` would say of the result.
    """
    seen = rewind(state.documents, [change for act in since for change in act.changes])
    draft = Draft(seen)
    edit.apply(draft)
    return _planned(state.documents, seen, draft.documents, since, within)


def plan_undo(
    state: RegisterState, act: LoggedAct, *, since: Sequence[LoggedAct], within: str | None = None
) -> PlannedEdit:
    """
    Plan to take back *act*, after which *since* happened.

    Raises ChangedMeanwhile when somebody changed since one of the values that it would set back; otherwise as
    `plan_edit`.
    """
    after = rewind(state.documents, [change for later in since for change in later.changes])
    return _planned(state.documents, after, rewind(after, act.changes), since, within)


def _planned(
    now: Documents, seen: Documents, wanted: Documents, since: Sequence[LoggedAct], within: str | None
) -> PlannedEdit:
    mine, theirs = differences(seen, wanted), differences(seen, now)
    if within is not None:
        _keep_within(now, mine, within)
    clashes = tuple(_clashes(mine, theirs, since))
    if clashes:
        raise ChangedMeanwhile(clashes)
    merged = _merge(now, mine) if theirs else dict(wanted)
    return PlannedEdit(documents=merged, changes=differences(now, merged), programme=programme_from(merged))


def _keep_within(documents: Documents, changes: Sequence[Change], municipality: str) -> None:
    for change in changes:
        document = documents.get(change.address.document)
        own = (document or {}).get("municipality") if isinstance(document, dict) else None
        if not isinstance(own, dict) or own.get("slug") != municipality or not change.address.section:
            raise NotTheirs(f"{change.address.document} is not {municipality}'s")


def _clashes(mine: Sequence[Change], theirs: Sequence[Change], since: Sequence[LoggedAct]) -> Iterator[EditClash]:
    for one in mine:
        for other in theirs:
            if not one.address.overlaps(other.address):
                continue
            if one.address != other.address:
                yield _clash(one.address, FieldChange(path=(), old=one.old, new=one.new), other.new, since)
                continue
            for value in field_changes(one.old, one.new):
                for their in field_changes(other.old, other.new):
                    if value != their and _holds(value.path, their.path):
                        yield _clash(one.address, value, their.new, since)


def _holds(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return True when one of two paths leads to a part of the other's value, or both to the same."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _clash(address: EntryAddress, value: FieldChange, theirs: Any, since: Sequence[LoggedAct]) -> EditClash:
    last = last_act(address, value.path, since)
    return EditClash(
        address=address,
        path=value.path,
        seen=value.old,
        theirs=theirs,
        yours=value.new,
        by=last.act.by if last else "",
        at=last.act.at if last else None,
    )


def last_act(address: EntryAddress, path: tuple[str, ...], acts: Sequence[LoggedAct]) -> LoggedAct | None:
    """Return the last of *acts* that changed a value, or something that holds it."""
    for act in reversed(acts):
        for change in act.changes:
            if address.overlaps(change.address) and (
                address != change.address
                or any(_holds(path, each.path) for each in field_changes(change.old, change.new))
            ):
                return act
    return None


def _merge(now: Documents, mine: Sequence[Change]) -> dict[str, Any]:
    """Return the documents with the editor's values beside those that others changed in the same entries."""
    made = dict(now)
    for change in mine:
        current = value_at(made, change.address)
        new = change.new
        if current is not None and change.old is not None and new is not None:
            new = current
            for value in field_changes(change.old, change.new):
                new = with_field(new, value.path, value.new)
        made = apply(made, [Change(address=change.address, old=current, new=new, position=change.position)])
    return made
