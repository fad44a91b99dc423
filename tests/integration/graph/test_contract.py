"""The clients against the sandbox over HTTP: what the protocols of the workflows promise, twice over."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import pytest_asyncio

from integration.graph.calendar import GraphCalendar
from integration.graph.client import Graph
from integration.graph.groups import GraphGroups, GraphMemberships
from integration.graph.mail import GraphMailer
from integration.graph.people import GraphDirectory, GraphInvitations
from integration.graph.site_content import GraphSiteContent
from integration.graph.site_layout import GraphSiteLayout
from integration.graph.sites import GraphSiteAccess
from integration.graph.teams import GraphChannels, GraphTeamBuilder
from integration.identity import Identities
from integration.limits.rate_limiter import RateLimiter
from tests.clocks import StillClock
from tests.support.sandbox import RunningSandbox, running_sandbox
from workflows.errors import Conflict, IdentityClosed, Refused
from workflows.ports.accounts import Recipients
from workflows.ports.calendar import Attendee, EventSpec
from workflows.ports.mail import Mail
from workflows.ports.place import TOP, ChannelKind, Column, Group, GroupSpec, OperationState, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUEST = "gjest@partner.example"
SPEC = GroupSpec(unique_name="a-dal", display_name="Å-dal", description="Samarbeid", mail_nickname="a-dal")
COLUMNS = (
    Column(name="Key", display_name="Nøkkel", kind="text", indexed=True, hidden=True),
    Column(name="Light", display_name="Lys", kind="choice", choices=("green", "red")),
    Column(name="Due", display_name="Frist", kind="date"),
    Column(name="Open", display_name="Åpen", kind="boolean"),
    Column(name="Count", display_name="Antall", kind="number"),
    Column(name="Words", display_name="Tekst", kind="note"),
)


class SteeredClock(StillClock):
    """A clock whose sleepers move the sandbox's time along."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    async def sleep_until(self, moment: datetime) -> None:
        await super().sleep_until(moment)
        await self._sandbox.control("POST", "clock", {"now": self.time.isoformat()})


@dataclass(frozen=True, kw_only=True)
class Tenant:
    sandbox: RunningSandbox
    builder: Graph
    hands: Graph
    identities: Identities
    organizer: str
    hands_id: str
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    group: Group
    site: Site
    app: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tenant() -> AsyncIterator[Tenant]:
    with pytest.MonkeyPatch.context() as patch:
        async with running_sandbox() as sandbox:
            for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
                patch.setenv(name, sandbox.env[name])
            clock = SteeredClock(sandbox)
            await clock.sleep_until(clock.now())
            identities, limiter, url = Identities(), RateLimiter(clock), sandbox.env["VAREUNGE_GRAPH_URL"]
            builder, hands = (
                Graph(url, sandbox.env[f"VAREUNGE_{name}_ID"], identities, clock, limiter=limiter)
                for name in ("BUILDER", "HANDS")
            )
            users = (await sandbox.graph("GET", "/users?$filter=userType eq 'Member'")).json()["value"]
            yield Tenant(
                sandbox=sandbox,
                builder=builder,
                hands=hands,
                identities=identities,
                organizer=sandbox.env["VAREUNGE_ORGANIZER"].split(",")[0],
                hands_id=sandbox.env["VAREUNGE_HANDS_ID"],
                people=tuple(user["mail"] for user in users[:3]),
            )
            await builder.close()
            await hands.close()
            await identities.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tenant: Tenant) -> Place:
    """A municipality's group with a team, our app and a site that Hands was let into."""
    leader, second, _ = await account_ids(tenant)
    groups, teams = GraphGroups(tenant.builder), GraphTeamBuilder(tenant.builder)
    group = await groups.ensure_group(SPEC, owner_ids=[leader, second])
    path = await teams.start_team(group.id)
    assert await teams.operation(path) is OperationState.SUCCEEDED

    (external_id,) = [
        app["externalId"]
        for app in (await tenant.sandbox.graph("GET", "/appCatalogs/teamsApps")).json()["value"]
        if app["distributionMethod"] == "organization"
    ]
    app = await teams.find_catalog_app(external_id)
    assert app is not None
    consent = [
        *("ChannelSettings.Read.Group", "Channel.Create.Group"),
        *("TeamsTab.Read.Group", "TeamsTab.Create.Group"),
    ]
    for _ in range(2):
        await teams.install_in_team(group.id, app, permissions=consent)
    installed = await teams.find_team_app(group.id, external_id)
    assert installed is not None
    assert sorted(installed.permissions) == sorted(consent)

    access = GraphSiteAccess(tenant.builder)
    site = await access.find_group_site(group.id)
    assert site is not None
    assert await access.granted_roles(site.id, tenant.hands_id) == []
    await access.grant(site.id, app_id=tenant.hands_id, app_name="Hands", role="manage")
    assert await access.granted_roles(site.id, tenant.hands_id) == ["manage"]
    await access.change_role(site.id, app_id=tenant.hands_id, role="write")
    assert await access.granted_roles(site.id, tenant.hands_id) == ["write"]
    for _ in range(2):
        await access.take_away(site.id, app_id=tenant.hands_id)
    assert await access.granted_roles(site.id, tenant.hands_id) == []
    await access.grant(site.id, app_id=tenant.hands_id, app_name="Hands", role="manage")
    return Place(group=group, site=site, app=app.id)


async def account_ids(tenant: Tenant) -> tuple[str, ...]:
    accounts = await GraphDirectory(tenant.builder).find_accounts(tenant.people)
    return tuple(accounts[email].id for email in tenant.people)


async def test_people_are_found_by_address_and_others_left_out(tenant: Tenant) -> None:
    found = await GraphDirectory(tenant.builder).find_accounts([tenant.people[0].upper(), "ingen@a-dal.example"])

    assert list(found) == [tenant.people[0]]


async def test_a_guest_is_invited_once(tenant: Tenant) -> None:
    invitations = GraphInvitations(tenant.hands, Recipients())

    first, second = [
        await invitations.invite(GUEST, name="Rådgiver", redirect_url="https://a-dal.example/") for _ in range(2)
    ]

    assert first == second


async def test_a_group_is_made_once_and_found_by_its_unique_name(tenant: Tenant, place: Place) -> None:
    groups = GraphGroups(tenant.builder)

    again = await groups.ensure_group(SPEC, owner_ids=["ignored"])

    assert again.id == place.group.id
    assert await groups.find_group(SPEC.unique_name) == again
    assert await groups.find_group("b-dal") is None
    for names in ((SPEC.display_name, "nobody"), ("Nobody", SPEC.mail_nickname)):
        assert await groups.list_namesakes(*names) == [again]
    assert await groups.read_group(again.id) == again
    assert await groups.read_group("00000000-0000-0000-0000-000000000000") is None
    assert await groups.list_namesakes("B-dal", "b-dal") == []


async def test_a_groups_words_are_changed_one_by_one(tenant: Tenant, place: Place) -> None:
    groups = GraphGroups(tenant.builder)

    changed = [await groups.change_group(place.group.id, {"description": "Nytt"}) for _ in range(2)][-1]
    back = await groups.change_group(place.group.id, {"description": SPEC.description, "visibility": "Private"})

    assert (changed.display_name, changed.description) == (SPEC.display_name, "Nytt")
    assert (back.description, back.visibility, back.labels) == (SPEC.description, "Private", ())


async def test_owners_and_members_come_and_go_any_number_of_times(tenant: Tenant, place: Place) -> None:
    groups, memberships = GraphGroups(tenant.builder), GraphMemberships(tenant.hands, Recipients())
    guest = await GraphInvitations(tenant.hands, Recipients()).invite(
        GUEST, name="R", redirect_url="https://a.example/"
    )
    third = (await account_ids(tenant))[2]

    for _ in range(2):
        await groups.add_owner(place.group.id, third)
        await memberships.add_member(place.group.id, guest)
    assert third in {owner.id for owner in await groups.list_owners(place.group.id)}
    assert third in await memberships.list_owner_ids(place.group.id)
    assert guest.id in await memberships.list_member_ids(place.group.id)

    for _ in range(2):
        await memberships.remove_member(place.group.id, guest)
    assert guest.id not in await memberships.list_member_ids(place.group.id)
    assert GUEST in await GraphDirectory(tenant.builder).find_accounts([GUEST])


async def test_the_app_is_put_with_a_person_once_and_never_with_a_guest(tenant: Tenant, place: Place) -> None:
    teams = GraphTeamBuilder(tenant.builder)
    installed = (await tenant.sandbox.graph("GET", "/appCatalogs/teamsApps")).json()["value"]
    app = await teams.find_catalog_app(next(one["externalId"] for one in installed if one["id"] == place.app))
    assert app is not None
    person = (await account_ids(tenant))[0]

    for _ in range(2):
        await teams.install_for_user(person, app)

    found = await teams.find_user_app(person, app.external_id)
    assert found is not None
    assert found.app_id == app.id
    guest = await GraphInvitations(tenant.hands, Recipients()).invite(
        GUEST, name="R", redirect_url="https://a.example/"
    )
    with pytest.raises(Refused):
        await teams.install_for_user(guest.id, app)


async def test_channels_and_tabs(tenant: Tenant, place: Place) -> None:
    channels = GraphChannels(tenant.hands)
    team, name = place.group.id, "Møter"

    made = await channels.create_channel(team, name=name, description="Om møter", kind=ChannelKind.STANDARD)
    with pytest.raises(Conflict):
        await channels.create_channel(team, name=name, description="", kind=ChannelKind.STANDARD)
    tab = await channels.create_tab(
        team, made.id, name="Status", app=place.app, entity_id="status", content_url="https://a.example/status"
    )

    assert name in {channel.name for channel in await channels.list_channels(team)}
    assert await channels.list_tabs(team, made.id) == [tab]

    # What Hands may make and not change, Builder does.
    builder = GraphTeamBuilder(tenant.builder)
    for _ in range(2):
        await builder.change_channel(team, made.id, {"name": "Samlinger", "description": "Om samlinger"})
        await builder.rename_tab(team, made.id, tab.id, "Rapport")
    with pytest.raises(Conflict):
        await builder.change_channel(team, made.id, {"name": "General"})
    (changed,) = [channel for channel in await channels.list_channels(team) if channel.id == made.id]
    assert (changed.name, changed.description) == ("Samlinger", "Om samlinger")
    assert [each.name for each in await channels.list_tabs(team, made.id)] == ["Rapport"]


async def test_a_private_channel_has_an_owner(tenant: Tenant, place: Place) -> None:
    made = await GraphChannels(tenant.hands).create_channel(
        place.group.id,
        name="Lukket",
        description="",
        kind=ChannelKind.PRIVATE,
        owner_id=(await account_ids(tenant))[0],
    )

    assert made.kind is ChannelKind.PRIVATE


async def test_folders_and_files(tenant: Tenant, place: Place) -> None:
    content, site = GraphSiteContent(tenant.hands), place.site.id

    for _ in range(2):
        await content.ensure_folder(site, "Styret/Møter & vedtak")
    first, second = [
        await content.put_file(site, "Styret/Møter & vedtak/sak 1.pdf", text, "application/pdf")
        for text in (b"a", b"bb")
    ]

    assert (first.id, first.size, second.size) == (second.id, 1, 2)
    assert await content.find_file(site, second.path) == second
    assert await content.find_file(site, "Styret/sak 2.pdf") is None


async def test_an_upload_makes_its_folders_and_says_who_wrote_the_file(tenant: Tenant, place: Place) -> None:
    content, site = GraphSiteContent(tenant.hands), place.site.id

    stored = await content.put_file(site, "Styremøter/2026/2026-11-17/Saksliste.docx", b"PK", "application/msword")
    found = await content.find_file(site, stored.path)

    assert found is not None
    assert stored.changed_by == found.changed_by != ""


async def test_folders_are_known_by_their_ids(tenant: Tenant, place: Place) -> None:
    layout, site = GraphSiteLayout(tenant.hands), place.site.id

    above = await layout.make_folder(site, "Arbeid")
    made = await layout.make_folder(site, "Sak 1/2".replace("/", "-"), above.id)
    with pytest.raises(Conflict):
        await layout.make_folder(site, "Arbeid")
    moved = [await layout.move_folder(site, made.id, "Sak 3", TOP) for _ in range(2)][-1]

    assert (made.path, moved.path, moved.id) == ("Arbeid/Sak 1-2", "Sak 3", made.id)
    assert await layout.find_folder(site, made.id) == moved
    assert moved in await layout.list_folders(site)
    assert await layout.list_folders(site, above.id) == []
    assert await layout.find_folder(site, "01NOTTHERE") is None
    assert await layout.list_folders(site, "01NOTTHERE") == []


async def test_a_column_is_added_and_called_otherwise(tenant: Tenant, place: Place) -> None:
    content, layout, site = GraphSiteContent(tenant.hands), GraphSiteLayout(tenant.hands), place.site.id
    made = await content.create_list(site, name="Kolonner", description="", columns=COLUMNS)
    light, new = next(each for each in COLUMNS if each.name == "Light"), replace(COLUMNS[0], name="New")

    added = await layout.add_column(site, made.id, new)
    with pytest.raises(Conflict):
        await layout.add_column(site, made.id, new)
    there = next(each for each in made.columns if each.name == "Light")
    wanted = replace(light, display_name="Status", choices=("green", "red", "grey"))
    changed = await layout.change_column(site, made.id, there.id, wanted)

    found = await layout.find_list(site, made.id)
    assert found is not None
    assert {added, changed} <= set(found.columns)
    assert (changed.display_name, changed.choices) == ("Status", ("green", "red", "grey"))
    assert await layout.find_list(site, "not-there") is None


async def test_lists_and_items(tenant: Tenant, place: Place) -> None:
    content, site = GraphSiteContent(tenant.hands), place.site.id

    made = await content.create_list(site, name="Status", description="Hvordan det går", columns=COLUMNS)
    with pytest.raises(Conflict):
        await content.create_list(site, name="Status", description="", columns=())
    item = await content.add_item(site, made.id, {"Title": "Pakke 1", "Key": "p1", "Count": 3})
    await content.update_item(site, made.id, item.id, {"Count": 4})

    (found,) = [each for each in await content.list_lists(site) if each.id == made.id]
    assert found == made
    assert [(each.fields["Key"], each.fields["Count"]) for each in await content.list_items(site, made.id)] == [
        ("p1", 4)
    ]


async def test_pages(tenant: Tenant, place: Place) -> None:
    content, site = GraphSiteContent(tenant.hands), place.site.id

    draft = await content.create_page(site, name="rapport.aspx", title="Rapport", html=["<p>En</p>", "<p>To</p>"])
    with pytest.raises(Conflict):
        await content.create_page(site, name="rapport.aspx", title="Rapport", html=[])
    changed = await content.update_page(site, draft.id, title="Ny rapport", html=["<p>Tre</p>"])
    for _ in range(2):
        await content.publish_page(site, draft.id)

    found = await content.find_page(site, "rapport.aspx")
    assert found is not None
    assert (draft.published, found.published) == (False, True)
    assert (found.id, found.title, found.html) == (draft.id, "Ny rapport", changed.html)
    assert "En" in draft.html
    assert "Tre" in found.html
    assert await content.find_page(site, "annet.aspx") is None


def meeting(tenant: Tenant, key: str) -> EventSpec:
    return EventSpec(
        key=key,
        subject="Styremøte",
        body_html="<p>Sakspapirer</p>",
        starts_local=datetime.fromisoformat("2026-11-03T09:00"),
        ends_local=datetime.fromisoformat("2026-11-03T11:00"),
        timezone="Europe/Oslo",
        location="Rådhuset",
        attendees=(Attendee(email=tenant.people[0], name="Leder"),),
    )


async def test_a_meeting_is_booked_once_changed_and_cancelled(tenant: Tenant) -> None:
    calendar, organizer = GraphCalendar(tenant.hands, Recipients(), timezone="Europe/Oslo"), tenant.organizer
    spec = meeting(tenant, "a-dal/styre/1")

    first, second = [await calendar.book(organizer, spec) for _ in range(2)]
    assert first == second
    assert (first.starts_local, first.subject) == (spec.starts_local, spec.subject)
    assert first.join_url is not None
    assert await calendar.find_events(organizer, [spec.key, "a-dal/styre/2"]) == {spec.key: first}

    moved = await calendar.update(
        organizer, first.id, {"starts_local": datetime.fromisoformat("2026-11-03T08:00"), "body_html": "<p>Nytt</p>"}
    )
    assert (moved.id, moved.starts_local.hour, moved.join_url) == (first.id, 8, first.join_url)

    for _ in range(2):
        await calendar.cancel(organizer, first.id, "Utgår")


async def test_a_mail_leaves_once(tenant: Tenant) -> None:
    mailer = GraphMailer(tenant.hands, Recipients())
    mail = Mail(key="mail-1", to=Attendee(email=tenant.people[0], name="Leder"), subject="Hei", html="<p>Hei</p>")

    first, second = [await mailer.send(tenant.organizer, mail) for _ in range(2)]

    assert first == second


async def test_another_mailbox_is_closed_to_us(tenant: Tenant) -> None:
    calendar = GraphCalendar(tenant.hands, Recipients(), timezone="Europe/Oslo")

    with pytest.raises(Refused):
        await calendar.find_events(tenant.people[0], ["a"])


async def test_a_closed_builder_is_told_from_one_that_may_not(tenant: Tenant) -> None:
    client_id = tenant.sandbox.env["VAREUNGE_BUILDER_ID"]
    groups = GraphGroups(tenant.builder)
    await groups.find_group(SPEC.unique_name)

    await tenant.sandbox.control("POST", f"apps/{client_id}", {"enabled": False})
    with pytest.raises(IdentityClosed):
        await groups.find_group(SPEC.unique_name)

    await tenant.sandbox.control("POST", f"apps/{client_id}", {"enabled": True})
    await groups.find_group(SPEC.unique_name)
