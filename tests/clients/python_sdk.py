"""The Python SDK's typed builders, models and pages, without any of the service's own code."""

from typing import Any

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.column_definition import ColumnDefinition
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.field_value_set import FieldValueSet
from msgraph.generated.models.group import Group
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.list_ import List_
from msgraph.generated.models.list_info import ListInfo
from msgraph.generated.models.list_item import ListItem
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.team import Team
from msgraph.generated.models.text_column import TextColumn
from msgraph.generated.users.item.events.item.cancel.cancel_post_request_body import CancelPostRequestBody
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

from tests.clients.stage import APP, GRAPH, MEETINGS, MEMBER, OWNER, Stage, Step

UsersQuery = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters


class Bearer:
    """Puts a token on every request, as an authentication provider does."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: dict[str, Any] | None = None
    ) -> None:
        """Sign a request."""
        request.headers.add("Authorization", f"Bearer {self._token}")


def eventual(query: Any = None) -> Any:
    """Return the configuration of an advanced query."""
    configuration: Any = RequestConfiguration(query_parameters=query)
    configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration


def at(hour: int) -> DateTimeTimeZone:
    """Return an hour of the meeting's day."""
    return DateTimeTimeZone(date_time=f"2030-01-15T{hour:02}:00:00", time_zone="W. Europe Standard Time")


async def sign_in(stage: Stage, known: dict[str, Any]) -> None:
    """a client with a token of its own"""
    adapter = GraphRequestAdapter(Bearer(await stage.sandbox.token(APP)))
    adapter.base_url = f"{stage.sandbox.url}/v1.0"
    known["client"] = GraphServiceClient(request_adapter=adapter)


async def find_people(stage: Stage, known: dict[str, Any]) -> None:
    """users by filter, search and count, and page by page"""
    client = known["client"]
    for name, mail in (("owner", OWNER), ("member", MEMBER)):
        query = UsersQuery(filter=f"mail eq '{mail}'", select=["id", "mail"])
        known[name] = (await client.users.get(RequestConfiguration(query_parameters=query))).value[0].id
    found = await client.users.get(eventual(UsersQuery(search='"displayName:Leder"', count=True)))
    assert [found.odata_count, found.value[0].mail] == [1, OWNER]
    assert await client.users.count.get(eventual()) == 3
    seen: list[str] = []
    page = await client.users.get(RequestConfiguration(query_parameters=UsersQuery(top=1)))
    while page.odata_next_link:
        seen += [user.mail for user in page.value]
        page = await client.users.with_url(page.odata_next_link).get()
    seen += [user.mail for user in page.value]
    assert sorted(seen) == [OWNER, MEETINGS, MEMBER]


async def make_group(stage: Stage, known: dict[str, Any]) -> None:
    """a group upserted by its alternate key, its members by cast and reference"""
    client = known["client"]
    group = Group(
        display_name="Prøve",
        mail_nickname="prove",
        mail_enabled=True,
        security_enabled=False,
        group_types=["Unified"],
        visibility="Private",
        additional_data={"owners@odata.bind": [f"{GRAPH}/v1.0/users/{known['owner']}"]},
    )
    upsert: Any = RequestConfiguration()
    upsert.headers.add("Prefer", "create-if-missing")
    known["group"] = (await client.groups_with_unique_name("prove").patch(group, upsert)).id
    members = client.groups.by_group_id(known["group"]).members
    await members.ref.post(ReferenceCreate(odata_id=f"{GRAPH}/v1.0/directoryObjects/{known['member']}"))
    assert [each.mail for each in (await members.graph_user.get()).value] == [MEMBER]
    assert await members.count.get(eventual()) == 1
    groups = await client.users.by_user_id(known["member"]).member_of.graph_group.get()
    assert [each.display_name for each in groups.value] == ["Prøve"]


async def make_team(stage: Stage, known: dict[str, Any]) -> None:
    """a team of the group, joined by its people, with a channel and its folder"""
    client = known["client"]
    binds = {
        "template@odata.bind": f"{GRAPH}/v1.0/teamsTemplates('standard')",
        "group@odata.bind": f"{GRAPH}/v1.0/groups('{known['group']}')",
    }
    await client.teams.post(Team(additional_data=binds))
    joined = await client.users.by_user_id(known["member"]).joined_teams.get()
    assert [each.id for each in joined.value] == [known["group"]]
    channels = client.teams.by_team_id(known["group"]).channels
    known["channel"] = (await channels.post(Channel(display_name="Ungdom"))).id
    assert (await channels.by_channel_id(known["channel"]).files_folder.get()).name == "Ungdom"


async def use_a_site(stage: Stage, known: dict[str, Any]) -> None:
    """a site with a list, an item and a file, and the tenant's root site"""
    client = known["client"]
    site = await client.groups.by_group_id(known["group"]).sites.by_site_id("root").get()
    lists = client.sites.by_site_id(site.id).lists
    columns = [ColumnDefinition(name="Status", text=TextColumn())]
    made = await lists.post(List_(display_name="Tiltak", list_=ListInfo(template="genericList"), columns=columns))
    items = lists.by_list_id(made.id).items
    await items.post(ListItem(fields=FieldValueSet(additional_data={"Title": "Ett", "Status": "Ny"})))
    assert len((await items.get()).value) == 1
    drive = await client.sites.by_site_id(site.id).drive.get()
    item = client.drives.by_drive_id(drive.id).items.by_drive_item_id("root:/Mappe/a.txt:")
    await item.content.put(b"hei")
    assert await item.content.get() == b"hei"
    assert (await client.sites.by_site_id("root").get()).site_collection.hostname == site.site_collection.hostname


async def book_a_meeting(stage: Stage, known: dict[str, Any]) -> None:
    """a meeting booked once, read back, found in its calendar and cancelled"""
    user = known["client"].users.by_user_id(MEETINGS)
    event = Event(
        subject="Styremøte",
        start=at(9),
        end=at(11),
        transaction_id="5f0a8a4e-0000-4000-8000-000000000001",
        attendees=[Attendee(email_address=EmailAddress(address=OWNER))],
    )
    booked = await user.events.post(event)
    with pytest.raises(ODataError, match="TransactionId specified in the request has already been used"):
        await user.events.post(event)
    assert (await user.events.by_event_id(booked.id).get()).subject == "Styremøte"
    (calendar,) = (await user.calendars.get()).value
    listed = await user.calendars.by_calendar_id(calendar.id).events.get()
    assert [each.id for each in listed.value] == [booked.id]
    await user.events.by_event_id(booked.id).cancel.post(CancelPostRequestBody(comment="Avlyst"))


async def send_a_mail(stage: Stage, known: dict[str, Any]) -> None:
    """a mail sent, and found in its folder"""
    user = known["client"].users.by_user_id(MEETINGS)
    message = Message(
        subject="Hei",
        body=ItemBody(content_type=BodyType.Text, content="Tekst"),
        to_recipients=[Recipient(email_address=EmailAddress(address=MEMBER))],
    )
    await user.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))
    folders = {each.display_name: each.id for each in (await user.mail_folders.get()).value}
    sent = await user.mail_folders.by_mail_folder_id(folders["Sendte elementer"]).messages.get()
    assert [each.subject for each in sent.value] == ["Hei"]


async def delete(stage: Stage, known: dict[str, Any]) -> None:
    """channel and group deleted"""
    client, team = known["client"], known["group"]
    await stage.later()
    await client.teams.by_team_id(team).channels.by_channel_id(known["channel"]).delete()
    await client.groups.by_group_id(team).delete()
    with pytest.raises(ODataError, match="does not exist"):
        await client.groups.by_group_id(team).get()


STEPS: tuple[Step, ...] = (
    sign_in,
    find_people,
    make_group,
    make_team,
    use_a_site,
    book_a_meeting,
    send_a_mail,
    delete,
)
