"""The owner board's summary in a reader's language: every municipality in one table, then what stands out."""

from collections.abc import Iterable, Sequence

import texts
from documents.document import Block, Cell, Paragraph, Section, Table
from workflows.papers.reports.model import LIGHTS, LiftedQuestion, MunicipalityLine, OwnerSummary
from workflows.papers.reports.words import ReportWords, follow_up_section


def owner_sections(words: ReportWords, summary: OwnerSummary) -> Iterable[Section]:
    """Write the parts of the owner board's summary."""
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
    yield from follow_up_section(words, summary.follow_up, summary.meeting.starts_local.date())
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


def _municipality(words: ReportWords, line: MunicipalityLine, counted: Sequence[str]) -> tuple[Cell, ...]:
    if line.report_day is None:
        report = words.say("reports.no_report")
    else:
        report = texts.short_date(line.report_day, words.language)
        report = report if line.is_new else words.say("reports.same_report", day=report)
    # A light that no package has is a nought where there is a report, and nothing where there is none.
    numbers = (str(line.counts.get(light, 0)) if line.report_meeting else "–" for light in counted)
    return (Cell(text=line.name), *(Cell(text=number) for number in numbers), Cell(text=report))


def _lifted(words: ReportWords, place: str, asked: LiftedQuestion) -> Iterable[Block]:
    text = words.say("reports.owner_item", municipality=place, package=asked.package, question=asked.question)
    yield Paragraph(text=text, strong=True)
    if asked.proposal:
        yield Paragraph(text=words.say("reports.proposal", proposal=asked.proposal))


def _owner_changes(words: ReportWords, summary: OwnerSummary) -> Block:
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


def _owner_missing(words: ReportWords, lines: Sequence[MunicipalityLine]) -> Iterable[str]:
    for line in lines:
        if not line.report_meeting:
            yield words.say("reports.owner_missing_report", municipality=line.name)
        elif line.missing:
            packages = texts.join(line.missing, words.language)
            yield words.say("reports.owner_missing_status", municipality=line.name, packages=packages)
