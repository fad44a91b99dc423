"""The programme's own sections that are no list: its name and days, and the hours in which messages leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.register.draft import SHAPES, Draft, set_values


@dataclass(frozen=True, kw_only=True)
class ChangeSection:
    """Change values of a section that is one mapping."""

    kind: str
    document: str
    section: str
    values: Mapping[str, Any]

    def apply(self, draft: Draft) -> None:
        """Set the values; a section in which every value is the default need not be written."""
        document = draft.documents.setdefault(self.document, {})
        section = document.setdefault(self.section, {})
        set_values(section, self.values, SHAPES[self.section])
        if not section:
            del document[self.section]
