"""Attendees whom Exchange gives back under another address: who was invited by an alias stands there as the primary."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.workflows.meetings.test_booking import Office, with_new_member, without
from tests.workflows.status.rounds import FakeAccounts
from workflows.meetings.events import other_addresses
from workflows.meetings.model import Meeting
from workflows.meetings.quorum import attendance
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.calendar import Attendee, BookedEvent, InvitationResponse

MEMBER, PRIMARY = "member@county.example", "m.ember@county.example"


def account(email: str, *addresses: str) -> Account:
    return Account(id=f"id-{email}", email=email, kind=AccountKind.MEMBER, addresses=frozenset({email, *addresses}))


def under(
    event: BookedEvent,
    others: Mapping[str, str],
    answers: Mapping[str, InvitationResponse],
    *,
    name: str | None = None,
) -> BookedEvent:
    """Return *event* as Exchange shows it when some are known by *others*, and called *name* in the directory."""
    attendees = tuple(
        Attendee(email=others[item.email], name=name or item.name.removesuffix(" (Exchange)"))
        if item.email in others
        else item
        for item in event.attendees
    )
    return replace(event, attendees=attendees, answers=answers)


@pytest.fixture(params=["called alike", "looked up"])
async def office(request: pytest.FixtureRequest) -> Office:
    """
    A board whose meetings are booked; in each, the member stands under the primary address and has declined.

    Either the directory has the register's name, or another one, and then the account that was looked up tells.
    """
    looked_up = request.param == "looked up"
    office = Office(accounts=FakeAccounts([account(MEMBER, PRIMARY)] if looked_up else []))
    await office.desk().plan()
    await office.book()
    name = "Ember, Marit (Fylket)" if looked_up else None
    for key, event in office.mailbox.events.items():
        shown = under(event, {MEMBER: PRIMARY}, {PRIMARY: InvitationResponse.DECLINED}, name=name)
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


async def test_an_account_that_was_looked_up_since_the_booking_tells_who_has_answered() -> None:
    office = Office(accounts=FakeAccounts([]))
    await office.desk().plan()
    await office.book()
    first = office.first()
    shown = {MEMBER: PRIMARY}
    event = under(office.mailbox.events[first.key], shown, {PRIMARY: InvitationResponse.DECLINED}, name="Ember, Marit")
    office.mailbox.events[first.key] = event
    await office.book()
    assert answers(office)["member"] is InvitationResponse.NONE

    office.accounts.accounts.append(account(MEMBER, PRIMARY))
    await office.book()

    assert answers(office)["member"] is InvitationResponse.DECLINED


def test_an_address_that_could_be_two_people_s_is_nobody_s() -> None:
    accounts = {
        "a@x.example": account("a@x.example", "shared@x.example", "a.long@x.example"),
        "b@x.example": account("b@x.example", "shared@x.example", "a@x.example"),
    }

    assert other_addresses(accounts) == {"a.long@x.example": "a@x.example"}
