"""Editing of agendas and minutes by people. Nothing here waits for Microsoft 365."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import texts
from config.programme import Programme
from config.values import Body, BodyKind, Person
from workflows.free_text import InvalidText, Written
from workflows.meetings.model import Meeting
from workflows.papers.agendas.arrangement import Arrangement, arranged, read_arrangement
from workflows.papers.agendas.handlers import PREPARED, minutes_units
from workflows.papers.agendas.model import Agenda, AgendaItem, Proposal, StoredAgenda
from workflows.papers.agendas.plan import (
    agenda_moments,
    as_it_stands,
    draft_agenda,
    is_recorder,
    may_propose,
    to_arrange,
)
from workflows.papers.agendas.ports import AgendaMeetings, AgendaStore
from workflows.papers.minutes.model import Minutes, Recorded, StoredMinutes
from workflows.papers.minutes.notice import ApprovedMinutes
from workflows.papers.minutes.plan import Desk, people_to_name, prepared_minutes, record
from workflows.papers.minutes.review import minutes_changes, minutes_warnings
from workflows.ports.units import Clock
from workflows.words import Words
from workflows.working_days import DAY

LONGEST_TITLE = 150
OFFERED = timedelta(days=60)
"""The time after a meeting in which its minutes are offered to recorders; the holder of the link may go on."""
MOST_PROPOSALS = 10
"""Of one person for one meeting."""


class DeskRefused(Exception):
    """The request is not shown or not stored, and *words* say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.key)
        self.words = words


@dataclass(frozen=True, kw_only=True)
class AgendaView:
    """A meeting's agenda as a member may see it."""

    meeting: Meeting
    body: Body
    person: Person
    language: str
    agenda: Agenda
    is_fixed: bool
    deadline_at: datetime
    is_open: bool
    """True when something can be put in."""
    own: tuple[Proposal, ...]
    """This person's own proposals, withdrawn ones left out."""
    may_record: bool
    minutes: StoredMinutes | None
    approved_before: Minutes | None = None
    """The minutes that were approved before a later version of them; None for a first version."""
    to_arrange: tuple[AgendaItem, ...] = ()
    """The items whose order and times the reader may set; none for others, and once the agenda is fixed."""
    arranged: int = 0
    """The version of the order that stands."""


@dataclass(frozen=True, kw_only=True)
class MinutesView:
    """A recorder's work, and the version it starts from."""

    meeting: Meeting
    person: Person
    language: str
    desk: Desk
    stored: StoredMinutes | None
    warnings: tuple[Words, ...] = ()
    """Points to consider about the stored version before it is approved."""
    changes: tuple[Words, ...] = ()
    """The changes since the version that was approved last; empty before the first approval."""
    told: tuple[int, int] = (0, 0)
    """The mails that an approval of the stored version sends: to the board's people, and to those who asked."""

    @property
    def version(self) -> int:
        return self.stored.version if self.stored else 0


class AgendaDesk:
    """Shows agendas and minutes to those who may see them, and stores what they send."""

    def __init__(
        self,
        *,
        programme: Callable[[], Awaitable[Programme]],
        store: AgendaStore,
        meetings: AgendaMeetings,
        clock: Clock,
    ) -> None:
        self._programme = programme
        self._store = store
        self._meetings = meetings
        self._clock = clock

    # -------------------------------------------------------------------------------------------------------- agendas

    async def fixed(self, meeting: str) -> StoredAgenda | None:
        """The agenda that was sent; None before that."""
        return await self._store.find_agenda(meeting)

    async def current(self, meeting: Meeting) -> Agenda:
        """Return the meeting's agenda: the fixed one, or what stands on it so far."""
        stored = await self._store.find_agenda(meeting.key)
        if stored is not None:
            return as_it_stands(stored.content, meeting)
        proposals, arrangement = await self._store.proposals(meeting.key), await self._store.arrangement(meeting.key)
        return await self._draft(await self._programme(), meeting, proposals, arrangement)

    async def view(self, key: str, person: str | None) -> AgendaView:
        """The agenda with all that is asked in it. Raises DeskRefused to who does not belong to the body."""
        programme, meeting, body, reader = await self._open(key, person)
        now = self._clock.now()
        day = programme.today(now)
        records = is_recorder(programme, body, reader.key, day)
        proposes = may_propose(programme, body, reader.key, day)
        if not (proposes or records):
            raise DeskRefused(Words(key="agenda.not_yours"))
        stored, proposals = await self._store.find_agenda(key), await self._store.proposals(key)
        minutes, arrangement = await self._store.newest_minutes(key), await self._store.arrangement(key)
        if stored is not None:
            agenda = as_it_stands(stored.content, meeting)
        else:
            agenda = await self._draft(programme, meeting, proposals, arrangement)
        deadline_at = agenda_moments(programme, body, meeting).deadline_at
        arranges = records and stored is None and meeting.stands and now < meeting.starts_at
        return AgendaView(
            meeting=meeting,
            body=body,
            person=reader,
            language=texts.choose(reader.language, programme.language),
            agenda=agenda,
            is_fixed=stored is not None,
            deadline_at=deadline_at,
            is_open=proposes and stored is None and now < deadline_at and meeting.stands,
            own=tuple(item for item in proposals if item.person == reader.key and not item.withdrawn),
            may_record=records and stored is not None and now >= meeting.starts_at - PREPARED,
            minutes=replace(minutes, content=as_it_stands(minutes.content, meeting)) if minutes else None,
            approved_before=await self._approved_before(minutes) if minutes else None,
            to_arrange=_in_order(to_arrange(body, agenda), arrangement) if arranges else (),
            arranged=arrangement.version,
        )

    async def _approved_before(self, minutes: StoredMinutes) -> Minutes | None:
        """Return the minutes that were approved before this version; a first version asks for none."""
        if minutes.version == 1:
            return None
        found = await self._store.approved_minutes(minutes.meeting, before=minutes.version)
        return found.content if found else None

    async def arrange(self, key: str, person: str | None, raw: Mapping[str, str]) -> None:
        """
        Store the order and the minutes of an agenda's items, before it returns; see `arrangement.read_arrangement`.

        `arranged` is the version that the form was made from. Raises DeskRefused and InvalidText, and then nothing was
        stored.
        """
        view = await self.view(key, person)
        if not view.to_arrange:
            raise DeskRefused(Words(key="agenda.too_late_to_arrange"))
        wanted = read_arrangement(key, raw, view.to_arrange)
        if not await self._store.arrange(wanted, at=self._clock.now(), by=view.person.key):
            raise InvalidText({"": Words(key="agenda.error_arranged")})

    async def put_in(self, key: str, person: str | None, raw: Mapping[str, str]) -> Proposal:
        """
        Store what somebody asks to have put on the agenda; stored before it returns.

        Fields: `title`, `text`, `proposal`, `number` of the own one that is changed, `withdraw`, `confirmed`. Raises
        DeskRefused and InvalidText, and then nothing was stored. The same once more is the same proposal.
        """
        view = await self.view(key, person)
        if not view.is_open:
            raise DeskRefused(Words(key="agenda.too_late"))
        own = {str(item.number): item for item in view.own}
        before = own.get(raw.get("number", ""))
        if before is None and (raw.get("number") or raw.get("withdraw")):
            raise DeskRefused(Words(key="agenda.gone"))
        if raw.get("withdraw") and before is not None:
            new = replace(before, withdrawn=True, at=self._clock.now())
        else:
            if before is None and len(view.own) >= MOST_PROPOSALS:
                raise InvalidText({"": Words(key="agenda.error_many", values={"most": MOST_PROPOSALS})})
            new = self._proposal(view, before, raw)
        stored = await self._store.put_in(new)
        if stored is None:
            # The agenda was sent between our look and our write.
            raise DeskRefused(Words(key="agenda.too_late"))
        return stored

    # -------------------------------------------------------------------------------------------------------- minutes

    async def minutes(self, key: str, person: str | None) -> MinutesView:
        """Return a recorder's work. Raises DeskRefused to anybody who may not record, and before there is something
        to record."""
        programme, meeting, body, recorder = await self._open(key, person)
        today = programme.today(self._clock.now())
        if not is_recorder(programme, body, recorder.key, today):
            raise DeskRefused(Words(key="agenda.not_yours"))
        agenda = await self._store.find_agenda(key)
        if agenda is None or self._clock.now() < meeting.starts_at - PREPARED:
            raise DeskRefused(Words(key="agenda.too_early"))
        stored = await self._store.newest_minutes(key)
        prepared = stored.content if stored else prepared_minutes(programme, meeting, agenda.content)
        minutes = as_it_stands(prepared, meeting)
        matters = await self._store.matters(body.key)
        people = people_to_name(programme, meeting)
        approved = await self._store.approved_minutes(key, before=stored.version) if stored else None
        before = approved.content if approved else None
        return MinutesView(
            meeting=meeting,
            person=recorder,
            language=texts.choose(recorder.language, programme.language),
            desk=Desk(
                agenda=agenda.content,
                minutes=minutes,
                matters=matters,
                people=people,
                may_pass_on=body.kind is BodyKind.LOCAL_BOARD,
            ),
            stored=stored,
            warnings=minutes_warnings(programme, minutes, agenda.content) if stored else (),
            changes=minutes_changes(before, prepared) if before else (),
            told=ApprovedMinutes(programme, body, agenda.content, stored, before).told(today) if stored else (0, 0),
        )

    async def approve(self, key: str, person: str | None, version: str) -> StoredMinutes:
        """
        Approve a version of minutes, before it returns: then they are mailed and filed, and answer what was asked.

        Raises DeskRefused for who may not record, and for a version that is not the newest; a repeat is the first.
        """
        view = await self.minutes(key, person)
        stored, now = view.stored, self._clock.now()
        is_newest = stored is not None and version == str(stored.version)
        if stored is None or not is_newest or not await self._approve(view, stored, now):
            raise DeskRefused(Words(key="minutes.error_not_newest"))
        return replace(stored, approved_at=stored.approved_at or now, approved_by=stored.approved_by or view.person.key)

    async def _approve(self, view: MinutesView, stored: StoredMinutes, now: datetime) -> bool:
        then = minutes_units(await self._programme(), view.meeting, now)
        return await self._store.approve(stored.meeting, stored.version, at=now, by=view.person.key, then=then)

    async def to_record(self, person: str, *, body: str | None = None) -> Sequence[tuple[date, str]]:
        """
        List the days and keys of the meetings whose minutes the person may record now, the newest first.

        *body*: of that one alone; a county lead belongs to every board there is.
        """
        programme, now = await self._programme(), self._clock.now()
        day = programme.today(now)
        bodies = [item for item in programme.bodies if item.agenda and body in (None, item.key)]
        mine = [item.key for item in bodies if is_recorder(programme, item, person, day)]
        if not mine:
            return []
        first, last = day - OFFERED - DAY, day + PREPARED + DAY
        near = await self._meetings.list_meetings_from(first, until=last, bodies=mine)
        offered = [
            meeting
            for meeting in near
            if meeting.stands and meeting.starts_at - PREPARED <= now < meeting.ends_at + OFFERED
        ]
        sent = await self._store.sent_agendas([item.key for item in offered]) if offered else ()
        return [(item.day, item.key) for item in reversed(offered) if item.key in sent]

    async def record(self, key: str, person: str | None, raw: Mapping[str, str]) -> StoredMinutes:
        """
        Store the minutes of a meeting, before it returns. For the fields see `workflows.papers.minutes.plan.record`.

        `version` is the one the form was made from: what somebody else recorded meanwhile is never written over
        unseen. Raises DeskRefused and InvalidText, and then nothing was stored.
        """
        view = await self.minutes(key, person)
        recorded = record(view.desk, raw)
        if view.stored is not None and recorded == Recorded(minutes=view.stored.content):
            return view.stored
        now = self._clock.now()
        stored = None
        if raw.get("version", "") == str(view.version):
            then = minutes_units(await self._programme(), view.meeting, now)
            stored = await self._store.record(recorded, at=now, by=view.person.key, after=view.version, then=then)
        if stored is None:
            raise InvalidText({"": Words(key="agenda.error_meanwhile")})
        return stored

    # --------------------------------------------------------------------------------------------------------- inside

    async def _open(self, key: str, person: str | None) -> tuple[Programme, Meeting, Body, Person]:
        programme = await self._programme()
        meeting = await self._meetings.find_meeting(key)
        body = _body(programme, meeting)
        reader = programme.find_person(person)
        if meeting is None or body is None or reader is None or not body.agenda:
            raise DeskRefused(Words(key="agenda.gone"))
        return programme, meeting, body, reader

    async def _draft(
        self, programme: Programme, meeting: Meeting, proposals: Sequence[Proposal], arrangement: Arrangement
    ) -> Agenda:
        """As it stands so far; what the round lifts comes when its report is released."""
        matters = await self._store.matters(meeting.body)
        last_number = await self._store.last_number(meeting.body, meeting.day.year)
        return draft_agenda(
            programme,
            meeting,
            report=None,
            proposals=proposals,
            matters=matters,
            last_number=last_number,
            arrangement=arrangement,
        )

    def _proposal(self, view: AgendaView, before: Proposal | None, raw: Mapping[str, str]) -> Proposal:
        known = (before.title, before.text, before.proposal) if before else ()
        written = Written(raw, known=known)
        new = Proposal(
            meeting=view.meeting.key,
            person=view.person.key,
            number=before.number if before else 0,
            version=0,
            at=self._clock.now(),
            title=" ".join(written.text("title", required="agenda.error_title", most=LONGEST_TITLE).split()),
            text=written.text("text"),
            proposal=written.text("proposal"),
        )
        written.check()
        return new


def _in_order(items: Sequence[AgendaItem], wanted: Arrangement) -> tuple[AgendaItem, ...]:
    return tuple(arranged(items, wanted))


def _body(programme: Programme, meeting: Meeting | None) -> Body | None:
    return programme.find_body(meeting.body) if meeting else None
