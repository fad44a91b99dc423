"""Not played yet."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.tenant import Tenant


class Chats:
    """Placeholder."""

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant

    def canonical(self) -> Any:
        return {}
