"""The facts of the programme's plan, pinned."""

from datetime import date
from pathlib import Path

import pytest

from config.loading import load_programme
from config.programme import Programme
from config.values import Meetings, Place, Role, Tenant

FOLDER = Path(__file__).parents[2] / "config" / "vestfold"
TODAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(FOLDER)


def test_there_are_six_municipalities(programme: Programme) -> None:
    assert {item.slug: (item.number, item.name) for item in programme.municipalities} == {
        "horten": ("3901", "Horten"),
        "holmestrand": ("3903", "Holmestrand"),
        "tonsberg": ("3905", "Tønsberg"),
        "sandefjord": ("3907", "Sandefjord"),
        "larvik": ("3909", "Larvik"),
        "faerder": ("3911", "Færder"),
    }


def test_five_places_are_ours_and_one_keeps_its_own_meetings(programme: Programme) -> None:
    others = [item for item in programme.municipalities if item.place is not Place.OURS]

    assert [(item.place, item.meetings) for item in others] == [(Place.NONE, Meetings.THEIRS)]
    assert others[0].meeting_dates
    assert len([place for place in programme.places if place.municipality]) == 5
    assert {place.key for place in programme.places if not place.municipality} == {
        "umbrella",
        "lead-network",
        "owner-board",
    }


def test_the_owner_board_has_eleven_seats_and_ks_has_none(programme: Programme) -> None:
    owner_board = programme.body("owner-board")

    seats = [person for person, required in programme.board_people(owner_board, TODAY) if required]

    assert len(seats) == 11
    assert seats[0].key == "fylkesdirektor"
    assert len([person for person in seats if person.key.startswith("kommunedirektor-")]) == 6
    assert "ks" not in {person.organisation for person in seats}
    assert "ks" in {partner.organisation for partner in programme.partners if partner.signs_agreement}


def test_every_place_has_two_owners_of_the_home_tenant(programme: Programme) -> None:
    for place in programme.places:
        owners = programme.owners(place, TODAY)
        assert len(owners) == 2
        assert {programme.organisation_of(owner).tenant for owner in owners} == {Tenant.HOME}


def test_every_local_board_has_the_seats_of_the_plan(programme: Programme) -> None:
    for municipality in programme.municipalities:
        people = programme.board_people(programme.local_board(municipality.slug), TODAY)
        keys = {person.key for person, _ in people}
        assert {f"rektor-{school}" for school in municipality.schools} <= keys
        assert {f"skolesjef-{municipality.slug}", f"nav-leder-{municipality.slug}"} <= keys
        assert people[0][0] in programme.holders(Role.BOARD_CHAIR, on=TODAY, municipality=municipality.slug)


def test_schools_sit_where_they_lie(programme: Programme) -> None:
    lies = {school.key: school.municipality for school in programme.schools}

    assert len(lies) == 10
    assert (lies["faerder"], lies["notteroy"]) == ("tonsberg", "faerder")
    assert all(lies[key] == item.slug for item in programme.municipalities for key in item.schools)


def test_the_autumn_break_is_week_41(programme: Programme) -> None:
    autumns = [item for item in programme.school_breaks if item.kind == "autumn"]

    assert [item.first.isocalendar().week for item in autumns] == [41, 41, 41]
    assert [item.status for item in autumns] == ["adopted", "adopted", "assumed"]


def test_the_budget_is_the_plans(programme: Programme) -> None:
    assert {line.key: line.amount for line in programme.budget} == {
        "B1": None,
        "B2": 100_000,
        "B3": 100_000,
        "B4": 50_000,
        "B5": 450_000,
    }


def test_every_activity_of_the_plan_is_there(programme: Programme) -> None:
    assert [activity.key[:3] for activity in programme.activities].count("C25") == 11
    assert len(programme.activities) == 30


def test_municipalities_really_override(programme: Programme) -> None:
    overridden = {
        place.key: {path for path, layer in place.layers.items() if layer == "municipality"}
        for place in programme.places
    }

    assert "channels.board.name" in overridden["tonsberg"]
    assert "channels.business.name" in overridden["horten"]
    assert "lists.work-packages.columns.QualityPlan.label" in overridden["sandefjord"]
    local = [place for place in programme.places if place.municipality]
    assert {place.layers["folders"] for place in local} == {"template", "municipality"}
    assert {place.layers["landing_intro"] for place in local} == {"county"}


def test_every_municipality_has_two_or_three_packages_with_indicators(programme: Programme) -> None:
    for municipality in programme.municipalities:
        packages = programme.running_packages(municipality.slug, on=TODAY)
        assert len(packages) in (2, 3)
        assert all(package.indicators for package in packages)


def test_everybody_has_an_address_nobody_can_have(programme: Programme) -> None:
    assert all(person.email.endswith(".example") for person in programme.people)
