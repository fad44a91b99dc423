"""Agendas and minutes in a reader's language: finished documents out of their values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import texts
from documents.document import Block, Bullets, Cell, Document, Facts, Paragraph, Section, Table
from workflows.papers.agendas.arrangement import starts_of
from workflows.papers.agendas.model import Agenda, AgendaItem, AgendaLine, ItemKind, item_label
from workflows.papers.minutes.model import ActionLine, Minutes, MinutesItem
from workflows.papers.minutes.review import minutes_changes
from workflows.papers.reports.model import LIGHTS, MeetingFacts
from workflows.papers.reports.words import due_words

BLANK = "\N{NO-BREAK SPACE}"
"""Stands where somebody is to write by hand."""


def agenda_title(agenda: Agenda, language: str) -> str:
    """«Saksliste: Styret i Å-dal, tirsdag 8. september 2026»."""
    return texts.say("agenda.title", language, name=agenda.name, day=agenda.meeting.starts_local.date())


def minutes_title(minutes: Minutes, language: str) -> str:
    """«Referat: Styret i Å-dal, tirsdag 8. september 2026»."""
    return texts.say("agenda.minutes_title", language, name=minutes.name, day=minutes.meeting.starts_local.date())


def item_heading(agenda: Agenda, item: AgendaItem, language: str) -> str:
    """«Sak 12/26: Eventuelt»."""
    return texts.say("agenda.item", language, label=agenda.label(item.number), title=item.title)


def agenda_document(agenda: Agenda, language: str) -> Document:
    """The whole agenda: an overview, then what is asked and listed under each item."""
    say = partial(texts.say, language=language)
    lead = [_meeting(agenda.meeting, language), agenda_overview(agenda, language)]
    if planned := sum(item.minutes or 0 for item in agenda.items):
        lead.append(Paragraph(text=say("agenda.planned", minutes=planned)))
    sections = [
        Section(heading=item_heading(agenda, item, language), blocks=tuple(_item(item, agenda.meeting, language)))
        for item in agenda.items
        if _says_more(item)
    ]
    return _document(language, agenda_title(agenda, language), lead, sections)


def agenda_overview(agenda: Agenda, language: str) -> Block:
    """The items with numbers and titles; nothing in it is meant for members only."""
    say = partial(texts.say, language=language)
    if not agenda.items:
        return Paragraph(text=say("agenda.empty"))
    starts = starts_of(agenda)
    rows = tuple(
        (
            Cell(text=agenda.label(item.number)),
            Cell(text=item.title),
            Cell(text=_time(item, starts.get(item.number), language)),
        )
        for item in agenda.items
    )
    headers = tuple(say(f"agenda.{name}") for name in ("number", "what", "time"))
    return Table(name=say("agenda.overview"), headers=headers, rows=rows)


def _time(item: AgendaItem, starts: datetime | None, language: str) -> str:
    """Return when an item begins, as far as that is known, and how long it takes."""
    if not item.minutes:
        return ""
    long = texts.say("agenda.minutes_short", language, minutes=item.minutes)
    return f"{texts.clock_time(starts, language)}, {long}" if starts else long


def minutes_document(
    minutes: Minutes,
    agenda: Agenda,
    language: str,
    *,
    prepared: bool,
    before: Minutes | None = None,
    approved_on: date | None = None,
) -> Document:
    """
    The minutes. *prepared*: nobody has recorded anything yet, and there is room to write. *before*: the version that
    was approved before this one, which says what it has otherwise. *approved_on*: the day on which this one was.
    """
    say = partial(texts.say, language=language)
    lead: list[Block] = [_meeting(minutes.meeting, language)]
    kept = [(say(f"minutes.{role}"), minutes.names[key]) for role, key in _roles(minutes) if key]
    if approved_on is not None:
        kept.append((say("minutes.approved_on"), texts.written(approved_on, language)))
    if kept:
        lead.append(Facts(rows=tuple(kept)))
    if prepared:
        lead.append(Paragraph(text=say("agenda.minutes_prepared")))
    if changes := minutes_changes(before, minutes) if before else ():
        lead.append(Paragraph(text=say("minutes.approved_changed"), strong=True))
        lead.append(Bullets(items=tuple(say(change.key, **change.values) for change in changes)))
    sections = [Section(heading=say("agenda.attendance"), blocks=tuple(_attendance(minutes, language)))]
    asked = {item.number: item for item in agenda.items}
    for item in minutes.items:
        heading = say("agenda.item", label=item_label(minutes.year, item.number), title=item.title)
        about = asked.get(item.number)
        said = (
            [Facts(rows=((say("agenda.decision"), BLANK),))] if prepared else _decided(minutes, about, item, language)
        )
        told = (Facts(rows=((say("minutes.text"), item.text),)),) if item.text else ()
        blocks = [*(_item(about, minutes.meeting, language) if about else ()), *told, *said]
        sections.append(Section(heading=heading, blocks=tuple(blocks)))
    if minutes.remarks:
        sections.append(Section(heading=say("minutes.remarks"), blocks=(Paragraph(text=minutes.remarks),)))
    if minutes.actions or prepared:
        sections.append(Section(heading=say("agenda.actions"), blocks=(_actions(minutes, language),)))
    return _document(language, minutes_title(minutes, language), lead, sections)


def _document(language: str, title: str, lead: Sequence[Block], sections: Sequence[Section]) -> Document:
    signs: Mapping[str, str] = {light: texts.say(f"light_sign.{light}", language) for light in LIGHTS}
    return Document(language=language, title=title, lead=tuple(lead), sections=tuple(sections), signs=signs)


def _meeting(meeting: MeetingFacts, language: str) -> Facts:
    say = partial(texts.say, language=language)
    when = say(
        "reports.when_words",
        starts=meeting.starts_local,
        ends=texts.end_of(meeting.starts_local, meeting.ends_local, language),
    )
    where = meeting.location or say("reports.where_online")
    return Facts(rows=((say("reports.when"), when), (say("reports.where"), where)))


def _says_more(item: AgendaItem) -> bool:
    return bool(item.text or item.proposal or item.lines)


def _item(item: AgendaItem, meeting: MeetingFacts, language: str) -> Iterable[Block]:
    """Write an item's details besides its title; what is late by the meeting is said to be."""
    say = partial(texts.say, language=language)
    rows: list[tuple[str, str]] = []
    if item.by:
        rows.append((say("agenda.by"), item.by))
    if item.text:
        key = "agenda.question" if item.kind is ItemKind.QUESTION else "agenda.reason"
        rows.append((say(key), item.text))
    if item.proposal:
        rows.append((say("agenda.proposal"), item.proposal))
    elif item.kind is ItemKind.QUESTION:
        rows.append((say("agenda.proposal"), say("minutes.no_proposal")))
    if item.decided_below:
        rows.append((say("minutes.decided_below"), item.decided_below))
    if item.view:
        rows.append((say("minutes.view"), item.view))
    if rows:
        yield Facts(rows=tuple(rows))
    if item.lines:
        yield _listed(item, meeting, language)


def _listed(item: AgendaItem, meeting: MeetingFacts, language: str) -> Table:
    if item.kind is ItemKind.FOLLOW_UP:
        due = partial(_due, on=meeting.starts_local.date())
        columns: Mapping[str, Any] = {"matter": _name, "responsible": _who, "due": due, "told": _words}
    elif any(line.light for line in item.lines):
        columns = {"package": _name, "light": _light, "lead": _who, "hinders": _words}
    else:
        columns = {"municipality": _name, "stands_still": _still}
    rows = tuple(tuple(cell(line, language) for cell in columns.values()) for line in item.lines)
    headers = tuple(texts.say(f"agenda.{name}", language) for name in columns)
    return Table(name=item.title, headers=headers, rows=rows)


def _name(line: AgendaLine, language: str) -> Cell:
    del language
    return Cell(text=line.name)


def _who(line: AgendaLine, language: str) -> Cell:
    return Cell(text=line.who or texts.say("agenda.nobody", language))


def _due(line: AgendaLine, language: str, *, on: date) -> Cell:
    return Cell(text=due_words(line.due_on, language, on=on))


def _light(line: AgendaLine, language: str) -> Cell:
    return Cell(text=texts.say(f"light.{line.light}", language), light=line.light)


def _words(line: AgendaLine, language: str) -> Cell:
    return Cell(text=line.words or texts.say("agenda.nothing_told", language))


def _still(line: AgendaLine, language: str) -> Cell:
    return Cell(text=line.words or texts.say("agenda.none_still", language))


def _attendance(minutes: Minutes, language: str) -> Iterable[Block]:
    say = partial(texts.say, language=language)
    for key, present in (("agenda.present", True), ("agenda.absent", False)):
        names = tuple(line.name for line in minutes.attendance if line.present is present)
        yield Paragraph(text=say(key), strong=True)
        yield Bullets(items=names) if names else Paragraph(text=say("agenda.nobody"))
    if minutes.others:
        yield Facts(rows=((say("agenda.others"), minutes.others),))


def _roles(minutes: Minutes) -> tuple[tuple[str, str], ...]:
    return (("chair", minutes.chair), ("secretary", minutes.secretary))


def _decided(minutes: Minutes, about: AgendaItem | None, item: MinutesItem, language: str) -> Iterable[Block]:
    """Write the decision on an item, its meaning for the question, and who carries it out until when."""
    say = partial(texts.say, language=language)
    if not item.decision:
        yield Paragraph(text=say("agenda.no_decision"))
        return
    rows = [(say("agenda.decision"), item.decision)]
    if about is not None and about.question:
        rows.append((say("minutes.outcome_short"), say(f"minutes.outcome_{item.outcome}")))
    if item.who:
        rows.append((say("agenda.responsible"), item.who))
    if item.due_on:
        rows.append((say("agenda.due"), texts.short_date(item.due_on, language)))
    if item.left:
        names = [line.name for line in minutes.attendance if line.person in item.left]
        rows.append((say("minutes.left"), texts.join(names, language)))
    yield Facts(rows=tuple(rows))


def _actions(minutes: Minutes, language: str) -> Table:
    say = partial(texts.say, language=language)
    headers = tuple(say(f"agenda.{name}") for name in ("action", "responsible", "due", "about"))
    lines = minutes.actions or (None,) * 3
    return Table(
        name=say("agenda.actions"),
        headers=headers,
        rows=tuple(_action(minutes, line, language) for line in lines),
    )


def _action(minutes: Minutes, line: ActionLine | None, language: str) -> tuple[Cell, ...]:
    if line is None:
        return (Cell(text=BLANK),) * 4
    due = texts.short_date(line.due_on, language) if line.due_on else texts.say("agenda.no_due", language)
    about = item_label(minutes.year, line.number) if line.number else ""
    return (
        Cell(text=line.what),
        Cell(text=line.who or texts.say("agenda.nobody", language)),
        Cell(text=due),
        Cell(text=about),
    )
