"""Texts for people as key and values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text for people as key and values, put into their language at the edge."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
