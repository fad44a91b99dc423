"""Nobody reads another municipality's: walked over every grant of the sandbox, after everything was rolled out."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from config.programme import Programme
from config.values import Assignment
from tests.support.rollout import START, bench

ON: date = START.date()


@dataclass(frozen=True)
class Walked:
    """The findings when every place of the programme was rolled out."""

    programme: Programme
    access: Mapping[str, Any]
    """Readers, by the things that they can read."""
    state: Mapping[str, Any]
    deletes: tuple[str, ...]
    organizers: frozenset[str]
    builder: tuple[str, ...]
    """The names of the Builder, and the Exchange roles it has."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walked(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Walked:
    database = tmp_path_factory.mktemp("access") / "vareunge.db"
    shutil.copyfile(migrated_file, database)
    async with bench(database) as found:
        programme = await found.services.record.register.programme()
        units = await found.rollout(*(place.key for place in programme.places))
        assert all(unit.state == "done" for unit in units), units
        assert found.sandbox.app is not None
        tenant = found.sandbox.app.tenant
        builder = tenant.identities[found.sandbox.env["VAREUNGE_BUILDER_ID"]]
        requests = [entry["request"] for entry in await found.calls()]
        return Walked(
            programme=programme,
            access=await found.sandbox.control("GET", "access"),
            state=await found.sandbox.state(),
            deletes=tuple(each["url"] for each in requests if each["method"] == "DELETE"),
            organizers=frozenset(tenant.organizers),
            builder=(builder.name, builder.client_id, *builder.exchange_roles),
        )


def readable(access: Mapping[str, Any], group: str) -> Iterator[tuple[str, set[str]]]:
    """Everything that is a place's own, and the people who read it."""
    yield f"group {group}", {*access["groups"][group]}
    for name, people in access["channels"].items():
        if name.startswith(f"{group}/"):
            yield f"channel {name}", {*people}
    for name, site in access["sites"].items():
        if name == group or name.startswith(f"{group}/"):
            yield f"site {name}", {*site["people"]}


def test_what_belongs_to_a_municipality_is_read_by_its_own_people_and_no_others(walked: Walked) -> None:
    programme, access = walked.programme, walked.access
    places = [place for place in programme.places if place.municipality]
    assert len(places) > 2
    for place in places:
        own = {person.email for person in (*programme.place_people(place, ON), *programme.owners(place, ON))}
        things = list(readable(access, place.unique_name))
        assert len(things) > len(place.channels)
        for thing, people in things:
            assert people <= own, f"{thing} is read by {people - own}"


def test_no_local_role_in_one_municipality_reads_what_is_anothers(walked: Walked) -> None:
    """From the other side: by who people are, not by what places say of themselves."""
    programme, access = walked.programme, walked.access
    for item in programme.municipalities:
        mine = {each.person for each in programme.assignments if each.municipality == item.slug}
        mine |= {
            each.person
            for each in programme.assignments
            if each.work_package and programme.work_package(each.work_package).municipality == item.slug
        }
        elsewhere = {
            each.person
            for each in programme.assignments
            if each.person in mine and _is_elsewhere(programme, each, item.slug)
        }
        only_mine = {programme.person(key).email for key in mine - elsewhere}
        for place in programme.places:
            if place.municipality and place.municipality != item.slug:
                for thing, people in readable(access, place.unique_name):
                    assert not people & only_mine, thing


def _is_elsewhere(programme: Programme, item: Assignment, slug: str) -> bool:
    where = programme.work_package(item.work_package).municipality if item.work_package else item.municipality
    return bool(where != slug)


def test_the_owner_boards_place_needs_no_access_to_any_municipalitys(walked: Walked) -> None:
    programme, access = walked.programme, walked.access
    board = next(place for place in programme.places if place.key == "owner-board")
    readers = {*access["sites"][board.unique_name]["people"]}
    assert {person.email for person in programme.place_people(board, ON)} <= readers
    locals_ = {*access["sites"][programme.places[0].unique_name]["people"]}
    assert readers - locals_


def test_no_app_but_ours_is_let_into_a_site_and_no_mailbox_but_ours_is_open(walked: Walked) -> None:
    assert {app for site in walked.access["sites"].values() for app in site["apps"]} == {"hands"}
    for address, mailbox in walked.access["mailboxes"].items():
        assert mailbox["people"] == [address]
        assert not mailbox["apps"] or address in walked.organizers


def test_the_builder_keeps_nothing_between_orders(walked: Walked) -> None:
    """It owns no group, sits in none, and was let into no site and no mailbox: all it has is its roles, while open."""
    access = walked.access
    named = {name for people in (*access["groups"].values(), *access["channels"].values()) for name in people}
    named |= {app for site in access["sites"].values() for app in site["apps"]}
    assert not named & {*walked.builder}
    assert len(walked.builder) == 2


def test_no_directory_object_was_deleted(walked: Walked) -> None:
    assert [url for url in walked.deletes if not url.endswith("/$ref")] == []
    assert walked.state["directory"]["deleted"] == []
