"""An issuer's keys: fetched beside everything else, once for all who wait, and not again at once."""

import asyncio

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from integration.signing_keys import FRESH_FOR, HOLDS_FOR, LONG_PAUSE, PAUSE, SigningKeys
from workflows.errors import Transient

KEY = RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key(), as_dict=True)
METADATA = "https://login.example/v1/.well-known/openidconfiguration"


def holding(*ids: str) -> httpx.Response:
    return httpx.Response(200, json={"keys": [{**KEY, "kid": key_id, "use": "sig"} for key_id in ids]})


class Issuer:
    """Answers with each of *answers* in turn, the last one for ever, once `open` is set."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers: list[httpx.Response | Exception] = list(answers)
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.time = 0.0
        self.keys = SigningKeys(METADATA, now=lambda: self.time, transport=httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        await self.open.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_keys_lie_beside_the_configuration_and_are_fetched_once() -> None:
    issuer = Issuer(holding("k1", "k2"))

    found = [await issuer.keys.find(key_id) for key_id in ("k1", "k2", "k1")]

    assert [key.key_id for key in found if key] == ["k1", "k2", "k1"]
    assert issuer.asked == ["https://login.example/v1/.well-known/keys"]


async def test_a_slow_issuer_holds_nobody_up_but_those_who_wait_for_its_keys() -> None:
    issuer = Issuer(holding("k1"))
    await issuer.keys.find("k1")
    issuer.open.clear()
    issuer.time = PAUSE

    waiting = [asyncio.create_task(issuer.keys.find(f"forged-{number}")) for number in range(3)]
    await asyncio.sleep(0)
    known = await issuer.keys.find("k1")
    issuer.open.set()

    assert known is not None
    assert await asyncio.gather(*waiting) == [None, None, None]
    assert len(issuer.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.ConnectError("away"), id="away"),
        pytest.param(httpx.ReadTimeout("silent"), id="silent"),
        pytest.param(httpx.Response(503), id="out of order"),
        pytest.param(httpx.Response(302, headers={"Location": "https://elsewhere.example/keys"}), id="led elsewhere"),
        pytest.param(httpx.Response(200, html="<h1>Sign in to the network</h1>"), id="a page"),
        pytest.param(httpx.Response(200, json=["keys"]), id="no object"),
        pytest.param(httpx.Response(200, json={"keys": []}), id="no keys"),
        pytest.param(httpx.Response(200, json={"keys": ["k1"]}), id="keys that are none"),
    ],
)
async def test_a_look_that_failed_is_not_repeated_at_once(answer: httpx.Response | Exception) -> None:
    issuer = Issuer(answer, holding("k1"))

    for _ in range(3):
        with pytest.raises(Transient):
            await issuer.keys.find("k1")
    assert len(issuer.asked) == 1

    issuer.time = PAUSE
    assert await issuer.keys.find("k1") is not None
    assert {httpx.URL(url).host for url in issuer.asked} == {"login.example"}


async def test_a_key_that_never_was_is_looked_for_once_in_a_while() -> None:
    issuer = Issuer(holding("k1"))
    await issuer.keys.find("k1")

    for issuer.time in (1.0, PAUSE - 1, PAUSE, PAUSE + 1):
        assert await issuer.keys.find("forged") is None

    assert len(issuer.asked) == 2


async def test_a_new_key_is_found_after_the_pause() -> None:
    issuer = Issuer(holding("k1"), holding("k1", "k2"))
    await issuer.keys.find("k1")
    issuer.time = PAUSE

    assert await issuer.keys.find("k2") is not None


async def test_keys_hold_a_day_while_the_issuer_does_not_answer() -> None:
    issuer = Issuer(holding("k1"), httpx.ConnectError("away"))
    await issuer.keys.find("k1")

    for issuer.time in (FRESH_FOR, FRESH_FOR + PAUSE, FRESH_FOR + LONG_PAUSE - 1):
        assert await issuer.keys.find("k1") is not None
    assert len(issuer.asked) == 2
    issuer.time = HOLDS_FOR
    with pytest.raises(Transient):
        await issuer.keys.find("k1")


async def test_a_key_that_was_withdrawn_is_gone_at_the_next_look() -> None:
    issuer = Issuer(holding("k1"), holding("k2"))
    await issuer.keys.find("k1")
    issuer.time = FRESH_FOR

    assert await issuer.keys.find("k1") is None
