"""Leaving, guests and partners as pure decisions: who has lost what, who is asked about, and whom to call."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.loading import load_programme
from config.programme import Programme
from config.values import Assignment, Role
from workflows.operations.access_removal import leavers
from workflows.operations.guest_review import HALF_YEAR, guest_lines, leftovers
from workflows.ports.people import Guest, GuestAnswer
from workflows.rollout.partners import checklist, whom_to_call
from workflows.rollout.plan import wanted_place
from workflows.rollout.ports import Resource

TODAY = date(2026, 9, 21)
NOW = datetime(2026, 9, 21, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[3] / "config" / "vestfold")


def given(*keys: str) -> dict[str, Resource]:
    return {key: Resource(key=key, external_id=f"id of {key}") for key in keys}


def guest(person: str, *, invited: bool = True) -> Guest:
    return Guest(person=person, object_id="1", invited=invited, since=NOW, place="a-dal", roles=("local_lead",))


def test_only_what_was_given_is_taken_and_only_from_those_without_a_role(programme: Programme) -> None:
    spec = next(place for place in programme.places if place.municipality)
    wanted = wanted_place(programme, spec, on=TODAY)
    stays = wanted.members[0].key

    gone = leavers(given("group", f"member:{stays}", "member:somebody", "owner:somebody", "channel:board"), wanted)

    assert gone == ["member:somebody"]


def test_whose_other_role_gives_the_same_stays(programme: Programme) -> None:
    spec = next(place for place in programme.places if place.municipality)
    lead = programme.holders(Role.LOCAL_LEAD, on=TODAY, municipality=spec.municipality)[0]
    more = Assignment(person=lead.key, role=Role.BOARD_MEMBER, municipality=spec.municipality)
    ended = tuple(
        item.model_copy(update={"until": TODAY - timedelta(days=1)}) if item.person == lead.key else item
        for item in programme.assignments
    )
    one = programme.model_copy(update={"assignments": ended})
    two = programme.model_copy(update={"assignments": (*ended, more)})

    assert leavers(given(f"member:{lead.key}"), wanted_place(one, spec, on=TODAY)) == [f"member:{lead.key}"]
    assert leavers(given(f"member:{lead.key}"), wanted_place(two, spec, on=TODAY)) == []


def test_a_guest_is_confirmed_where_the_role_is_and_due_half_a_year_after_the_last_answer(programme: Programme) -> None:
    spec = next(place for place in programme.places if place.municipality)
    lead = programme.holders(Role.BOARD_CHAIR, on=TODAY, municipality=spec.municipality)[0]
    scope = str(spec.municipality)
    said = GuestAnswer(scope=scope, person=lead.key, asked_at=NOW, answered_at=NOW, keeps=True)

    (line,) = guest_lines(programme, scope, [guest(lead.key)], [said], TODAY)

    assert line.due_at == NOW + HALF_YEAR
    assert guest_lines(programme, programme.key, [guest(lead.key)], [said], TODAY) == []


def test_only_accounts_that_we_made_and_no_role_needs_are_listed_for_deletion(programme: Programme) -> None:
    lead = programme.holders(Role.LOCAL_LEAD, on=TODAY, municipality=programme.municipalities[0].slug)[0]
    known = [guest(lead.key), guest("somebody-gone"), guest("not-ours", invited=False)]

    assert [item.person for item in leftovers(programme, known, TODAY)] == ["somebody-gone"]


def test_the_checklist_has_every_organisation_with_guests_and_says_what_is_missing(programme: Programme) -> None:
    checks = {check.organisation: check for check in checklist(programme)}

    guests = {person.organisation for person in programme.people if programme.is_guest(person)}
    assert {*checks} == guests
    assert all(check.todo for check in checks.values() if not check.is_open)
    organisation = next(item for item in programme.organisations if item.key in guests)
    assert organisation.name in whom_to_call(organisation, "nb")
    known = organisation.model_copy(update={"it_contact": "IT-vakt, 33 00 00 00"})
    assert "IT-vakt" in whom_to_call(known, "nb")


def test_a_municipality_that_left_reaches_nothing_common_but_its_own_place_stays_readable(programme: Programme) -> None:
    slug = next(place.municipality for place in programme.places if place.municipality)
    left = programme.model_copy(
        update={
            "municipalities": tuple(
                item.model_copy(update={"until": TODAY - timedelta(days=1)}) if item.slug == slug else item
                for item in programme.municipalities
            )
        }
    )
    own, umbrella = left.place(str(slug)), left.place("umbrella")
    assert own is not None
    assert umbrella is not None
    lead = programme.holders(Role.LOCAL_LEAD, on=TODAY, municipality=slug)[0]

    assert lead in left.place_people(own, TODAY)
    assert lead in programme.place_people(umbrella, TODAY)
    assert lead not in left.place_people(umbrella, TODAY)
    assert left.running_packages(str(slug), on=TODAY) == ()


def test_a_package_is_over_the_day_after_its_last(programme: Programme) -> None:
    package = programme.work_packages[0].model_copy(update={"until": TODAY})

    assert not package.has_ended(TODAY)
    assert package.has_ended(TODAY + timedelta(days=1))
