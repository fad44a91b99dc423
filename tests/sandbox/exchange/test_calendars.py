"""The one calendar of a mailbox and its folders, by their own addresses."""

import pytest

from tests.sandbox.exchange.test_events import EVENTS, ORGANIZER, ask, book
from tests.sandbox.exchange.test_messages import draft
from tests.support.sandbox import RunningSandbox

MAILBOX = f"/users/{ORGANIZER}"


async def calendar_id(sandbox: RunningSandbox) -> str:
    (found,) = (await ask(sandbox, "GET", f"{MAILBOX}/calendars")).json()["value"]
    return str(found["id"])


async def test_a_mailbox_has_one_calendar(sandbox: RunningSandbox) -> None:
    found = await calendar_id(sandbox)

    by_id = await ask(sandbox, "GET", f"{MAILBOX}/calendars/{found}")
    default = await ask(sandbox, "GET", f"{MAILBOX}/calendar")

    assert by_id.json()["owner"]["address"] == ORGANIZER
    assert default.json()["id"] == found
    assert (await ask(sandbox, "GET", f"{MAILBOX}/calendars/another")).status_code == 404


@pytest.mark.parametrize("address", ["events", "calendar/events", "calendars/{calendar}/events"])
async def test_an_event_is_found_under_every_address_of_its_calendar(sandbox: RunningSandbox, address: str) -> None:
    booked = await book(sandbox)
    events = f"{MAILBOX}/{address.format(calendar=await calendar_id(sandbox))}"

    assert [each["id"] for each in (await ask(sandbox, "GET", events)).json()["value"]] == [booked["id"]]
    assert (await ask(sandbox, "GET", f"{events}/{booked['id']}")).json()["subject"] == booked["subject"]


async def test_an_event_is_not_in_a_calendar_that_is_not_there(sandbox: RunningSandbox) -> None:
    await book(sandbox)

    assert (await ask(sandbox, "GET", f"{MAILBOX}/calendars/another/events")).status_code == 404
    assert len((await ask(sandbox, "GET", EVENTS)).json()["value"]) == 1


async def test_folders_tell_how_much_lies_in_them_and_are_found_by_name_and_id(sandbox: RunningSandbox) -> None:
    await draft(sandbox)

    folders = (await ask(sandbox, "GET", f"{MAILBOX}/mailFolders")).json()["value"]
    (drafts,) = [each for each in folders if each["totalItemCount"]]

    assert drafts["displayName"] == "Kladd"
    assert (await ask(sandbox, "GET", f"{MAILBOX}/mailFolders/Drafts")).json()["id"] == drafts["id"]
    mails = await ask(sandbox, "GET", f"{MAILBOX}/mailFolders/{drafts['id']}/messages")
    assert [each["isDraft"] for each in mails.json()["value"]] == [True]
    assert (await ask(sandbox, "GET", f"{MAILBOX}/mailFolders/archive")).status_code == 404
