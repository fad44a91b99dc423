"""The leads of the demo who go through a draft before it goes out: a view of the question, and an assessment."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from http import HTTPStatus

from config.programme import Programme
from config.values import Role
from demo.people import Cast, Story
from demo.signed_in import SignedIn, browser_of
from demo.stage import StageError

DRAFT = "draft"
QUESTION = re.compile(r'<li id="sporsmal-([^"]+)">(.*?)</form>', re.DOTALL)
"""A question that waits, up to the end of its first form: the one for a view."""
VERSION = re.compile(r'name="act" value="view">\s*<input type="hidden" name="version" value="(\d+)"')


class Assessors:
    """
    The local leads and the county lead, each once, at the first draft of their board's report.

    *on*: the day on which they hold their roles.
    """

    def __init__(self, service_url: str, cast: Cast, programme: Programme, story: Story, *, on: datetime) -> None:
        self._service_url = service_url
        self._cast = cast
        self._programme = programme
        self._story = story
        self._on = programme.today(on)
        # By the body whose draft it is: the municipality, empty for the county, and the words for the board.
        self._left = {programme.local_board(slug).key: (slug, words) for slug, words in story.assessments.items()}
        if story.summing_up and (owner := programme.find_owner_board()) is not None:
            self._left[owner.key] = ("", story.summing_up)

    async def go_through(self, reports: Mapping[str, str]) -> int:
        """Return how many drafts were gone through now. *reports*: meeting → state of its newest report."""
        drafts = {key.partition("/")[0] for key, state in reports.items() if state == DRAFT}
        due = [body for body in self._left if body in drafts]
        for body in due:
            municipality, words = self._left.pop(body)
            await self._assess(municipality, words)
        return len(due)

    async def _assess(self, municipality: str, words: str) -> None:
        role = Role.LOCAL_LEAD if municipality else Role.COUNTY_LEAD
        lead = self._programme.holders(role, on=self._on, municipality=municipality or None)[0]
        questions = f"/kommune/{municipality}/sporsmal" if municipality else "/fylket/sporsmal"
        async with browser_of(self._cast, self._service_url, lead.email, questions) as browser:
            await self._view(browser, questions, county=not municipality)
            page = f"/kommune/{municipality}/rapport" if municipality else "/fylket/sammendrag"
            fields = {"do": "assess", "assessment": words} if municipality else {"summing_up": words}
            sent = await browser.send(await browser.get(page), page, fields)
            # The page shows the words where they were stored, now or by an attempt whose answer was lost.
            if sent.status_code != HTTPStatus.OK or words not in unescape(sent.text):
                raise StageError(f"{page} was answered with {sent.status_code}: {sent.text}")

    async def _view(self, browser: SignedIn, page: str, *, county: bool) -> None:
        """Write the lead's view of each question that waits there and that the story has one for."""
        shown = await browser.get(page)
        asked = [part for part in self._story.packages.values() if part.question]
        for question, text in QUESTION.findall(shown.text):
            part = next((item for item in asked if item.question in unescape(text)), None)
            words = (part.county_view if county else part.view) if part else ""
            version = VERSION.search(text)
            if words and version is not None and words not in unescape(text):
                fields = {"act": "view", "version": version[1], "words": words}
                await browser.send(shown, f"{page}/{question}", fields)
