"""Pages of a list: `?page=2&size=100`."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from web.api.model import ListPage

S = TypeVar("S")
T = TypeVar("T", bound=BaseModel)
SIZE = 100
LARGEST = 500
LAST = 10_000
"""A number of pages that no list has."""


class Paging:
    """The page that a request asks for."""

    def __init__(
        self,
        request: Request,
        page: Annotated[int, Query(ge=1, le=LAST, description="Number of the page, from 1.")] = 1,
        size: Annotated[int, Query(ge=1, le=LARGEST, description="Number of items on a page.")] = SIZE,
    ) -> None:
        self._request = request
        self.page = page
        self.size = size

    def of(self, items: Sequence[S], answer: Callable[[S], T]) -> ListPage[T]:
        """Return the page of *items*, each as its *answer*; behind the last one an empty page."""
        pages = max(1, -(-len(items) // self.size))
        first = (self.page - 1) * self.size
        return ListPage(
            items=[answer(item) for item in items[first : first + self.size]],
            total=len(items),
            page=self.page,
            pages=pages,
            next=self._address(self.page + 1) if self.page < pages else None,
        )

    def _address(self, page: int) -> str:
        """Return the address of another page with everything else that was asked."""
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name != "page"]
        return f"{self._request.url.path}?{urlencode([*kept, ('page', str(page))])}"


Asked = Annotated[Paging, Depends(Paging)]
