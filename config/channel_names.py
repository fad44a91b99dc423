"""Names of channels: the ones that Teams takes, and the one made of a work package's name.

The rules are those of Teams' own page of limits. A name is the channel's folder in the team's library, too.
"""

import re

from config.fields import Language
from config.values import WorkPackage

LONGEST = 50
PACKAGE = "{work_package}"
"""Placeholder for the package in the template's name of a channel."""
FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"\x00-\x1f]|\.\.|^[._]|\.$|^\s|\s$|_vti_", re.IGNORECASE)
RESERVED = frozenset(
    {"general", "generelt", "forms", "con", "conin$", "conout$", "prn", "aux", "nul", "desktop.ini"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names, in lower case, that Teams, SharePoint or Windows keeps: *Generelt* is the first channel of a team."""
AND = {"nb": "og", "nn": "og", "en": "and"}
_SUBSTITUTES = (
    (r"(?<=\S)\s*[&+]+\s*(?=\S)", " {and_} "),
    (r"\s*[:|]\s*", " – "),
    (r"[/\\]", "-"),
    (r"['\"]", ""),
    (r"\.\.+", "."),
)
_EDGES = " ._,–-"


def fits_channel(name: str) -> bool:
    """Return True when Teams takes *name* for a channel."""
    return 1 <= len(name) <= LONGEST and not FORBIDDEN.search(name) and name.casefold() not in RESERVED


def channel_name(written: str, package: WorkPackage, language: Language) -> str:
    """
    Return the name of a package's channel: *written* with the package put in.

    Its `channel_name` stands as it is; without one, its name does, in signs that Teams takes and cut where it is long.
    """
    if package.channel_name:
        return written.replace(PACKAGE, package.channel_name)
    room = LONGEST - len(written.replace(PACKAGE, ""))
    return written.replace(PACKAGE, _shortened(_in_allowed_signs(package.name, language), max(room, 0)))


def _in_allowed_signs(name: str, language: Language) -> str:
    for pattern, substitute in _SUBSTITUTES:
        name = re.sub(pattern, substitute.format(and_=AND[language]), name)
    name = re.sub(r"_vti_", "vti", re.sub(r"[~#%&*{}+<>?]", " ", name), flags=re.IGNORECASE)
    return " ".join(name.split()).strip(_EDGES)


def _shortened(name: str, room: int) -> str:
    """Return *name* within *room*, cut between two words where that leaves most of it."""
    if len(name) <= room:
        return name
    cut = name[: room + 1].rfind(" ")
    return name[: cut if cut > room // 2 else room].rstrip(_EDGES)
