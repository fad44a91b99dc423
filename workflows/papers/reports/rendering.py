"""Reports in a reader's language: finished documents out of a report's values."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import texts
from documents.document import Block, Bullets, Cell, Document, Facts, Paragraph, Section, StatusLight, Table
from workflows.papers.reports.model import (
    LIGHTS,
    BoardReport,
    FollowUpLine,
    IndicatorLine,
    LiftedQuestion,
    MeetingFacts,
    MunicipalityLine,
    OwnerSummary,
    PackageReport,
    ReportContent,
    edition_of,
)
from workflows.status.model import adds_to_name


class _Words:
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

    def bullets(self, items: Iterable[str], *, otherwise: str) -> Block:
        """A list, or the sentence that says there is nothing to list."""
        found = tuple(items)
        return Bullets(items=found) if found else Paragraph(text=self.say(otherwise))

    def table(self, name: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
        named = tuple(self.say(f"reports.{header}") for header in headers)
        return Table(name=name, headers=named, rows=tuple(tuple(row) for row in rows))


def title_of(content: ReportContent, language: str) -> str:
    """The report's title, which names board and meeting day."""
    key = "reports.owner_title" if isinstance(content, OwnerSummary) else "reports.board_title"
    title = texts.say(key, language, name=content.name, day=content.meeting.starts_local.date())
    edition = edition_of(content)
    return title if edition == 1 else texts.say("reports.corrected_title", language, title=title, edition=edition)


def document_of(content: ReportContent, language: str) -> Document:
    """The whole report as a document."""
    if isinstance(content, OwnerSummary):
        return owner_document(content, language)
    return board_document(content, language)


def board_document(report: BoardReport, language: str) -> Document:
    """A local board's report: first what it must decide, then what changed, then every package."""
    words = _Words(language)
    return Document(
        language=language,
        title=title_of(report, language),
        lead=_board_lead(words, report),
        sections=tuple(_board_sections(words, report)) if report.packages else (),
        signs=words.signs,
    )


def owner_document(summary: OwnerSummary, language: str) -> Document:
    """The owner board's summary: every municipality in one table, then what stands out."""
    words = _Words(language)
    reported = sum(bool(line.report_meeting) for line in summary.municipalities)
    lead = (
        _meeting(words, summary.meeting),
        Paragraph(text=words.say("reports.owner_lead", reported=reported, total=len(summary.municipalities))),
    )
    return Document(
        language=language,
        title=title_of(summary, language),
        lead=lead,
        sections=tuple(_owner_sections(words, summary)),
        signs=words.signs,
    )


def counts_words(counts: Mapping[str, int], language: str) -> tuple[str, ...]:
    """«2 Som planlagt» for each light that some package has."""
    words = _Words(language)
    return tuple(f"{number} {words.signs[light]} {words.word(light)}" for light, number in counts.items() if number)


# -------------------------------------------------------------------------------------------------- a board's report


def _board_lead(words: _Words, report: BoardReport) -> tuple[Block, ...]:
    meeting = _meeting(words, report.meeting)
    if not report.packages:
        return (meeting, Paragraph(text=words.say("reports.no_packages")))
    answered = len(report.packages) - len(report.missing)
    blocks: list[Block] = [meeting]
    if report.is_empty:
        blocks.append(Paragraph(text=words.say("reports.empty"), strong=True))
    blocks.append(Paragraph(text=words.say("reports.answered", answered=answered, total=len(report.packages))))
    if report.as_is:
        blocks.append(Paragraph(text=words.say("reports.as_is")))
    rows = [(words.cell(light), Cell(text=str(number))) for light, number in report.counts.items() if number]
    blocks.append(words.table(words.say("reports.counts"), ("counts_heading", "counts_number"), rows))
    return tuple(blocks)


def _board_sections(words: _Words, report: BoardReport) -> Iterable[Section]:
    say = words.say
    yield from _correction(words, report)
    if report.assessment:
        by = [Paragraph(text=report.assessed_by)] if report.assessed_by else []
        blocks = (Paragraph(text=report.assessment), *by)
        yield Section(heading=say("reports.assessment"), blocks=blocks)
    questions = [block for package in report.questions for block in _question(words, package)]
    nothing = Paragraph(text=say("reports.no_questions"))
    yield Section(heading=say("reports.questions"), blocks=tuple(questions) or (nothing,))
    changes = words.bullets((_change(words, item) for item in report.changed), otherwise="reports.no_changes")
    yield Section(heading=say("reports.changes"), blocks=(changes,))
    yield from _follow_up(words, report.follow_up)
    if report.missing:
        missing = tuple(
            say("reports.missing_of", package=item.name, lead=item.lead or say("reports.no_lead"))
            for item in report.missing
        )
        yield Section(heading=say("reports.missing"), blocks=(Bullets(items=missing),))
    rows = [
        (Cell(text=item.name), words.cell(item.light), Cell(text=item.lead or say("reports.no_lead")))
        for item in report.packages
    ]
    overview = words.table(say("reports.overview"), ("package", "light", "lead"), rows)
    yield Section(heading=say("reports.overview"), blocks=(overview,))
    yield Section(heading=say("reports.details"), blocks=())
    for package in report.packages:
        yield Section(heading=package.name, blocks=tuple(_package(words, package)), level=3)


def _correction(words: _Words, report: BoardReport) -> Iterable[Section]:
    """Write what a corrected version has otherwise; nothing in a first one."""
    if report.edition > 1:
        say = words.say
        changed = tuple(
            say("reports.corrected_text", package=item.package, field=say(f"reports.{item.field}"))
            if item.package
            else say("reports.corrected_assessment")
            for item in report.corrected
        )
        because = Paragraph(text=say("reports.corrected_because", why=report.corrected_because))
        heading = say("reports.corrected", edition=report.edition)
        yield Section(heading=heading, blocks=(because, Bullets(items=changed)))


def _follow_up(words: _Words, lines: Sequence[FollowUpLine]) -> Iterable[Section]:
    """Write the unfinished decisions of earlier meetings; nothing when all are done."""
    if lines:
        say = words.say
        headers = tuple(say(f"agenda.{name}") for name in ("matter", "responsible", "due", "told"))
        rows = tuple(
            (
                Cell(text=f"{line.label} {line.text}".strip()),
                Cell(text=line.who or say("agenda.nobody")),
                Cell(text=texts.short_date(line.due_on, words.language) if line.due_on else say("agenda.no_due")),
                Cell(text=line.words or say("agenda.nothing_told")),
            )
            for line in lines
        )
        table = Table(name=say("agenda.follow_up"), headers=headers, rows=rows)
        yield Section(heading=say("agenda.follow_up"), blocks=(table,))


def _question(words: _Words, package: PackageReport) -> Iterable[Block]:
    yield Paragraph(text=words.say("reports.question_of", package=package.name, question=package.question), strong=True)
    if package.proposal:
        yield Paragraph(text=words.say("reports.proposal", proposal=package.proposal))


def _change(words: _Words, package: PackageReport) -> str:
    now = words.word(package.light)
    if package.previous_light is None:
        return words.say("reports.change_new", package=package.name, now=now)
    before = words.word(package.previous_light)
    return words.say("reports.change", package=package.name, now=now, before=before)


def _package(words: _Words, package: PackageReport) -> Iterable[Block]:
    say = words.say
    yield words.light(package.light)
    yield Paragraph(text=say("reports.led_by", lead=package.lead or say("reports.no_lead")))
    if package.on_behalf:
        yield Paragraph(text=say("reports.on_behalf"))
    if package.edited:
        yield Paragraph(text=say("reports.edited"))
    if not package.is_missing:
        asked = [("done", package.done), ("next", package.next), ("hinders", package.hinders)]
        rows = [(say(f"reports.{name}"), written or say("reports.nothing")) for name, written in asked]
        if package.question:
            rows.append((say("reports.question"), package.question))
            rows.append((say("reports.proposal_heading"), package.proposal or say("reports.nothing")))
        yield Facts(rows=tuple(rows))
    if package.indicators:
        name = say("reports.indicators_of", package=package.name)
        headers = ("indicator", "previous", "now", "target", "direction")
        yield words.table(name, headers, (_indicator(words, item) for item in package.indicators))


def _indicator(words: _Words, item: IndicatorLine) -> tuple[Cell, ...]:
    with_unit = adds_to_name(item.unit, item.name)
    name = words.say("reports.with_unit", name=item.name, unit=item.unit) if with_unit else item.name
    numbers = (item.previous, item.now, item.target)
    direction = words.say(f"reports.better_{item.better}")
    return (Cell(text=name), *(Cell(text=words.number(value)) for value in numbers), Cell(text=direction))


# ----------------------------------------------------------------------------------------- the owner board's summary


def _owner_sections(words: _Words, summary: OwnerSummary) -> Iterable[Section]:
    say, lines = words.say, summary.municipalities
    counted = [light for light in LIGHTS if any(line.counts.get(light) for line in lines)]
    headers = (say("reports.municipality"), *(words.word(light) for light in counted), say("reports.report_date"))
    rows = tuple(_municipality(words, line, counted) for line in lines)
    name = say("reports.owner_overview")
    yield Section(heading=name, blocks=(Table(name=name, headers=headers, rows=rows),))
    decisions = tuple(block for place, asked in summary.decisions for block in _lifted(words, place, asked))
    no_decisions = Paragraph(text=say("reports.owner_no_decisions"))
    yield Section(heading=say("reports.owner_decisions"), blocks=decisions or (no_decisions,))
    yield Section(heading=say("reports.owner_changes"), blocks=(_owner_changes(words, summary),))
    yield from _follow_up(words, summary.follow_up)
    red = (
        say("reports.owner_red_item", municipality=line.name, package=package) for line in lines for package in line.red
    )
    yield Section(heading=say("reports.owner_red"), blocks=(words.bullets(red, otherwise="reports.owner_no_red"),))
    others = [(place, asked) for place, asked in summary.questions if not asked.stands_still]
    lifted = tuple(block for place, asked in others for block in _lifted(words, place, asked))
    no_questions = Paragraph(text=say("reports.owner_no_questions"))
    yield Section(heading=say("reports.owner_questions"), blocks=lifted or (no_questions,))
    missing = words.bullets(_owner_missing(words, lines), otherwise="reports.owner_nobody_missing")
    yield Section(heading=say("reports.owner_missing"), blocks=(missing,))


def _municipality(words: _Words, line: MunicipalityLine, counted: Sequence[str]) -> tuple[Cell, ...]:
    if line.report_day is None:
        report = words.say("reports.no_report")
    else:
        report = texts.short_date(line.report_day, words.language)
        report = report if line.is_new else words.say("reports.same_report", day=report)
    # A light that no package has is a nought where there is a report, and nothing where there is none.
    numbers = (str(line.counts.get(light, 0)) if line.report_meeting else "–" for light in counted)
    return (Cell(text=line.name), *(Cell(text=number) for number in numbers), Cell(text=report))


def _lifted(words: _Words, place: str, asked: LiftedQuestion) -> Iterable[Block]:
    text = words.say("reports.owner_item", municipality=place, package=asked.package, question=asked.question)
    yield Paragraph(text=text, strong=True)
    if asked.proposal:
        yield Paragraph(text=words.say("reports.proposal", proposal=asked.proposal))


def _owner_changes(words: _Words, summary: OwnerSummary) -> Block:
    if summary.is_first:
        return Paragraph(text=words.say("reports.owner_first"))
    pairs = [("reports.owner_now_red", summary.now_red), ("reports.owner_no_longer_red", summary.no_longer_red)]
    lines = [words.say(key, municipality=place, package=name) for key, found in pairs for place, name in found]
    lines += [
        words.say(
            "reports.owner_new_report",
            municipality=line.name,
            day=texts.short_date(line.report_day, words.language),
        )
        for line in summary.municipalities
        if line.is_new and line.report_day
    ]
    return words.bullets(lines, otherwise="reports.owner_no_changes")


def _owner_missing(words: _Words, lines: Sequence[MunicipalityLine]) -> Iterable[str]:
    for line in lines:
        if not line.report_meeting:
            yield words.say("reports.owner_missing_report", municipality=line.name)
        elif line.missing:
            packages = texts.join(line.missing, words.language)
            yield words.say("reports.owner_missing_status", municipality=line.name, packages=packages)


def _meeting(words: _Words, meeting: MeetingFacts) -> Facts:
    ends = texts.end_of(meeting.starts_local, meeting.ends_local, words.language)
    when = words.say("reports.when_words", starts=meeting.starts_local, ends=ends)
    where = meeting.location or words.say("reports.where_online")
    return Facts(rows=((words.say("reports.when"), when), (words.say("reports.where"), where)))
