"""Pages of what is long: by its address, without script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The pages of a list: the one that is shown, and the addresses of all when there are several."""

    number: int
    most: int
    """Items on a page."""
    addresses: tuple[str, ...]

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items of the page."""
        first = (self.number - 1) * self.most
        return items[first : first + self.most]


def pages_of(count: int, asked: str, *, most: int, path: str, kept: Mapping[str, str], table: str = "") -> Pages:
    """
    Return the pages of *count* items; an address that names a page we do not have gets the first.

    *table*: begins the page's number in the address, where a page has several lists: `?side=2.3`.
    """
    pages = max(1, -(-count // most))
    asked = asked.removeprefix(table) if asked.startswith(table) else ""
    number = int(asked) if asked.isascii() and asked.isdecimal() and 1 <= int(asked) <= pages else 1
    known = [(name, value) for name, value in kept.items() if value]
    addresses = (f"{path}?{urlencode([*known, ('side', f'{table}{page}')])}" for page in range(1, pages + 1))
    return Pages(number=number, most=most, addresses=tuple(addresses) if pages > 1 else ())
