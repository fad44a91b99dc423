"""Addresses on the web: which lead to this machine, and which are safe to send people and secrets to."""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from config.signs import unseen_signs

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this machine."""
REMEMBERED = 64
"""Addresses whose parts are kept: the same few are held against each press of a button."""


def is_loopback(url: str) -> bool:
    """Return True when *url* leads to this machine."""
    parts = _split(url)
    return parts is not None and parts.hostname in LOOPBACK


def is_https(url: str) -> bool:
    """Return True for an https address with a host, and with nothing in it that cannot be seen."""
    parts = _split(url)
    return parts is not None and parts.scheme == "https"


def is_https_or_loopback(url: str) -> bool:
    """Return True for an https address, and (for tries) for an http address of this machine."""
    parts = _split(url)
    return parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def is_feed_address(url: str) -> bool:
    """
    Return True for an https address on the internet, where a calendar may lie.

    An http address of this machine passes, too: a service beside the sandbox asks there, any other refuses to.
    """
    parts = _split(url)
    if parts is None or parts.scheme != "https":
        return parts is not None and parts.scheme == "http" and parts.hostname in LOOPBACK
    return "@" not in parts.netloc and _may_be_public(parts.hostname or "")


def _may_be_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        # Other ways to write a number are addresses, too: 127.1, 0x7f.1.
        return re.fullmatch(r"(?:[^.]+\.)+[^.\d][^.]*\.?", host) is not None


@lru_cache(REMEMBERED)
def _split(url: str) -> SplitResult | None:
    """Return the parts of an address that has a host; None when it has none or is no address."""
    if any(sign.isspace() for sign in url) or any(unseen_signs(url)):
        return None
    try:
        parts = urlsplit(url)
        # A port that is no number is found only when it is asked for.
        return parts if parts.hostname and (parts.port is None or parts.port) else None
    except ValueError:
        return None
