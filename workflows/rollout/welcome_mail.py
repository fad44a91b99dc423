"""One e-mail to each new guest, in place of Microsoft's invitation: what they are part of, and how they get in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import texts
from config.programme import Programme
from config.values import Person, Role
from workflows.messages.delivery import Delivery, least_tried_first, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import WAITING, Content, Message, Messages, MessageState
from workflows.messages.outbox import Outbox
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import Clock, DueUnit, History, Outcome
from workflows.rollout.plan import WantedPlace
from workflows.working_days import WorkCalendar

KIND = "rollout.welcome"


@dataclass(frozen=True, kw_only=True)
class WelcomePorts:
    """Everything a welcome reaches."""

    programme: Callable[[], Awaitable[Programme]]
    messages: Messages
    outbox: Outbox
    clock: Clock


class Welcome:
    """Plans welcomes when a place has its team, and sends them in sending hours. Nobody gets a second one."""

    def __init__(self, ports: WelcomePorts) -> None:
        self._ports = ports

    async def plan(self, wanted: WantedPlace, accounts: Mapping[str, Account], *, url: str) -> int:
        """Plan what is missing for the guests of a place that is at *url* now; how many that are."""
        programme = await self._ports.programme()
        guests = [person for person in wanted.members if _is_new_guest(accounts.get(person.email.lower()))]
        if not guests:
            return 0
        keys = [welcome_key(person) for person in guests]
        there = {message.key: message for message in await self._ports.messages.list_messages(keys=keys)}
        now = self._ports.clock.now()
        due_at = WorkCalendar(programme, wanted.spec.municipality).next_sendable(now)
        today = programme.today(now)
        wishes = [
            mail_message(
                person,
                welcome(programme, wanted, person, url=url, on=today),
                key=welcome_key(person),
                kind=KIND,
                due_at=due_at,
                municipality=wanted.spec.municipality,
            )
            for person in guests
        ]
        # Places are made side by side: which of them writes to whom must not follow from which was quicker.
        leading = {person.key for person in guests if _first_place(programme, person, today) == wanted.spec.key}
        planned = [wish for wish in wishes if _is_news(wish, there.get(wish.key), leads=wish.person in leading)]
        if not planned:
            return 0
        await self._ports.outbox.plan(planned, then=[DueUnit(key=f"{KIND}:{programme.key}", due_at=due_at)])
        return len(planned)

    async def send(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `rollout.welcome` [programme]: send the welcomes that wait. One unit, as two would send the same one."""
        programme, delivery = await self._ports.programme(), Delivery(self._ports.outbox, self._ports.clock)
        waiting = await self._ports.messages.list_messages(kind=KIND, states=WAITING)
        for message in least_tried_first(waiting):
            now = self._ports.clock.now()
            today = programme.today(now)
            if _may_be_dropped(message) and not _is_expected(programme, message, today):
                await self._ports.messages.change(message.key, MessageState.DROPPED)
                await history.note("rollout.welcome_dropped", person=message.person or "")
                continue
            if outside := park_outside_hours(WorkCalendar(programme, message.municipality), now, message.due_at):
                delivery.wait(outside)
            elif await delivery.attempt(message):
                await history.note("rollout.welcomed", person=message.person or "")
        return delivery.end()

    async def withdraw(self, municipality: str) -> int:
        """Drop the welcomes that wait for guests of a municipality; how many. A repeat is harmless."""
        waiting = await self._ports.messages.list_messages(kind=KIND, states=WAITING)
        theirs = [message for message in waiting if message.municipality == municipality and _may_be_dropped(message)]
        for message in theirs:
            await self._ports.messages.change(message.key, MessageState.DROPPED)
        return len(theirs)


def _may_be_dropped(message: Message) -> bool:
    """Tell whether a message may be dropped. One that is on its way may have left: the outbox will see."""
    return message.state is not MessageState.SENDING


def _is_expected(programme: Programme, message: Message, on: date) -> bool:
    """Tell whether the reader still belongs there, with a role that lets them in."""
    if not programme.takes_part(message.municipality, on):
        return False
    places = [place for place in programme.places if programme.takes_part(place.municipality, on)]
    return any(person.key == message.person for place in places for person in programme.place_people(place, on))


def _is_news(wish: Message, there: Message | None, *, leads: bool) -> bool:
    """Tell whether to plan *wish*: none is planned yet, or the one planned is from the same first place and differs."""
    if there is None:
        return True
    return leads and there.state in (MessageState.PLANNED, MessageState.HELD) and there.content != wish.content


def _first_place(programme: Programme, person: Person, on: date) -> str | None:
    """The place, in the programme's order, that welcomes somebody who is part of several."""
    return next((place.key for place in programme.places if person in programme.place_people(place, on)), None)


def welcome_key(person: Person) -> str:
    """One per person, however many places they are part of."""
    return f"{KIND}:{person.key}"


def welcome(programme: Programme, wanted: WantedPlace, person: Person, *, url: str, on: date) -> Content:
    """Write the welcome of *person*. The button leads into the place that was made; all their places are named."""

    def say(key: str, **values: str) -> str:
        return texts.say(f"rollout.welcome_{key}", person.language, **values)

    places = [wanted.spec, *(spec for spec in programme.places if spec.key != wanted.spec.key)]
    names = [spec.name for spec in places if spec is wanted.spec or person in programme.place_people(spec, on)]
    leads = _leads(programme, wanted, on)
    paragraphs = [
        say("greeting", name=person.name),
        say("intro", places=texts.join(names, person.language)),
        say("how"),
        say("help", lead=texts.join([lead.name for lead in leads], person.language))
        if leads and person not in leads
        else say("help_nobody"),
    ]
    subject = say("subject", place=wanted.spec.name)
    return mail_content(person, subject=subject, paragraphs=paragraphs, button=(say("button"), url))


def _leads(programme: Programme, wanted: WantedPlace, on: date) -> Sequence[Person]:
    """List the people to ask: the local leads, or in what is common to the programme those who lead it."""
    if wanted.spec.municipality is not None:
        return programme.holders(Role.LOCAL_LEAD, on=on, municipality=wanted.spec.municipality)
    return programme.holders(Role.COUNTY_LEAD, on=on)


def _is_new_guest(account: Account | None) -> bool:
    """Tell whether a guest is new: one who has been in before needs no way in."""
    return account is not None and account.kind is AccountKind.GUEST and account.enabled and not account.redeemed
