"""Binding an identity of another issuer to a person, once, by a link that is mailed to the address in the register.

The mail goes to the person's own address and nowhere else, the link works once and for some hours, and its page says
whom it is for and as whom one has signed in before it asks. A person who is bound already gets no such mail: an address
that has changed hands binds nobody, until the county lead has undone the old binding.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import texts
from config.programme import Programme
from config.values import Person
from workflows.access.identities import BoundIdentity, IdentityStore, ProvedIdentity
from workflows.access.rules import reader_of
from workflows.messages.short_links import LinkOrder, ShortLinks
from workflows.ports.links import LinkPurpose, SingleUseLinks
from workflows.ports.units import Clock

PURPOSE: LinkPurpose = "bind_identity"
PATH = "/logg-inn/knytt/{token}"


@dataclass(frozen=True, kw_only=True)
class BindingPorts:
    """The ports of bindings."""

    programme: Callable[[], Awaitable[Programme]]
    identities: IdentityStore
    links: SingleUseLinks
    short: ShortLinks
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class ShownBinding:
    """A binding as the county lead sees it."""

    identity: BoundIdentity
    person: Person | None
    """None for one who has left the register since."""


class Bindings:
    """Mails the links that bind, binds, and undoes."""

    def __init__(self, ports: BindingPorts) -> None:
        self._ports = ports

    async def ask(self, address: str) -> None:
        """
        Mail a link to the person with that address in the register, who has a role and no binding yet.

        Nothing tells the asker which of it was so. Two people with one address get none: nobody could say whose it is.
        """
        programme = await self._ports.programme()
        wanted = address.strip().lower()
        found = [person for person in programme.people if person.email.lower() == wanted]
        if len(found) != 1:
            return
        person = found[0]
        if not self._takes_part(programme, person.key) or await self._ports.identities.of_person(person.key):
            return
        language = texts.choose(person.language, programme.language)
        await self._ports.short.send(
            LinkOrder(
                to=person,
                purpose=PURPOSE,
                subject=f"{PURPOSE}:{person.key}",
                path=PATH,
                title=texts.say("sign_in.mail_title", language),
                text=texts.say("sign_in.mail_text", language, programme=programme.name),
                button=texts.say("sign_in.mail_button", language),
            )
        )

    async def find_person(self, token: str) -> Person | None:
        """Return the person that a link is for; None when it is over, used, or its person without a role."""
        programme = await self._ports.programme()
        link = await self._ports.links.resolve(token, PURPOSE)
        if link is None or link.person is None or not self._takes_part(programme, link.person):
            return None
        return programme.find_person(link.person)

    async def bind(self, token: str, proved: ProvedIdentity) -> bool:
        """Bind the identity to the link's person and use the link up; False, without a binding, when that cannot be."""
        if await self.find_person(token) is None:
            return False
        link = await self._ports.links.take(token, PURPOSE)
        if link is None or link.person is None:
            return False
        return await self._ports.identities.bind(
            BoundIdentity(
                issuer=proved.issuer,
                subject=proved.subject,
                person=link.person,
                bound_at=self._ports.clock.now(),
                bound_by=link.person,
            )
        )

    async def list_all(self) -> list[ShownBinding]:
        """Return every binding there is, the latest first."""
        programme = await self._ports.programme()
        return [
            ShownBinding(identity=item, person=programme.find_person(item.person))
            for item in await self._ports.identities.list_bound()
        ]

    async def undo(self, person: str, *, by: str) -> bool:
        """Undo a person's binding and end its sessions; False when there was none."""
        bound = await self._ports.identities.of_person(person)
        if bound is None:
            return False
        return await self._ports.identities.undo(bound.issuer, bound.subject, at=self._ports.clock.now(), by=by)

    def _takes_part(self, programme: Programme, person: str) -> bool:
        return reader_of(programme, person, programme.today(self._ports.clock.now())) is not None
