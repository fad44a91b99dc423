"""Receipts `no.ks.fiks.arkiv.v2.arkivering.arkivmelding.opprett.kvittering`, read from XML."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from config.problems import phrase
from integration.archive.arkivmelding import CATALOGUE, ROOT
from workflows.papers.archive.model import SYSTEM, ArchiveReceipt, BadReceipt, HandoverState

ANSWER = f"{ROOT}/arkivmelding/opprett/kvittering/v2"
FAILURE = f"{ROOT}/feil/feilmelding/v2"
LARGEST = 1_000_000
"""Bytes; a receipt has a few hundred."""
_SPACES = {"k": ANSWER, "m": CATALOGUE, "f": FAILURE}


def read_receipt(content: bytes, sent: str = "") -> tuple[ArchiveReceipt, ...]:
    """
    Return the archive's answers: one for each folder and record that the message held.

    An answer names our key; *sent* is the key of the message that is answered, for answers that name none. Raises
    BadReceipt.
    """
    if len(content) > LARGEST:
        raise BadReceipt(phrase("file_size", number=LARGEST))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as exc:
        raise BadReceipt(phrase("plain_xml")) from exc
    if root.tag != f"{{{ANSWER}}}arkivmeldingKvittering":
        raise BadReceipt(phrase("archive_answer"))
    receipts = tuple(_answers(root, sent))
    if not receipts:
        raise BadReceipt(phrase("answer_for_something"))
    return receipts


def _answers(root: Element, sent: str) -> Iterator[ArchiveReceipt]:
    for name in ("mappe", "registrering"):
        for kept in root.findall(f"k:{name}Kvittering", _SPACES):
            yield _kept(kept, sent)
        for refused in root.findall(f"k:{name}Feilet", _SPACES):
            number, words = _of(refused, "f:feilId"), _of(refused, "f:feilmelding")
            if not sent:
                raise BadReceipt(phrase("name_of_refused", number=number, words=words))
            yield ArchiveReceipt(key=sent, state=HandoverState.REFUSED, problem=f"{number}: {words}")


def _kept(answer: Element, sent: str) -> ArchiveReceipt:
    system = _of(answer, "k:referanseEksternNoekkel/m:fagsystem")
    key = _of(answer, "k:referanseEksternNoekkel/m:noekkel")
    if key and system != SYSTEM:
        raise BadReceipt(phrase("key_of_system", system=SYSTEM, other=system))
    if not (key or sent):
        raise BadReceipt(phrase("key_in_answer"))
    year, number = _of(answer, "k:journalaar"), _of(answer, "k:journalsekvensnummer")
    return ArchiveReceipt(
        key=key or sent,
        state=HandoverState.KEPT,
        archive_id=_of(answer, "k:systemID"),
        journal_number=f"{number}/{year}"
        if year and number
        else _of(answer, "k:registreringsID") or _of(answer, "k:mappeID"),
        journal_status=_of(answer, "k:journalstatus/m:kode"),
        existed=_of(answer, "k:opprettetEllerEksisterende") == "Eksisterende",
    )


def _of(element: Element, path: str) -> str:
    return (element.findtext(path, "", _SPACES) or "").strip()
