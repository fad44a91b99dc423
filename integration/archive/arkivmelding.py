"""Messages `no.ks.fiks.arkiv.v2.arkivering.arkivmelding.opprett`: one folder or one record each, as XML."""

from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from config.plain_text import clean
from workflows.papers.archive.model import (
    SYSTEM,
    ArchivedFile,
    CaseFile,
    Handover,
    JournalEntry,
    MeetingDocument,
    MeetingFile,
    MeetingPaper,
    Restriction,
    system_id,
)

ROOT = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv"
CREATE, CATALOGUE = f"{ROOT}/arkivmelding/opprett/v2", f"{ROOT}/metadatakatalog/v2"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
MEETING_PAPERS: Mapping[MeetingPaper, tuple[str, str]] = {
    MeetingPaper.AGENDA: ("SL", "Saksliste"),
    MeetingPaper.MINUTES: ("MP", "Møteprotokoll"),
}
"""Codes that the schema leaves to the archive: they are agreed with its owner before the first handover."""
OUTGOING, FINISHED, IN_WORK = ("U", "Utgående dokument"), ("F", "Ferdigstilt"), ("B", "Under behandling")
SENDER, RECIPIENT = ("EA", "Avsender"), ("EM", "Mottaker")
MAIN, ARCHIVED, PDF_A = ("H", "Hoveddokument"), ("A", "Arkivformat"), ("RA-PDF", "PDF/A")

register_namespace("n5mdk", CATALOGUE)
register_namespace("xsi", INSTANCE)


def arkivmelding(handover: Handover) -> bytes:
    """Return the message as XML; the same bytes each time."""
    root = Element(_create("arkivmelding"))
    _text(root, "system", SYSTEM)
    _text(root, "antallFiler", "1" if handover.document else "0")
    content = handover.content
    match content:
        case CaseFile():
            _case_file(root, content)
        case MeetingFile():
            _meeting_file(root, content)
        case JournalEntry():
            _journal_entry(root, content)
        case MeetingDocument():
            _meeting_document(root, content)
    indent(root)
    xml: bytes = tostring(root, encoding="UTF-8", xml_declaration=True, default_namespace=CREATE)
    return xml + b"\n"


def _case_file(root: Element, case: CaseFile) -> None:
    folder = _typed(root, "mappe", "saksmappe")
    _text(folder, "systemID", system_id(case.key))
    _text(folder, "tittel", case.title)
    _text(folder, "offentligTittel", case.title)
    _key(folder, case.key)
    _text(folder, "saksaar", str(case.year))
    _text(folder, "saksdato", case.opened_on.isoformat())
    unit = SubElement(folder, _create("administrativEnhet"))
    _catalogue_text(unit, "navn", case.unit)
    _code(folder, "saksstatus", IN_WORK)


def _meeting_file(root: Element, meeting: MeetingFile) -> None:
    folder = _typed(root, "mappe", "moetemappe")
    _text(folder, "systemID", system_id(meeting.key))
    _reference(folder, "referanseForeldermappe", meeting.parent)
    _text(folder, "tittel", meeting.title)
    _text(folder, "offentligTittel", meeting.title)
    _key(folder, meeting.key)
    _text(folder, "moetenummer", meeting.number)
    body = SubElement(folder, _create("utvalg"))
    _catalogue_text(body, "navn", meeting.body_name)
    _catalogue_text(body, "identifikator", meeting.body)
    _text(folder, "moetedato", meeting.held_on.isoformat())
    if clean(meeting.location).strip():
        _text(folder, "moetested", meeting.location)
    if meeting.previous:
        _text(folder, "referanseForrigeMoete", system_id(meeting.previous))
    for person in meeting.present:
        participant = SubElement(folder, _create("moetedeltaker"))
        named = SubElement(participant, _catalogue("identifikator"))
        _catalogue_text(named, "navn", person.name)


def _journal_entry(root: Element, entry: JournalEntry) -> None:
    record = _typed(root, "registrering", "journalpost")
    _opening(record, entry.key, entry.parent, entry.document, entry.restriction)
    _document(record, entry.document)
    _titles(record, entry.title)
    for kind, name in ((SENDER, entry.sender), (RECIPIENT, entry.recipient)):
        party = SubElement(record, _create("korrespondansepart"))
        _code(party, "korrespondanseparttype", kind)
        _text(party, "korrespondansepartNavn", name)
    _key(record, entry.key)
    _code(record, "journalposttype", OUTGOING)
    _code(record, "journalstatus", FINISHED)
    _text(record, "dokumentetsDato", entry.dated_on.isoformat())


def _meeting_document(root: Element, entry: MeetingDocument) -> None:
    record = _typed(root, "registrering", "moetedokument")
    _opening(record, entry.key, entry.parent, entry.document, entry.restriction)
    _document(record, entry.document)
    _titles(record, entry.title)
    _key(record, entry.key)
    _code(record, "moetedokumenttype", MEETING_PAPERS[entry.kind])


def _opening(record: Element, key: str, parent: str, document: ArchivedFile, restriction: Restriction | None) -> None:
    """Write the elements that stand before a record's documents."""
    _text(record, "systemID", system_id(key))
    _text(record, "opprettetDato", _moment(document.made_at))
    _reference(record, "referanseForelderMappe", parent)
    if restriction is not None:
        shield = SubElement(record, _create("skjerming"))
        _code(shield, "tilgangsrestriksjon", (restriction.code, ""))
        _text(shield, "skjermingshjemmel", restriction.basis)


def _titles(record: Element, title: str) -> None:
    _text(record, "tittel", title)
    _text(record, "offentligTittel", title)


def _document(record: Element, document: ArchivedFile) -> None:
    described = SubElement(record, _create("dokumentbeskrivelse"))
    _text(described, "systemID", system_id(document.key))
    _code(described, "dokumentstatus", FINISHED)
    _text(described, "tittel", document.title)
    _code(described, "tilknyttetRegistreringSom", MAIN)
    _text(described, "dokumentnummer", "1")
    file = SubElement(described, _create("dokumentobjekt"))
    _text(file, "systemID", system_id(f"file:{document.key}"))
    _text(file, "versjonsnummer", "1")
    _code(file, "variantformat", ARCHIVED)
    _code(file, "format", PDF_A)
    _text(file, "mimeType", "application/pdf")
    _text(file, "filnavn", document.file_name)
    _text(file, "referanseDokumentfil", document.file_name)
    _text(file, "sjekksum", document.checksum)
    _text(file, "sjekksumAlgoritme", "SHA-256")
    _text(file, "filstoerrelse", str(len(document.content)))
    _key(described, document.key)


def _typed(root: Element, name: str, kind: str) -> Element:
    """Add an element whose type is told beside its name."""
    return SubElement(root, _create(name), {f"{{{INSTANCE}}}type": kind})


def _reference(parent: Element, name: str, key: str) -> None:
    """Name a folder by our key: it holds whatever id the archive gave it."""
    reference = SubElement(parent, _create(name))
    outer = SubElement(reference, _catalogue("referanseEksternNoekkel"))
    _catalogue_text(outer, "fagsystem", SYSTEM)
    _catalogue_text(outer, "noekkel", key)


def _key(parent: Element, key: str) -> None:
    outer = SubElement(parent, _create("referanseEksternNoekkel"))
    _catalogue_text(outer, "fagsystem", SYSTEM)
    _catalogue_text(outer, "noekkel", key)


def _code(parent: Element, name: str, code: tuple[str, str]) -> None:
    element = SubElement(parent, _create(name))
    _catalogue_text(element, "kode", code[0])
    if code[1]:
        _catalogue_text(element, "beskrivelse", code[1])


def _text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, _create(name)).text = clean(words)


def _catalogue_text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, _catalogue(name)).text = clean(words)


def _create(name: str) -> str:
    return f"{{{CREATE}}}{name}"


def _catalogue(name: str) -> str:
    return f"{{{CATALOGUE}}}{name}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
