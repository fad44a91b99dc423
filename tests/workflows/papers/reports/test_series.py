"""A package that reports to two boards: each board's reports are a series of their own, and carry on their own."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.place_template import ColumnSpec, ListSpec
from config.values import Assignment, Person, Role
from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from integration.database.questions import SQLQuestions
from tests.workflows import programme as base
from tests.workflows.papers.reports.test_handlers import ReportWorld, place
from tests.workflows.status.rounds import HOME, STARTS, package
from workflows.papers.decisions.follow_up import FollowUps
from workflows.papers.questions.model import QuestionStep
from workflows.papers.questions.plan import questions_for
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.papers.reports.owner_plan import compile_owner_summary
from workflows.rollout.list_rows import PlaceRecord, rows_of
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface, EscalationState, Level
from workflows.status.plan import is_on_behalf, request_id

OWN, OTHER = "a-dal", "b-vik"
DAY, OSLO = timedelta(days=1), ZoneInfo("Europe/Oslo")
FIRST, BETWEEN, SECOND, LAST = (STARTS + days * DAY for days in (0, 14, 84, 98))
"""The meetings: the package's own board, the other board, and both once more."""
LEAD = "home-lead"


class SeriesWorld(ReportWorld):
    """A world in which one of `a-dal`'s packages reports to the board of `b-vik` as well."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.meetings, self.questions = SQLMeetings(database), SQLQuestions(database)
        known = self.programme
        boards = tuple(
            item.model_copy(update={"boards": (OTHER,)}) if item.key == HOME else item for item in known.work_packages
        )
        person = Person(key="other-local", name="Lokal leder b", email="lead.b@county.example", organisation="county")
        self.programme = known.model_copy(
            update={
                "work_packages": (*boards, package("vika", municipality=OTHER)),
                "people": (*known.people, person),
                "assignments": (
                    *known.assignments,
                    Assignment(person=person.key, role=Role.LOCAL_LEAD, municipality=OTHER),
                ),
            }
        )

    async def play(self, body: str, starts: datetime, **content: str) -> StoredReport:
        """Hold the round before a meeting: the shared package's lead answers it, and its report is released."""
        meeting = f"{body}/{starts.date().isoformat()}"
        await self.plan_meeting(starts, key=meeting, body=body)
        # The third week before it: the round is open from then on.
        self.clock.time = max(self.clock.time, starts.replace(tzinfo=OSLO) - 20 * DAY)
        await self.run("status.open", meeting)
        await self.desk.answer(
            request_id(meeting, HOME),
            sender=ByLink(LEAD),
            content={"light": "green", "proposal_asked": "1", **content},
            surface=AnswerSurface.FORM,
        )
        status_round = await self.store.find_round(meeting)
        assert status_round is not None
        self.clock.time = status_round.deadline_at
        await self.run("status.close", meeting)
        await self.report("compile", meeting)
        self.clock.time = status_round.release_at
        await self.report("release", meeting)
        released = await self.record.newest(meeting)
        assert released is not None
        assert released.is_released
        return released


@pytest.fixture
def world(database: Database) -> SeriesWorld:
    return SeriesWorld(database)


def content(stored: StoredReport) -> BoardReport:
    assert isinstance(stored.content, BoardReport)
    return stored.content


async def test_each_series_carries_forward_its_own(world: SeriesWorld) -> None:
    text = "Neste kurs er planlagt."
    own = content(await world.play(OWN, FIRST, light="red", next=text, **{"indicator:plasser": "10"}))
    other = content(await world.play(OTHER, BETWEEN, light="yellow", next=text, **{"indicator:plasser": "20"}))
    own_again = content(await world.play(OWN, SECOND, light="green", next=text, **{"indicator:plasser": "30"}))
    other_again = content(await world.play(OTHER, LAST, light="green", next="Ny plan.", **{"indicator:plasser": "40"}))

    def shared(report: BoardReport) -> tuple[str | None, list[float], list[float | None]]:
        item = next(item for item in report.packages if item.key == HOME)
        line = item.indicators[0]
        return item.previous_light, [value for _, value in line.trend], [line.previous]

    assert shared(own) == (None, [10.0], [None])
    assert shared(other) == (None, [20.0], [None])
    assert shared(own_again) == ("red", [10.0, 30.0], [10.0])
    assert shared(other_again) == ("yellow", [20.0, 40.0], [20.0])
    # A text that this board has read before is told as unchanged since then, however often another one has read it.
    unchanged = next(item for item in own_again.packages if item.key == HOME).unchanged
    assert unchanged == {"next": date(2026, 10, 28)}
    assert not next(item for item in other.packages if item.key == HOME).unchanged
    assert [report.previous_day for report in (other, own_again, other_again)] == [
        None,
        FIRST.date(),
        BETWEEN.date(),
    ]


async def test_a_board_reads_the_packages_that_name_it_after_its_own(world: SeriesWorld) -> None:
    other = content(await world.play(OTHER, BETWEEN, done="Avtalt med båthavna."))

    assert [item.key for item in other.packages] == [HOME, "vika"]
    assert {item.key: item.light for item in other.packages} == {HOME: "green", "vika": "missing"}


async def test_it_stands_in_the_lists_of_both_places_with_the_status_that_each_board_was_given(
    world: SeriesWorld,
) -> None:
    columns = (ColumnSpec(name="Municipality", label="Kommune"), ColumnSpec(name="Light", label="Status"))
    packages = ListSpec(key="packages", name="Arbeidspakker", source="work_packages", columns=columns)
    given = {OWN: PlaceRecord(lights={HOME: "red"}), OTHER: PlaceRecord(lights={HOME: "green"})}

    rows = {
        slug: {
            row["Title"]: (row["Municipality"], row["Light"])
            for row in rows_of(world.programme, place(slug, slug), packages, given[slug], on=FIRST.date())
        }
        for slug in (OWN, OTHER)
    }

    assert rows[OWN]["Pakken arena"] == (OWN, "Står fast")
    assert list(rows[OTHER]) == ["Pakken vika", "Pakken arena"]
    assert rows[OTHER]["Pakken arena"] == (OWN, "Som planlagt")


async def test_a_question_goes_to_the_board_that_was_written_to(world: SeriesWorld) -> None:
    own = content(await world.play(OWN, FIRST, done="Alt i rute."))
    other = content(await world.play(OTHER, BETWEEN, question="Får vi leie båthuset?", proposal="Ja, ut året."))

    assert [item.question for item in own.wanted] == []
    assert [item.question for item in other.wanted] == ["Får vi leie båthuset?"]


async def test_an_answer_is_followed_up_before_the_board_that_gave_it(world: SeriesWorld) -> None:
    await world.play(OTHER, BETWEEN, question="Får vi leie båthuset?", proposal="Ja, ut året.")
    store = world.questions
    (asked,) = questions_for(Level.LOCAL, await store.list_waiting(Level.LOCAL), municipality=OTHER)
    step = QuestionStep(
        at=world.clock.now(), by="other-local", state=EscalationState.ANSWERED, level=Level.LOCAL, words="Ja."
    )
    assert await store.take({asked.id: step}, after={asked.id: 0})
    follow_ups = FollowUps(programme=world.read_programme, store=world.agenda_store, questions=store, clock=world.clock)

    told = {}
    for body, starts in ((OWN, SECOND), (OTHER, LAST)):
        meeting = f"{body}/{starts.date().isoformat()}"
        await world.plan_meeting(starts, key=meeting, body=body)
        world.clock.time = max(world.clock.time, starts.replace(tzinfo=OSLO) - 20 * DAY)
        await world.run("status.open", meeting)
        status_round = await world.store.find_round(meeting)
        assert status_round is not None
        found = await follow_ups.open_decisions(status_round, [HOME])
        told[body] = [item.question for item in found[HOME]]

    assert told == {OWN: [], OTHER: ["Får vi leie båthuset?"]}


async def test_the_owner_board_counts_a_number_once_and_takes_the_newest(world: SeriesWorld) -> None:
    indicator = world.programme.work_package(HOME).indicators[0].model_copy(update={"summed_as": "Plasser i alt"})
    packages = tuple(
        item.model_copy(update={"indicators": (indicator,)}) if item.key == HOME else item
        for item in world.programme.work_packages
    )
    world.programme = world.programme.model_copy(update={"work_packages": packages})
    own = content(await world.play(OWN, FIRST, **{"indicator:plasser": "10"}))
    other = content(await world.play(OTHER, BETWEEN, **{"indicator:plasser": "20"}))
    await world.plan_meeting(LAST, key="owner-board/2027-01-12", body="owner-board")
    meeting = await world.meetings.find_meeting("owner-board/2027-01-12")
    assert meeting is not None

    for reports in ({OWN: own, OTHER: other}, {OTHER: other, OWN: own}):
        summary = compile_owner_summary(world.programme, meeting, reports, None)
        assert [(item.now, item.counted, item.of) for item in summary.sums] == [(20.0, 1, 1)]
    # The same package with the two boards' dates the other way round.
    later = replace(own, meeting=replace(own.meeting, starts_local=BETWEEN + DAY))
    assert compile_owner_summary(world.programme, meeting, {OWN: later, OTHER: other}, None).sums[0].now == 10.0


async def test_who_looks_after_the_asking_board_may_answer_its_round_and_no_other(world: SeriesWorld) -> None:
    shared, today = world.programme.work_package(HOME), FIRST.date()

    assert is_on_behalf(world.programme, shared, "other-local", today, f"{OTHER}/2026-12-01") is True
    assert is_on_behalf(world.programme, shared, "other-local", today, f"{OWN}/2026-11-17") is None
    assert is_on_behalf(world.programme, shared, "lead", today, f"{OTHER}/2026-12-01") is True


async def test_a_programme_within_the_programme_is_a_board_that_packages_name(world: SeriesWorld) -> None:
    """It has no number in the register of municipalities, and no packages that are its own alone."""
    known = world.programme
    inner = base.municipality("batloftet", number=None, name="Båtløftet")
    named = {HOME: ("batloftet",), "vika": ("batloftet",)}
    world.programme = known.model_copy(
        update={
            "municipalities": (*known.municipalities, inner),
            "bodies": (*known.bodies, base.body("batloftet", name="Styret for Båtløftet")),
            "work_packages": tuple(
                item.model_copy(update={"boards": named.get(item.key, ())}) for item in known.work_packages
            ),
        }
    )

    report = content(await world.play("batloftet", BETWEEN, light="yellow", done="To båter er ferdige."))

    assert [item.key for item in report.packages] == [HOME, "vika"]
    assert report.name == "Prøven Båtløftet"
    assert [item.key for item in world.programme.reporting_packages(OTHER, on=FIRST.date())] == ["vika"]
