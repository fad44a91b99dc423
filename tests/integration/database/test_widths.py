"""Columns that are fed from outside: PostgreSQL refuses what is longer than they are, SQLite does not, so edges do."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import String

from config.fields import Email, Slug
from config.klass import LONGEST_NAME, read_klass
from config.problems import InvalidInput
from integration.database import tables
from integration.database.connection import Database, create_database
from integration.database.identities import SQLIdentities
from integration.database.klass import SQLKlass
from integration.database.limits import SQLLimits
from integration.database.look_ups import SQLLookUps
from integration.database.meetings import SQLMeetings
from integration.database.sessions import SQLSessions
from integration.limits.rate import at_most
from integration.limits.shared import Permits
from integration.openid.ansattporten import ansattporten_terms
from integration.openid.entra import account_of
from tests.clocks import NOON, StillClock
from tests.integration.external_calendar.files import calendar_of, read
from workflows.access.identities import BoundIdentity, ProvedIdentity
from workflows.access.model import Session
from workflows.errors import Refused
from workflows.meetings.model import Meeting, MeetingState
from workflows.register.look_up import LONGEST_ADDRESS, LookUp, is_address

LONG = "a" * 1000
REGISTER = (
    "person by bound_by undone_by approved_by answered_by asked_by actor on_behalf work_package municipality theme"
    " place body scope"
)
"""Columns whose values are keys of the register's entries."""
OURS = (
    # Words of the code.
    "kind what state purpose surface level action section timezone"
    # Made here, of such keys, days and digests.
    " id question request key meeting unit lease_owner checksum fingerprint hash previous_hash document"
)
OUTSIDE = {
    "account.email": "the register",
    "account.object_id": "Entra, kept whole",
    "archive_handover.name": "made here",
    "audit.sign_in": "an issuer of the settings",
    "audit.subject": "made here",
    "conversation.object_id": "Teams: the bot's endpoint refuses a longer one (tests/integration/test_bot_endpoint.py)",
    "guest.object_id": "Entra, kept whole",
    "identity.issuer": "the settings",
    "identity.subject": "a provider, below",
    "klass_municipality.name": "Statistics Norway, below",
    "klass_municipality.number": "Statistics Norway, below",
    "link.subject": "made here",
    "look_up.email": "a form, below",
    "meeting.event_id": "Exchange, kept whole",
    "meeting.ical_uid": "a municipality's calendar and Exchange, below",
    "meeting.organizer": "the settings",
    "resource.external_id": "Microsoft 365, kept whole",
    "session.issuer": "the settings",
    "session.subject": "a provider, below",
    "slot.name": "addresses of mailboxes, below",
    "switch.name": "made here",
}
"""The other columns that are narrow, and where their values come from. Nobody can shorten an id that is asked with."""


@pytest.fixture
async def kept(either_url: str) -> AsyncIterator[Database]:
    database = create_database(either_url)
    yield database
    await database.close()


def test_of_every_narrow_column_it_is_known_where_its_values_come_from() -> None:
    for path in Path(tables.__file__).parent.glob("*_tables.py"):
        import_module(f"integration.database.{path.stem}")
    widths = {
        f"{table.name}.{column.name}": column.type.length
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and column.type.length
    }

    def named(names: str) -> set[str]:
        return {column for column in widths if column.partition(".")[2] in names.split()}

    assert widths.keys() - named(REGISTER) - named(OURS) == OUTSIDE.keys()
    assert {widths[column] for column in named(REGISTER)} == {60}
    assert {widths[column] for column in widths if column.endswith(".email")} == {LONGEST_ADDRESS}


def test_the_register_takes_no_longer_key_and_no_longer_address() -> None:
    for kind, longest in ((Slug, "a" * 60), (Email, "@kommune.no".rjust(254, "a"))):
        assert TypeAdapter(kind).validate_python(longest) == longest
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(f"a{longest}")


async def test_a_meeting_keeps_its_uid_whatever_its_calendar_calls_it(kept: Database) -> None:
    content = calendar_of(
        (f"UID:{LONG}1", "DTSTART:20270309T080000Z", "RRULE:FREQ=DAILY;COUNT=2"),
        (f"UID:{LONG}2", "DTSTART:20270409T080000Z"),
    )
    uids = [item.uid for item in read(content).dates]
    meetings = SQLMeetings(kept)
    await meetings.add([a_meeting(number, uid) for number, uid in enumerate(uids)])

    assert uids == [item.uid for item in read(content).dates]
    assert len(set(uids)) == 3
    assert [meeting.ical_uid for meeting in await meetings.list_meetings()] == uids


def a_meeting(number: int, uid: str) -> Meeting:
    starts = NOON.replace(tzinfo=None) + timedelta(days=number)
    return Meeting(
        key=f"a-dal/{starts.date()}",
        body="a-dal",
        state=MeetingState.BOOKED,
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        changed_at=NOON,
        booked_by_us=False,
        ical_uid=uid,
    )


async def test_a_person_with_a_long_subject_signs_in_as_themselves(kept: Database) -> None:
    terms = ansattporten_terms(issuer="https://ansattporten.example", client_id="client", key="")

    def proved(subject: str) -> ProvedIdentity:
        return terms.proved({"iss": terms.issuer, "sub": subject})

    one, other = proved("a" * 254 + "1"), proved("a" * 254 + "2")
    bound = BoundIdentity(issuer=one.issuer, subject=one.subject, person="lead", bound_at=NOON, bound_by="lead")
    identities, sessions = SQLIdentities(kept), SQLSessions(kept)
    session = Session(
        id="1", person="lead", issuer=one.issuer, subject=one.subject, started_at=NOON, seen_at=NOON, ends_at=NOON
    )
    assert await identities.bind(bound)
    await sessions.add(session)

    again = proved("a" * 254 + "1")
    assert await identities.find(again.issuer, again.subject) == bound
    assert await identities.find(other.issuer, other.subject) is None
    assert await sessions.find("1") == session


@pytest.mark.parametrize("subject", ["a\0", "\ud800"])
def test_a_subject_that_no_database_takes_is_refused(subject: str) -> None:
    terms = ansattporten_terms(issuer="https://ansattporten.example", client_id="client", key="")

    with pytest.raises(Refused):
        terms.proved({"iss": terms.issuer, "sub": subject})


@pytest.mark.parametrize("object_id", ["a" * 37, "a\0", "\ud800", "", None])
def test_an_account_is_one_of_entra_s(object_id: str | None) -> None:
    with pytest.raises(Refused):
        account_of({"iss": "https://entra.example", "tid": "tenant", "oid": object_id}, tenant_id="tenant")


async def test_the_register_of_municipalities_takes_no_longer_name(kept: Database) -> None:
    def file(name: str) -> bytes:
        return json.dumps({"codes": [{"code": "3905", "name": name}]}).encode()

    longest = read_klass(file("å" * LONGEST_NAME), file="klass.json")
    await SQLKlass(kept).replace(longest)

    assert tuple(await SQLKlass(kept).all()) == longest
    with pytest.raises(InvalidInput):
        read_klass(file("å" * (LONGEST_NAME + 1)), file="klass.json")


async def test_no_longer_address_is_looked_up(kept: Database) -> None:
    longest = "@here.no".rjust(LONGEST_ADDRESS, "a")
    question = LookUp(id="1", email=longest, asked_at=NOON, asked_by="lead")
    await SQLLookUps(kept).ask(question, forget_before=NOON, then=[])

    assert is_address(longest)
    # Of this letter two are made where addresses are compared.
    assert [is_address(f"a{longest}"), is_address(longest.replace("a", "İ"))] == [False, False]


async def test_the_limits_of_a_mailbox_hold_however_long_its_address_is(kept: Database) -> None:
    limits = SQLLimits(kept, StillClock())
    names = [f"seats/mailbox/{LONG}{number}@here.no" for number in range(2)]
    permits, rate = Permits(number=1, hold=timedelta(minutes=1)), at_most(2, timedelta(minutes=1))

    assert [await limits.take_permits({name: permits}) for name in names] == [{}, {}]
    assert (await limits.take_permits({names[0]: permits})).keys() == {names[0]}
    assert [await limits.take(f"recipients:{name}", rate) for name in names] == [None, None]
    assert await limits.take(f"recipients:{names[0]}", rate) is not None
    moments = {name: NOON + timedelta(minutes=number) for number, name in enumerate(names)}
    await limits.note_free_at(moments)
    assert await limits.free_at(names) == moments
