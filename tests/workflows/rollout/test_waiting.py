"""An order that only waits asks for what it waits for, and nothing else of its place."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.clocks import NOON, StillClock
from workflows.errors import IdentityClosed, Refused, Transient
from workflows.ports.accounts import Account
from workflows.ports.place import OperationState
from workflows.ports.units import Parked
from workflows.rollout.plan_log import NotYet
from workflows.rollout.polling import PATIENCE, POLL
from workflows.rollout.ports import Resource
from workflows.rollout.waiting import MADE, WHOLE_LOOK, wait_on, waiting_note
from workflows.rollout.walk import Walk

LEAD = SimpleNamespace(key="leder", email="leder@dal.example")
LATER = NOON + POLL


class Outside:
    """Microsoft 365, where all is still to come; *answers* say otherwise. Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, object] = {"operation": OperationState.RUNNING, "has_team": False, "site": None}

    async def find_group_site(self, group_id: str) -> object:
        return self._answer("site")

    async def operation(self, path: str) -> object:
        return self._answer("operation")

    async def has_team(self, group_id: str) -> object:
        return self._answer("has_team")

    async def add_member(self, group_id: str, account: Account) -> object:
        assert (account.id, account.email) == ("account", LEAD.email)
        return self._answer("member")

    def _answer(self, question: str) -> object:
        self.asked.append(question)
        answer = self.answers.get(question)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Waiting:
    """A walk over a place that waits for its team and its site since noon."""

    def __init__(self) -> None:
        self.outside, self.ports_clock = Outside(), StillClock(NOON)
        self.apply, self.place = True, "dal"
        self.wanted = SimpleNamespace(
            spec=SimpleNamespace(name="Dal"), owners=(), members=(LEAD,), channels=(), folders=()
        )
        self.waits: dict[str, Exception] = {}
        self.log = SimpleNamespace(trouble=SimpleNamespace(unfinished=[]))
        self.ports = SimpleNamespace(
            clock=self.ports_clock,
            together=_one_by_one,
            sites=self.outside,
            teams=self.outside,
            memberships=self.outside,
        )
        begun = {"begun": NOON.isoformat()}
        things = [Resource(key="group", external_id="g"), Resource(key="team.operation", external_id="operation")]
        things += [Resource(key=f"{what}.wait", external_id="", details=begun) for what in ("team", "site")]
        things.append(Resource(key="member:leder", external_id="account"))
        self.known = {thing.key: thing for thing in things}

    @property
    def began(self) -> datetime:
        return self.ports_clock.now()

    @property
    def walk(self) -> Walk:
        return cast("Walk", self)

    async def keep(self, *things: Resource) -> None:
        self.known |= {thing.key: thing for thing in things}

    async def forget(self, key: str) -> None:
        self.known.pop(key, None)

    def wait_for(self, *keys: str, until: datetime | None = LATER) -> None:
        """Note that a whole look found these still to come, and let the time pass until the next look."""
        self.waits = {key: Transient("wait", key) for key in keys}
        self.log.trouble.unfinished = list(self.waits.values())
        self.known[MADE] = waiting_note(self.walk, 3, until)
        self.ports_clock.advance(POLL)


async def _one_by_one(*work: Awaitable[None]) -> None:
    for item in work:
        await item


@pytest.fixture
def place() -> Waiting:
    return Waiting()


async def test_an_order_that_waits_for_team_and_site_asks_two_things_and_waits_on(place: Waiting) -> None:
    place.wait_for("team", "site")

    parked = await wait_on(place.walk)

    assert parked == Parked(until=LATER + POLL, note="site_in_the_making")
    assert sorted(place.outside.asked) == ["operation", "site"]
    assert place.known[MADE].details["number"] == 3
    # The next look is as small.
    place.ports_clock.advance(POLL)
    assert await wait_on(place.walk) is not None


async def test_without_an_operation_the_team_itself_is_asked_for(place: Waiting) -> None:
    place.wait_for("team")
    del place.known["team.operation"]

    assert await wait_on(place.walk) is not None
    assert place.outside.asked == ["has_team"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("site", object(), id="the site is there"),
        pytest.param("operation", OperationState.SUCCEEDED, id="the team is there"),
        pytest.param("operation", OperationState.FAILED, id="the team was not made"),
        pytest.param("member", None, id="a guest is known"),
        pytest.param("site", Refused("look", "no"), id="a look is refused"),
        pytest.param("site", Transient("look", "later"), id="a look is not answered"),
    ],
)
async def test_when_anything_came_or_went_wrong_the_whole_place_is_looked_at(
    place: Waiting, question: str, answer: object
) -> None:
    place.outside.answers |= {"member": Transient("let in", "not known everywhere"), question: answer}
    place.wait_for("team", "site", "member:leder")

    assert await wait_on(place.walk) is None


async def test_a_person_who_is_not_known_everywhere_leaves_the_pause_to_the_engine(place: Waiting) -> None:
    place.outside.answers["member"] = Transient("let in", "not known everywhere")
    place.wait_for("member:leder", until=None)

    with pytest.raises(Transient, match="not known everywhere"):
        await wait_on(place.walk)
    assert place.outside.asked == ["member"]


async def test_a_member_who_is_wanted_no_more_is_not_let_in(place: Waiting) -> None:
    place.wait_for("member:leder")
    del place.known["member:leder"]

    assert await wait_on(place.walk) is None
    assert place.outside.asked == []


def _orders_again(place: Waiting) -> None:
    place.known[MADE] = waiting_note(place.walk, 3, NOON + timedelta(hours=1))


def _has_waited_long(place: Waiting) -> None:
    place.ports_clock.advance(WHOLE_LOOK)


def _changes_the_register(place: Waiting) -> None:
    place.wanted.members = (SimpleNamespace(key="ny", email="ny@dal.example"),)


def _restores(place: Waiting) -> None:
    place.known["restore:page:landing"] = Resource(key="restore:page:landing", external_id="")


def _loses_the_group(place: Waiting) -> None:
    del place.known["group"]


def _never_waited(place: Waiting) -> None:
    del place.known[MADE]


def _waits_for_more(place: Waiting) -> None:
    place.log.trouble.unfinished.append(Transient("read", "no answer"))
    place.known[MADE] = waiting_note(place.walk, 3, LATER)


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(_orders_again, id="somebody orders it before its time"),
        pytest.param(_has_waited_long, id="the last whole look was long ago"),
        pytest.param(_changes_the_register, id="the register was changed"),
        pytest.param(_restores, id="somebody wants a thing restored"),
        pytest.param(_loses_the_group, id="the group is not known"),
        pytest.param(_never_waited, id="the order is new"),
        pytest.param(_waits_for_more, id="something else did not answer"),
    ],
)
async def test_otherwise_nothing_is_asked_ahead_of_the_whole_look(place: Waiting, happens: Any) -> None:
    place.wait_for("team", "site")
    happens(place)

    assert await wait_on(place.walk) is None
    assert place.outside.asked == []


async def test_a_closed_builder_is_told_as_everywhere(place: Waiting) -> None:
    place.outside.answers["site"] = IdentityClosed("look", "closed")
    place.wait_for("site")

    with pytest.raises(IdentityClosed):
        await wait_on(place.walk)


async def test_a_thing_that_was_waited_for_a_day_is_told_with_the_rest_of_the_place(place: Waiting) -> None:
    place.ports_clock.advance(PATIENCE)
    place.wait_for("site", until=None)

    assert await wait_on(place.walk) is None


def test_the_note_of_a_wait_names_the_things_and_not_yet_is_one_of_them(place: Waiting) -> None:
    wait = NotYet(LATER, "site_in_the_making")
    place.waits, place.log.trouble.unfinished = {"site": wait}, [wait]

    assert waiting_note(place.walk, 5, LATER).details["waits"] == ["site"]
