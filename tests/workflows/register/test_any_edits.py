"""After any sequence of edits and undos the register is valid, its export loads as the same, and its log replays."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.export import export_documents
from config.loading import load_documents, load_programme, programme_from
from config.problems import InvalidInput
from config.values import Role
from tests.workflows.register.shelf import DAL, PACKAGE, SOR_A, act, documents
from workflows.register.changes import apply, rewind
from workflows.register.edits.entries import PutEntry, TakeOutEntry
from workflows.register.edits.packages import (
    AddPackage,
    AdoptPackage,
    EndPackage,
    PutIndicator,
    RemoveIndicator,
    ReportToBoard,
)
from workflows.register.edits.people import (
    AddPerson,
    ChangePerson,
    EndRole,
    GiveRole,
    RemovePerson,
    ReplaceLead,
    RoleSeat,
)
from workflows.register.edits.places import SetDaysOff, SetOverride
from workflows.register.model import ChangedMeanwhile, LoggedAct, RegisterState
from workflows.register.plan import Edit, plan_edit, plan_undo

DAYS = st.dates(date(2026, 8, 1), date(2026, 12, 1))
PEOPLE = st.sampled_from(["sjef", "lokal", "leder", "sjef-sor-a", "lokal-sor-a", "ny", "ingen"])
PLACES = st.sampled_from([DAL, SOR_A])
PACKAGES = st.sampled_from([PACKAGE, "sor-a-baten", "dal-bat", "ingen"])
WORDS = st.sampled_from(["", "Båt", "En lengre tekst, med «tegn»: og – mer", "#ikke kommentar", "ja", "12", "null"])
SEATS = st.one_of(
    st.builds(RoleSeat, role=st.sampled_from([Role.BOARD_MEMBER, Role.LOCAL_LEAD]), municipality=PLACES),
    st.builds(RoleSeat, role=st.just(Role.WORK_PACKAGE_LEAD), work_package=PACKAGES),
)
DECISIONS = st.sampled_from(["", "3/2026"])
STAKEHOLDERS = {"section": st.just("stakeholders"), "kind": st.just("x"), "municipality": PLACES | st.none()}
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(AddPerson, municipality=st.just(DAL), name=st.just("Ny"), email=st.just("ny@dal.example"),
              organisation=st.sampled_from(["dal-kommune", "fylket"])),
    st.builds(ChangePerson, person=PEOPLE, values=st.fixed_dictionaries({"title": WORDS}, optional={
        "language": st.sampled_from(["nb", "nn", "xx"]), "blocked_dates": st.lists(DAYS, max_size=2)})),
    st.builds(RemovePerson, person=PEOPLE),
    st.builds(GiveRole, seat=SEATS, person=PEOPLE, since=DAYS | st.none()),
    st.builds(EndRole, seat=SEATS, person=PEOPLE, last_day=DAYS),
    st.builds(ReplaceLead, seat=SEATS, person=PEOPLE, first_day=DAYS),
    st.builds(AddPackage, municipality=st.just(DAL), name=st.just("Båt"), lead=PEOPLE, since=DAYS, minor=st.booleans()),
    st.builds(ReportToBoard, package=PACKAGES, board=PLACES, reports=st.booleans()),
    st.builds(AdoptPackage, package=PACKAGES, decision=DECISIONS, since=DAYS),
    st.builds(EndPackage, package=PACKAGES, decision=DECISIONS, last_day=DAYS),
    st.builds(PutIndicator, package=PACKAGES, indicator=st.sampled_from(["", "plasser"]),
              values=st.fixed_dictionaries({"name": WORDS, "target": st.floats(0, 9) | st.none()})),
    st.builds(RemoveIndicator, package=PACKAGES, indicator=st.just("plasser")),
    st.builds(PutEntry, about=st.just({}), values=st.fixed_dictionaries({"name": WORDS, "interest": WORDS}),
              **STAKEHOLDERS),
    st.builds(TakeOutEntry, about=st.just({"key": "dal-bat"}), **STAKEHOLDERS),
    st.builds(SetDaysOff, days=st.lists(DAYS, max_size=3)),
    st.builds(SetOverride, municipality=PLACES | st.none(), part=st.just("bodies"), key=st.just("local-board"),
              path=st.just(("location",)), value=WORDS | st.none()),
)  # fmt: skip
UNDO = st.integers(0, 8)


class Played:
    """A register to which edits and undos are done, some by people who saw it some acts ago."""

    def __init__(self) -> None:
        self.first = documents()
        self.now = RegisterState(version=0, documents=self.first)
        self.acts: list[LoggedAct] = []

    def do(self, edit: Edit, late: int) -> None:
        seen = max(0, len(self.acts) - late)
        self._keep(plan_edit(self.now, edit, since=self.acts[seen:]))

    def undo(self, number: int) -> None:
        if number < len(self.acts):
            self._keep(plan_undo(self.now, self.acts[number], since=self.acts[number + 1 :]))

    def _keep(self, planned: Any) -> None:
        if planned.changes:
            self.now = RegisterState(version=self.now.version + 1, documents=planned.documents)
            self.acts.append(act(planned.changes, version=self.now.version))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(steps=st.lists(st.tuples(EDITS, st.integers(0, 3)) | UNDO, min_size=1, max_size=9))
def test_any_edits_and_undos_leave_a_valid_register_that_exports_and_replays(steps: list[Any]) -> None:
    played = Played()
    for step in steps:
        try:
            played.undo(step) if isinstance(step, int) else played.do(*step)
        except (InvalidInput, ChangedMeanwhile):
            continue

    now = played.now.documents
    programme = programme_from(now)
    changes = [change for item in played.acts for change in item.changes]
    assert apply(played.first, changes) == now
    assert programme_from(rewind(now, changes)) == programme_from(played.first)
    with TemporaryDirectory() as folder:
        export_documents(now, Path(folder))
        assert load_documents(Path(folder)) == now
        assert load_programme(Path(folder)) == programme
