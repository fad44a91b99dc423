"""A document as a Word file made from a template: real headings, lists and table headers, the same bytes each time."""

import io
import zipfile
from datetime import UTC, datetime
from struct import pack_into, unpack_from

from docx.document import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

import texts
from config.plain_text import clean
from documents.document import Document
from documents.look import PLAIN, Look
from documents.word_body import WordBody
from documents.word_template import BadTemplate, content_alone, filled, place_of_content, standard_template

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_PROPERTY = 255
"""Characters that a file's title may have; the paper itself has all of it."""
_EPOCH = (0, 0x21)
"""Midnight on the first day that a zip file knows, as it writes time and day."""
_TIME_OF_PART, _TIME_IN_LIST, _LENGTHS_IN_LIST, _LIST_ENTRY = 10, 12, 28, 46
"""Places in a zip file's headers (APPNOTE 4.3.7 and 4.3.12): a time, the lengths of what follows an entry, its own."""


def word_file(
    document: Document, *, created_at: datetime, look: Look = PLAIN, template: bytes | None = None, mark: str = ""
) -> bytes:
    """
    Return the document as a Word file. *created_at* is its date and the only moment in it.

    *template*: a county's own; without one, ours in the county's *look*. *mark*: stands in the place of the date, for a
    paper that has none. Raises BadTemplate for a template that is none.
    """
    page, _, rest = texts.say("common.page_of_pages", document.language, page="\0", pages="\0").partition("\0")
    values = {
        "title": clean(document.title),
        "owner": clean(look.owner),
        "date": clean(mark) or texts.short_date(created_at.date(), document.language),
        "page_word": page.strip(),
        "of_word": rest.partition("\0")[0].strip(),
    }
    file = filled(template or standard_template(look), values)
    place = place_of_content(file)
    if place is None:
        raise BadTemplate(content_alone())
    _set_up(file, document, created_at.astimezone(UTC).replace(tzinfo=None))
    WordBody(file, document).put_before(place)
    file.element.body.remove(place._p)
    kept = io.BytesIO()
    file.save(kept)
    return _without_moments(kept.getvalue())


def _set_up(file: WordFile, document: Document, created: datetime) -> None:
    properties = file.core_properties
    properties.title = clean(document.title)[:LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = created
    properties.language = LOCALES[document.language]
    # Screen readers and the spelling checker go by this.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES[document.language])
    described = file.styles["Normal"].element.get_or_add_rPr()
    for old in described.findall(qn("w:lang")):
        described.remove(old)
    described.append(language)


def _without_moments(content: bytes) -> bytes:
    """Return the file with the time of day taken out of its package, where it stands twice for each part."""
    kept = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        listed = package.start_dir
        for part in package.infolist():
            pack_into("<HH", kept, part.header_offset + _TIME_OF_PART, *_EPOCH)
            pack_into("<HH", kept, listed + _TIME_IN_LIST, *_EPOCH)
            listed += _LIST_ENTRY + sum(unpack_from("<HHH", kept, listed + _LENGTHS_IN_LIST))
    return bytes(kept)
