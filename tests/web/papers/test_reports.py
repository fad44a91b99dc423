"""The released report for whoever has the link."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from integration.database.connection import Database
from tests.clocks import StillClock
from tests.support.signed_in import create_gate, signed_in
from tests.web.meeting_store import Tokens, register
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import programme
from web.app import create_app
from web.papers.reports import router
from workflows.papers.reports.model import ReportContent, ReportState, StoredReport, checksum

MEETING = "a-dal/2026-09-08"
PAGE = "/rapport/report.a-dal_2026-09-08"


def stored(content: ReportContent, state: ReportState = ReportState.RELEASED) -> StoredReport:
    return StoredReport(
        meeting=content.meeting.key,
        version=1,
        state=state,
        content=content,
        checksum=checksum(content),
        compiled_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
        released_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
        pdf=b"%PDF-1.7 bytes",
    )


@dataclass
class Record:
    reports: list[StoredReport] = field(default_factory=list)

    async def newest(self, meeting: str) -> StoredReport | None:
        return next((report for report in self.reports if report.meeting == meeting), None)


def client(*reports: StoredReport) -> httpx.AsyncClient:
    routes = router(reports=Record(list(reports)), links=Tokens(), programme=register)
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app([routes])), base_url="http://service.example")


async def test_a_released_report_is_a_page_that_nothing_keeps() -> None:
    response = await client(stored(samples.FULL)).get(PAGE)

    assert response.status_code == 200
    assert '<html lang="nb"' in response.text
    assert "Kan vi bruke møterommene to ettermiddager i uka?" in response.text
    assert "tirsdag 1. september 2026 kl. 08.00" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "language"),
    [("?sprak=nn", "nn"), ("?sprak=en", "en"), ("?sprak=xx", "nb"), ("", "nb")],
)
async def test_the_page_is_in_the_language_that_a_reader_s_mail_asks_for(query: str, language: str) -> None:
    response = await client(stored(samples.FULL)).get(f"{PAGE}{query}")

    assert response.headers["content-language"] == language
    assert f'<html lang="{language}"' in response.text


async def test_a_reader_who_is_signed_in_reads_in_their_own_language(database: Database) -> None:
    known = programme()
    people = [each.model_copy(update={"language": "nn"}) if each.key == "lead" else each for each in known.people]
    gate = create_gate(database, known.model_copy(update={"people": tuple(people)}), StillClock())
    routes = router(reports=Record([stored(samples.FULL)]), links=Tokens(), programme=register)

    response = await (await signed_in(gate, [routes], "lead")).get(f"{PAGE}?sprak=en")

    assert response.headers["content-language"] == "nn"


@pytest.mark.parametrize("content", [samples.EMPTY, samples.NO_PACKAGES, samples.ATTACK])
async def test_sparse_and_hostile_reports_are_pages_too(content: ReportContent) -> None:
    response = await client(stored(content)).get(PAGE)

    assert response.status_code == 200
    assert "<script" not in response.text


async def test_the_owner_boards_summary_has_the_same_kind_of_address() -> None:
    response = await client(stored(samples.SUMMARY)).get("/rapport/report.owner-board_2026-12-01")

    assert response.status_code == 200
    assert response.text.index(">Adal<") < response.text.index(">Øvik<") < response.text.index(">Åmot<")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/rapport/forged", id="forged"),
        pytest.param("/rapport/papers.a-dal_2026-09-08", id="for another purpose"),
        pytest.param("/rapport/report.a-dal_2027-09-08", id="no such report"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".pdf"])
async def test_a_bad_token_finds_nothing(path: str, ending: str) -> None:
    response = await client(stored(samples.FULL)).get(path + ending)

    assert response.status_code == 404
    assert "Vi finner ikke siden" in response.text


@pytest.mark.parametrize("ending", ["", ".pdf"])
async def test_a_draft_is_not_shown(ending: str) -> None:
    assert (await client(stored(samples.FULL, ReportState.DRAFT)).get(PAGE + ending)).status_code == 404


async def test_the_pdf_is_the_one_that_is_kept() -> None:
    service = client(stored(samples.FULL))
    first = await service.get(f"{PAGE}.pdf")
    again = await service.get(f"{PAGE}.pdf", headers={"If-None-Match": first.headers["ETag"]})

    assert first.content == b"%PDF-1.7 bytes"
    assert first.headers["Content-Type"] == "application/pdf"
    assert (again.status_code, again.content) == (304, b"")
