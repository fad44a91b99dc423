"""Events: booked once, told to whom they concern, and lost in the ways Exchange loses things."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sandbox.points import plays
from tests.support.sandbox import RunningSandbox

ORGANIZER = "moter@fylket.example"
MEMBER, GUEST = "leder@fylket.example", "lokal@a-dal.example"
EVENTS = f"/users/{ORGANIZER}/events"
TAG = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name key"
PREFER = {"Prefer": 'IdType="ImmutableId", outlook.timezone="W. Europe Standard Time"'}


def attendee(email: str, kind: str = "required") -> dict[str, Any]:
    return {"type": kind, "emailAddress": {"address": email, "name": email}}


def meeting(**more: Any) -> dict[str, Any]:
    return {
        "subject": "Styremøte",
        "body": {"contentType": "html", "content": "<p>Papirene</p>"},
        "start": {"dateTime": "2026-09-08T09:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": "2026-09-08T11:00:00", "timeZone": "W. Europe Standard Time"},
        "attendees": [attendee(MEMBER), attendee(GUEST)],
        "transactionId": "9f4b6d0e-1111-4a5e-8f0e-2f8d1f0a0001",
        "singleValueExtendedProperties": [{"id": TAG, "value": "board:a-dal/1"}],
        **more,
    }


async def ask(sandbox: RunningSandbox, method: str, path: str, json: Any = None, **more: Any) -> Any:
    return await sandbox.graph(method, path, json, app="hands", headers=PREFER, **more)


async def book(sandbox: RunningSandbox, **more: Any) -> dict[str, Any]:
    answer = await ask(sandbox, "POST", EVENTS, meeting(**more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def found(sandbox: RunningSandbox, key: str = "board:a-dal/1") -> list[dict[str, Any]]:
    wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{TAG}' and ep/value eq '{key}')"
    answer = await ask(sandbox, "GET", EVENTS, params={"$filter": wanted})
    return list(answer.json()["value"])


def mails(sandbox: RunningSandbox, email: str) -> list[str]:
    assert sandbox.app is not None
    return [mail.kind for mail in sandbox.app.tenant.exchange.mailboxes.inbox(email)]


async def test_times_come_back_in_the_zone_that_was_asked_for(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox)
    plain = await sandbox.graph("GET", EVENTS, app="hands")

    assert booked["start"] == {"dateTime": "2026-09-08T09:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    assert plain.json()["value"][0]["start"] == {"dateTime": "2026-09-08T07:00:00.0000000", "timeZone": "UTC"}


@plays("6.4")
async def test_a_used_transaction_id_is_refused_with_the_event_it_made(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox)

    again = await ask(sandbox, "POST", EVENTS, meeting(subject="Et annet"))

    error = again.json()["error"]
    assert (again.status_code, error["code"]) == (400, "ErrorDuplicateTransactionId")
    assert error["@event.existingEventId"] == booked["id"]
    assert mails(sandbox, MEMBER) == ["invite"]


async def test_an_event_is_found_by_its_property_which_comes_only_when_expanded(sandbox: RunningSandbox) -> None:
    await book(sandbox)

    expanded = await ask(
        sandbox, "GET", EVENTS, params={"$expand": f"singleValueExtendedProperties($filter=id eq '{TAG}')"}
    )

    assert len(await found(sandbox)) == 1
    assert "singleValueExtendedProperties" not in (await found(sandbox))[0]
    assert await found(sandbox, "board:a-dal/2") == []
    assert expanded.json()["value"][0]["singleValueExtendedProperties"] == [{"id": TAG, "value": "board:a-dal/1"}]


async def test_everybody_invited_gets_mail_and_an_event_inside_and_outside(sandbox: RunningSandbox) -> None:
    await book(sandbox)

    assert sandbox.app is not None
    exchange = sandbox.app.tenant.exchange
    assert [mails(sandbox, email) for email in (MEMBER, GUEST)] == [["invite"], ["invite"]]
    assert [len(exchange.calendars.of(email)) for email in (MEMBER, GUEST)] == [1, 1]


async def test_only_who_is_added_or_removed_is_told_of_a_change_of_attendees(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox)

    await ask(
        sandbox, "PATCH", f"{EVENTS}/{booked['id']}", {"attendees": [attendee(MEMBER), attendee("ny@a-dal.example")]}
    )

    assert mails(sandbox, MEMBER) == ["invite"]
    assert mails(sandbox, GUEST) == ["invite", "cancel"]
    assert mails(sandbox, "ny@a-dal.example") == ["invite"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"subject": "Nytt navn"}, ["invite", "update"], id="subject"),
        pytest.param({"showAs": "free"}, ["invite"], id="own calendar only"),
        pytest.param({"singleValueExtendedProperties": [{"id": TAG, "value": "x"}]}, ["invite"], id="own property"),
    ],
)
async def test_attendees_are_told_of_what_they_can_see(
    sandbox: RunningSandbox, change: Mapping[str, Any], told: list[str]
) -> None:
    booked = await book(sandbox)

    await ask(sandbox, "PATCH", f"{EVENTS}/{booked['id']}", change)

    assert mails(sandbox, MEMBER) == told


async def test_a_new_time_forgets_the_answers(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox)
    assert sandbox.app is not None
    exchange = sandbox.app.tenant.exchange
    exchange.calendars.respond(MEMBER, booked["iCalUId"], "accepted")
    before = (await found(sandbox))[0]["attendees"][0]["status"]["response"]

    await ask(
        sandbox,
        "PATCH",
        f"{EVENTS}/{booked['id']}",
        {
            "start": {"dateTime": "2026-09-09T09:00:00", "timeZone": "W. Europe Standard Time"},
            "end": {"dateTime": "2026-09-09T11:00:00", "timeZone": "W. Europe Standard Time"},
        },
    )

    assert before == "accepted"
    assert (await found(sandbox))[0]["attendees"][0]["status"]["response"] == "none"
    assert mails(sandbox, ORGANIZER) == ["response"]


async def test_the_join_address_comes_later_and_a_body_without_it_ends_the_online_meeting(
    slow: RunningSandbox,
) -> None:
    booked = await book(slow, isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness")
    await slow.control("POST", "clock", {"now": "2026-08-17T06:10:00Z"})
    later = (await found(slow))[0]

    kept = await ask(slow, "PATCH", f"{EVENTS}/{booked['id']}", {"body": later["body"]})
    lost = await ask(
        slow, "PATCH", f"{EVENTS}/{booked['id']}", {"body": {"contentType": "html", "content": "<p>Nytt</p>"}}
    )
    again = await ask(slow, "PATCH", f"{EVENTS}/{booked['id']}", {"isOnlineMeeting": True})

    assert (booked["isOnlineMeeting"], booked["onlineMeeting"]) == (True, None)
    assert later["onlineMeeting"]["joinUrl"] in later["body"]["content"]
    assert [each.json()["isOnlineMeeting"] for each in (kept, lost, again)] == [True, False, False]


@plays("6.6")
async def test_a_cancelled_event_is_gone_and_its_attendees_know(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox)

    first, second = [
        await ask(sandbox, "POST", f"{EVENTS}/{booked['id']}/cancel", {"Comment": "Utsatt"}) for _ in range(2)
    ]

    assert first.status_code == 202
    assert (second.status_code, second.json()["error"]["code"]) == (404, "ErrorItemNotFound")
    assert mails(sandbox, GUEST) == ["invite", "cancel"]
    assert await found(sandbox) == []


async def test_the_view_shows_what_touches_the_time(sandbox: RunningSandbox) -> None:
    await book(sandbox)
    path = f"/users/{ORGANIZER}/calendarView"

    inside, outside = [
        await ask(
            sandbox,
            "GET",
            path,
            params={"startDateTime": f"2026-09-{a}T00:00:00Z", "endDateTime": f"2026-09-{b}T00:00:00Z"},
        )
        for a, b in (("08", "09"), ("09", "10"))
    ]

    assert (len(inside.json()["value"]), len(outside.json()["value"])) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"attendees": [attendee(f"p{n}@a-dal.example") for n in range(501)]}, id="501 attendees"),
        pytest.param(
            {"end": {"dateTime": "2026-09-08T08:00:00", "timeZone": "W. Europe Standard Time"}},
            id="ends before it starts",
        ),
        pytest.param({"start": {"dateTime": "2026-09-08T08:00:00", "timeZone": "Nowhere"}}, id="no such zone"),
        pytest.param({"title": "Styremøte"}, id="no such property"),
        pytest.param({"showAs": "away"}, id="no such member"),
        pytest.param({"singleValueExtendedProperties": [{"id": "key", "value": "x"}]}, id="malformed property id"),
    ],
)
async def test_what_is_wrong_is_refused_and_tells_nobody(sandbox: RunningSandbox, wrong: dict[str, Any]) -> None:
    answer = await ask(sandbox, "POST", EVENTS, meeting(**wrong))

    assert answer.status_code == 400
    assert mails(sandbox, MEMBER) == []
    assert await found(sandbox) == []


async def test_another_mailbox_is_closed(sandbox: RunningSandbox) -> None:
    answer = await ask(sandbox, "GET", f"/users/{MEMBER}/events")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    assert answer.json()["error"]["message"] == "Access to OData is disabled."


async def test_an_event_is_read_back_by_its_maker(sandbox: RunningSandbox) -> None:
    """Calendars.ReadWrite reads, as its description says; the published table leaves it out here."""
    booked = await book(sandbox)

    answer = await ask(sandbox, "GET", f"{EVENTS}/{booked['id']}")

    assert (answer.status_code, answer.json()["subject"]) == (200, booked["subject"])


async def shown_in(sandbox: RunningSandbox, zone: str) -> Any:
    return await sandbox.graph("GET", EVENTS, app="hands", headers={"Prefer": f'outlook.timezone="{zone}"'})


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "Europe/Berlin", "UTC"])
async def test_a_documented_zone_is_taken(sandbox: RunningSandbox, zone: str) -> None:
    at = {"dateTime": "2026-09-08T09:00:00", "timeZone": zone}

    booked = await ask(sandbox, "POST", EVENTS, {"subject": "Møte", "start": at, "end": at})

    assert (booked.status_code, booked.json()["originalStartTimeZone"]) == (201, zone)
    shown = await shown_in(sandbox, zone)
    assert shown.json()["value"][0]["start"] == {"dateTime": "2026-09-08T09:00:00.0000000", "timeZone": zone}


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Norway", "GMT+1"])
async def test_another_zone_is_refused_in_events_and_as_a_preference(sandbox: RunningSandbox, zone: str) -> None:
    at = {"dateTime": "2026-09-08T09:00:00", "timeZone": zone}
    await book(sandbox)

    booked = await ask(sandbox, "POST", EVENTS, {"subject": "Møte", "start": at, "end": at})
    shown = await shown_in(sandbox, zone)

    for answer in (booked, shown):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TimeZoneNotSupportedException")
