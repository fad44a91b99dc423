"""The owner board's summary in a reader's language: what it decides, and every municipality in a table."""

from collections.abc import Iterable, Iterator

import texts
from documents.document import Block, Bullets, Cell, Paragraph, Section
from workflows.papers.reports.model import MunicipalityLine, OwnerSummary
from workflows.papers.reports.owner_parts import AgreementLine, IndicatorSum, PackageLight, PassedOn, SettledBelow
from workflows.papers.reports.words import ReportWords, follow_up_section
from workflows.status.model import adds_to_name


def owner_sections(words: ReportWords, summary: OwnerSummary) -> Iterable[Section]:
    """Write the parts of the owner board's summary."""
    say = words.say
    if summary.summing_up:
        by = f"\n– {summary.summed_by}" if summary.summed_by else ""
        yield Section(heading=say("reports.owner_summing_up"), blocks=(Paragraph(text=f"{summary.summing_up}{by}"),))
    yield Section(heading=say("reports.owner_decisions"), blocks=(_passed_on(words, summary),))
    if not summary.is_first:
        yield Section(heading=say("reports.owner_changes"), blocks=(_moved(words, summary),))
    compared = () if summary.is_first else ("before",)
    rows = [row for line in summary.municipalities for row in _municipality(words, line, compared=bool(compared))]
    headers = ("municipality", "package", "now", *compared, "answers", "report_date")
    name = say("reports.owner_overview")
    as_is = [line.name for line in summary.municipalities if line.as_is]
    told = (Paragraph(text=say("reports.owner_as_is", names=texts.join(as_is, words.language))),) if as_is else ()
    yield Section(heading=name, blocks=(words.table(name, headers, rows), *told))
    if summary.sums:
        heading = say("reports.owner_sums")
        sums = words.table(
            heading, ("indicator", "now", "target", "counted"), (_sum(words, item) for item in summary.sums)
        )
        yield Section(heading=heading, blocks=(sums,))
    if summary.lessons:
        learned = tuple(
            say("reports.owner_lesson", municipality=item.municipality, package=item.package, lesson=item.text)
            for item in summary.lessons
        )
        yield Section(heading=say("reports.owner_lessons"), blocks=(Bullets(items=learned),))
    yield from follow_up_section(words, summary.follow_up, summary.meeting.starts_local.date())
    if summary.settled:
        yield _settled(words, summary)
    missing = words.bullets(_missing(words, summary.municipalities), otherwise="reports.owner_nobody_missing")
    yield Section(heading=say("reports.owner_missing"), blocks=(missing,))
    if summary.agreements:
        lines = tuple(_agreements(words, summary.agreements))
        yield Section(heading=say("reports.owner_agreements"), blocks=(Bullets(items=lines),))
    if summary.calendar:
        yield Section(heading=say("reports.owner_calendar"), blocks=(Bullets(items=tuple(_ahead(words, summary))),))


def _settled(words: ReportWords, summary: OwnerSummary) -> Section:
    """Write the questions that are settled below, after all that the board decides from."""
    heading = words.say("reports.owner_settled_first" if summary.is_first else "reports.owner_settled")
    rows = (_settled_row(words, item) for item in summary.settled)
    table = words.table(heading, ("municipality", "package", "settled_on", "settled_by"), rows)
    return Section(heading=heading, blocks=(Paragraph(text=words.say("reports.owner_settled_lead")), table))


def _settled_row(words: ReportWords, item: SettledBelow) -> tuple[Cell, ...]:
    by = words.say("reports.settled_by_board", label=item.label) if item.label else words.say("reports.settled_by_lead")
    return Cell(text=item.municipality), Cell(text=item.package), Cell(text=words.day(item.on)), Cell(text=by)


def _passed_on(words: ReportWords, summary: OwnerSummary) -> Block:
    if not summary.passed_on:
        return Paragraph(text=words.say("reports.owner_no_decisions"))
    headers = ("matter", "decided_below", "proposal_heading", "owner_view")
    rows = (_passed_row(words, item) for item in summary.passed_on)
    return words.table(words.say("reports.owner_decisions"), headers, rows)


def _passed_row(words: ReportWords, item: PassedOn) -> tuple[Cell, ...]:
    say = words.say
    about = say("reports.owner_item", municipality=item.municipality, package=item.package, question=item.question)
    day = words.day(item.decided_on)
    decided = say("reports.decided_on", day=day, words=item.decision) if item.decided_on else item.decision
    return (
        Cell(text=about),
        Cell(text=decided or "–"),
        Cell(text=item.proposal or say("reports.no_proposal")),
        Cell(text=item.view or "–"),
    )


def _municipality(words: ReportWords, line: MunicipalityLine, *, compared: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each package; what is about the municipality stands in the first. *compared*: with last time."""
    if not line.packages:
        report = _report(words, line) if line.report_meeting else words.say("reports.no_report")
        yield (Cell(text=line.name), *(Cell(text="–"),) * (4 if compared else 3), Cell(text=report))
    for number, package in enumerate(line.packages):
        answers, report = (_answers(words, line), _report(words, line)) if number == 0 else ("", "")
        yield (
            Cell(text=line.name),
            Cell(text=package.name),
            words.cell(package.light),
            *((_before(words, package),) if compared else ()),
            Cell(text=answers),
            Cell(text=report),
        )


def _before(words: ReportWords, package: PackageLight) -> Cell:
    return words.cell(package.before) if package.before else Cell(text=words.say("reports.first_time"))


def _answers(words: ReportWords, line: MunicipalityLine) -> str:
    return words.say("reports.owner_answers", answered=line.answered, total=sum(line.counts.values()))


def _report(words: ReportWords, line: MunicipalityLine) -> str:
    day = words.day(line.report_day)
    return day if line.is_new else words.say("reports.same_report", day=day)


def _moved(words: ReportWords, summary: OwnerSummary) -> Block:
    lines = [
        words.say(
            "reports.owner_moved",
            municipality=line.name,
            package=package.name,
            before=words.word(package.before),
            now=words.word(package.light),
        )
        for line in summary.municipalities
        for package in line.packages
        if package.has_moved
    ]
    return words.bullets(lines, otherwise="reports.owner_no_changes")


def _sum(words: ReportWords, item: IndicatorSum) -> tuple[Cell, ...]:
    with_unit = adds_to_name(item.unit, item.name)
    name = words.say("reports.with_unit", name=item.name, unit=item.unit) if with_unit else item.name
    counted = words.say("reports.owner_counted", counted=item.counted, of=item.of)
    target = "–" if item.target is None else words.number(item.target)
    return Cell(text=name), Cell(text=words.number(item.now)), Cell(text=target), Cell(text=counted)


def _agreements(words: ReportWords, agreements: Iterable[AgreementLine]) -> Iterator[str]:
    """Write the agreements that have or soon lose their day, one by one, and in one line all that are not signed."""
    unsigned = []
    for item in agreements:
        partner = f"{item.partner} ({item.municipality})" if item.municipality else item.partner
        if item.on is None:
            unsigned.append(partner)
        else:
            yield words.say(f"reports.agreement_{item.state}", partner=partner, day=words.day(item.on))
    if unsigned:
        yield words.say("reports.agreement_missing", partners=texts.join(unsigned, words.language))


def _ahead(words: ReportWords, summary: OwnerSummary) -> Iterator[str]:
    """Write each board's meetings to come in a line, the board that meets first on top."""
    days: dict[str, list[str]] = {}
    for item in summary.calendar:
        days.setdefault(item.board, []).append(texts.short_date(item.on, words.language))
    for board, found in days.items():
        yield words.say("reports.owner_meetings", board=board, days=texts.join(found, words.language))


def _missing(words: ReportWords, lines: Iterable[MunicipalityLine]) -> Iterable[str]:
    for line in lines:
        if not line.report_meeting:
            yield words.say("reports.owner_missing_report", municipality=line.name)
        elif line.missing:
            packages = texts.join(line.missing, words.language)
            yield words.say("reports.owner_missing_status", municipality=line.name, packages=packages)
