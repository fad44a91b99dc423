"""The local lead of the demo who finds a mistake in a report that is out, and has it corrected on its page."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import httpx

from config.programme import Programme
from config.values import Role
from demo.people import TRIES, Cast, Correction
from demo.stage import StageError

HIDDEN = re.compile(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)">')
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
            async with httpx.AsyncClient(timeout=httpx.Timeout(60), trust_env=False) as client:
                browser = SignedIn(self._cast, client, self._service_url)
                text = f"{page}/tekst?{urlencode({'mote': day, 'pakke': correction.package})}"
                await browser.sign_in(lead.email, text)
                await browser.replace_sentence(text, correction)
                if await browser.order(f"{page}?{urlencode({'mote': day})}", correction.reason):
                    self._left = None
                    return True
        raise StageError(f"the report of {board} on {day} was not corrected")


class SignedIn:
    """The browser of somebody who signs in to the service. *client* keeps its cookies."""

    def __init__(self, cast: Cast, client: httpx.AsyncClient, service_url: str) -> None:
        self._cast = cast
        self._client = client
        self._service_url = service_url

    async def sign_in(self, email: str, to: str) -> None:
        """Pick the person where the sandbox asks for it. Raises StageError when that does not lead to the page *to*."""
        choice = await self._get(f"/logg-inn/entra?{urlencode({'til': to})}")
        page = await self._cast.ask("GET", str(choice.url.copy_merge_params({"as": email})), by=self._client)
        if page.status_code != HTTPStatus.OK or not str(page.url).endswith(to):
            raise StageError(f"{email} signed in and came to {page.status_code} {page.url}")

    async def replace_sentence(self, page: str, correction: Correction) -> None:
        """Have the corrected words stand in a package's text. Raises StageError when the mistake is not in it."""
        found = await self._get(page)
        sentences = {name: unescape(words).strip() for name, words in SENTENCE.findall(found.text)}
        wrong = [name for name, words in sentences.items() if words == correction.sentence]
        if wrong:
            await self._send(found, page, {**sentences, **dict.fromkeys(wrong, correction.text)})
        elif correction.text not in sentences.values():
            raise StageError(f"the report does not say: {correction.sentence}")

    async def order(self, page: str, reason: str) -> bool:
        """Order the corrected version, and return True when the page says so."""
        after = await self._send(await self._get(page), page, {"do": "correct", "reason": reason})
        return after.status_code == HTTPStatus.OK and "gjort=correct" in str(after.url)

    async def _get(self, page: str) -> httpx.Response:
        return await self._cast.ask("GET", f"{self._service_url}{page}", by=self._client)

    async def _send(self, page: httpx.Response, to: str, fields: Mapping[str, str]) -> httpx.Response:
        """Send a form of *page* as the browser does, and return the page after it."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self._service_url))
        data = {**dict(HIDDEN.findall(page.text)), **fields}
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return await self._cast.ask("POST", f"{self._service_url}{to}", by=self._client, data=data, headers=headers)
