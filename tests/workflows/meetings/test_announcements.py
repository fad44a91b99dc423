"""The mails that a booking would send, told before it does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.values import Meetings
from tests.workflows.meetings.test_booking import Office, with_new_member, without
from tests.workflows.programme import municipality, programme
from workflows.meetings.announcements import AnnouncementKind, announcements, describe_announcements, people_of
from workflows.meetings.model import MeetingState
from workflows.ports.accounts import Recipients

CHAIR, MEMBER, LEAD = (f"{role}@county.example" for role in ("chair", "member", "lead"))
EVERYBODY = {CHAIR, MEMBER, LEAD}
KINDS = {"book": AnnouncementKind.INVITATION, "update": AnnouncementKind.CHANGE, "cancel": AnnouncementKind.WITHDRAWAL}


def told(office: Office) -> list[tuple[AnnouncementKind, set[str]]]:
    """Return what would be sent about the board's meetings."""
    mine = [meeting for meeting in office.store.meetings.values() if meeting.body == "a-dal"]
    found = announcements(office.register, mine, recipients=office.recipients, now=office.clock.now())
    return [(item.kind, set(item.people)) for item in found]


@pytest.fixture
async def office() -> Office:
    office = Office()
    await office.desk().plan()
    return office


@pytest.fixture
async def booked(office: Office) -> Office:
    await office.book()
    office.mailbox.writes.clear()
    return office


async def test_every_planned_meeting_is_an_invitation_to_its_people(office: Office) -> None:
    announced = told(office)

    await office.book()

    assert announced == [(AnnouncementKind.INVITATION, EVERYBODY)] * len(office.mailbox.booked())
    assert told(office) == []


async def test_a_moved_and_a_cancelled_meeting_are_one_mail_each_to_those_invited(booked: Office) -> None:
    first, second = [meeting for meeting in booked.store.meetings.values() if meeting.body == "a-dal"][:2]
    later = first.starts_local + timedelta(hours=1)
    await booked.moves().move(first.key, later, "Salen er opptatt")
    await booked.moves().cancel(second.key, "Ingen saker")

    assert told(booked) == [(AnnouncementKind.CHANGE, EVERYBODY), (AnnouncementKind.WITHDRAWAL, EVERYBODY)]
    await booked.book()
    assert {KINDS[name] for name, _ in booked.mailbox.writes} == {AnnouncementKind.CHANGE, AnnouncementKind.WITHDRAWAL}
    assert len(booked.mailbox.writes) == 2
    assert told(booked) == []


async def test_who_comes_and_who_leaves_hear_of_it_and_nobody_else(booked: Office) -> None:
    meetings = len(booked.mailbox.events)
    booked.register = without("member", with_new_member(booked.register))

    assert told(booked) == [(AnnouncementKind.CHANGE, {"new@county.example", MEMBER})] * meetings


async def test_when_a_municipality_takes_over_our_invitations_are_withdrawn(booked: Office) -> None:
    theirs = municipality("a-dal", meetings=Meetings.THEIRS)
    booked.register = programme(municipalities=(theirs, municipality("b-vik")))

    assert {kind for kind, _ in told(booked)} == {AnnouncementKind.WITHDRAWAL}


async def test_a_rehearsal_tells_of_those_on_its_list_alone(office: Office) -> None:
    office.recipients = Recipients(frozenset({CHAIR}))

    assert {frozenset(people) for _, people in told(office)} == {frozenset({CHAIR})}


async def test_a_rehearsal_changes_nothing_that_others_were_invited_to(booked: Office) -> None:
    booked.recipients = Recipients(frozenset({CHAIR}))
    booked.register = with_new_member(booked.register)

    assert told(booked) == []


async def test_what_is_over_or_never_left_is_no_mail(office: Office) -> None:
    office.store.meetings = {
        key: replace(meeting, state=MeetingState.CANCELLED) for key, meeting in office.store.meetings.items()
    }
    assert told(office) == []

    office.clock.moment += timedelta(days=2_000)
    assert told(office) == []


async def test_each_mail_is_a_line_and_each_person_counts_once(office: Office) -> None:
    mine = [meeting for meeting in office.store.meetings.values() if meeting.body == "a-dal"]
    found = announcements(office.register, mine, recipients=office.recipients, now=office.clock.now())

    lines = describe_announcements(office.register, found, language="nb")

    assert lines[0] == "tirsdag 7. september 2027 kl. 09.00–11.00  Styret i a-dal: ny innkalling (3)"
    assert len(lines) == len(found)
    assert people_of(found) == EVERYBODY
