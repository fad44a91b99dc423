"""A round's answers become a report, released, told and published once, wherever it was stopped in between."""

import io
import re
from datetime import datetime, timedelta

import pytest
from pypdf import PdfReader

from config.place_template import ChannelSpec, ColumnSpec, ListSpec, PlaceSpec
from config.values import Role
from integration.database.agendas import SQLAgendas
from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from integration.database.questions import SQLQuestions
from integration.database.reports import SQLReports
from tests.clocks import StillClock
from tests.workflows.papers.reports.site import FakeSite
from tests.workflows.status.rounds import GUEST, HOME, MEETING, PUBLIC, STARTS, FakePlaces, Thing, World
from workflows.messages.lead_mail import LeadMail, LeadMailPorts
from workflows.messages.model import MessageState
from workflows.papers.reports.desk import ReportDesk
from workflows.papers.reports.handlers import Reports
from workflows.papers.reports.model import BoardReport, OwnerSummary, ReportState
from workflows.papers.reports.owner_desk import OwnerDesk
from workflows.papers.reports.ports import ReportPorts
from workflows.papers.reports.review_units import ReviewUnits
from workflows.ports.units import Done, DueUnit, Outcome, Parked

COLUMNS = (
    ColumnSpec(name="MeetingDate", label="Møtedato", kind="date"),
    ColumnSpec(name="Version", label="Versjon", kind="number"),
    ColumnSpec(name="Link", label="Lenke"),
)


def place(key: str = "a-dal", municipality: str | None = "a-dal") -> PlaceSpec:
    return PlaceSpec(
        key=key,
        municipality=municipality,
        unique_name=key,
        name=key,
        mail_nickname=key,
        members=(Role.BOARD_MEMBER,),
        channels=(ChannelSpec(key="board", name="Styret"),),
        report_folder="Rapporter",
        lists=(ListSpec(key="reports", name="Styrerapporter", source="reports", columns=COLUMNS),),
        landing_title="Start",
        landing_intro="Start",
    )


class ReportWorld(World):
    """A round's world with reports in it. *ours*: the municipality has a place of ours."""

    def __init__(
        self,
        database: Database,
        *,
        ours: bool = True,
        allowed: frozenset[str] | None = None,
        clock: StillClock | None = None,
    ) -> None:
        super().__init__(database, allowed=allowed, clock=clock)
        if ours:
            self.programme = self.programme.model_copy(update={"places": (place(),)})
        site, board = {"site": Thing("site-1"), "list:reports": Thing("list-1")}, {"channel:board": Thing("19:board")}
        self.things = FakePlaces({**board, **site} if ours else {})
        self.site = FakeSite()
        self.record = SQLReports(database)
        self.agenda_store = SQLAgendas(database)
        self.lead_mail = LeadMail(
            LeadMailPorts(
                programme=self.read_programme,
                messages=self.messages,
                outbox=self.outbox,
                accounts=self.accounts,
                clock=self.clock,
                public_url=PUBLIC,
            )
        )
        self.report_ports = ReportPorts(
            programme=self.read_programme,
            store=self.record,
            meetings=SQLMeetings(database),
            results=self.rounds.results,
            rounds=self.store,
            content=self.site,
            places=self.things,
            accounts=self.accounts,
            messages=self.messages,
            outbox=self.outbox,
            lead_mail=self.lead_mail,
            links=self.links,
            clock=self.clock,
            public_url=PUBLIC,
            matters=self.agenda_store,
            questions=SQLQuestions(database),
        )
        self.reports, self.reviews = Reports(self.report_ports), ReviewUnits(self.report_ports)
        self.owner_desk = OwnerDesk(store=self.record, meetings=SQLMeetings(database), clock=self.clock)
        self.report_desk = ReportDesk(
            store=self.record, rounds=self.store, meetings=SQLMeetings(database), clock=self.clock
        )

    async def report(self, step: str, subject: str = MEETING) -> Outcome:
        unit = DueUnit(key=f"report.{step}:{subject}", due_at=self.clock.now())
        room = self.reviews if step in ("draft", "correct") else self.reports
        outcome: Outcome = await getattr(room, step)(unit, self.history)
        return outcome

    async def close(self) -> None:
        status_round = await self.store.find_round(MEETING)
        assert status_round is not None
        self.clock.time = status_round.deadline_at
        await self.run("status.close")

    async def reach_release(self) -> None:
        """Everything up to the moment the report is due for release."""
        await self.open()
        await self.answer(HOME, "home-lead", light="red", done="Alt er klart.", question="Får vi lokaler?")
        await self.close()
        await self.report("compile")
        status_round = await self.store.find_round(MEETING)
        assert status_round is not None
        self.clock.time = status_round.release_at

    async def released(self) -> None:
        await self.reach_release()
        assert await self.report("release") == Done(note="released, the board was told")


@pytest.fixture
def world(database: Database) -> ReportWorld:
    return ReportWorld(database)


# ------------------------------------------------------------------------------------------------------------ compile


async def test_a_closed_round_becomes_a_draft_that_is_released_later(world: ReportWorld) -> None:
    await world.reach_release()

    report = await world.record.newest(MEETING)
    assert report is not None
    assert isinstance(report.content, BoardReport)
    assert (report.version, report.state) == (1, ReportState.DRAFT)
    assert {item.key: item.light for item in report.content.packages}[HOME] == "red"
    assert {item.key for item in report.content.missing} >= {GUEST}
    assert f"report.release:{MEETING}" in await world.due()


async def test_the_same_content_again_makes_no_new_version(world: ReportWorld) -> None:
    await world.reach_release()
    await world.report("compile")

    report = await world.record.newest(MEETING)
    assert report is not None
    assert report.version == 1


async def test_a_later_answer_makes_a_new_version_before_the_release(world: ReportWorld) -> None:
    await world.open()
    await world.report("compile")
    await world.answer(HOME, "home-lead")
    await world.report("compile")

    report = await world.record.newest(MEETING)
    assert report is not None
    assert report.version == 2


async def test_a_cancelled_meeting_has_no_report(world: ReportWorld) -> None:
    await world.open()
    await world.move_meeting(STARTS, state="cancelled")

    assert isinstance(await world.report("compile"), Done)
    assert await world.record.newest(MEETING) is None


# ------------------------------------------------------------------------------------------------------------ release


async def test_a_report_waits_for_its_release(world: ReportWorld) -> None:
    await world.reach_release()
    release_at = world.clock.time
    world.clock.time -= timedelta(hours=1)

    assert await world.report("release") == Parked(until=release_at, note="is released later")


async def test_a_release_waits_for_an_open_round(world: ReportWorld) -> None:
    await world.open()
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at

    assert isinstance(await world.report("release"), Parked)
    assert await world.record.report_address(MEETING) is None


async def test_a_released_report_never_changes(world: ReportWorld) -> None:
    await world.released()
    before = await world.record.newest(MEETING)
    package = world.programme.work_packages[0].model_copy(update={"name": "Et nytt navn"})
    world.programme = world.programme.model_copy(
        update={"work_packages": (package, *world.programme.work_packages[1:])}
    )
    await world.report("compile")
    await world.report("release")

    assert await world.record.newest(MEETING) == before
    assert before is not None
    assert before.pdf is not None
    assert before.pdf.startswith(b"%PDF")
    assert f"report.publish:{MEETING}" in await world.due()


async def test_the_board_gets_one_card_and_those_who_do_not_see_it_a_mail(world: ReportWorld) -> None:
    await world.released()
    await world.report("release")

    assert [where for where, _, _ in world.bot.posted][-1] == "19:board"
    notices = await world.messages.list_messages(kind="report_notice")
    assert all(item.state is MessageState.SENT for item in notices)
    assert len([card for _, card, _ in world.bot.posted if "Rapporten er klar" in str(card)]) == 1
    # The local lead has an account in the home tenant; nobody knows accounts of the chair and the member.
    assert {item.person for item in notices if item.person} == {"chair", "member"}
    assert f"{PUBLIC}/rapport/" in world.mailer.to("chair@county.example")[0].html


async def test_without_a_place_everybody_on_the_board_gets_a_mail(database: Database) -> None:
    world = ReportWorld(database, ours=False)
    await world.released()

    notices = await world.messages.list_messages(kind="report_notice")
    assert {item.person for item in notices} == {"chair", "member", "lead"}
    (mail,) = world.mailer.to("chair@county.example")
    assert "1 av 3 arbeidspakker har gitt status." in mail.html
    assert "Saker som trenger en avgjørelse: 1" in mail.html
    page = re.search(rf'href="({PUBLIC}/rapport/[\w.\-]+)"', mail.html)
    assert page is not None
    assert f'href="{page[1]}.pdf"' in mail.html
    assert await world.report("publish") == Done(note="no place of ours")
    assert await world.record.report_address(MEETING) == ""


async def test_a_board_has_its_papers_in_its_own_language_and_its_people_mail_in_theirs(world: ReportWorld) -> None:
    bodies = tuple(
        item.model_copy(update={"language": "nn"}) if item.key == "a-dal" else item for item in world.programme.bodies
    )
    world.programme = world.programme.model_copy(update={"bodies": bodies})
    await world.released()
    await world.report("publish")

    stored = await world.record.newest(MEETING)
    assert stored is not None
    assert stored.pdf is not None
    assert str(PdfReader(io.BytesIO(stored.pdf)).root_object["/Lang"]).lower().startswith("nn")
    assert "arbeidspakker har gitt status" in world.mailer.to("chair@county.example")[0].html
    assert any("arbeidspakker har gitt status" not in str(card) for _, card, _ in world.bot.posted)


async def test_a_rehearsal_mails_only_whom_it_lists(database: Database) -> None:
    world = ReportWorld(database, allowed=frozenset({"chair@county.example"}))
    await world.released()

    notices = await world.messages.list_messages(kind="report_notice")
    assert {item.person for item in notices if item.state is MessageState.SENT} == {"chair"}
    assert not world.bot.posted


async def test_a_pause_holds_the_notice_but_not_the_release(world: ReportWorld) -> None:
    await world.reach_release()
    await world.switches.pause("a-dal")

    assert isinstance(await world.report("release"), Parked)
    assert await world.record.report_address(MEETING) == ""

    await world.switches.resume("a-dal")
    assert await world.report("release") == Done(note="released, the board was told")


# -------------------------------------------------------------------------------------------------------- owner board

OWNER_MEETING = "owner-board/2026-12-08"


async def test_the_owner_board_gets_every_municipality_and_who_has_not_reported(world: ReportWorld) -> None:
    await world.released()
    starts = datetime.fromisoformat("2026-12-08T12:30")
    await world.plan_meeting(starts, key=OWNER_MEETING, body="owner-board")

    for _ in ("until the draft", "until the release"):
        parked = await world.report("owner", OWNER_MEETING)
        assert isinstance(parked, Parked)
        world.clock.time = parked.until
    assert await world.report("owner", OWNER_MEETING) == Done(note="released, the board was told")

    report = await world.record.newest(OWNER_MEETING)
    assert report is not None
    assert isinstance(report.content, OwnerSummary)
    assert [(line.slug, line.report_meeting) for line in report.content.municipalities] == [
        ("a-dal", MEETING),
        ("b-vik", ""),
    ]
    # What a package asks its local board is no matter of the owner board's.
    assert report.content.passed_on == ()
    assert "Får vi lokaler?" not in str(report.content)


async def test_the_owner_board_s_summary_waits_when_its_meeting_moves_later(world: ReportWorld) -> None:
    await world.released()
    starts = datetime.fromisoformat("2026-12-08T12:30")
    await world.plan_meeting(starts, key=OWNER_MEETING, body="owner-board")
    first = await world.report("owner", OWNER_MEETING)
    assert isinstance(first, Parked)

    await world.move_meeting(starts + timedelta(days=7), key=OWNER_MEETING)
    world.clock.time = first.until
    second = await world.report("owner", OWNER_MEETING)

    assert isinstance(second, Parked)
    assert second.until == first.until + timedelta(days=7)
    assert await world.record.newest(OWNER_MEETING) is None


# ---------------------------------------------------------------------------------------------------------- the sweep


async def test_lost_units_are_found_again(world: ReportWorld) -> None:
    await world.open()
    await world.close()
    assert [unit.key for unit in await world.reports.due_units()] == [f"report.compile:{MEETING}"]

    await world.report("compile")
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    await world.report("release")

    assert {unit.key for unit in await world.reports.due_units()} == {
        f"report.publish:{MEETING}",
        f"report.release:{MEETING}",
    }
