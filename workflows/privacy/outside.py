"""Places outside the record where a person's data stands too, told from the rows that name them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import texts
from workflows.messages.model import MessageState, Surface
from workflows.privacy.model import RecordKind, RecordRow

CARDS = (Surface.PERSONAL, Surface.CHANNEL)


def outside_places(rows: Sequence[RecordRow], language: str) -> Iterator[str]:
    """Give a sentence for each kind of place in Microsoft 365 or beyond: where, how much, and who looks there."""

    def say(key: str, **values: Any) -> str:
        return texts.say(f"access_request.outside_{key}", language, **values)

    tables = Counter(row.rule.table for row in rows)
    sent = [row.values for row in rows if row.rule.table == "message" and row.values["state"] == MessageState.SENT]
    mails = sum(values["surface"] == Surface.EMAIL for values in sent)
    cards = sum(values["surface"] in CARDS for values in sent)
    if tables["account"] or tables["guest"]:
        yield say("directory", count=tables["account"] or tables["guest"])
    if tables["resource"]:
        yield say("groups", count=tables["resource"])
    if booked := sum(bool(row.values["event_id"]) for row in rows if row.rule.table == "meeting"):
        yield say("calendars", count=booked)
    if mails:
        yield say("mail", count=mails)
    if cards:
        yield say("cards", count=cards)
    if published := sum(bool(row.values["published"]) for row in rows if "published" in row.rule.columns):
        yield say("sites", count=published)
    if any(row.rule.kind is RecordKind.ARCHIVE for row in rows):
        yield say("archive", count=tables["archive_handover"])
    yield say("backups")
    yield say("logs")
