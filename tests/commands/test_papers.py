"""Papers as files: every paper twice, and messages to the archive beside the files that they name."""

import csv
import io
import os
import re
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import docx
import pytest
from defusedxml.ElementTree import fromstring

from commands.papers import papers
from commands.session import DID_NOT_HOLD, DONE, Usage
from config.loading import load_documents
from config.settings import Settings
from tests.clocks import StillClock
from tests.integration.archive.test_receipt import FOLDER, REFUSED, receipt
from tests.workflows.papers.archive.body_records import AT, RECORD, stored_agenda, stored_report
from tests.workflows.papers.reports import report_samples as samples
from wiring.process import Services
from workflows.papers.archive.model import ArchiveReceipt, HandoverState
from workflows.papers.record import BodyRecord

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
BODY = "larvik"
KEY = "a key of thirty-two characters, or"


class Bodies:
    """The record of papers with those of some bodies."""

    def __init__(self, records: Mapping[str, BodyRecord]) -> None:
        self._records = records

    async def of_body(self, body: str, *, with_pdfs: bool = False) -> BodyRecord:
        found = self._records.get(body, BodyRecord(body=body))
        return found if with_pdfs else replace(found, reports=[replace(item, pdf=None) for item in found.reports])


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    settings = Settings.model_validate(
        {"database_url": database_url, "archive_restrictions": "minutes=UO: Offl. § 14", "research_key": KEY}
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(AT)
    services.record.__dict__["papers"] = Bodies({BODY: RECORD})
    await services.record.register.save(load_documents(VESTFOLD))
    yield services
    await services.close()


def given(**arguments: Any) -> Namespace:
    return Namespace(**{"json": False, "year": None} | arguments)


async def test_every_paper_is_there_as_pdf_and_word_and_the_same_twice(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        assert await papers(services, given(what="files", folder=folder)) == DONE

    names = sorted(os.listdir(one))
    words = ["rapport-v1", "rapport-v2", "referat-v1", "referat-v2", "saksliste-v1"]
    words += [f"saksframlegg-{number}-v1" for number in asked()]
    assert names == sorted(f"a-dal-2026-09-08-{word}.{end}" for word in words for end in ("docx", "pdf"))
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    assert (one / "a-dal-2026-09-08-rapport-v1.pdf").read_bytes() == b"%PDF kept"
    assert capsys.readouterr().out.startswith(f"7 papirer som PDF og Word i {one}.")


async def test_messages_to_the_archive_name_files_that_lie_beside_them(services: Services, tmp_path: Path) -> None:
    assert await papers(services, given(what="archive", folder=tmp_path)) == DONE

    files = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    messages: dict[str, Element] = {
        name.removesuffix(".xml"): fromstring(content) for name, content in files.items() if name.endswith(".xml")
    }
    named = {text(item) for root in messages.values() for item in elements(root, "referanseDokumentfil")}
    assert len(messages) == 7
    assert named == {name for name in files if name.endswith(".pdf")}
    entry = messages["a-dal-2026-09-08-01-rapport-v01"]
    assert [text(item) for item in elements(entry, "korrespondansepartNavn")] == [
        "Vestfold fylkeskommune",
        "Styret i Våre unge Larvik",
    ]
    shielded = [name for name, root in messages.items() if elements(root, "skjermingshjemmel")]
    assert sorted(shielded) == [f"a-dal-2026-09-08-03-referat-v0{version}" for version in (1, 2)]


async def test_what_the_archive_has_is_handed_over_no_more_and_what_it_refused_is(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again, answers = tmp_path / "first", tmp_path / "again", tmp_path / "answers"
    await papers(services, given(what="archive", folder=first))
    answers.mkdir()
    (answers / "a-dal-2026-00-saksmappe.xml").write_bytes(
        receipt(FOLDER.replace("case:larvik/2026", "case:a-dal/2026"))
    )
    (answers / "a-dal-2026-09-08-01-rapport-v01.xml").write_bytes(receipt(REFUSED))
    capsys.readouterr()

    assert await papers(services, given(what="receipts", folder=answers)) == DID_NOT_HOLD
    assert await papers(services, given(what="archive", folder=again)) == DONE

    told = capsys.readouterr()
    assert "Arkivet har bekreftet 1 meldinger." in told.out
    assert told.err == "paper:a-dal/2026-09-08/report/1: f-7: Fant ikke mappen\n"
    assert set(os.listdir(first)) - set(os.listdir(again)) == {"a-dal-2026-00-saksmappe.xml"}
    known = await services.record.handovers.handovers()
    case = known["case:a-dal/2026"].receipt
    assert case is not None
    assert (case.journal_number, case.existed) == ("26/88", True)
    assert known["paper:a-dal/2026-09-08/report/1"].state is HandoverState.REFUSED


async def test_a_file_that_is_no_receipt_or_answers_nothing_of_ours_is_told(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xml").write_bytes(b"<kvittering/>")
    (tmp_path / "b.xml").write_bytes(receipt(FOLDER.replace("case:larvik/2026", "case:b-vik/2026")))

    assert await papers(services, given(what="receipts", folder=tmp_path)) == DID_NOT_HOLD

    wrong, unknown = capsys.readouterr().err.splitlines()
    assert wrong == "a.xml: ventet `arkivmeldingKvittering` fra Fiks Arkiv V2"
    assert unknown == "b.xml: ventet svar på noe vi har levert, ikke på case:b-vik/2026"


async def test_the_owner_board_s_case_paper_has_the_numbers_of_the_municipality_that_sent_the_question_on(
    services: Services, tmp_path: Path
) -> None:
    programme = await services.record.register.programme()
    package = next(item for item in programme.work_packages if item.municipality == BODY)
    told = replace(samples.FULL.packages[0], key=package.key)
    agenda = stored_agenda()
    sent_on = next(item for item in agenda.content.items if item.question)
    item = replace(sent_on, number=7, work_package=package.key, decided_below="Styret sender saken videre.")
    records = {
        BODY: BodyRecord(body=BODY, reports=(stored_report(replace(samples.FULL, packages=(told,), wanted=())),)),
        "owner-board": BodyRecord(
            body="owner-board", agendas=(replace(agenda, content=replace(agenda.content, items=(item,))),)
        ),
    }
    services.record.__dict__["papers"] = Bodies(records)

    assert await papers(services, given(what="files", folder=tmp_path)) == DONE

    file = docx.Document(str(tmp_path / "a-dal-2026-09-08-saksframlegg-7-v1.docx"))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert any(told.indicators[0].name in cell for cell in cells)
    assert "Styret sender saken videre." in [paragraph.text for paragraph in file.paragraphs]
    # Where no other name is set, the organisation that leads the programme stands above the first page.
    assert file.sections[0].first_page_header.paragraphs[0].text.strip() == "Vestfold fylkeskommune"


def asked() -> list[int]:
    return [item.number for item in RECORD.agendas[0].content.items if item.asks]


async def test_the_data_set_for_research_has_its_dictionary_and_takes_a_key(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await papers(services, given(what="research", folder=tmp_path / "out")) == DONE

    assert sorted(os.listdir(tmp_path / "out")) == ["README.txt", "dictionary.csv", "measurements.csv", "status.csv"]
    everything = b"".join((tmp_path / "out" / name).read_bytes() for name in ("status.csv", "measurements.csv"))
    assert b"Leder av praksis" not in everything
    assert b"m\xc3\xb8terommene" not in everything
    assert KEY.encode() not in everything
    assert capsys.readouterr().out.startswith("6 rader for forskning")


async def test_without_a_key_there_is_no_data_set(database_url: str, tmp_path: Path) -> None:
    keyless = Services(Settings(database_url=database_url), name="test")
    await keyless.record.register.save(load_documents(VESTFOLD))

    with pytest.raises(Usage, match="VAREUNGE_RESEARCH_KEY"):
        await papers(keyless, given(what="research", folder=tmp_path / "out"))
    await keyless.close()


async def test_an_evaluation_is_about_a_year(services: Services, tmp_path: Path) -> None:
    assert await papers(services, given(what="evaluation", folder=tmp_path / "out", year=2026)) == DONE

    assert sorted(os.listdir(tmp_path / "out")) == [
        "evaluering-2026-maltall.csv",
        "evaluering-2026-runder.csv",
        "evaluering-2026-status.csv",
        "evaluering-2026.docx",
        "evaluering-2026.pdf",
    ]
    with pytest.raises(Usage, match="--year"):
        await papers(services, given(what="evaluation", folder=tmp_path / "out"))
    with pytest.raises(Usage, match="--year"):
        await papers(services, given(what="files", folder=tmp_path, year=2026))


async def test_an_evaluation_of_a_year_without_reports_says_so_in_its_papers_alone(
    services: Services, tmp_path: Path
) -> None:
    assert await papers(services, given(what="evaluation", folder=tmp_path / "out", year=2025)) == DONE

    assert sorted(os.listdir(tmp_path / "out")) == ["evaluering-2025.docx", "evaluering-2025.pdf"]


async def test_the_template_that_is_written_is_one_that_can_be_used(
    services: Services, database_url: str, tmp_path: Path
) -> None:
    assert await papers(services, given(what="template", folder=tmp_path)) == DONE

    again = Services(Settings(database_url=database_url, word_template=str(tmp_path / "mal.docx")), name="test")
    again.record.__dict__["papers"] = Bodies({BODY: RECORD})
    assert await papers(again, given(what="files", folder=tmp_path / "files")) == DONE
    await again.close()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("word_template", "VAREUNGE_WORD_TEMPLATE: ventet en Word-fil (.docx)"),
        ("paper_logo", "VAREUNGE_PAPER_LOGO: ventet en fil i formatet PNG eller SVG"),
    ],
)
async def test_a_file_that_is_no_template_or_logo_is_wrong_use(
    services: Services, database_url: str, tmp_path: Path, setting: str, told: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"GIF89a")
    wrong = Services(Settings.model_validate({"database_url": database_url, setting: str(file)}), name="test")
    wrong.record.__dict__["papers"] = Bodies({BODY: RECORD})

    with pytest.raises(Usage, match=re.escape(told)):
        await papers(wrong, given(what="files", folder=tmp_path / "files"))
    await wrong.close()


def elements(root: Element, name: str) -> list[Element]:
    return [item for item in root.iter() if item.tag.endswith(f"}}{name}")]


def text(element: Element) -> str:
    return element.text or ""


async def test_a_folder_alone_asks_for_the_governance_papers_and_twice_for_the_same(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        assert await papers(services, given(what=None, folder=folder)) == DONE

    assert "12 papirer om styring" in capsys.readouterr().out
    names = sorted(path.name for path in one.iterdir())
    assert {"index.html", "sbom.cdx.json", "06-sletteplan.html", "06-sletteplan.docx"} <= set(names)
    assert [(two / name).read_bytes() for name in names] == [(one / name).read_bytes() for name in names]
    page = (one / "06-sletteplan.html").read_text("utf-8")
    assert "Innlogginger trengs bare så lenge" in page


async def test_the_name_of_a_kind_alone_lacks_its_folder(services: Services) -> None:
    with pytest.raises(Usage, match="Skriv mappen etter «files»"):
        await papers(services, given(what=None, folder=Path("files")))


async def test_the_journal_has_every_paper_with_its_state_number_access_code_and_responsible_body(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await papers(services, given(what="archive", folder=tmp_path)) == DONE
    for key, state, number, status in (
        ("report/1", HandoverState.KEPT, "14/2026", "J"),
        ("minutes/1", HandoverState.REFUSED, "", ""),
    ):
        answer = ArchiveReceipt(
            key=f"paper:{RECORD.reports[0].meeting}/{key}",
            state=state,
            archive_id=number and "archive-1",
            journal_number=number,
            journal_status=status,
            problem="" if number else "F-1: no",
        )
        await services.record.handovers.note_receipt(answer, at=AT)

    assert await papers(services, given(what="journal", folder=tmp_path)) == DONE

    assert "5 dokumenter står i journal.csv" in capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "journal.csv").read_text("utf-8-sig"))))
    by_key = {row["Nøkkel"].rpartition("2026-09-08/")[2]: row for row in rows}
    assert [by_key[key]["Tilstand"] for key in ("report/1", "report/2", "minutes/1")] == [
        "arkivert",
        "overlevert, uten svar",
        "avvist",
    ]
    report, minutes = by_key["report/1"], by_key["minutes/1"]
    assert (report["Journalnummer"], report["Journalstatus"], report["Id i arkivet"]) == ("14/2026", "J", "archive-1")
    assert {row["Ansvarlig organ"] for row in rows} == {"Vestfold fylkeskommune"}
    assert (minutes["Tilgangskode"], minutes["Hjemmel"], minutes["Avvist fordi"]) == ("UO", "Offl. § 14", "F-1: no")


async def test_a_paper_that_nobody_handed_over_is_said_to_be_so(services: Services, tmp_path: Path) -> None:
    assert await papers(services, given(what="journal", folder=tmp_path)) == DONE

    assert (tmp_path / "journal.csv").read_text("utf-8-sig").count("ikke overlevert") == 5
