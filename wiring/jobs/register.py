"""Editing the register, and looking people up for it."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.register.editing import RegisterDesk
    from workflows.register.look_up import AccountLookUps, LookUpDesk


class RegisterJobs:
    """Editing the register, and looking people up for it."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._record = outside.record

    @cached_property
    def desk(self) -> "RegisterDesk":
        from workflows.register.editing import RegisterDesk

        return RegisterDesk(store=self._record.register, clock=self._outside.clock)

    @cached_property
    def look_up_desk(self) -> "LookUpDesk":
        from workflows.register.look_up import LookUpDesk

        return LookUpDesk(store=self._record.look_ups, clock=self._outside.clock)

    @cached_property
    def account_look_ups(self) -> "AccountLookUps":
        from integration.graph.people import GraphDirectory
        from workflows.register.look_up import AccountLookUps

        directory = GraphDirectory(self._outside.builder)
        return AccountLookUps(store=self._record.look_ups, directory=directory, clock=self._outside.clock)
