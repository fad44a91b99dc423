"""The report of an acceptance run as Markdown: a filled copy of the protocol's automatic part."""

from collections.abc import Sequence

from workflows.operations.acceptance.model import AcceptanceReport
from workflows.operations.acceptance.suite import BY_HAND

REHEARSAL = "**A rehearsal against the sandbox.** It says that the suite runs; nothing of it was tried on a tenant."
ON_TENANT = "Run against the tenant {tenant_id}."


def report_markdown(report: AcceptanceReport, *, tenant_id: str, is_sandboxed: bool, version: str) -> str:
    """Return the report. It names no person: addresses stay with those who ran it."""
    where = REHEARSAL if is_sandboxed else ON_TENANT.format(tenant_id=tenant_id)
    rows = [
        f"| {check.key} | {', '.join(map(str, check.lines))} | {check.claim} | {check.result} | {_cell(check.seen)} |"
        for check in report.checks
    ]
    by_hand = ", ".join(map(str, BY_HAND))
    parts = [
        f"# Acceptance, {report.began_at:%Y-%m-%d %H:%M} UTC",
        f"{where} Version {version}, throw-away municipality `{report.target.slug}`.",
        "\n".join(["| Check | Line | Claim | Result | Seen |", "|---|---|---|---|---|", *rows]),
        f"Lines of docs/acceptance.md that people go through, *not tried* by this run: {by_hand}.",
        _listed("Left for an administrator to remove, by id", report.left),
        _listed("Not cleaned up", report.failed),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(heading: str, items: Sequence[str]) -> str:
    return "\n".join([f"## {heading}", "", *(f"- {_cell(item)}" for item in items or ("nothing",))])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
