"""Short-lived links: what decides or publishes is done from a link of its own, mailed to that person alone.

The address of a page is kept for months, and travels with every mail that is passed on. So it shows, and leads here: a
button on it mails a fresh link to the person's own address. Nobody is told where that is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import texts
from config.values import Person
from workflows.messages.delivery import Delivery
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import WAITING, Message, Messages
from workflows.messages.outbox import Outbox
from workflows.ports.links import LinkPurpose, Links
from workflows.ports.units import Clock, DueUnit, History, Outcome

KIND = "links.mail"
LINK_LIFE = timedelta(hours=4)
"""Long enough for a meeting whose minutes are written while it lasts."""
RESEND_INTERVAL = timedelta(minutes=10)
"""Within it a second press is the same link in the same mail, so that nobody's mailbox is filled."""


@dataclass(frozen=True, kw_only=True)
class LinkOrder:
    """One thing that a person is about to decide, and the words of the mail with the link to it."""

    to: Person
    purpose: LinkPurpose
    subject: str
    path: str
    """The page's address below ours; `{token}` stands where the token goes."""
    title: str
    text: str
    button: str


@dataclass(frozen=True, kw_only=True)
class ShortLinks:
    """Mails short-lived links, as the Door plans them. The unit `links.mail` sends them."""

    links: Links
    messages: Messages
    clock: Clock
    public_url: str

    async def send(self, order: LinkOrder) -> datetime:
        """Plan the mail with a fresh link and return the moment until which it works. A repeat soon after plans no
        other."""
        now = self.clock.now()
        expires_at = _started(now) + LINK_LIFE
        token = await self.links.issue(order.purpose, order.subject, order.to.key, expires_at)
        address = f"{self.public_url.rstrip('/')}{order.path.format(token=token)}"
        key = f"{KIND}:{order.to.key}/{order.purpose}/{order.subject}/{expires_at:%Y-%m-%dT%H:%M}"
        mail = _mail(order, address, key=key, now=now)
        await self.messages.plan([mail], then=[DueUnit(key=f"{KIND}:{order.to.key}", due_at=now)])
        return expires_at


@dataclass(frozen=True, kw_only=True)
class LinkMails:
    """The handler of units `<kind>` [person] that mail links which people asked for. A reply leaves at any hour."""

    kind: str
    messages: Messages
    outbox: Outbox
    clock: Clock

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Send the mails that wait for the person."""
        delivery = Delivery(self.outbox, self.clock)
        for message in await self.messages.list_messages(kind=self.kind, states=WAITING):
            if message.person == unit.subject:
                await delivery.attempt(message)
        return delivery.end()


def _started(now: datetime) -> datetime:
    """Return the start of the interval that *now* lies in."""
    return now - (now - datetime.min.replace(tzinfo=UTC)) % RESEND_INTERVAL


def _mail(order: LinkOrder, address: str, *, key: str, now: datetime) -> Message:
    care = texts.say("links.mail_care", order.to.language, hours=LINK_LIFE // timedelta(hours=1))
    content = mail_content(order.to, subject=order.title, paragraphs=[order.text, care], button=(order.button, address))
    return mail_message(order.to, content, key=key, kind=KIND, due_at=now)
