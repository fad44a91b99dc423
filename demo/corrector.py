"""The local lead of the demo who finds a mistake in a report that is out, and has it corrected on its page."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from http import HTTPStatus
from urllib.parse import urlencode

from config.programme import Programme
from config.values import Role
from demo.people import TRIES, Cast, Correction
from demo.signed_in import SignedIn, browser_of
from demo.stage import StageError

SENTENCE = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>')
RELEASED = ("released", "published")


class Corrector:
    """Corrects the report that the story names, once, as soon as its board has got it."""

    def __init__(
        self, service_url: str, cast: Cast, programme: Programme, correction: Correction | None, *, on: datetime
    ) -> None:
        self._service_url = service_url
        self._cast = cast
        self._programme = programme
        self._on = programme.today(on)
        self._left = correction

    async def correct(self, reports: Mapping[str, str]) -> bool:
        """Return True when the report was corrected now. *reports*: meeting → state of its newest report."""
        if (correction := self._left) is None:
            return False
        municipality = self._programme.work_package(correction.package).municipality
        board = self._programme.local_board(municipality).key
        out = [key for key, state in reports.items() if key.startswith(f"{board}/") and state in RELEASED]
        if not out:
            return False
        lead = self._programme.holders(Role.LOCAL_LEAD, on=self._on, municipality=municipality)[0]
        page, day = f"/kommune/{municipality}/rapport", min(out).rpartition("/")[2]
        for _ in range(TRIES):
            # An answer that was lost on its way leaves nothing to be done twice: each attempt looks first.
            text = f"{page}/tekst?{urlencode({'mote': day, 'pakke': correction.package})}"
            async with browser_of(self._cast, self._service_url, lead.email, text) as browser:
                await _replace_sentence(browser, text, correction)
                if await _order(browser, f"{page}?{urlencode({'mote': day})}", correction.reason):
                    self._left = None
                    return True
        raise StageError(f"the report of {board} on {day} was not corrected")


async def _replace_sentence(browser: SignedIn, page: str, correction: Correction) -> None:
    """Have the corrected words stand in a package's text. Raises StageError when the mistake is not in it."""
    found = await browser.get(page)
    sentences = {name: unescape(words).strip() for name, words in SENTENCE.findall(found.text)}
    wrong = [name for name, words in sentences.items() if words == correction.sentence]
    if wrong:
        await browser.send(found, page, {**sentences, **dict.fromkeys(wrong, correction.text)})
    elif correction.text not in sentences.values():
        raise StageError(f"the report does not say: {correction.sentence}")


async def _order(browser: SignedIn, page: str, reason: str) -> bool:
    """Order the corrected version, and return True when the page says so."""
    after = await browser.send(await browser.get(page), page, {"do": "correct", "reason": reason})
    return after.status_code == HTTPStatus.OK and "gjort=correct" in str(after.url)
