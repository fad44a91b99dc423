"""Attendees whom Exchange gives back under another address: who was invited by an alias stands there as the primary."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.workflows.meetings.test_booking import Office, with_new_member, without
from workflows.meetings.model import Meeting
from workflows.meetings.quorum import attendance
from workflows.ports.calendar import Attendee, BookedEvent, InvitationResponse

MEMBER, PRIMARY = "member@county.example", "m.ember@county.example"


def under(event: BookedEvent, others: Mapping[str, str], answers: Mapping[str, InvitationResponse]) -> BookedEvent:
    """Return *event* as Exchange shows it when some are known by *others*."""
    attendees = tuple(
        Attendee(email=others.get(item.email, item.email), name=item.name.removesuffix(" (Exchange)"))
        if item.email in others
        else item
        for item in event.attendees
    )
    return replace(event, attendees=attendees, answers=answers)


@pytest.fixture
async def office() -> Office:
    """A board whose meetings are booked; in each, the member stands under the primary address and has declined."""
    office = Office()
    await office.desk().plan()
    await office.book()
    for key, event in office.mailbox.events.items():
        shown = under(event, {MEMBER: PRIMARY}, {PRIMARY: InvitationResponse.DECLINED})
        office.mailbox.events[key] = shown
    office.mailbox.writes.clear()
    return office


def answers(office: Office) -> dict[str, InvitationResponse]:
    first: Meeting = office.first()
    return {item.person: item.answer for item in attendance(office.register, office.register.body("a-dal"), first)}


async def test_an_answer_under_the_primary_address_is_the_person_s(office: Office) -> None:
    await office.book()

    assert answers(office)["member"] is InvitationResponse.DECLINED


async def test_nobody_is_invited_again_under_the_address_of_ours(office: Office) -> None:
    for _ in range(2):
        await office.book()

    assert office.mailbox.writes == []


async def test_who_leaves_the_board_is_invited_under_neither_address_any_more(office: Office) -> None:
    await office.book()
    office.register = without("member", office.register)

    await office.book()

    for update in office.mailbox.updates():
        assert {item.email for item in update["attendees"]}.isdisjoint({MEMBER, PRIMARY})
    assert len(office.mailbox.updates()) == len(office.mailbox.events)


async def test_who_is_out_of_the_register_too_is_known_by_what_was_noted(office: Office) -> None:
    await office.book()
    people = tuple(person for person in office.register.people if person.key != "member")
    office.register = without("member", office.register).model_copy(update={"people": people})

    await office.book()

    assert all(PRIMARY not in {item.email for item in update["attendees"]} for update in office.mailbox.updates())
    assert office.mailbox.updates()


async def test_when_somebody_joins_the_others_stay_under_the_addresses_they_have_there(office: Office) -> None:
    office.register = with_new_member(office.register)

    await office.book()

    (update, *_) = office.mailbox.updates()
    emails = {item.email for item in update["attendees"]}
    assert {PRIMARY, "new@county.example"} <= emails
    assert MEMBER not in emails


async def test_a_stranger_whom_a_delegate_added_is_nobody_of_ours() -> None:
    office = Office()
    await office.desk().plan()
    await office.book()
    first = office.first()
    event = office.mailbox.events[first.key]
    stranger = Attendee(email="gjest@annet.example", name="En gjest")
    others = tuple(item for item in event.attendees if item.email != MEMBER)
    office.mailbox.change(
        first.key, attendees=(*others, stranger), answers={stranger.email: InvitationResponse.DECLINED}
    )

    await office.book()

    assert answers(office)["member"] is InvitationResponse.NONE


async def test_two_of_one_name_are_not_told_apart() -> None:
    office = Office()
    same = tuple(person.model_copy(update={"name": "Kari Lund"}) for person in office.register.people)
    office.register = office.register.model_copy(update={"people": same})
    await office.desk().plan()
    await office.book()
    first = office.first()
    event = office.mailbox.events[first.key]
    shown = under(event, {MEMBER: PRIMARY, "chair@county.example": "c.hair@county.example"}, {})
    office.mailbox.events[first.key] = replace(shown, answers={PRIMARY: InvitationResponse.DECLINED})

    await office.book()

    assert set(answers(office).values()) == {InvitationResponse.NONE}
