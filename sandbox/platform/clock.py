"""
The clock of the sandbox: real time until somebody sets it, simulated from then on.

Simulated time stands still while anybody works. Participants (services) join by name and say when they wait and until
when; once all of them wait and the sandbox has no request in flight, time jumps to the earliest moment waited for.
A participant that was wakened counts as busy until the next wait. One whose connection is lost stays joined and busy: a
killed service stops time until it joins again under its name, or leaves. While time is real, nobody waits for others:
each is wakened at their moment. A moment that time was sent to (the buttons of the overview) is no jump where somebody
takes part: time gets there through every moment on the way, so that what falls due in between is done on its day.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST_WAIT_SECONDS = 3600.0
"""Seconds until a wait in real time is looked at again, so that a machine's clock that is set anew is noticed."""


class Unknown(Exception):
    """Nobody of that name has joined."""


class Backwards(Exception):
    """Simulated time only moves on."""


@dataclass(eq=False)
class Wait:
    """One participant's wait. *done* gets True when its moment came, False when it was withdrawn or replaced."""

    until: datetime | None
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def finish(self, came: bool) -> None:
        if not self.done.done():
            self.done.set_result(came)


class Clock:
    """
    See the module's docstring. Not thread-safe: everything happens on the server's event loop.

    One class of 20 methods, because every one of them may move time, and moving time may end any participant's wait.
    """

    def __init__(self) -> None:
        self._simulated: datetime | None = None
        self._goal: datetime | None = None
        self._participants: dict[str, Wait | None] = {}
        self._withdrawn: dict[str, int] = {}
        self._in_flight = 0

    def now(self) -> datetime:
        return self._simulated or datetime.now(UTC)

    @property
    def simulated(self) -> datetime | None:
        """The moment of simulated time, None while time is real."""
        return self._simulated

    @property
    def goal(self) -> datetime | None:
        """The moment that time was sent to and has not reached."""
        return self._goal

    def status(self) -> dict[str, object]:
        """Return the answer of the control call."""
        return {
            "now": stamp(self.now()),
            "simulated": self._simulated is not None,
            "in_flight": self._in_flight,
            "goal": stamp(self._goal) if self._goal else None,
            "participants": {name: _described(wait) for name, wait in sorted(self._participants.items())},
        }

    def set(self, moment: datetime) -> None:
        """Begin to simulate, or jump ahead; participants that waited for a moment up to then are wakened."""
        if self._simulated is not None and moment < self._simulated:
            raise Backwards(f"{stamp(moment)} lies before {stamp(self._simulated)}")
        self._simulated = moment.astimezone(UTC)
        self._wake()

    def send_to(self, moment: datetime) -> None:
        """Let time pass to *moment* as soon as everybody waits; without participants, or in real time, jump there."""
        if self._simulated is None or not self._participants:
            self.set(moment)
            return
        self._goal = moment.astimezone(UTC)
        self._advance()

    def put_back(self, moment: datetime | None) -> None:
        """Go to the moment of a snapshot, backwards too, or to real time. Participants stay joined, and waits go on."""
        self._simulated = moment
        self._wake()
        for wait in self._participants.values():
            self._ring(wait)

    def reset(self) -> None:
        """Go back to real time, nobody joined."""
        for wait in self._participants.values():
            if wait:
                wait.finish(False)
        self._participants.clear()
        self._simulated = self._goal = None

    def join(self, name: str) -> None:
        """Join, or join again after a crash: busy from now on."""
        self._become_busy(name)
        self._withdrawn.pop(name, None)

    def leave(self, name: str) -> None:
        self._become_busy(name)
        del self._participants[name]
        self._advance()

    def wait(self, name: str, until: datetime | None, turn: int | None = None) -> Wait:
        """
        Say that *name* has nothing to do before *until* (None: until something comes from outside).

        *turn* counts the participant's waits: one that arrives after its own withdrawal is none.
        """
        self._known(name)
        wait = Wait(until)
        if turn is not None and turn <= self._withdrawn.get(name, 0):
            wait.finish(False)
            return wait
        self._become_busy(name)
        if self._simulated is not None and until is not None and until <= self._simulated:
            wait.finish(True)
            return wait
        self._participants[name] = wait
        self._ring(wait)
        self._advance()
        return wait

    def resume(self, name: str, turn: int | None = None) -> None:
        """Withdraw the wait of *name*, up to its *turn*: it works again."""
        self._known(name)
        self._become_busy(name)
        if turn is not None:
            self._withdrawn[name] = turn

    def lost(self, name: str, wait: Wait) -> None:
        """Count a participant whose connection carried *wait* as busy, unless it has come back since."""
        if self._participants.get(name) is wait:
            self._participants[name] = None

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Hold time still while a request is worked on."""
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._advance()

    def _known(self, name: str) -> None:
        if name not in self._participants:
            raise Unknown(name)

    def _become_busy(self, name: str) -> None:
        wait = self._participants.get(name)
        self._participants[name] = None
        if wait:
            wait.finish(False)

    def _advance(self) -> None:
        if self._simulated is None or self._in_flight or not self._participants:
            return
        waits = list(self._participants.values())
        moments = [wait.until for wait in waits if wait and wait.until]
        if self._goal is not None:
            moments.append(self._goal)
        if None in waits or not moments:
            return
        self._simulated = max(self._simulated, min(moments))
        self._wake()

    def _ring(self, wait: Wait | None) -> None:
        """Wake the participant when the moment comes, as long as time is real."""
        if wait is None or wait.until is None or wait.done.done() or self._simulated is not None:
            return
        left = (wait.until - self.now()).total_seconds()
        if left > 0:
            asyncio.get_running_loop().call_later(min(left, LONGEST_WAIT_SECONDS), self._ring, wait)
        else:
            self._wake()

    def _wake(self) -> None:
        for name, wait in self._participants.items():
            if wait and wait.until and wait.until <= self.now():
                self._participants[name] = None
                wait.finish(True)
        if self._goal is not None and self._goal <= self.now():
            self._goal = None


def stamp(moment: datetime) -> str:
    """Return a moment as the control calls write it; precise to the microsecond, so that nobody wakes too early."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_moment(text: object) -> datetime:
    """Return a moment from a control call; ValueError when it has no zone."""
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text}: a moment needs its zone, such as 2026-09-08T07:00:00Z")
    return moment.astimezone(UTC)


def _described(wait: Wait | None) -> str:
    if wait is None:
        return "busy"
    return f"until {stamp(wait.until)}" if wait.until else "waiting"
