"""An import against what was edited on pages: what it would overwrite, by entry and field, and who edited it last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.register.changes import differences, field_changes
from workflows.register.model import Documents, EntryAddress, FieldPath, LoggedAct
from workflows.register.plan import last_act

IMPORT = "imported"


@dataclass(frozen=True, kw_only=True)
class Overwritten:
    """A value that a person gave the register, and that an import would replace."""

    address: EntryAddress
    path: FieldPath
    now: Any
    wanted: Any
    by: str
    at: datetime


def overwritten_by(now: Documents, wanted: Documents, since: Sequence[LoggedAct]) -> tuple[Overwritten, ...]:
    """
    Return the values that people edited and that *wanted* would replace.

    *since*: all acts since the last import. What no act of a person touched is the files' own and is not among them.
    """
    found = []
    people = [act for act in since if act.act.kind != IMPORT]
    for change in differences(now, wanted):
        for value in field_changes(change.old, change.new):
            last = last_act(change.address, value.path, people)
            if last is not None:
                found.append(
                    Overwritten(
                        address=change.address,
                        path=value.path,
                        now=value.old,
                        wanted=value.new,
                        by=last.act.by,
                        at=last.act.at,
                    )
                )
    return tuple(found)
