"""Reports as SharePoint shows them, drawn by the sandbox: nothing for axe to find, and no wider than its window."""

from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from documents.page import report_page
from sandbox.sharepoint.html import rewrite
from sandbox.views.render import site_page
from tests.documents.test_hostile_answers import ANSWERS
from tests.documents.test_hostile_answers import paper as hostile_paper
from tests.e2e.test_form_for_everybody import findings
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.reports.rendering import document_of

REPORTS = {
    "report": document_of(samples.FOLLOWED, "nb"),
    "summary": document_of(samples.SUMMARY, "nb"),
    "hostile": document_of(samples.ATTACK, "nb"),
    "one long word": hostile_paper(ANSWERS["one long word"]),
}
MEASURE = """() => {
    const seen = document.documentElement;
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(item => Number(item.tagName[1]));
    const headers = [...document.querySelectorAll('table')].map(table =>
        table.querySelectorAll('thead th[scope=col]').length === table.rows[0].cells.length
        && [...table.tBodies[0].rows].every(row => row.cells[0].matches('th[scope=row]')));
    return {over: seen.scrollWidth - seen.clientWidth, levels, headers};
}"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page as a browser measured it."""

    over: int
    """Pixels by which it is wider than its window."""
    levels: list[int]
    headers: list[bool]


@pytest.mark.parametrize("width", [pytest.param(1280, id="desk"), pytest.param(360, id="phone")])
async def test_axe_finds_nothing_and_every_report_fits_its_window(browser: Browser, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    for name, report in REPORTS.items():
        await page.set_content(site_page("".join(map(rewrite, report_page(report))), report.title))

        shown = Shown(**await page.evaluate(MEASURE))

        assert await findings(page) == [], name
        assert shown.over <= 0, name
        assert all(shown.headers), name
        steps = zip([1, *shown.levels], shown.levels, strict=False)
        assert all(deeper <= before + 1 for before, deeper in steps), name
