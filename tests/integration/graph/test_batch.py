"""Reads of one moment travel together, and each has its own answer."""

import asyncio

import httpx
import pytest

from engine.gathering import Gathering
from engine.together import together
from integration.clock import SimulatedClock
from integration.graph.batch import PATIENCE
from integration.graph.client import Request
from integration.retry import Call
from tests.clocks import NOON, FakeTimekeeper
from tests.integration.graph.doubles import Double, answer, error
from workflows.errors import NotFound, OutcomeUnknown, Refused, Transient


def read(name: str, *scopes: str) -> Request:
    return Request(action=f"read {name}", address=lambda sdk: sdk.groups.by_group_id(name), scopes=scopes)


async def test_reads_of_one_moment_are_one_round_trip(double: Double) -> None:
    for name in "abc":
        double.on("GET", f"/groups/{name}", answer(200, {"id": name}))

    found = await together(double.clock, *(double.graph.get(read(name)) for name in "abc"))

    assert [each["id"] for each in found] == ["a", "b", "c"]
    assert double.batches == [3]


def write(name: str, call: Call = Call.KEYED) -> Request:
    return Request(
        action=f"write {name}",
        address=lambda sdk: sdk.groups.by_group_id(name),
        method="PATCH" if call is Call.KEYED else "POST",
        call=call,
        body={"displayName": name},
        independent=True,
    )


async def test_writes_that_do_not_depend_on_each_other_travel_with_the_reads_of_the_moment(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("PATCH", "/groups/b", answer(204))
    double.on("POST", "/groups/c", answer(201, {"id": "c"}))

    sent = [read("a"), write("b"), write("c", Call.CREATE)]
    found = await together(double.clock, *(double.graph.get(each) for each in sent))

    assert found == [{"id": "a"}, {}, {"id": "c"}]
    assert double.batches == [3]


async def test_a_lost_batch_is_sent_again_but_for_its_creates(double: Double) -> None:
    double.lose_batches = 1
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("PATCH", "/groups/b", answer(204))
    created = double.on("POST", "/groups/c", answer(201, {"id": "c"}))

    sent = [read("a"), write("b"), write("c", Call.CREATE)]
    found = await asyncio.gather(*(double.graph.get(each) for each in sent), return_exceptions=True)

    assert found[:2] == [{"id": "a"}, {}]
    assert isinstance(found[2], OutcomeUnknown)
    assert found[2].action == "write c"
    assert created.call_count == 1


async def test_a_part_whose_fate_the_service_does_not_know_is_a_question_only_for_a_create(double: Double) -> None:
    double.on("PATCH", "/groups/b", error(504, "UnknownError"), answer(204))
    double.on("POST", "/groups/c", error(504, "UnknownError"))

    sent = [write("b"), write("c", Call.CREATE)]
    found = await asyncio.gather(*(double.graph.get(each) for each in sent), return_exceptions=True)

    assert found[0] == {}
    assert isinstance(found[1], OutcomeUnknown)


async def test_one_read_and_every_other_write_travel_alone(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("POST", "/teams", answer(200, {}))

    await double.graph.get(read("a"))
    await together(double.clock, *(double.graph.send(double.request("POST", Call.CREATE)) for _ in range(2)))

    assert double.batches == []


async def test_each_part_has_its_own_error(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("GET", "/groups/b", error(404, "Request_ResourceNotFound", request_id="part-b"))
    double.on("GET", "/groups/c", error(403, "Authorization_RequestDenied"))

    found = await asyncio.gather(*(double.graph.get(read(name)) for name in "abc"), return_exceptions=True)

    assert found[0] == {"id": "a"}
    assert isinstance(found[1], NotFound)
    assert found[1].request_id == "part-b"
    assert found[1].action == "read b"
    assert isinstance(found[2], Refused)


async def test_a_throttled_part_alone_is_asked_again_after_its_own_pause(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    throttled = double.on("GET", "/groups/b", error(429, "TooManyRequests", retry_after="7"), answer(200, {"id": "b"}))

    found = await together(double.clock, *(double.graph.get(read(name)) for name in "ab"))

    assert [each["id"] for each in found] == ["a", "b"]
    assert throttled.call_count == 2
    assert double.batches == [2]
    assert 7 <= double.waited() < 9


async def test_a_batch_holds_no_more_than_graph_takes(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))

    await together(double.clock, *(double.graph.get(read(str(number))) for number in range(45)))

    assert double.batches == [20, 20, 5]


async def test_a_batch_holds_no_more_than_the_limits_let_pass_at_once(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))

    await together(double.clock, *(double.graph.get(read(str(number), "team:t")) for number in range(6)))

    assert double.batches == [4, 2]
    assert double.waited() == 1


async def test_what_a_batch_that_is_lost_held_is_asked_again(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("GET", "/groups/b", httpx.ReadTimeout("late"), answer(200, {"id": "b"}))

    found = await together(double.clock, *(double.graph.get(read(name)) for name in "ab"))

    assert [each["id"] for each in found] == ["a", "b"]


async def test_who_travels_with_one_that_is_stopped_asks_again(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))
    carrier, other = (asyncio.create_task(double.graph.get(read(name))) for name in "ab")
    await asyncio.sleep(0)

    carrier.cancel()

    assert await other == {"id": "x"}


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(httpx.Response(302, headers={"Location": "https://elsewhere.test/file"}), id="led elsewhere"),
        pytest.param(answer(200), id="an answer without an object"),
    ],
)
async def test_a_part_that_makes_no_sense_is_transient_and_the_others_have_their_answers(
    double: Double, part: httpx.Response
) -> None:
    double.on("GET", "/groups/a", part)
    double.on("GET", "/groups/b", answer(200, {"id": "b"}))

    first, second = await asyncio.gather(*(double.graph.get(read(name)) for name in "ab"), return_exceptions=True)

    assert type(first) is Transient
    assert second == {"id": "b"}


async def test_a_create_that_is_led_elsewhere_may_have_been_done(double: Double) -> None:
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    double.on("POST", "/groups/b", httpx.Response(302, headers={"Location": "https://elsewhere.test/file"}))

    found = await asyncio.gather(
        double.graph.get(read("a")), double.graph.get(write("b", Call.CREATE)), return_exceptions=True
    )

    assert found[0] == {"id": "a"}
    assert isinstance(found[1], OutcomeUnknown)


async def test_a_part_that_the_answer_leaves_out_is_asked_for_again_but_for_a_create(double: Double) -> None:
    """Nobody knows of a create that got no answer whether it was done."""
    double.leave_out = 1
    double.on("GET", "/groups/b", answer(200, {"id": "b"}))

    found = await asyncio.gather(
        double.graph.get(write("a", Call.CREATE)), double.graph.get(read("b")), return_exceptions=True
    )

    assert isinstance(found[0], OutcomeUnknown)
    assert "leaves it out" in str(found[0])
    assert found[1] == {"id": "b"}


# ------------------------------------------------------------------------------------- who is on the way is waited for


async def _late(double: Double, turns: int, name: str) -> str:
    """Ask after so many turns of the loop, as a task does that reads a database first on a busy machine."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return str((await double.graph.get(read(name)))["id"])


async def test_reads_that_began_together_travel_together_however_long_each_takes_to_ask(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))

    await together(
        double.clock,
        *(_late(double, 40 * number, str(number)) for number in range(6)),
        gathering=double.graph.gathering,
    )

    assert double.batches == [6]


async def test_a_full_batch_leaves_while_others_are_on_their_way(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))
    asked = asyncio.Event()

    async def last() -> None:
        await asked.wait()

    async def twenty() -> None:
        await together(double.clock, *(double.graph.get(read(str(number))) for number in range(20)))
        asked.set()

    await together(double.clock, last(), twenty(), gathering=double.graph.gathering)

    assert double.batches == [20]


async def test_work_that_ends_without_a_question_or_asks_alone_is_not_waited_for(double: Double) -> None:
    double.on("GET", "/groups/", answer(200, {"id": "x"}))
    double.on("POST", "/teams", answer(200, {}))

    async def nothing() -> None:
        await asyncio.sleep(0)

    async def alone() -> None:
        await double.graph.send(double.request("POST", Call.CREATE))

    await together(
        double.clock,
        nothing(),
        alone(),
        _late(double, 9, "a"),
        _late(double, 20, "b"),
        gathering=double.graph.gathering,
    )

    assert double.batches == [2]


async def test_reads_that_a_limit_parts_fill_the_batches_there_are(double: Double) -> None:
    """Reads that do not fit beside four of one team open a second batch, and both go on taking others."""
    double.on("GET", "/groups/", answer(200, {"id": "x"}))
    asked = [read(str(number), "team:t") for number in range(6)] + [read(str(number)) for number in range(6, 24)]

    await together(double.clock, *(double.graph.get(each) for each in asked), gathering=double.graph.gathering)

    assert sorted(double.batches) == [4, 20]


async def test_one_on_its_way_that_waits_for_the_batch_itself_does_not_hold_it_for_ever() -> None:
    timekeeper = FakeTimekeeper()
    clock = SimulatedClock("http://127.0.0.1/_sandbox/clock", "us", transport=timekeeper)
    await clock.join()
    double = Double(clock=clock)
    double.on("GET", "/groups/a", answer(200, {"id": "a"}))
    answered = clock.alarm()

    async def asks() -> None:
        await double.graph.get(read("a"))
        answered.ring()

    async def waits_for_it() -> None:
        await answered.wait(None)

    await together(double.clock, asks(), waits_for_it(), gathering=double.graph.gathering)

    assert clock.now() == NOON + PATIENCE
    await clock.leave()


async def test_both_identities_wait_for_the_same_companions() -> None:
    gathering = Gathering()
    hands, builder = Double(gathering=gathering), Double(gathering=gathering)
    for double in (hands, builder):
        double.on("GET", "/groups/", answer(200, {"id": "x"}))

    reads = [_late(double, 30 * number, str(number)) for number in range(3) for double in (hands, builder)]
    await together(hands.clock, *reads, gathering=gathering)

    assert hands.batches == [3]
    assert builder.batches == [3]
