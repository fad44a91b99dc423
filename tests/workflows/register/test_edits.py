"""Each edit makes exactly its change, and says why when it cannot."""

from datetime import date, datetime

import pytest

from config.problems import InvalidInput
from config.programme import Programme
from config.values import PackageState, Place, Role
from tests.workflows.register.shelf import DAL, LATER, PACKAGE, SOR_A, planned, state
from workflows.register.edits.entries import PutEntry, TakeOutEntry
from workflows.register.edits.packages import (
    AddPackage,
    AdoptPackage,
    ChangePackage,
    EndPackage,
    PutIndicator,
    RemoveIndicator,
    ReopenPackage,
)
from workflows.register.edits.people import (
    AddPerson,
    ChangePerson,
    EndRole,
    GiveRole,
    RemovePerson,
    ReplaceLead,
    RoleSeat,
    suggest_organisation,
)
from workflows.register.edits.places import (
    AddMunicipality,
    ChangeMunicipality,
    NewPerson,
    SetDaysOff,
    SetMeetingDates,
    SetOverride,
)
from workflows.register.keys import free_key, slug_of
from workflows.register.model import RegisterState
from workflows.register.plan import Edit

LEAD = RoleSeat(role=Role.WORK_PACKAGE_LEAD, work_package=PACKAGE)
LOCAL = RoleSeat(role=Role.LOCAL_LEAD, municipality=DAL)


def after(*edits: Edit) -> Programme:
    """Return the programme after *edits*, each of which changes something."""
    now = state()
    for edit in edits:
        made = planned(edit, on=now)
        assert made.changes
        now = RegisterState(version=now.version + 1, documents=made.documents)
    return made.programme


def rule_of(*edits: Edit) -> str:
    """Return the rule that stands against the last of *edits*."""
    with pytest.raises(InvalidInput) as caught:
        after(*edits)
    return caught.value.problems[0].rule


# ------------------------------------------------------------------------------------------------------------- people


def test_a_lead_is_replaced_from_a_day_and_the_one_before_ends_the_day_before() -> None:
    programme = after(ReplaceLead(seat=LEAD, person="lokal", first_day=LATER))

    assert [item.key for item in programme.holders(LEAD.role, on=date(2026, 9, 30), work_package=PACKAGE)] == ["leder"]
    assert [item.key for item in programme.holders(LEAD.role, on=LATER, work_package=PACKAGE)] == ["lokal"]


def test_replacing_once_more_drops_the_one_who_would_have_begun_later() -> None:
    programme = after(
        ReplaceLead(seat=LOCAL, person="sjef", first_day=date(2026, 12, 1)),
        ReplaceLead(seat=LOCAL, person="leder", first_day=LATER),
    )

    held = [(item.person, item.since, item.until) for item in programme.assigned(Role.LOCAL_LEAD, None, DAL)]
    assert held == [("lokal", None, date(2026, 9, 30)), ("leder", LATER, None)]


def test_nobody_is_replaced_by_themselves() -> None:
    assert rule_of(ReplaceLead(seat=LOCAL, person="lokal", first_day=LATER)) == "same_person"


def test_a_role_is_given_and_ended() -> None:
    member = RoleSeat(role=Role.BOARD_MEMBER, municipality=DAL)
    programme = after(
        GiveRole(seat=member, person="leder", since=LATER), EndRole(seat=member, person="leder", last_day=LATER)
    )

    (item,) = programme.assigned(Role.BOARD_MEMBER, None, DAL)
    assert (item.person, item.since, item.until) == ("leder", LATER, LATER)


def test_a_role_that_has_not_begun_is_taken_out_when_it_ends() -> None:
    member = RoleSeat(role=Role.BOARD_MEMBER, municipality=DAL)
    programme = after(
        GiveRole(seat=member, person="leder", since=LATER),
        EndRole(seat=member, person="leder", last_day=date(2026, 9, 1)),
    )

    assert not programme.assigned(Role.BOARD_MEMBER, None, DAL)


def test_a_role_of_the_programme_stands_in_its_people() -> None:
    programme = after(GiveRole(seat=RoleSeat(role=Role.ADVISER), person="leder", since=None))

    assert [(item.person, item.municipality) for item in programme.assigned(Role.ADVISER)] == [("leder", None)]


def test_nobody_ends_a_role_that_a_person_has_not() -> None:
    assert rule_of(EndRole(seat=LOCAL, person="sjef", last_day=LATER)) == "gone"


def test_a_person_is_added_changed_and_taken_out() -> None:
    add = AddPerson(municipality=None, name="Rådgiver Åse", email="aase@fylket.example", organisation="fylket")
    programme = after(add, ChangePerson(person="radgiver-ase", values={"language": "nn"}))
    assert programme.person("radgiver-ase").language == "nn"

    gone = after(add, RemovePerson(person="radgiver-ase"))
    assert gone.find_person("radgiver-ase") is None


def test_a_person_with_a_role_stays() -> None:
    assert rule_of(RemovePerson(person="lokal")) == "has_roles"


@pytest.mark.parametrize(
    ("email", "organisation"),
    [("a@dal.example", "dal-kommune"), ("a@skole.DAL.example", "dal-kommune"), ("a@elsewhere.example", None)],
)
def test_an_address_says_the_organisation(email: str, organisation: str | None) -> None:
    found = suggest_organisation(planned(ChangePerson(person="sjef", values={"title": "x"})).programme, email)

    assert (found.key if found else None) == organisation


def test_keys_are_made_of_names_and_never_twice() -> None:
    assert slug_of("Ærlig øving på Å – del 2") == "aerlig-oving-pa-a-del-2"
    assert slug_of("…") == "entry"
    assert free_key("Verksted", {"dal-verksted"}, prefix="dal") == "dal-verksted-2"
    assert len(free_key("x" * 90, {"x" * 60})) <= 60


# ----------------------------------------------------------------------------------------------------------- packages


def proposed(*, minor: bool = False) -> AddPackage:
    return AddPackage(municipality=DAL, name="Båten på øya", lead="lokal", since=LATER, minor=minor)


def test_a_package_is_proposed_adopted_by_a_decision_and_ended_by_another() -> None:
    key = "dal-baten-pa-oya"
    assert after(proposed()).work_package(key).state is PackageState.PROPOSED

    adopted = after(proposed(), AdoptPackage(package=key, decision="3/2026", since=LATER)).work_package(key)
    assert (adopted.state, adopted.adopted_by) == (PackageState.RUNNING, "3/2026")

    last_day = date(2026, 12, 31)
    programme = after(
        proposed(),
        AdoptPackage(package=key, decision="3/2026", since=LATER),
        EndPackage(package=key, decision="9/2026", last_day=last_day),
    )
    assert (programme.work_package(key).until, programme.work_package(key).ended_by) == (last_day, "9/2026")
    assert [item.until for item in programme.assigned(Role.WORK_PACKAGE_LEAD, key)] == [last_day]


def test_adopting_and_ending_want_a_decision_unless_the_measure_is_minor() -> None:
    key = "dal-baten-pa-oya"
    assert rule_of(proposed(), AdoptPackage(package=key, decision="", since=LATER)) == "decision"
    assert rule_of(EndPackage(package=PACKAGE, decision="", last_day=LATER)) == "decision"

    minor = after(proposed(minor=True), EndPackage(package=key, decision="", last_day=LATER)).work_package(key)
    assert (minor.state, minor.until) == (PackageState.RUNNING, LATER)


def test_only_a_proposal_is_adopted_and_one_that_never_ran_just_ends() -> None:
    assert rule_of(AdoptPackage(package=PACKAGE, decision="1/2026", since=LATER)) == "not_proposed"

    ended = after(proposed(), EndPackage(package="dal-baten-pa-oya", decision="4/2026", last_day=LATER))
    assert ended.work_package("dal-baten-pa-oya").state is PackageState.ENDED


def test_a_package_goes_on_again_with_a_lead() -> None:
    programme = after(
        EndPackage(package=PACKAGE, decision="1/2026", last_day=date(2026, 9, 1)),
        ReopenPackage(package=PACKAGE, decision="2/2026", lead="lokal", since=LATER),
    )

    package = programme.work_package(PACKAGE)
    assert (package.until, package.ended_by, package.adopted_by) == (None, "", "2/2026")
    assert [item.key for item in programme.holders(LEAD.role, on=LATER, work_package=PACKAGE)] == ["lokal"]


def test_a_package_and_its_indicators_are_changed() -> None:
    programme = after(
        ChangePackage(package=PACKAGE, values={"summary": "Mer praksis."}),
        PutIndicator(package=PACKAGE, values={"name": "Nye bedrifter", "baseline": 1.0, "target": 5.0}),
        RemoveIndicator(package=PACKAGE, indicator="plasser"),
    )

    (indicator,) = programme.work_package(PACKAGE).indicators
    assert (indicator.key, indicator.baseline, indicator.target) == ("nye-bedrifter", 1.0, 5.0)


def test_an_indicator_that_is_gone_is_told() -> None:
    assert rule_of(PutIndicator(package=PACKAGE, indicator="ingen", values={"target": 1.0})) == "gone"
    assert rule_of(RemoveIndicator(package=PACKAGE, indicator="ingen")) == "gone"


# ------------------------------------------------------------------------------------------------------------ entries


def test_an_agreement_is_local_or_the_programme_s() -> None:
    signed = {"signed_on": date(2026, 1, 10), "expires_on": date(2027, 1, 9)}
    about = {"organisation": "dal-kommune"}
    programme = after(
        PutEntry(kind="partner.put", section="partners", municipality=None, about=about, values=signed),
        PutEntry(kind="partner.put", section="partners", municipality=DAL, about=about, values={"note": "Lokalt"}),
    )

    mine = [item for item in programme.partners if item.organisation == "dal-kommune"]
    assert [(item.municipality, item.expires_on, item.note) for item in mine] == [
        (None, date(2027, 1, 9), ""),
        (DAL, None, "Lokalt"),
    ]


def test_an_agreement_does_not_end_before_it_is_signed() -> None:
    wrong = {"signed_on": date(2026, 1, 10), "expires_on": date(2026, 1, 9)}
    about = {"organisation": "fylket"}
    assert rule_of(PutEntry(kind="x", section="partners", municipality=None, about=about, values=wrong)) == (
        "before_start"
    )


def test_a_stakeholder_gets_a_key_and_is_taken_out() -> None:
    values = {"name": "Foreldrerådet", "involvement": "consulted", "responsible": "lokal"}
    put = PutEntry(kind="stakeholder.put", section="stakeholders", municipality=DAL, about={}, values=values)
    (found,) = after(put).stakeholders
    assert (found.key, found.municipality, found.involvement) == ("dal-foreldreradet", DAL, "consulted")

    out = TakeOutEntry(kind="x", section="stakeholders", municipality=DAL, about={"key": found.key})
    assert after(put, out).stakeholders == ()
    assert planned(out).changes == ()


def spent(municipality: str | None, line: str, year: int, sum_: int) -> PutEntry:
    about = {"line": line, "year": year}
    return PutEntry(
        kind="spending.put", section="spending", municipality=municipality, about=about, values={"spent": sum_}
    )


def test_spending_is_kept_for_a_line_and_a_year() -> None:
    programme = after(spent(None, "B1", 2026, 10), spent(None, "B1", 2026, 20), spent(DAL, "B2", 2026, 5))

    found = [(item.line, item.municipality, item.spent) for item in programme.spending]
    assert found == [("B1", None, 20), ("B2", DAL, 5)]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        pytest.param(spent(None, "B2", 2026, 1), "line", id="a municipality's line for the programme"),
        pytest.param(spent(DAL, "B1", 2026, 1), "line", id="the programme's line for a municipality"),
        pytest.param(spent(None, "B1", 2025, 1), "year", id="a year the line is not for"),
        pytest.param(spent(None, "B9", 2026, 1), "unknown", id="no such line"),
    ],
)
def test_spending_belongs_to_a_line_of_its_own_and_its_year(edit: Edit, rule: str) -> None:
    assert rule_of(edit) == rule


def test_a_municipality_has_budget_lines_of_its_own() -> None:
    values = {"purpose": "Sommerjobb", "amount": 20000, "years": (2026,)}
    put = PutEntry(kind="budget.put", section="budget", municipality=DAL, about={}, values=values)
    programme = after(put, spent(DAL, "dal-sommerjobb", 2026, 700))

    assert [(item.key, item.municipality) for item in programme.budget][-1] == ("dal-sommerjobb", DAL)
    assert rule_of(put, spent(SOR_A, "dal-sommerjobb", 2026, 1)) == "line"


def test_the_progress_of_an_activity_is_each_municipality_s() -> None:
    about = {"activity": "M26-01"}
    put = PutEntry(kind="x", section="progress", municipality=DAL, about=about, values={"state": "done"})

    (found,) = after(put).progress
    assert (found.activity, found.municipality, found.state) == ("M26-01", DAL, "done")


def test_a_first_entry_makes_its_document_where_there_is_none() -> None:
    now = state()
    without = RegisterState(
        version=1, documents={path: data for path, data in now.documents.items() if path != "calendar.yaml"}
    )
    about = {"school_year": "2026/27", "kind": "winter", "first": date(2027, 2, 22)}
    put = PutEntry(
        kind="x", section="school_breaks", municipality=None, about=about, values={"last": date(2027, 2, 26)}
    )

    assert planned(put, on=without).programme.school_breaks[0].last == date(2027, 2, 26)


# ------------------------------------------------------------------------------------------------------------- places


def test_a_municipality_s_place_and_meetings_are_changed() -> None:
    dates = [datetime.fromisoformat(day) for day in ("2026-12-03T12:00", "2026-10-15T12:00")]
    theirs = {"place": Place.NONE, "meetings": "theirs", "meeting_dates": [dates[0]]}
    programme = after(
        ChangeMunicipality(municipality=DAL, values=theirs), SetMeetingDates(municipality=DAL, dates=dates)
    )

    dal = programme.municipality(DAL)
    assert (dal.place, dal.meeting_dates) == (Place.NONE, (dates[1], dates[0]))
    assert rule_of(ChangeMunicipality(municipality=DAL, values={"meetings": "theirs"})) == "their_dates"


def test_an_override_is_said_and_taken_back() -> None:
    path = ("rhythm", "starts")
    say = SetOverride(municipality=DAL, part="bodies", key="local-board", path=path, value="12:30")
    rhythm = after(say).body(DAL).rhythm
    assert rhythm is not None
    assert str(rhythm.starts) == "12:30:00"

    back = SetOverride(municipality=DAL, part="bodies", key="local-board", path=path, value=None)
    made = planned(back, on=RegisterState(version=2, documents=planned(say).documents))
    assert made.documents == state().documents


def test_the_county_says_something_for_all() -> None:
    say = SetOverride(municipality=None, part="bodies", key="local-board", path=("location",), value="Teams")

    programme = after(say)

    assert {programme.body(DAL).location, programme.body(SOR_A).location} == {"Teams"}


def test_days_off_are_kept_once_and_in_order() -> None:
    days = [date(2026, 12, 31), date(2026, 12, 24), date(2026, 12, 31)]

    assert after(SetDaysOff(days=days)).days_off == (date(2026, 12, 24), date(2026, 12, 31))


def test_a_municipality_is_added_with_its_people() -> None:
    people = [
        NewPerson(role=Role.BOARD_CHAIR, name="Oppvekstsjef Vik", email="sjef@vik.example"),
        NewPerson(role=Role.LOCAL_LEAD, name="Lokal leder Vik", email="lokal@vik.example"),
        NewPerson(role=Role.BOARD_MEMBER, name="Rektor Vik", email="r@fylket.example", organisation="fylket"),
    ]
    add = AddMunicipality(
        slug="vik", number="9903", name="Vik", domain="vik.example", people=people, values={"place": "none"}
    )

    programme = after(add)

    assert programme.municipality("vik").place is Place.NONE
    assert [item.name for item in programme.holders(Role.LOCAL_LEAD, on=LATER, municipality="vik")] == [
        "Lokal leder Vik"
    ]
    assert programme.local_board("vik").name == "Styret i Vik"
    assert rule_of(add, add) == "taken"
    other = AddMunicipality(slug="vik-2", number="9901", name="Vik", domain="v.example", people=people[:0], values={})
    assert rule_of(other) == "taken"
