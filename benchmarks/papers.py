"""
Reports of a whole country for a year: `python -m benchmarks.papers [--quick]`. Exits 1 where a figure is over.

Each size is a process of its own, because its memory is measured. Values and SharePoint pages are made of every report,
PDF and Word files of a sample spread over all of them.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import process_time
from typing import TypeVar

from benchmarks.dates import country
from config.programme import Programme
from config.values import WorkPackage
from documents.document import Document
from documents.page import report_page
from documents.pdf import report_pdf
from documents.word import word_file
from workflows.meetings.model import Meeting, MeetingState
from workflows.papers.reports.model import BoardReport, checksum
from workflows.papers.reports.plan import compile_board_report
from workflows.papers.reports.rendering import document_of
from workflows.status.model import IndicatorResult, Light, PackageResult, RoundResult, RoundState, StatusRound

BOARDS, ROUNDS, PACKAGES = 357, 12, 6
SAMPLE = 120
"""Reports that are written as PDF and Word."""
QUICK = 36
"""Boards of a quick run; the memory of a tenth needs no more to be told from that of the whole."""
MOST_VALUES_SECONDS, MOST_PDF_SECONDS, MOST_WORD_SECONDS, MOST_MEMORY = 60.0, 0.05, 0.025, 1.2
MOST_PDF_KILOBYTES = 45
FIRST = datetime(2026, 1, 13, 9, tzinfo=UTC)
AT = datetime(2026, 12, 31, 12, tzinfo=UTC)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of one size. Seconds are of processor time, which a busy machine does not stretch."""

    reports: int
    values: float
    """Seconds for values and pages of all reports."""
    pdf: float
    """Seconds for one PDF, on average."""
    word: float
    memory: float
    """Peak memory in MiB."""
    content_bytes: int
    """Bytes of one report's values as the record keeps them, on average."""
    pdf_bytes: int
    """Bytes of one PDF, which the record keeps beside them."""
    word_bytes: int
    """Bytes of one Word file, which is made anew for each reader."""

    @property
    def pdf_share(self) -> float:
        """The PDF's share of what the record keeps of a report."""
        return self.pdf_bytes / (self.pdf_bytes + self.content_bytes)


def measure(boards: int, rounds: int, sample: int) -> Figures:
    """Make the reports of so many boards and rounds, one after the other, keeping none."""
    programme = with_packages(country(boards))
    total = boards * rounds
    every = max(total // sample, 1)
    values = pdf = word = 0.0
    written, sizes = 0, [0, 0, 0]
    previous: BoardReport | None = None
    for number, (meeting, result) in enumerate(year(programme, rounds)):
        if previous is not None and previous.meeting.body != meeting.body:
            previous = None
        seconds, (previous, document) = timed(partial(made, programme, meeting, result, previous))
        values += seconds
        if number % every == 0:
            pdf_seconds, as_pdf = timed(partial(report_pdf, document, created_at=AT))
            word_seconds, as_word = timed(partial(word_file, document, created_at=AT))
            pdf, word, written = pdf + pdf_seconds, word + word_seconds, written + 1
            files = (json.dumps(previous.to_data()), as_pdf, as_word)
            sizes = [size + len(file) for size, file in zip(sizes, files, strict=True)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    content_bytes, pdf_bytes, word_bytes = (size // written for size in sizes)
    return Figures(
        reports=total,
        values=values,
        pdf=pdf / written,
        word=word / written,
        memory=memory,
        content_bytes=content_bytes,
        pdf_bytes=pdf_bytes,
        word_bytes=word_bytes,
    )


def made(
    programme: Programme, meeting: Meeting, result: RoundResult, previous: BoardReport | None
) -> tuple[BoardReport, Document]:
    """Compile a report from its round and the report before, take its checksum, write its page."""
    report = compile_board_report(programme, meeting, result, previous=previous)
    checksum(report)
    document = document_of(report, "nb")
    report_page(document)
    return report, document


def with_packages(programme: Programme) -> Programme:
    """Return the programme with as many work packages in each municipality."""
    packages = tuple(
        WorkPackage(key=f"{item.slug}-{index}", municipality=item.slug, name=f"Arbeidspakke {index}")
        for item in programme.municipalities
        for index in range(PACKAGES)
    )
    return programme.model_copy(update={"work_packages": packages})


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Return seconds of processor time, and the result."""
    started = process_time()
    result = action()
    return process_time() - started, result


def year(programme: Programme, rounds: int) -> Iterator[tuple[Meeting, RoundResult]]:
    """Give every meeting of every board with the round before it."""
    for municipality in programme.municipalities:
        for number in range(rounds):
            yield meeting_and_round(municipality.slug, number)


def meeting_and_round(board: str, number: int) -> tuple[Meeting, RoundResult]:
    """Return a board's meeting and its round, every package with answers of ordinary length."""
    moment = FIRST + timedelta(days=28 * number)
    starts, key = moment.replace(tzinfo=None), f"{board}/{moment.date()}"
    meeting = Meeting(
        key=key,
        body=board,
        state=MeetingState.BOOKED,
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        changed_at=moment,
        booked_by_us=True,
        location="Rådhuset",
    )
    status_round = StatusRound(
        meeting=key,
        municipality=board,
        state=RoundState.CLOSED,
        opens_at=moment,
        reminders_at=(),
        deadline_at=moment,
        release_at=moment,
    )
    packages = tuple(package(board, number, index, starts.date()) for index in range(PACKAGES))
    return meeting, RoundResult(round=status_round, packages=packages)


def package(board: str, number: int, index: int, day: date) -> PackageResult:
    """Return a package's result; its light and its numbers change from round to round."""
    light = list(Light)[(number + index) % len(Light)]
    words = f"Runde {number} i {board}: vi har hatt møter med skolene og fått avtaler med bedrifter. " * 3
    return PackageResult(
        request=f"{board}-{number}-{index}",
        work_package=f"{board}-{index}",
        name=f"Arbeidspakke {index}",
        lead=f"Leder {index}",
        light=light,
        done=words,
        next=words,
        hinders=words if light in (Light.YELLOW, Light.RED) else "",
        question="Kan vi bruke møterommene to ettermiddager i uka?" if light is Light.RED else "",
        proposal="Styret stiller to rom til disposisjon ut året." if light is Light.RED else "",
        previous_on=day - timedelta(days=28),
        indicators=tuple(
            IndicatorResult(
                key=f"tall-{which}",
                name=f"Måltall {which}",
                unit="antall",
                better="higher",
                baseline=2,
                target=40,
                previous=number + which,
                now=number + which + 1,
            )
            for which in range(2)
        ),
    )


def in_process_of_its_own(boards: int, rounds: int, sample: int) -> Figures:
    """Measure in a new process, so that its memory is its own."""
    arguments = [sys.executable, "-m", "benchmarks.papers", "--child", str(boards), str(rounds), str(sample)]
    printed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    return Figures(**json.loads(printed))


def problems(whole: Figures, tenth: Figures) -> list[str]:
    """Return the figures that are over, in words."""
    found = (
        ("values and pages", whole.values, MOST_VALUES_SECONDS, "s"),
        ("a PDF", whole.pdf, MOST_PDF_SECONDS, "s"),
        ("a Word file", whole.word, MOST_WORD_SECONDS, "s"),
        ("what is kept of a PDF", whole.pdf_bytes / 1000, MOST_PDF_KILOBYTES, "kB"),
        ("peak memory, by a tenth's", whole.memory / tenth.memory, MOST_MEMORY, "times"),
    )
    return [f"{what}: {value:.3f} {unit}, at most {most}" for what, value, most, unit in found if value > most]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures that stand in docs/benchmarks.md; returns 1 where one is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} boards instead of {BOARDS}")
    parser.add_argument("--child", nargs=3, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        print(json.dumps(asdict(measure(*given.child))))
        return 0
    boards, sample = (QUICK, SAMPLE // 5) if given.quick else (BOARDS, SAMPLE)
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    tenth = in_process_of_its_own(max(boards // 10, 1), ROUNDS, sample)
    whole = in_process_of_its_own(boards, ROUNDS, sample)
    for figures in (tenth, whole):
        print(
            f"{figures.reports} reports: values and pages {figures.values:.1f} s, a PDF {1000 * figures.pdf:.0f} ms, "
            f"a Word file {1000 * figures.word:.0f} ms, peak memory {figures.memory:.0f} MiB"
        )
    print(
        f"kept of a report: values {whole.content_bytes / 1000:.0f} kB, PDF {whole.pdf_bytes / 1000:.0f} kB "
        f"({whole.pdf_share:.0%} of both); a Word file {whole.word_bytes / 1000:.0f} kB, not kept"
    )
    print(f"peak memory by a tenth's: {whole.memory / tenth.memory:.2f}")
    over = problems(whole, tenth)
    for line in over:
        print(f"OVER  {line}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
