"""Pages about the service: evidence of accessibility, privacy, and help for each role."""

import re
from collections import Counter
from html import unescape

import httpx
import pytest

import texts
from tests.support.signed_in import PUBLIC
from web.app import create_app
from web.information.criteria import CRITERIA, CriterionState

PAGES = ("/tilgjengelighet", "/personvern", "/hjelp")
STATEMENT = "https://uustatus.no/nb/erklaringer/publisert/1"


async def shown(path: str, *, language: str = "nb", statement_url: str = "") -> str:
    app = create_app([], statement_url=statement_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as client:
        answer = await client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


def test_every_criterion_of_levels_a_and_aa_is_there_once() -> None:
    numbers = [criterion.number for criterion in CRITERIA]

    assert Counter(criterion.level for criterion in CRITERIA) == {"A": 31, "AA": 24}
    assert len(set(numbers)) == 55
    assert numbers[:2] == ["1.1.1", "1.2.1"]
    assert numbers.index("1.4.5") + 1 == numbers.index("1.4.10")


async def test_the_table_says_what_was_not_tried() -> None:
    page = await shown("/tilgjengelighet")

    assert page.count('<th scope="row">') == 55
    untried = sum(criterion.state is CriterionState.UNTRIED for criterion in CRITERIA)
    assert page.count(texts.say("information.state_untried")) == untried > 0


async def test_the_county_s_own_statement_is_led_to_once_it_is_published() -> None:
    before, after = await shown("/tilgjengelighet"), await shown("/tilgjengelighet", statement_url=STATEMENT)

    assert "ikke publisert ennå" in before
    assert "ikke publisert ennå" not in after
    assert f'href="{STATEMENT}"' in after


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_read_in_each_language_with_headings_in_order(path: str, language: str) -> None:
    page = await shown(path, language=language)

    assert f'<html lang="{language}"' in page
    assert re.findall(r"<h(\d)", page)[0] == "1"
    assert page.count("<h1") == 1


async def test_the_help_has_a_part_for_each_role_and_every_page_leads_to_it() -> None:
    page = await shown("/hjelp")

    for part in ("package", "lead_role", "board", "county", "it"):
        assert texts.say(f"information.help_{part}") in page
    assert 'href="/hjelp"' in await shown("/personvern")
    assert page.count("<h2") == 6


@pytest.mark.parametrize("language", texts.languages())
async def test_help_names_the_county_s_pages_as_its_menu_does(language: str) -> None:
    page = unescape(await shown("/hjelp", language=language))

    for name in ("redaction", "papers", "closing"):
        assert texts.say(f"oversight.{name}", language) in page


async def test_privacy_says_that_nothing_is_stored_of_the_young() -> None:
    assert texts.say("web.privacy_children") in await shown("/personvern")
