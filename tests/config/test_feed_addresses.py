"""The addresses at which a municipality's own calendar may lie."""

import pytest

from config.addresses import is_feed_address


@pytest.mark.parametrize(
    "url",
    [
        "https://kalender.a-dal.example/styret.ics",
        "https://kalender.a-dal.example:8443/styret.ics?key=a@b",
        "https://93.184.215.14/styret.ics",
        "https://[2a00:1450:400f:80a::200e]/styret.ics",
        "https://kalender.blåbær.example/styret.ics",
        pytest.param("http://127.0.0.1:8081/styret.ics", id="beside the sandbox"),
    ],
)
def test_a_public_address_is_taken(url: str) -> None:
    assert is_feed_address(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://kalender.a-dal.example/styret.ics",
            "ftp://a-dal.example/",
            "styret.ics",
            "",
            "https://",
            "https:///x",
        ),
        *("https://leder:passord@a-dal.example/", "https://a-dal.example:port/", "https://[::1", "https://intranett/"),
        *("https://169.254.169.254/", "https://10.0.0.1/", "https://[::1]/", "https://127.0.0.1/", "https://127.1/"),
        *("https://0/", "https://2130706433/", "https://0x7f.0.0.1/", "https://localhost/", "https://[fd00::1]/"),
    ],
)
def test_any_other_is_not(url: str) -> None:
    assert not is_feed_address(url)
