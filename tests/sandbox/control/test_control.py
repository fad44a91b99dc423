import base64
import json
from pathlib import Path

from sandbox.platform.canonical import canonical
from sandbox.platform.seed import read_seed
from sandbox.platform.spool import Spool
from tests.sandbox.walk import guest_id, make_team, refer
from tests.support.sandbox import RunningSandbox, running_sandbox, sandbox_process


async def test_the_record_names_who_called_and_keeps_no_token(sandbox: RunningSandbox) -> None:
    await guest_id(sandbox)
    await sandbox.graph("PUT", "/drives/x/root:/a.bin:/content", content=b"\xff\x00", app="hands")
    text = (await sandbox.client.get(f"{sandbox.url}/_sandbox/har")).text
    entries = json.loads(text)["log"]["entries"]

    assert [entry["_app"] for entry in entries] == ["hands"] * 3
    token, invitation, upload = entries
    assert token["request"]["url"].startswith(f"{sandbox.url}/msi/token?")
    assert json.loads(invitation["request"]["postData"]["text"])["invitedUserEmailAddress"] == "lokal@a-dal.example"
    assert json.loads(invitation["response"]["content"]["text"])["status"] == "PendingAcceptance"
    assert base64.b64decode(upload["request"]["postData"]["text"]) == b"\xff\x00"
    assert await sandbox.token("hands") not in text
    assert "uthorization" not in text


async def test_the_record_can_be_limited_switched_off_and_emptied(sandbox: RunningSandbox) -> None:
    await sandbox.control("POST", "har", {"most": 2})
    for _ in range(3):
        await sandbox.graph("GET", "/users")
    assert (await sandbox.control("POST", "har", {"most": None, "record": False}))["recorded"] == 2
    await sandbox.graph("GET", "/users")
    assert (await sandbox.control("DELETE", "har"))["recorded"] == 0
    assert (await sandbox.client.post(f"{sandbox.url}/_sandbox/har", json={"record": 1})).status_code == 400


def test_what_grows_long_lies_on_disk_and_is_read_in_order() -> None:
    spool = Spool(in_memory=3)
    for number in range(10):
        spool.append(number)
    reading = iter(spool)
    first = [next(reading) for _ in range(5)]
    for number in range(10, 20):
        spool.append(number)

    assert first + list(reading) == list(range(10)), "what comes later is not among it"
    assert list(spool) == list(range(20))
    spool.clear()
    assert (list(spool), len(spool)) == ([], 0)


async def test_two_runs_of_the_same_story_have_the_same_canonical_state(seed: Path) -> None:
    states = []
    for _ in range(2):
        async with running_sandbox(seed=seed) as sandbox:
            await refer(sandbox, await make_team(sandbox), await guest_id(sandbox))
            states.append(await sandbox.state())

    assert states[0] == states[1]
    assert states[0]["directory"]["groups"]["vare-unge-a-dal"]["members"] == ["lokal@a-dal.example"]


def test_canonical_state_has_natural_keys_and_no_ports_or_tokens() -> None:
    made = "1e7ae9a2-465c-58a0-9b13-09c1bda5b317"
    address = "http://127.0.0.1:5391/svar/eyJhbGciOi1.x9-abcdefghijkl"

    assert canonical({"b": [made], "a": address}, {made: "user:leder"}) == {
        "a": "http://loopback/svar/{token}",
        "b": ["user:leder"],
    }


async def test_a_reset_forgets_everything_but_the_seed(sandbox: RunningSandbox) -> None:
    before = await sandbox.state()
    await make_team(sandbox)

    await sandbox.control("POST", "reset")

    assert await sandbox.state() == before
    assert (await sandbox.control("GET", "state"))["recorded"] == 0


async def test_the_bot_s_address_can_be_set(sandbox: RunningSandbox) -> None:
    await sandbox.control("PUT", "bot", {"endpoint": "http://127.0.0.1:9/api/messages"})

    assert (await sandbox.control("GET", "state"))["bot"]["endpoint"] == "http://127.0.0.1:9/api/messages"


async def test_it_runs_as_a_process_that_tells_a_service_where_it_is(seed: Path) -> None:
    async with sandbox_process(seed=seed) as sandbox:
        assert sandbox.env["VAREUNGE_GRAPH_URL"] == f"{sandbox.url}/v1.0"
        assert sandbox.env["VAREUNGE_ORGANIZER"] == "moter@fylket.example"
        assert (await sandbox.graph("GET", "/users")).status_code == 200


def test_the_programme_s_own_seed_has_members_guests_to_be_and_an_organizer() -> None:
    seed = read_seed()

    assert seed.members
    assert len(seed.people) > len(seed.members)
    assert all(person.email.endswith(seed.domains) for person in (*seed.members, *seed.organizers))
