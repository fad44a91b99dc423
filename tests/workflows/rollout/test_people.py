"""People through a rollout and after it: who is let in, who is let out again, and who stays the same person."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from integration.database.tables import event
from sandbox.directory.model import User
from sandbox.teams.model import Channel
from sandbox.tenant.state import Tenant
from tests.support.rollout import PLACE, Bench, Documents, bench, in_state, small
from wiring.shipped import permission_lists
from workflows.operations.doctor import PRIVATE_CHANNELS
from workflows.rollout.plan import State

LEAD, PACKAGE_LEAD = "leder-sandefjord", "pakkeleder-sandefjord"
MUNICIPALITY = f"municipalities/{PLACE}.yaml"


@pytest.fixture
async def made(database_file: Path) -> AsyncIterator[Bench]:
    async with bench(database_file, documents=with_private()) as found:
        builder = tenant(found).identities.named("builder")
        builder.granted |= permission_lists()[PRIVATE_CHANNELS].roles
        await found.made(PLACE)
        yield found


def with_private() -> Documents:
    """The small place with a channel that only its local leads and board chairs may read."""
    documents = small()
    channels = documents["template.yaml"]["places"]["municipality"]["channels"]
    channels.append({"key": "inner", "name": "Ledelse", "kind": "private", "members": ["local_lead", "board_chair"]})
    return documents


def ends(documents: Documents, person: str, role: str, last_day: date) -> Documents:
    """The register with a role of somebody ended."""
    for item in documents[MUNICIPALITY]["assignments"]:
        if (item["person"], item["role"]) == (person, role):
            item["until"] = last_day.isoformat()
    return documents


def user(found: Bench, person: str, documents: Documents | None = None) -> User:
    people = (documents or small())[MUNICIPALITY]["people"]
    email = next(item["email"] for item in people if item["key"] == person)
    known = tenant(found).directory.user_by_mail(email)
    assert known is not None
    return known


def tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


def inner(found: Bench) -> Channel:
    (team,) = tenant(found).teams.teams.values()
    return next(channel for channel in team.channels.values() if channel.name == "Ledelse")


def members(found: Bench) -> set[str]:
    (group,) = tenant(found).directory.groups.values()
    return {*group.members}


def staff(found: Bench) -> set[str]:
    """Return the ids of those who are no guests."""
    return {each.id for each in tenant(found).directory.users.values() if not each.guest}


async def leave(found: Bench) -> None:
    """Run the units that the sweep makes due about leaving, and nothing else."""
    services = found.services
    async with services.clock.busy():
        units = await services.jobs.operations.access_removal.due_units()
        await services.record.units.make_due(units)
        await services.engine.run_due([unit.key for unit in units])


async def pass_to(found: Bench, days: int) -> None:
    services = found.services
    async with services.clock.busy():
        await services.clock.sleep_until(services.clock.now() + timedelta(days=days))


# ------------------------------------------------------------------------------------------------------------- leaving


async def test_who_has_no_role_any_more_is_let_out_the_day_after_without_the_builder(made: Bench) -> None:
    today = made.services.clock.now().date()
    await made.import_(ends(with_private(), PACKAGE_LEAD, "work_package_lead", today))
    leaver = user(made, PACKAGE_LEAD)
    await made.sandbox.control("POST", f"apps/{made.sandbox.env['VAREUNGE_BUILDER_ID']}", {"enabled": False})

    await leave(made)
    assert leaver.id in members(made)

    await pass_to(made, 1)
    await leave(made)

    assert leaver.id not in members(made)
    assert leaver.id in tenant(made).directory.users
    assert tenant(made).directory.deleted == []


async def test_a_rollout_shows_and_ends_what_a_role_gave_and_keeps_whom_people_let_in(made: Bench) -> None:
    stranger = next(each for each in tenant(made).directory.users.values() if each.id not in members(made))
    (group,) = tenant(made).directory.groups.values()
    group.members[stranger.id] = made.services.clock.now()
    yesterday = made.services.clock.now().date() - timedelta(days=1)
    await made.import_(ends(with_private(), PACKAGE_LEAD, "work_package_lead", yesterday))

    plan = await made.plan(PLACE)
    assert {key for key in in_state(plan, State.DIFFERS) if "member" in key} == {f"member:{PACKAGE_LEAD}"}
    assert in_state(plan, State.LOCAL)[f"member:{stranger.id}"].reason == "added_by_people"
    await made.made(PLACE)

    assert user(made, PACKAGE_LEAD).id not in members(made)
    assert stranger.id in members(made)


async def test_who_was_let_in_by_people_before_the_register_gave_a_role_stays_when_it_ends(made: Bench) -> None:
    """An adviser is put in by hand, gets a role, and loses it again: what people gave is not ours to take."""
    documents = with_private()
    keys = {item["email"]: item["key"] for item in documents["people.yaml"]["people"]}
    by_hand = next(
        each for each in tenant(made).directory.users.values() if each.mail in keys and each.id not in members(made)
    )
    adviser = keys[by_hand.mail]
    (group,) = tenant(made).directory.groups.values()
    group.members[by_hand.id] = made.services.clock.now()
    documents[MUNICIPALITY]["assignments"].append({"person": adviser, "role": "adviser"})
    await made.import_(documents)
    await made.made(PLACE)
    yesterday = made.services.clock.now().date() - timedelta(days=1)
    await made.import_(ends(documents, adviser, "adviser", yesterday))

    await leave(made)
    await made.made(PLACE)

    assert by_hand.id in members(made)


async def test_many_at_once_are_not_let_out_without_an_order(made: Bench) -> None:
    yesterday = made.services.clock.now().date() - timedelta(days=1)
    documents = with_private()
    for item in (*documents[MUNICIPALITY]["assignments"], *documents["people.yaml"]["assignments"]):
        if item["role"] != "team_owner":
            item["until"] = yesterday.isoformat()
    before = members(made)
    await made.import_(documents)

    await leave(made)

    assert members(made) == before


async def test_a_private_channel_has_those_whom_the_register_names_and_loses_who_has_the_role_no_more(
    made: Bench,
) -> None:
    seats = {tenant(made).directory.mail_of(each) for each in inner(made).members}
    assert user(made, LEAD).mail in seats
    assert user(made, PACKAGE_LEAD).mail not in seats
    documents = with_private()
    channels = documents["template.yaml"]["places"]["municipality"]["channels"]
    channels[-1]["members"] = ["board_chair"]
    await made.import_(documents)

    plan = await made.plan(PLACE)
    assert set(in_state(plan, State.DIFFERS)) == {f"channel-member:inner:{LEAD}"}
    await made.made(PLACE)

    assert user(made, LEAD).id not in inner(made).members
    assert user(made, LEAD).id in members(made)


async def test_an_owner_whose_role_ends_owns_no_more(made: Bench) -> None:
    documents = with_private()
    owners = [item for item in documents["people.yaml"]["assignments"] if item["role"] == "team_owner"]
    gone = owners[0]["person"]
    other = next(
        item["key"]
        for item in documents["people.yaml"]["people"]
        if item["key"] not in {each["person"] for each in owners}
    )
    owners[0]["person"] = other
    before = dict(next(iter(tenant(made).directory.groups.values())).owners)
    await made.import_(documents)

    await made.made(PLACE)

    (group,) = tenant(made).directory.groups.values()
    assert len(group.owners) == len(before)
    assert {*before} - {*group.owners}, gone


# ------------------------------------------------------------------------------------------------------ the same person


async def test_a_changed_address_is_the_same_person_and_nobody_is_invited_again(made: Bench) -> None:
    before = user(made, LEAD)
    documents = with_private()
    person = next(item for item in documents[MUNICIPALITY]["people"] if item["key"] == LEAD)
    person["email"] = f"ny.{person['email']}"
    await made.import_(documents)

    async with made.watching() as asked:
        await made.made(PLACE)
    plan = await made.plan(PLACE)

    assert "POST /invitations" not in asked
    assert before.id in members(made)
    assert in_state(plan, State.PENDING)[f"address:{LEAD}"].reason == "address_differs"
    account = await made.services.record.accounts.find_account(person["email"])
    assert account is not None
    assert account.id == before.id


async def test_an_address_changed_in_the_directory_is_the_same_person(made: Bench) -> None:
    before = user(made, LEAD)
    directory = tenant(made).directory
    del directory._users_by_name[before.mail.lower()]
    before.mail = f"ny.{before.mail}"
    directory.add_user(before)

    async with made.watching() as asked:
        await made.made(PLACE)

    assert "POST /invitations" not in asked
    assert before.id in members(made)


async def test_an_account_that_is_called_so_only_to_sign_in_is_the_same_person_in_and_out_again(
    database_file: Path,
) -> None:
    """Their mail has another address: everything we give and take goes by the account, not by what it is called."""
    documents = small()
    lead = next(item for item in documents["people.yaml"]["assignments"] if item["role"] == "county_lead")
    email = next(item["email"] for item in documents["people.yaml"]["people"] if item["key"] == lead["person"])
    async with bench(database_file, documents=documents) as found:
        known = tenant(found).directory.user_by_mail(email)
        assert known is not None
        known.mail = f"etternavn.{email}"

        async with found.watching() as asked:
            await found.made(PLACE)

        assert known.id in members(found)
        assert asked.count("POST /invitations") == len(tenant(found).directory.users) - len(staff(found))
        assert {item.state for item in (await found.plan(PLACE)).items} == {State.SAME}
        async with found.services.clock.busy():
            (drift,) = await found.services.jobs.operations.drift.report()
        assert (drift.gone, drift.unknown) == ((), ())

        lead["until"] = (found.services.clock.now().date() - timedelta(days=1)).isoformat()
        await found.import_(documents)
        await leave(found)

        assert known.id not in members(found)


async def test_disabled_and_missing_accounts_are_told_before_anything_is_made(database_file: Path) -> None:
    path = database_file
    documents = small()
    owners = {item["person"] for item in documents["people.yaml"]["assignments"] if item["role"] == "team_owner"}
    people = [item for item in documents["people.yaml"]["people"] if item["key"] in owners]
    async with bench(path, documents=documents) as found:
        disabled = tenant(found).directory.user_by_mail(people[0]["email"])
        assert disabled is not None
        disabled.enabled = False

        plan = await found.plan(PLACE)
        await found.made(PLACE)

        assert in_state(plan, State.PENDING)[f"person:{people[0]['key']}"].reason == "account_disabled"
        async with found.services.record.database.read() as connection:
            kinds = [row.what for row in await connection.execute(select(event.c.what).order_by(event.c.id))]
        assert kinds.index("rollout.person_unusable") < kinds.index("rollout.invited")


async def test_whom_we_invited_is_recorded_with_the_reason(made: Bench) -> None:
    guests = {item.person: item for item in await made.services.record.guests.all()}

    assert guests[LEAD].invited
    assert guests[LEAD].object_id == user(made, LEAD).id
    assert (guests[LEAD].place, guests[LEAD].roles) == (PLACE, ("local_lead",))
