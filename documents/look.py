"""The look of papers that a county decides: its colour, its name and its logo."""

from dataclasses import dataclass

from config.problems import Unusable, phrase

PNG, SVG = b"\x89PNG\r\n\x1a\n", (b"<svg", b"<?xml")
LARGEST_LOGO = 200_000
"""Bytes: it lies in every file."""
LOGO_HEIGHT_MM = 12.0


class BadLogo(Unusable):
    """A file that cannot be a logo."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A county's look. *colour*: of headings and lines, `#rrggbb`. *logo*: a PNG or SVG file's content."""

    colour: str = "#1E2B3C"
    owner: str = ""
    """The organisation's name: beside the title on the first page, and the logo's text alternative."""
    logo: bytes = b""

    @property
    def logo_format(self) -> str:
        """Return `png` or `svg`; empty without a logo."""
        if not self.logo:
            return ""
        return "png" if self.logo.startswith(PNG) else "svg"


PLAIN = Look()


def checked_logo(content: bytes) -> bytes:
    """Return the content of a logo's file. Raises BadLogo."""
    if len(content) > LARGEST_LOGO:
        raise BadLogo(phrase("file_size", number=LARGEST_LOGO))
    if not content.startswith((PNG, *SVG)):
        raise BadLogo(phrase("logo_format"))
    return content
