"""Ask for known vulnerabilities of everything that is pinned: `uv run python -m tools.vulnerabilities`.

Advisories lie on the internet, so this is no part of `.ci/run`. Python packages are asked about by pip-audit, by the
exact versions that `uv export` gives; front-end packages by `npm audit`, by `package-lock.json`.

Exit codes: 0 none known, 1 some are, 2 something could not be asked about. pip-audit calls a package that its service
does not know «skipped» and ends with 0; here that is 2, since nobody has looked.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PIP_AUDIT = "pip-audit==2.10.1"
NONE_KNOWN, FOUND, NOT_ASKED = 0, 1, 2

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, kw_only=True)
class Advisories:
    """An answer: what is *known*, a line for each, and what was *unasked*, with the reason."""

    known: Sequence[str]
    unasked: Sequence[str]


def of_pip_audit(answered: str) -> Advisories:
    """Return the advisories in pip-audit's JSON."""
    packages = _json(answered).get("dependencies")
    if not packages:
        return Advisories(known=(), unasked=("Python packages: pip-audit gave no answer",))
    known = [
        f"{package['name']} {package['version']}: {found['id']}{_mended(found['fix_versions'])}"
        for package in packages
        for found in package.get("vulns", ())
    ]
    return Advisories(
        known=known,
        unasked=[f"{package['name']}: {package['skip_reason']}" for package in packages if "skip_reason" in package],
    )


def of_npm_audit(answered: str) -> Advisories:
    """Return the advisories in npm's JSON."""
    answer = _json(answered)
    if "vulnerabilities" not in answer:
        reason = answer.get("message") or f"status {answer.get('statusCode', 'unknown')}"
        return Advisories(known=(), unasked=(f"front-end packages: npm audit gave no answer ({reason})",))
    return Advisories(
        known=[f"{name} {found['range']}: {found['severity']}" for name, found in answer["vulnerabilities"].items()],
        unasked=(),
    )


def ask(run: Run, requirements: Path) -> Advisories:
    """Ask about Python and front-end packages; *run*: starts a program in the checkout."""
    export = ["uv", "export", "--all-groups", "--no-hashes", "--no-emit-project", "--no-annotate", "--quiet"]
    requirements.write_text(run(export).stdout, encoding="utf-8")
    audit = ["uvx", PIP_AUDIT, "--requirement", str(requirements), "--no-deps", "--disable-pip", "--format", "json"]
    python, front_end = of_pip_audit(run(audit).stdout), of_npm_audit(run(["npm", "audit", "--json"]).stdout)
    return Advisories(known=[*python.known, *front_end.known], unasked=[*python.unasked, *front_end.unasked])


def exit_code(advisories: Advisories) -> int:
    """Return the exit code: a known vulnerability weighs more than a package that nobody was asked about."""
    return FOUND if advisories.known else NOT_ASKED if advisories.unasked else NONE_KNOWN


def report(advisories: Advisories) -> str:
    """Return the answer in lines, those that somebody must do something about first."""
    lines = [
        *(f"known      {line}" for line in advisories.known),
        *(f"not asked  {line}" for line in advisories.unasked),
    ]
    counted = f"{len(advisories.known)} known vulnerabilities, {len(advisories.unasked)} packages not asked about"
    return "\n".join([*lines, counted])


def _mended(versions: Sequence[str]) -> str:
    return f", mended in {', '.join(versions)}" if versions else ""


def _json(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    # Both audits end with an error when they find something: their answers say more than their codes.
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, check=False, text=True, capture_output=True, cwd=ROOT, env=environment)


def main(run: Run = _run) -> int:
    """Ask, and tell the answer."""
    with tempfile.TemporaryDirectory(prefix="vareunge-audit-") as folder:
        advisories = ask(run, Path(folder) / "requirements.txt")
    print(report(advisories))
    return exit_code(advisories)


if __name__ == "__main__":
    sys.exit(main())
