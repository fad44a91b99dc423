"""Tables in a browser: whole on a desk, cards on a phone, broken between rows on paper; on pages with links of ours."""

import io
import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page
from pypdf import PdfReader

from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.web.meeting_store import Tokens, register
from tests.web.papers.test_reports import Record, stored
from tests.workflows.papers.reports import report_samples as samples
from web.app import create_app
from web.papers.reports import router
from workflows.papers.reports.model import ReportContent
from workflows.papers.reports.owner_parts import PackageLight

ARENA = PackageLight(key="arena", name="Arena", light="green", before="green")
ONE = replace(samples.SUMMARY.municipalities[0], packages=(ARENA,))
MANY = replace(
    samples.SUMMARY,
    is_first=True,
    passed_on=(),
    municipalities=tuple(replace(ONE, name=f"Dal-{number}") for number in range(1, 61)),
)
"""A summary whose table of municipalities comes first, a row for each."""
CONTENTS = [
    pytest.param(samples.FULL, id="board"),
    pytest.param(samples.FOLLOWED, id="follow-up"),
    pytest.param(samples.ATTACK, id="hostile"),
    pytest.param(samples.SUMMARY, id="owner board"),
]


async def opened(page: Page, content: ReportContent, address: str) -> None:
    await page.goto(f"{address}/rapport/report.{content.meeting.key.replace('/', '_')}")


def app_of(content: ReportContent) -> FastAPI:
    return create_app([router(reports=Record([stored(content)]), links=Tokens(), programme=register)])


async def overflows(page: Page) -> list[int]:
    """Return by how many pixels the page and its tables are too wide."""
    beyond: list[int] = await page.evaluate(
        "[document.documentElement, ...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth)"
    )
    return beyond


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("content", CONTENTS)
async def test_nothing_has_to_be_scrolled_sideways(browser: Browser, content: ReportContent, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 800})
    async with served(app_of(content)) as address:
        await opened(page, content, address)
        beyond, found = await overflows(page), await findings(page)

    assert set(beyond) == {0}
    assert found == []


async def test_on_a_phone_each_row_is_a_card_that_names_its_values(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 800})
    async with served(app_of(samples.SUMMARY)) as address:
        await opened(page, samples.SUMMARY, address)
        row = page.get_by_role("table").filter(has_text="Arbeidspakke").locator("tbody tr").first
        labels = await row.locator("td").evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
        )
        heights = [
            await row.locator(part).first.evaluate("e => e.getBoundingClientRect().top") for part in ("th", "td")
        ]

    assert labels[0] == '"Arbeidspakke"'
    assert labels[-1] == '"Rapport fra møtet"'
    assert heights[0] < heights[1]


async def test_a_long_table_begins_on_the_first_printed_page_and_has_its_head_on_each(browser: Browser) -> None:
    page = await browser.new_page()
    async with served(app_of(MANY)) as address:
        await opened(page, MANY, address)
        printed = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(await page.pdf(format="A4"))).pages]

    rows = [re.findall(r"^Dal-(\d+) Arena", sheet, re.MULTILINE) for sheet in printed]
    assert "1" in rows[0]
    assert [number for found in rows for number in found] == [str(number) for number in range(1, 61)]
    assert all(
        re.search(r"Arbeids[\s\u00ad-]*pakke", sheet) for sheet, found in zip(printed, rows, strict=True) if found
    )


async def test_a_table_that_needs_no_scrolling_breaks_across_pages_too(browser: Browser) -> None:
    """As the register's pages have it: without that, the page before a long table is all but empty."""
    rows = "".join(f"<tr><th scope='row'>Rad-{number}</th><td>x</td></tr>" for number in range(1, 31))
    table = f"<table class='ds-table'><thead><tr><th>Hva</th><td>x</td></tr></thead><tbody>{rows}</tbody></table>"
    plan = f"<h1>Aktiviteter</h1><p>I planen.</p><section><h2>Plan</h2>{table}</section>"
    page = await browser.new_page()
    async with served(app_of(samples.SUMMARY)) as address:
        await opened(page, samples.SUMMARY, address)
        await page.locator("main").evaluate("(main, html) => { main.innerHTML = html; }", plan)
        printed = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(await page.pdf(format="A4"))).pages]

    assert len(printed) > 1
    assert "Rad-1 " in printed[0]
