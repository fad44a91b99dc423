import jwt
import pytest

from tests.support.sandbox import RunningSandbox


async def test_a_token_tells_who_calls_and_what_it_may_everywhere(sandbox: RunningSandbox) -> None:
    answer = (await sandbox.ask_token("hands")).json()
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})

    assert claims["appid"] == answer["client_id"] == sandbox.env["VAREUNGE_HANDS_ID"]
    assert claims["app_displayname"] == "hands"
    assert claims["roles"] == ["GroupMember.ReadWrite.All", "Sites.Selected", "User.Invite.All"]
    assert claims["tid"] == sandbox.env["VAREUNGE_TENANT_ID"]
    assert int(answer["expires_on"]) == claims["exp"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer x.y.z"}, id="no token"),
        pytest.param(
            {"Authorization": f"Bearer {jwt.encode({'appid': 'x'}, 'x' * 32, algorithm='HS256')}"}, id="forged"
        ),
    ],
)
async def test_nobody_calls_graph_without_a_valid_token(sandbox: RunningSandbox, headers: dict[str, str]) -> None:
    answer = await sandbox.client.get(f"{sandbox.url}/v1.0/users", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


async def test_a_token_for_another_service_is_refused(sandbox: RunningSandbox) -> None:
    token = (await sandbox.ask_token("builder", "https://api.botframework.com")).json()["access_token"]

    answer = await sandbox.client.get(f"{sandbox.url}/v1.0/users", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


async def test_a_closed_identity_gets_no_token_and_its_old_one_is_refused(sandbox: RunningSandbox) -> None:
    client_id = sandbox.env["VAREUNGE_BUILDER_ID"]
    assert (await sandbox.graph("GET", "/users")).status_code == 200

    await sandbox.control("POST", f"apps/{client_id}", {"enabled": False})

    refused = await sandbox.ask_token("builder")
    assert refused.status_code == 400
    assert "AADSTS7000112" in refused.json()["message"]
    assert (await sandbox.graph("GET", "/users")).status_code == 401

    await sandbox.control("POST", f"apps/{client_id}", {"enabled": True})
    assert (await sandbox.graph("GET", "/users")).status_code == 200


async def test_the_identity_header_is_asked_for(sandbox: RunningSandbox) -> None:
    answer = await sandbox.client.get(sandbox.env["IDENTITY_ENDPOINT"], params={"resource": "x"})

    assert answer.status_code == 401
