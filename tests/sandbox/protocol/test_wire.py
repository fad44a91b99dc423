"""Requests as they come over the wire."""

from tests.support.sandbox import RunningSandbox


async def test_links_lead_to_the_host_that_a_proxy_tells_of(sandbox: RunningSandbox) -> None:
    forwarded = {"X-Forwarded-Host": "graph.microsoft.com", "X-Forwarded-Proto": "https"}

    behind = await sandbox.graph("GET", "/users", params={"$top": "1"}, headers=forwarded)
    direct = await sandbox.graph("GET", "/users", params={"$top": "1"})

    assert behind.json()["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/users?")
    assert direct.json()["@odata.nextLink"].startswith(f"{sandbox.url}/v1.0/users?")
