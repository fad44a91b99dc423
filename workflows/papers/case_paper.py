"""Case papers (saksframlegg): what a board asks for, as a paper that a political body can take as it is."""

from collections.abc import Iterator, Mapping

import texts
from documents.document import Block, Cell, Document, Facts, Paragraph, Section, Table
from workflows.papers.agendas.model import Agenda, AgendaItem
from workflows.papers.case_background import CaseBackground, background_of
from workflows.papers.record import BodyRecord, Paper, PaperKind
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.tables import budget_table, indicator_table
from workflows.papers.reports.words import ReportWords


def case_papers(record: BodyRecord, below: Mapping[str, BodyRecord], language: str) -> Iterator[Paper]:
    """
    Give a case paper for each item that its board was asked to decide. They are drafts: nobody released them.

    *below*: by work package, the record of the local board that sent its question on.
    """
    for stored in record.agendas:
        agenda = stored.content
        for item in agenda.items:
            if item.asks:
                background = background_of(agenda, item, record, below.get(item.work_package))
                yield Paper(
                    kind=PaperKind.CASE,
                    meeting=agenda.meeting,
                    version=1,
                    at=stored.released_at,
                    document=case_paper(agenda, item, background, language),
                    number=item.number,
                )


def case_paper(agenda: Agenda, item: AgendaItem, background: CaseBackground, language: str) -> Document:
    """
    Return an item as a case paper, in the order of a municipality's own.

    Proposed decision, background, numbers, decision of the board below, earlier decisions, economy, assessment: in
    people's words and the record's numbers. A part that nobody has written says so, for its writer to fill in.
    """
    words = ReportWords(language)
    say = words.say
    facts = [
        (say("case_paper.matter"), agenda.label(item.number)),
        (say("case_paper.body"), agenda.name),
        (say("case_paper.meeting"), texts.long_date(agenda.meeting.starts_local.date(), language)),
    ]
    if item.by:
        facts.append((say("agenda.by"), item.by))
    sections = [
        Section(heading=say("case_paper.proposal"), blocks=(_written(words, item.proposal),)),
        Section(heading=say("case_paper.background"), blocks=tuple(_background(words, item, background))),
        *_numbers(words, background.package),
        *_below(words, item, background),
        *_earlier(words, item, background),
        Section(heading=say("case_paper.economy"), blocks=tuple(_economy(words, background))),
        Section(heading=say("case_paper.assessment"), blocks=(_written(words, item.view),)),
    ]
    return Document(
        language=language,
        title=item.title,
        lead=(Facts(rows=tuple(facts)),),
        sections=tuple(sections),
        signs=words.signs,
    )


def _written(words: ReportWords, text: str) -> Block:
    return Paragraph(text=text or words.say("case_paper.to_write"))


def _background(words: ReportWords, item: AgendaItem, background: CaseBackground) -> Iterator[Block]:
    """Write the question, and how its work package stands by the newest report."""
    yield _written(words, item.text)
    report, package = background.report, background.package
    if report is None or package is None:
        return
    say = words.say
    yield Paragraph(
        text=say(
            "case_paper.status_of",
            package=package.name,
            name=report.name,
            day=words.day(report.meeting.starts_local.date()),
        )
    )
    yield words.light(package.light)
    rows = [(say("case_paper.before"), words.word(package.previous_light))] if package.previous_light else []
    if package.lead:
        rows.append((say("case_paper.lead"), package.lead))
    if background.tells_texts:
        texts_of_package = ((name, getattr(package, name)) for name in ("done", "next", "hinders"))
        rows += [(say(f"reports.{name}"), text) for name, text in texts_of_package if text]
    if rows:
        yield Facts(rows=tuple(rows))


def _numbers(words: ReportWords, package: PackageReport | None) -> Iterator[Section]:
    if package is not None and package.indicators:
        yield Section(heading=words.say("reports.numbers"), blocks=(indicator_table(words, (package,)),))


def _below(words: ReportWords, item: AgendaItem, background: CaseBackground) -> Iterator[Section]:
    """Write the local board's decision to send the question on, with its item where the record has it."""
    if not item.decided_below:
        return
    say = words.say
    found = [decision for decision in background.earlier if decision.words == item.decided_below]
    source = [
        Paragraph(text=say("case_paper.decided_at", board=one.board, day=words.day(one.on), label=one.label))
        for one in found[-1:]
    ]
    blocks = (Paragraph(text=item.decided_below), *source)
    yield Section(heading=say("case_paper.decided_below"), blocks=blocks)


def _earlier(words: ReportWords, item: AgendaItem, background: CaseBackground) -> Iterator[Section]:
    """Write the earlier decisions about the work package, or that there is none; nothing for a case about none."""
    if not item.work_package:
        return
    say = words.say
    found = [decision for decision in background.earlier if decision.words != item.decided_below]
    heading = say("case_paper.earlier")
    if not found:
        yield Section(heading=heading, blocks=(Paragraph(text=say("case_paper.no_earlier")),))
        return
    headers = tuple(say(f"case_paper.{name}") for name in ("meeting", "body", "matter", "decision"))
    rows = tuple(
        tuple(Cell(text=text) for text in (words.day(one.on), one.board, one.label, one.words)) for one in found
    )
    yield Section(heading=heading, blocks=(Table(name=heading, headers=headers, rows=rows),))


def _economy(words: ReportWords, background: CaseBackground) -> Iterator[Block]:
    """Write the budget's lines as they stood, and leave the case's own cost to its writer."""
    if background.report is not None and background.report.budget:
        yield budget_table(words, background.report)
    yield Paragraph(text=words.say("case_paper.cost_to_write"))
