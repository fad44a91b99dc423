"""Rights follow from the register's roles on a day."""

from datetime import date

import pytest

from config.programme import Programme
from config.values import Assignment, Municipality, PackageState, Person, Role
from tests.workflows import programme as base
from tests.workflows.status.rounds import programme as with_packages
from workflows.access.model import Reader, Right, Where
from workflows.access.rules import boards_seen, find_where, may, reader_of

TODAY = date(2026, 11, 2)
PEOPLE = {
    "county": Assignment(person="county", role=Role.COUNTY_LEAD),
    "owner": Assignment(person="owner", role=Role.TEAM_OWNER),
    "top": Assignment(person="top", role=Role.OWNER_BOARD_MEMBER),
    "helper": Assignment(person="helper", role=Role.CONTRIBUTOR, work_package="arena"),
    "guide": Assignment(person="guide", role=Role.ADVISER, municipality="a-dal"),
    "neighbour": Assignment(person="neighbour", role=Role.LOCAL_LEAD, municipality="b-vik"),
}


def programme(**changes: object) -> Programme:
    found = with_packages()
    people = tuple(
        Person(key=key, name=f"Rolle {key}", email=f"{key}@county.example", organisation="county") for key in PEOPLE
    )
    values = {"people": (*found.people, *people), "assignments": (*found.assignments, *PEOPLE.values())}
    return found.model_copy(update={**values, **changes})


def reader(person: str, whole: Programme | None = None) -> Reader:
    found = reader_of(whole or programme(), person, TODAY)
    assert found is not None
    return found


A_DAL, B_VIK = Where(municipality="a-dal"), Where(municipality="b-vik")
ARENA, BRO = (Where(municipality="a-dal", work_package=key) for key in ("arena", "bro"))
BOARD, OTHER_BOARD = Where(municipality="a-dal", body="a-dal"), Where(municipality="b-vik", body="b-vik")
OWNERS = Where(body="owner-board")

ALLOWED = {
    "lead": [
        (Right.LOOK_AFTER, A_DAL),
        (Right.SEE_MUNICIPALITY, A_DAL),
        *((right, where) for right in (Right.SEE_PACKAGE, Right.LEAD_PACKAGE) for where in (ARENA, BRO)),
        (Right.SEE_BOARD, BOARD),
        (Right.SEE_LESSONS, Where()),
    ],
    "neighbour": [
        (Right.LOOK_AFTER, B_VIK),
        (Right.SEE_MUNICIPALITY, B_VIK),
        (Right.SEE_BOARD, OTHER_BOARD),
        (Right.SEE_LESSONS, Where()),
    ],
    "chair": [(Right.SEE_MUNICIPALITY, A_DAL), (Right.SEE_BOARD, BOARD)],
    "member": [(Right.SEE_MUNICIPALITY, A_DAL), (Right.SEE_BOARD, BOARD)],
    "guide": [(Right.SEE_MUNICIPALITY, A_DAL)],
    "home-lead": [
        (Right.SEE_MUNICIPALITY, A_DAL),
        (Right.SEE_PACKAGE, ARENA),
        (Right.LEAD_PACKAGE, ARENA),
        (Right.SEE_LESSONS, Where()),
    ],
    "helper": [(Right.SEE_MUNICIPALITY, A_DAL), (Right.SEE_PACKAGE, ARENA)],
    "top": [(Right.SEE_BOARD, OWNERS)],
    "owner": [(Right.SEE_IT, Where())],
}
QUESTIONS = [
    *((Right.LOOK_AFTER, where) for where in (A_DAL, B_VIK)),
    *((Right.SEE_MUNICIPALITY, where) for where in (A_DAL, B_VIK)),
    *((right, where) for right in (Right.SEE_PACKAGE, Right.LEAD_PACKAGE) for where in (ARENA, BRO)),
    *((Right.SEE_BOARD, where) for where in (BOARD, OTHER_BOARD, OWNERS)),
    *((right, Where()) for right in (Right.SEE_COUNTY, Right.RUN_PROGRAMME, Right.SEE_LESSONS, Right.SEE_IT)),
]


@pytest.mark.parametrize("person", ALLOWED)
def test_a_role_gives_these_rights_and_no_others(person: str) -> None:
    found = reader(person)

    assert [question for question in QUESTIONS if may(found, *question)] == [
        question for question in QUESTIONS if question in ALLOWED[person]
    ]
    assert may(found, Right.TAKE_PART)


def test_a_county_lead_may_step_in_everywhere() -> None:
    assert all(may(reader("county"), *question) for question in QUESTIONS)


def test_the_local_lead_of_another_board_sees_its_part_of_a_package_that_reports_there_and_changes_nothing() -> None:
    whole = programme()
    shared = tuple(
        item.model_copy(update={"boards": ("b-vik",)}) if item.key == "arena" else item for item in whole.work_packages
    )
    known = programme(work_packages=shared)
    where = find_where(known, work_package="arena")
    assert where is not None
    neighbour = reader("neighbour", known)

    assert may(neighbour, Right.SEE_PACKAGE, where)
    assert boards_seen(neighbour, where) == frozenset({"b-vik"})
    assert not any(may(neighbour, right, where) for right in (Right.LEAD_PACKAGE, Right.LOOK_AFTER))
    assert [boards_seen(reader(person, known), where) for person in ("county", "lead", "helper")] == [None] * 3
    assert boards_seen(reader("member", known), where) == frozenset()


@pytest.mark.parametrize("person", ["stranger", "nobody"])
def test_a_person_without_a_role_is_no_reader(person: str) -> None:
    assert reader_of(programme(), person, TODAY) is None


@pytest.mark.parametrize(
    ("since", "until"),
    [(None, date(2026, 11, 1)), (date(2026, 11, 3), None)],
    ids=["ended yesterday", "begins tomorrow"],
)
def test_a_role_counts_on_its_own_days_only(since: date | None, until: date | None) -> None:
    role = Assignment(person="stranger", role=Role.LOCAL_LEAD, municipality="a-dal", since=since, until=until)

    assert reader_of(programme(assignments=(role,)), "stranger", TODAY) is None


def test_a_municipality_s_roles_end_with_its_part_in_the_programme() -> None:
    left = Municipality(**{**base.municipality("a-dal").model_dump(), "until": date(2026, 11, 1)})
    whole = programme(municipalities=(left, base.municipality("b-vik")))

    assert reader_of(whole, "lead", TODAY) is None
    assert reader_of(whole, "home-lead", TODAY) is None
    assert may(reader("county", whole), Right.LOOK_AFTER, A_DAL)


@pytest.mark.parametrize(
    "changes", [{"state": PackageState.ENDED}, {"until": date(2026, 11, 1)}], ids=["ended", "after its last day"]
)
def test_a_package_s_roles_end_with_it(changes: dict[str, object]) -> None:
    whole = programme()
    packages = tuple(item.model_copy(update=changes) for item in whole.work_packages)

    assert reader_of(programme(work_packages=packages), "home-lead", TODAY) is None


def test_a_local_board_belongs_to_its_optional_people_too() -> None:
    assert reader("lead").bodies == {"a-dal"}
    assert reader("top").bodies == {"owner-board"}


@pytest.mark.parametrize(
    ("names", "where"),
    [
        ({}, Where()),
        ({"municipality": "a-dal"}, A_DAL),
        ({"work_package": "arena"}, ARENA),
        ({"municipality": "a-dal", "work_package": "arena"}, ARENA),
        ({"municipality": "b-vik", "work_package": "arena"}, None),
        ({"body": "owner-board"}, OWNERS),
        ({"municipality": "b-vik", "body": "a-dal"}, None),
        ({"municipality": "a-dal", "body": "owner-board"}, None),
        ({"municipality": "c-by"}, None),
        ({"work_package": "c-by"}, None),
        ({"body": "c-by"}, None),
    ],
)
def test_an_address_names_a_place_that_is_there(names: dict[str, str], where: Where | None) -> None:
    assert find_where(programme(), **names) == where
