"""Processor time of `vareunge check`, beside a floor: `python -m benchmarks.checking [--municipalities N]`.

Processes run in turn: `vareunge check` of six municipalities and of 357, and one that reads the same 357 municipalities
by PyYAML's parser in C and does nothing with them. A country with a mistake in its last file is checked too. It ends
with 1 when 357 municipalities take more than a second and a half, or the mistake is not told with its line.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.country import write_country
from benchmarks.pages import MUNICIPALITIES

ROOT = Path(__file__).parent.parent
FEW, RUNS = 6, 5
LONGEST = 1.5
"""Seconds of processor time that a check of the country may take."""
FLOOR = """\
import sys
from pathlib import Path
import yaml
for path in Path(sys.argv[1]).glob("**/*.yaml"):
    yaml.load(path.read_bytes(), yaml.CSafeLoader)
"""
MISTAKE = "colour: green\n"
"""A line that no municipality's file may have."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Seconds of processor time of whole processes, medians, and the line that the mistake was told with."""

    few: float
    country: float
    floor: float
    told: str

    @property
    def faults(self) -> list[str]:
        """Each limit that did not hold, for people."""
        found = []
        if self.country > LONGEST:
            found.append(f"a check of the country takes {self.country:.2f} s, expected at most {LONGEST} s")
        if not self.told:
            found.append("the mistake was not told with its line")
        return found


def measure(folder: Path, municipalities: int, runs: int) -> Figures:
    """Check programmes that are written into *folder*, in turn with the floor."""
    country, few = folder / "country", folder / "few"
    write_country(country, municipalities, with_owner_board=True)
    write_country(few, min(FEW, municipalities), with_owner_board=True)
    commands = (_check(few), _check(country), (sys.executable, "-c", FLOOR, str(country)))
    taken: list[list[float]] = [[] for _ in commands]
    for _ in range(runs):
        for command, seconds in zip(commands, taken, strict=True):
            seconds.append(_seconds(command))
    return Figures(few=median(taken[0]), country=median(taken[1]), floor=median(taken[2]), told=_told(country))


def _check(folder: Path) -> Sequence[str]:
    return (sys.executable, "-c", "import sys; from cli import main; sys.exit(main())", "check", str(folder))


def _seconds(command: Sequence[str]) -> float:
    """Return the processor time of a process, from its start to its end."""
    before = os.times()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def _told(country: Path) -> str:
    """Make a mistake in the country's last file; return the line of the check's answer that names file and line."""
    last = max((country / "municipalities").iterdir())
    written = last.read_text("utf-8")
    last.write_text(written + MISTAKE, "utf-8")
    done = subprocess.run(_check(country), check=False, cwd=ROOT, text=True, capture_output=True)
    place = f"{last}:{written.count(chr(10)) + 1}"
    return next((line for line in (done.stdout + done.stderr).splitlines() if place in line), "")


def report(figures: Figures) -> str:
    """Return the figures, for people."""
    return "\n".join(
        (
            f"{'check, few municipalities':32}{figures.few:6.2f} s",
            f"{'check, the country':32}{figures.country:6.2f} s (aim {LONGEST} s)",
            f"{'the same files, only parsed in C':32}{figures.floor:6.2f} s",
            f"ratio {figures.country / figures.floor:.2f}",
            f"the mistake: {figures.told}",
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when a limit does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checking", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--runs", type=int, default=RUNS, help="processes of each kind")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.municipalities, options.runs)
    print(report(figures))
    print(f"Python {platform.python_version()}, medians of {options.runs} processes each, in turn")
    for fault in figures.faults:
        print(fault, file=sys.stderr)
    return int(bool(figures.faults))


if __name__ == "__main__":
    sys.exit(main())
