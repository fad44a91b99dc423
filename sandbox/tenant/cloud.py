"""The cloud: one tenant, with all that does not belong to it but surrounds it."""

from pathlib import Path

from sandbox.platform.clock import Clock
from sandbox.platform.identity import Issuer
from sandbox.platform.latency import MODES
from sandbox.platform.seed import read_seed
from sandbox.platform.sign_ins import SignIns
from sandbox.platform.traffic import Traffic
from sandbox.protocol.faults import Faults
from sandbox.tenant.snapshots import Snapshot, put_aside, put_back
from sandbox.tenant.state import Tenant

IDENTITY_SECRET = "sandbox"  # noqa: S105  It protects nothing: the sandbox listens on the loopback only.


class Cloud:
    """A tenant that can be made anew and exchanged, and its clock, traffic, faults, keys and snapshots."""

    def __init__(self, *, latency: str = "none", folder: Path | None = None) -> None:
        self.seed = read_seed(folder)
        self.latency = MODES[latency]
        self.clock = Clock()
        self.traffic = Traffic()
        self.faults = Faults()
        self.issuer = Issuer(self.seed.tenant_id)
        self.secret = IDENTITY_SECRET
        self.snapshots: dict[str, Snapshot] = {}
        self.sign_ins = SignIns()
        self.tenant = self._new_tenant()

    def _new_tenant(self) -> Tenant:
        return Tenant(self.seed, self.clock, self.latency, self.issuer, self.traffic)

    def put_aside(self, name: str) -> None:
        """Take a snapshot of the tenant and of simulated time; one of the same name is replaced."""
        self.snapshots[name] = put_aside(self.tenant, self.clock.simulated)

    def put_back(self, name: str) -> None:
        """Put tenant and simulated time back as in the snapshot. Faults, record and tokens stay."""
        snapshot = self.snapshots[name]
        self.take_over(put_back(snapshot, self.tenant))
        self.clock.put_back(snapshot.moment)

    def take_over(self, tenant: Tenant) -> None:
        """Play another state from now on; activities on their way to the bot are lost."""
        self.tenant.chats.outgoing.stop()
        self.tenant = tenant

    def reset(self) -> None:
        """Make everything as at start: tenant, clock, faults, record, no snapshots. Tokens stay valid."""
        base_url = self.tenant.addresses.base_url
        self.tenant.chats.outgoing.stop()
        self.faults.clear()
        self.traffic.clear()
        self.clock.reset()
        self.snapshots.clear()
        self.sign_ins = SignIns()
        self.tenant = self._new_tenant()
        self.tenant.addresses.base_url = base_url
