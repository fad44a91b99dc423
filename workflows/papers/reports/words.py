"""The texts of one language, as the parts of a report put them together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import texts
from documents.document import Block, Bullets, Cell, Facts, Paragraph, Section, StatusLight, Table
from workflows.papers.reports.model import LIGHTS, FollowUpLine, MeetingFacts


class ReportWords:
    """The texts of one language, as reports put them together."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.say = partial(texts.say, language=language)
        self.signs = {light: self.say(f"light_sign.{light}") for light in LIGHTS}

    def light(self, kind: str) -> StatusLight:
        return StatusLight(kind=kind, word=self.word(kind), sign=self.signs[kind])

    def word(self, kind: str) -> str:
        return self.say(f"light.{kind}")

    def cell(self, kind: str) -> Cell:
        return Cell(text=self.word(kind), light=kind)

    def number(self, value: float | None) -> str:
        return self.say("reports.no_number") if value is None else texts.number(value, self.language)

    def stands(self, counts: Mapping[str, int]) -> str:
        """Return the sentence that says how many stand how, by their lights; empty when there are none."""
        lights = [f"{number} {_lowered(self.word(kind))}" for kind, number in counts.items() if number]
        return self.say("reports.stands", lights=texts.join(lights, self.language)) if lights else ""

    def bullets(self, items: Iterable[str], *, otherwise: str) -> Block:
        """A list, or the sentence that says there is nothing to list."""
        found = tuple(items)
        return Bullets(items=found) if found else Paragraph(text=self.say(otherwise))

    def day(self, value: date | None) -> str:
        return texts.short_date(value, self.language) if value else ""

    def table(self, name: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
        named = tuple(self.say(f"reports.{header}") for header in headers)
        return Table(name=name, headers=named, rows=tuple(tuple(row) for row in rows))


def _lowered(word: str) -> str:
    """Return a light's word as it stands within a sentence."""
    return f"{word[:1].lower()}{word[1:]}"


def meeting_block(words: ReportWords, meeting: MeetingFacts) -> Facts:
    """Return when and where a report's meeting is."""
    ends = texts.end_of(meeting.starts_local, meeting.ends_local, words.language)
    when = words.say("reports.when_words", starts=meeting.starts_local, ends=ends)
    where = meeting.location or words.say("reports.where_online")
    return Facts(rows=((words.say("reports.when"), when), (words.say("reports.where"), where)))


def follow_up_section(words: ReportWords, lines: Sequence[FollowUpLine], on: date) -> Iterable[Section]:
    """Write the unfinished decisions of earlier meetings, those that are late by *on* said so; nothing without any."""
    if lines:
        say = words.say
        headers = tuple(say(f"agenda.{name}") for name in ("matter", "responsible", "due", "told"))
        rows = tuple(
            (
                Cell(text=f"{line.label} {line.text}".strip()),
                Cell(text=line.who or say("agenda.nobody")),
                Cell(text=due_words(line.due_on, words.language, on=on)),
                Cell(text=line.words or say("agenda.nothing_told")),
            )
            for line in lines
        )
        table = Table(name=say("agenda.follow_up"), headers=headers, rows=rows)
        yield Section(heading=say("agenda.follow_up"), blocks=(table,))


def due_words(due_on: date | None, language: str, *, on: date) -> str:
    """Return the day until which something is to be done, and that it is late where it is by the day *on*."""
    if due_on is None:
        return texts.say("agenda.no_due", language)
    day = texts.short_date(due_on, language)
    return texts.say("reports.late", language, day=day) if due_on < on else day
