"""A lead gets the draft once, authors hear of edits, and a corrected version comes and is announced once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.values import Assignment, Role
from integration.database.connection import Database
from tests.workflows.papers.reports.site import Killed
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import HOME, MEETING, PUBLIC
from workflows.messages.model import MessageState, Surface
from workflows.papers.reports.draft_notice import DRAFT
from workflows.papers.reports.model import BoardReport, OwnerSummary, StoredReport
from workflows.papers.reports.review import Review, SentenceEdit
from workflows.ports.units import Done, Parked

PAGE = f"{PUBLIC}/kommune/a-dal/rapport"
EDIT = SentenceEdit(package=HOME, field="done", original="Alt er klart.", text="Det meste er klart.")


@pytest.fixture
def world(database: Database) -> ReportWorld:
    return ReportWorld(database)


async def save(world: ReportWorld, review: Review) -> None:
    before = await world.record.review(MEETING)
    stored = replace(review, version=before.version + 1)
    assert await world.record.save_review(stored, by="lead", at=world.clock.now(), action="report.edited")


async def newest(world: ReportWorld) -> tuple[StoredReport, BoardReport]:
    report = await world.record.newest(MEETING)
    assert report is not None
    assert isinstance(report.content, BoardReport)
    return report, report.content


# --------------------------------------------------------------------------------------------------- the lead's draft


async def test_the_lead_gets_the_draft_a_working_day_before_by_mail_and_as_a_card_once(world: ReportWorld) -> None:
    await world.reach_release()
    due = {unit.key: unit.due_at for unit in await world.units.list_units()}
    release_at = world.clock.time
    world.clock.time = due[f"report.draft:{MEETING}"]
    world.bot.posted.clear()
    for _ in range(2):
        await world.report("draft")

    told = await world.messages.list_messages(kind=DRAFT)
    assert (release_at - world.clock.time).days == 1
    assert {(item.person, item.surface, item.state) for item in told} == {
        ("lead", Surface.EMAIL, MessageState.SENT),
        ("lead", Surface.PERSONAL, MessageState.SENT),
    }
    assert PAGE in world.mailer.to("lead@county.example")[-1].html
    assert [PAGE in str(card) for _, card, _ in world.bot.posted] == [True]


async def test_a_lead_without_teams_gets_the_mail_alone(world: ReportWorld) -> None:
    await world.reach_release()
    world.accounts.accounts.clear()
    await world.report("draft")

    assert [item.surface for item in await world.messages.list_messages(kind=DRAFT)] == [Surface.EMAIL]


async def test_a_draft_waits_for_sending_hours_and_for_the_end_of_a_pause(world: ReportWorld) -> None:
    await world.reach_release()
    first = world.clock.time
    world.clock.time = first.replace(hour=22)
    assert isinstance(await world.report("draft"), Parked)
    world.clock.time = first
    await world.switches.pause("a-dal")
    assert isinstance(await world.report("draft"), Parked)

    assert not [item for item in await world.messages.list_messages(kind=DRAFT) if item.state is MessageState.SENT]


async def test_what_is_released_is_no_draft(world: ReportWorld) -> None:
    await world.released()

    assert await world.report("draft") == Done(note="no draft to show")
    assert await world.messages.list_messages(kind=DRAFT) == []


# ------------------------------------------------------------------------------------------------------- the release


async def test_the_release_takes_the_lead_s_words_and_tells_the_author(world: ReportWorld) -> None:
    await world.reach_release()
    await save(world, Review(meeting=MEETING, assessment="Det går fremover.", assessed_by="lead", edits=(EDIT,)))
    await world.report("release")
    await world.report("release")

    report, content = await newest(world)
    package = next(item for item in content.packages if item.key == HOME)
    assert (report.version, content.assessment, content.as_is) == (1, "Det går fremover.", False)
    assert (package.done, package.edited) == ("Det meste er klart.", True)
    mails = [item for item in await world.messages.list_messages(kind="leads.mail") if item.person == "home-lead"]
    assert len(mails) == 1
    assert "Du skrev: «Alt er klart.»" in mails[0].content.text
    assert "Det meste er klart." in mails[0].content.text


async def test_a_report_that_nobody_went_through_is_released_as_it_is_and_says_so(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")

    _, content = await newest(world)
    assert content.as_is
    assert "uten at lokal leder hadde gått gjennom den" in next(iter(world.site.pages.values())).html


async def test_what_the_lead_writes_during_the_release_is_part_of_it(world: ReportWorld) -> None:
    await world.reach_release()
    stale = await world.record.review(MEETING)
    await save(world, Review(meeting=MEETING, assessment="I siste liten.", assessed_by="lead"))
    read, world.record.review = world.record.review, lambda meeting: _answer(stale)  # type: ignore[method-assign]
    assert isinstance(await world.report("release"), Parked)
    assert await world.record.report_address(MEETING) is None

    world.record.review = read  # type: ignore[method-assign]
    await world.report("release")
    assert (await newest(world))[1].assessment == "I siste liten."


async def _answer(review: Review) -> Review:
    return review


# ---------------------------------------------------------------------------------------------------- the owner board

OWNER_MEETING = "owner-board/2026-12-08"


async def test_the_county_lead_gets_the_draft_and_sums_up(world: ReportWorld) -> None:
    lead = Assignment(person="stranger", role=Role.COUNTY_LEAD)
    world.programme = world.programme.model_copy(update={"assignments": (*world.programme.assignments, lead)})
    await world.released()
    await world.plan_meeting(datetime.fromisoformat("2026-12-08T12:30"), key=OWNER_MEETING, body="owner-board")
    for _ in ("until the draft", "until the release"):
        parked = await world.report("owner", OWNER_MEETING)
        assert isinstance(parked, Parked)
        if f"report.draft:{OWNER_MEETING}" in await world.due():
            await world.report("draft", OWNER_MEETING)
        world.clock.time = parked.until
    review = Review(meeting=OWNER_MEETING, version=1, assessment="Det går framover.", assessed_by="stranger")
    await world.record.save_review(review, by="stranger", at=world.clock.now(), action="report.summed_up")
    await world.report("owner", OWNER_MEETING)

    told = await world.messages.list_messages(kind=DRAFT)
    assert {item.person for item in told} == {"stranger"}
    assert all("/fylket/sammendrag" in (item.content.html or str(item.content.card)) for item in told)
    report = await world.record.newest(OWNER_MEETING)
    assert report is not None
    assert isinstance(report.content, OwnerSummary)
    assert (report.is_released, report.content.summing_up) == (True, "Det går framover.")


# ----------------------------------------------------------------------------------------------------- the correction


async def correct(world: ReportWorld) -> None:
    await save(world, Review(meeting=MEETING, edits=(EDIT,), correction="Det var ikke helt klart."))
    assert await world.report("correct") == Done(note="released, the board was told")


async def test_a_correction_is_a_new_version_that_says_why_and_is_announced_once(world: ReportWorld) -> None:
    await world.released()
    first, _ = await newest(world)
    posted = len(world.bot.posted)
    await correct(world)
    await world.report("correct")
    await world.report("release")

    report, content = await newest(world)
    assert (first.version, report.version, content.edition) == (1, 2, 2)
    assert content.corrected_because == "Det var ikke helt klart."
    assert report.pdf != first.pdf
    assert len(world.bot.posted) == posted + 1
    mails = world.mailer.to("chair@county.example")
    assert [("er rettet: Det var ikke helt klart." in mail.html) for mail in mails] == [False, True]


async def test_a_correction_after_the_meeting_is_told_too(world: ReportWorld) -> None:
    await world.released()
    world.clock.time += timedelta(days=9)
    await correct(world)


async def test_nothing_changed_is_no_correction(world: ReportWorld) -> None:
    await world.released()
    await world.report("correct")

    assert (await newest(world))[0].version == 1


async def test_nothing_released_is_nothing_to_correct(world: ReportWorld) -> None:
    await world.reach_release()

    assert await world.report("correct") == Done(note="nothing is released")


@pytest.mark.parametrize("after", range(1, 6))
async def test_a_kill_while_a_corrected_copy_is_written_ends_in_the_same_place(world: ReportWorld, after: int) -> None:
    await world.released()
    await world.report("publish")
    await correct(world)
    world.site.kill_after = after
    try:
        await world.report("publish")
    except Killed:
        world.site.kill_after = None
        await world.report("publish")
    world.site.kill_after = None
    world.site.writes.clear()
    await world.report("publish")

    report, _ = await newest(world)
    page = world.site.pages["rapport-2026-11-17.aspx"]
    assert "Det meste er klart." in page.html
    assert "Rettet utgave 2" in page.title
    assert list(world.site.files.values()) == [report.pdf]
    assert world.site.writes == []
    assert "report.copy_changed" not in world.history.notes
