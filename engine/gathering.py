"""Work that was begun together and has not asked yet: what is asked travels together once all have asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType

from engine.units import Alarm

_mine: ContextVar[tuple["Expected", ...]] = ContextVar("expected", default=())
"""The expectations that the running task, or one of those that began it, meets by asking."""


class Gathering:
    """
    Knows who is on the way to ask.

    Counts instead of measuring time: how many turns of the loop, threads or other processes lie between the beginning
    of a task and its question depends on what else the machine does.
    """

    def __init__(self) -> None:
        self._awaited: set[Expected] = set()
        self._bells: set[Alarm] = set()

    @property
    def is_complete(self) -> bool:
        """Tell whether nobody is awaited any more."""
        return not self._awaited

    def expect(self) -> "Expected":
        """Await a question from now on: of the task that enters what is returned, or that which it begins."""
        expected = Expected(self)
        self._awaited.add(expected)
        return expected

    def arrive(self) -> None:
        """Note that the running task has asked, or waits for something else now."""
        for expected in _mine.get():
            expected.arrive()

    @contextmanager
    def ringing(self, bell: Alarm) -> Iterator[None]:
        """Ring *bell* when nobody is awaited any more."""
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)

    def forget(self, expected: "Expected") -> None:
        """Await *expected* no longer."""
        self._awaited.discard(expected)
        if not self._awaited:
            for bell in self._bells:
                bell.ring()


class Expected:
    """One question that is awaited, until it was asked or the work in this context has ended."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._token: Token[tuple[Expected, ...]] | None = None

    def __enter__(self) -> "Expected":
        self._token = _mine.set((*_mine.get(), self))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._token is not None:
            _mine.reset(self._token)
        self.arrive()

    def arrive(self) -> None:
        """Be awaited no longer; a repeat does nothing."""
        self._gathering.forget(self)
