"""
Kinds of text, address and number that a programme's values are made of.

What a kind refuses is an error named as its text: `problem.<name>`.
"""

from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from config.addresses import is_feed_address, is_https
from config.colours import LEAST_FOR_TEXT, contrast
from config.signs import code_point, is_blank, unseen_signs

OWN_ERROR = "problem."
"""What the names of our own errors begin with."""


def _seen(text: str, *, several_lines: bool) -> str:
    unseen = next(unseen_signs(text, several_lines=several_lines), None)
    if unseen is not None:
        sign = {"sign": code_point(unseen)}
        if several_lines:
            raise PydanticCustomError("problem.text_without", "text without {sign}", sign)
        raise PydanticCustomError("problem.one_line_without", "text on one line, without {sign}", sign)
    if text and is_blank(text):
        sign = {"sign": code_point(text[0])}
        raise PydanticCustomError("problem.seen_text", "something to see, not only {sign}", sign)
    return text


def _one_line(text: str) -> str:
    return _seen(text, several_lines=False)


def _some_lines(text: str) -> str:
    return _seen(text, several_lines=True)


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_one_line)]
"""Text that becomes a name, a title or a subject: one line, every sign of it to be seen."""
OptionalLine = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]
Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_some_lines)]
"""Text that is read as such; it may have line breaks."""
OptionalText = Annotated[str, Field(max_length=4000), AfterValidator(_some_lines)]
Email = Annotated[
    str,
    Field(pattern=r"^[^@\s<>\",;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\]+$", max_length=254),
    AfterValidator(_one_line),
]
"""An apostrophe is allowed before the @ (`o'hara@…`), as Exchange has it."""
Language = Literal["nb", "nn", "en"]
Weekday = Annotated[int, Field(ge=0, le=6)]
"""0 is Monday."""
Minutes = Annotated[int, Field(ge=5, le=600)]
Days = Annotated[int, Field(ge=0, le=400)]
"""A span within a programme's year."""


def _without_zone(moment: time) -> time:
    if moment.tzinfo is not None:
        raise PydanticCustomError("problem.local_time", "a local time")
    return moment


LocalTime = Annotated[time, AfterValidator(_without_zone)]


def _https(url: str) -> str:
    if not is_https(url):
        raise PydanticCustomError("problem.https_address", "an https address")
    return url


def _feed(url: str) -> str:
    if not is_feed_address(url):
        raise PydanticCustomError("problem.public_address", "a public https address")
    return url


def _readable(colour: str) -> str:
    if contrast(colour, "#ffffff") < LEAST_FOR_TEXT:
        raise PydanticCustomError("problem.readable_colour", "a colour that white letters can be read on")
    return colour


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_readable)]
"""A ground for white letters, and letters on white."""
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_https)]
FeedAddress = Annotated[str, Field(max_length=2000), AfterValidator(_feed)]


class Value(BaseModel):
    """Frozen value of a programme. A key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
