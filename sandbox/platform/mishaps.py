"""Mishaps inside Microsoft 365, on order: the next so many things of a kind go wrong."""

from typing import Literal, get_args

Kind = Literal["team_fails", "site_stuck", "channel_site_stuck"]
"""
`team_fails`: the operation that makes a team ends with an error, and there is no team. `site_stuck`,
`channel_site_stuck`: the site of a group, or of a private channel, is not made until somebody asks for a files folder.
"""


class Mishaps:
    """The number of next things of each kind that go wrong."""

    def __init__(self) -> None:
        self.ordered: dict[str, int] = {}

    def order(self, wanted: dict[str, int]) -> None:
        """Take over what is *wanted*; ValueError for a kind that does not exist."""
        unknown = sorted(set(wanted) - set(get_args(Kind)))
        if unknown or any(type(count) is not int or count < 0 for count in wanted.values()):
            raise ValueError(f"expected numbers for some of {', '.join(get_args(Kind))}")
        self.ordered |= wanted

    def strikes(self, kind: Kind) -> bool:
        """Return True when the thing of this kind that is begun now goes wrong."""
        left = self.ordered.get(kind, 0)
        if left:
            self.ordered[kind] = left - 1
        return left > 0
