"""A person who has a keyboard and no mouse."""

from playwright.async_api import Locator, Page, expect

MOST_STEPS = 60
"""Presses of the Tab key from one end of a page to the other."""


async def reach(page: Page, wanted: Locator) -> None:
    """Step with the Tab key until *wanted* has the focus."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not get to {wanted}")


async def press(page: Page, wanted: Locator) -> None:
    """Step with the Tab key until *wanted* has the focus, and press Enter."""
    await reach(page, wanted)
    await page.keyboard.press("Enter")


async def choose(page: Page, menu: str, entry: str) -> None:
    """Press an entry of a menu, which a phone opens first."""
    await _arrive(page, menu)
    narrow = page.locator("details.menu-narrow", has=page.get_by_role("navigation", name=menu, include_hidden=True))
    if await narrow.is_visible():
        await press(page, narrow.locator("> summary"))
    await press(page, page.get_by_role("navigation", name=menu).get_by_role("link", name=entry, exact=True))


async def choose_within(page: Page, name: str, group: str, entry: str) -> None:
    """Press an entry of a municipality's menu: in its group first where there is room for groups, else at once."""
    menu = f"Sider om {name}"
    await _arrive(page, menu)
    if await page.locator("details.section-narrow").is_hidden():
        await choose(page, menu, group)
    await choose(page, menu, entry)


async def _arrive(page: Page, menu: str) -> None:
    """Wait for the page that was led to, which has *menu*: another one may still stand there."""
    await expect(page.get_by_role("navigation", name=menu, include_hidden=True).first).to_be_attached()
