"""Work that has stopped: units that failed, in a reader's words, each with why and what to do, and ordered again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import texts
from config.programme import Programme
from workflows.ports.units import SET_ASIDE, Clock, StoppedUnit

MOST_SHOWN = 50
"""Stopped units that people are shown at once, the newest first."""
WORKER_STOPPED = re.compile(rf"{SET_ASIDE}|.*its worker was stopped again and again while it ran.*")
"""The note of a unit that stops its workers: the poison reader's, the engine's, and the one of versions before them."""
UNEXPECTED = re.compile(r"unexpected (?P<error>\w+)")
"""The engine's note of errors that nobody foresaw."""


class StoppedUnits(Protocol):
    """The units that failed."""

    async def list_stopped(self, *, most: int) -> Sequence[StoppedUnit]:
        """List up to *most*, those that were due last first."""
        ...

    async def order_again(self, key: str, *, now: datetime, by: str) -> bool:
        """Make a failed unit due now, as if it had never failed, and write down who did; False where it is not failed.

        A repeat finds it ordered.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Reason:
    """The reason of a stop and what to do about it, in words. *answer*: another system's own."""

    why: str
    todo: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class StoppedLine:
    """A stopped unit as people see it. *since*: the local time at which it should have been done."""

    log_key: str
    what: str
    since: datetime
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class StoppedWork:
    """Everything that stands still, or as much of it as is shown. *is_all*: there is no more."""

    units: Sequence[StoppedUnit] = ()
    is_all: bool = True


class StoppedDesk:
    """Shows what stands still, and orders it again."""

    def __init__(self, units: StoppedUnits, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def work(self) -> StoppedWork:
        """Return the newest of what stands still."""
        found = await self._units.list_stopped(most=MOST_SHOWN + 1)
        return StoppedWork(units=found[:MOST_SHOWN], is_all=len(found) <= MOST_SHOWN)

    async def order_again(self, log_key: str, *, by: str = "") -> bool:
        """Order a unit again, by its key as the log has it; False when it is not among those shown any more."""
        shown = (await self.work()).units
        key = next((unit.key for unit in shown if log_key == unit.log_key), None)
        return key is not None and await self._units.order_again(key, now=self._clock.now(), by=by)


def stopped_line(unit: StoppedUnit, programme: Programme, language: str) -> StoppedLine:
    """Return a stopped unit in words."""
    return StoppedLine(
        log_key=unit.log_key,
        what=unit_in_words(unit.key, programme, language) or texts.say("stopped.other", language),
        since=programme.local_time(unit.due_at),
        reason=reason_of(unit.note, language),
    )


def reason_of(note: str, language: str) -> Reason:
    """Return why a unit stopped, from the note that it keeps."""
    if WORKER_STOPPED.fullmatch(note):
        return _reason("set_aside", language)
    if unexpected := UNEXPECTED.fullmatch(note):
        return _reason("unexpected", language, error=unexpected["error"])
    return _reason("answer", language, answer=note)


def _reason(name: str, language: str, *, answer: str = "", **values: str) -> Reason:
    why = texts.say(f"stopped.why_{name}", language, **values)
    return Reason(why=why, todo=texts.say(f"stopped.todo_{name}", language), answer=answer)


def unit_in_words(key: str, programme: Programme | None, language: str) -> str:
    """
    Return a unit as `Åpne statusrunden: Styret i Dal, 8. september 2026`; empty for a kind without words.

    A person or anything else that has no name of the programme's is left out; without a programme it stands for itself.
    """
    kind, _, subject = key.partition(":")
    text = f"stopped.unit_{kind.replace('.', '_')}"
    if text not in texts.keys(language):
        return ""
    what = texts.say(text, language)
    where = subject if programme is None else _subject(subject, programme, language)
    return texts.say("stopped.place", language, what=what, where=where) if where else what


def place_in_words(key: str, programme: Programme) -> str:
    """Return the name of the place that a unit is for: the programme's own where it is for none, or for a person."""
    subject = key.partition(":")[2]
    return name_of(subject.partition("/")[0], programme) or programme.name


def municipality_of(key: str, programme: Programme) -> str | None:
    """Return the municipality whose work a unit is; None for what is common, or is a person's."""
    subject = key.partition(":")[2].partition("/")[0]
    if programme.find_municipality(subject) is not None:
        return subject
    found = programme.find_body(subject) or programme.find_place(subject) or programme.find_work_package(subject)
    return found.municipality if found is not None else None


def name_of(key: str, programme: Programme) -> str:
    """Return the name of a municipality, place, body or work package, or of the programme; empty for anything else."""
    if key == programme.key:
        return programme.name
    look_ups = (
        programme.find_municipality,
        programme.find_place,
        programme.find_body,
        programme.find_work_package,
    )
    return next((found.name for look_up in look_ups if (found := look_up(key)) is not None), "")


def _subject(subject: str, programme: Programme, language: str) -> str:
    """Return a place's name, or a body's with the day of its meeting and the work package, as far as they are named."""
    key, _, rest = subject.partition("/")
    body = programme.find_body(key)
    if body is None or not rest:
        return name_of(subject, programme)
    day, _, package = rest.partition("/")
    try:
        named = texts.short_date(date.fromisoformat(day), language)
    except ValueError:
        return body.name
    found = programme.find_work_package(package)
    return ", ".join(filter(None, (body.name, named, found.name if found is not None else "")))
