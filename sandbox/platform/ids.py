"""Ids of everything in the tenant: the same in every run."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid5

NewId = Callable[[str, str], str]
"""Gives an id for a kind and a natural key."""


class Ids:
    """Ids made of the tenant's id, a kind and a natural key, and the names that canonical state writes for them."""

    def __init__(self, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self.names: dict[str, str] = {}
        """Id → `kind:natural key`."""
        self._made: Counter[str] = Counter()

    def new(self, kind: str, natural_key: str | None = None) -> str:
        """
        Return the id for *kind* and *natural_key*, the same in every run and every time it is asked for.

        Without a natural key a running number takes its place, so each call gives another id.
        """
        if natural_key is None:
            self._made[kind] += 1
            natural_key = f"#{self._made[kind]}"
        made = str(uuid5(UUID(self.tenant_id), f"{kind}:{natural_key}"))
        self.names[made] = f"{kind}:{natural_key}"
        return made


class CountedIds:
    """
    Ids that are the same in every run, and different for each thing of the same key.

    A file that was deleted and made again, or a second mail with the same subject, is another thing. Ids once given are
    part of the state: a tenant that was put back gives the same ids again.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._made: Counter[tuple[str, str]] = Counter()

    def __call__(self, kind: str, key: str) -> str:
        self._made[kind, key] += 1
        count = self._made[kind, key]
        return self._ids.new(kind, key if count == 1 else f"{key}#{count}")
