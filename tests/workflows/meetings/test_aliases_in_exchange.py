"""A member whose address in the register is an alias, from look-up to removal, against the sandbox over HTTP."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from integration.database.accounts import SQLAccounts
from integration.database.connection import create_database
from integration.graph.client import Graph
from integration.graph.people import GraphDirectory
from integration.identity import Identities
from tests.support.sandbox import running_sandbox
from tests.workflows.meetings.office import CalendarOffice, calendar_office
from tests.workflows.meetings.test_booking import without
from tests.workflows.programme import body, programme
from workflows.meetings.quorum import attendance
from workflows.ports.accounts import Recipients
from workflows.ports.calendar import InvitationResponse

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2027, 8, 16, 8, tzinfo=UTC)
REGISTER = programme(bodies=(body("a-dal"),))
MEMBER, PRIMARY = "member@county.example", "marit.ember@county.example"
SEED = """
organisations:
  - {key: county, name: Fylket, kind: county, tenant: home, domain: county.example}
people:
  - {key: chair, name: Rolle chair, email: chair@county.example, organisation: county}
  - {key: member, name: Rolle member, email: member@county.example, organisation: county}
  - {key: lead, name: Rolle lead, email: lead@county.example, organisation: county}
"""
ACCOUNTS = """
accounts:
  - email: member@county.example
    name: Ember, Marit
    mail: Marit.Ember@county.example
    aliases: [Member@county.example]
  - {email: lead@county.example, mail: null}
"""


@pytest_asyncio.fixture(loop_scope="module")
async def office(migrated_file: Path, tmp_path: Path) -> AsyncIterator[CalendarOffice]:
    """A board's office, after a look-up of everybody."""
    for name, text in (("people", SEED), ("organisations", SEED), ("tenant", ACCOUNTS)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "meetings.db"
    shutil.copyfile(migrated_file, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    async with (
        running_sandbox(seed=tmp_path) as sandbox,
        calendar_office(sandbox, database, REGISTER, NOW, Recipients()) as office,
    ):
        identities = Identities()
        env = sandbox.env
        builder = Graph(env["VAREUNGE_GRAPH_URL"], env["VAREUNGE_BUILDER_ID"], identities, office.clock)
        found = await GraphDirectory(builder).find_accounts([person.email for person in REGISTER.people])
        await SQLAccounts(database, office.clock).remember(found.values())
        await builder.close()
        await identities.close()
        yield office
    await database.close()


async def test_a_member_invited_by_an_alias_answers_stays_and_leaves_as_one_person(office: CalendarOffice) -> None:
    await office.desk.plan()
    await office.settle("a-dal")
    (first, *_) = await office.store.list_meetings("a-dal")
    assert office.event(first.key).attendee(PRIMARY) is not None
    assert office.event(first.key).attendee(MEMBER) is None

    heard = await office.heard()
    office.exchange().calendars.respond(MEMBER, office.event(first.key).uid, "declined")
    await office.settle("a-dal")

    answered = await office.store.find_meeting(first.key)
    assert answered is not None
    (member,) = [item for item in attendance(REGISTER, REGISTER.bodies[0], answered) if item.person == "member"]
    assert member.answer is InvitationResponse.DECLINED
    assert await office.heard() == heard, "nobody is invited again under the address of ours"

    office.register = without("member", REGISTER)
    await office.settle("a-dal")

    assert office.event(first.key).attendee(PRIMARY) is None
    assert (MEMBER, first.key, "cancel") in await office.heard()
