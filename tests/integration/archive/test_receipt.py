"""The archive's receipts, read from XML that comes from outside."""

import pytest

from integration.archive.receipt import LARGEST, read_receipt
from workflows.papers.archive.model import ArchiveReceipt, BadReceipt, HandoverState

NS = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv"
KEY = (
    "<referanseEksternNoekkel><m:fagsystem>vareunge</m:fagsystem>"
    "<m:noekkel>paper:larvik/2026-09-08/report/1</m:noekkel></referanseEksternNoekkel>"
)
ENTRY = f"""
<registreringKvittering xsi:type="journalpostKvittering">
  <systemID>11111111-1111-4111-8111-111111111111</systemID>
  {KEY}
  <opprettetEllerEksisterende>Opprettet</opprettetEllerEksisterende>
  <journalaar>2026</journalaar>
  <journalsekvensnummer>14</journalsekvensnummer>
  <journalstatus><m:kode>J</m:kode></journalstatus>
</registreringKvittering>"""
FOLDER = f"""
<mappeKvittering>
  <systemID>22222222-2222-4222-8222-222222222222</systemID>
  <mappeID>26/88</mappeID>
  {KEY.replace("paper:larvik/2026-09-08/report/1", "case:larvik/2026")}
  <opprettetEllerEksisterende>Eksisterende</opprettetEllerEksisterende>
</mappeKvittering>"""
REFUSED = """
<registreringFeilet><f:feilId>f-7</f:feilId><f:feilmelding>Fant ikke mappen</f:feilmelding></registreringFeilet>"""


def receipt(*parts: str) -> bytes:
    return (
        f'<arkivmeldingKvittering xmlns="{NS}/arkivmelding/opprett/kvittering/v2" xmlns:m="{NS}/metadatakatalog/v2"'
        f' xmlns:f="{NS}/feil/feilmelding/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{''.join(parts)}</arkivmeldingKvittering>"
    ).encode()


def test_an_entry_s_receipt_tells_the_archive_s_id_journal_number_and_status() -> None:
    assert read_receipt(receipt(ENTRY)) == (
        ArchiveReceipt(
            key="paper:larvik/2026-09-08/report/1",
            state=HandoverState.KEPT,
            archive_id="11111111-1111-4111-8111-111111111111",
            journal_number="14/2026",
            journal_status="J",
        ),
    )


def test_a_folder_that_was_there_says_so_and_comes_before_the_entry() -> None:
    folder, entry = read_receipt(receipt(FOLDER, ENTRY))

    assert (folder.key, folder.journal_number, folder.existed) == ("case:larvik/2026", "26/88", True)
    assert not entry.existed


def test_a_refusal_is_about_the_message_that_was_sent() -> None:
    (refused,) = read_receipt(receipt(REFUSED), sent="paper:x")

    assert refused == ArchiveReceipt(key="paper:x", state=HandoverState.REFUSED, problem="f-7: Fant ikke mappen")


def test_an_answer_without_a_key_is_about_the_message_that_was_sent() -> None:
    (answer,) = read_receipt(receipt(ENTRY.replace(KEY, "")), sent="paper:x")

    assert answer.key == "paper:x"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "XML without", id="nothing"),
        pytest.param(b"%PDF-1.7", "XML without", id="no XML"),
        pytest.param(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "without a document type", id="entities"),
        pytest.param(b"<kvittering/>", "`arkivmeldingKvittering`", id="another message"),
        pytest.param(receipt(), "the answer for", id="empty"),
        pytest.param(receipt(REFUSED), "that was refused", id="a refusal of we do not know what"),
        pytest.param(receipt(ENTRY.replace(KEY, "")), "a key of ours in", id="no key"),
        pytest.param(receipt(ENTRY.replace("vareunge", "ePhorte")), "not of ePhorte", id="somebody else's"),
        pytest.param(b" " * (LARGEST + 1), "at most", id="too large"),
    ],
)
def test_what_is_no_receipt_of_ours_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadReceipt, match=why):
        read_receipt(content)
