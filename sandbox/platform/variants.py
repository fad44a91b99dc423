"""Variants of Microsoft 365: points in which tenants were seen to differ, or in which nothing is promised."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(kw_only=True)
class Variants:
    """The points, each with the value that a tenant begins with. The seed and a control call change them."""

    manage_grants: bool = True
    """False: `manage` is refused when an app is let into a site, and can only be set afterwards."""
    property_filters: int | None = None
    """Number of ORed extended properties from which on Exchange finds a $filter too complex; None for never."""
    batch_order: int | None = 1
    """Seed of the order in which independent parts of a $batch are done; None: as they were given."""

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Take over all that is *wanted*; ValueError for a point that does not exist, or a value it does not take."""
        kinds = {each.name: each.type for each in fields(self)}
        for name, value in wanted.items():
            if name not in kinds or type(value) not in ((bool,) if kinds[name] is bool else (int, type(None))):
                raise ValueError(f"expected values for some of {', '.join(kinds)}, not {name}: {value!r}")
        vars(self).update(vars(replace(self, **wanted)))
