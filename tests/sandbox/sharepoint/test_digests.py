"""Digests of files in canonical state: words count, moments do not."""

from datetime import UTC, datetime, timedelta

from documents.document import Document, Paragraph
from documents.word import word_file
from sandbox.sharepoint.digests import digest

MORNING = datetime(2026, 9, 9, 6, 0, tzinfo=UTC)


def agenda(words: str, *, created_at: datetime = MORNING) -> bytes:
    document = Document(title="Saksliste", language="nb", lead=(Paragraph(text=words),), sections=(), signs={})
    return word_file(document, created_at=created_at)


def test_a_word_file_made_an_hour_later_is_the_same_and_one_with_other_words_is_not() -> None:
    later = agenda("Sak 1", created_at=MORNING + timedelta(hours=1))

    assert later != agenda("Sak 1")
    assert digest(later) == digest(agenda("Sak 1")) != digest(agenda("Sak 2"))


def test_any_other_file_counts_whole() -> None:
    assert digest(b"a;b") != digest(b"a;c")
