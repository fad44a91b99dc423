"""Sign-in: sessions, bindings, and accounts that are looked up for it."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.jobs.messages import MessageJobs
from wiring.outside import Outside
from workflows.access.sessions import Sessions

if TYPE_CHECKING:
    from workflows.access.account_finder import AccountFinder
    from workflows.access.binding import Bindings
    from workflows.access.sign_in import SignIn


class AccessJobs:
    """Sign-in: sessions, bindings, and accounts that are looked up for it."""

    def __init__(self, outside: Outside, *, messages: MessageJobs) -> None:
        self._outside = outside
        self._record = outside.record
        self._messages = messages

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self._record.sessions, self._outside.clock)

    @cached_property
    def sign_in(self) -> "SignIn":
        from workflows.access.sign_in import SignIn, SignInPorts

        return SignIn(
            SignInPorts(
                programme=self._record.register.programme,
                accounts=self._record.accounts,
                identities=self._record.identities,
                sessions=self.sessions,
                units=self._record.units,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def bindings(self) -> "Bindings":
        from workflows.access.binding import BindingPorts, Bindings

        return Bindings(
            BindingPorts(
                programme=self._record.register.programme,
                identities=self._record.identities,
                links=self._record.links,
                short=self._messages.short_links,
                clock=self._outside.clock,
            )
        )

    @cached_property
    def account_finder(self) -> "AccountFinder":
        from integration.graph.people import GraphDirectory
        from workflows.access.account_finder import AccountFinder

        return AccountFinder(
            programme=self._record.register.programme,
            directory=GraphDirectory(self._outside.builder),
            accounts=self._record.accounts,
        )
