"""Decisions of a rollout: from plain data to things to be made, kept or left to people."""

from datetime import date
from pathlib import Path

import pytest

import texts
from config.loading import load_programme
from config.programme import Programme
from workflows.ports.accounts import Account, AccountKind
from workflows.rollout.list_rows import DecisionRow, PlaceRecord
from workflows.rollout.plan import UNANSWERED, Item, State, plan_memberships, plan_people, wanted_place
from workflows.rollout.steps.site import landing_html

PROGRAMME = Path(__file__).parents[3] / "config" / "vestfold"
TODAY = date(2026, 9, 1)
PLACE = "sandefjord"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(PROGRAMME)


def test_a_place_has_a_channel_for_every_running_package_and_no_name_is_too_long(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        packages = programme.running_packages(spec.municipality, on=TODAY) if spec.municipality else ()
        assert sum(channel.spec.per is not None for channel in wanted.channels) in (0, len(packages))
        assert all(0 < len(channel.name) <= 50 for channel in wanted.channels)


def test_the_plan_has_the_channel_s_name_and_the_list_the_package_s(programme: Programme) -> None:
    package = next(item for item in programme.running_packages(PLACE, on=TODAY))
    renamed = package.model_copy(update={"name": "Skole & arbeid: overgang"})
    packages = [renamed if item == package else item for item in programme.work_packages]
    spec = programme.find_place(PLACE)
    assert spec is not None

    wanted = wanted_place(programme.model_copy(update={"work_packages": tuple(packages)}), spec, on=TODAY)

    names = {channel.key: channel.name for channel in wanted.channels}
    assert names[f"package/{package.key}"] == "Skole og arbeid – overgang"
    assert renamed.name in [row["Title"] for row in wanted.rows["work-packages"]]


def test_every_choice_in_a_row_is_a_choice_of_its_column(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        for wanted_list in spec.lists:
            choices = {column.name: column.choices for column in wanted_list.columns if column.kind == "choice"}
            for row in wanted.rows[wanted_list.key]:
                assert "Key" in row
                assert all(row[name] in (None, *allowed) for name, allowed in choices.items())


def test_the_lists_hold_what_the_board_was_given_and_decided_and_nothing_else(programme: Programme) -> None:
    package = next(package for package in programme.work_packages if package.indicators)
    spec = programme.find_place(package.municipality)
    assert spec is not None
    indicator = package.indicators[0]
    record = PlaceRecord(
        lights={package.key: "yellow"},
        measured={(package.key, indicator.name): 7.0},
        decisions=(DecisionRow(key="a/2026/1", label="1/26", decided_on=TODAY, title="Lokaler", text="Vedtatt."),),
    )

    wanted = wanted_place(programme, spec, on=TODAY, record=record)

    rows = {listed.source: {row["Key"]: row for row in wanted.rows[listed.key]} for listed in spec.lists}
    assert rows["work_packages"][package.key]["Light"] == "Trenger oppmerksomhet"
    assert rows["indicators"][f"{package.key}/{indicator.key}"]["Latest"] == 7.0
    assert rows["decisions"]["a/2026/1"]["DecidedOn"] == TODAY.isoformat()
    others = [row for key, row in rows["work_packages"].items() if key != package.key]
    assert all(row["Light"] is None for row in others)


def test_every_folder_stands_after_the_one_it_lies_in(programme: Programme) -> None:
    for spec in programme.places:
        folders = wanted_place(programme, spec, on=TODAY).folders

        assert len(set(folders)) == len(folders)
        for path in folders:
            above = path.rpartition("/")[0]
            assert not above or folders.index(above) < folders.index(path)


def test_a_package_has_one_folder_the_one_of_its_channel(programme: Programme) -> None:
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=TODAY)

        packages = {package.name for package in programme.work_packages}
        assert not {part for path in wanted.folders for part in path.split("/")} & packages


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


def test_nothing_in_a_landing_page_can_become_markup(programme: Programme) -> None:
    spec = programme.places[0].model_copy(update={"landing_intro": "<script>alert(1)</script>"})
    wanted = wanted_place(programme, spec, on=TODAY)

    html = "".join(landing_html(wanted, [("<b>Rapport</b>", 'https://x.example/"onclick="')], language="nb"))

    assert "<script>" not in html
    assert "<b>" not in html
    assert '"onclick' not in html


def test_every_value_has_the_layer_that_had_the_last_word(programme: Programme) -> None:
    layers = {
        "name": "template",
        "channels.board.name": "municipality",
        "channels.board.description": "template",
        "lists.packages.columns.Budget.label": "county",
    }
    wanted = wanted_place(programme, programme.places[0].model_copy(update={"layers": layers}), on=TODAY)

    assert [wanted.layer(path) for path in ("name", "channels.board.name", "channels.board.description")] == [
        "template",
        "municipality",
        "template",
    ]
    assert (wanted.layer("channels.board"), wanted.layer("lists.packages.columns.Budget")) == ("municipality", "county")
    assert wanted.layer("label") == "template"


@pytest.mark.parametrize(
    ("item", "asks"),
    [
        pytest.param(Item(key="group", state=State.PENDING, reason="address_taken"), True, id="a question"),
        pytest.param(Item(key="list:a", state=State.PENDING, reason="refused"), True, id="refused"),
        pytest.param(Item(key="person:a", state=State.BLOCKED, reason="invitation_refused"), True, id="a partner"),
        pytest.param(Item(key="list:a", state=State.UNKNOWN, reason="not_readable"), True, id="not seen"),
        pytest.param(Item(key="person:a", state=State.PENDING, reason="not_redeemed"), False, id="a guest to come"),
        pytest.param(Item(key="person:a", state=State.PENDING, reason="account_missing"), False, id="no account yet"),
        pytest.param(Item(key="group", state=State.LOCAL), False, id="changed by people"),
        pytest.param(
            Item(key="site.language", state=State.UNKNOWN, reason="language_not_known"), False, id="another language"
        ),
    ],
)
def test_only_what_a_person_must_answer_keeps_an_order_from_holding(item: Item, asks: bool) -> None:
    assert item.asks is asks


def test_every_reason_that_asks_is_put_into_words() -> None:
    for reason in UNANSWERED:
        assert texts.placeholders(f"rollout.reason_{reason}", "nb") <= {"things"}
