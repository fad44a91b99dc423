"""Parts of a page that follow work, in a browser: they go on when the service that answers was away."""

from pathlib import Path

from playwright.async_api import Browser, Route, expect

SCRIPT = Path(__file__).parents[2] / "web" / "static" / "live.js"
PAGE = "http://live.example/"
PART = '<p id="part" data-live="/" data-every="2">{words}</p>'


async def test_a_service_that_starts_anew_is_asked_again(browser: Browser) -> None:
    page = await browser.new_page()
    await page.clock.install()
    answers = [(200, PART.format(words="Lages")), (503, "Starter"), (200, '<p id="part">Ferdig</p>')]

    async def answer(route: Route) -> None:
        status, body = answers.pop(0)
        await route.fulfill(status=status, body=body, content_type="text/html")

    await page.route(PAGE, answer)
    await page.goto(PAGE)
    await page.add_script_tag(content=SCRIPT.read_text("utf-8"))
    for _ in answers[:]:
        async with page.expect_response(PAGE):
            await page.clock.run_for(2_000)

    await expect(page.locator("#part")).to_have_text("Ferdig")
    assert answers == []
