"""A small register for tests: the sample programme with a second municipality, and a store that keeps it in memory."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.loading import load_documents, programme_from
from config.programme import Programme
from tests.clocks import NOON
from tests.config.samples import ANOTHER, FILES, write
from workflows.ports.units import DueUnit
from workflows.register.changes import in_order
from workflows.register.model import Act, Change, Documents, LoggedAct, RegisterState
from workflows.register.plan import Edit, PlannedEdit, plan_edit

DAL, SOR_A = "dal", "sor-a-og-ovre-sjo"
DAL_FILE = "municipalities/dal.yaml"
PACKAGE = "dal-verksted"
LATER = date(2026, 10, 1)
MONEY = """\
budget:
  - {key: B1, amount: 100000, years: [2026, 2027], purpose: Drift}
  - {key: B2, amount: 50000, years: [2026], per: municipality, purpose: Driftsmidler}
activities:
  - {key: M26-01, years: [2026], level: municipality, text: Kartlegge interessenter}
"""


def documents() -> dict[str, Any]:
    """Return the documents as plain data."""
    files = FILES | {"municipalities/sor-a.yaml": ANOTHER, "programme.yaml": FILES["programme.yaml"] + MONEY}
    with TemporaryDirectory() as folder:
        return in_order({path: dict(data) for path, data in load_documents(write(Path(folder), files)).items()})


def state(version: int = 1) -> RegisterState:
    return RegisterState(version=version, documents=documents())


def planned(edit: Edit, *, on: RegisterState | None = None) -> PlannedEdit:
    return plan_edit(on or state(), edit)


def act(changes: Sequence[Change], *, version: int = 2, by: str = "lokal", at: datetime = NOON) -> LoggedAct:
    return LoggedAct(version=version, act=Act(by=by, kind="person.changed", at=at), changes=tuple(changes))


class ShelfRegister:
    """A register in memory. *slips*: writes of somebody else that come in just before the next one."""

    def __init__(self) -> None:
        self.now = state()
        self.acts: list[LoggedAct] = []
        self.due: list[DueUnit] = []
        self.slips: list[Edit] = []

    async def state(self, paths: Sequence[str] | None = None) -> RegisterState:
        found = {path: data for path, data in self.now.documents.items() if paths is None or path in paths}
        return RegisterState(version=self.now.version, documents=found)

    async def programme(self) -> Programme:
        return programme_from(self.now.documents)

    async def keep(
        self, was: RegisterState, documents: Documents, changes: Sequence[Change], act: Act, *, then: Sequence[DueUnit]
    ) -> bool:
        if self.slips:
            other = plan_edit(self.now, self.slips.pop())
            self._store(other.documents, other.changes, Act(by="leder", kind="person.changed", at=NOON))
        if was.version != self.now.version:
            return False
        self._store(documents, changes, act)
        self.due += then
        return True

    def _store(self, documents: Documents, changes: Sequence[Change], act: Act) -> None:
        version = self.now.version + 1
        self.now = RegisterState(version=version, documents=documents)
        self.acts.append(LoggedAct(version=version, act=act, changes=tuple(changes)))

    async def acts_since(self, version: int) -> Sequence[LoggedAct]:
        return [act for act in self.acts if act.version > version]

    async def find_act(self, version: int) -> LoggedAct | None:
        return next((act for act in self.acts if act.version == version), None)

    async def latest_acts(self, *, document: str | None, before: int | None, most: int) -> Sequence[LoggedAct]:
        found = [act for act in self.acts if before is None or act.version < before]
        return [act for act in found if document in (None, *(c.address.document for c in act.changes))][::-1][:most]
