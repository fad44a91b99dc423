"""Findings in words: every rule has its texts, and a finding is told in the language of whoever reads it."""

import re
from pathlib import Path

import pytest

import texts
from workflows import operations
from workflows.operations import surroundings
from workflows.operations.findings import Finding, FindingWords, Verdict, can_describe, describe

LICENCE = Finding(
    verdict=Verdict.MISSING,
    rule="join_links_missing",
    values={"address": "moter@home.example", "number": 2},
    todo="license_organizer",
    command="Get-CsOnlineUser",
    detail="404 Not Found",
)
NAMED = re.compile(r'\b(rule|todo)="(\w+)"')


def test_a_finding_is_told_in_the_reader_s_language() -> None:
    """The words take of the values what they name, and command and detail stay as they are."""
    assert describe(LICENCE, "nn") == FindingWords(
        what="Møte i postkassa moter@home.example utan lenkje til Teams: 2",
        todo="Gi postkassa lisens med Teams og ein policy som tillèt møte:",
        command="Get-CsOnlineUser",
        detail="404 Not Found",
    )


@pytest.mark.parametrize(
    ("finding", "known"),
    [
        pytest.param(LICENCE, True, id="with its values"),
        pytest.param(Finding(verdict=Verdict.OK, rule="gone"), False, id="a rule without a text"),
        pytest.param(Finding(verdict=Verdict.OK, rule="sending_runs", todo="gone"), False, id="a todo without a text"),
        pytest.param(Finding(verdict=Verdict.OK, rule="join_links_missing"), False, id="a value is missing"),
    ],
)
def test_only_a_finding_with_words_can_be_told(finding: Finding, known: bool) -> None:
    assert can_describe(finding) is known


def test_every_rule_that_the_doctor_names_has_its_text() -> None:
    folder = Path(operations.__path__[0])
    sources = [
        (folder / name).read_text("utf-8") for name in ("doctor.py", "own_checks.py", "rehearsal.py", "surroundings.py")
    ]
    named = [pair for source in sources for pair in NAMED.findall(source)]
    named += [("rule", rule) for rule in (*surroundings.TENANT_SETTINGS, *surroundings.UNREADY.values())]
    wanted = {f"doctor.todo_{name}" if kind == "todo" else f"doctor.{name}" for kind, name in named}

    assert len(wanted) > 30
    assert not wanted - texts.keys()
