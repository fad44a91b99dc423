from types import NoneType

import pytest

from sandbox.graph.operations import ROUTER
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Router, Routes
from sandbox.protocol.references import bound_id, normalized
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call, Headers, Query


def reached(router: Router, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    found = router.find(method, path)
    return (found[0].template, found[1]) if found else None


def answer(call: Call[None]) -> Reply:
    return Reply(204)


@pytest.mark.parametrize(
    ("method", "path", "template", "args"),
    [
        pytest.param("GET", "/users/a_b.no#EXT#@x", "/users/{user}", {"user": "a_b.no#EXT#@x"}, id="a guest's name"),
        pytest.param("GET", "/USERS/1", "/users/{user}", {"user": "1"}, id="whatever its case"),
        pytest.param("GET", "/users('1')", "/users/{user}", {"user": "1"}, id="key in parentheses"),
        pytest.param(
            "GET",
            "/groups(uniqueName='b''ål/x')",
            "/groups(uniqueName='{name}')",
            {"name": "b'ål/x"},
            id="alternate key with quote and slash",
        ),
        pytest.param(
            "GET",
            "/teams('1')/operations('2')",
            "/teams/{team}/operations/{operation}",
            {"team": "1", "operation": "2"},
            id="the Location of a new team",
        ),
        pytest.param(
            "POST", "/teams/1/members/add", "/teams/{team}/members/add", {"team": "1"}, id="a word wins over a name"
        ),
        pytest.param(
            "GET",
            "/teams/1/channels/19:abc@thread.tacv2/tabs",
            "/teams/{team}/channels/{channel}/tabs",
            {"team": "1", "channel": "19:abc@thread.tacv2"},
            id="a channel id",
        ),
        pytest.param(
            "DELETE",
            "/groups/1/members/2/$ref",
            "/groups/{group}/members/{member}/$ref",
            {"group": "1", "member": "2"},
            id="reference",
        ),
    ],
)
def test_an_address_leads_to_its_operation(method: str, path: str, template: str, args: dict[str, str]) -> None:
    assert reached(ROUTER, method, path) == (template, args)


@pytest.mark.parametrize(
    ("template", "path", "args"),
    [
        pytest.param(
            "/zz/{drive}/items/{item}:/{path}:/content",
            "/zz/d/items/root:/a b/æ.docx:/content",
            {"drive": "d", "item": "root", "path": "a b/æ.docx"},
            id="file by path",
        ),
        pytest.param(
            "/zz/{drive}/root:/{path}", "/zz/d/root:/a/b:", {"drive": "d", "path": "a/b"}, id="colon at the end"
        ),
        pytest.param(
            "/zz/{drive}/root:/{path}", "/zz/d/root:/a/b", {"drive": "d", "path": "a/b"}, id="no colon at the end"
        ),
        pytest.param(
            "/zz/{page}/microsoft.graph.sitePage/publish",
            "/zz/p/graph.sitePage/publish",
            {"page": "p"},
            id="short cast",
        ),
        pytest.param(
            "/zz/{page}/microsoft.graph.sitePage/publish",
            "/zz/p/microsoft.graph.sitePage/publish",
            {"page": "p"},
            id="long cast",
        ),
        pytest.param("/zz/all/{rest*}", "/zz/all/a/b/c", {"rest": "a/b/c"}, id="the rest"),
    ],
)
def test_templates_cover_the_forms_of_graph(template: str, path: str, args: dict[str, str]) -> None:
    routes = Routes(NoneType)
    routes.operation("GET", template)(answer)

    assert reached(Router(routes), "GET", path) == (template, args)


def test_what_is_not_played_leads_nowhere() -> None:
    assert ROUTER.find("GET", "/planner/rosters") is None


def test_functions_keep_their_parentheses() -> None:
    assert normalized("/users/delta(token='x')/") == "/users/delta(token='x')"


@pytest.mark.parametrize(
    "reference",
    [
        "https://graph.microsoft.com/v1.0/users('7')",
        "http://127.0.0.1:1/v1.0/users/7",
        "https://graph.microsoft.com/v1.0/Users/7",
    ],
)
def test_a_bind_names_an_id(reference: str) -> None:
    assert bound_id(reference, "users") == "7"


@pytest.mark.parametrize("reference", [None, "7", "https://graph.microsoft.com/v1.0/groups/7"])
def test_a_wrong_bind_is_refused(reference: object) -> None:
    with pytest.raises(GraphError, match="no users"):
        bound_id(reference, "users")


def test_options_and_headers_are_found_whatever_their_form() -> None:
    query = Query("$Select=id,mail&expand=fields($select=A,B),teamsApp")

    assert query.names("select") == ["id", "mail"]
    assert query.names("$expand") == ["fields", "teamsApp"]
    assert Headers({"Prefer": "a, create-if-missing"}).prefers("Create-If-Missing")
