"""The edge that a rehearsal's calls pass: whom a call names, who of them is left out, and that nothing leaves."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from integration.allow_list import AllowList, Reach, reach_of, withheld
from integration.graph.calendar import GraphCalendar
from integration.graph.client import Graph
from integration.graph.groups import GraphGroups, GraphMemberships
from integration.graph.mail import GraphMailer
from integration.graph.people import GraphInvitations
from integration.graph.teams import GraphChannels, GraphTeamBuilder
from tests.integration.graph.doubles import Double, answer
from tests.integration.graph.test_shapes import EVENT, MEETING, MEMBER
from workflows.errors import RecipientNotAllowed
from workflows.ports.accounts import Account, AccountKind, Recipients
from workflows.ports.mail import Mail
from workflows.ports.place import CatalogApp, ChannelKind

ID, OTHER = "3f0b4c55-0000-4000-8000-000000000001", "3f0b4c55-0000-4000-8000-000000000002"
ME = Account(
    id=ID, email="me@a.example", kind=AccountKind.MEMBER, addresses=frozenset({"me@a.example", "me.too@a.example"})
)
SOMEBODY = Account(id=OTHER, email="x@a.example", kind=AccountKind.MEMBER)
GRAPH = "https://graph.test/v1.0"


@pytest.mark.parametrize(
    ("path", "body", "addresses", "accounts"),
    [
        pytest.param(
            "/users/m@a.example/events",
            {"attendees": [{"emailAddress": {"address": "X@a.example", "name": "X"}}]},
            {"m@a.example", "x@a.example"},
            set(),
            id="attendees",
        ),
        pytest.param("/invitations", {"invitedUserEmailAddress": "x@a.example"}, {"x@a.example"}, set(), id="a guest"),
        pytest.param(
            "/groups/g/members/$ref", {"@odata.id": f"{GRAPH}/directoryObjects/{OTHER}"}, set(), {OTHER}, id="a member"
        ),
        pytest.param(
            "/groups(uniqueName='g')",
            {"owners@odata.bind": [f"{GRAPH}/users/{ID}", f"{GRAPH}/users/{OTHER}"]},
            set(),
            {ID, OTHER},
            id="owners of a new group",
        ),
        pytest.param(
            "/teams/t/channels",
            {"members": [{"user@odata.bind": f"{GRAPH}/users('{OTHER}')"}]},
            set(),
            {OTHER},
            id="a private channel's owner",
        ),
        pytest.param(f"/users/{OTHER}/teamwork/installedApps", {}, set(), {OTHER}, id="an app for a person"),
        pytest.param("/users/m%40a.example/messages/1/send", None, {"m@a.example"}, set(), id="a mail's sending"),
        pytest.param(
            "/drives/d/items/i/invite", {"recipients": [{"email": "x@a.example"}]}, {"x@a.example"}, set(), id="sharing"
        ),
        pytest.param("/sites/s/lists/l/items", {"fields": {"Mail": "x@a.example"}}, set(), set(), id="a site's list"),
        pytest.param(
            "/teams", {"group@odata.bind": f"{GRAPH}/groups('{OTHER}')"}, set(), set(), id="a team of a group"
        ),
        pytest.param("/groups", {"description": "Write to x@a.example, please"}, set(), set(), id="words"),
        pytest.param("/teams/t/photo", b"x@a.example", set(), set(), id="bytes"),
    ],
)
def test_whom_a_call_names(path: str, body: object, addresses: set[str], accounts: set[str]) -> None:
    assert reach_of("POST", path, body) == Reach(addresses=frozenset(addresses), accounts=frozenset(accounts))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_reading_and_taking_out_reach_nobody(method: str) -> None:
    assert reach_of(method, f"/groups/g/members/{OTHER}/$ref", None) == Reach()


@pytest.mark.parametrize(
    ("reach", "left_out"),
    [
        pytest.param(Reach(addresses=frozenset({"me@a.example"})), set(), id="on the list"),
        pytest.param(Reach(addresses=frozenset({"x@a.example"})), {"x@a.example"}, id="not on it"),
        pytest.param(Reach(accounts=frozenset({ID})), set(), id="an account of somebody on it"),
        pytest.param(Reach(accounts=frozenset({OTHER})), {OTHER}, id="another's account"),
        pytest.param(Reach(accounts=frozenset({"unknown"})), {"unknown"}, id="an account that nobody knows"),
    ],
)
def test_who_is_left_out(reach: Reach, left_out: set[str]) -> None:
    allowed = Recipients(frozenset({"me.too@a.example", "me@a.example"}))

    assert withheld(reach, permits=allowed.permits, known={ID: ME, OTHER: SOMEBODY}) == left_out


def test_an_account_is_known_by_each_of_its_addresses() -> None:
    allowed = Recipients(frozenset({"me.too@a.example"}))

    assert withheld(Reach(accounts=frozenset({ID})), permits=allowed.permits, known={ID: ME}) == frozenset()


# ----------------------------------------------------------------------------------------------------- as calls leave


class Edge:
    """An allow-list with what it noted."""

    def __init__(self, *allowed: str, everybody: bool = False) -> None:
        self.noted: list[tuple[str, int]] = []
        self.list = AllowList(
            Recipients(None if everybody else frozenset(allowed)),
            ours=["M@home.example"],
            find_account=self._account,
            find_chat_owner=self._owner,
            note=self._note,
        )

    async def _account(self, object_id: str) -> Account | None:
        known: Mapping[str, Account] = {ID: ME, OTHER: SOMEBODY}
        return known.get(object_id)

    async def _owner(self, conversation_id: str) -> str | None:
        return {"a:mine": ID, "a:theirs": OTHER}.get(conversation_id)

    async def _note(self, action: str, people: int) -> None:
        self.noted.append((action, people))


APP = CatalogApp(id="app", external_id="e", version="1")
THEIRS = {"emailAddress": {"address": "x@a.example", "name": "X"}, "type": "required"}
EVERYBODY = Recipients()
"""What the clients are told here: that each of them lets everybody pass, so that the edge alone holds."""


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(
            lambda graph: GraphInvitations(graph, EVERYBODY).invite("x@a.example", name="X", redirect_url="https://a"),
            id="an invitation",
        ),
        pytest.param(lambda graph: GraphMemberships(graph, EVERYBODY).add_member("g", SOMEBODY), id="a membership"),
        pytest.param(lambda graph: GraphGroups(graph).add_owner("g", OTHER), id="an ownership"),
        pytest.param(
            lambda graph: GraphMailer(graph, EVERYBODY).send(
                "m@home.example", Mail(key="k", to=MEMBER, subject="", html="")
            ),
            id="a mail",
        ),
        pytest.param(
            lambda graph: GraphCalendar(graph, EVERYBODY, timezone="Europe/Oslo").book("m@home.example", MEETING),
            id="a meeting",
        ),
        pytest.param(
            lambda graph: GraphChannels(graph).create_channel(
                "t", name="C", description="", kind=ChannelKind.PRIVATE, owner_id=OTHER
            ),
            id="a private channel",
        ),
        pytest.param(lambda graph: GraphTeamBuilder(graph).install_for_user(OTHER, APP), id="an app"),
    ],
)
async def test_nothing_that_would_reach_somebody_else_leaves(
    attempt: Callable[[Graph], Coroutine[Any, Any, object]],
) -> None:
    edge = Edge("me@a.example")
    double = Double(allow_list=edge.list)
    double.on("GET", "/users/m%40home.example/messages", answer(200, {"value": []}))

    with pytest.raises(RecipientNotAllowed):
        await attempt(double.graph)

    assert [request.method for request in double.requests if request.method != "GET"] == []
    assert len(edge.noted) == 1
    await double.graph.close()


async def test_an_event_that_others_were_invited_to_is_neither_changed_nor_called_off() -> None:
    edge = Edge("me@a.example")
    double = Double(allow_list=edge.list)
    double.on("GET", "/users/m%40home.example/events", answer(200, {"value": [{**EVENT, "attendees": [THEIRS]}]}))
    calendar = GraphCalendar(double.graph, EVERYBODY, timezone="Europe/Oslo")
    await calendar.find_events("m@home.example", [MEETING.key])

    for attempt in (
        calendar.update("m@home.example", "event-1", {"location": "Rådhuset"}),
        calendar.cancel("m@home.example", "event-1", "Avlyst"),
    ):
        with pytest.raises(RecipientNotAllowed):
            await attempt

    assert {request.method for request in double.requests} == {"GET"}
    await double.graph.close()


async def test_without_a_list_calls_are_not_even_looked_at() -> None:
    edge = Edge(everybody=True)

    await edge.list.check("invite", Reach(addresses=frozenset({"x@a.example"})))
    await edge.list.check_chat("update", "a:theirs")

    assert edge.noted == []


@pytest.mark.parametrize(("chat", "passes"), [("a:mine", True), ("a:theirs", False), ("a:nobody-knows", False)])
async def test_a_chat_is_reached_where_its_person_is_on_the_list(chat: str, passes: bool) -> None:
    edge = Edge("me@a.example")
    if passes:
        await edge.list.check_chat("update a card", chat)
    else:
        with pytest.raises(RecipientNotAllowed):
            await edge.list.check_chat("update a card", chat)

    assert len(edge.noted) == (0 if passes else 1)
