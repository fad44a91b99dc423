"""Somebody of the demo signs in and asks for pages while what answers them is killed and started anew."""

from typing import Any

import httpx
import pytest

from config.loading import load_programme
from demo.people import TRIES, Cast, load_story
from demo.run import STORY
from demo.signed_in import SignedIn
from demo.stage import StageError

SERVICE, PROVIDER = "http://127.0.0.1:8000", "http://127.0.0.1:9000/authorize"


class Stage:
    """A stage whose service is killed: *lost* is how often the answer of an address does not arrive."""

    def __init__(self, *, closed: bool = False, **lost: int) -> None:
        self.asked: list[str] = []
        self._closed = closed
        self._lost = lost
        self._codes = 0
        self._good: set[str] = set()

    async def service_answers(self) -> None:
        """Nobody waits: it is back at once."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as service and provider; a code that the provider gave is good for once."""
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        answer = self._answers(name, request)
        if self._lost.get(name, 0):
            self._lost[name] -= 1
            raise httpx.ReadError("connection reset", request=request)
        return answer

    def _answers(self, name: str, request: httpx.Request) -> httpx.Response:
        if name == "entra":
            return httpx.Response(303, headers={"Location": PROVIDER, "Set-Cookie": "under-way=1; Path=/"})
        if name == "authorize" and "as" not in request.url.params:
            return httpx.Response(200)
        if name == "authorize":
            self._codes += 1
            self._good.add(str(self._codes))
            return httpx.Response(303, headers={"Location": f"{SERVICE}/logg-inn/entra/retur?code={self._codes}"})
        if name == "retur":
            is_good = request.url.params["code"] in self._good and "under-way" in request.headers.get("Cookie", "")
            self._good.clear()
            if self._closed or not is_good:
                return httpx.Response(400)
            gone = ("Set-Cookie", "under-way=; Path=/; Max-Age=0")
            return httpx.Response(303, headers=[("Location", f"{SERVICE}/fylket"), gone])
        return httpx.Response(200)


async def signed_in(stage: Stage) -> None:
    played: Any = stage
    story = load_story(STORY)
    cast = Cast(played, load_programme(story.programme), story, on=story.starts)
    async with httpx.AsyncClient(transport=httpx.MockTransport(stage.answer)) as client:
        browser = SignedIn(cast, client, SERVICE)
        await browser.sign_in("lead@county.example", "/fylket")


async def test_a_page_that_did_not_come_is_asked_for_again_and_not_the_one_that_led_to_it() -> None:
    stage = Stage(fylket=1)
    await signed_in(stage)
    assert stage.asked == ["entra", "authorize", "authorize", "retur", "fylket", "fylket"]


async def test_whose_proof_was_taken_and_its_answer_lost_signs_in_anew() -> None:
    stage = Stage(retur=1)
    await signed_in(stage)
    assert stage.asked[-5:] == ["entra", "authorize", "authorize", "retur", "fylket"]


async def test_whoever_is_let_in_nowhere_gives_up() -> None:
    stage = Stage(closed=True)
    with pytest.raises(StageError, match="came to 400"):
        await signed_in(stage)
    assert stage.asked.count("entra") == TRIES
