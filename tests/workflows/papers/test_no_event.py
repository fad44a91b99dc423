"""Papers touch no event: invitations carry an address that stays, so that publishing sends nobody an update."""

import ast
from collections.abc import Iterator
from pathlib import Path

import workflows.papers

PAPERS = Path(workflows.papers.__file__).parent
READ_ONLY = {"InvitationResponse"}
"""Words of the calendar's port that name an answer and no act."""


def calendar_names() -> Iterator[tuple[str, str]]:
    """Give module and name of each import in the papers' workflows that could reach an event."""
    for path in sorted(PAPERS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if module in ("workflows.ports.calendar", "workflows.meetings.booking", "workflows.meetings.events"):
                assert isinstance(node, ast.ImportFrom)
                yield from ((path.name, item.name) for item in node.names)


def test_no_workflow_of_papers_can_write_an_event() -> None:
    found = list(calendar_names())

    assert found, "the answers to invitations are read for the minutes' attendance"
    assert {name for _, name in found} == READ_ONLY
