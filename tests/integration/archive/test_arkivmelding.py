"""Messages to the archive as XML: elements in the schema's order, people's words as text, the same bytes each time."""

import re
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from integration.archive.arkivmelding import CATALOGUE, CREATE, INSTANCE, arkivmelding
from tests.workflows.papers.archive.body_records import RECORD, RULES, typeset
from workflows.papers.archive.model import Handover, JournalEntry, MeetingDocument, MeetingFile, Restriction
from workflows.papers.archive.plan import plan_handovers

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
HANDOVERS = {handover.name: handover for handover in plan_handovers(RECORD, "Styret i Å-dal", RULES, typeset)}
HOSTILE = "<b>x</b> & {{ 7*7 }} =1+1 č ŋ đ 👩‍🚒 \x00\x0b\ud800\uffff\u202e ]]>"
FOLDER = ["systemID", "referanseForeldermappe", "tittel", "offentligTittel", "referanseEksternNoekkel"]
RECORDS = [
    *("systemID", "opprettetDato", "referanseForelderMappe", "skjerming", "dokumentbeskrivelse", "tittel"),
    *("offentligTittel", "korrespondansepart", "referanseEksternNoekkel"),
]
ORDER = {
    "saksmappe": [*FOLDER, "saksaar", "saksdato", "administrativEnhet", "saksstatus"],
    "moetemappe": [
        *FOLDER,
        *("moetenummer", "utvalg", "moetedato", "moetested", "referanseForrigeMoete", "moetedeltaker"),
    ],
    "journalpost": [*RECORDS, "journalposttype", "journalstatus", "dokumentetsDato"],
    "moetedokument": [*RECORDS, "moetedokumenttype"],
}
"""The schema's sequence of the elements that we write, for each type."""


def read(handover: Handover) -> Element:
    root: Element = fromstring(arkivmelding(handover))
    return root


def one(kind: type, **changes: Any) -> Handover:
    handover = next(item for item in HANDOVERS.values() if isinstance(item.content, kind))
    return replace(handover, content=replace(handover.content, **changes))


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def text(root: Element, *names: str) -> str:
    found = root.findtext("/".join(names), namespaces={"": CREATE, "m": CATALOGUE})
    assert found is not None, names
    return found


@pytest.mark.parametrize("handover", [pytest.param(item, id=name) for name, item in HANDOVERS.items()])
def test_the_elements_stand_in_the_schema_s_order(handover: Handover) -> None:
    root = read(handover)

    assert [local(item) for item in root][:2] == ["system", "antallFiler"]
    (content,) = list(root)[2:]
    order = ORDER[content.attrib[f"{{{INSTANCE}}}type"]]
    places = [order.index(local(item)) for item in content]
    assert places == sorted(places)


@pytest.mark.parametrize("handover", [pytest.param(item, id=name) for name, item in HANDOVERS.items()])
def test_every_id_is_a_uuid_made_of_the_key_and_no_element_is_empty(handover: Handover) -> None:
    root = read(handover)
    ids = [item.text or "" for item in root.iter() if local(item) == "systemID"]

    assert ids
    assert all(UUID.fullmatch(item) for item in ids)
    assert len(set(ids)) == len(ids)
    assert all((item.text or "").strip() for item in root.iter() if not len(item))


@pytest.mark.parametrize("handover", [pytest.param(item, id=name) for name, item in HANDOVERS.items()])
def test_the_same_handover_is_the_same_file(handover: Handover) -> None:
    assert arkivmelding(handover) == arkivmelding(handover)


def test_a_file_is_named_with_its_size_and_checksum() -> None:
    root = read(one(JournalEntry))
    document = one(JournalEntry).document
    file = ("registrering", "dokumentbeskrivelse", "dokumentobjekt")

    assert document is not None
    assert text(root, "antallFiler") == "1"
    assert text(root, *file, "sjekksum") == document.checksum
    assert text(root, *file, "filstoerrelse") == str(len(document.content))
    assert text(root, *file, "referanseDokumentfil") == document.file_name
    assert text(read(one(MeetingFile)), "antallFiler") == "0"


def test_a_record_names_its_folder_by_our_key() -> None:
    entry, document = one(JournalEntry), one(MeetingDocument)

    for handover in (entry, document):
        assert isinstance(handover.content, JournalEntry | MeetingDocument)
        path = ("registrering", "referanseForelderMappe", "m:referanseEksternNoekkel", "m:noekkel")
        assert text(read(handover), *path) == handover.content.parent


def test_what_is_not_open_has_its_access_code_and_legal_basis() -> None:
    shielded = read(one(MeetingDocument, restriction=Restriction(code="UO", basis="Offl. § 14")))

    assert text(shielded, "registrering", "skjerming", "tilgangsrestriksjon", "m:kode") == "UO"
    assert text(shielded, "registrering", "skjerming", "skjermingshjemmel") == "Offl. § 14"
    assert read(one(MeetingDocument)).find(f".//{{{CREATE}}}skjerming") is None


def test_what_people_wrote_stays_text_without_what_xml_cannot_hold() -> None:
    root = read(one(JournalEntry, title=HOSTILE, recipient=HOSTILE))

    kept = "<b>x</b> & {{ 7*7 }} =1+1 č ŋ đ 👩‍🚒  ]]>"
    assert text(root, "registrering", "tittel") == kept
    assert root.findall(f".//{{{CREATE}}}korrespondansepartNavn")[1].text == kept


def test_a_meeting_without_a_place_names_none() -> None:
    assert read(one(MeetingFile, location=" \x00")).find(f".//{{{CREATE}}}moetested") is None
