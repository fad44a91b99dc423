"""The whole tenant put aside and put back, in milliseconds."""

import io
import pickle
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.tenant.state import Tenant

SHARED = ("seed", "clock", "latency", "issuer", "traffic")
"""Attributes that a tenant has from the cloud and does not keep itself, as little as activities on their way."""


@dataclass(frozen=True)
class Snapshot:
    """A tenant as it was at *moment* of the simulated clock; None when time was real."""

    tenant: bytes
    moment: datetime | None


def put_aside(tenant: Tenant, moment: datetime | None) -> Snapshot:
    """Keep the state of *tenant* as it is now."""
    buffer = io.BytesIO()
    _Pickler(tenant, buffer).dump(tenant)
    return Snapshot(buffer.getvalue(), moment)


def put_back(snapshot: Snapshot, like: Tenant) -> Tenant:
    """Return a tenant with the kept state, and with clock, record and keys of the one it takes the place of."""
    found: Tenant = _Unpickler(like, io.BytesIO(snapshot.tenant)).load()
    return revived(found, like)


def revived(tenant: Tenant, like: Tenant) -> Tenant:
    """Make *tenant* able to speak to the bot, at the address of *like*."""
    tenant.chats.connect()
    tenant.addresses.base_url = like.addresses.base_url
    return tenant


class _Pickler(pickle.Pickler):
    def __init__(self, tenant: Tenant, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = {id(getattr(tenant, name)): name for name in SHARED}
        self._names[id(tenant.chats.outgoing)] = "outgoing"

    def persistent_id(self, obj: Any) -> str | None:
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    """Only ever reads what this process wrote."""

    def __init__(self, like: Tenant, file: io.BytesIO) -> None:
        super().__init__(file)
        self._like = like

    def persistent_load(self, pid: str) -> Any:
        return None if pid == "outgoing" else getattr(self._like, pid)
