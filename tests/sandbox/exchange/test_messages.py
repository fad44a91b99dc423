"""Mail: drafts that can be found again, sent once, carried at the transport's pace."""

from typing import Any

from tests.support.sandbox import RunningSandbox

ORGANIZER, GUEST = "moter@fylket.example", "lokal@a-dal.example"
MESSAGES = f"/users/{ORGANIZER}/messages"
TAG = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name key"
IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}


def mail(key: str = "status:1", to: int = 1) -> dict[str, Any]:
    recipients = [GUEST, *(f"p{number}@a-dal.example" for number in range(to - 1))]
    return {
        "subject": "Status",
        "body": {"contentType": "html", "content": "<p>Hei</p>"},
        "toRecipients": [{"emailAddress": {"address": email}} for email in recipients],
        "singleValueExtendedProperties": [{"id": TAG, "value": key}],
    }


async def draft(sandbox: RunningSandbox, **more: Any) -> str:
    answer = await sandbox.graph("POST", MESSAGES, mail(**more), app="hands", headers=IMMUTABLE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def send(sandbox: RunningSandbox, message: str) -> Any:
    return await sandbox.graph("POST", f"{MESSAGES}/{message}/send", app="hands", headers=IMMUTABLE)


async def tagged(sandbox: RunningSandbox, key: str = "status:1", **headers: str) -> list[dict[str, Any]]:
    wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{TAG}' and ep/value eq '{key}')"
    answer = await sandbox.graph("GET", MESSAGES, app="hands", params={"$filter": wanted}, headers=headers)
    return list(answer.json()["value"])


def inbox(sandbox: RunningSandbox, email: str = GUEST) -> list[Any]:
    assert sandbox.app is not None
    return sandbox.app.tenant.exchange.mailboxes.inbox(email)


async def test_a_draft_keeps_its_tag_when_it_is_sent(sandbox: RunningSandbox) -> None:
    message = await draft(sandbox)
    before = await tagged(sandbox)

    sent = await send(sandbox, message)
    after = await tagged(sandbox)

    assert sent.status_code == 202
    assert ([each["isDraft"] for each in before], [each["isDraft"] for each in after]) == ([True], [False])
    assert [mail.subject for mail in inbox(sandbox)] == ["Status"]


async def test_the_ordinary_id_changes_when_a_mail_is_sent_and_the_immutable_one_does_not(
    sandbox: RunningSandbox,
) -> None:
    message = await draft(sandbox)
    ordinary = (await tagged(sandbox))[0]["id"]

    await send(sandbox, message)

    assert (await tagged(sandbox))[0]["id"] != ordinary
    assert (await tagged(sandbox, **IMMUTABLE))[0]["id"] == message


async def test_what_was_sent_is_not_sent_again(sandbox: RunningSandbox) -> None:
    message = await draft(sandbox)

    first, second = [await send(sandbox, message) for _ in range(2)]

    assert (first.status_code, second.status_code) == (202, 400)
    assert len(inbox(sandbox)) == 1


async def test_more_than_thirty_mails_a_minute_come_later_and_none_is_refused(slow: RunningSandbox) -> None:
    for _ in range(31):
        body = {"message": mail(), "saveToSentItems": True}
        answer = await slow.graph("POST", f"/users/{ORGANIZER}/sendMail", body, app="hands")
        assert answer.status_code == 202

    await slow.control("POST", "clock", {"now": "2026-08-17T06:00:30Z"})
    early = len(inbox(slow))
    await slow.control("POST", "clock", {"now": "2026-08-17T06:02:00Z"})

    assert (early, len(inbox(slow))) == (30, 31)


async def test_past_ten_thousand_recipients_a_day_mail_comes_back(sandbox: RunningSandbox) -> None:
    for _ in range(3):
        answer = await send(sandbox, await draft(sandbox, to=4000))
        assert answer.status_code == 202, answer.text

    assert len(inbox(sandbox)) == 2
    assert [mail.kind for mail in inbox(sandbox, ORGANIZER)] == ["undeliverable"]


async def test_canonical_state_tells_who_got_what(sandbox: RunningSandbox) -> None:
    await send(sandbox, await draft(sandbox))

    exchange = (await sandbox.state())["exchange"]

    assert exchange[GUEST]["inbox"] == [[ORGANIZER, [GUEST], "Status", "mail"]]
    assert exchange[ORGANIZER]["sent"] == [[ORGANIZER, [GUEST], "Status", "mail"]]


async def test_looking_into_a_mailbox_leaves_no_trace(sandbox: RunningSandbox) -> None:
    assert inbox(sandbox, "ingen@a-dal.example") == []

    assert (await sandbox.state())["exchange"] == {}


async def test_a_guest_has_no_mailbox_here(sandbox: RunningSandbox) -> None:
    body = {"invitedUserEmailAddress": GUEST, "inviteRedirectUrl": "https://tjeneste.example/"}
    guest = (await sandbox.graph("POST", "/invitations", body, app="hands")).json()["invitedUser"]["id"]

    answer = await sandbox.graph("GET", f"/users/{guest}/messages", app="hands")

    assert answer.status_code == 403
