"""The wire, where the sandbox could not tell right from nearly right."""

import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from uuid import uuid5

import httpx
import pytest

from integration.graph.calendar import KEY_PROPERTY, NAMESPACE, GraphCalendar
from integration.graph.channel_members import GraphChannelMembers
from integration.graph.client import Graph
from integration.graph.groups import GraphGroups, GraphMemberships
from integration.graph.mail import GraphMailer
from integration.graph.people import GraphInvitations
from integration.graph.site_content import SMALL_FILE, GraphSiteContent
from integration.graph.sites import GraphSiteAccess
from integration.graph.teams import GraphTeamBuilder
from tests.integration.graph.doubles import URL, Double, answer, error
from workflows.errors import Invalid, OutcomeUnknown, OutsideError, RecipientNotAllowed, Transient
from workflows.ports.accounts import Account, AccountKind, Recipients
from workflows.ports.calendar import Attendee, EventSpec
from workflows.ports.mail import Mail
from workflows.ports.place import GroupSpec, OperationState

ALLOWED = Recipients(frozenset({"leder@a-dal.example"}))
EVERYBODY = Recipients()
LEADER = Attendee(email="leder@a-dal.example", name="Leder")
MEMBER = Attendee(email="medlem@a-dal.example", name="Medlem", required=False)
MEETING = EventSpec(
    key="styre/2026-09-08",
    subject="Styremøte",
    body_html="<p>Sakspapirer</p>",
    starts_local=datetime.fromisoformat("2026-09-08T09:00"),
    ends_local=datetime.fromisoformat("2026-09-08T11:00"),
    timezone="Europe/Oslo",
    location="Rådhuset",
    attendees=(LEADER, MEMBER),
)
EVENT = {
    "id": "event-1",
    "subject": "Styremøte",
    "start": {"dateTime": "2026-09-08T07:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-09-08T11:00:00.0000000", "timeZone": "Europe/Oslo"},
    "attendees": [],
    "onlineMeeting": {"joinUrl": "https://teams.test/join"},
    "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": "styre/2026-09-08"}],
}
GUEST = Account(id="guest-1", email="gjest@partner.example", kind=AccountKind.GUEST)
SPEC = GroupSpec(unique_name="a-dal", display_name="Å-dal", description="", mail_nickname="a-dal")
LETTER = Mail(key="mail-1", to=LEADER, subject="Hei", html="<p>Hei</p>")


def body(request: httpx.Request) -> Any:
    return json.loads(request.content)


def calendar(double: Double, recipients: Recipients = EVERYBODY) -> GraphCalendar:
    return GraphCalendar(double.graph, recipients, timezone="Europe/Oslo")


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(
            lambda graph: GraphInvitations(graph, ALLOWED).invite(
                "x@a-dal.example", name="X", redirect_url="https://a"
            ),
            id="an invitation",
        ),
        pytest.param(lambda graph: GraphMemberships(graph, ALLOWED).add_member("g", GUEST), id="a membership"),
        pytest.param(lambda graph: GraphChannelMembers(graph, ALLOWED).add("t", "c", GUEST), id="a private channel"),
        pytest.param(
            lambda graph: GraphMailer(graph, ALLOWED).send("m", Mail(key="k", to=MEMBER, subject="", html="")),
            id="mail",
        ),
    ],
)
async def test_a_rehearsal_reaches_nobody_else(
    double: Double, attempt: Callable[[Graph], Coroutine[Any, Any, object]]
) -> None:
    with pytest.raises(RecipientNotAllowed):
        await attempt(double.graph)

    assert double.requests == []


async def test_a_rehearsed_meeting_holds_the_permitted_only(double: Double) -> None:
    double.on("POST", "/users/m/events", answer(201, EVENT))

    await calendar(double, ALLOWED).book("m", MEETING)

    assert [one["emailAddress"]["address"] for one in body(double.requests[0])["attendees"]] == [LEADER.email]


async def test_a_booking_carries_its_key_twice_and_wall_time(double: Double) -> None:
    double.on("POST", "/users/m/events", answer(201, EVENT))

    booked = await calendar(double).book("m", MEETING)

    (request,) = double.requests
    sent = body(request)
    assert sent["transactionId"] == str(uuid5(NAMESPACE, MEETING.key))
    assert sent["singleValueExtendedProperties"] == [{"id": KEY_PROPERTY, "value": MEETING.key}]
    assert sent["start"] == {"dateTime": "2026-09-08T09:00:00", "timeZone": "W. Europe Standard Time"}
    assert request.headers["Prefer"] == 'IdType="ImmutableId", outlook.timezone="W. Europe Standard Time"'
    assert (booked.starts_local, booked.ends_local) == (MEETING.starts_local, MEETING.ends_local)


async def test_a_booking_whose_answer_was_lost_is_repeated_and_takes_the_event_there_is(double: Double) -> None:
    double.on("POST", "/users/m/events", answer(504), error(400, "ErrorDuplicateTransactionId"))
    double.on("GET", "/users/m/events", answer(200, {"value": [EVENT]}))

    assert (await calendar(double).book("m", MEETING)).id == "event-1"


async def test_the_address_to_join_is_waited_for_and_not_for_ever(double: Double) -> None:
    without = {**EVENT, "onlineMeeting": None}
    double.on("POST", "/users/m/events", answer(201, without))
    double.on("GET", "/users/m/events", answer(200, {"value": [without]}))

    assert (await calendar(double).book("m", MEETING)).join_url is None
    assert double.waited() == 10


async def test_many_events_are_looked_up_in_few_calls(double: Double) -> None:
    double.on("GET", "/users/m/events", answer(200, {"value": []}))

    await calendar(double).find_events("m", [f"key-{number}" for number in range(25)])

    assert len(double.requests) == 3


async def test_a_look_up_that_exchange_finds_too_complex_is_halved_and_stays_so(double: Double) -> None:
    refused = error(400, "ErrorRestrictionTooComplex", "The restriction is too complex.")
    double.on("GET", "/users/m/events", refused, answer(200, {"value": [EVENT]}))
    meetings, keys = calendar(double), [MEETING.key, *(f"key-{number}" for number in range(9))]

    found = await meetings.find_events("m", keys)
    await meetings.find_events("m", keys[:5])

    assert list(found) == [MEETING.key]
    assert [request.url.params["$filter"].count("Any(") for request in double.requests] == [10, 5, 5, 5]


async def test_one_key_that_is_too_complex_is_an_error(double: Double) -> None:
    double.on("GET", "/users/m/events", error(400, "ErrorRestrictionTooComplex", "The restriction is too complex."))

    with pytest.raises(Invalid):
        await calendar(double).find_events("m", ["a", "b", "c"])

    assert [request.url.params["$filter"].count("Any(") for request in double.requests] == [3, 1]


async def test_a_new_body_keeps_what_teams_put_there(double: Double) -> None:
    blob = '<div class="me-email-text"><a href="https://teams.test/join">Bli med</a></div>'
    old = f'<html><body><div id="vareunge"><div>A</div>B</div><div id="vareunge-end"></div>{blob}</body></html>'
    double.on("GET", "/users/m/events", answer(200, {"value": [{**EVENT, "body": {"content": old}}]}))
    double.on("PATCH", "/users/m/events/event-1", answer(200, EVENT))
    desk = calendar(double)
    await desk.find_events("m", [MEETING.key])

    await desk.update("m", "event-1", {"body_html": r"<p>\1 nytt</p>"})

    sent = body(double.requests[-1])
    assert list(sent) == ["body"]
    assert sent["body"]["content"] == (
        rf'<html><body><div id="vareunge"><p>\1 nytt</p></div><div id="vareunge-end"></div>{blob}</body></html>'
    )


@pytest.mark.parametrize(
    ("found", "drafts", "sends"),
    [
        pytest.param([], 1, 1, id="nothing there"),
        pytest.param([{"id": "1", "isDraft": True}], 0, 1, id="a draft"),
        pytest.param([{"id": "1", "isDraft": True}, {"id": "2", "isDraft": False}], 0, 0, id="left, and a stray draft"),
    ],
)
async def test_a_mail_goes_on_from_where_it_stopped(
    double: Double, found: list[dict[str, Any]], drafts: int, sends: int
) -> None:
    double.on("GET", "/users/m/messages", answer(200, {"value": found}))
    send = double.on("POST", "/users/m/messages/1/send", answer(202))
    draft = double.on("POST", "/users/m/messages", answer(201, {"id": "1"}))

    await GraphMailer(double.graph, EVERYBODY).send("m", LETTER)

    assert (draft.call_count, send.call_count) == (drafts, sends)


@pytest.mark.parametrize("lost", ["draft", "send"])
async def test_a_mail_whose_answer_was_lost_is_not_tried_again_here(double: Double, lost: str) -> None:
    double.on("GET", "/users/m/messages", answer(200, {"value": []}))
    double.on("POST", "/users/m/messages/1/send", answer(504 if lost == "send" else 202))
    double.on("POST", "/users/m/messages", answer(504) if lost == "draft" else answer(201, {"id": "1"}))

    with pytest.raises(OutcomeUnknown):
        await GraphMailer(double.graph, EVERYBODY).send("m", LETTER)


@pytest.mark.parametrize("meanwhile", [error(404, "ErrorItemNotFound"), error(409, "ErrorIrresolvableConflict")])
async def test_a_draft_that_somebody_else_sent_meanwhile_is_looked_for_later(
    double: Double, meanwhile: httpx.Response
) -> None:
    double.on("GET", "/users/m/messages", answer(200, {"value": [{"id": "1", "isDraft": True}]}))
    double.on("POST", "/users/m/messages/1/send", meanwhile)

    with pytest.raises(OutcomeUnknown):
        await GraphMailer(double.graph, EVERYBODY).send("m", LETTER)


async def test_hands_asks_for_people_of_a_group_by_id_alone(double: Double) -> None:
    """Without a permission to read users, Graph answers with the type and the id, and null for all else."""
    bare = {"@odata.type": "#microsoft.graph.user", "id": "u-1", "mail": None, "userPrincipalName": None}
    for people in ("members", "owners"):
        double.on("GET", f"/groups/g/{people}", answer(200, {"value": [bare]}))
    memberships = GraphMemberships(double.graph, EVERYBODY)

    assert await memberships.list_member_ids("g") == ["u-1"]
    assert await memberships.list_owner_ids("g") == ["u-1"]
    assert [request.url.params["$select"] for request in double.requests] == ["id", "id"]


async def test_a_new_group_gets_owners_who_are_members_too(double: Double) -> None:
    double.on(
        "GET", "/groups(", error(404, "Request_ResourceNotFound"), answer(200, {"id": "g", "uniqueName": "a-dal"})
    )
    double.on("PATCH", "/groups(", answer(201, {"id": "g"}))

    await GraphGroups(double.graph).ensure_group(SPEC, owner_ids=["o"])

    request = double.requests[1]
    assert request.headers["Prefer"] == "create-if-missing"
    assert body(request)["owners@odata.bind"] == body(request)["members@odata.bind"] == [f"{URL}/users/o"]


async def test_a_group_that_cannot_be_read_back_yet_is_transient(double: Double) -> None:
    double.on("GET", "/groups(", error(404, "Request_ResourceNotFound"))
    double.on("PATCH", "/groups(", answer(201, {"id": "g"}))

    with pytest.raises(Transient):
        await GraphGroups(double.graph).ensure_group(SPEC, owner_ids=["o"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(error(400, "Request_BadRequest", "References already exist for 'members'."), None, id="member"),
        pytest.param(error(404, "Request_ResourceNotFound"), Transient, id="account not known everywhere"),
        pytest.param(error(400, "Request_BadRequest", "The source object doesn't exist."), Transient, id="fresh group"),
        pytest.param(error(400, "Request_BadRequest", "Invalid object identifier."), Invalid, id="nonsense"),
    ],
)
async def test_adding_a_member(double: Double, given: httpx.Response, expected: type[OutsideError] | None) -> None:
    double.on("POST", "/groups/g/members/$ref", given)

    caught: OutsideError | None = None
    try:
        await GraphMemberships(double.graph, EVERYBODY).add_member("g", GUEST)
    except OutsideError as exc:
        caught = exc

    assert (type(caught) if caught else None) is expected
    assert body(double.requests[0]) == {"@odata.id": f"{URL}/directoryObjects/guest-1"}


async def test_a_removal_never_names_the_person_alone(double: Double) -> None:
    double.on("DELETE", "/groups/g/members/guest-1/$ref", error(404, "Request_ResourceNotFound"))

    await GraphMemberships(double.graph, EVERYBODY).remove_member("g", GUEST)

    assert [request.url.path for request in double.requests] == ["/v1.0/groups/g/members/guest-1/$ref"]


async def test_a_team_is_made_of_the_group_and_nothing_else(double: Double) -> None:
    double.on("POST", "/teams", answer(202, Location="/teams('g')/operations('o')"))
    double.on("GET", "/teams/g/operations/o", answer(200, {"id": "o", "status": "inProgress"}))
    builder = GraphTeamBuilder(double.graph)

    path = await builder.start_team("g")

    assert body(double.requests[0]) == {
        "template@odata.bind": f"{URL}/teamsTemplates('standard')",
        "group@odata.bind": f"{URL}/groups('g')",
    }
    assert await builder.operation(path) is OperationState.RUNNING


async def test_a_group_that_teams_does_not_know_yet_is_transient(double: Double) -> None:
    double.on("POST", "/teams", error(404, "NotFound"))

    with pytest.raises(Transient):
        await GraphTeamBuilder(double.graph).start_team("g")


async def test_a_page_is_looked_for_without_select_which_has_hidden_pages(double: Double) -> None:
    double.on("GET", "/sites/s/pages/microsoft.graph.sitePage", answer(200, {"value": []}))
    double.on("GET", "/sites/s/pages/graph.sitePage", answer(200, {"value": []}))

    assert await GraphSiteContent(double.graph).find_page("s", "start.aspx") is None

    assert set(double.requests[0].url.params) == {"$filter"}


GRANT = {"id": "grant-1", "grantedToIdentitiesV2": [{"application": {"id": "hands"}}]}


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        pytest.param([], [("POST", "manage"), ("POST", "write"), ("PATCH", "manage")], id="granted anew"),
        pytest.param([GRANT], [("POST", "manage"), ("PATCH", "manage")], id="after a run that stopped half-way"),
    ],
)
async def test_manage_that_is_not_granted_at_once_is_a_change_of_write(
    double: Double, there: list[Any], asked: list[tuple[str, str]]
) -> None:
    double.on("POST", "/sites/s/permissions", error(400, "invalidRequest"), answer(201, GRANT))
    double.on("GET", "/sites/s/permissions", answer(200, {"value": there}))
    double.on("PATCH", "/sites/s/permissions/grant-1", answer(200, GRANT))

    await GraphSiteAccess(double.graph).grant("s", app_id="hands", app_name="Hands", role="manage")

    writes = [request for request in double.requests if request.method != "GET"]
    assert [(request.method, *body(request)["roles"]) for request in writes] == asked


async def test_another_role_that_is_refused_is_an_error(double: Double) -> None:
    double.on("POST", "/sites/s/permissions", error(400, "invalidRequest"))

    with pytest.raises(Invalid):
        await GraphSiteAccess(double.graph).grant("s", app_id="hands", app_name="Hands", role="owner")

    assert len(double.requests) == 1


async def test_a_file_too_large_for_one_request_is_refused_clearly(double: Double) -> None:
    with pytest.raises(Invalid, match="uploads in parts are not built"):
        await GraphSiteContent(double.graph).put_file("s", "a.pdf", bytes(SMALL_FILE + 1), "application/pdf")


async def test_a_path_may_hold_what_people_call_their_folders(double: Double) -> None:
    double.on("PUT", "/sites/s/drive/root:", answer(201, {"id": "f"}))

    await GraphSiteContent(double.graph).put_file("s", "Møter & mer/50 % #1.pdf", b"x", "application/pdf")

    request = double.requests[-1]
    assert request.url.raw_path == b"/v1.0/sites/s/drive/root:/M%C3%B8ter%20%26%20mer/50%20%25%20%231.pdf:/content"
    assert request.headers["Content-Type"] == "application/pdf"
    assert request.content == b"x"
