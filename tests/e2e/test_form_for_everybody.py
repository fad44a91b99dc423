"""The form can be used by everybody: no findings of axe, and nothing that needs a mouse."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integration.database.connection import Database
from tests.support.doors import doors, served
from tests.web.test_snapshots import REQUEST, tell
from tests.workflows.status.rounds import GUEST, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.status.plan import request_id

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXAMINE = """async tags => {
    const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], elementRef: false};
    const found = await axe.run(document, options);
    return {passed: found.passes.length, violations: found.violations};
}"""
"""Only what was found leaves the browser: of all that holds, the report is larger than the page."""


class Form:
    """A lead's form, with numbers and a decision of the board on it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url


@pytest.fixture
async def form(database: Database) -> AsyncIterator[Form]:
    world = World(database)
    await tell(world, "nb", "full")
    nowhere = "http://127.0.0.1:9"
    async with AsyncExitStack() as stack:
        app = doors(world, bot_id="1", tenant_id="2", service_url=nowhere, metadata_url=nowhere)
        url = await stack.enter_async_context(served(app))
        yield Form(world, f"{url}/svar/{await world.links.issue('answer', REQUEST, 'guest-lead', DEADLINE + DAY)}")


async def findings(page: Page) -> list[str]:
    """Return axe's findings on the page as it stands."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_read(AXE))
    found: dict[str, Any] = await page.evaluate(EXAMINE, RULES)
    assert found["passed"]
    return [f"{item['id']}: {node['html']}" for item in found["violations"] for node in item["nodes"]]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def test_no_change_is_one_press_that_asks_for_the_numbers_alone(phone: Page, form: Form) -> None:
    world, later = form.world, "a-dal/2027-02-09"
    await world.answer(GUEST, "guest-lead", done="Vi har fått en avtale.")
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)
    request = request_id(later, GUEST)
    await phone.goto(form.url.rpartition("/")[0] + f"/{await world.links.issue('answer', request, 'guest-lead')}")

    await expect(phone.get_by_label("Hva har dere fått til siden sist?")).to_have_value("")
    await expect(phone.get_by_role("checkbox", name="Vi har fått en avtale.")).to_be_visible()
    await phone.get_by_role("button", name="Ingen endring siden sist").click()
    await expect(phone.get_by_role("textbox")).to_have_count(1)
    assert await findings(phone) == []
    await phone.get_by_label("Praksisplasser").fill("14")
    await phone.get_by_role("button", name="Send status").click()

    await expect(phone.get_by_role("heading", name="Takk! Statusen er lagret")).to_be_visible()
    content = (await world.store.newest_answers([request]))[request].content
    assert (content.done, content.indicators) == ("Vi har fått en avtale.", {"plasser": 14})


async def test_who_is_interrupted_goes_on_later_where_they_stopped(phone: Page, form: Form) -> None:
    done = phone.get_by_label("Hva har dere fått til siden sist?")
    await phone.goto(form.url)
    await done.fill("Vi har fått en avtale med")
    await phone.get_by_role("button", name="Lagre kladd").click()
    await expect(phone.get_by_role("status")).to_have_text("Kladden er lagret. Den er ikke sendt ennå.")
    assert await findings(phone) == []

    await phone.goto("about:blank")
    await phone.goto(form.url)

    await expect(phone.get_by_text("Dette er kladden din.")).to_be_visible()
    await expect(done).to_have_value("Vi har fått en avtale med")
    assert not (await form.world.store.newest_answers([REQUEST]))


async def test_what_somebody_answered_meanwhile_is_shown_and_a_second_press_counts(phone: Page, form: Form) -> None:
    done, send = (
        phone.get_by_label("Hva har dere fått til siden sist?"),
        phone.get_by_role("button", name="Send status"),
    )
    await phone.goto(form.url)
    await phone.get_by_label("Står fast").check()
    await done.fill("Mitt svar")
    await form.world.answer(GUEST, "lead", done="På vegne", question="Kan vi få penger?")

    await send.click()

    await expect(phone.get_by_role("alert")).to_contain_text("Rolle lead har svart i mellomtiden: «Som planlagt».")
    await expect(phone.get_by_role("alert")).to_be_focused()
    await expect(phone.get_by_role("definition").filter(has_text="På vegne")).to_be_visible()
    await expect(done).to_have_value("Mitt svar")
    assert await findings(phone) == []
    assert (await form.world.store.newest_answers([REQUEST]))[REQUEST].by == "lead"

    await send.click()

    await expect(phone.get_by_role("heading", name="Takk! Statusen er lagret")).to_be_visible()
    assert (await form.world.store.newest_answers([REQUEST]))[REQUEST].content.done == "Mitt svar"


async def test_what_is_sent_too_late_can_be_copied(phone: Page, form: Form) -> None:
    await phone.goto(form.url)
    await phone.get_by_label("Hva har dere fått til siden sist?").fill("Fem minutter for sent")
    form.world.clock.time = DEADLINE

    await phone.get_by_role("button", name="Send status").click()

    await expect(phone.get_by_role("heading", name="Dette rakk ikke fram")).to_be_visible()
    await expect(phone.get_by_role("definition").filter(has_text="Fem minutter for sent")).to_be_visible()
    assert await findings(phone) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page_of_the_form(browser: Browser, form: Form, theme: Any) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
    send = page.get_by_role("button", name="Send status")
    await page.goto(form.url)
    found = {"open": await findings(page)}
    await page.get_by_label("Praksisplasser").fill("mange")
    await page.get_by_label("Hva har dere fått til siden sist?").fill("Ring 41234567")
    await send.click()
    found["wrong"] = await findings(page)
    await page.get_by_label("Praksisplasser").fill("12")
    await page.get_by_role("link", name="Er det greit at teksten lagres?").click()
    await page.get_by_label("Jeg har sett over teksten").check()
    await page.get_by_label("Står fast").check()
    await send.click()
    await expect(page.get_by_role("heading", name="Takk! Statusen er lagret")).to_be_visible()
    found["receipt"] = await findings(page)
    form.world.clock.time = DEADLINE
    await page.goto(form.url)
    found["over"] = await findings(page)

    assert {where: items for where, items in found.items() if items} == {}


async def test_the_form_is_answered_with_the_keyboard_alone(phone: Page, form: Form) -> None:
    await phone.goto(form.url)
    press = phone.keyboard.press

    async def go_to(what: str) -> None:
        """Tab until the thing with that name, or with that id, has the focus."""
        for _ in range(40):
            await press("Tab")
            name, seen = await phone.evaluate(
                """() => {
                    const it = document.activeElement;
                    const box = it.getBoundingClientRect();
                    // Around a radio button it is the field that is outlined; a skip link that shows is its own mark.
                    const marked = [it, it.closest(".ds-field")].some(
                        (each) => each && getComputedStyle(each).outlineStyle !== "none"
                    ) || it.matches(".ds-skip-link");
                    return [it.id || it.textContent.trim(), box.bottom > 0 && box.top < innerHeight && marked];
                }"""
            )
            assert seen, f"the focus on {name!r} cannot be seen"
            if what in name:
                return
        raise AssertionError(f"{what!r} cannot be reached")

    await go_to("Hopp til hovedinnholdet")
    await go_to("Send status")
    await press("Enter")
    # What is wrong has the focus, and leads to where it is.
    await expect(phone.get_by_role("alert")).to_be_focused()
    await go_to("Velg hvordan arbeidet går.")
    await press("Enter")
    await go_to("light-green")
    await press("Space")
    await press("ArrowDown")
    await go_to("done")
    await phone.keyboard.type("Vi har fått en avtale.")
    await go_to("indicator:plasser")
    await phone.keyboard.type("13")
    await go_to("Send status")
    await press("Enter")

    await expect(phone.get_by_role("heading", name="Takk! Statusen er lagret")).to_be_visible()
    content = (await form.world.store.newest_answers([REQUEST]))[REQUEST].content
    assert (content.light, content.done, content.indicators) == ("yellow", "Vi har fått en avtale.", {"plasser": 13})
