"""Somebody answers a card on the sandbox's page as they would in Teams."""

from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Page, expect

from tests.sandbox.connector.test_connector import LEADER, chat_with
from tests.sandbox.people.test_people import ADAPTIVE, FORM, RECEIPT
from tests.support.bot import card_message, listening_bot
from tests.support.sandbox import running_sandbox


async def test_a_card_is_filled_in_sent_and_replaced(phone: Page, seed: Path) -> None:
    async with running_sandbox(seed=seed) as sandbox, listening_bot(sandbox) as bot:
        bot.reply = {"statusCode": 200, "type": ADAPTIVE, "value": RECEIPT}
        chat = await chat_with(bot)
        await bot.call("POST", f"conversations/{chat}/activities", card_message(FORM))
        await phone.goto(f"{sandbox.url}/people/{quote(LEADER)}")
        send = phone.get_by_role("button", name="Send", exact=True).first

        await send.click()
        await expect(phone.get_by_text("Skriv hva som er gjort.")).to_be_visible()
        assert not bot.of_type("invoke")

        await phone.get_by_label("Gjort").fill("To møter")
        await phone.get_by_label("Grønt").check()
        await send.click()

        await expect(phone.get_by_text("Takk", exact=True)).to_be_visible()
        await expect(phone.get_by_label("Gjort")).to_have_count(0)
        data = bot.of_type("invoke")[0]["value"]["action"]["data"]
        assert (data["request"], data["done"], data["light"]) == ("r1", "To møter", "green")

        await phone.reload()
        await expect(phone.get_by_text("Only this person sees this card now.")).to_be_visible()
        assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
