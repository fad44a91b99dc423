"""Reads of a walk: asked ahead, all at once, or when a step comes to them."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from workflows.errors import OutsideError

P = ParamSpec("P")
T = TypeVar("T")


class Reads:
    """Answers by their question. *failed*: gets the errors of reads, which end no write."""

    def __init__(self, failed: list[OutsideError]) -> None:
        self._failed = failed
        self._answers: dict[tuple[object, ...], Any] = {}

    async def ask_ahead(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> None:
        """Keep the answer to a read for the step that asks for it, unless it waits for that step already.

        One that fails is left to that step.
        """
        question = _question(read, args, more)
        if question not in self._answers:
            with suppress(OutsideError):
                self._answers[question] = await read(*args, **more)

    async def get(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> T:
        """Return the answer that was read ahead, once; else, or for another look, read now."""
        question = _question(read, args, more)
        if question in self._answers:
            answer: T = self._answers.pop(question)
            return answer
        try:
            return await read(*args, **more)
        except OutsideError as error:
            self._failed.append(error)
            raise


def _question(read: Callable[..., object], args: tuple[object, ...], more: Mapping[str, object]) -> tuple[object, ...]:
    return read, *args, *sorted(more.items())
