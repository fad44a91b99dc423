"""Words for the person at the terminal: the programme's language, names instead of keys, local time instead of UTC."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from commands.notes import note_at_terminal

if TYPE_CHECKING:
    from config.programme import Programme

FOR_PROGRAMS = "en"
"""The language of what programs read (`--json`)."""


class TerminalWords:
    """Texts of one programme, and its names for what keys stand for. Without a programme: bokmål and keys."""

    def __init__(self, programme: "Programme | None" = None) -> None:
        self._programme = programme

    @property
    def language(self) -> str:
        from texts import DEFAULT

        return self._programme.language if self._programme else DEFAULT

    def say(self, key: str, **values: Any) -> str:
        """Return the terminal's text *key* in the programme's language."""
        from texts import say

        return say(f"terminal.{key}", self.language, **values)

    def municipalities(self, count: int) -> str:
        """Return a number of municipalities in words."""
        return self.say("municipality_one") if count == 1 else self.say("municipality_many", count=count)

    def name(self, key: str | None) -> str:
        """
        Return the name of a municipality, place, body or work package, or of the programme itself.

        None is everybody, and anything unknown stands for itself.
        """
        from workflows.operations.stopped import name_of

        if key is None:
            return self.say("everybody")
        if self._programme is None:
            return key
        return name_of(key, self._programme) or key

    def person(self, key: str) -> str:
        """Return a person's name, and *key* for somebody who is not in the register."""
        found = self._programme.find_person(key) if self._programme is not None else None
        return found.name if found is not None else key

    def role(self, role: str) -> str:
        """Return the name of a role."""
        from texts import say

        return say(f"guests.role_{role}", self.language)

    def things(self, place: str, keys: Sequence[str]) -> str:
        """Return things of a place, by the keys of a rollout, as one list."""
        from texts import join
        from workflows.rollout.names import PlaceNames

        spec = self._programme.find_place(place) if self._programme is not None else None
        if self._programme is None or spec is None:
            return ", ".join(keys)
        names = PlaceNames(self._programme, spec, self.language)
        return join([names.described(key) for key in keys], self.language)

    def choices(self, keys: Sequence[str]) -> str:
        """Return what may be typed, each with its name: `dal (Dal)`."""
        return ", ".join(key if self.name(key) == key else f"{key} ({self.name(key)})" for key in sorted(keys))

    def moment(self, moment: datetime) -> str:
        """Return a moment in the programme's local time."""
        from texts import long_moment

        if self._programme is None:
            return moment.isoformat(timespec="minutes")
        return long_moment(self._programme.local_time(moment), self.language)

    def day(self, moment: datetime) -> str:
        """Return the day of a moment in the programme's local time."""
        from texts import short_date

        return short_date(
            self._programme.local_time(moment).date() if self._programme else moment.date(), self.language
        )

    def state(self, state: str, until: datetime | None) -> str:
        """Return a unit's state; *until* is the moment a waiting one waits for."""
        return self.say("state_waiting", until=self.moment(until)) if until else self.say(f"state_{state}")

    def note(self, note: str) -> str:
        """Return a note of ours in the reader's words."""
        return note_at_terminal(note, self.language)

    def unit(self, key: str) -> str:
        """Return a unit as a sentence's subject: `Åpne statusrunden: Styret i Dal, 8. september 2026`."""
        from workflows.operations.stopped import unit_in_words

        return unit_in_words(key, self._programme, self.language) or key
