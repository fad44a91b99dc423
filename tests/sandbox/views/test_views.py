"""The sandbox's pages: they say what they are, show what is there, and never run what others wrote."""

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import pytest

from sandbox.views.render import embedded
from tests.sandbox.connector.test_connector import LEADER, chat_with, general
from tests.sandbox.open_site import let_in
from tests.sandbox.walk import make_team
from tests.support.bot import FakeBot, card_message, listening_bot
from tests.support.sandbox import RunningSandbox

EVIL = "</script><script>alert(1)</script>"
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": EVIL}]}


class Outline(HTMLParser):
    """The headings of a page, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if (named.get("href") or "").startswith("#"):
            self.targets.append(str(named["href"])[1:])


@pytest.fixture
async def bot(sandbox: RunningSandbox) -> AsyncIterator[FakeBot]:
    async with listening_bot(sandbox) as listening:
        yield listening


async def get(sandbox: RunningSandbox, path: str) -> httpx.Response:
    return await sandbox.client.get(sandbox.url + path)


async def furnished(bot: FakeBot) -> dict[str, str]:
    """A team with a post and a site with a file, list and page; a person with a card, mail and a meeting."""
    sandbox = bot.sandbox
    team = await make_team(sandbox)
    await bot.start_thread(await general(sandbox, team), card_message(CARD))
    chat = await chat_with(bot)
    await bot.call("POST", f"conversations/{chat}/activities", card_message(CARD, EVIL))
    organizer = sandbox.env["VAREUNGE_ORGANIZER"]
    event = {
        "subject": "Styremøte",
        "start": {"dateTime": "2026-09-08T09:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": "2026-09-08T11:00:00", "timeZone": "W. Europe Standard Time"},
        "attendees": [{"emailAddress": {"address": LEADER}, "type": "required"}],
    }
    assert (await sandbox.graph("POST", f"/users/{organizer}/events", event, app="hands")).status_code == 201
    site = (await sandbox.graph("GET", f"/groups/{team}/sites/root")).json()["id"]
    await let_in(sandbox, site, "manage")
    drive = (await sandbox.graph("GET", f"/sites/{site}/drive", app="hands")).json()["id"]
    path = f"/drives/{drive}/root:/Mappe/Rapport.txt:/content"
    headers = {"Content-Type": "text/plain"}
    assert (await sandbox.graph("PUT", path, app="hands", content=b"Hei", headers=headers)).is_success
    body = {"displayName": "Frister", "list": {"template": "genericList"}, "columns": [{"name": "Sted", "text": {}}]}
    made = (await sandbox.graph("POST", f"/sites/{site}/lists", body, app="hands")).json()
    item = {"fields": {"Title": EVIL, "Sted": "Å-dal"}}
    assert (await sandbox.graph("POST", f"/sites/{site}/lists/{made['id']}/items", item, app="hands")).is_success
    return {"overview": "/", "team": f"/teams/{team}", "person": f"/people/{LEADER}", "site": f"/sites/{quote(site)}"}


async def test_every_page_says_what_it_is_and_can_be_walked(bot: FakeBot) -> None:
    for path in [*(await furnished(bot)).values(), "/people/nobody"]:
        answer = await get(bot.sandbox, path)
        outline = Outline(answer.text)

        assert "not Microsoft 365" in answer.text.partition("<main")[0]
        assert re.search(r"<title>\S.* – Sandbox, not Microsoft 365</title>", answer.text)
        assert '<html lang="en">' in answer.text
        assert outline.levels[0] == 1
        assert outline.levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
        assert len(outline.ids) == len(set(outline.ids))
        assert set(outline.targets) <= set(outline.ids)
        assert "alert(1)</script>" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_the_pages_show_what_is_there(bot: FakeBot) -> None:
    paths = await furnished(bot)
    shown = {name: (await get(bot.sandbox, path)).text for name, path in paths.items()}

    assert all(text in shown["overview"] for text in ("Våre unge Å-dal", "General", LEADER, "hands"))
    assert all(text in shown["team"] for text in ("General", 'class="card"', "Leder"))
    assert all(text in shown["person"] for text in ("Styremøte", "Tue 8 Sep 2026 09:00", "Chat with the app", "Accept"))
    assert all(text in shown["site"] for text in ("Mappe/", "Rapport.txt", "Frister", "Å-dal", "hands: manage"))


async def test_a_file_is_downloaded(bot: FakeBot) -> None:
    path = (await furnished(bot))["site"]

    answer = await get(bot.sandbox, f"{path}/files/Mappe/Rapport.txt")

    assert answer.content == b"Hei"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await get(bot.sandbox, f"{path}/files/Mappe")).status_code == 404


async def test_an_invitation_is_answered_without_script(bot: FakeBot) -> None:
    path = (await furnished(bot))["person"]
    (event,) = await bot.sandbox.control("GET", f"people/{LEADER}/calendar")

    answer = await bot.sandbox.client.post(
        f"{bot.sandbox.url}{path}/respond", data={"event": event["id"], "response": "accepted"}
    )

    assert answer.status_code == 303
    assert (await bot.sandbox.control("GET", f"people/{LEADER}/calendar"))[0]["response"] == "accepted"


async def test_a_person_writes_and_blocks_without_script(bot: FakeBot) -> None:
    path = (await furnished(bot))["person"]

    await bot.sandbox.client.post(f"{bot.sandbox.url}{path}/say", data={"text": "Hei på deg"})
    await bot.sandbox.client.post(f"{bot.sandbox.url}{path}/block", data={"blocked": "yes"})

    page = (await get(bot.sandbox, path)).text
    assert bot.of_type("message")[0]["text"] == "Hei på deg"
    assert "Hei på deg" in page
    assert "Unblock the app" in page


async def test_the_clock_is_advanced_by_a_button(sandbox: RunningSandbox) -> None:
    await sandbox.control("POST", "clock", {"now": "2026-09-01T06:00:00Z"})

    answer = await sandbox.client.post(f"{sandbox.url}/advance", data={"step": "1 day"})

    assert answer.headers["location"] == "/#clock"
    assert (await sandbox.control("GET", "clock"))["now"] == "2026-09-02T06:00:00Z"
    assert (await sandbox.client.post(f"{sandbox.url}/advance", data={"step": "x"})).status_code == 400


@pytest.mark.parametrize("path", ["/teams/x", "/people/x@y.example", "/sites/x", "/sites/x/files/y"])
async def test_what_is_not_there_is_not_found(sandbox: RunningSandbox, path: str) -> None:
    assert (await get(sandbox, path)).status_code == 404


async def test_own_script_and_style_are_served(sandbox: RunningSandbox) -> None:
    for path in ("/static/cards.js", "/static/sandbox.css"):
        assert (await get(sandbox, path)).status_code == 200


def test_nothing_in_a_card_ends_its_element() -> None:
    text = str(embedded({"text": EVIL, "other": "<!-- & -->"}))

    assert not set("<>&") & set(text)
    assert json.loads(text)["text"] == EVIL
