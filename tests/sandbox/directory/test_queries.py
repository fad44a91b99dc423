"""Queries of directory objects, with what Entra asks of each."""

import pytest

from tests.sandbox.directory.test_directory import error, mails
from tests.sandbox.walk import make_group
from tests.support.sandbox import RunningSandbox

EVENTUAL = {"ConsistencyLevel": "eventual"}
LEADER, ADVISER, MEETINGS = "leder@fylket.example", "radgiver@fylket.example", "moter@fylket.example"


def clauses(count: int) -> str:
    return " or ".join([f"mail eq '{LEADER}'", *(f"mail eq 'p{n}@fylket.example'" for n in range(count - 1))])


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"$filter": f"mail ne '{LEADER}'"}, id="ne"),
        pytest.param({"$filter": f"not(mail eq '{LEADER}')"}, id="not"),
        pytest.param({"$filter": "endsWith(mail, '@fylket.example')"}, id="endsWith"),
        pytest.param({"$search": '"displayName:Leder"'}, id="$search"),
        pytest.param({"$filter": "startswith(displayName, 'L')", "$orderby": "displayName"}, id="$filter and $orderby"),
        pytest.param({"$filter": clauses(16)}, id="sixteen clauses of or"),
        pytest.param({"$filter": f"mail in ({', '.join([repr(LEADER)] * 16)})"}, id="sixteen values of in"),
    ],
)
async def test_an_advanced_query_says_that_it_takes_what_is_indexed(
    sandbox: RunningSandbox, query: dict[str, str]
) -> None:
    plain = await sandbox.graph("GET", "/users", params=query)
    advanced = await sandbox.graph("GET", "/users", params=query, headers=EVENTUAL)

    assert error(plain) == (400, "Request_UnsupportedQuery")
    assert advanced.status_code == 200, advanced.text


async def test_fifteen_clauses_of_or_are_taken(sandbox: RunningSandbox) -> None:
    assert await mails(sandbox, **{"$filter": clauses(15)}) == [LEADER]


@pytest.mark.parametrize("path", ["/users/$count", "/groups/$count"])
async def test_counting_is_an_advanced_query_too(sandbox: RunningSandbox, path: str) -> None:
    assert error(await sandbox.graph("GET", path)) == (400, "Request_BadRequest")
    assert (await sandbox.graph("GET", path, headers=EVENTUAL)).status_code == 200


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param('"displayName:led"', [LEADER], id="the beginning of a word"),
        pytest.param('"displayName:eder"', [], id="not its middle"),
        pytest.param('"displayName:leder" OR "mail:moter"', [LEADER, MEETINGS], id="or"),
        pytest.param('"displayName:leder" AND "mail:moter"', [], id="and"),
    ],
)
async def test_search_finds_beginnings_of_words(sandbox: RunningSandbox, search: str, found: list[str]) -> None:
    answer = await sandbox.graph("GET", "/users", params={"$search": search}, headers=EVENTUAL)

    assert sorted(user["mail"] for user in answer.json()["value"]) == found


async def test_a_search_without_quotes_is_refused(sandbox: RunningSandbox) -> None:
    answer = await sandbox.graph("GET", "/users", params={"$search": "displayName:led"}, headers=EVENTUAL)

    assert error(answer) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    ("order", "found"),
    [
        pytest.param("displayName", [LEADER, MEETINGS, ADVISER], id="upwards"),
        pytest.param("displayName desc", [ADVISER, MEETINGS, LEADER], id="downwards"),
    ],
)
async def test_users_are_listed_in_order(sandbox: RunningSandbox, order: str, found: list[str]) -> None:
    answer = await sandbox.graph("GET", "/users", params={"$orderby": order})

    assert [user["mail"] for user in answer.json()["value"]] == found


@pytest.mark.parametrize("path", ["/users", "/groups", "/groups/{group}/members"])
async def test_a_page_holds_at_most_999_directory_objects(sandbox: RunningSandbox, path: str) -> None:
    address = path.format(group=await make_group(sandbox))

    assert (await sandbox.graph("GET", address, params={"$top": "999"})).status_code == 200
    assert error(await sandbox.graph("GET", address, params={"$top": "1000"})) == (400, "Request_UnsupportedQuery")
