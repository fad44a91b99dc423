"""Binding with fakes: of two who take a link at the same moment, one is bound."""

from datetime import datetime
from typing import Any

from config.programme import Programme
from tests.clocks import StillClock
from tests.workflows.programme import programme
from workflows.access.binding import PURPOSE, BindingPorts, Bindings
from workflows.access.identities import BoundIdentity, ProvedIdentity
from workflows.messages.short_links import ShortLinks
from workflows.ports.links import Link, LinkPurpose

PROVED = ProvedIdentity(issuer="https://ansattporten.example", subject="subject")


class Identities:
    """Bindings, all of them."""

    def __init__(self) -> None:
        self.bound: list[BoundIdentity] = []

    async def find(self, issuer: str, subject: str) -> BoundIdentity | None:
        raise AssertionError(issuer, subject)

    async def of_person(self, person: str) -> BoundIdentity | None:
        return next((item for item in self.bound if item.person == person), None)

    async def list_bound(self) -> list[BoundIdentity]:
        return self.bound

    async def bind(self, item: BoundIdentity) -> bool:
        self.bound.append(item)
        return True

    async def undo(self, issuer: str, subject: str, *, at: datetime, by: str) -> bool:
        raise AssertionError(issuer, subject, at, by)


class Links:
    """One link to the lead, which somebody else may take meanwhile."""

    def __init__(self, *, is_taken: bool) -> None:
        self._is_taken = is_taken

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        return Link(purpose=purpose, subject=f"{PURPOSE}:lead", person="lead", expires_at=None)

    async def take(self, token: str, purpose: LinkPurpose) -> Link | None:
        return None if self._is_taken else await self.resolve(token, purpose)

    async def issue(self, *_: Any) -> str:
        raise AssertionError

    async def revoke(self, subject: str) -> None:
        raise AssertionError(subject)


def bindings(identities: Identities, *, is_taken: bool) -> Bindings:
    async def read() -> Programme:
        return programme()

    links, clock = Links(is_taken=is_taken), StillClock()
    short = ShortLinks(links=links, messages=None, clock=clock, public_url="https://vareunge.example")  # type: ignore[arg-type]
    return Bindings(BindingPorts(programme=read, identities=identities, links=links, short=short, clock=clock))


async def test_the_link_s_person_is_bound() -> None:
    identities = Identities()

    assert await bindings(identities, is_taken=False).bind("token", PROVED)
    assert [(item.person, item.subject) for item in identities.bound] == [("lead", "subject")]


async def test_a_link_that_another_took_meanwhile_binds_nobody() -> None:
    identities = Identities()

    assert not await bindings(identities, is_taken=True).bind("token", PROVED)
    assert identities.bound == []


async def test_what_was_never_bound_cannot_be_undone() -> None:
    assert not await bindings(Identities(), is_taken=False).undo("lead", by="county")
