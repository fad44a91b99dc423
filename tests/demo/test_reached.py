import json
from typing import Any

import pytest

from demo.reached import addresses_written, who_was_reached

LEAD, LEAD_ID = "leder@a-dal.example", "11111111-2222-4333-8444-555555555555"
SENDER = "moter@fylke.example"
CHAT = "19:chat@unq.gbl.spaces"


def exchange(method: str, path: str, asked: Any = None, answer: Any = None, *, app: str = "hands") -> dict[str, Any]:
    return {
        "_app": app,
        "request": {
            "method": method,
            "url": f"http://127.0.0.1:1{path}",
            "postData": {"text": json.dumps(asked)} if asked is not None else None,
        },
        "response": {"status": 200, "content": {"text": json.dumps(answer)} if answer is not None else {}},
    }


LOOKED_UP = exchange("GET", "/v1.0/users", answer={"value": [{"id": LEAD_ID, "mail": LEAD, "userType": "Guest"}]})
DRAFTED = exchange("POST", f"/v1.0/users/{SENDER}/messages", {"subject": "Hei"}, {"id": "mail-1"})
CHAT_OPENED = exchange(
    "POST", "/connector/v3/conversations", {"members": [{"id": LEAD_ID}], "isGroup": False}, {"id": CHAT}
)


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(
            exchange("POST", f"/v1.0/users/{SENDER}/events", {"attendees": [{"emailAddress": {"address": LEAD}}]}),
            id="attendee",
        ),
        pytest.param(exchange("POST", "/v1.0/invitations", {"invitedUserEmailAddress": LEAD}), id="invitation"),
        pytest.param(
            exchange("POST", "/v1.0/groups/g/members/$ref", {"@odata.id": f"http://x/directoryObjects/{LEAD_ID}"}),
            id="member",
        ),
        pytest.param(
            exchange("PATCH", "/v1.0/groups(uniqueName='x')", {"owners@odata.bind": [f"http://x/users/{LEAD_ID}"]}),
            id="owner",
        ),
        pytest.param(
            exchange("POST", f"/v1.0/users/{LEAD_ID}/teamwork/installedApps", {"teamsApp@odata.bind": "x"}),
            id="personal app",
        ),
        pytest.param(exchange("POST", f"/v1.0/users/{LEAD}/teamwork/installedApps", {}), id="personal app by address"),
        pytest.param(CHAT_OPENED, id="conversation"),
        pytest.param(
            exchange(
                "POST",
                f"/v1.0/users/{SENDER}/messages",
                {"toRecipients": [{"emailAddress": {"address": LEAD.upper()}}]},
                {"id": "mail-2"},
            ),
            id="draft",
        ),
        pytest.param(
            exchange("POST", f"/v1.0/users/{SENDER}/sendMail", {"message": {"ccRecipients": [{"address": LEAD}]}}),
            id="mail without a draft",
        ),
        pytest.param(
            exchange(
                "POST",
                "/v1.0/$batch",
                {"requests": [{"method": "POST", "url": "/invitations", "body": {"invitedUserEmailAddress": LEAD}}]},
            ),
            id="within a batch",
        ),
    ],
)
def test_every_way_to_reach_somebody_is_seen(write: dict[str, Any]) -> None:
    reached = who_was_reached([LOOKED_UP, write])

    assert {item.who for item in reached} - {SENDER} == {LEAD}


def test_a_post_reaches_those_in_the_chat() -> None:
    post = exchange("POST", f"/connector/v3/conversations/{CHAT}/activities", {"type": "message"})

    reached = who_was_reached([LOOKED_UP, CHAT_OPENED, post])

    assert [item.by for item in reached if item.who == LEAD] == [
        "POST /connector/v3/conversations",
        f"POST /connector/v3/conversations/{CHAT}/activities",
    ]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(
            exchange("POST", "/connector/v3/conversations/19:a@thread.tacv2/activities", {"type": "message"}),
            id="a post into a conversation that nobody opened",
        ),
        pytest.param(
            exchange("POST", "/connector/v3/conversations", {"isGroup": True, "channelData": {"channel": {"id": "c"}}}),
            id="a new post in a channel",
        ),
        pytest.param(exchange("POST", "/connector/v3/conversations", {"members": [{"id": "29:x"}]}), id="a stranger"),
        pytest.param(exchange("POST", f"/v1.0/users/{SENDER}/messages/other/send"), id="a mail that nobody drafted"),
    ],
)
def test_what_cannot_be_told_counts_as_reached(write: dict[str, Any]) -> None:
    assert [item for item in who_was_reached([LOOKED_UP, DRAFTED, write]) if item.who != SENDER]


def test_reading_and_writing_a_site_reach_nobody() -> None:
    row = exchange("POST", "/v1.0/sites/s/lists/l/items", {"fields": {"Lead": LEAD}})
    sent = exchange("POST", f"/v1.0/users/{SENDER}/messages/mail-1/send")

    assert {item.who for item in who_was_reached([LOOKED_UP, DRAFTED, sent, row])} == {SENDER}


@pytest.mark.parametrize(
    ("write", "names_them"),
    [
        pytest.param(
            exchange("POST", f"/v1.0/users/{SENDER}/messages", {"body": {"content": f"<p>Spør {LEAD.upper()}.</p>"}}),
            True,
            id="within a text",
        ),
        pytest.param(exchange("POST", "/v1.0/sites/s/lists/l/items", {"fields": {"Lead": LEAD}}), True, id="a site"),
        pytest.param(exchange("PATCH", f"/v1.0/users('{LEAD}')", {"a": 1}), True, id="in the call's own address"),
        pytest.param(exchange("PUT", "/_storage/u", f"Spør {LEAD}"), True, id="a body that is no object"),
        pytest.param(
            exchange(
                "POST", "/v1.0/$batch", {"requests": [{"method": "PATCH", "url": "/groups/g", "body": {"x": [LEAD]}}]}
            ),
            True,
            id="within a batch",
        ),
        pytest.param(exchange("GET", f"/v1.0/users?$filter=mail eq '{LEAD}'"), False, id="reading"),
        pytest.param(
            exchange("POST", "/v1.0/teams/t/channels/19:0f270a30@thread.tacv2/tabs", {"a": "19:0f270a30@thread.tacv2"}),
            False,
            id="the id of a conversation",
        ),
    ],
)
def test_an_address_is_seen_wherever_a_write_has_it(write: dict[str, Any], names_them: bool) -> None:
    assert {item.who for item in addresses_written([write])} - {SENDER} == ({LEAD} if names_them else set())
