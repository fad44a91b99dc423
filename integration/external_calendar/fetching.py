"""Fetch calendars from addresses that others entered: https to public hosts, within limits, nothing unpacked.

A name is looked up once, its addresses are checked, and one of those that were checked is asked: a name that leads
elsewhere a moment later leads nowhere. Every redirect is an address of its own.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from workflows.errors import NotFound, Refused, Transient
from workflows.ports.external_calendar import UnreadableCalendar

ACTION = "fetch a municipality's calendar"
MOST_BYTES = 1_000_000
MOST_REDIRECTS = 5
PATIENCE = timedelta(seconds=20)
"""For the whole of it, redirects included."""
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Looks up a name. Raises OSError when there is no such name."""


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of *host*, IPv4 first: not every network that has IPv6 leads anywhere."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(address[0].partition("%")[0]) for *_, address in found if isinstance(address[0], str)]
    return sorted(dict.fromkeys(addresses), key=lambda address: address.version)


@dataclass(frozen=True, kw_only=True)
class FeedClient:
    """
    Asks for calendars. *local*: the service plays against the sandbox, so calendars may lie on this machine, too.

    *verify*: the certificates that are believed, when not the usual ones.
    """

    user_agent: str
    local: bool = False
    resolve: Resolve = resolve
    verify: ssl.SSLContext | bool = True

    async def fetch(self, url: str) -> bytes:
        """
        Return what lies at *url*.

        Raises Transient when it does not answer; NotFound, Refused or UnreadableCalendar when another try is no help.
        """
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await self._follow(url)
        except (TimeoutError, httpx.TransportError, OSError) as exc:
            raise Transient(ACTION, type(exc).__name__) from exc

    async def _follow(self, url: str) -> bytes:
        target = self._checked(httpx.URL(""), url)
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._ask(target)
            if isinstance(answer, bytes):
                return answer
            target = self._checked(target, answer)
        raise UnreadableCalendar(ACTION, "it leads from address to address", why="address")

    def _checked(self, base: httpx.URL, url: str) -> httpx.URL:
        """Return *url*, which may be relative to *base*, when we may ask there."""
        try:
            target = base.join(url)
        except httpx.InvalidURL as exc:
            raise UnreadableCalendar(ACTION, "its address is none", why="address") from exc
        if target.scheme not in (("https", "http") if self.local else ("https",)) or not target.host or target.userinfo:
            raise UnreadableCalendar(ACTION, "its address is not an https address", why="address")
        return target

    async def _ask(self, target: httpx.URL) -> bytes | str:
        """Return the content at *target*, or the address that it leads to."""
        addresses = await self._addresses(target)
        for address in addresses:
            try:
                return await self._ask_at(target, address)
            except httpx.ConnectError:
                if address == addresses[-1]:
                    raise
        raise UnreadableCalendar(ACTION, "its name has no address", why="address")

    async def _addresses(self, target: httpx.URL) -> Sequence[Address]:
        port = target.port or {"https": 443, "http": 80}[target.scheme]
        try:
            addresses = await self.resolve(target.host, port)
        except UnicodeError as exc:
            raise UnreadableCalendar(ACTION, "its name is none", why="address") from exc
        here = self.local and all(address.is_loopback for address in addresses)
        if not here and (target.scheme != "https" or not all(map(is_public, addresses))):
            raise UnreadableCalendar(ACTION, "its address is not a public one", why="address")
        return addresses

    async def _ask_at(self, target: httpx.URL, address: Address) -> bytes | str:
        headers = {
            "Host": target.netloc.decode("ascii"),
            "User-Agent": self.user_agent,
            "Accept": "text/calendar, */*;q=0.1",
            "Accept-Encoding": "identity",
        }
        async with (
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, verify=self.verify, timeout=PATIENCE.total_seconds()
            ) as http,
            http.stream(
                "GET",
                target.copy_with(host=str(address)),
                headers=headers,
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            if response.has_redirect_location:
                return str(response.headers["Location"])
            _check(response)
            return await _content(response)


def is_public(address: Address) -> bool:
    """Return True for an address of the internet at large, and for an IPv6 address only if the IPv4 address it may
    stand for is one, too."""
    inner: tuple[IPv4Address | None, ...] = ()
    if isinstance(address, IPv6Address):
        translated = IPv4Address(int(address) & 0xFFFF_FFFF) if address in TRANSLATED else None
        inner = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), translated)
    return address.is_global and not address.is_multicast and all(item is None or is_public(item) for item in inner)


async def _content(response: httpx.Response) -> bytes:
    content = bytearray()
    # As they came: what is packed has been refused.
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            raise UnreadableCalendar(ACTION, f"it is larger than {MOST_BYTES} bytes", why="too_large")
    return bytes(content)


def _check(response: httpx.Response) -> None:
    match response.status_code:
        case 200:
            pass
        case 404 | 410 as status:
            raise NotFound(ACTION, f"status {status}")
        case 401 | 403 as status:
            raise Refused(ACTION, f"status {status}")
        case status if status >= 500 or status in (408, 425, 429):
            raise Transient(ACTION, f"status {status}")
        case status:
            raise UnreadableCalendar(ACTION, f"status {status}", why="unexpected")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnreadableCalendar(ACTION, "it comes packed", why="compressed")
