"""Guests: every half year those who lead a municipality say of each guest whether the cooperation goes on.

They get a mail with a link of their own to a page of ours. Whom they let go loses the roles there, and the access with
them; a guest account that no role needs any more is deleted by IT, by hand.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import texts
from config.programme import Programme
from config.values import Assignment, Person, Role
from workflows.messages.lead_mail import LeadMail, leads_of, mail_to
from workflows.operations.access_removal import KIND as LEAVE
from workflows.ports.links import Links
from workflows.ports.people import Guest, GuestAnswer, GuestQuestions
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.working_days import WorkCalendar

REVIEW, END = "guests.review", "guests.end"
HALF_YEAR = timedelta(days=182)
REMIND_AFTER = timedelta(days=14)
ASK_AGAIN_AFTER = timedelta(days=60)
"""The life of a link. An unanswered question is asked anew then."""


class NotTheirGuests(Exception):
    """The person does not lead that municipality today, or there is none of that name. Nothing is shown or stored."""


class HeldRoles(Protocol):
    """Ends roles in the register."""

    async def end_roles(
        self,
        person: str,
        role: Role,
        *,
        municipality: str | None,
        last_day: date,
        by: str = "",
        then: Sequence[DueUnit] = (),
    ) -> int:
        """
        The person's roles of that kind there (None: in the programme itself) end on that day, on the word of *by*;
        how many did.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class GuestLine:
    """One guest of a municipality (or of the programme itself), as those who lead it see them."""

    person: str
    name: str
    organisation: str
    roles: tuple[Role, ...]
    since: datetime
    confirmed_at: datetime | None
    asked_at: datetime | None
    """The moment of the open question; None when none is open."""

    @property
    def due_at(self) -> datetime:
        """Return when they are to be confirmed next."""
        return (self.confirmed_at or self.since) + HALF_YEAR


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """An account of a guest whom we invited and who has no role any more. IT deletes it by hand."""

    person: str
    object_id: str

    @property
    def command(self) -> str:
        return f"az ad user delete --id {self.object_id}"


def scope_of(programme: Programme, item: Assignment) -> str:
    """Return the scope that confirms a role: its municipality's slug, or the programme's key. Nobody confirms
    themselves."""
    if item.role is Role.LOCAL_LEAD:
        return programme.key
    return municipality_of(programme, item) or programme.key


def may_review(programme: Programme, scope: str, person: str | None, on: date) -> bool:
    """Tell whether a person leads *scope* on that day, and so may see its guests and end their roles."""
    if scope == programme.key:
        leads = leads_of(programme, None, on)
    elif programme.find_municipality(scope) is not None:
        leads = leads_of(programme, scope, on)
    else:
        return False
    return person in {lead.key for lead in leads}


def municipality_of(programme: Programme, item: Assignment) -> str | None:
    """Return the municipality of a role: a work package's own; None in the programme itself."""
    if item.work_package is not None:
        return programme.work_package(item.work_package).municipality
    return item.municipality


def guest_lines(
    programme: Programme, scope: str, guests: Iterable[Guest], answers: Iterable[GuestAnswer], on: date
) -> list[GuestLine]:
    """List the guests with a role in *scope* on that day whom we let in, by name."""
    return lines_by_scope(programme, guests, answers, on).get(scope, [])


def lines_by_scope(
    programme: Programme, guests: Iterable[Guest], answers: Iterable[GuestAnswer], on: date
) -> Mapping[str, list[GuestLine]]:
    """List the guests whom we let in, by name, in each scope where they have a role on that day."""
    said = {(item.scope, item.person): item for item in answers}
    found: dict[str, list[GuestLine]] = {}
    for guest in guests:
        person = programme.find_person(guest.person)
        if person is None:
            continue
        for scope, roles in _roles(programme, person.key, on).items():
            line = _guest_line(programme, guest, person, roles, said.get((scope, person.key)))
            found.setdefault(scope, []).append(line)
    return {scope: sorted(lines, key=lambda line: texts.sort_key(line.name)) for scope, lines in found.items()}


def _guest_line(
    programme: Programme, guest: Guest, person: Person, roles: Sequence[Role], answer: GuestAnswer | None
) -> GuestLine:
    return GuestLine(
        person=person.key,
        name=person.name,
        organisation=programme.organisation_of(person).name,
        roles=tuple(roles),
        since=guest.since,
        # Also of one who was answered to end: their roles end at once, and nobody is asked again meanwhile.
        confirmed_at=answer.answered_at if answer else None,
        asked_at=answer.asked_at if answer and answer.answered_at is None else None,
    )


def leftovers(programme: Programme, guests: Iterable[Guest], on: date) -> list[Leftover]:
    """Guests of ours whose last role has ended."""
    busy = {item.person for item in programme.assignments if item.until is None or on <= item.until}
    return [
        Leftover(person=guest.person, object_id=guest.object_id)
        for guest in guests
        if guest.invited and guest.object_id and guest.person not in busy
    ]


def _held(programme: Programme, scope: str, person: str) -> set[tuple[str | None, Role]]:
    """The roles of a person that are confirmed in *scope*, and where they are held."""
    mine = programme.assignments_of(person)
    return {(municipality_of(programme, item), item.role) for item in mine if scope_of(programme, item) == scope}


def _roles(programme: Programme, person: str, on: date) -> Mapping[str, Sequence[Role]]:
    """The roles of a person on that day, each once, by the scope that confirms them."""
    found: dict[str, dict[Role, None]] = {}
    for item in programme.assignments_of(person):
        if item.holds(on):
            found.setdefault(scope_of(programme, item), {})[item.role] = None
    return {scope: tuple(roles) for scope, roles in found.items()}


def _scopes(programme: Programme) -> Sequence[str]:
    return (*(item.slug for item in programme.municipalities), programme.key)


def _review_units(
    programme: Programme, guests: Iterable[Guest], answers: Iterable[GuestAnswer], now: datetime
) -> list[DueUnit]:
    """List a unit for each scope with guests, due when the first of them is to be confirmed."""
    lines = lines_by_scope(programme, guests, answers, programme.today(now))
    units = []
    for scope in _scopes(programme):
        if scope in lines:
            due_at = min(now if line.asked_at else line.due_at for line in lines[scope])
            units.append(DueUnit(key=f"{REVIEW}:{scope}", due_at=max(due_at, now)))
    return units


@dataclass(frozen=True, kw_only=True)
class GuestPorts:
    """Everything that the record of guests reaches."""

    programme: Callable[[], Awaitable[Programme]]
    guests: GuestQuestions
    roles: HeldRoles
    links: Links
    clock: Clock


class GuestDesk:
    """Knows the guests, takes what is answered about them, and ends what was answered to end."""

    def __init__(self, ports: GuestPorts) -> None:
        self.ports = ports

    async def lines(self, scope: str) -> tuple[Programme, list[GuestLine]]:
        """The guests of a municipality, or of the programme itself."""
        programme, guests, answers = await self.known(scope)
        return programme, guest_lines(programme, scope, guests, answers, self.today(programme))

    async def reviewed_by(self, scope: str, person: str | None) -> tuple[Programme, list[GuestLine]]:
        """The guests as a lead may see them now. Raises NotTheirGuests to anybody who does not lead there today."""
        programme, lines = await self.lines(scope)
        if not may_review(programme, scope, person, self.today(programme)):
            raise NotTheirGuests
        return programme, lines

    async def answer(self, scope: str, keeps: Mapping[str, bool], *, by: str) -> None:
        """
        Store the choice of *by* about each guest: goes on, or ends.

        Raises NotTheirGuests, and KeyError for somebody who is no guest there.
        """
        now = self.ports.clock.now()
        _, lines = await self.reviewed_by(scope, by)
        known = {line.person for line in lines}
        for person in keeps:
            if person not in known:
                raise KeyError(person)
        # Whoever came after the question may be answered about as well.
        unasked = [line.person for line in lines if line.asked_at is None and line.person in keeps]
        await self.ports.guests.ask(scope, unasked, now)
        then = [DueUnit(key=f"{REVIEW}:{scope}", due_at=now), DueUnit(key=f"{END}:{scope}", due_at=now)]
        await self.ports.guests.answer(scope, keeps, by=by, at=now, then=then)

    async def end(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `guests.end` [municipality or programme]: whoever was answered to end has no roles there from today.

        An answer whose lead has left since is none: it is asked again, of those who lead there now.
        """
        scope = unit.subject
        programme, lines = await self.lines(scope)
        there = {line.person for line in lines}
        now, yesterday = self.ports.clock.now(), self.today(programme) - timedelta(days=1)
        leave = tuple(DueUnit(key=f"{LEAVE}:{place.key}", due_at=now) for place in programme.places)
        ended, unanswered = 0, list[str]()
        for answer in await self.ports.guests.answers(scope):
            if answer.keeps is not False or answer.person not in there:
                continue
            if not may_review(programme, scope, answer.answered_by, self.today(programme)):
                # Their own role ended between the answer and now.
                await history.note("guests.not_theirs", scope=scope, person=answer.person, by=answer.answered_by)
                unanswered.append(answer.person)
            else:
                for municipality, role in _held(programme, scope, answer.person):
                    await self.ports.roles.end_roles(
                        answer.person,
                        role,
                        municipality=municipality,
                        last_day=yesterday,
                        by=answer.answered_by,
                        then=leave,
                    )
                await history.note("guests.ended", scope=scope, person=answer.person)
                ended += 1
        await self._ask_again(scope, unanswered)
        return Done(note=f"{ended} ended")

    async def _ask_again(self, scope: str, people: Sequence[str]) -> None:
        """Open the question about *people* anew; the mail leaves in the next sending hours."""
        if people:
            now = self.ports.clock.now()
            await self.ports.guests.ask(scope, people, now, then=[DueUnit(key=f"{REVIEW}:{scope}", due_at=now)])

    # ---------------------------------------------------------------------------------------------------------- telling

    async def overview(self) -> tuple[Mapping[str, list[GuestLine]], list[Leftover]]:
        """Every guest by municipality (or programme), and the accounts that no role needs any more."""
        programme, guests, answers = await self.known()
        today = self.today(programme)
        lines = lines_by_scope(programme, guests, answers, today)
        return {scope: lines[scope] for scope in _scopes(programme) if scope in lines}, leftovers(
            programme, guests, today
        )

    async def known(self, scope: str | None = None) -> tuple[Programme, Sequence[Guest], Sequence[GuestAnswer]]:
        """The programme, everybody who was ever let in, and what was said about them; of *scope* alone, if given."""
        programme, guests = await self.ports.programme(), self.ports.guests
        if scope is None:
            found = await guests.all()
        else:
            people = {item.person for item in programme.assignments if scope_of(programme, item) == scope}
            found = list((await guests.known(sorted(people))).values())
        return programme, found, await guests.answers(scope)

    def today(self, programme: Programme) -> date:
        """The day where the programme is."""
        return programme.today(self.ports.clock.now())


class GuestReview:
    """Asks those who lead about their guests. *public_url*: where the page with the answers lies."""

    def __init__(self, desk: GuestDesk, *, mail: LeadMail, public_url: str) -> None:
        self._desk = desk
        self._ports = desk.ports
        self._mail = mail
        self._public_url = public_url

    async def due_units(self) -> Sequence[DueUnit]:
        """For each municipality with guests, and the programme itself: when they are to be confirmed next."""
        programme, guests, answers = await self._desk.known()
        # Beside the loop: it goes through a country's guests, and the loop also answers people.
        return await asyncio.to_thread(_review_units, programme, guests, answers, self._ports.clock.now())

    async def review(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `guests.review` [municipality or programme]: ask when it is time, remind once, and ask anew later."""
        now, scope = self._ports.clock.now(), unit.subject
        programme, lines = await self._desk.lines(scope)
        if not lines:
            return Done(note="no guests")
        asked = [line.asked_at for line in lines if line.asked_at is not None]
        asked_at = min(asked) if asked else None
        if asked_at is None and (first := min(line.due_at for line in lines)) > now:
            return Parked(until=first, note="confirmed")
        if asked_at is None or now - asked_at >= ASK_AGAIN_AFTER:
            asked_at = now
            await self._ports.guests.ask(scope, [line.person for line in lines], now)
            await history.note("guests.asked", scope=scope, guests=len(lines))
        reminds = now - asked_at >= REMIND_AFTER
        await self._ask(programme, scope, lines, asked_at, reminds=reminds)
        wait = ASK_AGAIN_AFTER if reminds else REMIND_AFTER
        return Parked(until=asked_at + wait, note="waits for an answer")

    async def _ask(
        self, programme: Programme, scope: str, lines: Sequence[GuestLine], asked_at: datetime, *, reminds: bool
    ) -> None:
        municipality = None if scope == programme.key else scope
        name = programme.name if municipality is None else programme.municipality(scope).name
        due_at = WorkCalendar(programme, municipality).next_sendable(self._ports.clock.now())
        mails = []
        for lead in leads_of(programme, municipality, self._desk.today(programme)):
            until = asked_at + ASK_AGAIN_AFTER
            token = await self._ports.links.issue("guests", f"guests:{scope}", lead.key, until)
            kind = "reminder" if reminds else "ask"
            mails.append(
                mail_to(
                    lead,
                    key=f"guests/{scope}/{asked_at.date().isoformat()}/{kind}",
                    municipality=municipality,
                    due_at=due_at,
                    subject=texts.say(f"guests.{kind}_subject", lead.language, name=name),
                    paragraphs=[
                        texts.say("guests.ask_text", lead.language, name=name, number=len(lines)),
                        texts.say("guests.ask_what", lead.language),
                    ],
                    button=(texts.say("guests.ask_button", lead.language), f"{self._public_url}/gjester/{token}"),
                )
            )
        await self._mail.plan(mails)
