"""Fields that are written of an event, and changes to one that is not there."""

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.graph.doubles import Double, answer, error
from tests.integration.graph.test_shapes import EVENT, MEETING, body, calendar
from workflows.errors import Conflict, NotFound

AT_THE_TOWN_HALL = replace(MEETING, online=False)


async def test_a_meeting_in_a_room_gets_no_address_to_join_and_none_is_waited_for(double: Double) -> None:
    double.on("POST", "/users/m/events", answer(201, {**EVENT, "onlineMeeting": None}))

    booked = await calendar(double).book("m", AT_THE_TOWN_HALL)

    (request,) = double.requests
    assert booked.join_url is None
    assert not {"isOnlineMeeting", "onlineMeetingProvider"} & set(body(request))


async def test_a_key_that_exchange_has_used_for_an_event_that_is_gone_is_a_conflict(double: Double) -> None:
    double.on("POST", "/users/m/events", error(400, "ErrorDuplicateTransactionId"))
    double.on("GET", "/users/m/events", answer(200, {"value": []}))

    with pytest.raises(Conflict):
        await calendar(double).book("m", MEETING)


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        pytest.param({"subject": "Nytt navn"}, {"subject": "Nytt navn"}, id="its name"),
        pytest.param({"location": "Salen"}, {"location": {"displayName": "Salen"}}, id="its place"),
        pytest.param(
            {"timezone": "America/New_York", "starts_local": MEETING.starts_local},
            {"start": {"dateTime": "2026-09-08T09:00:00", "timeZone": "Eastern Standard Time"}},
            id="its start, in another zone",
        ),
    ],
)
async def test_a_change_writes_what_changed_and_no_more(
    double: Double, changes: dict[str, Any], written: dict[str, Any]
) -> None:
    double.on("PATCH", "/users/m/events/event-1", answer(200, EVENT))

    await calendar(double).update("m", "event-1", changes)

    assert body(double.requests[0]) == written


async def test_what_no_event_has_cannot_be_changed(double: Double) -> None:
    with pytest.raises(ValueError, match="colour: expected a field of an event that can be changed"):
        await calendar(double).update("m", "event-1", {"colour": "green"})

    assert double.requests == []


async def test_the_body_of_an_event_nobody_looked_up_is_not_written_over(double: Double) -> None:
    """Or the words that Teams put there would be lost, the link to join among them."""
    with pytest.raises(ValueError, match="looked up before its body is changed"):
        await calendar(double).update("m", "event-1", {"body_html": "<p>Nytt</p>"})

    assert double.requests == []


async def test_the_body_of_an_event_that_was_deleted_meanwhile_is_not_found(double: Double) -> None:
    double.on("GET", "/users/m/events", answer(200, {"value": [EVENT]}), answer(200, {"value": []}))
    desk = calendar(double)
    await desk.find_events("m", [MEETING.key])

    with pytest.raises(NotFound, match="it is not booked"):
        await desk.update("m", "event-1", {"body_html": "<p>Nytt</p>"})

    assert [request.method for request in double.requests] == ["GET", "GET"]
