"""A municipality says more than texts differently: rounds, roles, folders, channels, tabs, lists and its agenda."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.signed_in import Browser
from tests.web.register.desk import HERE, Pages

CHANNELS = "places/municipality/channels"
AGENDA = "bodies/local-board/agenda"
BOARD_TABS = {"tab_report": "Styrerapport", "tab_calendar": "Møter"}
BOARD = {"included": "1", "name": "Styret", "description": "Saker, rapporter og oppfølging for det lokale styret."}


async def overrides(pages: Pages) -> Any:
    """Return what the municipality's document says differently."""
    documents = await pages.register.documents()
    document = next(item for item in documents.values() if item.get("municipality", {}).get("slug") == "horten")
    return document.get("overrides", {})


async def sent(browser: Browser, form: str, about: str, typed: Mapping[str, str]) -> int:
    answer = await browser.send_form(f"{HERE}/rediger/{form}?av={about}", dict(typed))
    return answer.status_code


@pytest.mark.parametrize(
    ("about", "typed", "said"),
    [
        pytest.param("bodies/local-board/rounds/opens", {"opens": "28"}, 28, id="when a round opens"),
        pytest.param("bodies/local-board/rounds/reminders", {"reminders": "14, 12"}, [14, 12], id="its reminders"),
        pytest.param("bodies/local-board/rounds/reminders", {"reminders": ""}, [], id="no reminder"),
        pytest.param("bodies/local-board/rhythm/weekdays", {"weekdays_1": "1", "weekdays_2": "1"}, [1, 2], id="days"),
        pytest.param(
            "bodies/local-board/rhythm/other_starts", {"other_starts": "12.30\n14:00"}, ["12:30", "14:00"], id="times"
        ),
        pytest.param(
            "bodies/local-board/members",
            {"members_board_member": "1", "members_local_lead": "1", "members_adviser": "1"},
            ["board_member", "local_lead", "adviser"],
            id="roles",
        ),
        pytest.param(
            "places/municipality/folders", {"folders": "Styremøter/{year}\nSkoler"}, ["Styremøter/{year}", "Skoler"],
            id="folders",
        ),
    ],
)  # fmt: skip
async def test_a_value_is_said_differently_and_the_template_s_holds_again(
    pages: Pages, lead: Browser, about: str, typed: dict[str, str], said: Any
) -> None:
    before = await overrides(pages)
    part, key, *path = about.split("/")

    assert await sent(lead, "lokalt", about, typed) == 303
    found = (await overrides(pages))[part][key]
    for step in path:
        found = found[step]
    assert found == said
    assert (await lead.get(f"{HERE}/malen")).status_code == 200

    assert await sent(lead, "som-malen", about, {}) == 303
    assert await overrides(pages) == before


@pytest.mark.parametrize(
    ("about", "typed"),
    [
        pytest.param("bodies/local-board/rounds/deadline", {"deadline": "30"}, id="a deadline before the opening"),
        pytest.param("bodies/local-board/rhythm/weekdays", {}, id="no weekday"),
        pytest.param("bodies/local-board/rounds/reminders", {"reminders": "ofte"}, id="no numbers"),
    ],
)
async def test_what_check_refuses_is_refused_on_the_page(
    pages: Pages, lead: Browser, about: str, typed: dict[str, str]
) -> None:
    before = await overrides(pages)

    assert await sent(lead, "lokalt", about, typed) == 400
    assert await overrides(pages) == before


async def test_a_channel_is_renamed_one_tab_called_otherwise_and_another_taken_out(pages: Pages, lead: Browser) -> None:
    typed = {**BOARD, "name": "Lokalt styre", "tab_report": "Rapporten", "tab_calendar": ""}

    assert await sent(lead, "lokalt-punkt", f"{CHANNELS}/board", typed) == 303

    tabs = [{"key": "report", "name": "Rapporten"}, {"key": "calendar", "remove": True}]
    said = (await overrides(pages))["places"]["municipality"]["channels"]
    assert said[-1] == {"key": "board", "name": "Lokalt styre", "tabs": tabs}
    place = (await pages.register.programme()).place("horten")
    channel = next(item for item in place.channels if item.key == "board")
    assert (channel.name, [tab.name for tab in channel.tabs]) == ("Lokalt styre", ["Rapporten"])
    assert "Lokalt styre" in (await lead.get(f"{HERE}/malen")).text


async def test_a_channel_is_left_out_and_taken_in_again(pages: Pages, lead: Browser) -> None:
    before = await overrides(pages)

    assert await sent(lead, "lokalt-punkt", f"{CHANNELS}/network", {"name": "Nettverk"}) == 303
    place = (await pages.register.programme()).place("horten")
    assert "network" not in {item.key for item in place.channels}
    assert "Er ikke med" in (await lead.get(f"{HERE}/malen")).text

    assert await sent(lead, "punkt-som-malen", f"{CHANNELS}/network", {}) == 303
    assert await overrides(pages) == before


async def test_a_form_sent_as_it_was_says_nothing(pages: Pages, lead: Browser) -> None:
    before = await overrides(pages)

    assert await sent(lead, "lokalt-punkt", f"{CHANNELS}/board", {**BOARD, **BOARD_TABS}) == 303

    assert await overrides(pages) == before


async def test_a_channel_and_an_item_of_its_own_come_and_go(pages: Pages, lead: Browser) -> None:
    before = await overrides(pages)

    assert await sent(lead, "lokalt-nytt", CHANNELS, {"name": "Foreldre og skole"}) == 303
    assert await sent(lead, "lokalt-nytt", AGENDA, {"title": "Budsjett", "minutes": "15", "order": "65"}) == 303
    programme = await pages.register.programme()
    assert "Foreldre og skole" in {item.name for item in programme.place("horten").channels}
    (added,) = [item for item in programme.local_board("horten").agenda if item.title == "Budsjett"]
    assert (added.minutes, added.order) == (15, 65)

    assert (
        await sent(lead, "lokalt-punkt", f"{AGENDA}/budsjett", {"included": "1", "title": "Økonomi", "order": "65"})
        == 303
    )
    assert "Økonomi" in {item.title for item in (await pages.register.programme()).local_board("horten").agenda}

    assert await sent(lead, "punkt-som-malen", f"{CHANNELS}/foreldre-og-skole", {}) == 303
    assert await sent(lead, "lokalt-punkt", f"{AGENDA}/budsjett", {"title": "Økonomi", "order": "65"}) == 303
    assert await overrides(pages) == before


@pytest.mark.parametrize(
    "address",
    [
        "lokalt-nytt?av=places/municipality/lists",
        "lokalt-nytt?av=places/umbrella/channels",
        "lokalt-punkt?av=places/municipality/channels/ingen",
        "punkt-som-malen?av=places/municipality/channels/board",
    ],
)
async def test_what_is_not_there_to_be_said_is_not_found(lead: Browser, address: str) -> None:
    assert (await lead.get(f"{HERE}/rediger/{address}")).status_code == 404


async def test_the_template_stands_in_its_own_order_and_says_what_is_open(lead: Browser) -> None:
    page = (await lead.get(f"{HERE}/malen")).text

    assert "aria-sort" not in page
    other_starts = page.partition("Andre klokkeslett ved kollisjon")[2].partition("</tr>")[0]
    assert "ingenting" in other_starts
