"""A local board's report in a reader's language: what it decides from on one page, and the details behind it."""

from collections.abc import Iterable
from datetime import date

import texts
from documents.document import Block, Bullets, Cell, Facts, Paragraph, Section
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.parts import AnsweredQuestion, ChangeKind, ReportChange, WantedDecision
from workflows.papers.reports.tables import budget_heading, budget_table, indicator_table
from workflows.papers.reports.words import ReportWords, follow_up_section, meeting_block
from workflows.status.model import WEIGHTS

ELSEWHERE = (ChangeKind.ENDED, ChangeKind.LIGHT, ChangeKind.FIRST_LIGHT)
"""Changes that the table of packages shows in other ways."""


def board_lead(words: ReportWords, report: BoardReport) -> tuple[Block, ...]:
    """Write the blocks before the first heading: the meeting, how many have answered, and how they stand."""
    say, meeting = words.say, meeting_block(words, report.meeting)
    if not report.packages:
        return (meeting, Paragraph(text=say("reports.no_packages")))
    answered = say("reports.answered", answered=len(report.packages) - len(report.missing), total=len(report.packages))
    blocks: list[Block] = [meeting]
    if report.is_empty:
        blocks.append(Paragraph(text=say("reports.empty"), strong=True))
    blocks.append(Paragraph(text=f"{answered} {words.stands(report.counts)}"))
    if report.as_is:
        # Whoever corrects it has gone through it by then.
        blocks.append(Paragraph(text=say("reports.as_is" if report.edition == 1 else "reports.as_is_first")))
    return tuple(blocks)


def board_sections(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    """Write the parts of a local board's report: first what it must decide, then how it stands, then the details."""
    say = words.say
    yield from _correction(words, report)
    if report.assessment:
        by = f" – {report.assessed_by}" if report.assessed_by else ""
        yield Section(heading=say("reports.assessment"), blocks=(Paragraph(text=f"{report.assessment}{by}"),))
    yield Section(heading=say("reports.questions"), blocks=(_wanted(words, report),))
    yield Section(heading=say("reports.overview"), blocks=tuple(_overview(words, report)))
    yield from _numbers(words, report)
    yield from _outlook(words, report)
    yield from _answered(words, report)
    yield from follow_up_section(words, report.follow_up, report.meeting.starts_local.date())
    yield from _missing(words, report)
    yield from _money(words, report)
    yield from _activities(words, report)
    yield Section(heading=say("reports.details"), blocks=(), on_new_page=True)
    for package in report.packages:
        yield Section(heading=package.name, blocks=tuple(_package(words, package)), level=3)


# ------------------------------------------------------------------------------------------------- the page in front


def _correction(words: ReportWords, report: BoardReport) -> Iterable[Section]:
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


def _wanted(words: ReportWords, report: BoardReport) -> Block:
    if not report.wanted:
        return Paragraph(text=words.say("reports.no_questions"))
    packages = {package.key: package for package in report.packages}
    headers = ("matter", "background", "proposal_heading", "carried_by")
    rows = (_wanted_row(words, item, packages[item.package]) for item in report.wanted)
    return words.table(words.say("reports.questions"), headers, rows)


def _wanted_row(words: ReportWords, item: WantedDecision, package: PackageReport) -> tuple[Cell, ...]:
    say = words.say
    # What is in the way explains a question best; where nothing is, what was done must.
    background = [package.hinders or package.done or say("reports.no_background")]
    if item.view:
        background.append(say("reports.view", view=item.view))
    return (
        Cell(text=say("reports.question_of", package=package.name, question=item.question)),
        Cell(text="\n".join(background)),
        Cell(text=item.proposal or say("reports.no_proposal")),
        Cell(text=package.lead or say("reports.no_lead")),
    )


def _answered(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    """Write the answers to earlier questions that are new to the board, and what came of them; nothing without any."""
    if report.answered:
        heading = words.say("reports.answers_heading")
        headers = ("matter", "answer", "settled_by", "solved")
        rows = (_answered_row(words, item) for item in report.answered)
        yield Section(heading=heading, blocks=(words.table(heading, headers, rows),))


def _answered_row(words: ReportWords, item: AnsweredQuestion) -> tuple[Cell, ...]:
    say = words.say
    by = say("reports.settled_by_lead") if item.by == "lead" else say(f"reports.answer_by_{item.by}", label=item.label)
    solved = say(f"reports.solved_{item.state}")
    return (
        Cell(text=say("reports.question_of", package=item.package, question=item.question)),
        Cell(text=item.answer),
        Cell(text=by),
        Cell(text=f"{solved}\n{item.words}" if item.words else solved),
    )


def _overview(words: ReportWords, report: BoardReport) -> Iterable[Block]:
    """
    Write every package in a line: its light now and before, what changed, what hinders it, and who leads it.

    A first report has nothing to compare with, and no columns for that.
    """
    say = words.say
    changed = any(item.kind not in ELSEWHERE for item in report.changes)
    compared = ("before", "changed") if changed or not report.is_first else ()
    rows = (
        (
            Cell(text=item.name),
            words.cell(item.light),
            *((_before(words, item), Cell(text=_changed(words, report, item))) if compared else ()),
            Cell(text=_hinders(words, item, told=bool(compared))),
            Cell(text=item.lead or say("reports.no_lead")),
        )
        for item in report.packages
    )
    yield words.table(say("reports.overview"), ("package", "now", *compared, "hindrance", "lead"), rows)
    ended = [item.package for item in report.changes if item.kind is ChangeKind.ENDED]
    if ended:
        yield Bullets(items=tuple(say("reports.change_ended", package=name) for name in ended))


def _before(words: ReportWords, package: PackageReport) -> Cell:
    kind = package.last_light or package.previous_light
    if not kind:
        return Cell(text=words.say("reports.never" if package.is_missing else "reports.first"))
    if package.last_on:
        # Nobody answered: what is known is as old as it is.
        said = words.say("reports.last_known", light=words.word(kind), day=words.day(package.last_on))
        return Cell(text=said, light=kind)
    return words.cell(kind)


def _changed(words: ReportWords, report: BoardReport, package: PackageReport) -> str:
    own = (item for item in report.changes if item.package == package.key and item.kind not in ELSEWHERE)
    lines = [_change(words, item) for item in own]
    if lines:
        return "\n".join(lines)
    if package.is_missing:
        return words.say("reports.no_answer")
    if package.previous_light is None:
        return "–"
    if package.is_changed:
        return words.say("reports.other_light")
    since = _since(words, package, "done")
    return f"{since[:1].upper()}{since[1:]}" if since else words.say("reports.nothing_changed")


def _since(words: ReportWords, package: PackageReport, name: str) -> str:
    """Return «uendret siden 29. oktober» for a text that stands as it stood; empty for a new one."""
    day = package.unchanged.get(name)
    return words.say("reports.unchanged", day=texts.day_and_month(day, words.language)) if day else ""


def _change(words: ReportWords, change: ReportChange) -> str:
    return words.say(f"reports.change_{change.kind}", **_change_values(words, change))


def _change_values(words: ReportWords, change: ReportChange) -> dict[str, str]:
    now, before = change.now, change.before
    match change.kind:
        case ChangeKind.NUMBER:
            return {"name": change.name, "before": _figure(words, before), "now": _figure(words, now)}
        case ChangeKind.LEAD:
            return {"now": str(now or words.say("reports.no_lead"))}
        case ChangeKind.UNTIL:
            return {"now": words.day(date.fromisoformat(str(now))) if now else words.say("reports.no_end")}
        case _:
            return {}


def _figure(words: ReportWords, value: str | float | None) -> str:
    return words.number(value if isinstance(value, int | float) else None)


def _hinders(words: ReportWords, package: PackageReport, *, told: bool) -> str:
    """Return the package's hindrance. *told*: that nothing is new is said in another column already."""
    if not package.hinders:
        return "–"
    if told and package.unchanged.get("hinders") == package.unchanged.get("done"):
        return package.hinders
    return _text(words, package, "hinders")


def _numbers(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    """Write every indicator against baseline and target, with its trend; nothing where no package has one."""
    if any(package.indicators for package in report.packages):
        yield Section(heading=words.say("reports.numbers"), blocks=(indicator_table(words, report.packages),))


def _outlook(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    """Write risks and opportunities, the heaviest first; nothing when no package names one."""
    found = sorted(
        (item for item in report.packages if item.weight in WEIGHTS), key=lambda item: _heaviness(item.weight)
    )
    if found:
        heading = words.say("reports.outlook")
        rows = (
            (Cell(text=item.name), Cell(text=words.say(f"outlook.{item.weight}")), Cell(text=item.outlook))
            for item in found
        )
        yield Section(heading=heading, blocks=(words.table(heading, ("package", "weight", "in_words"), rows),))


def _heaviness(weight: str) -> tuple[bool, int]:
    """Return the order of a weight: risks before opportunities, then probability times consequence."""
    kind, likely, large = weight.split("_")
    return kind != "risk", -int(likely) * int(large)


def _missing(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    """Write who has not answered, and for how long; nothing when all have."""
    if report.missing:
        say = words.say
        lines = tuple(
            say("reports.missing_of", package=item.name, lead=item.lead or say("reports.no_lead"))
            + (f" {say('reports.missing_rounds', rounds=item.missing_rounds)}" if item.missing_rounds > 1 else "")
            for item in report.missing
        )
        yield Section(heading=say("reports.missing"), blocks=(Bullets(items=lines),))


def _money(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    if report.budget:
        yield Section(heading=budget_heading(words, report), blocks=(budget_table(words, report),))


def _activities(words: ReportWords, report: BoardReport) -> Iterable[Section]:
    if report.activities:
        say = words.say
        heading = say("reports.activities", year=str(report.meeting.starts_local.year))
        lines = tuple(
            say("reports.activity", text=item.text, state=say(f"reports.activity_{item.state}"))
            + (f" {say('reports.activity_by', who=item.responsible)}" if item.responsible else "")
            for item in report.activities
        )
        yield Section(heading=heading, blocks=(Bullets(items=lines),))


# ---------------------------------------------------------------------------------------------------------- details


def _package(words: ReportWords, package: PackageReport) -> Iterable[Block]:
    say = words.say
    yield words.light(package.light)
    yield Paragraph(text=say("reports.led_by", lead=package.lead or say("reports.no_lead")))
    if package.last_light and package.last_on:
        last = say("reports.last_known", light=words.word(package.last_light), day=words.day(package.last_on))
        yield Paragraph(text=say("reports.last_status", status=last))
    if package.on_behalf:
        yield Paragraph(text=say("reports.on_behalf"))
    if package.edited:
        yield Paragraph(text=say("reports.edited"))
    if not package.is_missing:
        rows = [(say(f"reports.{name}"), _text(words, package, name)) for name in ("done", "next", "hinders")]
        if package.question:
            rows.append((say("reports.question"), package.question))
            rows.append((say("reports.proposal_heading"), package.proposal or say("reports.nothing")))
        if package.lesson:
            rows.append((say("reports.lesson"), package.lesson))
        yield Facts(rows=tuple(rows))


def _text(words: ReportWords, package: PackageReport, name: str) -> str:
    """Return a text, with the day from which it has stood where it is not new."""
    written, since = getattr(package, name), _since(words, package, name)
    if not written:
        return words.say("reports.nothing_hinders" if name == "hinders" else "reports.nothing")
    return f"{written}\n({since})" if since else str(written)
