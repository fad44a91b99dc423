"""Calendars fetched from addresses that others entered."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration.external_calendar import fetching
from integration.external_calendar.fetching import MOST_BYTES, MOST_REDIRECTS, Address, FeedClient, is_public
from integration.their_calendar import ExternalCalendars
from tests.clocks import StillClock
from tests.integration.external_calendar.files import FIRST, LAST, OSLO, calendar
from workflows.errors import NotFound, Refused, Transient
from workflows.ports.external_calendar import UnreadableCalendar

NAME, OTHER = "a-dal.example", "kalender.example"
URL = f"https://{NAME}/styret.ics"
PUBLIC, SECOND = "93.184.215.14", "93.184.215.15"
AT_PUBLIC, AT_SECOND = f"https://{PUBLIC}/styret.ics", f"https://{SECOND}/styret.ics"
CALENDAR = calendar("DTSTART:20270309T080000Z")
NOT_PUBLIC = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"),
]


class Names:
    """A directory of names. *asked*: the ones that were looked up."""

    def __init__(self, addresses: dict[str, Sequence[str]] | None = None) -> None:
        self.addresses = {NAME: (PUBLIC,), OTHER: (SECOND,), **(addresses or {})}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        return [ip_address(address) for address in self.addresses.get(host, (host,))]


def client(names: Names | None = None, *, local: bool = False) -> FeedClient:
    return FeedClient(user_agent="vaare-unge-365", resolve=names or Names(), local=local)


async def why_refused(fetcher: FeedClient, url: str = URL) -> str:
    with pytest.raises(UnreadableCalendar) as refused:
        await fetcher.fetch(url)
    return refused.value.why


# ------------------------------------------------------------------------------------------------------------- asking


async def test_a_calendar_is_asked_for_where_its_name_led_under_that_name(
    respx_mock: respx.MockRouter,
) -> None:
    route = respx_mock.get(AT_PUBLIC).respond(content=CALENDAR)

    assert await FeedClient(user_agent="Kalenderleser/2", resolve=Names()).fetch(URL) == CALENDAR

    request = route.calls.last.request
    assert (request.headers["Host"], request.extensions["sni_hostname"]) == (NAME, NAME)
    assert (request.headers["User-Agent"], request.headers["Accept-Encoding"]) == ("Kalenderleser/2", "identity")


async def test_what_was_fetched_is_read(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).respond(content=CALENDAR)
    feeds = ExternalCalendars(client(), StillClock(datetime(2026, 8, 20, tzinfo=UTC)))

    reading = await feeds.read(URL, OSLO, first=FIRST, last=LAST)

    assert [item.uid for item in reading.dates] == ["a"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(httpx.Response(404), NotFound, id="gone"),
        pytest.param(httpx.Response(403), Refused, id="closed"),
        pytest.param(httpx.Response(418), UnreadableCalendar, id="something else"),
        pytest.param(httpx.Response(503), Transient, id="down"),
        pytest.param(httpx.Response(429), Transient, id="too busy"),
        pytest.param(httpx.ConnectError("no"), Transient, id="not there"),
        pytest.param(httpx.ReadError("cut"), Transient, id="cut"),
    ],
)
async def test_what_goes_wrong_says_whether_another_try_helps(
    answer: httpx.Response | Exception, error: type[Exception], respx_mock: respx.MockRouter
) -> None:
    respx_mock.get(AT_PUBLIC).mock(side_effect=[answer])

    with pytest.raises(error):
        await client().fetch(URL)


async def test_a_name_that_does_not_exist_is_no_answer() -> None:
    async def unknown(host: str, port: int) -> Sequence[Address]:
        raise OSError("no such name")

    with pytest.raises(Transient):
        await FeedClient(user_agent="x", resolve=unknown).fetch(URL)


async def test_another_address_of_the_name_is_asked_when_the_first_leads_nowhere(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).mock(side_effect=httpx.ConnectError("no route"))
    respx_mock.get(AT_SECOND).respond(content=CALENDAR)

    assert await client(Names({NAME: (PUBLIC, SECOND)})).fetch(URL) == CALENDAR


# ---------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_of_networks_of_one_s_own_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "2a00:1450:400f:80a::200e", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_name_that_leads_to_a_network_of_one_s_own_is_not_asked(address: str) -> None:
    assert await why_refused(client(Names({NAME: (address,)}))) == "address"
    assert await why_refused(client(Names({NAME: (PUBLIC, address)}))) == "address"


@pytest.mark.parametrize(
    "url",
    [
        *("http://a-dal.example/x.ics", "ftp://a-dal.example/x.ics", "file:///etc/passwd", "https://", "https:///x"),
        *("https://leder:passord@a-dal.example/x", "styret.ics", "https://[::1", "https://a-dal.example:port/", ""),
        *(f"https://{'x' * 70}.example/", "https://\x00/", "http://127.0.0.1:8081/msi/token"),
    ],
)
async def test_an_address_of_another_kind_is_not_asked(url: str) -> None:
    assert await why_refused(FeedClient(user_agent="x"), url) == "address"


@pytest.mark.parametrize("host", ["127.1", "0", "2130706433", "0x7f.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_this_machine_by_any_other_name_is_not_asked(host: str) -> None:
    assert await why_refused(FeedClient(user_agent="x"), f"https://{host}/x.ics") == "address"


async def test_a_name_is_looked_up_once_and_cannot_lead_elsewhere_meanwhile(
    respx_mock: respx.MockRouter,
) -> None:
    respx_mock.get(AT_PUBLIC).respond(content=CALENDAR)
    names = Names()

    await client(names).fetch(URL)

    assert names.asked == [NAME]


# ---------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(f"https://{OTHER}/styret.ics", id="another server"),
        pytest.param(f"//{OTHER}/styret.ics", id="without a scheme"),
    ],
)
async def test_a_redirect_to_a_public_address_is_followed(location: str, respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).respond(301, headers={"Location": location})
    route = respx_mock.get(AT_SECOND).respond(content=CALENDAR)

    assert await client().fetch(URL) == CALENDAR
    assert route.calls.last.request.headers["Host"] == OTHER


@pytest.mark.parametrize(
    "location",
    [
        *("http://a-dal.example/styret.ics", "https://169.254.169.254/metadata", "http://127.0.0.1:8081/msi/token"),
        *("https://innsiden.example/x", "file:///etc/passwd"),
    ],
)
async def test_a_redirect_to_anywhere_else_is_not(location: str, respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).respond(302, headers={"Location": location})

    assert await why_refused(client(Names({"innsiden.example": ("10.0.0.1",)}))) == "address"
    assert len(respx_mock.calls) == 1


async def test_a_redirect_to_nothing_is_no_answer(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).respond(302, headers={"Location": "https://[::1"})

    with pytest.raises(Transient):
        await client().fetch(URL)


async def test_a_circle_of_redirects_is_left(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(AT_PUBLIC).respond(307, headers={"Location": "/styret.ics"})

    assert await why_refused(client()) == "address"
    assert route.call_count == MOST_REDIRECTS + 1


# ------------------------------------------------------------------------------------------------------------- limits


class Body(httpx.AsyncByteStream):
    """A body without an end. *sent*: how much of it was taken."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += 64_000
            yield b"x" * 64_000


async def test_a_body_without_an_end_is_left_where_it_is_too_large(respx_mock: respx.MockRouter) -> None:
    body = Body()
    respx_mock.get(AT_PUBLIC).respond(stream=body)

    assert await why_refused(client()) == "too_large"
    assert body.sent < MOST_BYTES + 2 * 64_000


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip", "GZIP", "zstd"])
async def test_a_packed_body_is_refused_before_it_is_taken(encoding: str, respx_mock: respx.MockRouter) -> None:
    body = Body()
    respx_mock.get(AT_PUBLIC).respond(stream=body, headers={"Content-Encoding": encoding})

    assert await why_refused(client()) == "compressed"
    assert body.sent == 0


async def test_a_body_that_says_it_is_not_packed_is_taken(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(AT_PUBLIC).respond(content=CALENDAR, headers={"Content-Encoding": "identity"})

    assert await client().fetch(URL) == CALENDAR


class Silence(httpx.AsyncByteStream):
    """A body that begins and does not go on."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"BEGIN:VCALENDAR"
        await asyncio.Event().wait()


async def test_a_body_that_does_not_go_on_is_waited_for_so_long_and_no_longer(
    respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", timedelta(milliseconds=10))
    respx_mock.get(AT_PUBLIC).respond(stream=Silence())

    with pytest.raises(Transient):
        await client().fetch(URL)


# ------------------------------------------------------------------------------------------------------- this machine


@asynccontextmanager
async def server(answer: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on this machine that gives every request one *answer*; its port."""
    served: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer) + answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as running:
        yield running.sockets[0].getsockname()[1]
        await asyncio.gather(*filter(None, served))


async def test_beside_the_sandbox_calendars_may_lie_on_this_machine() -> None:
    async with server(CALENDAR) as port:
        assert await FeedClient(user_agent="x", local=True).fetch(f"http://127.0.0.1:{port}/x.ics") == CALENDAR
        assert await why_refused(FeedClient(user_agent="x"), f"http://127.0.0.1:{port}/x.ics") == "address"


@pytest.mark.parametrize("url", ["http://a-dal.example/x.ics", "https://169.254.169.254/"])
async def test_beside_the_sandbox_other_machines_are_asked_as_ever(url: str) -> None:
    assert await why_refused(client(local=True), url) == "address"


@pytest.mark.parametrize(("certified", "taken"), [(NAME, True), (OTHER, False), ("127.0.0.1", False)])
async def test_the_certificate_must_be_the_name_s_wherever_it_led(certified: str, taken: bool, tmp_path: Path) -> None:
    serving, believed = certificate(certified, tmp_path)
    names = Names({NAME: ("127.0.0.1",)})
    fetcher = FeedClient(user_agent="x", resolve=names, local=True, verify=believed)

    async with server(CALENDAR, serving) as port:
        asked = fetcher.fetch(f"https://{NAME}:{port}/styret.ics")
        if taken:
            assert await asked == CALENDAR
        else:
            with pytest.raises(Transient):
                await asked


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what serves with a certificate for *name*, and what believes it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    pem = built.public_bytes(serialization.Encoding.PEM)
    unlocked = serialization.NoEncryption()
    file.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cadata=pem.decode())
