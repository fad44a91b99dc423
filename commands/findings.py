"""Lines of what was found: the doctor's findings, in the programme's language."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.operations.findings import Finding


def finding_lines(found: "Sequence[Finding]", language: str) -> list[str]:
    """Return a line for each finding of the doctor: how it stands, what it is about, and what to do."""
    from texts import say
    from workflows.operations.findings import Verdict

    verdicts = {verdict: say(f"doctor.verdict_{verdict.name.lower()}", language) for verdict in Verdict}
    width = max(map(len, verdicts.values()))
    return [f"{verdicts[item.verdict]:<{width}}  {_told(item, language)}" for item in found]


def _told(finding: "Finding", language: str) -> str:
    from workflows.operations.findings import describe

    told = describe(finding, language)
    what = f"{told.what} ({told.detail})" if told.detail else told.what
    todo = " ".join(part for part in (told.todo, told.command) if part)
    return f"{what}  → {todo}" if todo else what
