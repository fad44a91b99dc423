"""A sign-in under way: kept by the browser, signed, and for a while."""

import pytest
from fastapi import Request
from itsdangerous import URLSafeTimedSerializer

from web.access import kept
from web.access.kept import LIFE, Keeper


async def secret() -> str:
    return "secret"


def request(cookie: str, value: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{cookie}={value}".encode())]})


@pytest.mark.parametrize(
    ("is_secure", "cookie", "ending"),
    [(True, "__Secure-vareunge-inn", "; Secure"), (False, "vareunge-inn", "SameSite=Lax")],
)
async def test_what_is_kept_comes_back(is_secure: bool, cookie: str, ending: str) -> None:
    keeper = Keeper(secret, is_secure=is_secure)

    header = await keeper.header({"til": "/fylket"})

    name, _, rest = header.partition("=")
    assert name == cookie
    assert f"; Path=/logg-inn; Max-Age={LIFE}; HttpOnly; SameSite=Lax" in rest
    assert rest.endswith(ending)
    assert await keeper.read(request(name, rest.partition(";")[0])) == {"til": "/fylket"}


async def test_nothing_kept_takes_the_cookie_back() -> None:
    assert "vareunge-inn=; Path=/logg-inn; Max-Age=0" in await Keeper(secret, is_secure=False).header({})


@pytest.mark.parametrize(
    "value",
    ["", "forged", URLSafeTimedSerializer("another", salt="sign-in").dumps({"til": "/"})],
    # The last one carries the time, and names of tests must be the same in each process that collects them.
    ids=["empty", "forged", "another key"],
)
async def test_what_we_did_not_sign_is_nothing(value: str) -> None:
    assert await Keeper(secret, is_secure=False).read(request("vareunge-inn", value)) == {}


async def test_what_we_signed_for_something_else_is_nothing() -> None:
    words = URLSafeTimedSerializer("secret", salt="sign-in").dumps(["no", "object"])

    assert await Keeper(secret, is_secure=False).read(request("vareunge-inn", words)) == {}


async def test_what_is_too_old_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(secret, is_secure=False)
    word = (await keeper.header({"til": "/"})).partition("=")[2].partition(";")[0]
    monkeypatch.setattr(kept, "LIFE", -1)

    assert await keeper.read(request("vareunge-inn", word)) == {}
