"""The report of an acceptance run, and the protocol that it is a part of."""

import re
from pathlib import Path
from typing import Any

from tests.clocks import NOON
from workflows.operations.acceptance.checks import AcceptanceChecks
from workflows.operations.acceptance.model import AcceptanceReport, AcceptanceResult, AcceptanceTarget, CheckedClaim
from workflows.operations.acceptance.report import report_markdown
from workflows.operations.acceptance.suite import BY_HAND, CLAIMS

PROTOCOL = Path(__file__).parents[4] / "docs" / "acceptance.md"
TARGET = AcceptanceTarget(slug="prove", owner="it@test.example", guest="gjest@annen.example", organizer="m@x.example")


def report(**changes: Any) -> AcceptanceReport:
    check = CheckedClaim(key="team", lines=(6,), claim="a team", result=AcceptanceResult.SAME)
    values: dict[str, Any] = {"target": TARGET, "began_at": NOON, "checks": (check,)}
    return AcceptanceReport(**values | changes)


def written(given: AcceptanceReport, *, is_sandboxed: bool = True) -> str:
    return report_markdown(given, tenant_id="a-tenant", is_sandboxed=is_sandboxed, version="1.0")


def test_a_rehearsal_says_that_nothing_was_tried_on_a_tenant() -> None:
    assert "nothing of it was tried on a tenant" in written(report())
    assert "a-tenant" not in written(report())
    assert "Run against the tenant a-tenant." in written(report(), is_sandboxed=False)


def test_a_difference_stands_in_its_row_and_nobody_is_named() -> None:
    other = CheckedClaim(
        key="page", lines=(6, 7), claim="a page", result=AcceptanceResult.DIFFERENT, seen="two | pages\nthere"
    )
    said = written(report(checks=(other,), left=("the group g",), failed=("cancel e: no",)))

    assert "| page | 6, 7 | a page | not the same | two \\| pages there |" in said
    assert "- the group g" in said
    assert "- cancel e: no" in said
    assert "@" not in said


def test_a_run_holds_when_all_was_the_same_and_cleaned_up() -> None:
    missing = CheckedClaim(key="team", lines=(6,), claim="a team", result=AcceptanceResult.NOT_TRIED)

    assert report().held
    assert not report(failed=("x",)).held
    assert not report(checks=(missing,)).held


def test_every_line_of_the_protocol_is_tried_by_the_suite_or_by_people() -> None:
    lines = {int(number) for number in re.findall(r"^\| (\d+) \|", PROTOCOL.read_text("utf-8"), re.MULTILINE)}
    tried = {number for _, numbers, _ in CLAIMS for number in numbers}

    assert lines == tried | set(BY_HAND)
    assert len(lines) > 20


def test_every_check_of_the_suite_is_a_method_and_every_check_is_run() -> None:
    methods = {name for name in vars(AcceptanceChecks) if not name.startswith("_")}

    assert methods == {key for key, _, _ in CLAIMS}
