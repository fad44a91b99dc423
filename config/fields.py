"""Kinds of text, address and number that a programme's values are made of."""

from datetime import time
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Email = Annotated[str, Field(pattern=r"^[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\]+$", max_length=254)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Language = Literal["nb", "nn", "en"]
Weekday = Annotated[int, Field(ge=0, le=6)]
"""0 is Monday."""
Minutes = Annotated[int, Field(ge=5, le=600)]


def _without_zone(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError('a local time such as "09:00"')
    return moment


LocalTime = Annotated[time, AfterValidator(_without_zone)]


def is_feed_address(url: str) -> bool:
    """Whether we read a calendar there: over https, or (for tries) on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _feed_address(url: str) -> str:
    if not is_feed_address(url):
        raise ValueError("an address that starts with https://")
    return url


FeedAddress = Annotated[str, Field(max_length=2000), AfterValidator(_feed_address)]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
