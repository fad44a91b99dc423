"""Units after each kind of end, and the engines that run them."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.units import (
    CLOSED_DELAY,
    CONSISTENCY_WINDOW,
    FIRST_DELAY,
    LEASE,
    LONGEST_DELAY,
    TRIES,
    Claim,
    Engine,
    Failed,
    Handler,
    decide,
)
from integration.clock import SimulatedClock
from integration.database.connection import Database, create_database
from integration.database.history import list_events
from integration.database.units import SQLUnits, UnitState, UnitView
from tests.clocks import NOON, FakeTimekeeper, RestfulClock, StillClock
from workflows.errors import IdentityClosed, LimitReached, NotFound, OutcomeUnknown, Throttled, Transient
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked

MINUTE = timedelta(minutes=1)
UNIT = DueUnit(key="rollout.place:a-dal", due_at=NOON)


def claim(failures: int = 0) -> Claim:
    return Claim(unit=UNIT, owner="me", run=1, failures=failures)


@pytest.mark.parametrize(
    ("outcome", "failures", "ending"),
    [
        pytest.param(Done(note="made"), 0, Done(note="made"), id="done"),
        pytest.param(Parked(until=NOON + MINUTE, note="w"), 0, Parked(until=NOON + MINUTE, note="w"), id="parked"),
        pytest.param(
            Parked(until=NOON, note="w"),
            0,
            Parked(until=NOON + timedelta(seconds=1), note="w"),
            id="parked for no time",
        ),
        pytest.param(
            Throttled("post", "too many", retry_after=7 * MINUTE),
            3,
            Parked(until=NOON + 7 * MINUTE, note="could not post: too many"),
            id="throttled",
        ),
        pytest.param(
            Throttled("post", "too many", retry_after=timedelta(seconds=2)),
            0,
            Parked(until=NOON + timedelta(seconds=2), note="could not post: too many"),
            id="throttled for a moment",
        ),
        pytest.param(
            Throttled("post", "too many", retry_after=timedelta(seconds=2)),
            3,
            Parked(until=NOON + 8 * FIRST_DELAY, note="could not post: too many"),
            id="throttled for a moment time and again",
        ),
        pytest.param(
            LimitReached("post", "no permit", retry_after=timedelta(seconds=2)),
            3,
            Parked(until=NOON + timedelta(seconds=2), note="could not post: no permit"),
            id="within our own limit in a moment",
        ),
        pytest.param(
            OutcomeUnknown("post", "lost"),
            0,
            Parked(until=NOON + CONSISTENCY_WINDOW, note="could not post: lost"),
            id="outcome unknown",
        ),
        pytest.param(
            Transient("get", "503"), 0, Parked(until=NOON + FIRST_DELAY, note="could not get: 503"), id="first failure"
        ),
        pytest.param(
            Transient("get", "503"), 2, Parked(until=NOON + 4 * FIRST_DELAY, note="could not get: 503"), id="third"
        ),
        pytest.param(
            Transient("get", "503"), 99, Parked(until=NOON + LONGEST_DELAY, note="could not get: 503"), id="hundredth"
        ),
        pytest.param(
            IdentityClosed("make", "off"),
            0,
            Parked(until=NOON + CLOSED_DELAY, note="could not make: off"),
            id="identity closed",
        ),
        pytest.param(NotFound("get", "404"), 0, Failed(note="could not get: 404"), id="permanent"),
        pytest.param(
            KeyError("a name"), 0, Parked(until=NOON + FIRST_DELAY, note="unexpected KeyError"), id="unexpected"
        ),
        pytest.param(KeyError("a name"), TRIES - 1, Failed(note="unexpected KeyError"), id="unexpected once too often"),
    ],
)
def test_how_a_run_ends_decides_what_comes_next(
    outcome: Outcome | Exception, failures: int, ending: Done | Parked | Failed
) -> None:
    assert decide(claim(failures), outcome, now=NOON) == ending


async def test_pauses_grow_while_nothing_gets_done_and_begin_anew_after_progress(database: Database) -> None:
    """The service names a second each time; the pauses of a unit that gets on stay within a person's patience."""
    clock, pauses = RestfulClock(), list[timedelta]()
    gets_on = [False, False, False, True, True, False, False]

    async def handler(unit: DueUnit, history: History) -> Outcome:
        if gets_on[len(pauses)]:
            await history.note("rollout.tab_made", tab="board/papers")
        raise Throttled("post", "too many", retry_after=timedelta(seconds=1))

    await SQLUnits(database).make_due([UNIT])
    engine = engine_of(database, clock, handler)
    for _ in gets_on:
        await engine.run_due()
        due_at = (await the_unit(database)).due_at
        pauses.append(due_at - clock.now())
        clock.time = due_at

    assert pauses == [timedelta(seconds=1), *(FIRST_DELAY * 2**power for power in (1, 2, 1, 1, 2, 3))]


def engine_of(
    database: Database, clock: StillClock, handler: Handler, *, owner: str = "me", concurrency: int = 8
) -> Engine:
    return Engine(SQLUnits(database), clock, {"rollout.place": handler}, owner=owner, concurrency=concurrency)


async def the_unit(database: Database) -> UnitView:
    (view,) = await SQLUnits(database).list_units()
    return view


async def test_due_units_run_and_their_history_tells_it(database: Database) -> None:
    clock = RestfulClock()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        await history.note("rollout.channel_made", channel="board")
        return Done(note="9 made")

    await SQLUnits(database).make_due([UNIT, DueUnit(key="rollout.place:later", due_at=NOON + MINUTE)])
    assert await engine_of(database, clock, handler).run_due() == 1

    done, later = await SQLUnits(database).list_units()
    assert (done.state, done.note, done.runs, done.held) == (UnitState.DONE, "9 made", 1, False)
    assert (later.state, later.runs) == (UnitState.WAITING, 0)
    events = [(event.what, event.values) for event in await list_events(database, unit=UNIT.key)]
    assert events == [
        ("unit.started", {"run": 1}),
        ("rollout.channel_made", {"channel": "board"}),
        ("unit.done", {"note": "9 made"}),
    ]


async def test_what_a_unit_makes_due_now_runs_in_the_same_go(database: Database) -> None:
    units = SQLUnits(database)

    async def handler(unit: DueUnit, history: History) -> Outcome:
        number = int(unit.subject)
        if number < 3:
            await units.make_due([DueUnit(key=f"rollout.place:{number + 1}", due_at=NOON)])
        return Done()

    await units.make_due([DueUnit(key="rollout.place:1", due_at=NOON)])
    assert await engine_of(database, RestfulClock(), handler).run_due() == 3


async def test_a_failing_unit_shows_why_and_does_not_run_again_by_itself(database: Database) -> None:
    async def handler(unit: DueUnit, history: History) -> Outcome:
        raise NotFound("find the site", "404", request_id="7c1f")

    await SQLUnits(database).make_due([UNIT])
    engine = engine_of(database, RestfulClock(), handler)
    assert [await engine.run_due(), await engine.run_due()] == [1, 0]
    view = await the_unit(database)
    assert (view.state, view.note) == (UnitState.FAILED, "could not find the site: 404 (request-id 7c1f)")


async def test_a_kind_that_nobody_handles_fails_visibly(database: Database) -> None:
    await SQLUnits(database).make_due([DueUnit(key="unheard.of:a", due_at=NOON)])
    await Engine(SQLUnits(database), RestfulClock(), {}, owner="me").run_due()
    view = await the_unit(database)
    assert (view.state, view.note) == (
        UnitState.FAILED,
        "could not run unheard.of: nothing here handles this kind of unit",
    )


async def test_a_unit_that_becomes_due_while_it_runs_runs_once_more(database: Database) -> None:
    runs: list[str] = []

    async def handler(unit: DueUnit, history: History) -> Outcome:
        runs.append(unit.key)
        if len(runs) == 1:
            await SQLUnits(database).make_due([unit, unit])
        return Done()

    await SQLUnits(database).make_due([UNIT])
    assert await engine_of(database, RestfulClock(), handler).run_due() == 2
    assert (await the_unit(database)).state is UnitState.DONE


async def test_as_many_run_at_a_time_as_allowed_and_no_more(database: Database) -> None:
    running, most = 0, 0
    three = asyncio.Barrier(3)

    async def handler(unit: DueUnit, history: History) -> Outcome:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await three.wait()
        running -= 1
        return Done()

    await SQLUnits(database).make_due([DueUnit(key=f"rollout.place:{n}", due_at=NOON) for n in range(9)])
    async with asyncio.timeout(5):
        assert await engine_of(database, RestfulClock(), handler, concurrency=3).run_due() == 9
    assert most == 3


async def test_two_engines_on_one_file_run_each_unit_once(database: Database, database_url: str) -> None:
    other = create_database(database_url)
    runs: list[str] = []

    async def handler(unit: DueUnit, history: History) -> Outcome:
        runs.append(unit.key)
        await asyncio.sleep(0)
        return Done()

    keys = [f"rollout.place:{n}" for n in range(20)]
    await SQLUnits(database).make_due([DueUnit(key=key, due_at=NOON) for key in keys])
    engines = [
        engine_of(database, RestfulClock(), handler, owner="first", concurrency=3),
        engine_of(other, RestfulClock(), handler, owner="second", concurrency=3),
    ]
    counts = await asyncio.gather(*(engine.run_due() for engine in engines))
    await other.close()
    assert sorted(runs) == sorted(keys)
    assert sum(counts) == 20


async def test_a_unit_whose_lease_was_taken_over_is_stopped_and_changes_nothing(database: Database) -> None:
    """The first engine's clock lets its heartbeat beat; by then another one holds the unit."""
    units, stopped = SQLUnits(database), asyncio.Event()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        later = ours.now() + timedelta(minutes=10)
        assert await units.claim("other", now=later, lease_until=later + MINUTE, limit=1)
        # Only now does the heart beat: a lease that is renewed in time is not taken over.
        ours.advance(timedelta(minutes=10))
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return Done()

    class Beat(RestfulClock):
        async def sleep_until(self, moment: object) -> None:
            while self.time == NOON:  # noqa: ASYNC110 - Turns of the loop, no time.
                await asyncio.sleep(0)

    ours = Beat()
    await units.make_due([UNIT])
    async with asyncio.timeout(5):
        await engine_of(database, ours, handler).run_due()
    assert stopped.is_set()
    view = await the_unit(database)
    assert (view.state, view.held, view.runs) == (UnitState.WAITING, True, 2)


async def test_a_stopped_engine_gives_its_units_back_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.units.GRACE", timedelta(0))
    begun, stop = asyncio.Event(), asyncio.Event()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        return Done()

    await SQLUnits(database).make_due([UNIT])
    running = asyncio.create_task(engine_of(database, RestfulClock(), handler).run_forever(stop))
    await begun.wait()
    stop.set()
    async with asyncio.timeout(5):
        await running
    view = await the_unit(database)
    assert (view.state, view.held, view.due_at) == (UnitState.WAITING, False, NOON)


async def test_a_unit_that_takes_too_long_is_stopped_and_tried_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.units.LONGEST_RUN", timedelta(milliseconds=5))

    async def handler(unit: DueUnit, history: History) -> Outcome:
        await asyncio.Event().wait()
        return Done()

    await SQLUnits(database).make_due([UNIT])
    await engine_of(database, RestfulClock(), handler).run_due()
    view = await the_unit(database)
    assert (view.state, view.note, view.due_at) == (UnitState.WAITING, "took too long", NOON + FIRST_DELAY)


# ------------------------------------------------------------------------------------- the loop, in simulated time


@pytest.fixture
async def clock() -> AsyncIterator[SimulatedClock]:
    clock = SimulatedClock("http://127.0.0.1:1", "service", transport=FakeTimekeeper())
    await clock.join()
    yield clock
    await clock.leave()


async def test_the_loop_runs_each_unit_at_its_time_and_stops_when_asked(
    database: Database, clock: SimulatedClock
) -> None:
    stop = asyncio.Event()
    ran: list[tuple[str, timedelta]] = []

    async def handler(unit: DueUnit, history: History) -> Outcome:
        ran.append((unit.subject, clock.now() - NOON))
        if unit.subject == "patient" and len(ran) == 1:
            await clock.sleep_until(clock.now() + 10 * MINUTE)  # Longer than its lease: the heartbeat keeps it.
            return Parked(until=NOON + 3 * 60 * MINUTE, note="waits")
        if unit.subject == "last":
            stop.set()
        return Done()

    await SQLUnits(database).make_due(
        [
            DueUnit(key="rollout.place:patient", due_at=NOON),
            DueUnit(key="rollout.place:next day", due_at=NOON + timedelta(days=1)),
            DueUnit(key="rollout.place:last", due_at=NOON + timedelta(days=40)),
        ]
    )
    engine = Engine(SQLUnits(database), clock, {"rollout.place": handler}, owner="me")
    async with asyncio.timeout(10):
        await engine.run_forever(stop)
    assert ran == [
        ("patient", timedelta(0)),
        ("patient", timedelta(hours=3)),
        ("next day", timedelta(days=1)),
        ("last", timedelta(days=40)),
    ]


async def test_nobody_waits_for_a_unit_whose_begin_the_clock_did_not_hear_of(database: Database) -> None:
    """It did not run, and does so when its lease has ended."""
    timekeeper = FakeTimekeeper()
    clock = SimulatedClock("http://127.0.0.1:1", "service", transport=timekeeper)
    await clock.join()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        return Done()

    units = SQLUnits(database)
    await units.make_due([UNIT])
    engine = Engine(units, clock, {"rollout.place": handler}, owner="me")
    async with asyncio.timeout(10), clock.busy():
        timekeeper.loses = ["resume"]
        await engine.run_due()
        assert (await the_unit(database)).state is UnitState.WAITING

        await clock.sleep_until(NOON + LEASE)
        await engine.run_due()

    assert (await the_unit(database)).state is UnitState.DONE
    await clock.leave()


async def test_a_poke_runs_what_a_request_made_due_before_time_goes_on(
    database: Database, clock: SimulatedClock
) -> None:
    stop, ran = asyncio.Event(), asyncio.Event()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        assert clock.now() == NOON
        ran.set()
        return Done()

    units = SQLUnits(database)
    engine = Engine(units, clock, {"rollout.place": handler}, owner="me")
    loop = asyncio.create_task(engine.run_forever(stop))
    async with clock.busy():
        await units.make_due([UNIT, DueUnit(key="other.kind:far", due_at=NOON + timedelta(days=9))])
        engine.poke()
    async with asyncio.timeout(5):
        await ran.wait()
    stop.set()
    async with asyncio.timeout(5):
        await loop


WORKER = """
import asyncio, sys
from datetime import timedelta
from engine.units import Engine
from integration.clock import SystemClock
from integration.database.connection import create_database
from integration.database.units import SQLUnits
from workflows.ports.units import Done

async def handler(unit, history):
    print("started", flush=True)
    if sys.argv[2] == "hang":
        await asyncio.Event().wait()
    return Done()

async def main():
    await asyncio.to_thread(sys.stdin.readline)
    database = create_database(sys.argv[1])
    engine = Engine(
        SQLUnits(database), SystemClock(), {"rollout.place": handler}, owner=sys.argv[2], lease=timedelta(seconds=0.4)
    )
    stop = asyncio.Event()
    loop = asyncio.create_task(engine.run_forever(stop))
    while not any(unit.state == "done" for unit in await SQLUnits(database).list_units()):
        await asyncio.sleep(0.02)
    stop.set()
    await loop
    await database.close()

asyncio.run(main())
"""


async def test_a_unit_survives_the_process_that_ran_it(database: Database, database_url: str) -> None:
    await SQLUnits(database).make_due([UNIT])

    async def worker(name: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, database_url, name, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2]
        )

    async with asyncio.timeout(20):
        first, second = await worker("hang"), await worker("work")
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdin.write(b"go\n")
        await first.stdout.readline()
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        await second.communicate(b"go\n")
    assert second.returncode == 0
    view = await the_unit(database)
    assert (view.state, view.runs) == (UnitState.DONE, 2)


async def stop_workers(database: Database, clock: StillClock, *, times: int) -> None:
    """Let so many workers claim the unit, one after the other, and be killed while they run it."""
    for number in range(times):
        claims = await SQLUnits(database).claim(
            f"killed-{number}", now=clock.now(), lease_until=clock.now() + LEASE, limit=1
        )
        assert len(claims) == 1
        clock.advance(LEASE)


@pytest.mark.parametrize(
    ("times", "state"),
    [pytest.param(TRIES - 1, UnitState.DONE, id="often"), pytest.param(TRIES, UnitState.FAILED, id="again and again")],
)
async def test_a_unit_that_ends_its_process_again_and_again_fails_visibly_without_being_run(
    either_url: str, times: int, state: UnitState
) -> None:
    """With a queue or without: nobody but the record counts it."""
    database, clock, ran = create_database(either_url), RestfulClock(), list[str]()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        ran.append(unit.key)
        return Done()

    await SQLUnits(database).make_due([UNIT])
    await stop_workers(database, clock, times=times)
    await engine_of(database, clock, handler).run_due()

    unit = await the_unit(database)
    assert unit.state is state
    assert bool(ran) is (state is UnitState.DONE)
    if state is UnitState.FAILED:
        assert unit.note == "could not run rollout.place: its worker was stopped again and again while it ran"
        await SQLUnits(database).make_due([UNIT])
        await engine_of(database, clock, handler).run_due()
        assert ran == [UNIT.key]
    await database.close()


async def test_a_unit_that_gets_on_is_not_held_to_how_often_its_workers_were_stopped(database: Database) -> None:
    clock, units = RestfulClock(), SQLUnits(database)
    await units.make_due([UNIT])
    await stop_workers(database, clock, times=TRIES - 1)
    await units.note(UNIT.key, "rollout.tab_made", at=clock.now(), values={})
    await stop_workers(database, clock, times=TRIES - 1)

    (claim,) = await units.claim("me", now=clock.now(), lease_until=clock.now() + LEASE, limit=1)

    assert claim.stopped == TRIES - 1


async def test_no_unit_is_begun_when_the_time_for_it_is_over(database: Database) -> None:
    clock, ran = RestfulClock(), list[str]()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        ran.append(unit.key)
        clock.advance(2 * MINUTE)
        return Done()

    await SQLUnits(database).make_due([DueUnit(key=f"rollout.place:{name}", due_at=NOON) for name in "abc"])
    await engine_of(database, clock, handler, concurrency=1).run_due(until=NOON + 3 * MINUTE)

    assert ran == ["rollout.place:a", "rollout.place:b"]


async def test_a_clock_that_jumps_ahead_makes_no_engine_run_a_unit_twice(database: Database) -> None:
    """The lease has ended by the new time, but its holder is this engine itself."""
    clock, runs = RestfulClock(), 0

    async def handler(unit: DueUnit, history: History) -> Outcome:
        nonlocal runs
        runs += 1
        if runs == 1:
            clock.advance(timedelta(hours=1))
            engine.poke()
            await asyncio.sleep(0.05)
        return Done()

    engine = engine_of(database, clock, handler)
    await SQLUnits(database).make_due([UNIT])
    async with asyncio.timeout(5):
        await engine.run_due()

    assert runs == 1
    assert (await the_unit(database)).state is UnitState.DONE


# ------------------------------------------------------------------------------------------- a store that fails it


class UnsteadyStore(SQLUnits):
    """A store whose call of that name fails *times* before it works again."""

    def __init__(self, database: Database, call: str, times: int = 1) -> None:
        super().__init__(database)
        self._call, self._left = call, times

    async def next_moment(self, *, running: Collection[str] = ()) -> datetime | None:
        self._fail("next_moment")
        return await super().next_moment(running=running)

    async def renew(self, claim: Claim, *, lease_until: datetime) -> bool:
        self._fail("renew")
        return await super().renew(claim, lease_until=lease_until)

    async def finish(self, claim: Claim, *, now: datetime, note: str) -> bool:
        self._fail("finish")
        return await super().finish(claim, now=now, note=note)

    def _fail(self, call: str) -> None:
        if call == self._call and self._left:
            self._left -= 1
            raise OSError("the database is away")


async def test_a_loop_outlives_a_store_that_is_away_for_a_while(database: Database, clock: SimulatedClock) -> None:
    stop, ran = asyncio.Event(), list[timedelta]()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        ran.append(clock.now() - NOON)
        stop.set()
        return Done()

    await SQLUnits(database).make_due([UNIT])
    store = UnsteadyStore(database, "next_moment", times=2)
    async with asyncio.timeout(10):
        await Engine(store, clock, {"rollout.place": handler}, owner="me").run_forever(stop)

    assert ran == [2 * FIRST_DELAY]


async def test_a_heartbeat_that_fails_once_costs_no_lease(database: Database, clock: SimulatedClock) -> None:
    async def handler(unit: DueUnit, history: History) -> Outcome:
        # The heart beats at a third, fails, and beats again before the lease ends.
        await clock.sleep_until(clock.now() + LEASE)
        return Done(note="in time")

    await SQLUnits(database).make_due([UNIT])
    store = UnsteadyStore(database, "renew")
    async with asyncio.timeout(10):
        await Engine(store, clock, {"rollout.place": handler}, owner="me").run_due()

    view = await the_unit(database)
    assert (view.state, view.note, view.runs) == (UnitState.DONE, "in time", 1)


async def test_a_unit_whose_end_could_not_be_stored_runs_again_when_its_lease_ends(database: Database) -> None:
    clock, ran = RestfulClock(), list[datetime]()

    async def handler(unit: DueUnit, history: History) -> Outcome:
        ran.append(clock.now())
        return Done()

    await SQLUnits(database).make_due([UNIT])
    engine = Engine(UnsteadyStore(database, "finish"), clock, {"rollout.place": handler}, owner="me")
    await engine.run_due()
    assert (await the_unit(database)).held

    clock.advance(LEASE)
    await engine.run_due()

    assert ran == [NOON, NOON + LEASE]
    assert (await the_unit(database)).state is UnitState.DONE


@pytest.mark.parametrize("ends", ["done", "failed"])
async def test_the_end_of_a_run_that_was_taken_over_changes_nothing(database: Database, ends: str) -> None:
    units = SQLUnits(database)

    async def handler(unit: DueUnit, history: History) -> Outcome:
        later = NOON + 2 * LEASE
        assert await units.claim("other", now=later, lease_until=later + LEASE, limit=1)
        if ends == "failed":
            raise NotFound("find the site", "404")
        return Done(note="too late")

    await units.make_due([UNIT])
    await engine_of(database, RestfulClock(), handler).run_due()

    view = await the_unit(database)
    assert (view.state, view.note, view.held, view.runs) == (UnitState.WAITING, "", True, 2)
