"""A redaction in words: where the text stood, the copies that are made anew, and who has to act for the others."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import texts
from workflows.privacy.redaction.model import LeftKind, Redaction, RedactionPlan

RECYCLE_BIN = timedelta(days=93)
"""The time after which SharePoint empties a site's recycle bin, of both stages together."""


def found_lines(found: Redaction | RedactionPlan, language: str) -> Sequence[str]:
    """Return a line for each kind of data that holds the text, with how often."""
    return [
        texts.say("redaction.found", language, name=texts.say(f"access_request.table_{table}", language), count=count)
        for table, count in found.found.items()
    ]


def copy_lines(found: Redaction | RedactionPlan, language: str) -> Sequence[str]:
    """Return a line for each kind of copy that is brought in order, with how many."""
    counts = Counter(step.kind for step in found.steps)
    return [texts.say(f"redaction.copy_{kind}", language, count=count) for kind, count in counts.items()]


def left_lines(found: Redaction | RedactionPlan, language: str, *, on: date, backup_days: int) -> Sequence[str]:
    """Return a line for each kind of copy that nobody here reaches: what it is, and who has to act. *on*: the day."""
    until = {LeftKind.BACKUPS: on + timedelta(days=backup_days), LeftKind.RECYCLE_BIN: on + RECYCLE_BIN}
    lines = []
    for kind, count in found.left.items():
        values: dict[str, Any] = {"count": count}
        if kind in until:
            values["until"] = until[kind]
        if kind is LeftKind.BACKUPS:
            del values["count"]
        lines.append(texts.say(f"redaction.left_{kind}", language, **values))
    return lines
