"""Links that belong to a municipality, and what each is about."""

from datetime import date
from typing import Any

import pytest

from config.values import Assignment, Role
from tests.workflows.status.rounds import HOME, MEETING, programme
from workflows.access.held_links import HeldLink, day_of, owner_of, package_of

TODAY = date(2026, 10, 28)


def link(subject: str, **changes: Any) -> HeldLink:
    values = {"id": "1", "purpose": "papers", "person": None, "issued_at": None, "used_at": None, "expires_at": None}
    return HeldLink(**{**values, "subject": subject, **changes})


@pytest.mark.parametrize(
    ("subject", "changes", "belongs"),
    [
        pytest.param("a-dal/2026-11-17", {}, True, id="its board's papers"),
        pytest.param("b-vik/2026-11-17", {}, False, id="another board's"),
        pytest.param("owner-board/2026-12-01", {}, False, id="the owner board's"),
        pytest.param("guests:a-dal", {}, True, id="its guests"),
        pytest.param("guests:b-vik", {}, False, id="another's guests"),
        pytest.param("person:home-lead", {}, True, id="the feed of a package's lead"),
        pytest.param("own_meetings:chair", {}, True, id="the page of its chair"),
        pytest.param("person:stranger", {}, False, id="the feed of a stranger"),
        pytest.param("0f3c", {"purpose": "answer", "work_package": HOME}, True, id="an answer's form"),
        pytest.param("0f3c", {"purpose": "answer", "work_package": "other"}, False, id="a form of elsewhere"),
        pytest.param(
            "a-dal", {"purpose": "answer", "work_package": "other"}, False, id="a request called like a board"
        ),
    ],
)
def test_a_link_belongs_where_it_leads(subject: str, changes: dict[str, Any], belongs: bool) -> None:
    assert owner_of(programme(), "a-dal", TODAY).has(link(subject, **changes)) is belongs


@pytest.mark.parametrize(
    ("subject", "changes", "belongs"),
    [
        pytest.param("owner-board/2026-12-01", {}, True, id="the owner board's papers"),
        pytest.param("a-dal/2026-11-17", {}, False, id="a local board's papers"),
        pytest.param("person:owner", {}, True, id="the feed of an owner board's member"),
        pytest.param("person:home-lead", {}, False, id="the feed of a package's lead"),
        pytest.param("0f3c", {"purpose": "answer", "work_package": HOME}, False, id="an answer's form"),
    ],
)
def test_the_programme_s_own_links_are_those_that_lead_to_no_municipality(
    subject: str, changes: dict[str, Any], belongs: bool
) -> None:
    member = Assignment(person="owner", role=Role.OWNER_BOARD_MEMBER)
    small = programme()
    small = small.model_copy(update={"assignments": (*small.assignments, member)})

    assert owner_of(small, None, TODAY).has(link(subject, **changes)) is belongs


def test_a_person_whose_role_has_ended_is_looked_after_no_more() -> None:
    ended = Assignment(person="stranger", role=Role.BOARD_MEMBER, municipality="a-dal", until=date(2026, 10, 27))
    small = programme()
    small = small.model_copy(update={"assignments": (*small.assignments, ended)})

    assert "stranger" not in owner_of(small, "a-dal", TODAY).people


@pytest.mark.parametrize(
    ("found", "day"),
    [
        pytest.param(link(MEETING), date.fromisoformat(MEETING.partition("/")[2]), id="a meeting's"),
        pytest.param(link("0f3c", meeting="a-dal/2026-09-08"), date(2026, 9, 8), id="an answer's"),
        pytest.param(link("a-dal/report"), None, id="a tab's"),
        pytest.param(link("person:lead"), None, id="a feed's"),
    ],
)
def test_the_day_is_the_meeting_s(found: HeldLink, day: date | None) -> None:
    assert day_of(found) == day


@pytest.mark.parametrize(
    ("package", "name"), [(HOME, f"Pakken {HOME}"), ("gone", ""), (None, "")], ids=["known", "gone", "none"]
)
def test_the_form_s_package_is_named(package: str | None, name: str) -> None:
    assert package_of(programme(), link("0f3c", work_package=package)) == name
