"""Free text from a form, on its way to be stored: cleaned, measured, and looked through by the privacy guard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.ports import Words
from workflows.privacy_guard import Found, confirmation, doubts, holds_national_id
from workflows.status_answers import clean_text

LONGEST = 2000


@dataclass
class Written:
    """
    Reads the texts of one form. *raw*: what came in, untrusted. *known*: texts that are stored already, which the
    privacy guard asks about no more.

    *problems* has what to change, by field, and *confirm* what to send back to have the texts stored all the same.
    """

    raw: Mapping[str, str]
    known: Iterable[str] = ()
    problems: dict[str, Words] = field(default_factory=dict)
    _found: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    def text(self, name: str, *, required: str = "", most: int = LONGEST) -> str:
        """The text of a field. *required*: the text that says why it must not be empty."""
        text = clean_text(self.raw.get(name, ""))
        if not text and required:
            self.problems[name] = Words(key=required)
        elif len(text) > most:
            self.problems[name] = Words(key="status.error.too_long", values={"most": most, "written": len(text)})
        elif holds_national_id(text):
            self.problems[name] = Words(key="privacy.block")
        elif text not in self.known and (found := doubts(text)):
            self._found[name] = found
        return text

    @property
    def confirm(self) -> str:
        return confirmation(self._found)

    def check(self) -> None:
        """Raise InvalidText unless everything may be stored as it stands."""
        problems = dict(self.problems)
        if self.raw.get("confirmed", "") != self.confirm:
            problems |= {name: Words(key=f"privacy.ask_{found[0].doubt}") for name, found in self._found.items()}
        if problems:
            raise InvalidText(problems, confirm=self.confirm)


class InvalidText(Exception):
    """Something written must be changed first. *problems*: field → what to do. *confirm*: see `Written`."""

    def __init__(self, problems: Mapping[str, Words], *, confirm: str = "") -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = dict(problems)
        self.confirm = confirm
