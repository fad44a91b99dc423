"""Orders and their steps, as people watch them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from config.loading import load_programme
from config.programme import Programme
from tests.clocks import StillClock
from tests.support.rollout import VESTFOLD
from tests.workflows.status.rounds import FakeHistory
from workflows.errors import IdentityClosed, NotFound
from workflows.ports.units import Done
from workflows.rollout.mails_to_come import MailKind, has_our_meetings, mails_to_come
from workflows.rollout.orders import ASKS, BUILDER_CLOSED
from workflows.rollout.plan import Item, PlacePlan, State, WantedPlace, wanted_place
from workflows.rollout.ports import Resource
from workflows.rollout.preview import PREVIEW, Previews, SeenPlan, differences, preview_unit, seen_note, seen_plan
from workflows.rollout.progress import Order, OrderState, StepState, order_of, steps_of

PLACE = "sandefjord"
NOW = datetime(2026, 9, 1, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Unit:
    state: str
    note: str = ""
    held: bool = False
    key: str = f"rollout.place:{PLACE}"
    due_at: datetime = NOW
    done_at: datetime | None = None


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(VESTFOLD)


@pytest.fixture(scope="module")
def wanted(programme: Programme) -> WantedPlace:
    return wanted_place(programme, programme.place(PLACE), on=NOW.date())


@pytest.mark.parametrize(
    ("unit", "known", "state"),
    [
        pytest.param(None, (), OrderState.NONE, id="never ordered"),
        pytest.param(Unit("waiting", BUILDER_CLOSED), (), OrderState.WAITS_FOR_IT, id="the Builder is closed"),
        pytest.param(Unit("waiting", BUILDER_CLOSED, held=True), (), OrderState.UNDER_WAY, id="it is looked again"),
        pytest.param(Unit("waiting", "team_in_the_making"), (), OrderState.UNDER_WAY, id="something is being made"),
        pytest.param(Unit("done"), (), OrderState.DONE, id="done"),
        pytest.param(Unit("done"), (ASKS,), OrderState.ASKS, id="done but for a question"),
        pytest.param(Unit("failed", "could not"), (ASKS,), OrderState.FAILED, id="failed"),
    ],
)
def test_an_order_stands_as_its_unit_does(unit: Unit | None, known: tuple[str, ...], state: OrderState) -> None:
    order = order_of(unit, known)

    assert order.state is state
    assert order.goes_on is (state in (OrderState.UNDER_WAY, OrderState.WAITS_FOR_IT))
    assert order.may_start is not order.goes_on


def known(*keys: str) -> dict[str, Resource]:
    return {key: Resource(key=key, external_id=key) for key in keys}


def states(wanted: WantedPlace, there: dict[str, Resource], state: OrderState) -> list[StepState]:
    return [step.state for step in steps_of(wanted, there, Order(state=state))]


@pytest.mark.parametrize(
    ("state", "first_missing", "later"),
    [
        (OrderState.NONE, StepState.LATER, StepState.LATER),
        (OrderState.UNDER_WAY, StepState.NOW, StepState.LATER),
        (OrderState.FAILED, StepState.FAILED, StepState.LATER),
        (OrderState.ASKS, StepState.FAILED, StepState.FAILED),
        (OrderState.DONE, StepState.DONE, StepState.DONE),
    ],
)
def test_steps_are_done_up_to_the_first_that_is_not(
    wanted: WantedPlace, state: OrderState, first_missing: StepState, later: StepState
) -> None:
    found = states(wanted, known("group", "team"), state)

    assert found[:2] == [StepState.DONE] * 2
    assert found[2] is first_missing
    assert set(found[3:]) == {later}


def test_a_step_counts_its_things_and_what_was_begun_is_not_there_yet(wanted: WantedPlace) -> None:
    begun = {"page:landing": Resource(key="page:landing", external_id="")}

    steps = {
        step.key: step for step in steps_of(wanted, {**known("channel:board"), **begun}, Order(state=OrderState.NONE))
    }

    assert (steps["channels"].made, steps["channels"].wanted) == (1, len(wanted.channels))
    assert steps["page"].made == 0


def test_a_place_without_lists_has_no_step_for_them(wanted: WantedPlace, programme: Programme) -> None:
    spec = programme.place(PLACE).model_copy(update={"lists": ()})
    bare = wanted_place(programme, spec, on=NOW.date())

    assert "lists" not in {step.key for step in steps_of(bare, {}, Order(state=OrderState.NONE))}


ITEMS = (
    Item(key="person:leder-sandefjord", state=State.MISSING, layer="register"),
    Item(key="person:pakkeleder-sandefjord", state=State.PENDING, reason="not_redeemed"),
    Item(key="person:gone", state=State.MISSING),
    Item(key="channel:board", state=State.LOCAL, old="Lederteamet", new="Styret"),
    Item(key="group", state=State.SAME),
)


class Notes:
    """Takes what is noted of places."""

    def __init__(self) -> None:
        self.kept: dict[str, Resource] = {}

    async def of(self, place: str) -> dict[str, Resource]:
        return self.kept

    async def keep(self, place: str, *things: Resource) -> None:
        self.kept |= {thing.key: thing for thing in things}

    async def forget(self, place: str, *keys: str) -> None:
        raise NotImplementedError

    async def holders(self, key: str, external_id: str) -> list[str]:
        raise NotImplementedError


class Planner:
    """Answers with *outcome*."""

    def __init__(self, outcome: PlacePlan | Exception) -> None:
        self.outcome = outcome

    async def plan(self, place: str) -> PlacePlan:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.mark.parametrize(
    ("place", "outcome", "note"),
    [
        pytest.param("gone", PlacePlan(place="gone", items=ITEMS), None, id="the programme has no such place"),
        pytest.param(PLACE, NotFound("plan", "no place"), None, id="it went while it was looked at"),
        pytest.param(PLACE, IdentityClosed("plan", "off"), True, id="the Builder is closed"),
        pytest.param(PLACE, PlacePlan(place=PLACE, items=ITEMS), False, id="seen"),
    ],
)
async def test_a_look_keeps_what_was_seen(
    programme: Programme, place: str, outcome: PlacePlan | Exception, note: bool | None
) -> None:
    async def read() -> Programme:
        return programme

    notes = Notes()
    previews = Previews(Planner(outcome), resources=notes, programme=read, clock=StillClock(NOW))

    assert isinstance(await previews.look(preview_unit(place, NOW), FakeHistory()), Done)

    seen = seen_plan(place, notes.kept.get(PREVIEW))
    assert (seen and seen.closed) is note
    assert seen is None or seen.at == NOW


def test_what_was_seen_is_kept_and_read_whole() -> None:
    seen = seen_plan(PLACE, seen_note("order.preview", ITEMS, at=NOW))

    assert seen == SeenPlan(place=PLACE, at=NOW, items=ITEMS)
    assert seen.to_do == (ITEMS[0], ITEMS[2])
    assert seen.open == (ITEMS[1],)
    assert seen.restorable == (ITEMS[3],)
    assert seen_plan(PLACE, None) is None


def test_differences_are_told_once_with_the_places_they_concern() -> None:
    one, other = (SeenPlan(place=place, at=NOW, items=ITEMS[2:]) for place in ("a", "b"))

    assert differences([one, other]) == {ITEMS[2]: ("a", "b")}


def test_mails_to_come_name_their_readers_and_the_first_moment_in_sending_hours(programme: Programme) -> None:
    seen = SeenPlan(place=PLACE, at=NOW, items=ITEMS)

    first = mails_to_come(programme, seen, is_first=True, with_meetings=True, now=NOW)
    again = mails_to_come(programme, seen, is_first=False, with_meetings=False, now=NOW)

    assert [mail.kind for mail in first] == [MailKind.WELCOME, MailKind.MEETINGS]
    assert len(first[0].people) == 3
    assert again[0].people == ("Leder Våre unge Sandefjord", "gone")
    assert first[0].earliest.isoformat() == "2026-09-02T08:00:00+02:00"
    assert "Kommunalsjef oppvekst Sandefjord" in first[1].people


def test_a_place_that_is_common_invites_to_no_board(programme: Programme) -> None:
    seen = SeenPlan(place="umbrella", at=NOW)

    assert mails_to_come(programme, seen, is_first=True, with_meetings=True, now=NOW) == []
    assert not has_our_meetings(programme, "umbrella")
    assert has_our_meetings(programme, PLACE)
