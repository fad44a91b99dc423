"""Names of units for logs and traces: places, meetings and rounds as they are, people as pseudonyms."""

import hashlib
import re

NAMED_KINDS = frozenset({
    "agenda.publish", "doctor.look", "drift.look", "guests.end", "guests.review", "leads.mail", "meetings.book",
    "meetings.quorum", "meetings.read", "minutes.prepare", "minutes.publish", "pause.summary", "people.leave",
    "questions.follow", "report.compile", "report.correct", "report.draft", "report.owner", "report.publish",
    "report.release", "rollout.lists", "rollout.place", "rollout.preview", "rollout.welcome", "status.close",
    "status.escalate", "status.lifted", "status.moved", "status.nudge", "status.open", "status.refresh",
    "status.remind", "status.renew", "status.send", "sweep.all", "wind_down.package", "wind_down.place",
})  # fmt: skip
"""Kinds of units whose subject is a programme, a place, a body, a meeting or a work package; of others it is hidden."""
PLAIN_SUBJECT = re.compile(r"[\w./:-]*")
"""The signs of a subject that is a key: an address or a sentence holds others."""
PSEUDONYM_SIGNS = 12


def loggable(key: str) -> str:
    """Return a unit's key for logs and traces."""
    kind, colon, subject = key.partition(":")
    if not colon or (kind in NAMED_KINDS and PLAIN_SUBJECT.fullmatch(subject)):
        return key if PLAIN_SUBJECT.fullmatch(key) else pseudonym(key)
    return f"{kind}:{pseudonym(subject)}"


def pseudonym(subject: str) -> str:
    """Return the sign that stands for *subject*, the same each time."""
    return "~" + hashlib.sha256(subject.encode()).hexdigest()[:PSEUDONYM_SIGNS]
