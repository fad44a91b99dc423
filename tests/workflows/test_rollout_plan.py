"""What a rollout decides: from plain data to what is to be made, kept or left to people."""

from datetime import date
from pathlib import Path

import pytest

from config.loading import load_programme
from config.programme import Programme
from workflows.ports import Account, AccountKind
from workflows.rollout_plan import (
    State,
    compare,
    landing_html,
    plan_memberships,
    plan_named,
    plan_people,
    row_changes,
    wanted_place,
)

PROGRAMME = Path(__file__).parent.parent.parent / "config" / "vestfold"
TODAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(PROGRAMME)


@pytest.mark.parametrize(
    ("seen", "written", "state"),
    [
        pytest.param(None, None, State.MISSING, id="not there"),
        pytest.param("new", "old", State.SAME, id="stands as wanted"),
        pytest.param("old", "old", State.DIFFERS, id="as we wrote it, and the template has changed since"),
        pytest.param("theirs", "old", State.LOCAL, id="changed by people"),
        pytest.param("theirs", None, State.LOCAL, id="stood there before us"),
    ],
)
def test_what_people_changed_is_told_from_what_the_template_changed(
    seen: str | None, written: str | None, state: State
) -> None:
    assert compare("group", wanted="new", seen=seen, written=written).state is state


@pytest.mark.parametrize(
    ("there", "known", "state", "found"),
    [
        pytest.param({}, None, State.MISSING, None, id="never made"),
        pytest.param({"1": "styret"}, None, State.SAME, "1", id="made by hand under the name: adopted"),
        pytest.param({"1": "Styret"}, "1", State.SAME, "1", id="ours"),
        pytest.param({"1": "Lederteamet"}, "1", State.LOCAL, "1", id="renamed by people"),
        pytest.param({"2": "Annet"}, "1", State.LOCAL, None, id="removed by people: stays away"),
    ],
)
def test_a_channel_is_found_by_id_then_by_name(
    there: dict[str, str], known: str | None, state: State, found: str | None
) -> None:
    item, id_ = plan_named("channel:board", "Styret", by_id=there, known_id=known)

    assert (item.state, id_) == (state, found)


def test_a_place_has_a_channel_for_every_running_package_and_no_name_is_too_long(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        packages = programme.running_packages(spec.municipality, on=TODAY) if spec.municipality else ()
        assert sum(channel.spec.per is not None for channel in wanted.channels) in (0, len(packages))
        assert all(0 < len(channel.name) <= 50 for channel in wanted.channels)


def test_every_choice_in_a_row_is_a_choice_of_its_column(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        for wanted_list in spec.lists:
            choices = {column.name: column.choices for column in wanted_list.columns if column.kind == "choice"}
            for row in wanted.rows[wanted_list.key]:
                assert "Key" in row
                assert all(row[name] in allowed for name, allowed in choices.items() if name in row)


def test_owners_come_first_and_nobody_twice(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        assert wanted.members[: len(wanted.owners)] == wanted.owners
        assert len({person.key for person in wanted.members}) == len(wanted.members)
        assert not any(programme.is_guest(owner) for owner in wanted.owners)


def test_guests_are_invited_and_missing_colleagues_are_reported(programme: Programme) -> None:
    spec = next(place for place in programme.places if place.municipality)
    wanted = wanted_place(programme, spec, on=TODAY)
    everybody = frozenset(person.key for person in wanted.members)
    guests = frozenset(person.key for person in wanted.members if programme.is_guest(person))

    items = {item.key: item for item in plan_people(wanted, {}, guests=guests, permitted=everybody)}

    for person in wanted.members:
        expected = State.MISSING if person.key in guests else State.PENDING
        assert items[f"person:{person.key}"].state is expected


def test_a_rehearsal_invites_and_adds_nobody_but_those_on_its_list(programme: Programme) -> None:
    spec = next(place for place in programme.places if place.municipality)
    wanted = wanted_place(programme, spec, on=TODAY)
    accounts = {
        person.email: Account(id=person.key, email=person.email, kind=AccountKind.MEMBER) for person in wanted.members
    }
    only = frozenset({wanted.members[0].key})

    invited = plan_people(wanted, {}, guests=frozenset(p.key for p in wanted.members), permitted=only)
    added = plan_memberships("member", wanted.members, accounts, (), permitted=only)

    assert [item.key for item in invited if item.to_do] == [f"person:{wanted.members[0].key}"]
    assert [item.key for item in added if item.to_do] == [f"member:{wanted.members[0].key}"]


def test_a_disabled_account_is_not_put_into_a_group(programme: Programme) -> None:
    spec = programme.places[0]
    wanted = wanted_place(programme, spec, on=TODAY)
    person = wanted.members[0]
    disabled = Account(id="1", email=person.email, kind=AccountKind.MEMBER, enabled=False)

    (item,) = plan_memberships("member", [person], {person.email: disabled}, (), permitted=frozenset({person.key}))

    assert item.state is State.PENDING


def test_only_changed_columns_are_written() -> None:
    wanted = {"Key": "a", "Title": "Verksted", "Target": 15, "Unit": "elever"}
    seen = {"Key": "a", "Title": "Verksted", "Target": 15.0, "Unit": "unge", "id": "7"}

    assert row_changes(wanted, seen) == {"Unit": "elever"}


def test_nothing_in_a_landing_page_can_become_markup(programme: Programme) -> None:
    spec = programme.places[0].model_copy(update={"landing_intro": "<script>alert(1)</script>"})
    wanted = wanted_place(programme, spec, on=TODAY)

    html = "".join(landing_html(wanted, [("<b>Rapport</b>", 'https://x.example/"onclick="')], language="nb"))

    assert "<script>" not in html
    assert "<b>" not in html
    assert '"onclick' not in html
