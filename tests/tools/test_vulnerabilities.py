"""Known vulnerabilities: what the audits answer, and that an answer that is none is never taken for a clean one."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.vulnerabilities import FOUND, NONE_KNOWN, NOT_ASKED, PIP_AUDIT, ask, exit_code, main, report

CLEAN: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
VULNERABLE: dict[str, Any] = {
    "name": "b",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED: dict[str, Any] = {"name": "c", "skip_reason": "Dependency not found on PyPI"}
NO_NPM: dict[str, Any] = {"vulnerabilities": {}}


class Audits:
    """Plays the programs that are started."""

    def __init__(self, pip: object, npm: object = NO_NPM) -> None:
        self._answers = {"uv": "a==1\n", "uvx": pip, "npm": npm}
        self.started: list[Sequence[str]] = []

    def __call__(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        self.started.append(command)
        answer = self._answers[command[0]]
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return subprocess.CompletedProcess(command, 1, stdout=text)


@pytest.mark.parametrize(
    ("pip", "npm", "code", "said"),
    [
        pytest.param([CLEAN], NO_NPM, NONE_KNOWN, "0 known vulnerabilities, 0 packages not asked about", id="none"),
        pytest.param([VULNERABLE], NO_NPM, FOUND, "known      b 2: PYSEC-1, mended in 3", id="a Python package"),
        pytest.param([VULNERABLE], NO_NPM, FOUND, "known      b 2: PYSEC-2\n", id="one that nothing mends"),
        pytest.param(
            [CLEAN],
            {"vulnerabilities": {"d": {"range": "<2", "severity": "high"}}},
            FOUND,
            "known      d <2: high",
            id="a front-end package",
        ),
        pytest.param([CLEAN, SKIPPED], NO_NPM, NOT_ASKED, "not asked  c: Dependency not found", id="skipped"),
        pytest.param([VULNERABLE, SKIPPED], NO_NPM, FOUND, "2 known vulnerabilities, 1 packages", id="both"),
        pytest.param(
            [CLEAN], {"statusCode": 405}, NOT_ASKED, "npm audit gave no answer (status 405)", id="npm refused"
        ),
        pytest.param([CLEAN], {"message": "no way"}, NOT_ASKED, "npm audit gave no answer (no way)", id="npm says why"),
        pytest.param([CLEAN], "not json", NOT_ASKED, "npm audit gave no answer", id="npm says nothing"),
        pytest.param([], NO_NPM, NOT_ASKED, "pip-audit gave no answer", id="no package at all"),
    ],
)
def test_an_answer_is_told_and_counted(pip: list[Any], npm: object, code: int, said: str, tmp_path: Path) -> None:
    advisories = ask(Audits({"dependencies": pip}, npm), tmp_path / "requirements.txt")

    assert exit_code(advisories) == code
    assert said in f"{report(advisories)}\n"


def test_pip_audit_that_fell_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(Audits("Traceback …")) == NOT_ASKED
    assert "pip-audit gave no answer" in capsys.readouterr().out


def test_it_is_asked_about_the_versions_that_are_pinned(tmp_path: Path) -> None:
    audits, requirements = Audits({"dependencies": [CLEAN]}), tmp_path / "requirements.txt"

    ask(audits, requirements)

    assert requirements.read_text() == "a==1\n"
    assert [command[0] for command in audits.started] == ["uv", "uvx", "npm"]
    assert audits.started[1][1:4] == [PIP_AUDIT, "--requirement", str(requirements)]
